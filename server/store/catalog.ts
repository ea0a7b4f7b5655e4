/** Products and their plans. */
import type { Plan } from '../domain/plan.ts'
import type { Product } from '../domain/product.ts'
import { shortKey } from '../domain/short-key.ts'
import { commonFields, flag, listOf } from './lists.ts'

export const productRows = listOf('products', {
  toRow: ({ name, description, active }: Product) => ({ name, description, active: flag(active) }),
  fromRow: (row) => ({
    ...commonFields(row),
    name: row.name,
    description: row.description,
    active: row.active === 1,
  }),
})

export const planRows = listOf('plans', {
  toRow: (plan: Plan) => ({
    product_id: plan.productId,
    amount: plan.amount,
    currency: plan.currency,
    interval: plan.interval,
    interval_count: plan.intervalCount,
    trial_period_days: plan.trialPeriodDays,
    trial_without_card: plan.trialWithoutCard,
    after_last_retry: plan.afterLastRetry,
    key: shortKey(plan.id),
    id_name: plan.idName,
    statement_descriptor: plan.statementDescriptor,
    active: flag(plan.active),
  }),
  fromRow: (row) => ({
    ...commonFields(row),
    productId: row.product_id,
    amount: row.amount,
    currency: row.currency,
    interval: row.interval,
    intervalCount: row.interval_count,
    trialPeriodDays: row.trial_period_days,
    trialWithoutCard: row.trial_without_card,
    afterLastRetry: row.after_last_retry,
    idName: row.id_name,
    statementDescriptor: row.statement_descriptor,
    active: row.active === 1,
  }),
})
