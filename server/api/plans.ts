import { z } from '@hono/zod-openapi'
import { createPlan } from '../actions/catalog.ts'
import { reads } from '../actions/read.ts'
import { lastResorts, planIntervals, type PlanView, trialEnds } from '../contract/resources.ts'
import type { Deps } from '../deps.ts'
import { reply } from '../wire/reply.ts'
import { showPlan } from '../wire/show-resources.ts'
import { command, marked, merchantScope } from '../wire/command.ts'
import { idText, once } from '../wire/fields.ts'
import { withKey } from './auth.ts'
import { face, route } from './face.ts'
import { addReads } from './lists.ts'
import { currency, exampleMoment, minorUnits, moment } from './words.ts'

const newPlan = once(() =>
  z
    .object({
      product_id: idText,
      amount: minorUnits(),
      currency: currency(),
      interval: z.enum(planIntervals),
      interval_count: z
        .int()
        .min(1)
        .max(365)
        .optional()
        .openapi({ default: 1, description: 'How many intervals a period has (extension).' }),
      trial_period_days: z
        .int()
        .min(1)
        .max(730)
        .nullish()
        .openapi({ description: 'How long nothing is charged at the beginning (extension).' }),
      trial_without_card: z.enum(trialEnds).nullish().openapi({
        description:
          'Lets a trial begin without a card, and says what becomes of it at its end when there still is none: an invoice to be paid on a page, a pause until it is resumed, or its end. Without it a card is asked for first (extension).',
      }),
      after_last_retry: z.enum(lastResorts).optional().openapi({
        default: 'cancel',
        description:
          'What becomes of a subscription when every try of a renewal is spent: it ends, or it is `unpaid` until its latest invoice is paid on a page (extension).',
      }),
      statement_descriptor: z
        .string()
        .max(200)
        .nullish()
        .openapi({ description: "What the buyer's card statement says (extension)." }),
    })
    .openapi('NewPlan'),
)

const plan = once(() =>
  z
    .object({
      id: z.string(),
      object: z.literal('plan'),
      product_id: z.string(),
      amount: z.int(),
      currency: z.string(),
      interval: z.enum(planIntervals),
      interval_count: z.int(),
      trial_period_days: z.int().nullable(),
      trial_without_card: z.enum(trialEnds).nullable(),
      after_last_retry: z.enum(lastResorts),
      statement_descriptor: z.string().nullable(),
      active: z.boolean(),
      test: z.boolean(),
      created_at: moment(),
    })
    .openapi('Plan'),
)

const example: PlanView = {
  id: 'plan_0VQmK2dE5tQ9mZ2xC7bHn1WyKsRd8PvJf4a',
  object: 'plan',
  product_id: 'prod_0VQmK2dE3hK8sW1qN6vYb4RtJcFz9GmLx7e',
  amount: 990000,
  currency: 'CRC',
  interval: 'month',
  interval_count: 1,
  trial_period_days: null,
  trial_without_card: null,
  after_last_retry: 'cancel',
  statement_descriptor: null,
  active: true,
  test: true,
  created_at: exampleMoment,
}

/** Plans of the current API: amounts are whole minor units. */
export function plans(deps: Deps) {
  const keyed = withKey(deps)
  const app = face()
  addReads(app, deps, { keyed, name: 'Plan', words: 'plan', schema: plan, example, reads: reads.plans, show: showPlan })
  return app.openapi(
    route('post', '/', {
      id: 'createPlan',
      summary: 'Create a subscription plan of a product',
      keyed,
      body: newPlan,
      answer: plan,
      example: {
        body: { product_id: example.product_id, amount: 990000, currency: 'CRC', interval: 'month' },
        answer: example,
      },
    }),
    async (c) => {
      const body = c.req.valid('json')
      const by = c.get('merchant')
      const wanted = {
        productId: body.product_id,
        amount: body.amount,
        currency: body.currency,
        interval: body.interval,
        intervalCount: body.interval_count ?? 1,
        trialPeriodDays: body.trial_period_days ?? null,
        trialWithoutCard: body.trial_without_card ?? null,
        afterLastRetry: body.after_last_retry ?? 'cancel',
        idName: null,
        statementDescriptor: body.statement_descriptor || null,
      }
      const made = marked(c, await createPlan(deps, by, command(c, deps, merchantScope(by), body, wanted)))
      return reply(c, showPlan(made), 200)
    },
  )
}
