import type { Subscription } from '../domain/subscription.ts'
import { commonFields, flag, listOf } from './lists.ts'
import type { SubscriptionRow, Tx } from './schema.ts'

const fromRow = (row: SubscriptionRow): Subscription => ({
  ...commonFields(row),
  number: row.number,
  customerId: row.customer_id,
  planId: row.plan_id,
  sessionId: row.session_id,
  status: row.status,
  currentPeriodStart: row.current_period_start,
  currentPeriodEnd: row.current_period_end,
  canceledAt: row.canceled_at,
  anchor: row.anchor,
  periods: row.periods,
  trialEnd: row.trial_end,
  cancelAtPeriodEnd: row.cancel_at_period_end === 1,
  dueAt: row.due_at,
})

export const subscriptionRows = listOf('subscriptions', {
  toRow: (subscription: Subscription) => ({
    customer_id: subscription.customerId,
    plan_id: subscription.planId,
    session_id: subscription.sessionId,
    status: subscription.status,
    current_period_start: subscription.currentPeriodStart,
    current_period_end: subscription.currentPeriodEnd,
    canceled_at: subscription.canceledAt,
    anchor: subscription.anchor,
    periods: subscription.periods,
    trial_end: subscription.trialEnd,
    cancel_at_period_end: flag(subscription.cancelAtPeriodEnd),
    due_at: subscription.dueAt,
  }),
  fromRow,
})

/** The subscriptions of a customer that are not over. */
export async function selectSubscriptionsOf(tx: Tx, customerId: string): Promise<Subscription[]> {
  const rows = await tx
    .selectFrom('subscriptions')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('status', 'not in', ['canceled', 'incomplete_expired'])
    .orderBy('number')
    .execute()
  return rows.map(fromRow)
}
