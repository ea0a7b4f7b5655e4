/** The current API: its routes, its last-resort answers, and the key's way in. */
import { Hono } from 'hono'
import type { Deps } from '../deps.ts'
import { Problem } from '../domain/problem.ts'
import { answerFailure, answerProblem, problemOf } from './errors.ts'
import type { Env } from '../wire/reply.ts'
import { intents } from './intents.ts'
import { payments } from './payments.ts'
import { sessions } from './sessions.ts'

/** Mounted at `/v1`. */
export function currentApi(deps: Deps): Hono<Env> {
  const app = new Hono<Env>({ strict: false })
  app.route('/payments', sessions(deps))
  app.route('/payments', intents(deps))
  app.route('/payments', payments(deps))
  // A mounted app's own notFound is not asked, so the face ends in a route that catches what is left.
  app.all('*', (c) => {
    throw new Problem('not_found', {
      en: `There is no ${c.req.method} ${c.req.path} in this API`,
      es: `No existe ${c.req.method} ${c.req.path} en esta API`,
    })
  })
  app.onError((error, c) => {
    const problem = problemOf(error)
    if (problem) return answerProblem(c, problem)
    deps.log.error({ err: error, requestId: c.get('requestId') }, 'request failed')
    return answerFailure(c)
  })
  return app
}
