/** Everything the payment side answers, mounted in one place. */
import { Hono, type MiddlewareHandler } from 'hono'
import { currentApi } from './api/index.ts'
import { answerFailure, answerProblem, bodyTooLarge, problemOf } from './api/errors.ts'
import type { Env } from './api/face.ts'
import type { Assets } from './assets.ts'
import { limitBody } from './body-limit.ts'
import type { Deps } from './deps.ts'
import { Problem } from './domain/problem.ts'
import { cardFrame } from './frame/document.ts'
import { hostedCheckout } from './hosted/checkout.ts'
import { idPrefixes } from './ids.ts'

/** No request of this API needs more. */
const largestBody = 64 * 1024

/** The whole payment side as one fetch handler. */
export function createApp(deps: Deps, assets: Assets): Hono<Env> {
  const app = new Hono<Env>({ strict: false })
  app.use(everyRequest(deps))
  app.use(limitBody(largestBody, bodyTooLarge))
  app.route('/v1', currentApi(deps))
  app.route('/frame', cardFrame(deps, assets))
  app.route('/checkout', hostedCheckout(deps, assets))
  app.get('/healthz', (c) => {
    c.header('Access-Control-Allow-Origin', '*')
    return c.json({ status: 'ok' })
  })
  app.route('/', assets.routes())
  app.notFound((c) =>
    answerProblem(
      c,
      new Problem('not_found', {
        en: `There is nothing at ${c.req.path}`,
        es: `No hay nada en ${c.req.path}`,
      }),
    ),
  )
  app.onError((error, c) => {
    const problem = problemOf(error)
    if (problem) return answerProblem(c, problem)
    deps.log.error({ err: error, requestId: c.get('requestId') }, 'request failed')
    return answerFailure(c)
  })
  return app
}

/** An id for each request, the headers that every answer has, and one line in the log when it is done. */
function everyRequest(deps: Deps): MiddlewareHandler<Env> {
  return async (c, next) => {
    const id = deps.newId(idPrefixes.request)
    const began = performance.now()
    c.set('requestId', id)
    c.header('X-Request-Id', id)
    c.header('X-Content-Type-Options', 'nosniff')
    await next()
    // Only the first two words of the path: what follows them is an id, and a session's id is a token.
    deps.log.info(
      {
        requestId: id,
        method: c.req.method,
        path: c.req.path.split('/', 4).join('/'),
        status: c.res.status,
        ms: Math.round((performance.now() - began) * 10) / 10,
      },
      'request',
    )
  }
}
