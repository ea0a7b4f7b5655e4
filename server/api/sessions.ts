import { z } from '@hono/zod-openapi'
import { createSession, expireSession, findSessionToShow } from '../actions/sessions.ts'
import { sessionStatuses } from '../contract/checkout.ts'
import type { Deps } from '../deps.ts'
import { Problem } from '../domain/problem.ts'
import { limitSession } from '../wire/limit.ts'
import { localeOf } from '../wire/locale.ts'
import { reply } from '../wire/reply.ts'
import { showSession } from '../wire/show.ts'
import { withKey } from './auth.ts'
import { onlyFor, publicRoute } from './cors.ts'
import { command, face, freeText, idText, marked, merchantScope, route } from './face.ts'

const newSession = z
  .object({
    amount: z.string().max(30).openapi({ example: '12500.00', description: 'Decimal string in major units.' }),
    currency: z.string().max(3).openapi({ example: 'CRC', description: 'ISO 4217, in any case.' }),
    return_url: z.string().openapi({ example: 'https://shop.example/orders/42' }),
    description: freeText(500).nullish(),
    items: z.array(freeText(200)).max(100).optional(),
    mode: z.enum(['payment', 'subscription']).optional(),
    expires_at: z
      .string()
      .max(40)
      .optional()
      .openapi({ description: 'ISO 8601, 30 minutes to 24 hours from now (extension).' }),
  })
  .openapi('NewSession')

const createdSession = z.object({ session_id: z.string(), checkout_url: z.string() }).openapi('CreatedSession')

const session = z
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
  .openapi('Session')

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
        summary: 'Create a checkout session, server to server',
        middleware: [keyed],
        body: newSession,
        answer: createdSession,
        status: 201,
      }),
      async (c) => {
        const body = c.req.valid('json')
        if (body.mode === 'subscription') throw noSubscriptionsYet()
        const by = c.get('merchant')
        const wanted = {
          amount: body.amount,
          currency: body.currency,
          returnUrl: body.return_url,
          description: body.description ?? null,
          items: body.items ?? [],
          expiresAt: body.expires_at,
        }
        const made = marked(c, await createSession(deps, by, command(c, deps, merchantScope(by), body, wanted)))
        return reply(c, { session_id: made.id, checkout_url: `${deps.settings.publicUrl}/checkout/${made.id}` }, 201)
      },
    )
    .openapi(
      route('get', '/session/{session_id}', {
        summary: 'Read a checkout session; its id is the token',
        params: sessionPath,
        query: localeQuery,
        answer: session,
      }),
      async (c) => {
        const id = c.req.valid('param').session_id
        limitSession(deps, id)
        const found = await findSessionToShow(deps, id)
        onlyFor(c, found.account)
        const locale = localeOf(c.req.valid('query').locale ?? c.req.header('accept-language'))
        return reply(c, showSession(found.session, found.account, { now: deps.now(), locale }), 200)
      },
    )
    .openapi(
      route('post', '/session/{session_id}/expire', {
        summary: 'End a checkout session that nobody has paid',
        extension: true,
        middleware: [keyed],
        params: sessionPath,
        answer: session,
      }),
      async (c) => {
        const by = c.get('merchant')
        const id = c.req.valid('param').session_id
        const ended = marked(c, await expireSession(deps, by, command(c, deps, merchantScope(by), null, { id })))
        const account = await deps.accounts.account(ended.accountId)
        const locale = localeOf(c.req.header('accept-language'))
        return reply(c, showSession(ended, account, { now: deps.now(), locale }), 200)
      },
    )
}

const noSubscriptionsYet = () =>
  new Problem(
    'parameter_invalid',
    { en: 'mode "subscription" is not available yet', es: 'mode "subscription" aún no está disponible' },
    { faults: [{ field: 'mode', say: { en: 'must be "payment"', es: 'debe ser "payment"' } }] },
  )
