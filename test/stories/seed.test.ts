/** A seed file becomes a shop's test data, or nothing; a reset leaves none of it. */
import { readFileSync } from 'node:fs'
import { sql } from 'kysely'
import { afterEach, describe, expect, it } from 'vitest'
import type { PaymentView } from '../../server/contract/checkout.ts'
import type { ErrorBody } from '../../server/contract/errors.ts'
import type { InvoiceView, List, SubscriptionView } from '../../server/contract/resources.ts'
import type { SeedView, SwitchView } from '../../server/contract/sandbox.ts'
import { databases } from '../support/databases.ts'
import { cardNumberIn } from '../support/card-digits.ts'
import { dumpRows } from '../support/dump-rows.ts'
import { checkInvariants } from '../support/invariants.ts'
import { apiKey, makeApp, type TestApp } from '../support/make-app.ts'
import { shopOf } from '../support/shop.ts'
import { watchRows } from '../support/watch-rows.ts'
import { within } from '../support/within.ts'

const sample = readFileSync('demo/seeds/tostadora.json', 'utf8')
const key = { 'X-Api-Key': apiKey }
const seed = (app: TestApp, file: unknown, headers: Record<string, string> = {}) =>
  app.post<SeedView & ErrorBody>('/v1/sandbox/seed', file, { ...key, ...headers })
const read = async <T>(app: TestApp, path: string): Promise<T> => (await app.ask<T>(path, { headers: key })).body

let app: TestApp
afterEach(() => app.deps.store.close())

describe.each(databases)('the sample of a shop on %s', (on) => {
  it('becomes what it says, its clock two months on', async () => {
    app = await makeApp({ on })
    const { status, body, text } = await seed(app, sample)
    expect([status, body.object, body.namespace, body.now], text).toEqual([
      201,
      'sandbox_seed',
      null,
      '2027-03-15T15:00:00.000Z',
    ])
    const stands: Record<string, string> = {}
    for (const [name, id] of Object.entries(body.payments)) {
      stands[name] = (await read<PaymentView>(app, `/v1/payments/${id}`)).status
    }
    expect(stands).toEqual({
      tarrazu: 'partially_refunded',
      second_try: 'succeeded',
      with_bank: 'refunded',
      // Nobody answers the bank, or tries another card: their sessions end after a day.
      bank_said_no: 'canceled',
      waits_for_bank: 'canceled',
      declined: 'canceled',
    })
    const begun: Record<string, unknown> = {}
    for (const [name, id] of Object.entries(body.subscriptions)) {
      const { status: now } = await read<SubscriptionView>(app, `/v1/subscriptions/${id}`)
      const { items } = await read<List<InvoiceView>>(app, `/v1/invoices?limit=100&subscription_id=${id}`)
      begun[name] = [now, items.filter((one) => one.status === 'paid').length]
    }
    // A month each, and weeks after a trial of two.
    expect(begun).toEqual({ anas_club: ['active', 3], luis_club: ['active', 3], sofias_office: ['active', 7] })
    const { customer_id, items } = await read<PaymentView>(app, `/v1/payments/${body.payments['tarrazu']}`)
    expect([customer_id, items]).toEqual([body.customers['ana'], ['Tarrazú 340 g × 1', 'Filtros × 1']])
    await checkInvariants(app.deps.store.db)
  })
})

const people = { ana: { email: 'ana@example.com' } }

describe('a seed', () => {
  it('makes endpoints that hear of the rest, and switches that it does not meet itself', async () => {
    app = await makeApp()
    const file = {
      webhook_endpoints: { shop: { url: 'https://shop.example/webhooks', events: ['customer.*'] } },
      customers: { ana: { email: 'ana@example.com' } },
      sessions: { cart: { amount: '5.00', currency: 'usd', customer: 'ana' } },
      switches: [
        { kind: 'rate_limit', times: 2, target: { session: 'cart' } },
        { kind: 'webhook_duplicate', target: { endpoint: 'shop' } },
      ],
    }
    const { status, body, text } = await seed(app, file)
    expect(status, text).toBe(201)
    const { shop } = body.webhook_endpoints
    expect(shop!.secret).toMatch(/^whsec_/)
    const { items } = await read<{ items: SwitchView[] }>(app, '/v1/sandbox/switches')
    expect(items.map(({ kind, left, target }) => [kind, left, target]).toReversed()).toEqual([
      ['rate_limit', 2, { session_id: body.sessions['cart'] }],
      ['webhook_duplicate', 1, { endpoint_id: shop!.id }],
    ])
    const waiting = await app.deps.store.db.selectFrom('events').select('type').where('dispatched', '=', 0).execute()
    expect(waiting.map(({ type }) => type)).toContain('customer.created')
    expect((await app.readSession(body.sessions['cart']!)).status).toBe(429)
  })

  it('is done once for its key, and holds no secret and no digit afterwards', async () => {
    app = await makeApp()
    const file = {
      webhook_endpoints: { shop: { url: 'https://shop.example/webhooks' } },
      payments: { first: { amount: '5.00', currency: 'USD', declined_cards: ['lost_card'], card: 'amex' } },
    }
    const once = { 'Idempotency-Key': 'seed 1' }
    const first = await seed(app, file, once)
    const again = await seed(app, file, once)
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true'])
    const { shop } = first.body.webhook_endpoints
    expect(again.body).toEqual({ ...first.body, webhook_endpoints: { shop: { ...shop, secret: null } } })
    expect((await seed(app, {}, once)).status).toBe(422)
    for (const [table, text] of Object.entries(await dumpRows(app.deps.store))) {
      expect(cardNumberIn(text), table).toBeUndefined()
      expect(text, table).not.toContain(shop!.secret!)
    }
  })

  it('lands in the namespace that it is sent to', async () => {
    app = await makeApp()
    const { body } = await seed(within(app, 'parallel-1'), sample)
    expect(body.namespace).toBe('parallel-1')
    expect((await read<List<unknown>>(app, '/v1/customers')).total_items).toBe(0)
    expect((await read<List<unknown>>(within(app, 'parallel-1'), '/v1/customers')).total_items).toBe(3)
    expect((await read<{ now: string }>(app, '/v1/test-clock')).now).toBe('2026-11-20T12:00:00.000Z')
  })

  const beans = { products: { beans: { name: 'Café' } } }
  const plan = { product: 'beans', amount: 100, currency: 'USD', interval: 'month' }
  const order = { amount: '5.00', currency: 'USD' }
  it.each<[where: string, file: object]>([
    ['plans.monthly.product', { plans: { monthly: plan } }],
    ['plans.monthly.currency', { ...beans, plans: { monthly: { ...plan, currency: 'XYZ' } } }],
    ['plans.monthly.interval', { ...beans, plans: { monthly: { ...plan, interval: 'hour' } } }],
    ['customers.ana.email', { customers: { ana: { email: 'ana' } } }],
    ['customers.an a', { customers: { 'an a': { email: 'ana@example.com' } } }],
    ['sessions.cart.customer', { sessions: { cart: { ...order, customer: 'eva' } }, customers: people }],
    ['sessions.cart.customer', { sessions: { cart: { ...order, customer: 'constructor' } } }],
    ['sessions.cart.plan', { sessions: { cart: { plan: 'monthly' } } }],
    ['sessions.cart.amount', { sessions: { cart: { ...order, amount: '5.001' } } }],
    ['sessions.cart.amount', { sessions: { cart: { currency: 'USD' } } }],
    ['sessions.cart.return_url', { sessions: { cart: { ...order, return_url: 'javascript:1' } } }],
    ['payments.first.card', { payments: { first: { ...order, card: '4242424242424242' } } }],
    ['payments.first.declined_cards.0', { payments: { first: { ...order, declined_cards: ['amex'], card: 'visa' } } }],
    ['payments.first.session', { payments: { first: { session: 'cart', card: 'visa' } } }],
    ['payments.first.challenge', { payments: { first: { ...order, card: 'visa', challenge: 'failed' } } }],
    [
      'payments.second.session',
      {
        sessions: { cart: order },
        payments: { first: { session: 'cart', card: 'visa' }, second: { session: 'cart', card: 'visa' } },
      },
    ],
    ['subscriptions.anas.plan', { customers: people, subscriptions: { anas: { customer: 'ana', plan: 'none' } } }],
    ['refunds.back.payment', { refunds: { back: { payment: 'none' } } }],
    [
      'refunds.back.payment',
      { payments: { first: { ...order, card: 'lost_card' } }, refunds: { back: { payment: 'first' } } },
    ],
    [
      'refunds.more.amount',
      {
        payments: { first: { ...order, card: 'visa' } },
        refunds: { some: { payment: 'first', amount: 400 }, more: { payment: 'first', amount: 101 } },
      },
    ],
    ['webhook_endpoints.shop.url', { webhook_endpoints: { shop: { url: 'ftp://shop.example' } } }],
    ['switches.0.target.session', { switches: [{ kind: 'delay', target: { session: 'cart' } }] }],
    [
      'switches.0.target.session',
      { sessions: { cart: order }, switches: [{ kind: 'webhook_delay', target: { session: 'cart' } }] },
    ],
    ['clock.now', { clock: { now: '2020-01-01T00:00:00Z' } }],
    ['advance.months', { advance: { months: 121 } }],
  ])('says %s of what is wrong there, and makes nothing', async (where, file) => {
    app = await makeApp()
    const written = await watchRows(app.deps.store)
    // What is right in it does not save it.
    const whole = { products: { right: { name: 'Té' } }, ...file }
    const { status, body, text } = await seed(app, whole, { 'Idempotency-Key': 'wrong' })
    expect([400, 422], text).toContain(status)
    expect(body.errors?.map(({ field }) => field)).toContain(where)
    expect(await written()).toBe(0)
  })

  it('says all that is wrong at once', async () => {
    app = await makeApp()
    const { body } = await seed(app, { plans: { a: plan, b: plan }, refunds: { c: { payment: 'd' } } })
    expect(body.errors?.map(({ field }) => field)).toEqual(['plans.a.product', 'plans.b.product', 'refunds.c.payment'])
  })

  it('is for test keys', async () => {
    app = await makeApp()
    const live = { 'X-Api-Key': await app.newKey({ live: true }) }
    expect((await app.post('/v1/sandbox/seed', {}, live)).status).toBe(403)
    expect((await app.post('/v1/sandbox/reset', {}, live)).status).toBe(403)
  })
})

describe('the document', () => {
  it('shows a file that can be sent as it stands', async () => {
    app = await makeApp()
    const [, file] = /```json\n(.+?)```/s.exec(readFileSync('docs/sandbox.md', 'utf8'))!
    const { status, text } = await seed(app, file)
    expect(status, text).toBe(201)
  })
})

describe('a reset', () => {
  it('knows every table that says whose its rows are', async () => {
    app = await makeApp()
    const { rows } = await sql<{ name: string }>`select m.name from sqlite_master as m, pragma_table_info(m.name) as c
      where m.type = 'table' and c.name = 'account_id' order by m.name`.execute(app.deps.store.db)
    // Who may ask, and what the account says of itself.
    const kept = ['account_origins', 'api_keys', 'developers', 'oauth_clients']
    const source = readFileSync('server/store/reset.ts', 'utf8')
    const unknown = rows.map(({ name }) => name).filter((name) => !source.includes(`'${name}'`))
    expect(unknown).toEqual(kept)
  })
})

describe.each(databases)('a reset on %s', (on) => {
  it('takes all of one part away, and nothing of another, of live mode or of who may ask', async () => {
    app = await makeApp({ on })
    const [first, second] = [within(app, 'first'), within(app, 'second')]
    const little = {
      customers: people,
      payments: Object.fromEntries(['a', 'b'].map((name) => [name, { amount: '5.00', currency: 'USD', card: 'visa' }])),
      advance: { days: 1 },
    }
    for (const part of [app, first, second]) {
      await seed(part, part === first ? sample : little)
      await shopOf(part, { name: 'mine', accountId: 'acct_sandbox', live: false, key: apiKey }).one('delivery')
    }
    const liveKey = await app.newKey({ live: true })
    await app.post('/v1/customers', { email: 'viva@example.com' }, { 'X-Api-Key': liveKey })
    const totals = async (part: TestApp) => ({
      customers: (await read<List<unknown>>(part, '/v1/customers')).total_items,
      payments: (await read<List<unknown>>(part, '/v1/payments/')).total_items,
      events: (await read<{ items: unknown[] }>(part, '/v1/events?limit=100')).items.length,
      endpoints: (await read<List<unknown>>(part, '/v1/webhook-endpoints')).total_items,
      deliveries: (await read<{ items: unknown[] }>(part, '/v1/webhook-deliveries')).items.length,
      now: (await read<{ now: string }>(part, '/v1/test-clock')).now,
    })
    const nothing = {
      customers: 0,
      payments: 0,
      events: 0,
      endpoints: 0,
      deliveries: 0,
      now: '2026-11-20T12:00:00.000Z',
    }
    const full = await totals(first)
    expect(full.payments).toBeGreaterThan(10)
    const others = await totals(second)
    const own = await totals(app)
    const reset = await first.post('/v1/sandbox/reset', {}, key)
    expect([reset.status, reset.body]).toEqual([200, { object: 'sandbox_reset', namespace: 'first' }])
    expect(await totals(first)).toEqual(nothing)
    expect([await totals(app), await totals(second)]).toEqual([own, others])
    await app.post('/v1/sandbox/reset', {}, key)
    expect([await totals(app), await totals(second)]).toEqual([nothing, others])
    const live = await app.ask<List<unknown>>('/v1/customers', { headers: { 'X-Api-Key': liveKey } })
    expect(live.body.total_items).toBe(1)
    await checkInvariants(app.deps.store.db)
    // It is as new: the same file can be sent with the same key.
    expect((await seed(first, little)).status).toBe(201)
    expect((await totals(first)).payments).toBe(2)
    const gone = await app.ask('/v1/sandbox/namespaces/second', { method: 'DELETE', headers: key })
    expect(gone.status).toBe(200)
    await app.post('/v1/sandbox/reset', {}, { ...key, 'X-Sandbox-Namespace': 'first' })
    // Nothing of it is left in any table.
    const { db } = app.deps.store
    for (const table of ['sessions', 'intents', 'attempts', 'refunds', 'invoices', 'lists', 'list_blocks'] as const) {
      expect(await db.selectFrom(table).selectAll().where('live', '=', 0).execute(), table).toEqual([])
    }
    for (const table of ['ledger', 'idempotency', 'webhook_attempts', 'test_clocks'] as const) {
      expect(await db.selectFrom(table).selectAll().execute(), table).toEqual([])
    }
  })
})
