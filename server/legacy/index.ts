/**
 * The legacy API: the shops that are already out there keep working. A second face over the same actions and rows; its words
 * are those of the vendor's former document, and of the clients that were written for it.
 */
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { limitBody, withBody } from '../body-limit.ts'
import type { Deps } from '../deps.ts'
import { Problem } from '../domain/problem.ts'
import { problemFor } from '../wire/failures.ts'
import type { Env } from '../wire/reply.ts'
import { accounts } from './accounts.ts'
import { bearsToken, withToken } from './auth.ts'
import { bodyTooLarge } from './body.ts'
import { charges } from './charges.ts'
import { checkout } from './checkout.ts'
import { openToPages } from './cors.ts'
import { customers } from './customers.ts'
import { answerLegacyProblem } from './errors.ts'
import { plans } from './plans.ts'
import { refunds } from './refunds.ts'
import { subscriptions } from './subscriptions.ts'

/** Every path of this face that the current one does not have; `/v1/plans` and `/v1/refunds` are its own as well. */
const own = [
  '/v1/accounts/*',
  '/v1/charges/*',
  '/v1/payments/checkout/*',
  '/v1/plans/create/*',
  '/v1/plans/mine/*',
  '/v1/plans/subscribe/*',
  '/v1/plans/subscription/*',
  '/v1/plans/subscriptions/*',
  '/v1/plans/un-subscribe/*',
]

const shared = '/v1/refunds'

/** A path of this face as it is meant: its clients write some with doubled slashes. Other paths stay as they are. */
export function withoutDoubledSlashes(path: string): string {
  const plain = path.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1')
  const prefixes = ['/authentication', shared, ...own.map((one) => one.slice(0, -2))]
  return prefixes.some((prefix) => `${plain}/`.startsWith(`${prefix}/`)) ? plain : path
}

/** Mounted at the root, before anything that answers in other words: it limits bodies by itself. */
export function legacyApi(deps: Deps, largestBody: number): Hono<Env> {
  const app = new Hono<Env>({ strict: false })
  const cors = openToPages(deps)
  const limited = limitBody(largestBody, bodyTooLarge)
  const token = withToken(deps)
  for (const path of own) {
    app.use(path, cors)
    app.on(withBody, path, limited)
    app.use(path, token)
  }
  app.route('/v1/accounts', accounts(deps))
  app.route('/v1/accounts', customers(deps))
  app.route('/v1/charges', charges(deps))
  app.route('/v1/plans', plans(deps))
  app.route('/v1/plans', subscriptions(deps))
  app.route('/v1/payments/checkout', checkout(deps))
  for (const path of own) app.all(path, unknownPath)

  app.use(`${shared}/*`, ifOurs(cors))
  app.on(withBody, `${shared}/*`, ifOurs(limited))
  app.use(`${shared}/*`, ifOurs(token))
  app.route(shared, refunds(deps, ifOurs))
  app.all(`${shared}/*`, ifOurs(unknownPath))

  app.onError((error, c) => answerLegacyProblem(c, problemFor(error, c, deps)))
  return app
}

/**
 * Where both faces have a path, the kind of credential decides which of them answers; of a browser's question before a
 * request, the kind that it says it will send.
 */
const ifOurs =
  (handler: MiddlewareHandler<Env>): MiddlewareHandler<Env> =>
  (c, next) =>
    bearsToken(c) || asksForToken(c) ? handler(c, next) : next()

function asksForToken(c: Context<Env>): boolean {
  if (c.req.method !== 'OPTIONS') return false
  const headers = c.req.header('access-control-request-headers') ?? ''
  return /\bauthorization\b/i.test(headers) && !/\bx-api-key\b/i.test(headers)
}

const unknownPath = () => {
  throw new Problem('not_found', { en: 'This API has no such path', es: 'Esta API no tiene esa ruta' })
}
