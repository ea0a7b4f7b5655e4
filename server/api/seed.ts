/** Test data as a file tells it. An extension, for test keys. */
import { z } from '@hono/zod-openapi'
import { seedSandbox } from '../actions/seed.ts'
import { lastResorts, planIntervals, signatureForms, trialEnds } from '../contract/resources.ts'
import { switchKinds } from '../contract/sandbox.ts'
import type { Deps } from '../deps.ts'
import { seedChallenges } from '../domain/seed.ts'
import { longestDelayMs, mostTimes } from '../domain/switch.ts'
import { furthestMonths } from '../domain/test-clock.ts'
import { command, merchantScope, marked } from '../wire/command.ts'
import { freeText, once } from '../wire/fields.ts'
import { reply } from '../wire/reply.ts'
import { withKey } from './auth.ts'
import { face, route } from './face.ts'
import { currency, email, exampleMoment, minorUnits, moment } from './words.ts'

const name = () => z.string().regex(/^[A-Za-z0-9_-]{1,40}$/)
/** Things by names of the file's own, by which others of it name them. */
const named = <T extends z.ZodType>(thing: T) => z.record(name(), thing).optional()

const order = () => ({
  amount: z.string().max(30).optional(),
  currency: currency().optional(),
  return_url: z.string().max(2048).optional(),
  description: freeText(500).nullish(),
  items: z.array(freeText(200)).max(100).optional(),
  customer: name().optional(),
})
const cards = () => ({
  declined_cards: z.array(z.string().max(60)).max(9).optional(),
  challenge: z.enum(seedChallenges).optional(),
})

const seed = once(() =>
  z
    .object({
      clock: z
        .object({ now: z.iso.datetime({ offset: true }).max(40).optional(), frozen: z.boolean().optional() })
        .optional()
        .openapi({ description: 'Where the test clock stands when everything else is made.' }),
      webhook_endpoints: named(
        z.object({
          url: z.string(),
          description: freeText(200).nullish(),
          events: z.array(z.string().max(60)).min(1).max(100).optional(),
          signature: z.enum(signatureForms).optional(),
        }),
      ),
      customers: named(
        z.object({
          email: email(),
          name: freeText(200).nullish(),
          description: freeText(500).nullish(),
          phone: freeText(40).nullish(),
        }),
      ),
      products: named(
        z.object({ name: freeText(200).min(1), description: freeText(500).nullish(), active: z.boolean().optional() }),
      ),
      plans: named(
        z.object({
          product: name(),
          amount: minorUnits(),
          currency: currency(),
          interval: z.enum(planIntervals),
          interval_count: z.int().min(1).max(365).optional(),
          trial_period_days: z.int().min(1).max(730).nullish(),
          trial_without_card: z.enum(trialEnds).nullish(),
          after_last_retry: z.enum(lastResorts).optional(),
          statement_descriptor: z.string().max(200).nullish(),
        }),
      ),
      payment_links: named(
        z.object({ amount: minorUnits(), currency: currency(), description: freeText(500).nullish() }),
      ),
      sessions: named(
        z.object({
          ...order(),
          plan: name().optional(),
          expires_at: z.string().max(40).optional(),
          expired: z.boolean().optional(),
        }),
      ).openapi({ description: 'With an amount and currency, or with a plan.' }),
      payments: named(
        z.object({ ...order(), ...cards(), session: name().optional(), card: z.string().max(60) }),
      ).openapi({
        description:
          'Of a session, or with an order of their own; with test cards by their names, such as `visa`, `insufficient_funds`, `3ds_required`.',
      }),
      subscriptions: named(
        z.object({ ...cards(), customer: name(), plan: name(), card: z.string().max(60).optional() }),
      ).openapi({ description: 'Paid on a page with a card that is kept; without a card they wait for one.' }),
      refunds: named(z.object({ payment: name(), amount: minorUnits().optional(), reason: freeText(200).nullish() })),
      switches: z
        .array(
          z.object({
            kind: z.enum(switchKinds),
            times: z.int().min(1).max(mostTimes).optional(),
            target: z.object({ session: name().optional(), endpoint: name().optional() }).optional(),
            delay_ms: z.int().min(1).max(longestDelayMs).nullish(),
            method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).nullish(),
            path: z.string().max(200).nullish(),
          }),
        )
        .optional(),
      advance: z
        .object({
          months: z.int().min(1).max(furthestMonths).optional(),
          days: z.int().min(1).max(3650).optional(),
          seconds: z.int().min(1).max(315_360_000).optional(),
        })
        .optional()
        .openapi({ description: 'How far the test clock goes on when all of it is there.' }),
    })
    .openapi('SandboxSeed'),
)

const ids = () => z.record(z.string(), z.string())

const seeded = once(() =>
  z
    .object({
      object: z.literal('sandbox_seed'),
      namespace: z.string().nullable(),
      now: moment(),
      customers: ids(),
      products: ids(),
      plans: ids(),
      payment_links: ids(),
      sessions: ids(),
      payments: ids(),
      subscriptions: ids(),
      refunds: ids(),
      webhook_endpoints: z.record(z.string(), z.object({ id: z.string(), secret: z.string().nullable() })).openapi({
        description: 'Secrets are shown this once; null when the same request is repeated with its idempotency key.',
      }),
      switches: z.array(z.string()),
    })
    .openapi('SandboxSeeded'),
)

const example = {
  body: {
    clock: { now: exampleMoment, frozen: true },
    customers: { ana: { email: 'ana@example.com', name: 'Ana' } },
    products: { beans: { name: 'Café de altura' } },
    plans: { monthly: { product: 'beans', amount: 990_000, currency: 'CRC', interval: 'month' as const } },
    sessions: { cart: { amount: '12500.00', currency: 'CRC', customer: 'ana' } },
    payments: { first: { session: 'cart', declined_cards: ['insufficient_funds'], card: 'visa' } },
    subscriptions: { anas: { customer: 'ana', plan: 'monthly', card: 'mastercard' } },
    refunds: { part: { payment: 'first', amount: 250_000 } },
    webhook_endpoints: { shop: { url: 'https://shop.example/webhooks', events: ['payment.*'] } },
    switches: [{ kind: 'webhook_duplicate' as const, target: { endpoint: 'shop' } }],
  },
  answer: {
    object: 'sandbox_seed',
    namespace: null,
    now: exampleMoment,
    customers: { ana: 'cus_0VQmK2dE8yZ4nB7wT1rXc5LpAfGh6SjUo9i' },
    products: { beans: 'prod_0VQmK2dE3hK8sW1qN6vYb4RtJcFz9GmLx7e' },
    plans: { monthly: 'plan_0VQmK2dE5tQ9mZ2xC7bHn1WyKsRd8PvJf4a' },
    payment_links: {},
    sessions: { cart: 'cs_test_0VQmK2dE4gN7bK1zS9xWq2RcVtYh6JmPd3f' },
    payments: { first: 'pay_0VQmK2dE6nT1kD4sW9hJx3PvLzMc8GrQb5y' },
    subscriptions: { anas: 'sub_0VQmK2dE9pB3rH6yL1wNz8VxCkTf5DmQg2s' },
    refunds: { part: 'ref_0VQmK2dE2wF5jP8uG3cRm7ZyTnXk4BqVa6d' },
    webhook_endpoints: {
      shop: {
        id: 'we_0VQmK2dE4dK8tY1wQ6zXb9VmRcNs7LhJp2f',
        secret: 'whsec_ThisIsAnExampleAndOpensNothingAtAllAAAAAAAAA=',
      },
    },
    switches: ['sw_0VQmK2dE5jR8pL3wX7yBt2MqCvNs6HgFz9k'],
  },
}

/** Makes all that a file tells of, or nothing. */
export const seeds = (deps: Deps) =>
  face().openapi(
    route('post', '/', {
      id: 'seedSandbox',
      summary: 'Make test data of a file: customers, plans, payments and more, which name each other',
      description:
        'The whole file is checked first, and one that cannot be made makes nothing and says where. It adds to what is there: reset first for a fresh start.',
      extension: true,
      keyed: withKey(deps),
      body: seed,
      answer: seeded,
      status: 201,
      example,
    }),
    async (c) => {
      const body = c.req.valid('json')
      const by = c.get('merchant')
      const done = await seedSandbox(deps, by, command(c, deps, merchantScope(by), body, body))
      const { seeded: made, secrets } = marked(c, done)
      const endpoints = Object.entries(made.webhook_endpoints).map(
        ([called, id]) => [called, { id, secret: secrets[called] ?? null }] as const,
      )
      const answer = {
        object: 'sandbox_seed' as const,
        namespace: by.within?.name ?? null,
        ...made,
        webhook_endpoints: Object.fromEntries(endpoints),
      }
      return reply(c, answer, 201)
    },
  )
