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
  canceledAt: string | null
}

const moves = {
  incomplete: ['active', 'incomplete_expired'],
  incomplete_expired: [],
  trialing: ['active', 'canceled'],
  active: ['canceled'],
  past_due: ['active', 'canceled'],
  unpaid: ['active', 'canceled'],
  paused: ['canceled'],
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

const period = (plan: Plan, start: Date) => ({
  currentPeriodStart: start.toISOString(),
  currentPeriodEnd: periodAfter(plan, start, 1).toISOString(),
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
  ...period(wanted.plan, maker.now),
  canceledAt: null,
})

/** It begins with a trial: nothing is paid until the trial is over, which is its first period. */
export const newTrial = (subscription: Subscription, days: number): Subscription => ({
  ...subscription,
  status: 'trialing',
  currentPeriodEnd: new Date(Date.parse(subscription.currentPeriodStart) + days * 86_400_000).toISOString(),
})

/** Its first payment is made: the first period begins now. */
export const activate = (subscription: Subscription, plan: Plan, now: Date): Subscription => ({
  ...move(subscription, 'active'),
  ...period(plan, now),
})

/** Its first payment was never made. */
export const giveUp = (subscription: Subscription): Subscription => move(subscription, 'incomplete_expired')

/** Whether it is over, and nothing more can become of it. */
export const isOver = ({ status }: Pick<Subscription, 'status'>): boolean =>
  status === 'canceled' || status === 'incomplete_expired'

/** Ends it now. One that was never paid for ends as if its time had run out. */
export const cancelSubscription = (subscription: Subscription, now: Date): Subscription =>
  subscription.status === 'incomplete'
    ? { ...giveUp(subscription), canceledAt: now.toISOString() }
    : { ...move(subscription, 'canceled'), canceledAt: now.toISOString() }
