/**
 * What a buyer answers their bank. Of everybody who answers, and of time, one is heard: the row's version decides who. Then
 * the same attempt goes on, or another card may be tried. Semantics B2, the column "3DS result".
 */
import type { Deps } from '../deps.ts'
import type { Account } from '../domain/account.ts'
import type { Attempt } from '../domain/attempt.ts'
import { type Challenge, type ChallengeAnswer, endChallenge, isWaiting } from '../domain/challenge.ts'
import { type Failure, goOnTrying, type Intent } from '../domain/intent.ts'
import { goOn, type Payment } from '../domain/payment.ts'
import type { Plan } from '../domain/plan.ts'
import { Problem } from '../domain/problem.ts'
import { type Session, statusAt } from '../domain/session.ts'
import { couldBeId } from '../ids.ts'
import { resumeAttempt, selectAttempt } from '../store/attempts.ts'
import { planRows } from '../store/catalog.ts'
import { replaceChallenge, selectChallenge } from '../store/challenges.ts'
import { replaceIntent, selectIntent } from '../store/intents.ts'
import { replacePayment } from '../store/payments.ts'
import type { Db, Tx } from '../store/schema.ts'
import { applyDecline, knownPayment, leaseFrom, settleAttempt } from './attempts.ts'
import { holdInvoice } from './card-sessions.ts'
import { announce } from './commit.ts'
import { endSession, findSession } from './sessions.ts'
import { applyRefused, settleSetup } from './setups.ts'

const notConfirmed: Failure = { code: 'payment_intent_authentication_failure', declineCode: null }

/** A challenge and all that its page tells of it. */
export type ShownChallenge = {
  challenge: Challenge
  attempt: Attempt
  intent: Intent
  session: Session
  account: Account
  plan: Plan | undefined
}

export async function lookForChallenge(deps: Deps, id: string): Promise<ShownChallenge | undefined> {
  const { db } = deps.store
  const challenge = couldBeId(id) ? await selectChallenge(db, id) : undefined
  if (!challenge) return undefined
  const known = await knownOf(db, challenge)
  const { planId, accountId } = known.session
  const plan = planId === null ? undefined : await planRows.findAnyones(db, planId)
  return { challenge, ...known, account: await deps.accounts.account(accountId), plan }
}

type Known = { attempt: Attempt; intent: Intent; session: Session }

async function knownOf(db: Db | Tx, { id, attemptId, intentId }: Challenge): Promise<Known> {
  const attempt = await selectAttempt(db, attemptId)
  const intent = await selectIntent(db, intentId)
  if (!attempt || !intent || intent.sessionId === null) throw new Error(`${id} is about nothing`)
  return { attempt, intent, session: await findSession(db, intent.sessionId) }
}

/** An attempt that goes on, to money or to a card that is kept. */
type Resumed = { attempt: Attempt; intent: Intent; payment: Payment | null }

/**
 * Takes the answer to a challenge that waits for one. To any other this does nothing: its page tells what became of it. A
 * problem when nothing may be tried at this moment.
 */
export async function answerChallenge(deps: Deps, id: string, answer: ChallengeAnswer): Promise<void> {
  const resumed = await deps.store.transact(async (tx) => {
    const challenge = couldBeId(id) ? await selectChallenge(tx, id) : undefined
    if (!challenge) throw noSuchChallenge()
    if (challenge.status !== 'open') return undefined
    const known = await knownOf(tx, challenge)
    if (!isWaiting(challenge, deps.now(challenge))) return timeOut(deps, tx, challenge, known)
    if (answer !== 'passed') return refuse(deps, tx, challenge, known, answer)
    return resume(deps, tx, challenge, known)
  })
  if (!resumed) return
  const { attempt, intent, payment } = resumed
  const { id: attemptId, cardToken } = attempt
  if (cardToken === null) throw new Error(`${attemptId} has no card`)
  if (!payment) {
    await settleSetup(deps, attemptId, intent, (processor) => processor.resumeSave({ cardToken }))
    return
  }
  const { amount, currency } = intent
  await settleAttempt(deps, attemptId, { intent, payment, failure: null }, (processor) =>
    processor.resume({ attemptId, amount, currency, cardToken }),
  )
}

/** Nobody answered in time. */
export const timeOutChallenge = (deps: Deps, id: string): Promise<void> =>
  deps.store.transact(async (tx) => {
    const challenge = await selectChallenge(tx, id)
    if (challenge?.status !== 'open' || isWaiting(challenge, deps.now(challenge))) return
    await timeOut(deps, tx, challenge, await knownOf(tx, challenge))
  })

async function timeOut(deps: Deps, tx: Tx, challenge: Challenge, known: Known): Promise<undefined> {
  const { session } = known
  // Its session is over, whether or not the sweep has said so yet, and all that was tried for it.
  if (statusAt(session, deps.now(session)) === 'expired') {
    await endSession(deps, tx, session, 'expired')
    return undefined
  }
  return refuse(deps, tx, challenge, known, 'timed_out')
}

async function refuse(
  deps: Deps,
  tx: Tx,
  challenge: Challenge,
  { attempt, intent: before, session }: Known,
  status: Exclude<ChallengeAnswer, 'passed'> | 'timed_out',
): Promise<undefined> {
  // The intent first, as whoever tries another card does: on PostgreSQL they then wait for each other, and never both.
  if (before.purpose === 'setup') await applyRefused(deps, tx, { attempt, before, session }, notConfirmed)
  else {
    const payment = await knownPayment(tx, before)
    await applyDecline(deps, tx, { attempt, before, payment, session }, notConfirmed)
  }
  await replaceChallenge(tx, challenge, endChallenge(challenge, status))
  return undefined
}

async function resume(
  deps: Deps,
  tx: Tx,
  challenge: Challenge,
  { attempt, intent: before, session }: Known,
): Promise<Resumed> {
  const intent = goOnTrying(before)
  await replaceIntent(tx, before, intent)
  await replaceChallenge(tx, challenge, endChallenge(challenge, 'passed'))
  await resumeAttempt(tx, attempt, leaseFrom(deps))
  await holdInvoice(deps, tx, session, intent)
  await announce(deps, tx, ['payment_intent.processing', intent])
  if (intent.purpose === 'setup') return { attempt, intent, payment: null }
  const waiting = await knownPayment(tx, intent)
  const payment = goOn(waiting)
  await replacePayment(tx, waiting, payment)
  await announce(deps, tx, ['payment.pending', payment])
  return { attempt, intent, payment }
}

const noSuchChallenge = () =>
  new Problem('not_found', {
    en: 'There is no such confirmation',
    es: 'No existe esa confirmación',
  })
