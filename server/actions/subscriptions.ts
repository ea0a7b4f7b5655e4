/** Subscriptions as they begin and as a shop ends them; what time does to them is the sweep's. */
import { showAmount } from '../contract/money.ts'
import type { Deps } from '../deps.ts'
import type { Owner } from '../domain/account.ts'
import { newCustomer } from '../domain/customer.ts'
import type { Intent } from '../domain/intent.ts'
import { noSuch, Problem } from '../domain/problem.ts'
import { type Session, sessionClosed, statusAt, subscribeSession } from '../domain/session.ts'
import { cancelSubscription as cancel, newSubscription, type Subscription } from '../domain/subscription.ts'
import { couldBeId, idPrefixes } from '../ids.ts'
import { planRows } from '../store/catalog.ts'
import { customerRows } from '../store/customers.ts'
import { selectIntentOfSession } from '../store/intents.ts'
import type { Tx } from '../store/schema.ts'
import { holdSession, replaceSession } from '../store/sessions.ts'
import { subscriptionRows } from '../store/subscriptions.ts'
import { announce, type Command, commit, type Done } from './commit.ts'
import { makeIntent, processorFor } from './payments.ts'
import { donePage, endSession, findSession, makeSession } from './sessions.ts'

/** How long the first payment may take: after it the subscription has never begun. Semantics B2. */
const firstPaymentMs = 23 * 3_600_000

/** Agrees on a plan for a customer; it begins with a first payment, for which a checkout session is made. */
export const createSubscription = (
  deps: Deps,
  by: Owner,
  command: Command<{ customerId: string; planId: string }>,
): Promise<Done<Subscription>> =>
  commit(deps, command, async (tx, wanted) => {
    const customer = await customerRows.find(tx, by, wanted.customerId)
    if (!customer) throw noSuch('customer', 'customer_id')
    const plan = await planRows.find(tx, by, wanted.planId)
    if (!plan) throw noSuch('plan', 'plan_id')
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
        expiresAt: new Date(deps.now().getTime() + firstPaymentMs).toISOString(),
        customerId: customer.id,
      },
      plan.id,
      { subscriptionId: id, ownReturnUrl: donePage(deps) },
    )
    const subscription = newSubscription(
      { customerId: customer.id, plan, sessionId: session.id },
      { id, by, now: deps.now() },
    )
    await subscriptionRows.insert(tx, subscription)
    await announce(deps, tx, ['subscription.created', subscription])
    return subscription
  })

export type Subscribing = { subscription: Subscription; intent: Intent }

/** What a page does with a session in mode `subscription`: the subscription and the intent of its first payment. */
export const subscribe = (
  deps: Deps,
  command: Command<{ sessionId: string; email: string | undefined }>,
): Promise<Done<Subscribing>> =>
  commit(deps, command, async (tx, wanted) => {
    const session = await findSession(tx, wanted.sessionId)
    const status = statusAt(session, deps.now())
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
  const now = deps.now()
  const plan = await planRows.find(tx, session, planId)
  if (!plan) throw new Error(`Plan ${planId} does not exist`)
  const customerId = session.customerId ?? (await customerOf(deps, tx, session, email))
  const subscription = newSubscription(
    { customerId, plan, sessionId: session.id },
    { id: deps.newId(idPrefixes.subscription), by: session, now },
  )
  await subscriptionRows.insert(tx, subscription)
  const after = subscribeSession(session, { customerId, subscriptionId: subscription.id })
  await replaceSession(tx, session, after)
  await announce(deps, tx, ['subscription.created', subscription], ['session.updated', after])
  return subscription
}

async function customerOf(deps: Deps, tx: Tx, by: Owner, email: string | undefined): Promise<string> {
  if (email === undefined) {
    const say = {
      en: 'is required, because the session names no customer',
      es: 'es obligatorio: la sesión no tiene cliente',
    }
    throw new Problem(
      'parameter_missing',
      { en: 'Missing: email', es: 'Falta: email' },
      { faults: [{ field: 'email', say }] },
    )
  }
  const maker = { id: deps.newId(idPrefixes.customer), by, now: deps.now() }
  const customer = newCustomer({ email, name: null, description: null, phone: null }, maker)
  await customerRows.insert(tx, customer)
  await announce(deps, tx, ['customer.created', customer])
  return customer.id
}

async function knownSubscription(tx: Tx, id: string): Promise<Subscription> {
  const subscription = await subscriptionRows.findAnyones(tx, id)
  if (!subscription) throw new Error(`Subscription ${id} does not exist`)
  return subscription
}

/** Ends a subscription now. One that waits for its first payment can then no longer be paid. */
export const cancelSubscription = (
  deps: Deps,
  by: Owner,
  command: Command<{ id: string }>,
): Promise<Done<Subscription>> =>
  commit(deps, command, async (tx, wanted) => {
    const before = couldBeId(wanted.id) ? await subscriptionRows.find(tx, by, wanted.id) : undefined
    if (!before) throw noSuch('subscription')
    const after = cancel(before, deps.now())
    await subscriptionRows.replace(tx, before, after)
    await announce(deps, tx, [after.status === 'canceled' ? 'subscription.canceled' : 'subscription.expired', after])
    if (before.status === 'incomplete') {
      await endSession(deps, tx, await findSession(tx, before.sessionId), 'requested_by_customer')
    }
    return after
  })

const noSubscription = () =>
  new Problem('session_wrong_mode', {
    en: 'This session is for one payment: call POST /v1/payments/intent with it',
    es: 'Esta sesión es para un solo pago: llame a POST /v1/payments/intent con ella',
  })
