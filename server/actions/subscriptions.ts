/** Subscriptions as they begin and as a shop ends them; what time does to them is the sweep's. */
import { showAmount } from '../contract/money.ts'
import type { Deps } from '../deps.ts'
import type { Owner } from '../domain/account.ts'
import type { SavedCard } from '../domain/customer.ts'
import type { Failure, Intent } from '../domain/intent.ts'
import type { Plan } from '../domain/plan.ts'
import { dueOf } from '../domain/invoice.ts'
import { missingFields, noSuch, Problem } from '../domain/problem.ts'
import { type Session, sessionClosed, statusAt, subscribeSession } from '../domain/session.ts'
import {
  cancelAtPeriodEnd,
  cancelSubscription as cancel,
  endsAtOnce,
  newSubscription,
  newTrial,
  resumePaused,
  type Subscription,
} from '../domain/subscription.ts'
import { couldBeId, idPrefixes } from '../ids.ts'
import { planRows } from '../store/catalog.ts'
import { customerRows } from '../store/customers.ts'
import { selectIntentOfSession } from '../store/intents.ts'
import { selectOpenInvoice } from '../store/invoices.ts'
import type { Tx } from '../store/schema.ts'
import { holdSession, replaceSession } from '../store/sessions.ts'
import { subscriptionRows } from '../store/subscriptions.ts'
import { processorFor } from './attempts.ts'
import { insertInvoice, isBeingTried, orderOf, voidOpenInvoice } from './invoices.ts'
import { insertCustomer } from './insert-customer.ts'
import { beginCharge, type BegunCharge, finishCharge } from './charges.ts'
import { announce, claim, type Command, commit, type Done, keep, type ReplyTo } from './commit.ts'
import { endCardSessions } from './card-sessions.ts'
import { makeIntent } from './make-intent.ts'
import { donePage, endSession, findSession, makeSession, refuseRetired } from './sessions.ts'

/** How long the first payment may take: after it the subscription has never begun. Semantics B2. */
const firstPaymentMs = 23 * 3_600_000

/** A subscription as it begins; `failure` when the customer's card did not pay for it, and it never began. */
export type Subscribed = { subscription: Subscription; failure: Failure | null }

/**
 * Agrees on a plan for a customer. Whose card the shop keeps is charged at once, or has a trial first; for everyone else
 * it begins with a payment on a page, for which a checkout session is made.
 */
export async function createSubscription(
  deps: Deps,
  by: Owner,
  command: Command<{ customerId: string; planId: string }>,
): Promise<Done<Subscribed>> {
  const { wanted, reply } = command
  const begun = await deps.store.transact(async (tx) => {
    const kept = await claim<Subscribed>(deps, tx, reply)
    if (kept) return { done: { value: kept.result, asker: kept.asker } }
    const customer = await customerRows.find(tx, by, wanted.customerId)
    if (!customer) throw noSuch('customer', 'customer_id')
    const plan = await planRows.find(tx, by, wanted.planId)
    if (!plan) throw noSuch('plan', 'plan_id')
    if (!plan.active) refuseRetired('plan_id')
    // One that needs no card yet begins at once as well.
    if (customer.card || (plan.trialPeriodDays !== null && plan.trialWithoutCard !== null)) {
      const subscription = await insertNew(deps, tx, by, { customerId: customer.id, plan, sessionId: null })
      if (customer.card && subscription.status === 'incomplete') {
        return {
          subscription,
          charge: await beginFirstCharge(deps, tx, { subscription, plan, card: customer.card, reply }),
        }
      }
      const value = { subscription, failure: null }
      await keep(tx, reply, value)
      return { done: { value } }
    }
    const value = { subscription: await beginOnPage(deps, tx, by, customer.id, plan), failure: null }
    await keep(tx, reply, value)
    return { done: { value } }
  })
  if ('done' in begun) return begun.done
  const { failure, subscription = begun.subscription } = await finishCharge(deps, begun.charge)
  return { value: { subscription, failure } }
}

/**
 * Writes a new subscription: trialing when a saved card waits for the end of a trial, otherwise incomplete until it is paid,
 * or until a card is saved for the end of a trial.
 */
async function insertNew(
  deps: Deps,
  tx: Tx,
  by: Owner,
  wanted: { customerId: string; plan: Plan; sessionId: string | null },
  id = deps.newId(idPrefixes.subscription),
): Promise<Subscription> {
  const maker = { id, by, now: deps.now(by), number: await subscriptionRows.nextNumber(tx, by) }
  const made = newSubscription(wanted, maker)
  const { trialPeriodDays } = wanted.plan
  const subscription = wanted.sessionId === null && trialPeriodDays ? newTrial(made, trialPeriodDays) : made
  await subscriptionRows.insert(tx, subscription)
  await announce(deps, tx, ['subscription.created', subscription])
  if (subscription.status === 'incomplete' && !trialPeriodDays) await insertInvoice(deps, tx, subscription, wanted.plan)
  return subscription
}

const beginFirstCharge = (
  deps: Deps,
  tx: Tx,
  of: { subscription: Subscription; plan: Plan; card: SavedCard; reply: ReplyTo | null },
): Promise<BegunCharge> => {
  const { subscription, plan, card, reply } = of
  return beginCharge(deps, tx, subscription, {
    order: orderOf(subscription, plan),
    card: { saved: card, cvcGiven: false },
    reply,
    asker: null,
  })
}

/** A subscription whose first payment its customer makes on a page. */
async function beginOnPage(deps: Deps, tx: Tx, by: Owner, customerId: string, plan: Plan): Promise<Subscription> {
  const id = deps.newId(idPrefixes.subscription)
  const session = await makeSession(
    deps,
    tx,
    by,
    {
      amount: showAmount(plan.amount, plan.currency),
      currency: plan.currency,
      returnUrl: '',
      description: null,
      items: [],
      expiresAt: new Date(deps.now(by).getTime() + firstPaymentMs).toISOString(),
      customerId,
    },
    plan.id,
    { subscriptionId: id, ownReturnUrl: donePage(deps) },
  )
  return insertNew(deps, tx, by, { customerId, plan, sessionId: session.id }, id)
}

export type Subscribing = { subscription: Subscription; intent: Intent }

/** What a page does with a session in mode `subscription`: the subscription and the intent of its first payment. */
export const subscribe = (
  deps: Deps,
  command: Command<{ sessionId: string; email: string | undefined }>,
): Promise<Done<Subscribing>> =>
  commit(deps, command, async (tx, wanted) => {
    const session = await findSession(tx, wanted.sessionId)
    const status = statusAt(session, deps.now(session))
    if (status !== 'open') throw sessionClosed({ ...session, status })
    if (session.mode !== 'subscription' || session.planId === null) throw noSubscription()
    processorFor(deps, session)
    await holdSession(tx, session)
    const subscription = session.subscriptionId
      ? await knownSubscription(tx, session.subscriptionId)
      : await beginSubscription(deps, tx, session, session.planId, wanted.email)
    const intent =
      (await selectIntentOfSession(tx, session.id)) ??
      (await makeIntent(deps, tx, { ...session, subscriptionId: subscription.id, customerId: subscription.customerId }))
    return { subscription, intent }
  })

async function beginSubscription(
  deps: Deps,
  tx: Tx,
  session: Session,
  planId: string,
  email: string | undefined,
): Promise<Subscription> {
  const plan = await planRows.find(tx, session, planId)
  if (!plan) throw new Error(`Plan ${planId} does not exist`)
  const customerId = session.customerId ?? (await customerOf(deps, tx, session, email))
  const subscription = await insertNew(deps, tx, session, { customerId, plan, sessionId: session.id })
  const after = subscribeSession(session, { customerId, subscriptionId: subscription.id })
  await replaceSession(tx, session, after)
  await announce(deps, tx, ['session.updated', after])
  return subscription
}

async function customerOf(deps: Deps, tx: Tx, by: Owner, email: string | undefined): Promise<string> {
  if (email === undefined) {
    const say = {
      en: 'is required, because the session names no customer',
      es: 'es obligatorio: la sesión no tiene cliente',
    }
    throw missingFields([{ field: 'email', say }])
  }
  const customer = await insertCustomer(deps, tx, by, {
    email,
    name: null,
    description: null,
    phone: null,
    currency: null,
  })
  return customer.id
}

async function knownSubscription(tx: Tx, id: string): Promise<Subscription> {
  const subscription = await subscriptionRows.findAnyones(tx, id)
  if (!subscription) throw new Error(`Subscription ${id} does not exist`)
  return subscription
}

/** Ends a subscription now, or with its period. One that waits for its first payment can then no longer be paid. */
export const cancelSubscription = (
  deps: Deps,
  by: Owner,
  command: Command<{ id: string; atPeriodEnd?: boolean }>,
): Promise<Done<Subscription>> =>
  commit(deps, command, async (tx, wanted) => {
    const before = await ownSubscription(tx, by, wanted.id)
    const isLater = wanted.atPeriodEnd && !endsAtOnce(before)
    return isLater ? markEnd(deps, tx, before, true) : endSubscription(deps, tx, before)
  })

/**
 * Takes back that a subscription is to end with its period. One that is paused goes on: a period begins now, and the
 * customer's card is charged for it; it is past due when that card is refused.
 */
export async function resumeSubscription(
  deps: Deps,
  by: Owner,
  { wanted, reply }: Command<{ id: string }>,
): Promise<Done<Subscription>> {
  const begun = await deps.store.transact(async (tx) => {
    const kept = await claim<{ subscription: Subscription }>(deps, tx, reply)
    if (kept) return { done: { value: kept.result.subscription, asker: kept.asker } }
    const before = await ownSubscription(tx, by, wanted.id)
    if (before.status === 'paused') return beginAfterPause(deps, tx, before, reply)
    const value = await markEnd(deps, tx, before, false)
    await keep(tx, reply, { subscription: value })
    return { done: { value } }
  })
  if ('done' in begun) return begun.done
  const { subscription = begun.subscription } = await finishCharge(deps, begun.charge)
  return { value: subscription }
}

/** Writes the invoice of the period that has just begun, and charges the saved card for it. */
export async function chargePeriod(
  deps: Deps,
  tx: Tx,
  of: { subscription: Subscription; plan: Plan; card: SavedCard; reply: ReplyTo | null },
): Promise<BegunCharge> {
  const { subscription, plan, card, reply } = of
  const charge = await beginCharge(deps, tx, subscription, {
    order: orderOf(subscription, plan),
    card: { saved: card, cvcGiven: false },
    reply,
    asker: null,
    isRepeated: true,
  })
  const { intent, payment } = charge.begun
  await insertInvoice(deps, tx, subscription, plan, { intentId: intent.id, paymentId: payment.id })
  return charge
}

async function beginAfterPause(
  deps: Deps,
  tx: Tx,
  before: Subscription,
  reply: ReplyTo | null,
): Promise<{ subscription: Subscription; charge: BegunCharge }> {
  if (await selectOpenInvoice(tx, before.id)) throw beingPaid()
  const card = (await customerRows.findAnyones(tx, before.customerId))?.card
  if (!card) {
    throw new Problem('subscription_unexpected_state', {
      en: 'This subscription is paused and its customer has no card: open a page for one with POST /v1/subscriptions/{id}/card-session',
      es: 'Esta suscripción está en pausa y su cliente no tiene tarjeta: abra una página para darla con POST /v1/subscriptions/{id}/card-session',
    })
  }
  const plan = await planRows.findAnyones(tx, before.planId)
  if (!plan) throw new Error(`Plan ${before.planId} does not exist`)
  const subscription = resumePaused(before, plan, deps.now(before))
  await subscriptionRows.replace(tx, before, subscription)
  await announce(deps, tx, ['subscription.resumed', subscription])
  return { subscription, charge: await chargePeriod(deps, tx, { subscription, plan, card, reply }) }
}

async function ownSubscription(tx: Tx, by: Owner, id: string): Promise<Subscription> {
  const found = couldBeId(id) ? await subscriptionRows.find(tx, by, id) : undefined
  if (!found) throw noSuch('subscription')
  return found
}

async function markEnd(deps: Deps, tx: Tx, before: Subscription, wanted: boolean): Promise<Subscription> {
  const unpaid = before.status === 'past_due' ? await selectOpenInvoice(tx, before.id) : undefined
  const after = cancelAtPeriodEnd(before, wanted, unpaid && dueOf(unpaid))
  if (after === before) return before
  await subscriptionRows.replace(tx, before, after)
  await announce(deps, tx, ['subscription.updated', after])
  return after
}

/** The part of a subscription's end that the shop's wish and its customer's leaving share. */
export async function endSubscription(deps: Deps, tx: Tx, before: Subscription): Promise<Subscription> {
  // What comes of a card that is being charged this moment must find it as it is.
  const unpaid = await selectOpenInvoice(tx, before.id)
  const isStarting = before.status === 'incomplete' && before.sessionId === null
  if (isStarting || (unpaid && (await isBeingTried(tx, unpaid)))) throw beingPaid()
  const after = cancel(before, deps.now(before))
  await subscriptionRows.replace(tx, before, after)
  await announce(deps, tx, [after.status === 'canceled' ? 'subscription.canceled' : 'subscription.expired', after])
  await voidOpenInvoice(deps, tx, before.id)
  await endCardSessions(deps, tx, before.id)
  if (before.status === 'incomplete' && before.sessionId !== null) {
    await endSession(deps, tx, await findSession(tx, before.sessionId), 'requested_by_customer')
  }
  return after
}

const beingPaid = () =>
  new Problem(
    'subscription_unexpected_state',
    {
      en: 'This subscription is being paid right now; ask again in a moment',
      es: 'Esta suscripción se está pagando en este momento; consulte de nuevo en un instante',
    },
    { retryAfterSeconds: 1 },
  )

const noSubscription = () =>
  new Problem('session_wrong_mode', {
    en: 'This session is for one payment: call POST /v1/payments/intent with it',
    es: 'Esta sesión es para un solo pago: llame a POST /v1/payments/intent con ella',
  })
