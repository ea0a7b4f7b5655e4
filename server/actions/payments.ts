/**
 * From a session to money: the intent, the attempts of its cards, the payment. Semantics B2, "Exactly once": begin an
 * attempt durably, ask the processor outside any transaction, write what it said, and only then answer.
 */
import type { CancellationReason, PaymentStatus } from '../contract/checkout.ts'
import type { Deps } from '../deps.ts'
import type { Owner } from '../domain/account.ts'
import { type Attempt, attemptStatus, throughAttempt } from '../domain/attempt.ts'
import { readCard, type TypedCard } from '../domain/card.ts'
import { dayMs, isCardTesting, mostDeclines, mostRecent } from '../domain/card-testing.ts'
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
import { awaitBuyer, fail, newPayment, type Payment, settle, tryAgain } from '../domain/payment.ts'
import { noSuch, Problem } from '../domain/problem.ts'
import { completeSession, type NewSession, type Session, sessionClosed, statusAt } from '../domain/session.ts'
import { couldBeId, idPrefixes } from '../ids.ts'
import type { Charge, ChargeResult, Processor } from '../processors/processor.ts'
import {
  countUnpaid,
  endAttempt,
  insertAttempt,
  selectAttempt,
  selectAttemptsPage,
  selectRecentOutcomes,
  supersedeChallenges,
} from '../store/attempts.ts'
import { LostRace } from '../store/guard.ts'
import { insertIntent, replaceIntent, selectIntent, selectIntentOfSession } from '../store/intents.ts'
import type { Page, Slice } from '../store/lists.ts'
import { insertEntries } from '../store/outbox.ts'
import { insertPayment, replacePayment, selectPayment, selectPaymentsPage } from '../store/payments.ts'
import type { Tx } from '../store/schema.ts'
import { within } from '../within.ts'
import { holdSession, replaceSession } from '../store/sessions.ts'
import { announce, claim, type Command, commit, type Done, keep } from './commit.ts'
import { endSession, findSession, makeSession, startSubscription } from './sessions.ts'

/** The one intent of a session: asked for again, it is the same one. */
export const createIntent = (deps: Deps, command: Command<{ sessionId: string }>): Promise<Done<Intent>> =>
  commit(deps, command, async (tx, wanted) => {
    const session = await findSession(tx, wanted.sessionId)
    const now = deps.now()
    const status = statusAt(session, now)
    if (status !== 'open') throw sessionClosed({ ...session, status })
    if (session.mode === 'subscription' && session.subscriptionId === null) throw startsSubscription()
    processorFor(deps, session)
    const made = await selectIntentOfSession(tx, session.id)
    if (made) return made
    await holdSession(tx, session)
    return makeIntent(deps, tx, session)
  })

/** The first intent of a session that this transaction holds. */
export async function makeIntent(deps: Deps, tx: Tx, session: Session): Promise<Intent> {
  const intent = newIntent(session, { id: deps.newId(idPrefixes.intent), now: deps.now() })
  if (!(await insertIntent(tx, intent))) throw new LostRace(session.id)
  return intent
}

/** A session, its intent and its payment at once, for a shop that sends its buyers to the hosted page. */
export const createHostedPayment = (
  deps: Deps,
  by: Owner,
  command: Command<NewSession>,
): Promise<Done<{ payment: Payment; session: Session }>> =>
  commit(deps, command, async (tx, wanted) => {
    const session = await makeSession(deps, tx, by, wanted)
    const now = deps.now()
    const id = deps.newId(idPrefixes.payment)
    const intent = { ...newIntent(session, { id: deps.newId(idPrefixes.intent), now }), paymentId: id }
    if (!(await insertIntent(tx, intent))) throw new LostRace(session.id)
    const payment = newPayment(id, intent, session, now)
    await insertPayment(tx, payment)
    await announce(deps, tx, ['payment.pending', payment])
    return { payment, session }
  })

/** Ends an intent, and with it its session, for whoever holds the secret key. */
export const cancelPaymentIntent = (
  deps: Deps,
  by: Owner,
  command: Command<{ id: string; reason: CancellationReason }>,
): Promise<Done<Intent>> =>
  commit(deps, command, async (tx, wanted) => {
    const intent = couldBeId(wanted.id) ? await selectIntent(tx, wanted.id) : undefined
    if (!intent || intent.accountId !== by.accountId || intent.live !== by.live) throw noSuchIntent()
    // Says no for an intent that is over or being tried, before its session is asked.
    cancelIntent(intent, wanted.reason)
    await endSession(deps, tx, await findSession(tx, intent.sessionId), wanted.reason)
    return (await selectIntent(tx, intent.id))!
  })

/** The intent that a client secret belongs to. Unknown ids and wrong secrets answer alike. */
export async function findIntent(deps: Deps, id: string, clientSecret: string): Promise<Intent> {
  const intent = deps.secrets.isClientSecret(id, clientSecret) ? await selectIntent(deps.store.db, id) : undefined
  if (!intent) throw noSuchIntent()
  return intent
}

/** A payment as its own merchant may see it; anyone else's, or the other mode's, is unknown. */
export async function findPayment(deps: Deps, by: Owner, id: string): Promise<Payment> {
  const payment = couldBeId(id) ? await selectPayment(deps.store.db, id) : undefined
  if (!payment || payment.accountId !== by.accountId || payment.live !== by.live) throw noSuch('payment')
  return payment
}

/** A payment as anyone with its id may see it: the id is the token, and only its status is told. */
export async function findAnyonesPayment(deps: Deps, id: string): Promise<Payment> {
  const payment = couldBeId(id) ? await selectPayment(deps.store.db, id) : undefined
  if (!payment) throw noSuch('payment')
  return payment
}

export const listPayments = (deps: Deps, by: Owner, slice: Slice<PaymentStatus>): Promise<Page<Payment>> =>
  selectPaymentsPage(deps.store.db, by, slice)

/** Every attempt to pay, failed ones included, each as its payment looked through it. */
export async function listAttempts(deps: Deps, by: Owner, slice: Slice<PaymentStatus>): Promise<Page<Payment>> {
  const { limit, offset, status } = slice
  const page = await selectAttemptsPage(deps.store.db, by, { limit, offset, status: status && attemptStatus[status] })
  const items = await Promise.all(
    page.items.map(async (attempt) => {
      const payment = await selectPayment(deps.store.db, attempt.paymentId)
      if (!payment) throw new Error(`Attempt ${attempt.id} has no payment`)
      return throughAttempt(payment, attempt)
    }),
  )
  return { items, total: page.total }
}

export type Confirmation = {
  intentId: string
  clientSecret: string
  card: TypedCard
  /** A keyed digest of the address that the card comes from; null for this machine itself. */
  asker: string | null
}

/** How an intent stands after a card was tried; `failure` when the card did not pay. */
export type Confirmed = { intent: Intent; failure: Failure | null }

/** How long a process may work on an attempt before others look up what became of it. */
const leaseMs = 30_000

/** How long a processor may take: well below the lease, after which others would ask what became of it. */
export const processorMs = 20_000

/** Tries a card for an intent. A decline is a value; a state in which no card may be tried is a problem. */
export async function confirmIntent(deps: Deps, command: Command<Confirmation>): Promise<Done<Confirmed>> {
  const { wanted, reply } = command
  if (!deps.secrets.isClientSecret(wanted.intentId, wanted.clientSecret)) throw noSuchIntent()
  const known = await selectIntent(deps.store.db, wanted.intentId)
  if (!known) throw noSuchIntent()
  const processor = processorFor(deps, known)

  const begun = await deps.store.transact(async (tx) => {
    const kept = await claim<Confirmed>(deps, tx, reply)
    if (kept) return { done: { value: kept.result, asker: kept.asker } }
    const now = deps.now()
    const card = readCard(wanted.card, now)
    if (wanted.asker !== null) await refuseCardTesting(deps, tx, known, wanted.asker)
    const { attempt, intent } = await beginAttempt(deps, tx, wanted, card, reply)
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
    result = await within(processorMs, processor.charge(begun.charge))
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
  { intentId, asker }: Confirmation,
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
  const payment = await beginPayment(deps, tx, before, () => newPayment(intent.paymentId!, intent, session, now))
  const attempt: Attempt = {
    id: deps.newId(idPrefixes.attempt),
    accountId: intent.accountId,
    live: intent.live,
    intentId: intent.id,
    paymentId: payment.id,
    status: 'processing',
    processor: processorFor(deps, intent).name,
    cardToken: 'token' in card ? card.token : null,
    card: 'facts' in card ? card.facts : null,
    failure: null,
    replyScope: reply?.scope ?? null,
    replyKey: reply?.key ?? null,
    asker,
    createdAt: now.toISOString(),
    leaseUntil: new Date(now.getTime() + leaseMs).toISOString(),
  }
  await insertAttempt(tx, attempt)
  await announce(deps, tx, ['payment_intent.processing', intent])
  return { attempt, intent }
}

/** The payment that an attempt belongs to: made with the first of them, unless a hosted checkout made it before. */
async function beginPayment(deps: Deps, tx: Tx, before: Intent, make: () => Payment): Promise<Payment> {
  if (before.paymentId === null) {
    const payment = make()
    await insertPayment(tx, payment)
    await announce(deps, tx, ['payment.pending', payment])
    return payment
  }
  const known = await knownPayment(tx, before)
  const payment = tryAgain(known)
  if (payment === known) return known
  await replacePayment(tx, known, payment)
  await announce(deps, tx, ['payment.pending', payment])
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
        await endAttempt(tx, attempt, 'needs_review', null)
        return { intent: before, failure: null }
      }
      const intent = succeed(before)
      const paid = settle(payment, attempt.card)
      const complete = completeSession(session)
      await replaceIntent(tx, before, intent)
      await replacePayment(tx, payment, paid)
      await endAttempt(tx, attempt, 'succeeded', null)
      await replaceSession(tx, session, complete)
      await book(deps, tx, paid, { processor: attempt.processor, amount: paid.amount })
      if (session.subscriptionId !== null) await startSubscription(deps, tx, session.subscriptionId)
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
      await replaceIntent(tx, before, intent)
      await replacePayment(tx, payment, waiting)
      await endAttempt(tx, attempt, 'requires_action', null)
      await announce(deps, tx, ['payment_intent.requires_action', intent], ['payment.requires_action', waiting])
      return { intent, failure: null }
    }
    case 'declined': {
      const intent = failTrying(before, result.failure)
      const failed = fail(payment, attempt.card, result.failure)
      await replaceIntent(tx, before, intent)
      await replacePayment(tx, payment, failed)
      await endAttempt(tx, attempt, 'failed', result.failure)
      await announce(deps, tx, ['payment_intent.payment_failed', intent], ['payment.failed', failed])
      if (!isTriedOut(intent)) return { intent, failure: result.failure }
      // Too many cards have failed: nothing more is tried, and the shop makes a new session if it wants to.
      await endSession(deps, tx, await findSession(tx, intent.sessionId), 'automatic')
      return { intent: (await selectIntent(tx, intent.id))!, failure: result.failure }
    }
  }
}

/** What the processor holds for us, we owe the merchant; an amount below zero goes back. */
export async function book(
  deps: Deps,
  tx: Tx,
  payment: Payment,
  { processor, amount }: { processor: string; amount: number },
): Promise<void> {
  const entry = (account: string, signed: number) => ({
    id: deps.newId(idPrefixes.entry),
    payment_id: payment.id,
    account,
    amount: signed,
    currency: payment.currency,
    created_at: deps.now().toISOString(),
  })
  await insertEntries(tx, [entry(`processor:${processor}`, amount), entry(`merchant:${payment.accountId}`, -amount)])
}

/** Whoever moves the money of an object's mode. */
export function processorFor(deps: Deps, { live }: { live: boolean }): Processor {
  if (!live) return deps.processor
  if (deps.liveProcessor) return deps.liveProcessor
  throw new Problem('live_mode_unavailable', {
    en: 'This server has no processor for live payments, so nothing can be charged; use a key that starts with sk_test_',
    es: 'Este servidor no tiene procesador para pagos reales, así que no se puede cobrar; use una clave que empiece con sk_test_',
  })
}

/** Stops whoever tries cards one after the other before the processor hears of the next. Semantics B3, "Card testing". */
async function refuseCardTesting(deps: Deps, tx: Tx, intent: Intent, asker: string): Promise<void> {
  const now = deps.now()
  const byAddress = await countUnpaid(tx, asker, new Date(now.getTime() - dayMs).toISOString(), mostDeclines)
  const recent = await selectRecentOutcomes(tx, intent, mostRecent)
  const testing = isCardTesting({ byAddress, recent, now })
  if (!testing) return
  deps.log.warn({ account: intent.accountId, reason: testing }, 'card testing stopped')
  throw new Problem(
    'too_many_requests',
    {
      en: 'Too many cards have been declined; nothing more is tried for now',
      es: 'Se rechazaron demasiadas tarjetas; por ahora no se intenta con más',
    },
    { retryAfterSeconds: testing === 'address' ? 3600 : 300 },
  )
}

async function knownPayment(tx: Tx, intent: Intent): Promise<Payment> {
  const payment = intent.paymentId === null ? undefined : await selectPayment(tx, intent.paymentId)
  if (!payment) throw new Error(`Intent ${intent.id} has no payment`)
  return payment
}

const startsSubscription = () =>
  new Problem('session_wrong_mode', {
    en: 'This session starts a subscription: call POST /v1/payments/subscription with it',
    es: 'Esta sesión inicia una suscripción: llame a POST /v1/payments/subscription con ella',
  })

const noSuchIntent = () =>
  new Problem('not_found', {
    en: 'There is no payment intent with this id and client secret',
    es: 'No existe un intento de pago con ese id y ese client secret',
  })
