import { z } from '@hono/zod-openapi'
import { reads } from '../actions/read.ts'
import { createCardSession } from '../actions/card-sessions.ts'
import { cancelSubscription, createSubscription, resumeSubscription } from '../actions/subscriptions.ts'
import { subscriptionStatuses, type SubscriptionView } from '../contract/resources.ts'
import type { Deps } from '../deps.ts'
import type { Subscription } from '../domain/subscription.ts'
import { reply } from '../wire/reply.ts'
import { showNewSession, showSubscription } from '../wire/show-resources.ts'
import { command, marked, merchantScope } from '../wire/command.ts'
import { idText, once } from '../wire/fields.ts'
import { withKey } from './auth.ts'
import { cardProblem } from './errors.ts'
import { face, route } from './face.ts'
import { addReads } from './lists.ts'
import { createdSession, exampleMoment, exampleSession, idPath, moment, returnUrl } from './words.ts'

const newSubscription = once(() => z.object({ customer_id: idText, plan_id: idText }).openapi('NewSubscription'))

const ending = once(() =>
  z
    .object({
      at_period_end: z
        .boolean()
        .optional()
        .openapi({ default: false, description: 'Ends when what is paid for is over.' }),
    })
    .openapi('SubscriptionEnd'),
)

const newCardSession = once(() =>
  z
    .object({
      return_url: returnUrl()
        .optional()
        .openapi({ description: 'Where the buyer lands afterwards; a page of ours when absent.' }),
    })
    .openapi('NewCardSession'),
)

const subscription = once(() =>
  z
    .object({
      id: z.string(),
      object: z.literal('subscription'),
      customer_id: z.string(),
      plan_id: z.string(),
      status: z.enum(subscriptionStatuses),
      current_period_end: z.int().openapi({ description: 'Unix seconds.' }),
      checkout_url: z.string().nullable().openapi({
        description:
          'Where to send the buyer while they are needed: to begin, and, while it is `past_due` or `unpaid`, to pay with another card.',
      }),
      trial_end: moment().nullable(),
      cancel_at_period_end: z.boolean(),
      canceled_at: moment().nullable(),
      test: z.boolean(),
      created_at: moment(),
    })
    .openapi('Subscription'),
)

const example: SubscriptionView = {
  id: 'sub_0VQmK2dE9pB3rH6yL1wNz8VxCkTf5DmQg2s',
  object: 'subscription',
  customer_id: 'cus_0VQmK2dE8yZ4nB7wT1rXc5LpAfGh6SjUo9i',
  plan_id: 'plan_0VQmK2dE5tQ9mZ2xC7bHn1WyKsRd8PvJf4a',
  status: 'incomplete',
  current_period_end: 1797768000,
  checkout_url: `http://localhost:4242/checkout/${exampleSession}`,
  trial_end: null,
  cancel_at_period_end: false,
  canceled_at: null,
  test: true,
  created_at: exampleMoment,
}

/** Subscriptions of the current API. */
export function subscriptions(deps: Deps) {
  const keyed = withKey(deps)
  const show = (one: Subscription) => showSubscription(one, deps.settings.publicUrl)
  const app = face()
  addReads(app, deps, {
    keyed,
    name: 'Subscription',
    words: 'subscription',
    schema: subscription,
    example,
    reads: reads.subscriptions,
    show,
  })
  return app
    .openapi(
      route('post', '/', {
        id: 'createSubscription',
        summary: 'Subscribe a customer to a plan',
        description:
          'The buyer makes the first payment at `checkout_url`, or gives a card there when the plan has a trial. A customer whose card the shop keeps is charged at once instead, and `checkout_url` is null.',
        keyed,
        body: newSubscription,
        answer: subscription,
        example: { body: { customer_id: example.customer_id, plan_id: example.plan_id }, answer: example },
      }),
      async (c) => {
        const body = c.req.valid('json')
        const by = c.get('merchant')
        const wanted = { customerId: body.customer_id, planId: body.plan_id }
        const made = marked(c, await createSubscription(deps, by, command(c, deps, merchantScope(by), body, wanted)))
        if (made.failure) throw cardProblem(made.failure.code, made.failure.declineCode, {})
        return reply(c, show(made.subscription), 200)
      },
    )
    .openapi(
      route('post', '/{id}/cancel', {
        id: 'cancelSubscription',
        summary: 'End a subscription now, or with its period',
        extension: true,
        keyed,
        params: idPath,
        body: ending,
        answer: subscription,
        example: {
          body: {},
          answer: { ...example, status: 'incomplete_expired', checkout_url: null, canceled_at: exampleMoment },
        },
      }),
      async (c) => {
        const by = c.get('merchant')
        const body = c.req.valid('json')
        const wanted = { id: c.req.valid('param').id, atPeriodEnd: body.at_period_end === true }
        const ended = marked(c, await cancelSubscription(deps, by, command(c, deps, merchantScope(by), body, wanted)))
        return reply(c, show(ended), 200)
      },
    )
    .openapi(
      route('post', '/{id}/resume', {
        id: 'resumeSubscription',
        summary: 'Take back that a subscription is to end with its period',
        extension: true,
        keyed,
        params: idPath,
        answer: subscription,
        example: { answer: { ...example, status: 'active', checkout_url: null } },
      }),
      async (c) => {
        const by = c.get('merchant')
        const { id } = c.req.valid('param')
        const resumed = marked(c, await resumeSubscription(deps, by, command(c, deps, merchantScope(by), null, { id })))
        return reply(c, show(resumed), 200)
      },
    )
    .openapi(
      route('post', '/{id}/card-session', {
        id: 'createCardSession',
        summary: 'Open a page on which the buyer gives another card',
        description:
          'The session, in mode `setup`, works on the page at `checkout_url` and in the element alike. What the subscription owes is paid there at once, and it is active again; otherwise the card is saved for the next charges.',
        extension: true,
        keyed,
        params: idPath,
        body: newCardSession,
        answer: createdSession,
        status: 201,
        example: {
          body: { return_url: 'https://shop.example/account' },
          answer: showNewSession(exampleSession, 'http://localhost:4242'),
        },
      }),
      async (c) => {
        const by = c.get('merchant')
        const body = c.req.valid('json')
        const wanted = { id: c.req.valid('param').id, returnUrl: body.return_url }
        const made = marked(c, await createCardSession(deps, by, command(c, deps, merchantScope(by), body, wanted)))
        return reply(c, showNewSession(made.id, deps.settings.publicUrl), 201)
      },
    )
}
