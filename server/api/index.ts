/** The current API: its routes, and the answer for what is not among them. */
import type { Deps } from '../deps.ts'
import { Problem } from '../domain/problem.ts'
import { customers } from './customers.ts'
import { events } from './events.ts'
import { closed, face, type Face } from './face.ts'
import { intents } from './intents.ts'
import { invoices } from './invoices.ts'
import { links } from './links.ts'
import { payments } from './payments.ts'
import { plans } from './plans.ts'
import { products } from './products.ts'
import { refunds } from './refunds.ts'
import { drills, namespaces, sandboxData, switches } from './sandbox.ts'
import { seeds } from './seed.ts'
import { sessions } from './sessions.ts'
import { subscriptions } from './subscriptions.ts'
import { testClocks } from './test-clock.ts'
import { webhookDeliveries, webhookEndpoints } from './webhooks.ts'

/**
 * Mounted at `/v1`. It has no error handler of its own, because the app's speaks its words already, and Hono wraps every
 * handler of a mounted app that has one in a chain of promises: half as much again for a whole request.
 */
export function currentApi(deps: Deps): Face {
  const app = face()
  // Before the payments, whose ids would otherwise be taken to include the words `session` and `intent`.
  app.route('/payments', closed(sessions(deps)))
  app.route('/payments', closed(intents(deps)))
  app.route('/payments', closed(payments(deps)))
  app.route('/customers', closed(customers(deps)))
  app.route('/payment-links', closed(links(deps)))
  app.route('/products', closed(products(deps)))
  app.route('/plans', closed(plans(deps)))
  app.route('/subscriptions', closed(subscriptions(deps)))
  app.route('/refunds', closed(refunds(deps)))
  app.route('/invoices', closed(invoices(deps)))
  app.route('/test-clock', closed(testClocks(deps)))
  app.route('/events', closed(events(deps)))
  app.route('/webhook-endpoints', closed(webhookEndpoints(deps)))
  app.route('/webhook-deliveries', closed(webhookDeliveries(deps)))
  app.route('/sandbox/switches', closed(switches(deps)))
  app.route('/sandbox/drills', closed(drills(deps)))
  app.route('/sandbox/namespaces', closed(namespaces(deps)))
  app.route('/sandbox/seed', closed(seeds(deps)))
  app.route('/sandbox', closed(sandboxData(deps)))
  // A mounted app's own notFound is not asked, so the face ends in a route that catches what is left.
  app.all('*', () => {
    throw new Problem('not_found', { en: 'This API has no such path', es: 'Esta API no tiene esa ruta' })
  })
  return app
}
