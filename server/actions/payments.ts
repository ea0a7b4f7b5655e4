/** From a session to its intent, the cards that are tried for it, and its payment. */
import type { CancellationReason, PaymentStatus } from '../contract/checkout.ts'
import type { Deps } from '../deps.ts'
import type { Owner } from '../domain/account.ts'
import { type Attempt, attemptStatus, throughAttempt } from '../domain/attempt.ts'
import { type ReadCard, readCard, type TypedCard } from '../domain/card.ts'
import type { NewCustomer } from '../domain/customer.ts'
import { cancelIntent, type Failure, type Intent, newIntent, startTrying } from '../domain/intent.ts'
import { newPayment, type Payment, tryAgain } from '../domain/payment.ts'
import { noSuch, Problem } from '../domain/problem.ts'
import { type NewSession, type Session, sessionClosed, statusAt } from '../domain/session.ts'
import { couldBeId, idPrefixes } from '../ids.ts'
import type { Charge } from '../processors/processor.ts'
import { selectAttemptsPage, supersedeChallenges } from '../store/attempts.ts'
import { planRows } from '../store/catalog.ts'
import { LostRace } from '../store/guard.ts'
import { insertIntent, replaceIntent, selectIntent, selectIntentOfSession } from '../store/intents.ts'
import type { Page, Slice } from '../store/lists.ts'
import {
  insertPayment,
  replacePayment,
  selectChargesAfter,
  selectPayment,
  selectPaymentsPage,
} from '../store/payments.ts'
import type { Tx } from '../store/schema.ts'
import { holdSession } from '../store/sessions.ts'
import { insertCustomer } from './insert-customer.ts'
import { beginAttempt, chargeAttempt, conclude, knownPayment, processorFor } from './attempts.ts'
import { holdInvoice } from './card-sessions.ts'
import { refuseCardTesting } from './card-testing.ts'
import { announce, claim, type Command, commit, type Done } from './commit.ts'
import { makeIntent } from './make-intent.ts'
import { endIntent, endSession, findSession, makeSession } from './sessions.ts'
import { concludeSetup, saveAttempt } from './setups.ts'

/** The one intent of a session: asked for again, it is the same one. */
export const createIntent = (deps: Deps, command: Command<{ sessionId: string }>): Promise<Done<Intent>> =>
  commit(deps, command, async (tx, wanted) => {
    const session = await findSession(tx, wanted.sessionId)
    const now = deps.now(session)
    const status = statusAt(session, now)
    if (status !== 'open') throw sessionClosed({ ...session, status })
    if (session.mode === 'subscription' && session.subscriptionId === null) throw startsSubscription()
    processorFor(deps, session)
    const made = await selectIntentOfSession(tx, session.id)
    if (made) return made
    await holdSession(tx, session)
    return makeIntent(deps, tx, session)
  })

/** A session, its intent and its payment at once, for a shop that sends its buyers to the hosted page. */
export const createHostedPayment = (
  deps: Deps,
  by: Owner,
  command: Command<NewSession & { buyer?: NewCustomer | null }>,
): Promise<Done<{ payment: Payment; session: Session }>> =>
  commit(deps, command, async (tx, { buyer, ...wanted }) => {
    const customer = buyer ? await insertCustomer(deps, tx, by, buyer) : undefined
    const session = await makeSession(deps, tx, by, { ...wanted, customerId: customer?.id ?? wanted.customerId })
    const now = deps.now(by)
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
    if (intent.sessionId === null) return endIntent(deps, tx, intent, wanted.reason)
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
export async function findPayment(deps: Deps, by: Owner, id: string, field?: string): Promise<Payment> {
  const payment = couldBeId(id) ? await selectPayment(deps.store.db, id) : undefined
  if (!payment || payment.accountId !== by.accountId || payment.live !== by.live) throw noSuch('payment', field)
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

/** Payments that a card was charged or refused for, a part at a time, the oldest first: those of one customer, or all. */
export const listCharges = (
  deps: Deps,
  by: Owner,
  wanted: { after: number; most: number; customerId?: string | undefined },
): Promise<{ number: number; value: Payment }[]> => selectChargesAfter(deps.store.db, by, wanted)

/** One of them by its id; what the shop charged by itself also while nobody knows its outcome. */
export async function findCharge(deps: Deps, by: Owner, id: string): Promise<Payment> {
  const payment = await findPayment(deps, by, id)
  if (payment.card === null && payment.sessionId !== null) throw noSuch('payment')
  return payment
}

/** Every attempt to pay, failed ones included, each as its payment looked through it. */
export async function listAttempts(deps: Deps, by: Owner, slice: Slice<PaymentStatus>): Promise<Page<Payment>> {
  const { limit, offset, status } = slice
  const page = await selectAttemptsPage(deps.store.db, by, { limit, offset, status: status && attemptStatus[status] })
  const items = await Promise.all(
    page.items.map(async (attempt) => {
      const payment = attempt.paymentId === null ? undefined : await selectPayment(deps.store.db, attempt.paymentId)
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

/** What a card came to; `failure` when it was refused. */
export type Tried = { intent: Intent; failure: Failure | null }

/**
 * Tries a card for an intent, to pay or to be saved. A decline is a value; a state in which no card may be tried is a
 * problem.
 */
export async function confirmIntent(deps: Deps, command: Command<Confirmation>): Promise<Done<Tried>> {
  const { wanted, reply } = command
  if (!deps.secrets.isClientSecret(wanted.intentId, wanted.clientSecret)) throw noSuchIntent()
  const known = await selectIntent(deps.store.db, wanted.intentId)
  if (!known) throw noSuchIntent()
  processorFor(deps, known)

  const begun = await deps.store.transact(async (tx) => {
    const kept = await claim<Tried>(deps, tx, reply)
    if (kept) return { done: { value: kept.result, asker: kept.asker } }
    const now = deps.now(known)
    const card = readCard(wanted.card, now)
    await refuseCardTesting(deps, tx, known, wanted.asker)
    const { attempt, intent, payment } = await beginTrying(deps, tx, wanted, card, reply)
    if ('refused' in card) {
      const refused = { outcome: 'declined', failure: card.refused } as const
      const value = await (payment ? conclude : concludeSetup)(deps, tx, attempt.id, refused)
      return { done: { value } }
    }
    if (!payment) {
      const { token: cardToken, cvcGiven } = card
      return { save: { attemptId: attempt.id, cardToken, cvcGiven, offSession: false }, intent }
    }
    const charge: Charge = {
      attemptId: attempt.id,
      amount: intent.amount,
      currency: intent.currency,
      cardToken: card.token,
      cvcGiven: card.cvcGiven,
      postalCodeGiven: card.postalCodeGiven,
      offSession: false,
    }
    return { charge, intent, payment }
  })
  if ('done' in begun) return begun.done
  if ('save' in begun) return { value: await saveAttempt(deps, begun.save, begun.intent) }
  const { charge, intent, payment } = begun
  return { value: await chargeAttempt(deps, charge, { intent, payment, failure: null }) }
}

async function beginTrying(
  deps: Deps,
  tx: Tx,
  { intentId, asker }: Confirmation,
  card: ReadCard,
  reply: Command<Confirmation>['reply'],
): Promise<{ attempt: Attempt; intent: Intent; payment: Payment | null }> {
  const before = await selectIntent(tx, intentId)
  if (!before || before.sessionId === null) throw noSuchIntent()
  const now = deps.now(before)
  const session = await findSession(tx, before.sessionId)
  const intent = startTrying(before, session, { paymentId: deps.newId(idPrefixes.payment), now })
  // First of all writes: on PostgreSQL the losers of a race wait here, find the row changed, and decide anew.
  await replaceIntent(tx, before, intent)
  if (before.status === 'requires_action') await supersedeChallenges(tx, intent.id)
  await holdInvoice(deps, tx, session, intent)
  const payment =
    intent.purpose === 'setup' ? null : await beginPayment(deps, tx, before, () => orderedBy(deps, tx, session, intent))
  const attempt = await beginAttempt(deps, tx, {
    intent,
    payment,
    card: { cardToken: 'token' in card ? card.token : null, card: 'facts' in card ? card.facts : null },
    reply,
    asker,
  })
  return { attempt, intent, payment }
}

/** The payment that an attempt belongs to: made with the first of them, unless a hosted checkout made it before. */
async function beginPayment(deps: Deps, tx: Tx, before: Intent, make: () => Promise<Payment>): Promise<Payment> {
  if (before.paymentId === null) {
    const payment = await make()
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

async function orderedBy(deps: Deps, tx: Tx, session: Session, intent: Intent): Promise<Payment> {
  const plan = session.planId === null ? undefined : await planRows.findAnyones(tx, session.planId)
  const order = { ...session, statementDescriptor: plan?.statementDescriptor ?? null }
  return newPayment(intent.paymentId!, intent, order, deps.now(session))
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
