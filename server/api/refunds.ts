import { z } from '@hono/zod-openapi'
import { reads } from '../actions/read.ts'
import { refundPayment } from '../actions/refunds.ts'
import { refundStatuses, type RefundView } from '../contract/resources.ts'
import type { Deps } from '../deps.ts'
import { reply } from '../wire/reply.ts'
import { showRefund } from '../wire/show-resources.ts'
import { command, marked, merchantScope } from '../wire/command.ts'
import { freeText, idText, once } from '../wire/fields.ts'
import { withKey } from './auth.ts'
import { face, route } from './face.ts'
import { addReads } from './lists.ts'
import { exampleMoment, minorUnits, moment } from './words.ts'

const newRefund = once(() =>
  z
    .object({
      payment_id: idText,
      amount: minorUnits().optional().openapi({ description: 'Whole minor units; all that is left when absent.' }),
      reason: freeText(200).nullish().openapi({ example: 'requested_by_customer' }),
    })
    .openapi('NewRefund'),
)

const refund = once(() =>
  z
    .object({
      id: z.string(),
      object: z.literal('refund'),
      payment_id: z.string(),
      amount: z.int(),
      currency: z.string(),
      status: z.enum(refundStatuses),
      reason: z.string().nullable(),
      failure_reason: z.string().nullable(),
      test: z.boolean(),
      created_at: moment(),
    })
    .openapi('Refund'),
)

const example: RefundView = {
  id: 'ref_0VQmK2dE2wF5jP8uG3cRm7ZyTnXk4BqVa6d',
  object: 'refund',
  payment_id: 'pay_0VQmK2dE6nT1kD4sW9hJx3PvLzMc8GrQb5y',
  amount: 250000,
  currency: 'CRC',
  status: 'succeeded',
  reason: 'requested_by_customer',
  failure_reason: null,
  test: true,
  created_at: exampleMoment,
}

/** Refunds of the current API: amounts are whole minor units. */
export function refunds(deps: Deps) {
  const keyed = withKey(deps)
  const app = face()
  addReads(app, deps, {
    keyed,
    name: 'Refund',
    words: 'refund',
    schema: refund,
    example,
    reads: reads.refunds,
    show: showRefund,
  })
  return app.openapi(
    route('post', '/', {
      id: 'createRefund',
      summary: 'Give back a payment, or a part of it',
      description: 'Many refunds of one payment may be made; together they never pass what was paid.',
      keyed,
      body: newRefund,
      answer: refund,
      example: {
        body: { payment_id: example.payment_id, amount: 250000, reason: 'requested_by_customer' },
        answer: example,
      },
    }),
    async (c) => {
      const body = c.req.valid('json')
      const by = c.get('merchant')
      const wanted = { paymentId: body.payment_id, amount: body.amount, reason: body.reason ?? null }
      const made = marked(c, await refundPayment(deps, by, command(c, deps, merchantScope(by), body, wanted)))
      return reply(c, showRefund(made), 200)
    },
  )
}
