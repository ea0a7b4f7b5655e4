/** Everything the payment side answers, mounted in one place. */
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { getPathNoStrict } from 'hono/utils/url'
import { currentApi } from './api/index.ts'
import { consoleHeader, withKey } from './api/auth.ts'
import { apiDocument } from './api/document.ts'
import { answerProblem, bodyTooLarge, problemOf } from './api/errors.ts'
import type { Assets } from './assets.ts'
import { limitBody, withBody } from './body-limit.ts'
import type { Deps } from './deps.ts'
import { Problem } from './domain/problem.ts'
import { consoleApi } from './console/api.ts'
import { consolePage } from './console/page.ts'
import { cardFrame } from './frame/document.ts'
import { challengePages } from './hosted/challenge.ts'
import { hostedCheckout } from './hosted/checkout.ts'
import { linkPages } from './hosted/link.ts'
import { subscriptionPages } from './hosted/subscription.ts'
import { idPrefixes } from './ids.ts'
import { legacyApi, withoutDoubledSlashes } from './legacy/index.ts'
import { tokenEndpoint } from './legacy/oauth.ts'
import type { Seen } from './recorder.ts'
import { reference } from './reference/document.ts'
import { RememberingRouter } from './router.ts'
import { ping } from './store/ping.ts'
import { switched } from './switched.ts'
import { away, problemFor } from './wire/failures.ts'
import { type Env, reply } from './wire/reply.ts'
import { within } from './within.ts'

/** No request of this API needs more. */
const largestBody = 64 * 1024

/** The whole payment side as one fetch handler. */
export function createApp(deps: Deps, assets: Assets): Hono<Env> {
  const app = new Hono<Env>({ getPath: plainPath, router: new RememberingRouter() })
  app.use(everyRequest(deps))
  app.route('/authentication/token', tokenEndpoint(deps, largestBody))
  app.route('/', legacyApi(deps, largestBody))
  app.on(withBody, '*', limitBody(largestBody, bodyTooLarge))
  const api = currentApi(deps)
  app.route('/v1', api)
  // Made when it is first asked for: most servers are never asked.
  let document: object | undefined
  app.get('/openapi.json', (c) => {
    c.get('headers')['Access-Control-Allow-Origin'] = '*'
    document ??= apiDocument(api, deps.settings.publicUrl)
    return reply(c, document, 200)
  })
  app.route('/console/api', consoleApi(deps, withKey(deps)))
  app.route('/console', consolePage(assets))
  app.route('/frame', cardFrame(deps, assets))
  app.route('/checkout', hostedCheckout(deps, assets))
  app.route('/link', linkPages(deps))
  app.route('/subscription', subscriptionPages(deps))
  app.route('/3ds', challengePages(deps))
  app.route('/docs', reference(assets))
  app.get('/healthz', (c) => {
    c.get('headers')['Access-Control-Allow-Origin'] = '*'
    return reply(c, { status: 'ok' }, 200)
  })
  app.get('/readyz', async (c) => {
    if (deps.running.stopping) throw stopping()
    if (!(await answersInTime(deps))) throw away()
    return reply(c, { status: 'ok' }, 200)
  })
  const { metrics } = deps
  if (metrics) {
    app.get('/metrics', async (c) => {
      const { type, text } = await metrics.page()
      return new Response(text, { headers: { ...c.get('headers'), 'Content-Type': type } })
    })
  }
  app.route('/', assets.routes())
  app.notFound((c) =>
    answerProblem(
      c,
      new Problem('not_found', {
        en: 'There is nothing at this address',
        es: 'No hay nada en esta dirección',
      }),
    ),
  )
  app.onError((error, c) => answerProblem(c, problemOf(error) ?? problemFor(error, c, deps)))
  return app
}

const stopping = () =>
  new Problem(
    'service_unavailable',
    { en: 'This server is stopping; ask another one', es: 'Este servidor se está deteniendo; consulte otro' },
    { retryAfterSeconds: 1 },
  )

/** How long the database may take for a trivial query before it counts as away. */
const readyMs = 2000

async function answersInTime({ store, log }: Deps): Promise<boolean> {
  try {
    await within(readyMs, ping(store.db))
    return true
  } catch (error) {
    log.warn({ reason: (error as Error).message }, 'not ready: the database does not answer')
    return false
  }
}

/** The path as it is routed: with or without a slash at its end it is the same path. */
function plainPath(request: Request): string {
  const path = getPathNoStrict(request)
  // Of slashes at the end one is gone by now.
  return path.includes('//') || path.endsWith('/') ? withoutDoubledSlashes(path) : path
}

/** An id for each request, the headers that every answer has, and one line in the log when it is done. */
function everyRequest(deps: Deps): MiddlewareHandler<Env> {
  const { clocks, switches, newId, log, metrics, recorder, running, now } = deps
  const underSwitches = switched(deps)
  return async (c, next) => {
    const requestId = newId(idPrefixes.request)
    const began = performance.now()
    const at = now()
    c.set('requestId', requestId)
    const headers: Record<string, string> = {
      'X-Request-Id': requestId,
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
    }
    c.set('headers', headers)
    clocks.refreshSoon()
    switches.refreshSoon()
    if (running.stopping) headers['Connection'] = 'close'
    running.underWay++
    try {
      await (switches.forRequests().length === 0 ? next() : underSwitches(c, next))
    } finally {
      running.underWay--
    }
    const ms = performance.now() - began
    const { method } = c.req
    // The pattern that matched, never the path itself: what stands in a path may be a token, or a card number.
    const route = routePath(c)
    const { status } = c.res
    metrics?.request(method, route, status, ms)
    log.request({ requestId, method, route, status, ms: Math.round(ms * 10) / 10 })
    recorder?.note(seenOf(c, { id: requestId, at, route, ms }))
  }
}

/** A request that was just answered, for whoever writes it down. */
function seenOf(c: Context<Env>, about: Pick<Seen, 'id' | 'at' | 'route' | 'ms'>): Seen {
  const by = c.get('merchant') ?? c.get('visitor')
  const met = c.get('met')
  // What is cached is a promise at first, whatever its type says; one that failed was told to whoever asked.
  const { text, arrayBuffer, formData } = c.req.bodyCache
  const read: Promise<string | ArrayBuffer | FormData | undefined> = Promise.resolve(text ?? arrayBuffer ?? formData)
  return {
    ...about,
    request: c.req.raw,
    body: read.catch(() => undefined),
    status: c.res.status,
    headers: c.get('headers'),
    answer: c.get('answer'),
    owner: by ?? (met && { accountId: met.accountId, live: false }),
    caller: c.req.header(consoleHeader) !== undefined ? 'console' : (by ?? met?.keyId) ? 'server' : 'buyer',
    fault: c.get('fault'),
  }
}
