import type { Subscription } from '../domain/subscription.ts'
import { commonFields, listOf } from './lists.ts'

export const subscriptionRows = listOf('subscriptions', {
  toRow: (subscription: Subscription) => ({
    customer_id: subscription.customerId,
    plan_id: subscription.planId,
    session_id: subscription.sessionId,
    status: subscription.status,
    current_period_start: subscription.currentPeriodStart,
    current_period_end: subscription.currentPeriodEnd,
    canceled_at: subscription.canceledAt,
  }),
  fromRow: (row) => ({
    ...commonFields(row),
    customerId: row.customer_id,
    planId: row.plan_id,
    sessionId: row.session_id,
    status: row.status,
    currentPeriodStart: row.current_period_start,
    currentPeriodEnd: row.current_period_end,
    canceledAt: row.canceled_at,
  }),
})
