/**
 * What time itself does: sessions end, attempts that were cut off are looked up, old idempotency keys and OAuth tokens are
 * forgotten. Any number of processes may sweep at once, because every change is guarded where it is written.
 */
import type { Deps } from '../deps.ts'
import type { Attempt } from '../domain/attempt.ts'
import { selectUnresolvedAttempts } from '../store/attempts.ts'
import { LostRace } from '../store/guard.ts'
import { forgetKeys } from '../store/idempotency.ts'
import { forgetTokens } from '../store/oauth.ts'
import { forgetRequests } from '../store/requests.ts'
import { conclude } from './attempts.ts'
import { recordClientUses } from './clients.ts'
import { doDue } from './due.ts'
import { recordUses } from './keys.ts'
import { concludeSetup } from './setups.ts'

/** How many one sweep takes on. */
const most = 200
const keyLifeMs = 72 * 3_600_000
/** How long the console can look back. */
const requestLifeMs = 7 * 24 * 3_600_000
const mostForgotten = 500
/** A token may live on a test clock that stands still while the real one goes on. */
const tokenGraceMs = 30 * 24 * 3_600_000

/** One round; the server calls it at start and every ten seconds. What fails is logged, and stops nothing else. */
export async function sweep(deps: Deps): Promise<void> {
  const now = deps.now()
  await deps.clocks.refresh()
  await resolveUnanswered(deps)
  await doDue(deps, 'challenges')
  await doDue(deps, 'sessions')
  await doDue(deps, 'subscriptions')
  await recordUses(deps)
  await recordClientUses(deps)
  await deps.store.transact(async (tx) => {
    await forgetKeys(tx, new Date(now.getTime() - keyLifeMs).toISOString())
    await forgetTokens(tx, new Date(now.getTime() - tokenGraceMs).toISOString())
    await forgetRequests(tx, new Date(now.getTime() - requestLifeMs).toISOString(), mostForgotten)
  })
}

/** Asks the processor about refunds that may have changed by now; called every second, because people watch them. */
export const sweepRefunds = (deps: Deps): Promise<void> => doDue(deps, 'refunds')

/** Ends challenges that nobody answered in time; called every second, because a buyer may be looking at one. */
export const sweepChallenges = (deps: Deps): Promise<void> => doDue(deps, 'challenges')

/** Looks up attempts that nobody is believed to be at work on any more. */
export async function resolveUnanswered(deps: Deps): Promise<void> {
  for (const attempt of await selectUnresolvedAttempts(deps.store.db, deps.now().toISOString(), most)) {
    try {
      await resolve(deps, attempt)
    } catch (error) {
      // Somebody else has just changed it.
      if (!(error instanceof LostRace))
        deps.log.error({ err: error, id: attempt.id }, 'an attempt could not be looked up')
    }
  }
}

/** Asks the processor what became of a charge. It is never asked to charge again. */
async function resolve(deps: Deps, { id: attemptId, paymentId }: Attempt): Promise<void> {
  const lost = { outcome: 'declined', failure: { code: 'processing_error', declineCode: null } } as const
  if (paymentId === null) {
    // No money can have moved, so there is nothing to look up: the buyer may try again.
    await deps.store.transact((tx) => concludeSetup(deps, tx, attemptId, lost))
    return
  }
  const found = await deps.processor.lookUp(attemptId)
  if (found === 'unknown') {
    deps.log.error({ attempt: attemptId }, 'the processor does not know what became of this attempt')
    return
  }
  const result = found === 'absent' ? lost : found
  await deps.store.transact((tx) => conclude(deps, tx, attemptId, result, found === 'absent'))
}
