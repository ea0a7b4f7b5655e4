import { z } from '@hono/zod-openapi'
import { invoicesOf, reads } from '../actions/read.ts'
import { invoiceReasons, invoiceStatuses, type InvoiceView } from '../contract/resources.ts'
import type { Deps } from '../deps.ts'
import { couldBeId } from '../ids.ts'
import { once } from '../wire/fields.ts'
import { showInvoice } from '../wire/show-resources.ts'
import { withKey } from './auth.ts'
import { face } from './face.ts'
import { addReads } from './lists.ts'
import { exampleMoment, moment } from './words.ts'

const invoice = once(() =>
  z
    .object({
      id: z.string(),
      object: z.literal('invoice'),
      subscription_id: z.string(),
      customer_id: z.string(),
      plan_id: z.string(),
      payment_id: z.string().nullable(),
      status: z.enum(invoiceStatuses),
      reason: z.enum(invoiceReasons),
      amount: z.int(),
      currency: z.string(),
      period_start: moment(),
      period_end: moment(),
      attempt_count: z.int(),
      next_attempt_at: moment().nullable(),
      failure: z.object({ code: z.string(), decline_code: z.string().nullable(), message: z.string() }).nullable(),
      checkout_url: z
        .string()
        .nullable()
        .openapi({ description: 'Where the buyer pays a renewal with another card while it is open.' }),
      paid_at: moment().nullable(),
      test: z.boolean(),
      created_at: moment(),
    })
    .openapi('Invoice'),
)

const example: InvoiceView = {
  id: 'in_0VQmK2dE1cF8gT3vM7yQw4NzRkLp6HsJx5b',
  object: 'invoice',
  subscription_id: 'sub_0VQmK2dE9pB3rH6yL1wNz8VxCkTf5DmQg2s',
  customer_id: 'cus_0VQmK2dE8yZ4nB7wT1rXc5LpAfGh6SjUo9i',
  plan_id: 'plan_0VQmK2dE5tQ9mZ2xC7bHn1WyKsRd8PvJf4a',
  payment_id: 'pay_0VQmK2dE6nT1kD4sW9hJx3PvLzMc8GrQb5y',
  status: 'paid',
  reason: 'subscription_create',
  amount: 990000,
  currency: 'CRC',
  period_start: exampleMoment,
  period_end: '2026-12-20T12:00:00.000Z',
  attempt_count: 0,
  next_attempt_at: null,
  failure: null,
  checkout_url: null,
  paid_at: exampleMoment,
  test: true,
  created_at: exampleMoment,
}

/** Invoices of subscriptions: one a period. An extension as a whole. */
export function invoices(deps: Deps) {
  const app = face()
  addReads(app, deps, {
    keyed: withKey(deps),
    name: 'Invoice',
    words: 'invoice',
    schema: invoice,
    example,
    reads: reads.invoices,
    show: (one, language) => showInvoice(one, language, deps.settings.publicUrl),
    extension: true,
    filter: {
      query: {
        subscription_id: z
          .string()
          .refine(couldBeId, {
            params: { say: { en: 'must be the id of a subscription', es: 'debe ser el id de una suscripción' } },
          })
          .optional()
          .openapi({ description: 'Only the invoices of this subscription.' }),
      },
      page: (by, { subscription_id: id, ...slice }) =>
        typeof id === 'string' ? invoicesOf(deps, by, id, slice) : reads.invoices.page(deps, by, slice),
    },
  })
  return app
}
