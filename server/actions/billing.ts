/**
 * What time does to subscriptions: trials end, periods end, cards are tried again. Any number of processes may bill at once:
 * the row's version decides who does a step, one invoice a period is a constraint of the database, and so is one attempt at a
 * time of an invoice's intent. Semantics B2.
 */
import type { Deps } from '../deps.ts'
import type { SavedCard } from '../domain/customer.ts'
import { type Invoice, tryInvoice } from '../domain/invoice.ts'
import type { Plan } from '../domain/plan.ts'
import {
  awaitPayment,
  beginPeriod,
  beginUnpaidPeriod,
  isOver,
  pause,
  stepOf,
  type Subscription,
} from '../domain/subscription.ts'
import { LostRace } from '../store/guard.ts'
import { customerRows } from '../store/customers.ts'
import { invoiceRows, selectOpenInvoice } from '../store/invoices.ts'
import type { Tx } from '../store/schema.ts'
import { subscriptionRows } from '../store/subscriptions.ts'
import { beginAgain, beginCharge, type BegunCharge, finishCharge } from './charges.ts'
import { endCardSessions } from './card-sessions.ts'
import { announce } from './commit.ts'
import {
  giveUpInvoiceOf,
  insertInvoice,
  isBeingTried,
  knownSubscription,
  missInvoice,
  orderOf,
  spendTries,
} from './invoices.ts'
import { chargePeriod, endSubscription } from './subscriptions.ts'

/** Does the same where many are due at a time: what is written of them shares transactions. */
export const billTogether = (deps: Deps, id: string): Promise<void> =>
  bill({ ...deps, store: { ...deps.store, transact: deps.store.together } }, id)

/** Does the one thing that is due of a subscription, if any still is. */
export async function bill(deps: Deps, id: string): Promise<void> {
  let begun: BegunCharge | undefined
  try {
    begun = await deps.store.transact((tx) => takeStep(deps, tx, id))
  } catch (error) {
    // Another process is at it.
    if (error instanceof LostRace) return
    throw error
  }
  if (begun) await finishCharge(deps, begun)
}

async function takeStep(deps: Deps, tx: Tx, id: string): Promise<BegunCharge | undefined> {
  const { before, plan } = await knownSubscription(tx, id)
  if (before.dueAt === null || before.dueAt > deps.now(before).toISOString()) return undefined
  const unpaid = await selectOpenInvoice(tx, id)
  // A card is being tried this moment: what comes of it says when something is due again.
  if (unpaid && (await isBeingTried(tx, unpaid))) return wait(deps, tx, before)
  switch (stepOf(before, unpaid, deps.now(before))) {
    case 'end':
      await endSubscription(deps, tx, before)
      return undefined
    case 'give_up':
      if (isOver(await spendTries(deps, tx, before, plan))) await endCardSessions(deps, tx, before.id)
      return undefined
    case 'bill_untried':
      return billUntried(deps, tx, before, plan)
    case 'bill':
      return billPeriod(deps, tx, before, plan)
    case 'retry':
      return retry(deps, tx, before, unpaid!, plan)
  }
}

async function wait(deps: Deps, tx: Tx, before: Subscription): Promise<undefined> {
  const after = awaitPayment(before)
  await subscriptionRows.replace(tx, before, after)
  await announce(deps, tx, ['subscription.updated', after])
}

/** The next period begins: its invoice is written, and the saved card charged. */
async function billPeriod(deps: Deps, tx: Tx, before: Subscription, plan: Plan): Promise<BegunCharge | undefined> {
  const card = await cardOf(tx, before)
  if (!card && before.status === 'trialing' && (await endTrialWithoutCard(deps, tx, before, plan))) return undefined
  const begun = beginPeriod(before, plan)
  // In a trial the status tells what its first payment came to; otherwise nothing but the next period is due.
  const after = before.status === 'trialing' ? begun : { ...begun, dueAt: begun.currentPeriodEnd }
  // First of all writes: whoever comes second finds the row changed.
  await subscriptionRows.replace(tx, before, after)
  await announce(deps, tx, ['subscription.renewed', after])
  if (!card) {
    await insertInvoice(deps, tx, after, plan)
    await missInvoice(deps, tx, after.id, null)
    return undefined
  }
  return chargePeriod(deps, tx, { subscription: after, plan, card, reply: null })
}

/** What the plan says of a trial whose customer gave no card; false when it is an invoice all the same. */
async function endTrialWithoutCard(deps: Deps, tx: Tx, before: Subscription, plan: Plan): Promise<boolean> {
  switch (plan.trialWithoutCard) {
    case 'cancel':
      await endSubscription(deps, tx, before)
      return true
    case 'pause': {
      const paused = pause(before)
      await subscriptionRows.replace(tx, before, paused)
      await announce(deps, tx, ['subscription.paused', paused])
      return true
    }
    default:
      return false
  }
}

/** A period begins while the one before is unpaid: its invoice waits for the buyer, and nobody counts on the older one. */
async function billUntried(deps: Deps, tx: Tx, before: Subscription, plan: Plan): Promise<undefined> {
  const after = beginUnpaidPeriod(before, plan)
  await subscriptionRows.replace(tx, before, after)
  await announce(deps, tx, ['subscription.renewed', after])
  await giveUpInvoiceOf(deps, tx, before.id)
  await insertInvoice(deps, tx, after, plan)
}

/** What was refused is tried again, with the card that the customer has by now. */
async function retry(
  deps: Deps,
  tx: Tx,
  before: Subscription,
  invoice: Invoice,
  plan: Plan,
): Promise<BegunCharge | undefined> {
  const after = awaitPayment(before)
  await subscriptionRows.replace(tx, before, after)
  await announce(deps, tx, ['subscription.updated', after])
  const card = await cardOf(tx, after)
  if (!card) {
    await missInvoice(deps, tx, after.id, null)
    return undefined
  }
  const saved = { saved: card, cvcGiven: false }
  const charge =
    (invoice.intentId === null ? undefined : await beginAgain(deps, tx, invoice.intentId, saved)) ??
    (await beginCharge(deps, tx, after, {
      order: orderOf(after, plan),
      card: saved,
      reply: null,
      asker: null,
      isRepeated: true,
    }))
  const { intent, payment } = charge.begun
  const tried = tryInvoice(invoice, { intentId: intent.id, paymentId: payment.id })
  await invoiceRows.replace(tx, invoice, tried)
  await announce(deps, tx, ['invoice.updated', tried])
  return charge
}

async function cardOf(tx: Tx, { customerId }: Subscription): Promise<SavedCard | null> {
  return (await customerRows.findAnyones(tx, customerId))?.card ?? null
}
