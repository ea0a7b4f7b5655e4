import { z } from '@hono/zod-openapi'
import { createSession, expireSession, findSessionToShow, showable } from '../actions/sessions.ts'
import { sessionModes, sessionPaymentStatuses, sessionStatuses, type SessionView } from '../contract/checkout.ts'
import type { Deps } from '../deps.ts'
import { Problem, refuseFields } from '../domain/problem.ts'
import { limitSession } from '../wire/limit.ts'
import { localeOf } from '../wire/locale.ts'
import { reply } from '../wire/reply.ts'
import { showSession } from '../wire/show.ts'
import { showNewSession } from '../wire/show-resources.ts'
import { command, marked, merchantScope } from '../wire/command.ts'
import { idText, once } from '../wire/fields.ts'
import { withKey } from './auth.ts'
import { onlyFor, publicRoute } from './cors.ts'
import { face, route } from './face.ts'
import { createdSession, exampleSession, orderFields, readOrder } from './words.ts'

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

const session = once(() =>
  z
    .object({
      session_id: z.string(),
      status: z.enum(sessionStatuses),
      mode: z.enum(sessionModes),
      payment_status: z.enum(sessionPaymentStatuses).openapi({
        description: '`no_payment_required`: a card is saved, and nothing is charged now (extension).',
      }),
      needs_email: z.boolean().openapi({
        description: 'Whether `POST /v1/payments/subscription` wants an email address (extension).',
      }),
      amount: z.string(),
      currency: z.string(),
      description: z.string().nullable(),
      items: z.array(z.string()),
      return_url: z.string(),
      test: z.boolean(),
      expires_at: z.string(),
      merchant: z.object({ name: z.string() }),
      subscription: z
        .object({
          id: z.string().nullable().openapi({
            description: "The subscription, once there is one, for who asks with the shop's secret key (extension).",
          }),
          interval: z.string(),
          interval_count: z.int(),
          trial_period_days: z.int().nullable(),
          next_charge_at: z.string().nullable().openapi({
            description: "ISO 8601: when the next charge after today's is due (extension).",
          }),
          statement_descriptor: z.string().nullable().openapi({
            description: 'What the card statement will say (extension).',
          }),
        })
        .nullable(),
      processor: z.object({ name: z.enum(['sandbox', 'stripe']), publishable_key: z.string().nullable() }),
      display: z.object({ amount: z.string(), price: z.string().nullable() }),
    })
    .openapi('Session'),
)

const example = {
  session_id: exampleSession,
  status: 'open',
  mode: 'payment',
  payment_status: 'unpaid',
  needs_email: false,
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
  display: { amount: '₡12\u00a0500', price: null },
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
          answer: showNewSession(exampleSession, 'http://localhost:4242'),
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
        return reply(c, showNewSession(made.id, deps.settings.publicUrl), 201)
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
        return reply(c, showSession(await showable(deps, ended, true), { now: deps.now(ended), locale }), 200)
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
