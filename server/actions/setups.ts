/**
 * From a card to a card that is kept: the same steps as those to money, and no money. The processor is asked outside any
 * transaction; what it said is written once, by whoever comes first.
 */
import type { Deps } from '../deps.ts'
import type { Attempt } from '../domain/attempt.ts'
import { failTrying, type Failure, type Intent, isTriedOut, succeed } from '../domain/intent.ts'
import { completeSession, type Session } from '../domain/session.ts'
import { startTrial } from '../domain/subscription.ts'
import type { Processor, SaveRequest, SaveResult } from '../processors/processor.ts'
import { endAttempt, selectAttempt } from '../store/attempts.ts'
import { replaceIntent, selectIntent } from '../store/intents.ts'
import type { Tx } from '../store/schema.ts'
import { replaceSession } from '../store/sessions.ts'
import { subscriptionRows } from '../store/subscriptions.ts'
import { within } from '../within.ts'
import { openChallenge, processorFor, processorMs } from './attempts.ts'
import { bill } from './billing.ts'
import { announce, keep } from './commit.ts'
import { knownSubscription, saveCard, tryWithNewCard } from './invoices.ts'
import { endSession, findSession } from './sessions.ts'

/** What a card came to that was to be kept; `owing` are the subscriptions that are to be billed with it. */
export type SetUp = { intent: Intent; failure: Failure | null; owing: string[] }

/** Asks the processor to keep the card of an attempt that has begun, and writes what it said. */
export const saveAttempt = (
  deps: Deps,
  { attemptId, ...card }: SaveRequest & { attemptId: string },
  begun: Intent,
): Promise<SetUp> => settleSetup(deps, attemptId, begun, (processor) => processor.save(card))

/** Asks the processor what an attempt to keep a card comes to, and writes what it said. */
export async function settleSetup(
  deps: Deps,
  attemptId: string,
  begun: Intent,
  ask: (processor: Processor) => Promise<SaveResult>,
): Promise<SetUp> {
  let result: SaveResult
  try {
    result = await within(processorMs, ask(processorFor(deps, begun)))
  } catch (error) {
    deps.log.error({ err: error, attempt: attemptId }, 'the processor did not answer')
    return { intent: begun, failure: null, owing: [] }
  }
  const done = await deps.store.transact((tx) => concludeSetup(deps, tx, attemptId, result))
  for (const id of done.owing) await bill(deps, id)
  return done
}

/** The same as for charges: attempt, intent, session, subscription, card, events and the kept reply, in one transaction. */
export async function concludeSetup(deps: Deps, tx: Tx, attemptId: string, result: SaveResult): Promise<SetUp> {
  const attempt = await selectAttempt(tx, attemptId)
  const before = attempt && (await selectIntent(tx, attempt.intentId))
  if (!attempt || !before || before.sessionId === null) throw new Error(`Attempt ${attemptId} does not exist`)
  if (attempt.status !== 'processing') return { intent: before, failure: attempt.failure, owing: [] }
  const session = await findSession(tx, before.sessionId)
  const value = await apply(deps, tx, { attempt, before, session }, result)
  const { replyScope: scope, replyKey: key } = attempt
  if (scope !== null && key !== null) await keep(tx, { scope, key }, value)
  return value
}

type Trying = { attempt: Attempt; before: Intent; session: Session }

async function apply(deps: Deps, tx: Tx, trying: Trying, result: SaveResult): Promise<SetUp> {
  const { attempt, before, session } = trying
  switch (result.outcome) {
    case 'saved':
      return applySaved(deps, tx, trying, result.keptAs)
    case 'challenge':
      return { intent: await openChallenge(deps, tx, attempt, before, session), failure: null, owing: [] }
    case 'declined':
      return applyRefused(deps, tx, trying, result.failure)
  }
}

async function applySaved(
  deps: Deps,
  tx: Tx,
  { attempt, before, session }: Trying,
  keptAs = attempt.cardToken,
): Promise<SetUp> {
  const { subscriptionId } = session
  if (subscriptionId === null) throw new Error(`${session.id} has no subscription to keep a card for`)
  const intent = succeed(before)
  await replaceIntent(tx, before, intent)
  await endAttempt(tx, attempt, 'succeeded', null)
  const complete = completeSession(session)
  await replaceSession(tx, session, complete)
  await announce(deps, tx, ['payment_intent.succeeded', intent], ['session.completed', complete])
  const { before: subscription, plan } = await knownSubscription(tx, subscriptionId)
  if (subscription.status === 'incomplete') {
    const trialing = startTrial(subscription, plan.trialPeriodDays ?? 0, deps.now(subscription))
    await subscriptionRows.replace(tx, subscription, trialing)
    await announce(deps, tx, ['subscription.activated', trialing])
  }
  await saveCard(deps, tx, subscription.customerId, { ...attempt, cardToken: keptAs })
  return { intent, failure: null, owing: await tryWithNewCard(deps, tx, subscription.customerId) }
}

/** The card of an attempt is not kept. */
export async function applyRefused(
  deps: Deps,
  tx: Tx,
  { attempt, before, session }: Trying,
  failure: Failure,
): Promise<SetUp> {
  const intent = failTrying(before, failure)
  await replaceIntent(tx, before, intent)
  await endAttempt(tx, attempt, 'failed', failure)
  await announce(deps, tx, ['payment_intent.payment_failed', intent])
  if (!isTriedOut(intent)) return { intent, failure, owing: [] }
  await endSession(deps, tx, session, 'automatic')
  return { intent: (await selectIntent(tx, intent.id))!, failure, owing: [] }
}
