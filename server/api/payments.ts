import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import {
  createHostedPayment,
  findAnyonesPayment,
  findPayment,
  listAttempts,
  listPayments,
} from '../actions/payments.ts'
import { paymentStatuses, type PaymentView } from '../contract/checkout.ts'
import type { Deps } from '../deps.ts'
import { type Env, languageFor, reply } from '../wire/reply.ts'
import { showPayment } from '../wire/show.ts'
import { showHostedPayment } from '../wire/show-resources.ts'
import { command, marked, merchantScope } from '../wire/command.ts'
import { idText, once } from '../wire/fields.ts'
import { withKey } from './auth.ts'
import { onlyFor, publicRoute } from './cors.ts'
import { face, route } from './face.ts'
import { examplePage, listSchema, pageQuery, refuseOtherMode, replyPage, testFilter } from './lists.ts'
import { exampleMoment, idPath, keptCard, orderFields, readOrder } from './words.ts'

const payment = once(() =>
  z
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
      session_id: z.string().nullable(),
      subscription_id: z.string().nullable(),
      card: keptCard(),
      failure: z.object({ code: z.string(), decline_code: z.string().nullable(), message: z.string() }).nullable(),
      test: z.boolean(),
      created_at: z.string(),
    })
    .openapi('Payment'),
)

const newPayment = once(() =>
  z
    .object({
      ...orderFields(),
      customer_id: idText.nullish().openapi({ description: 'Whose payment it is (extension).' }),
    })
    .openapi('NewPayment'),
)

const hostedPayment = once(() =>
  z
    .object({
      id: z.string(),
      redirect_url: z.string(),
      code: z.literal(202),
      title: z.string(),
      content: z.string(),
      type: z.literal('success'),
      data: z.object({ id: z.string(), redirect: z.string() }),
    })
    .openapi('HostedPayment'),
)

const publicPayment = once(() => z.object({ id: z.string(), status: z.enum(paymentStatuses) }).openapi('PublicPayment'))

const paymentQuery = pageQuery.extend({ status: z.enum(paymentStatuses).optional(), test: testFilter })

const id = 'pay_0VQmK2dE6nT1kD4sW9hJx3PvLzMc8GrQb5y'
const redirect = 'http://localhost:4242/checkout/cs_test_0VQmK2dE4gN7bK1zS9xWq2RcVtYh6JmPd3f'

const example = {
  id,
  object: 'payment',
  amount: '12500.00',
  currency: 'CRC',
  status: 'succeeded',
  amount_refunded: '0.00',
  description: 'Pedido 42',
  items: ['Café de altura × 2'],
  customer_id: null,
  session_id: 'cs_test_0VQmK2dE4gN7bK1zS9xWq2RcVtYh6JmPd3f',
  subscription_id: null,
  card: { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2034 },
  failure: null,
  test: true,
  created_at: exampleMoment,
} satisfies PaymentView

/** Payments of the current API, as their merchant reads them. */
export function payments(deps: Deps) {
  const keyed = withKey(deps)
  const app = face()
  app.use('/public/:id', publicRoute(deps, 'GET'))
  return app
    .openapi(
      route('post', '/', {
        id: 'createHostedPayment',
        summary: 'Create a payment to be made on the hosted page',
        description: 'Send the buyer to `redirect_url`. They come back to `return_url` with `id_payment` in its query.',
        keyed,
        body: newPayment,
        answer: hostedPayment,
        status: 202,
        example: {
          body: {
            amount: '12500.00',
            currency: 'CRC',
            return_url: 'https://shop.example/orders/42',
            description: 'Pedido 42',
            items: ['Café de altura × 2'],
          },
          answer: showHostedPayment(id, redirect, 'en'),
        },
      }),
      async (c) => {
        const body = c.req.valid('json')
        const by = c.get('merchant')
        const wanted = { ...readOrder(body), expiresAt: undefined, customerId: body.customer_id ?? null }
        const made = marked(c, await createHostedPayment(deps, by, command(c, deps, merchantScope(by), body, wanted)))
        const page = `${deps.settings.publicUrl}/checkout/${made.session.id}`
        return reply(c, showHostedPayment(made.payment.id, page, languageFor(c)), 202)
      },
    )
    .openapi(
      route('get', '/', {
        id: 'listPayments',
        summary: 'List payments, the newest first',
        keyed,
        query: paymentQuery,
        answer: listSchema('PaymentList', payment),
        example: { answer: examplePage(example) },
      }),
      (c) => answerPage(c, deps, c.req.valid('query'), listPayments),
    )
    .openapi(
      route('get', '/internal', {
        id: 'listPaymentAttempts',
        summary: 'List every attempt to pay, failed ones included, the newest first',
        description:
          'Each item is the payment as it looked through that attempt, so a payment can be there many times.',
        keyed,
        query: paymentQuery,
        answer: listSchema('PaymentAttemptList', payment),
        example: { answer: examplePage(example) },
      }),
      (c) => answerPage(c, deps, c.req.valid('query'), listAttempts),
    )
    .openapi(
      route('get', '/public/{id}', {
        id: 'getPublicPayment',
        summary: 'Read the status of a payment, without a key',
        params: idPath,
        answer: publicPayment,
        example: { answer: { id, status: 'succeeded' } },
      }),
      async (c) => {
        const found = await findAnyonesPayment(deps, c.req.valid('param').id)
        onlyFor(c, await deps.accounts.account(found.accountId))
        return reply(c, { id: found.id, status: found.status }, 200)
      },
    )
    .openapi(
      route('get', '/{id}', {
        id: 'getPayment',
        summary: 'Read a payment',
        keyed,
        params: idPath,
        answer: payment,
        example: { answer: example },
      }),
      async (c) => {
        const found = await findPayment(deps, c.get('merchant'), c.req.valid('param').id)
        return reply(c, showPayment(found, languageFor(c)), 200)
      },
    )
}

async function answerPage(
  c: Context<Env>,
  deps: Deps,
  slice: z.output<typeof paymentQuery>,
  read: typeof listPayments,
) {
  const by = c.get('merchant')
  refuseOtherMode(slice.test, by)
  return replyPage(c, await read(deps, by, slice), slice, (one) => showPayment(one, languageFor(c)))
}
