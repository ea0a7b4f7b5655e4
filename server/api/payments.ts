import { z } from '@hono/zod-openapi'
import { findPayment } from '../actions/payments.ts'
import { brands } from '../contract/card.ts'
import { paymentStatuses } from '../contract/checkout.ts'
import type { Deps } from '../deps.ts'
import { languageFor, reply } from '../wire/reply.ts'
import { showPayment } from '../wire/show.ts'
import { withKey } from './auth.ts'
import { face, idText, route } from './face.ts'

const payment = z
  .object({
    id: z.string(),
    object: z.literal('payment'),
    amount: z.string(),
    currency: z.string(),
    status: z.enum(paymentStatuses),
    amount_refunded: z.string(),
    description: z.string().nullable(),
    items: z.array(z.string()),
    customer_id: z.string().nullable(),
    session_id: z.string(),
    subscription_id: z.string().nullable(),
    card: z.object({ brand: z.enum(brands), last4: z.string(), exp_month: z.int(), exp_year: z.int() }).nullable(),
    failure: z.object({ code: z.string(), decline_code: z.string().nullable(), message: z.string() }).nullable(),
    test: z.boolean(),
    created_at: z.string(),
  })
  .openapi('Payment')

/** Payments of the current API, as their merchant reads them. */
export const payments = (deps: Deps) =>
  face().openapi(
    route('get', '/{id}', {
      summary: 'Read a payment',
      middleware: [withKey(deps)],
      params: z.object({ id: idText }),
      answer: payment,
    }),
    async (c) => {
      const found = await findPayment(deps, c.get('merchant'), c.req.valid('param').id)
      return reply(c, showPayment(found, languageFor(c)), 200)
    },
  )
