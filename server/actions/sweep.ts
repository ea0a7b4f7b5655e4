/**
 * What time itself does: sessions end, attempts that were cut off are looked up, old idempotency keys and OAuth tokens are
 * forgotten. Any number of processes may sweep at once, because every change is guarded where it is written.
 */
import type { Deps } from '../deps.ts'
import { Problem } from '../domain/problem.ts'
import { selectUnresolvedAttempts } from '../store/attempts.ts'
import { LostRace } from '../store/guard.ts'
import { forgetKeys } from '../store/idempotency.ts'
import { forgetTokens } from '../store/oauth.ts'
import { selectDueSessions } from '../store/sessions.ts'
import { refundRows, selectRefundsToCheck } from '../store/refunds.ts'
import { recordClientUses } from './clients.ts'
import { recordUses } from './keys.ts'
import { conclude } from './attempts.ts'
import { askProcessor } from './refunds.ts'
import { endSession, findSession } from './sessions.ts'

/** How many of each kind one sweep takes on. */
const most = 200
const keyLifeMs = 72 * 3_600_000

/** One round; the server calls it at start and every ten seconds. What fails is logged, and stops nothing else. */
export async function sweep(deps: Deps): Promise<void> {
  const now = deps.now()
  for (const attempt of await selectUnresolvedAttempts(deps.store.db, now.toISOString(), most)) {
    await oneOf(deps, attempt.id, () => resolve(deps, attempt.id))
  }
  for (const id of await selectDueSessions(deps.store.db, now.toISOString(), most)) {
    await oneOf(deps, id, () => end(deps, id))
  }
  await recordUses(deps)
  await recordClientUses(deps)
  await deps.store.transact(async (tx) => {
    await forgetKeys(tx, new Date(now.getTime() - keyLifeMs).toISOString())
    await forgetTokens(tx, now.toISOString())
  })
}

/** Asks the processor about refunds that may have changed by now; called every second, because people watch them. */
export async function sweepRefunds(deps: Deps): Promise<void> {
  for (const id of await selectRefundsToCheck(deps.store.db, deps.now().toISOString(), most)) {
    await oneOf(deps, id, async () => {
      const refund = await refundRows.findAnyones(deps.store.db, id)
      if (refund?.checkAt) await askProcessor(deps, refund)
    })
  }
}

async function oneOf(deps: Deps, id: string, change: () => Promise<void>): Promise<void> {
  try {
    await change()
  } catch (error) {
    // Somebody else has just changed it: the next round sees what they left.
    if (!(error instanceof LostRace)) deps.log.error({ err: error, id }, 'sweeping failed')
  }
}

/** Asks the processor what became of a charge. It is never asked to charge again. */
async function resolve(deps: Deps, attemptId: string): Promise<void> {
  const found = await deps.processor.lookUp(attemptId)
  if (found === 'unknown') {
    deps.log.error({ attempt: attemptId }, 'the processor does not know what became of this attempt')
    return
  }
  const result =
    found === 'absent'
      ? ({ outcome: 'declined', failure: { code: 'processing_error', declineCode: null } } as const)
      : found
  await deps.store.transact((tx) => conclude(deps, tx, attemptId, result))
}

/** Ends a session whose time is over; one that is being paid waits for its result. */
async function end(deps: Deps, id: string): Promise<void> {
  try {
    await deps.store.transact(async (tx) => endSession(deps, tx, await findSession(tx, id), 'expired'))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
  }
}
