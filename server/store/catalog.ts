/** Products and their plans. */
import type { Plan } from '../domain/plan.ts'
import type { Product } from '../domain/product.ts'
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
    active: row.active === 1,
  }),
})
