import { z } from '@hono/zod-openapi'
import { cancelPaymentIntent, confirmIntent, createIntent, findIntent } from '../actions/payments.ts'
import { subscribe } from '../actions/subscriptions.ts'
import { cancellationReasons, intentStatuses, type IntentView } from '../contract/checkout.ts'
import type { Deps } from '../deps.ts'
import { publicFailure } from '../domain/intent.ts'
import { askerOf, limitSession } from '../wire/limit.ts'
import { languageFor, reply } from '../wire/reply.ts'
import { showIntent, showNewIntent } from '../wire/show.ts'
import { command, marked, merchantScope } from '../wire/command.ts'
import { idText, once } from '../wire/fields.ts'
import { withKey } from './auth.ts'
import { countedRoute, onlyFor, publicRoute } from './cors.ts'
import { cardProblem } from './errors.ts'
import { face, route } from './face.ts'
import { email } from './words.ts'

const newIntent = once(() => z.object({ session_id: idText }).openapi('NewIntent'))

const createdIntent = once(() =>
  z
    .object({
      client_secret: z.string(),
      id: z.string(),
      status: z.enum(intentStatuses),
      amount: z.string(),
      currency: z.string(),
    })
    .openapi('CreatedIntent'),
)

const failure = () => z.object({ code: z.string(), decline_code: z.string().nullable(), message: z.string() })

const intent = once(() =>
  z
    .object({
      id: z.string(),
      object: z.literal('payment_intent'),
      status: z.enum(intentStatuses),
      amount: z.string(),
      currency: z.string(),
      payment_id: z.string().nullable(),
      session_id: z.string().nullable(),
      next_action: z
        .object({ type: z.literal('redirect_to_url'), url: z.string() })
        .nullable()
        .openapi({
          description:
            'While the status is `requires_action`: where the buyer answers their bank, in a frame of the card frame or as a page of its own (extension).',
        }),
      cancellation_reason: z.enum([...cancellationReasons, 'automatic', 'expired']).nullable(),
      last_payment_error: failure().nullable(),
      test: z.boolean(),
    })
    .openapi('Intent'),
)

/** Clients write these as text or as numbers. */
const wholeNumber = () => z.union([z.int(), z.string().regex(/^\s*\d{1,4}\s*$/)]).transform(Number)
const digits = () => z.union([z.string().max(40), z.int()]).transform(String)

const confirmation = once(() =>
  z
    .object({
      client_secret: z.string().max(300),
      card: z.object({
        number: digits().openapi({ example: '4242424242424242' }),
        exp_month: wholeNumber().openapi({ example: 12 }),
        exp_year: wholeNumber().openapi({ example: 2034 }),
        cvc: digits().optional().openapi({ example: '123' }),
      }),
      postal_code: z.string().max(20).optional(),
      email: z.string().max(320).optional(),
      name: z.string().max(200).optional(),
    })
    .openapi('Confirmation'),
)

const newFirstInvoice = once(() =>
  z
    .object({
      session_id: idText,
      email: email().optional().openapi({ description: 'Required when the session names no customer (extension).' }),
    })
    .openapi('NewFirstInvoice'),
)

const createdFirstInvoice = once(() =>
  createdIntent().extend({ subscription_id: z.string() }).openapi('CreatedFirstInvoice'),
)

const cancellation = once(() =>
  z.object({ cancellation_reason: z.enum(cancellationReasons).optional() }).openapi('Cancellation'),
)

const sessionId = 'cs_test_0VQmK2dE4gN7bK1zS9xWq2RcVtYh6JmPd3f'
const intentId = 'pi_0VQmK2dE1sC8hV5xD3kNw7QbTzRj2LfMy6p'

const created = {
  client_secret: `${intentId}_secret_kT3vQ9mWzX1nB7cR5yH2dL8sJ4fG6pKuAe0iVoNxYtM`,
  id: intentId,
  status: 'requires_payment_method' as const,
  amount: '12500.00',
  currency: 'CRC',
}

const example = {
  id: intentId,
  object: 'payment_intent',
  status: 'requires_payment_method',
  amount: '12500.00',
  currency: 'CRC',
  payment_id: null,
  session_id: sessionId,
  next_action: null,
  cancellation_reason: null,
  last_payment_error: null,
  test: true,
} satisfies IntentView

const paid = { ...example, status: 'succeeded', payment_id: 'pay_0VQmK2dE6nT1kD4sW9hJx3PvLzMc8GrQb5y' }

const intentPath = z.object({ id: idText })

/** Payment intents: what a page does with a session. */
export function intents(deps: Deps) {
  const app = face()
  app.use('/intent', publicRoute(deps, 'POST'))
  app.use('/intent/:id', publicRoute(deps, 'GET'))
  app.use('/subscription', publicRoute(deps, 'POST'))
  app.use('/intent/:id/confirm', countedRoute(deps))
  const keyed = withKey(deps)
  return app
    .openapi(
      route('post', '/intent', {
        id: 'createIntent',
        summary: 'Create the payment intent of a session, or read it again',
        body: newIntent,
        answer: createdIntent,
        status: 201,
        example: { body: { session_id: sessionId }, answer: created },
      }),
      async (c) => {
        const body = c.req.valid('json')
        limitSession(deps, body.session_id)
        const wanted = { sessionId: body.session_id }
        const made = marked(c, await createIntent(deps, command(c, deps, `session ${body.session_id}`, body, wanted)))
        onlyFor(c, await deps.accounts.account(made.accountId))
        return reply(c, showNewIntent(made, deps.secrets.clientSecret(made.id)), 201)
      },
    )
    .openapi(
      route('post', '/subscription', {
        id: 'createSubscriptionIntent',
        summary: "Create a subscription from a session in mode `subscription`; answers its first invoice's intent",
        body: newFirstInvoice,
        answer: createdFirstInvoice,
        status: 201,
        example: {
          body: { session_id: sessionId, email: 'ana@example.com' },
          answer: { ...created, subscription_id: 'sub_0VQmK2dE9pB3rH6yL1wNz8VxCkTf5DmQg2s' },
        },
      }),
      async (c) => {
        const body = c.req.valid('json')
        limitSession(deps, body.session_id)
        const wanted = { sessionId: body.session_id, email: body.email }
        const begun = marked(c, await subscribe(deps, command(c, deps, `session ${body.session_id}`, body, wanted)))
        const { intent: made, subscription } = begun
        onlyFor(c, await deps.accounts.account(made.accountId))
        const answer = showNewIntent(made, deps.secrets.clientSecret(made.id))
        return reply(c, { ...answer, subscription_id: subscription.id }, 201)
      },
    )
    .openapi(
      // No page of another origin may call this: cards are typed into the frame, which is of ours.
      route('post', '/intent/{id}/confirm', {
        id: 'confirmIntent',
        summary: 'Try a card; the card frame calls it, and in the sandbox any HTTP client may',
        extension: true,
        params: intentPath,
        body: confirmation,
        answer: intent,
        example: {
          body: {
            client_secret: created.client_secret,
            card: { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' },
          },
          answer: paid,
        },
      }),
      async (c) => {
        const { id } = c.req.valid('param')
        const body = c.req.valid('json')
        limitSession(deps, id)
        const wanted = {
          intentId: id,
          clientSecret: body.client_secret,
          card: {
            number: body.card.number,
            expMonth: body.card.exp_month,
            expYear: body.card.exp_year,
            cvc: body.card.cvc,
            postalCode: body.postal_code,
          },
          asker: askerOf(c, deps),
        }
        const done = marked(c, await confirmIntent(deps, command(c, deps, `intent ${id}`, body, wanted)))
        if (done.failure) {
          const { code, declineCode } = publicFailure(done.failure)
          throw cardProblem(code, declineCode, { intent: done.intent })
        }
        return reply(c, showIntent(done.intent, languageFor(c), deps.settings.publicUrl), 200)
      },
    )
    .openapi(
      route('get', '/intent/{id}', {
        id: 'getIntent',
        summary: 'Read the public view of an intent with its client secret in X-Client-Secret',
        extension: true,
        params: intentPath,
        answer: intent,
        example: { answer: example },
      }),
      async (c) => {
        const { id } = c.req.valid('param')
        limitSession(deps, id)
        const found = await findIntent(deps, id, c.req.header('x-client-secret') ?? '')
        onlyFor(c, await deps.accounts.account(found.accountId))
        return reply(c, showIntent(found, languageFor(c), deps.settings.publicUrl), 200)
      },
    )
    .openapi(
      route('post', '/intent/{id}/cancel', {
        id: 'cancelIntent',
        summary: 'Cancel an intent that no card has paid, and end its session',
        extension: true,
        keyed,
        params: intentPath,
        body: cancellation,
        answer: intent,
        example: {
          body: { cancellation_reason: 'requested_by_customer' },
          answer: { ...example, status: 'canceled', cancellation_reason: 'requested_by_customer' },
        },
      }),
      async (c) => {
        const { id } = c.req.valid('param')
        const body = c.req.valid('json')
        const by = c.get('merchant')
        const wanted = { id, reason: body.cancellation_reason ?? 'requested_by_customer' }
        const ended = marked(c, await cancelPaymentIntent(deps, by, command(c, deps, merchantScope(by), body, wanted)))
        return reply(c, showIntent(ended, languageFor(c), deps.settings.publicUrl), 200)
      },
    )
}
