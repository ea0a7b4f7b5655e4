/** A customer's agreement to pay a plan's price again and again. Semantics B2, the subscription table. */
import type { SubscriptionStatus } from '../contract/resources.ts'
import { firstVersion, type Maker, type Owned } from './account.ts'
import { periodAfter, type Plan } from './plan.ts'
import { Problem } from './problem.ts'

export type Subscription = Owned & {
  customerId: string
  planId: string
  /** Its place among the account's subscriptions, counted from 1: the legacy API's `id`. */
  number: number
  /** The checkout session whose payment starts it; null where the customer's saved card does. */
  sessionId: string | null
  status: SubscriptionStatus
  currentPeriodStart: string
  currentPeriodEnd: string
  /** Its periods are counted from here, so that one that began on the 31st comes back to it. */
  anchor: string
  /** How many periods have begun. */
  periods: number
  trialEnd: string | null
  cancelAtPeriodEnd: boolean
  canceledAt: string | null
  /** When time has something to do with it next; null while a card is being tried, and once it is over. */
  dueAt: string | null
}

const moves = {
  incomplete: ['active', 'trialing', 'incomplete_expired'],
  incomplete_expired: [],
  trialing: ['active', 'past_due', 'paused', 'canceled'],
  active: ['active', 'past_due', 'canceled'],
  past_due: ['active', 'past_due', 'canceled', 'unpaid'],
  unpaid: ['active', 'canceled'],
  paused: ['active', 'past_due', 'canceled'],
  canceled: [],
} as const satisfies Record<SubscriptionStatus, readonly SubscriptionStatus[]>

function move(subscription: Subscription, to: SubscriptionStatus): Subscription {
  const open: readonly SubscriptionStatus[] = moves[subscription.status]
  if (!open.includes(to)) {
    throw new Problem('subscription_unexpected_state', {
      en: `This subscription is ${subscription.status}; that can no longer be done with it`,
      es: `Esta suscripción está en estado ${subscription.status}; eso ya no se puede hacer con ella`,
    })
  }
  return { ...subscription, status: to, version: subscription.version + 1 }
}

/** The period that follows a number of others. */
const periodOf = (plan: Plan, anchor: string, periods: number) => ({
  currentPeriodStart: periodAfter(plan, new Date(anchor), periods).toISOString(),
  currentPeriodEnd: periodAfter(plan, new Date(anchor), periods + 1).toISOString(),
})

/** Incomplete until its first payment is made. */
export const newSubscription = (
  wanted: { customerId: string; plan: Plan; sessionId: string | null },
  maker: Maker & { number: number },
): Subscription => ({
  ...firstVersion(maker),
  number: maker.number,
  customerId: wanted.customerId,
  planId: wanted.plan.id,
  sessionId: wanted.sessionId,
  status: 'incomplete',
  ...periodOf(wanted.plan, maker.now.toISOString(), 0),
  anchor: maker.now.toISOString(),
  periods: 1,
  trialEnd: null,
  cancelAtPeriodEnd: false,
  canceledAt: null,
  dueAt: null,
})

/** A trial: nothing is paid until it is over, and the periods are counted from there. */
function trialFrom(now: Date, days: number) {
  const trialEnd = new Date(now.getTime() + days * 86_400_000).toISOString()
  return {
    currentPeriodStart: now.toISOString(),
    currentPeriodEnd: trialEnd,
    anchor: trialEnd,
    periods: 0,
    trialEnd,
    dueAt: trialEnd,
  }
}

/** It begins with a trial at once, because its card is saved already or its plan asks for none. */
export const newTrial = (subscription: Subscription, days: number): Subscription => ({
  ...subscription,
  ...trialFrom(new Date(subscription.currentPeriodStart), days),
  status: 'trialing',
})

/** Its card is saved: its trial begins now. */
export const startTrial = (subscription: Subscription, days: number, now: Date): Subscription => ({
  ...move(subscription, 'trialing'),
  ...trialFrom(now, days),
})

/** Its first payment is made: the first period begins now. */
export function activate(subscription: Subscription, plan: Plan, now: Date): Subscription {
  const anchor = now.toISOString()
  const period = periodOf(plan, anchor, 0)
  return { ...move(subscription, 'active'), ...period, anchor, periods: 1, dueAt: period.currentPeriodEnd }
}

/** The next period begins, and its price is asked for. */
export const beginPeriod = (subscription: Subscription, plan: Plan): Subscription => ({
  ...subscription,
  ...periodOf(plan, subscription.anchor, subscription.periods),
  periods: subscription.periods + 1,
  dueAt: null,
  version: subscription.version + 1,
})

/** Its trial is over and there is no card: nothing happens until it is resumed. */
export const pause = (subscription: Subscription): Subscription => ({ ...move(subscription, 'paused'), dueAt: null })

/** It goes on after a pause: a period begins now, and its price is asked for. */
export function resumePaused(subscription: Subscription, plan: Plan, now: Date): Subscription {
  if (subscription.status !== 'paused') throw new Error(`Subscription ${subscription.id} is not paused`)
  const anchor = now.toISOString()
  return { ...beginPeriod({ ...subscription, anchor, periods: 0 }, plan), cancelAtPeriodEnd: false }
}

/** Every try is spent: its invoice stays to be paid by the buyer, and so do those of later periods, which nobody tries. */
export const leaveUnpaid = (subscription: Subscription): Subscription => ({
  ...move(subscription, 'unpaid'),
  dueAt: subscription.currentPeriodEnd,
})

/** The next period begins while nothing is paid: nothing is tried, and nothing else is due before its end. */
export function beginUnpaidPeriod(subscription: Subscription, plan: Plan): Subscription {
  const begun = beginPeriod(subscription, plan)
  return { ...begun, dueAt: begun.currentPeriodEnd }
}

/** A card is being tried for what is owed. */
export const awaitPayment = (subscription: Subscription): Subscription => ({
  ...subscription,
  dueAt: null,
  version: subscription.version + 1,
})

/** The current period is paid: nothing is due before its end. */
export const keepUp = (subscription: Subscription): Subscription => ({
  ...move(subscription, 'active'),
  dueAt: subscription.currentPeriodEnd,
})

/** The current period is not paid, and something is to be done about it then. */
export const fallBehind = (subscription: Subscription, dueAt: string): Subscription => ({
  ...move(subscription, 'past_due'),
  dueAt: withinPeriod(subscription, dueAt),
})

/** One that ends with its period waits for nothing later. */
const withinPeriod = (subscription: Subscription, moment: string): string =>
  subscription.cancelAtPeriodEnd && moment > subscription.currentPeriodEnd ? subscription.currentPeriodEnd : moment

/** It is tried again, because nobody heard of the card that was tried last or because there is another one. */
export const askAgain = (subscription: Subscription, dueAt: string): Subscription => ({
  ...subscription,
  dueAt,
  version: subscription.version + 1,
})

/** Its first payment was never made. */
export const giveUp = (subscription: Subscription): Subscription => ({
  ...move(subscription, 'incomplete_expired'),
  dueAt: null,
})

/** Whether it is over, and nothing more can become of it. */
export const isOver = ({ status }: Pick<Subscription, 'status'>): boolean =>
  status === 'canceled' || status === 'incomplete_expired'

/** Whether it owes what its buyer can pay on a page. */
export const owes = ({ status }: Pick<Subscription, 'status'>): boolean => status === 'past_due' || status === 'unpaid'

/** Whether it has no period that is paid for or free: whoever wants it to end with its period wants it to end. */
export const endsAtOnce = ({ status }: Pick<Subscription, 'status'>): boolean =>
  status === 'unpaid' || status === 'paused'

/** Whether another card may be given for it: it has begun, and is not over. */
export const takesCard = (subscription: Pick<Subscription, 'status'>): boolean =>
  subscription.status !== 'incomplete' && !isOver(subscription)

/** Ends it now. One that was never paid for ends as if its time had run out. */
export const cancelSubscription = (subscription: Subscription, now: Date): Subscription =>
  subscription.status === 'incomplete'
    ? { ...giveUp(subscription), canceledAt: now.toISOString() }
    : { ...move(subscription, 'canceled'), canceledAt: now.toISOString(), dueAt: null }

/**
 * Whether it is to end with its period; one that never began, or is over, has none. `dueAt` is when something is to be done
 * about what it owes, if it owes anything.
 */
export function cancelAtPeriodEnd(subscription: Subscription, wanted: boolean, dueAt?: string): Subscription {
  if (subscription.status === 'incomplete' || isOver(subscription)) {
    throw new Problem('subscription_unexpected_state', {
      en: `This subscription is ${subscription.status}; it has no period to end with`,
      es: `Esta suscripción está en estado ${subscription.status}; no tiene un periodo con el que terminar`,
    })
  }
  if (subscription.cancelAtPeriodEnd === wanted) return subscription
  const after = { ...subscription, cancelAtPeriodEnd: wanted, version: subscription.version + 1 }
  // Nothing is due while a card is being tried.
  if (subscription.dueAt === null || dueAt === undefined) return after
  return { ...after, dueAt: withinPeriod(after, dueAt) }
}

/** When the next charge after today's is due; null when there will be none. One that has not begun begins now. */
export function nextChargeAt(subscription: Subscription | null, plan: Plan, now: Date): string | null {
  if (subscription === null || subscription.status === 'incomplete') {
    const { trialPeriodDays: days } = plan
    return days ? trialFrom(now, days).trialEnd : periodAfter(plan, now, 1).toISOString()
  }
  const isStill = isOver(subscription) || endsAtOnce(subscription) || subscription.cancelAtPeriodEnd
  return isStill ? null : subscription.currentPeriodEnd
}

/** What time has to do with a subscription that is due. */
export type Step = 'end' | 'bill' | 'bill_untried' | 'retry' | 'give_up'

export function stepOf(
  subscription: Subscription,
  unpaid: { nextAttemptAt: string | null } | undefined,
  now: Date,
): Step {
  if (subscription.cancelAtPeriodEnd && subscription.currentPeriodEnd <= now.toISOString()) return 'end'
  if (subscription.status === 'unpaid') return 'bill_untried'
  if (subscription.status === 'past_due' || unpaid) return unpaid && unpaid.nextAttemptAt !== null ? 'retry' : 'give_up'
  return 'bill'
}
