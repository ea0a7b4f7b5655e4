/**
 * From a session to money: the intent, the attempts of its cards, the payment. Semantics B2, "Exactly once": begin an
 * attempt durably, ask the processor outside any transaction, write what it said, and only then answer.
 */
import type { Deps } from '../deps.ts'
import type { Merchant } from '../domain/account.ts'
import type { Attempt } from '../domain/attempt.ts'
import { readCard, type TypedCard } from '../domain/card.ts'
import {
  askBuyer,
  cancelIntent,
  failTrying,
  type Failure,
  type Intent,
  isTriedOut,
  newIntent,
  startTrying,
  succeed,
} from '../domain/intent.ts'
import { awaitBuyer, cancelPayment, fail, newPayment, type Payment, settle, tryAgain } from '../domain/payment.ts'
import { Problem } from '../domain/problem.ts'
import { completeSession, expireSession, sessionClosed, statusAt } from '../domain/session.ts'
import { couldBeId, idPrefixes } from '../ids.ts'
import type { Charge, ChargeResult } from '../processors/processor.ts'
import { endAttempt, insertAttempt, selectAttempt, supersedeChallenges } from '../store/attempts.ts'
import { LostRace } from '../store/guard.ts'
import { insertIntent, replaceIntent, selectIntent, selectIntentOfSession } from '../store/intents.ts'
import { insertEntries } from '../store/outbox.ts'
import { insertPayment, replacePayment, selectPayment } from '../store/payments.ts'
import type { Tx } from '../store/schema.ts'
import { holdSession, replaceSession } from '../store/sessions.ts'
import { announce, claim, type Command, commit, type Done, keep } from './commit.ts'
import { findSession } from './sessions.ts'

/** The one intent of a session: asked for again, it is the same one. */
export const createIntent = (deps: Deps, command: Command<{ sessionId: string }>): Promise<Done<Intent>> =>
  commit(deps, command, async (tx, wanted) => {
    const session = await findSession(tx, wanted.sessionId)
    const now = deps.now()
    const status = statusAt(session, now)
    if (status !== 'open') throw sessionClosed({ ...session, status })
    const made = await selectIntentOfSession(tx, session.id)
    if (made) return made
    await holdSession(tx, session)
    const intent = newIntent(session, { id: deps.newId(idPrefixes.intent), now })
    if (!(await insertIntent(tx, intent))) throw new LostRace(session.id)
    return intent
  })

/** The intent that a client secret belongs to. Unknown ids and wrong secrets answer alike. */
export async function findIntent(deps: Deps, id: string, clientSecret: string): Promise<Intent> {
  const intent = deps.secrets.isClientSecret(id, clientSecret) ? await selectIntent(deps.store.db, id) : undefined
  if (!intent) throw noSuchIntent()
  return intent
}

/** A payment as its own merchant may see it; anyone else's, or the other mode's, is unknown. */
export async function findPayment(deps: Deps, by: Merchant, id: string): Promise<Payment> {
  const payment = couldBeId(id) ? await selectPayment(deps.store.db, id) : undefined
  if (!payment || payment.accountId !== by.accountId || payment.live !== by.live) {
    throw new Problem('not_found', { en: 'There is no such payment', es: 'No existe ese pago' })
  }
  return payment
}

export type Confirmation = { intentId: string; clientSecret: string; card: TypedCard }

/** How an intent stands after a card was tried; `failure` when the card did not pay. */
export type Confirmed = { intent: Intent; failure: Failure | null }

/** How long a process may work on an attempt before others look up what became of it. */
const leaseMs = 30_000

/** How long a processor may take: well below the lease, after which others would ask what became of it. */
const chargeMs = 20_000

/** The answer, or an error when it takes too long. */
function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  })
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
}

/** Tries a card for an intent. A decline is a value; a state in which no card may be tried is a problem. */
export async function confirmIntent(deps: Deps, command: Command<Confirmation>): Promise<Done<Confirmed>> {
  const { wanted, reply } = command
  if (!deps.secrets.isClientSecret(wanted.intentId, wanted.clientSecret)) throw noSuchIntent()

  const begun = await deps.store.transact(async (tx) => {
    const kept = await claim<Confirmed>(deps, tx, reply)
    if (kept) return { done: { value: kept.result, asker: kept.asker } }
    const now = deps.now()
    const card = readCard(wanted.card, now)
    const { attempt, intent } = await beginAttempt(deps, tx, wanted.intentId, card, reply)
    if ('refused' in card) {
      const value = await conclude(deps, tx, attempt.id, { outcome: 'declined', failure: card.refused })
      return { done: { value } }
    }
    const charge: Charge = {
      attemptId: attempt.id,
      amount: intent.amount,
      currency: intent.currency,
      cardToken: card.token,
      cvcGiven: card.cvcGiven,
      postalCodeGiven: card.postalCodeGiven,
    }
    return { charge, intent }
  })
  if ('done' in begun) return begun.done

  let result: ChargeResult
  try {
    result = await within(chargeMs, deps.processor.charge(begun.charge))
  } catch (error) {
    // Whether it was charged is not known: the sweep asks the processor, and until then the truth is "processing".
    deps.log.error({ err: error, attempt: begun.charge.attemptId }, 'the processor did not answer')
    return { value: { intent: begun.intent, failure: null } }
  }
  const value = await deps.store.transact((tx) => conclude(deps, tx, begun.charge.attemptId, result))
  return { value }
}

async function beginAttempt(
  deps: Deps,
  tx: Tx,
  intentId: string,
  card: ReturnType<typeof readCard>,
  reply: Command<Confirmation>['reply'],
): Promise<{ attempt: Attempt; intent: Intent }> {
  const now = deps.now()
  const before = await selectIntent(tx, intentId)
  if (!before) throw noSuchIntent()
  const session = await findSession(tx, before.sessionId)
  const intent = startTrying(before, session, { paymentId: deps.newId(idPrefixes.payment), now })
  // First of all writes: on PostgreSQL the losers of a race wait here, find the row changed, and decide anew.
  await replaceIntent(tx, before, intent)
  if (before.status === 'requires_action') await supersedeChallenges(tx, intent.id)
  const payment = await beginPayment(tx, before, intent, () => newPayment(intent.paymentId!, intent, session, now))
  const attempt: Attempt = {
    id: deps.newId(idPrefixes.attempt),
    intentId: intent.id,
    paymentId: payment.id,
    status: 'processing',
    processor: deps.processor.name,
    cardToken: 'token' in card ? card.token : null,
    card: 'facts' in card ? card.facts : null,
    failure: null,
    replyScope: reply?.scope ?? null,
    replyKey: reply?.key ?? null,
    createdAt: now.toISOString(),
    leaseUntil: new Date(now.getTime() + leaseMs).toISOString(),
  }
  await insertAttempt(tx, attempt)
  await announce(deps, tx, ['payment_intent.processing', intent], ['payment.pending', payment])
  return { attempt, intent }
}

async function beginPayment(tx: Tx, before: Intent, intent: Intent, make: () => Payment): Promise<Payment> {
  if (before.paymentId === null) {
    const payment = make()
    await insertPayment(tx, payment)
    return payment
  }
  const known = await knownPayment(tx, intent)
  const payment = tryAgain(known)
  await replacePayment(tx, known, payment)
  return payment
}

/**
 * Writes what a processor said of an attempt: attempt, intent, payment, session, ledger, events and the kept reply, all in
 * one transaction. The request that began the attempt and the sweep both end here; whoever comes second changes nothing.
 */
export async function conclude(deps: Deps, tx: Tx, attemptId: string, result: ChargeResult): Promise<Confirmed> {
  const attempt = await selectAttempt(tx, attemptId)
  const before = attempt && (await selectIntent(tx, attempt.intentId))
  if (!attempt || !before) throw new Error(`Attempt ${attemptId} does not exist`)
  if (attempt.status !== 'processing') {
    if (result.outcome === 'succeeded' && attempt.status !== 'succeeded') {
      deps.log.error({ attempt: attempt.id }, 'a charge succeeded after its attempt was given up: needs a person')
    }
    return { intent: before, failure: attempt.failure }
  }

  const value = await apply(deps, tx, attempt, before, result)
  if (value.intent.status !== 'processing' && attempt.replyScope !== null && attempt.replyKey !== null) {
    await keep(tx, { scope: attempt.replyScope, key: attempt.replyKey }, value)
  }
  return value
}

async function apply(deps: Deps, tx: Tx, attempt: Attempt, before: Intent, result: ChargeResult): Promise<Confirmed> {
  const payment = await knownPayment(tx, before)
  switch (result.outcome) {
    case 'succeeded': {
      const session = await findSession(tx, before.sessionId)
      const fits =
        result.attemptId === attempt.id && result.amount === before.amount && result.currency === before.currency
      if (!fits || session.status !== 'open') {
        deps.log.error({ attempt: attempt.id }, 'a charge does not fit what was asked for: needs a person')
        await endAttempt(tx, attempt.id, 'needs_review', null)
        return { intent: before, failure: null }
      }
      const intent = succeed(before)
      const paid = settle(payment, attempt.card)
      const complete = completeSession(session)
      await endAttempt(tx, attempt.id, 'succeeded', null)
      await replaceIntent(tx, before, intent)
      await replacePayment(tx, payment, paid)
      await replaceSession(tx, session, complete)
      await book(deps, tx, attempt, paid)
      await announce(
        deps,
        tx,
        ['payment_intent.succeeded', intent],
        ['payment.succeeded', paid],
        ['session.completed', complete],
      )
      return { intent, failure: null }
    }
    case 'challenge': {
      const intent = askBuyer(before)
      const waiting = awaitBuyer(payment, attempt.card)
      await endAttempt(tx, attempt.id, 'requires_action', null)
      await replaceIntent(tx, before, intent)
      await replacePayment(tx, payment, waiting)
      await announce(deps, tx, ['payment_intent.requires_action', intent], ['payment.requires_action', waiting])
      return { intent, failure: null }
    }
    case 'declined': {
      const intent = failTrying(before, result.failure)
      const failed = fail(payment, attempt.card, result.failure)
      await endAttempt(tx, attempt.id, 'failed', result.failure)
      await replaceIntent(tx, before, intent)
      await replacePayment(tx, payment, failed)
      await announce(deps, tx, ['payment_intent.payment_failed', intent], ['payment.failed', failed])
      return { intent: isTriedOut(intent) ? await giveUp(deps, tx, intent, failed) : intent, failure: result.failure }
    }
  }
}

/** Too many cards have failed: nothing more is tried, and the shop makes a new session if it wants to. */
async function giveUp(deps: Deps, tx: Tx, intent: Intent, payment: Payment): Promise<Intent> {
  const session = await findSession(tx, intent.sessionId)
  const canceled = cancelIntent(intent)
  const over = cancelPayment(payment)
  const expired = expireSession(session)
  await replaceIntent(tx, intent, canceled)
  await replacePayment(tx, payment, over)
  await replaceSession(tx, session, expired)
  await announce(
    deps,
    tx,
    ['payment_intent.canceled', canceled],
    ['payment.canceled', over],
    ['session.expired', expired],
  )
  return canceled
}

/** What the processor holds for us, we owe the merchant. */
async function book(deps: Deps, tx: Tx, attempt: Attempt, payment: Payment): Promise<void> {
  const entry = (account: string, amount: number) => ({
    id: deps.newId(idPrefixes.entry),
    payment_id: payment.id,
    account,
    amount,
    currency: payment.currency,
    created_at: deps.now().toISOString(),
  })
  await insertEntries(tx, [
    entry(`processor:${attempt.processor}`, payment.amount),
    entry(`merchant:${payment.accountId}`, -payment.amount),
  ])
}

async function knownPayment(tx: Tx, intent: Intent): Promise<Payment> {
  const payment = intent.paymentId === null ? undefined : await selectPayment(tx, intent.paymentId)
  if (!payment) throw new Error(`Intent ${intent.id} has no payment`)
  return payment
}

const noSuchIntent = () =>
  new Problem('not_found', {
    en: 'There is no payment intent with this id and client secret',
    es: 'No existe un intento de pago con ese id y ese client secret',
  })
