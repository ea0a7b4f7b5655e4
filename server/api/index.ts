/** The current API: its routes, and the answer for what is not among them. */
import { Hono } from 'hono'
import type { Deps } from '../deps.ts'
import { Problem } from '../domain/problem.ts'
import type { Env } from '../wire/reply.ts'
import { intents } from './intents.ts'
import { payments } from './payments.ts'
import { sessions } from './sessions.ts'

/**
 * Mounted at `/v1`. It has no error handler of its own, because the app's speaks its words already, and Hono wraps every
 * handler of a mounted app that has one in a chain of promises: half as much again for a whole request.
 */
export function currentApi(deps: Deps): Hono<Env> {
  const app = new Hono<Env>({ strict: false })
  app.route('/payments', sessions(deps))
  app.route('/payments', intents(deps))
  app.route('/payments', payments(deps))
  // A mounted app's own notFound is not asked, so the face ends in a route that catches what is left.
  app.all('*', () => {
    throw new Problem('not_found', {
      en: 'This API has no such path and method',
      es: 'Esta API no tiene esa ruta con ese método',
    })
  })
  return app
}
