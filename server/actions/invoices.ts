/** What becomes of a subscription and of its open invoice when a card has paid, or has not. */
import type { Deps } from '../deps.ts'
import type { Attempt } from '../domain/attempt.ts'
import { changeCustomer } from '../domain/customer.ts'
import type { Failure } from '../domain/intent.ts'
import {
  dueOf,
  failInvoice,
  giveUpInvoice,
  type Invoice,
  newInvoice,
  payInvoice,
  tryInvoiceAt,
  voidInvoice,
} from '../domain/invoice.ts'
import type { Payment } from '../domain/payment.ts'
import type { Plan } from '../domain/plan.ts'
import {
  activate,
  askAgain,
  cancelSubscription,
  fallBehind,
  giveUp,
  isOver,
  keepUp,
  leaveUnpaid,
  type Subscription,
} from '../domain/subscription.ts'
import { idPrefixes } from '../ids.ts'
import { planRows } from '../store/catalog.ts'
import { customerRows } from '../store/customers.ts'
import { selectIntent } from '../store/intents.ts'
import { invoiceRows, selectOpenInvoice } from '../store/invoices.ts'
import type { Tx } from '../store/schema.ts'
import { selectSubscriptionsOf, subscriptionRows } from '../store/subscriptions.ts'
import { announce } from './commit.ts'

/** Writes the invoice of a subscription's current period; `of` when a card is being tried for it already. */
export async function insertInvoice(
  deps: Deps,
  tx: Tx,
  subscription: Subscription,
  plan: Plan,
  of: Partial<Pick<Invoice, 'intentId' | 'paymentId'>> = {},
): Promise<Invoice> {
  const number = await invoiceRows.nextNumber(tx, subscription)
  const maker = { id: deps.newId(idPrefixes.invoice), by: subscription, now: deps.now(subscription), number }
  const reason = subscription.status === 'incomplete' ? 'subscription_create' : 'subscription_cycle'
  const invoice = { ...newInvoice(subscription, plan, reason, maker), ...of }
  await invoiceRows.insert(tx, invoice)
  await announce(deps, tx, ['invoice.created', invoice])
  return invoice
}

/** A payment for a subscription is made: its invoice is paid, and it begins, or goes on. */
export async function settleInvoice(
  deps: Deps,
  tx: Tx,
  id: string,
  payment: Payment,
  attempt: Attempt,
): Promise<Subscription> {
  const { before, plan } = await knownSubscription(tx, id)
  const now = deps.now(before)
  const after = isOver(before) ? before : paid(before, plan, now)
  if (after !== before) {
    await subscriptionRows.replace(tx, before, after)
    await announce(deps, tx, [
      after.status === before.status ? 'subscription.updated' : 'subscription.activated',
      after,
    ])
  }
  const invoice = await selectOpenInvoice(tx, id)
  if (invoice) {
    const settled = payInvoice(invoice, { intentId: payment.intentId, paymentId: payment.id }, after, now)
    await invoiceRows.replace(tx, invoice, settled)
    await announce(deps, tx, ['invoice.paid', settled])
  }
  // Whoever paid on a page agreed to be charged again: the next periods are charged to the same card.
  if (payment.sessionId !== null) {
    await saveCard(deps, tx, before.customerId, attempt)
    await tryWithNewCard(deps, tx, before.customerId)
  }
  return after
}

function paid(subscription: Subscription, plan: Plan, now: Date): Subscription {
  if (subscription.status === 'incomplete') return activate(subscription, plan, now)
  // One that was never behind knows already when its next period begins.
  return subscription.status === 'active' && subscription.dueAt !== null ? subscription : keepUp(subscription)
}

/** The card of an attempt is the customer's from now on. */
export async function saveCard(deps: Deps, tx: Tx, customerId: string, { card, cardToken }: Attempt): Promise<void> {
  const before = await customerRows.findAnyones(tx, customerId)
  if (!before || before.status !== 'active' || !card || cardToken === null) return
  const after = changeCustomer(before, { card: { ...card, token: cardToken } })
  await customerRows.replace(tx, before, after)
  await announce(deps, tx, ['customer.updated', after])
}

/**
 * A card was refused for what a subscription owes, or there was none to try. `lostSince` is the moment of a try that nobody
 * knows of any more, and that was surely never charged.
 */
export async function missInvoice(
  deps: Deps,
  tx: Tx,
  id: string,
  failure: Failure | null,
  lostSince?: string,
): Promise<Subscription> {
  const { before, plan } = await knownSubscription(tx, id)
  const invoice = await selectOpenInvoice(tx, id)
  if (before.status === 'incomplete') return endUnstarted(deps, tx, before)
  if (isOver(before) || !invoice) return before
  const now = deps.now(before)
  if (lostSince !== undefined) {
    // As of then, so that a clock that has been moved on meanwhile does it in its turn.
    return tryAgainAt(deps, tx, before, invoice, lostSince)
  }
  const failed = failInvoice(invoice, failure, now)
  await invoiceRows.replace(tx, invoice, failed)
  await announce(deps, tx, ['invoice.payment_failed', failed])
  const dueAt = dueOf(failed)
  // The last try of the calendar is on its last day.
  if (failed.nextAttemptAt === null && Date.parse(dueAt) <= now.getTime()) return spendTries(deps, tx, before, plan)
  const after = fallBehind(before, dueAt)
  await subscriptionRows.replace(tx, before, after)
  await announce(deps, tx, ['subscription.past_due', after])
  return after
}

/** Every try is spent: it ends, and nobody counts on what it owes any more; or its buyer may still pay, if its plan says so. */
export async function spendTries(deps: Deps, tx: Tx, before: Subscription, plan: Plan): Promise<Subscription> {
  if (plan.afterLastRetry === 'unpaid') {
    const unpaid = leaveUnpaid(before)
    await subscriptionRows.replace(tx, before, unpaid)
    await announce(deps, tx, ['subscription.unpaid', unpaid])
    return unpaid
  }
  const after = cancelSubscription(before, deps.now(before))
  await subscriptionRows.replace(tx, before, after)
  await announce(deps, tx, ['subscription.canceled', after])
  await giveUpInvoiceOf(deps, tx, before.id)
  return after
}

/** Nobody counts on what a subscription owes any more. */
export async function giveUpInvoiceOf(deps: Deps, tx: Tx, subscriptionId: string): Promise<void> {
  const invoice = await selectOpenInvoice(tx, subscriptionId)
  if (!invoice) return
  const over = giveUpInvoice(invoice)
  await invoiceRows.replace(tx, invoice, over)
  await announce(deps, tx, ['invoice.marked_uncollectible', over])
}

/** Its first payment will not be made. One that has begun is left alone. */
export async function endUnstarted(deps: Deps, tx: Tx, before: Subscription): Promise<Subscription> {
  if (before.status !== 'incomplete') return before
  const over = giveUp(before)
  await subscriptionRows.replace(tx, before, over)
  await announce(deps, tx, ['subscription.expired', over])
  await voidOpenInvoice(deps, tx, before.id)
  return over
}

/** What a subscription owed is not asked for any more. */
export async function voidOpenInvoice(deps: Deps, tx: Tx, subscriptionId: string): Promise<void> {
  const invoice = await selectOpenInvoice(tx, subscriptionId)
  if (!invoice) return
  const over = voidInvoice(invoice)
  await invoiceRows.replace(tx, invoice, over)
  await announce(deps, tx, ['invoice.voided', over])
}

/**
 * A customer has another card: what failed with the one before is due at once, and not when the calendar says. Gives back
 * the subscriptions that are to be billed.
 */
export async function tryWithNewCard(deps: Deps, tx: Tx, customerId: string): Promise<string[]> {
  const owing: string[] = []
  for (const subscription of await selectSubscriptionsOf(tx, customerId)) {
    const invoice = subscription.status === 'past_due' ? await selectOpenInvoice(tx, subscription.id) : undefined
    if (!invoice || subscription.dueAt === null) continue
    await tryAgainAt(deps, tx, subscription, invoice, deps.now(subscription).toISOString())
    owing.push(subscription.id)
  }
  return owing
}

async function tryAgainAt(
  deps: Deps,
  tx: Tx,
  before: Subscription,
  invoice: Invoice,
  moment: string,
): Promise<Subscription> {
  const due = tryInvoiceAt(invoice, moment)
  await invoiceRows.replace(tx, invoice, due)
  const asked = askAgain(before, moment)
  await subscriptionRows.replace(tx, before, asked)
  await announce(deps, tx, ['invoice.updated', due], ['subscription.updated', asked])
  return asked
}

export async function knownSubscription(tx: Tx, id: string): Promise<{ before: Subscription; plan: Plan }> {
  const before = await subscriptionRows.findAnyones(tx, id)
  const plan = before && (await planRows.findAnyones(tx, before.planId))
  if (!before || !plan) throw new Error(`Subscription ${id} or its plan does not exist`)
  return { before, plan }
}

/** Whether a card is being tried for it this moment. */
export async function isBeingTried(tx: Tx, { intentId }: Invoice): Promise<boolean> {
  const intent = intentId === null ? undefined : await selectIntent(tx, intentId)
  return intent?.status === 'processing'
}

/** What one period of a plan costs, as its payment shows it. */
export const orderOf = (subscription: Subscription, plan: Plan) => ({
  amount: plan.amount,
  currency: plan.currency,
  description: null,
  items: [],
  customerId: subscription.customerId,
  subscriptionId: subscription.id,
  statementDescriptor: plan.statementDescriptor,
})
