/** Whatever is done, in whatever order and at once: no money appears, and none is lost. Told on both databases. */
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { sweep, sweepRefunds } from '../../server/actions/sweep.ts'
import type { NewIntentView } from '../../server/contract/checkout.ts'
import type { ErrorBody } from '../../server/contract/errors.ts'
import type { RefundView } from '../../server/contract/resources.ts'
import { type DatabaseKind, databases } from '../support/databases.ts'
import { checkInvariants } from '../support/invariants.ts'
import { type Answer, apiKey, makeApp, type TestApp } from '../support/make-app.ts'

const cards = {
  good: '4242424242424242',
  declining: '4000000000000002',
  challenging: '4000000000003220',
  mistyped: '4242424242424241',
  refundsPend: '4000000000007726',
  refundsFail: '4000000000005126',
} as const

/** `nth` picks among what there is by then. */
type Step =
  | { does: 'session' | 'hosted'; amount: number }
  | { does: 'subscribe' | 'planSession' }
  | { does: 'intent' | 'expire' | 'cancel' | 'cancelSubscription'; nth: number }
  | { does: 'pay'; nth: number; card: keyof typeof cards; key: number | null }
  | { does: 'refund'; nth: number; amount: 'all' | 'part' | 'too much' | number; key: number | null }
  | { does: 'wait'; seconds: number }
  | { does: 'sweep' | 'sweepRefunds' }

const nth = fc.nat(30)
const key = fc.option(fc.nat(3))
const does = <T extends string>(...names: T[]) => fc.constantFrom(...names)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: does('session', 'hosted'), amount: fc.integer({ min: 1, max: 2000 }) }) },
  { weight: 1, arbitrary: fc.record({ does: does('subscribe', 'planSession') }) },
  { weight: 3, arbitrary: fc.record({ does: does('intent'), nth }) },
  {
    weight: 6,
    arbitrary: fc.record({
      does: does('pay'),
      nth,
      card: fc.oneof(
        { weight: 2, arbitrary: fc.constantFrom('good', 'refundsPend', 'refundsFail') },
        { weight: 1, arbitrary: fc.constantFrom('declining', 'challenging', 'mistyped') },
      ),
      key,
    }) as fc.Arbitrary<Step>,
  },
  {
    weight: 8,
    arbitrary: fc.record({
      does: does('refund'),
      nth,
      amount: fc.oneof(
        fc.constantFrom('all' as const, 'part' as const, 'too much' as const),
        fc.integer({ min: 1, max: 600 }),
      ),
      key,
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: does('expire', 'cancel', 'cancelSubscription'), nth }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: does('wait'), seconds: fc.constantFrom(1, 2, 3, 40, 3600, 23 * 3600, 25 * 3600) }),
  },
  { weight: 4, arbitrary: fc.record({ does: does('sweep', 'sweepRefunds') }) },
)

/** Each turn is one step, or a few at once. */
const turns = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: step.map((one) => [one]) },
    { weight: 1, arbitrary: fc.array(step, { minLength: 2, maxLength: 5 }) },
  ),
  { minLength: 8, maxLength: 40 },
)

/** A shop that remembers what it was told, to hold the payment side to it. */
class Bookkeeper {
  readonly #app: TestApp
  readonly #sessions: string[] = []
  readonly #planSessions: string[] = []
  readonly #subscriptions: string[] = []
  readonly #intents: NewIntentView[] = []
  readonly #payments: string[] = []
  /** Refunds that were answered with 200 for the first time. */
  readonly refunded = new Map<string, RefundView>()
  /** Intents that were answered to be paid. */
  readonly paid = new Set<string>()
  /** What was answered under a key, and when: kept for three days. */
  readonly #kept = new Map<string, { asked: string; text: string; at: number }>()
  #plan: { customer_id: string; plan_id: string } | undefined

  constructor(app: TestApp) {
    this.#app = app
  }

  async #ask<T>(
    path: string,
    body: unknown,
    { keyed = true, idempotencyKey = '' } = {},
  ): Promise<Answer<T & ErrorBody>> {
    const began = this.#app.clock.at.getTime()
    const known = idempotencyKey ? this.#kept.get(idempotencyKey) : undefined
    const answer = await this.#app.post<T & ErrorBody>(path, body, {
      ...(keyed && { 'X-Api-Key': apiKey }),
      ...(idempotencyKey && { 'Idempotency-Key': idempotencyKey }),
    })
    expect(answer.status, answer.text).toBeLessThan(500)
    expect([200, 201, 202, 400, 402, 409, 422], answer.text).toContain(answer.status)
    if (!idempotencyKey) return answer
    const asked = `${path} ${JSON.stringify(body)}`
    if (known && began - known.at < 72 * 3_600_000 && this.#app.clock.at.getTime() === began) {
      if (known.asked === asked) expect(answer.text, `repeated ${asked}`).toBe(known.text)
      else expect([answer.status, answer.body.error?.code]).toEqual([422, 'idempotency_key_reused'])
    }
    if (answer.status < 300 || answer.status === 402)
      this.#kept.set(idempotencyKey, { asked, text: answer.text, at: began })
    return answer
  }

  async take(one: Step): Promise<void> {
    const pick = <T>(from: readonly T[], n: number): T | undefined => from[n % Math.max(from.length, 1)]
    switch (one.does) {
      case 'session':
      case 'hosted': {
        const order = {
          amount: `${(one.amount / 100).toFixed(2)}`,
          currency: 'USD',
          return_url: 'https://shop.example/',
        }
        if (one.does === 'session') {
          this.#sessions.push((await this.#ask<{ session_id: string }>('/v1/payments/session', order)).body.session_id)
          return
        }
        const { body } = await this.#ask<{ id: string; redirect_url: string }>('/v1/payments/', order)
        this.#payments.push(body.id)
        this.#sessions.push(body.redirect_url.split('/').at(-1)!)
        return
      }
      case 'subscribe': {
        const { body } = await this.#ask<{ id: string; checkout_url: string }>('/v1/subscriptions', await this.#offer())
        this.#subscriptions.push(body.id)
        this.#planSessions.push(body.checkout_url.split('/').at(-1)!)
        return
      }
      case 'planSession': {
        const { plan_id: price_id } = await this.#offer()
        const order = {
          amount: '9.90',
          currency: 'USD',
          return_url: 'https://shop.example/',
          mode: 'subscription',
          price_id,
        }
        const { body } = await this.#ask<{ session_id: string }>('/v1/payments/session', order)
        this.#planSessions.push(body.session_id)
        return
      }
      case 'intent': {
        const session = pick([...this.#sessions, ...this.#planSessions], one.nth)
        if (!session) return
        const path = this.#sessions.includes(session) ? 'intent' : 'subscription'
        const { status, body } = await this.#ask<NewIntentView>(
          `/v1/payments/${path}`,
          { session_id: session, email: 'ana@example.com' },
          { keyed: false },
        )
        if (status === 201 && !this.#intents.some((known) => known.id === body.id)) this.#intents.push(body)
        return
      }
      case 'pay': {
        const intent = pick(this.#intents, one.nth)
        if (!intent) return
        const answer = await this.#ask<{ status: string; payment_id: string }>(
          `/v1/payments/intent/${intent.id}/confirm`,
          {
            client_secret: intent.client_secret,
            card: { number: cards[one.card], exp_month: 12, exp_year: 2034, cvc: '123' },
          },
          { keyed: false, idempotencyKey: one.key === null ? '' : `pay ${intent.id} ${one.key}` },
        )
        const { status, payment_id: payment } =
          answer.status === 200 ? answer.body : (answer.body.error.payment_intent ?? (answer.body as never))
        if (status === 'succeeded') this.paid.add(intent.id)
        if (payment && !this.#payments.includes(payment)) this.#payments.push(payment)
        return
      }
      case 'refund': {
        const payment = pick(this.#payments, one.nth)
        if (!payment) return
        const named = { all: undefined, part: 1, 'too much': 2001 } as const
        const amount = typeof one.amount === 'number' ? one.amount : named[one.amount]
        const answer = await this.#ask<RefundView>(
          '/v1/refunds',
          { payment_id: payment, ...(amount !== undefined && { amount }) },
          { idempotencyKey: one.key === null ? '' : `refund ${one.key}` },
        )
        if (one.amount === 'too much') expect(answer.status).not.toBe(200)
        if (answer.status !== 200) return
        if (answer.headers.get('idempotent-replayed')) expect(this.refunded.get(answer.body.id)).toBeDefined()
        else {
          expect(this.refunded.get(answer.body.id)).toBeUndefined()
          this.refunded.set(answer.body.id, answer.body)
        }
        return
      }
      case 'expire': {
        const session = pick([...this.#sessions, ...this.#planSessions], one.nth)
        if (session) await this.#ask(`/v1/payments/session/${session}/expire`, {})
        return
      }
      case 'cancel': {
        const intent = pick(this.#intents, one.nth)
        if (intent) await this.#ask(`/v1/payments/intent/${intent.id}/cancel`, {})
        return
      }
      case 'cancelSubscription': {
        const subscription = pick(this.#subscriptions, one.nth)
        if (subscription) await this.#ask(`/v1/subscriptions/${subscription}/cancel`, {})
        return
      }
      case 'wait':
        this.#app.clock.at = new Date(this.#app.clock.at.getTime() + one.seconds * 1000)
        return
      case 'sweep':
        return sweep(this.#app.deps)
      case 'sweepRefunds':
        return sweepRefunds(this.#app.deps)
    }
  }

  async #offer(): Promise<{ customer_id: string; plan_id: string }> {
    if (this.#plan) return this.#plan
    const customer = await this.#ask<{ id: string }>('/v1/customers', { email: 'ana@example.com' })
    const product = await this.#ask<{ id: string }>('/v1/products', { name: 'Café' })
    const plan = await this.#ask<{ id: string }>('/v1/plans', {
      product_id: product.body.id,
      amount: 990,
      currency: 'USD',
      interval: 'month',
    })
    this.#plan = { customer_id: customer.body.id, plan_id: plan.body.id }
    return this.#plan
  }
}

/** What the rows say is what the shop was told. */
async function compare({ deps }: TestApp, shop: Bookkeeper): Promise<void> {
  const refunds = await deps.store.db.selectFrom('refunds').selectAll().execute()
  const told = [...shop.refunded.values()]
  expect(refunds.map((row) => row.id).toSorted()).toEqual(told.map((one) => one.id).toSorted())
  for (const row of refunds) {
    const { payment_id, amount } = shop.refunded.get(row.id)!
    expect([row.payment_id, row.amount]).toEqual([payment_id, amount])
  }
  const intents = await deps.store.db.selectFrom('intents').select('id').where('status', '=', 'succeeded').execute()
  expect(intents.map((row) => row.id).toSorted()).toEqual([...shop.paid].toSorted())
}

describe.each(databases)('any sequence of sales, refunds and endings on %s', (on: DatabaseKind) => {
  it('keeps every invariant after every turn', async () => {
    const numRuns = on === 'sqlite' ? 60 : 12
    await fc.assert(
      fc.asyncProperty(turns, async (sequence) => {
        const app = await makeApp({ on })
        try {
          const shop = new Bookkeeper(app)
          for (const steps of sequence) {
            await Promise.all(steps.map((one) => shop.take(one)))
            await checkInvariants(app.deps.store.db)
          }
          await compare(app, shop)
          // Once time has done its part, nothing is left under way.
          app.clock.at = new Date(app.clock.at.getTime() + 48 * 3_600_000)
          await sweep(app.deps)
          await sweepRefunds(app.deps)
          await checkInvariants(app.deps.store.db)
          const { db } = app.deps.store
          expect(await db.selectFrom('refunds').select('id').where('status', '=', 'pending').execute()).toEqual([])
          expect(await db.selectFrom('refunds').select('id').where('check_at', 'is not', null).execute()).toEqual([])
          expect(await db.selectFrom('sessions').select('id').where('status', '=', 'open').execute()).toEqual([])
          expect(
            app.logged.filter((line) =>
              /request failed|what was due could not be done|an attempt could not be looked up/.test(line),
            ),
          ).toEqual([])
        } finally {
          await app.deps.store.close()
        }
      }),
      // A failure is made smaller for as long; then it is told as it is by then.
      { numRuns, interruptAfterTimeLimit: 60_000 },
    )
  }, 120_000)
})

describe.each(databases)('refunds at once on %s', (on) => {
  let app: TestApp | undefined
  afterEach(async () => {
    if (!app) return
    expect(app.logged.filter((line) => line.includes('request failed'))).toEqual([])
    await checkInvariants(app.deps.store.db)
    await app.deps.store.close()
    app = undefined
  })

  const pay = async (amount: string, number: string = cards.good): Promise<string> => {
    app = await makeApp({ on })
    const paid = await app.confirm(await app.openIntent({ amount, currency: 'USD' }), { number })
    return paid.body.payment_id!
  }
  const refund = (payment: string, amount?: number, idempotencyKey?: string) =>
    app!.post<RefundView & ErrorBody>(
      '/v1/refunds',
      { payment_id: payment, ...(amount !== undefined && { amount }) },
      { 'X-Api-Key': apiKey, ...(idempotencyKey !== undefined && { 'Idempotency-Key': idempotencyKey }) },
    )
  const amongst = (answers: Answer<ErrorBody>[]) => {
    const count: Record<string, number> = {}
    for (const { status, body } of answers) {
      const what = `${status} ${body.error?.code ?? 'refunded'}`
      count[what] = (count[what] ?? 0) + 1
    }
    return count
  }

  it('100 of 10 on a payment of 500: fifty succeed, fifty are told that nothing is left', async () => {
    const payment = await pay('5.00')
    const answers = await Promise.all(Array.from({ length: 100 }, () => refund(payment, 10)))
    expect(amongst(answers)).toEqual({ '200 refunded': 50, '400 charge_already_refunded': 50 })
    expect((await app!.readPayment(payment)).body).toMatchObject({ status: 'refunded', amount_refunded: '5.00' })
  })

  it('100 of 7 on a payment of 500: 71 succeed, the others are told how much is left', async () => {
    const payment = await pay('5.00')
    const answers = await Promise.all(Array.from({ length: 100 }, () => refund(payment, 7)))
    expect(amongst(answers)).toEqual({ '200 refunded': 71, '422 amount_too_large': 29 })
    for (const { status, body } of answers) if (status === 422) expect(body.content).toMatch(/\b3\b/)
  })

  it('30 of everything: one succeeds', async () => {
    const payment = await pay('5.00')
    const answers = await Promise.all(Array.from({ length: 30 }, () => refund(payment)))
    expect(amongst(answers)).toEqual({ '200 refunded': 1, '400 charge_already_refunded': 29 })
  })

  it('30 with one key: one refund, told thirty times', async () => {
    const payment = await pay('5.00')
    const answers = await Promise.all(Array.from({ length: 30 }, () => refund(payment, 10, 'one')))
    const done = answers.filter((answer) => answer.status === 200)
    expect(new Set(done.map((answer) => answer.text)).size).toBe(1)
    for (const { status, body } of answers) if (status !== 200) expect(body.error.code).toBe('idempotency_key_in_use')
    expect(await app!.deps.store.db.selectFrom('refunds').selectAll().execute()).toHaveLength(1)
  })

  it('while others fail: what failed can be given back again, and never more than was paid', async () => {
    const payment = await pay('5.00', cards.refundsFail)
    const first = await Promise.all(Array.from({ length: 40 }, () => refund(payment, 20)))
    expect(amongst(first)).toEqual({ '200 refunded': 25, '400 charge_already_refunded': 15 })
    app!.clock.at = new Date(app!.clock.at.getTime() + 3000)
    const [second] = await Promise.all([
      Promise.all(Array.from({ length: 40 }, () => refund(payment, 20))),
      sweepRefunds(app!.deps),
      sweepRefunds(app!.deps),
    ])
    for (const { status } of second) expect([200, 400]).toContain(status)
    await sweepRefunds(app!.deps)
    const rows = await app!.deps.store.db
      .selectFrom('refunds')
      .select('status')
      .where(
        'id',
        'in',
        first.filter((one) => one.status === 200).map((one) => one.body.id),
      )
      .execute()
    expect(new Set(rows.map((row) => row.status))).toEqual(new Set(['failed']))
    expect(rows).toHaveLength(25)
  })
})
