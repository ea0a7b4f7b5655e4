import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { refusedCard } from '../actions/cards.ts'
import { findPlan } from '../actions/catalog.ts'
import { findDeveloper } from '../actions/developers.ts'
import { findCustomer, findOpenSubscription, reads } from '../actions/read.ts'
import { cancelSubscription, createSubscription } from '../actions/subscriptions.ts'
import type { Deps } from '../deps.ts'
import type { Merchant } from '../domain/account.ts'
import { isOver, type Subscription } from '../domain/subscription.ts'
import { Problem } from '../domain/problem.ts'
import { command, marked, merchantScope } from '../wire/command.ts'
import { once } from '../wire/fields.ts'
import { type Env, reply } from '../wire/reply.ts'
import { unresolved } from './charges.ts'
import { optional, said } from './fields.ts'
import { replyAll } from './lists.ts'
import { readFields, serve } from './routes.ts'
import { showSubscription } from './show.ts'

const newSubscription = once(() =>
  z.object({ customer_key: said(), plan_id_name: optional(said()), plan_key: optional(said()) }),
)

const ending = once(() => z.object({ subscription_id: said() }))

/** Subscriptions of customers whose card is saved: they begin at once. What has ended is in no list. */
export function subscriptions(deps: Deps): Hono<Env> {
  const app = new Hono<Env>()
  const { db } = deps.store
  const show = async (by: Merchant, found: Subscription[]) => {
    const open = found.filter((one) => !isOver(one))
    const developer = await findDeveloper(deps, by)
    const [customers, plans] = await Promise.all([
      reads.customers.many(
        deps,
        open.map((one) => one.customerId),
      ),
      reads.plans.many(
        deps,
        open.map((one) => one.planId),
      ),
    ])
    return open.map((one) =>
      showSubscription(one, { developer, customer: customers.get(one.customerId), plan: plans.get(one.planId)! }),
    )
  }
  serve(app, '/subscribe', {
    POST: async (c) => {
      const by = c.get('merchant')
      const { fields, sent } = await readFields(c, newSubscription)
      const [planSaid, planField] =
        fields.plan_id_name !== undefined ? [fields.plan_id_name, 'plan_id_name'] : [fields.plan_key, 'plan_key']
      if (planSaid === undefined) throw planMissing()
      const wanted = {
        customerId: (await findCustomer(db, by, fields.customer_key, 'customer_key')).id,
        planId: (await findPlan(db, by, planSaid, planField)).id,
      }
      const made = marked(c, await createSubscription(deps, by, command(c, deps, merchantScope(by), sent, wanted)))
      if (made.failure) throw refusedCard(made.failure)
      // Incomplete, and not waiting for its customer on a page: nobody knows yet whether the card was charged.
      if (made.subscription.status === 'incomplete' && made.subscription.sessionId === null) {
        throw unresolved(`/v1/plans/subscription/${made.subscription.id}/`)
      }
      return reply(c, (await show(by, [made.subscription]))[0], 201)
    },
  })
  serve(app, '/subscriptions', {
    GET: (c) =>
      replyAll<Subscription>(
        c,
        (after, most) => reads.subscriptions.after(deps, c.get('merchant'), after, most),
        (found) => show(c.get('merchant'), found),
      ),
  })
  serve(app, '/subscription/:id', {
    GET: async (c) => {
      const by = c.get('merchant')
      return reply(c, (await show(by, [await findOpenSubscription(deps, by, c.req.param('id') ?? '')]))[0], 200)
    },
  })
  const end = async (c: Context<Env>, id: string) => {
    const by = c.get('merchant')
    const found = await findOpenSubscription(deps, by, id, 'subscription_id')
    await cancelSubscription(deps, by, { wanted: { id: found.id }, reply: null })
    return new Response(null, { status: 204, headers: c.get('headers') })
  }
  serve(app, '/un-subscribe', {
    DELETE: async (c) => {
      const asked = c.req.query('subscription_id')
      return end(c, asked ?? (await readFields(c, ending)).fields.subscription_id)
    },
  })
  serve(app, '/un-subscribe/:id', { DELETE: (c) => end(c, c.req.param('id') ?? '') })
  return app
}

const planMissing = () =>
  new Problem(
    'parameter_missing',
    { en: 'Missing: plan_id_name', es: 'Falta: plan_id_name' },
    { faults: [{ field: 'plan_id_name', say: { en: 'is required', es: 'es obligatorio' } }] },
  )
