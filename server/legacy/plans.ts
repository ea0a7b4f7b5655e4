import { Hono } from 'hono'
import { z } from 'zod'
import { createNamedPlan, findPlan, retirePlan } from '../actions/catalog.ts'
import { planIntervals } from '../contract/resources.ts'
import { largestAmount } from '../contract/money.ts'
import { reads } from '../actions/read.ts'
import type { Deps } from '../deps.ts'
import type { Plan } from '../domain/plan.ts'
import { command, marked, merchantScope } from '../wire/command.ts'
import { once } from '../wire/fields.ts'
import { type Env, reply } from '../wire/reply.ts'
import { anyText, currency, optional, text, wholeNumber } from './fields.ts'
import { replyAll } from './lists.ts'
import { readFields, serve } from './routes.ts'
import { showPlan } from './show.ts'

const newPlan = once(() =>
  z.object({
    id_name: optional(anyText(100)),
    name: text(200),
    amount: wholeNumber(1, largestAmount),
    currency: currency(),
    interval: z.preprocess(
      (value) => (typeof value === 'string' ? value.trim().toLowerCase() : value),
      z.enum(planIntervals),
    ),
    interval_count: wholeNumber(1, 1000),
    trial_period_days: optional(wholeNumber(0, 730)),
    credit_card_description: optional(anyText(200)),
  }),
)

/** Plans, each with the product whose price it is. Amounts are whole minor units. */
export function plans(deps: Deps): Hono<Env> {
  const app = new Hono<Env>()
  const show = async (found: Plan[]) => {
    const offered = found.filter((plan) => plan.active)
    const products = await reads.products.many(
      deps,
      offered.map((plan) => plan.productId),
    )
    return offered.map((plan) => showPlan(plan, products.get(plan.productId)!))
  }
  serve(app, '/create', {
    POST: async (c) => {
      const by = c.get('merchant')
      const { fields, sent } = await readFields(c, newPlan)
      const wanted = {
        name: fields.name,
        idName: fields.id_name || null,
        amount: fields.amount,
        currency: fields.currency,
        interval: fields.interval,
        intervalCount: fields.interval_count,
        trialPeriodDays: fields.trial_period_days || null,
        trialWithoutCard: null,
        afterLastRetry: 'cancel' as const,
        statementDescriptor: fields.credit_card_description || null,
      }
      const made = marked(c, await createNamedPlan(deps, by, command(c, deps, merchantScope(by), sent, wanted)))
      return reply(c, showPlan(made.plan, made.product), 201)
    },
  })
  serve(app, '/mine', {
    GET: (c) => replyAll<Plan>(c, (after, most) => reads.plans.after(deps, c.get('merchant'), after, most), show),
  })
  serve(app, '/mine/:id', {
    GET: async (c) => {
      const plan = await findPlan(deps.store.db, c.get('merchant'), c.req.param('id') ?? '')
      return reply(c, (await show([plan]))[0], 200)
    },
    DELETE: async (c) => {
      await retirePlan(deps, c.get('merchant'), c.req.param('id') ?? '')
      return new Response(null, { status: 204, headers: c.get('headers') })
    },
  })
  return app
}
