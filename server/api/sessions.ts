import { z } from '@hono/zod-openapi'
import { createSession, expireSession, findSessionToShow, showable } from '../actions/sessions.ts'
import { sessionStatuses, type SessionView } from '../contract/checkout.ts'
import type { Deps } from '../deps.ts'
import { Problem, refuseFields } from '../domain/problem.ts'
import { limitSession } from '../wire/limit.ts'
import { localeOf } from '../wire/locale.ts'
import { reply } from '../wire/reply.ts'
import { showSession } from '../wire/show.ts'
import { command, marked, merchantScope } from '../wire/command.ts'
import { idText, once } from '../wire/fields.ts'
import { withKey } from './auth.ts'
import { onlyFor, publicRoute } from './cors.ts'
import { face, route } from './face.ts'
import { orderFields, readOrder } from './words.ts'

const newSession = once(() =>
  z
    .object({
      ...orderFields(),
      mode: z.enum(['payment', 'subscription']).optional().openapi({ default: 'payment' }),
      price_id: idText.nullish().openapi({
        description: 'The plan to subscribe to, in mode `subscription`; amount and currency are then its price.',
      }),
      customer_id: idText.nullish(),
      expires_at: z
        .string()
        .max(40)
        .optional()
        .openapi({ description: 'ISO 8601, 30 minutes to 24 hours from now (extension).' }),
    })
    .openapi('NewSession'),
)

const createdSession = once(() =>
  z.object({ session_id: z.string(), checkout_url: z.string() }).openapi('CreatedSession'),
)

const session = once(() =>
  z
    .object({
      session_id: z.string(),
      status: z.enum(sessionStatuses),
      mode: z.enum(['payment', 'subscription']),
      amount: z.string(),
      currency: z.string(),
      description: z.string().nullable(),
      items: z.array(z.string()),
      return_url: z.string(),
      test: z.boolean(),
      expires_at: z.string(),
      merchant: z.object({ name: z.string() }),
      subscription: z
        .object({ interval: z.string(), interval_count: z.int(), trial_period_days: z.int().nullable() })
        .nullable(),
      processor: z.object({ name: z.enum(['sandbox', 'stripe']), publishable_key: z.string().nullable() }),
      display: z.object({ amount: z.string() }),
    })
    .openapi('Session'),
)

const id = 'cs_test_0VQmK2dE4gN7bK1zS9xWq2RcVtYh6JmPd3f'

const example = {
  session_id: id,
  status: 'open',
  mode: 'payment',
  amount: '12500.00',
  currency: 'CRC',
  description: 'Pedido 42',
  items: ['Café de altura × 2'],
  return_url: 'https://shop.example/orders/42',
  test: true,
  expires_at: '2026-11-21T12:00:00.000Z',
  merchant: { name: 'Sandbox' },
  subscription: null,
  processor: { name: 'sandbox', publishable_key: null },
  display: { amount: '₡12\u00a0500' },
} satisfies SessionView

const sessionPath = z.object({ session_id: idText })
const localeQuery = z.object({ locale: z.string().max(35).optional() })

/** Checkout sessions of the current API. */
export function sessions(deps: Deps) {
  const keyed = withKey(deps)
  const app = face()
  app.use('/session/:session_id', publicRoute(deps, 'GET'))
  return app
    .openapi(
      route('post', '/session', {
        id: 'createSession',
        summary: 'Create a checkout session, server to server',
        keyed,
        body: newSession,
        answer: createdSession,
        status: 201,
        example: {
          body: {
            amount: '12500.00',
            currency: 'CRC',
            return_url: 'https://shop.example/orders/42',
            description: 'Pedido 42',
            items: ['Café de altura × 2'],
          },
          answer: { session_id: id, checkout_url: `http://localhost:4242/checkout/${id}` },
        },
      }),
      async (c) => {
        const body = c.req.valid('json')
        const by = c.get('merchant')
        const wanted = {
          ...readOrder(body),
          expiresAt: body.expires_at,
          customerId: body.customer_id ?? null,
          planId: planOf(body),
        }
        const made = marked(c, await createSession(deps, by, command(c, deps, merchantScope(by), body, wanted)))
        return reply(c, { session_id: made.id, checkout_url: `${deps.settings.publicUrl}/checkout/${made.id}` }, 201)
      },
    )
    .openapi(
      route('get', '/session/{session_id}', {
        id: 'getSession',
        summary: 'Read a checkout session; its id is the token',
        params: sessionPath,
        query: localeQuery,
        answer: session,
        example: { answer: example },
      }),
      async (c) => {
        const id = c.req.valid('param').session_id
        limitSession(deps, id)
        const found = await findSessionToShow(deps, id, c.get('visitor'))
        onlyFor(c, found.account)
        const locale = localeOf(c.req.valid('query').locale ?? c.req.header('accept-language'))
        return reply(c, showSession(found, { now: deps.now(found.session), locale }), 200)
      },
    )
    .openapi(
      route('post', '/session/{session_id}/expire', {
        id: 'expireSession',
        summary: 'End a checkout session that nobody has paid',
        extension: true,
        keyed,
        params: sessionPath,
        answer: session,
        example: { answer: { ...example, status: 'expired' } },
      }),
      async (c) => {
        const by = c.get('merchant')
        const id = c.req.valid('param').session_id
        const ended = marked(c, await expireSession(deps, by, command(c, deps, merchantScope(by), null, { id })))
        // In one way of writing money, whoever asks: a repeated request is answered with the first answer's bytes.
        const locale = localeOf(undefined)
        return reply(c, showSession(await showable(deps, ended), { now: deps.now(ended), locale }), 200)
      },
    )
}

/** The plan of a session in mode `subscription`; a plan without that mode would be paid once and never again. */
function planOf({ mode, price_id: plan }: z.output<ReturnType<typeof newSession>>): string | null {
  const say =
    mode === 'subscription'
      ? { en: 'is required in mode "subscription"', es: 'es obligatorio en modo "subscription"' }
      : { en: 'is only for mode "subscription"', es: 'es solo para el modo "subscription"' }
  if ((mode === 'subscription') === (plan != null)) return plan ?? null
  if (plan != null) return refuseFields([{ field: 'price_id', say }])
  throw new Problem(
    'parameter_missing',
    { en: 'Missing: price_id', es: 'Falta: price_id' },
    { faults: [{ field: 'price_id', say }] },
  )
}
