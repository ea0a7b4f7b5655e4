/** A payment's story, what is searched and what is drawn, as the console reads them. */
import { afterEach, describe, expect, it } from 'vitest'
import { dispatch } from '../../../server/actions/webhooks.ts'
import type {
  CursorPage,
  OffsetView,
  SearchView,
  SessionSummary,
  TimelineView,
  TotalsView,
} from '../../../server/contract/console.ts'
import { wantedWords, wordsOf } from '../../../server/domain/search.ts'
import { steps } from '../../../server/store/migrations.ts'
import { databases, type DatabaseKind } from '../../support/databases.ts'
import { randomIds } from '../../../server/ids.ts'
import { apiKey, makeApp, type TestApp } from '../../support/make-app.ts'

let shop: TestApp
afterEach(() => shop.deps.store.close())

async function get<T>(path: string, key = apiKey): Promise<T> {
  const answer = await shop.ask<T>(`/console/api${path}`, { headers: { 'X-Api-Key': key, 'X-Console': '1' } })
  expect(answer.status, answer.text).toBe(200)
  return answer.body
}
/** What the server does five times a second. */
const settle = () => dispatch(shop.deps, () => '{}')

async function pay(change: Record<string, unknown> = {}, card: Record<string, unknown> = {}): Promise<string> {
  const intent = await shop.openIntent(change)
  const { body } = await shop.confirm(intent, card)
  return body.payment_id ?? body.error.payment_intent!.payment_id!
}
const declined = { number: '4000000000000002' }

async function open(on: DatabaseKind) {
  const at = new Date('2026-11-20T12:00:00.000Z')
  // Ids as in production: each millisecond has its own beginning.
  let ms = at.getTime()
  shop = await makeApp({ on, records: true, ids: (prefix) => randomIds(() => new Date(ms++))(prefix) })
}

describe.each(databases)('the console on %s', (on) => {
  it('tells the story of a payment in the order in which it happened', async () => {
    await open(on)
    const key = { 'X-Api-Key': apiKey }
    const url = 'http://localhost:4243/hooks'
    await shop.post('/v1/webhook-endpoints/', { url, events: ['payment.*'] }, key)
    const intent = await shop.openIntent({ description: 'Pedido 42' })
    await shop.confirm(intent, declined)
    const { body: paid } = await shop.confirm(intent)
    await shop.post(`/v1/refunds/`, { payment_id: paid.payment_id, amount: 250_000, reason: 'late' }, key)
    await settle()
    await shop.deps.recorder!.flush()
    const story = await get<TimelineView>(`/payments/${paid.payment_id}/timeline`)
    expect(story.payment).toMatchObject({ status: 'partially_refunded', amount_refunded: '2500.00' })
    expect(story.session).toMatchObject({ id: intent.session_id, status: 'complete', description: 'Pedido 42' })
    expect(story.intent).toMatchObject({ id: intent.id, status: 'succeeded', attempts: 2 })
    expect(story.refunds).toHaveLength(1)
    const told = story.entries.map((entry) => {
      switch (entry.kind) {
        case 'request':
          return `${entry.request.method} ${entry.request.route} ${entry.request.status}`
        case 'attempt':
          return `attempt ${entry.attempt.status} ${entry.attempt.card?.last4}`
        case 'event':
          return entry.event.type
        case 'delivery':
          return `delivery ${entry.event_type} ${entry.url}`
        default:
          return entry.kind
      }
    })
    expect(told.filter((line) => !line.startsWith('delivery'))).toEqual([
      'POST /v1/payments/session 201',
      'POST /v1/payments/intent 201',
      'POST /v1/payments/intent/:id/confirm 402',
      'payment.pending',
      'attempt failed 0002',
      'payment_intent.processing',
      'payment_intent.payment_failed',
      'payment.failed',
      'POST /v1/payments/intent/:id/confirm 200',
      'payment.pending',
      'attempt succeeded 4242',
      'payment_intent.processing',
      'payment_intent.succeeded',
      'payment.succeeded',
      'session.completed',
      'POST /v1/refunds 200',
      'refund',
      'payment.partially_refunded',
      'refund.created',
      'refund.updated',
    ])
    expect(told.filter((line) => line.startsWith('delivery'))).toEqual(
      ['pending', 'failed', 'pending', 'succeeded', 'partially_refunded'].map(
        (what) => `delivery payment.${what} ${url}`,
      ),
    )
  })

  it('finds payments by order number, amount, last four digits and email, and anything by its id', async () => {
    await open(on)
    const coffee = await pay({ description: 'Café Chorotega, pedido CR-1042', amount: '12500.00' })
    const tea = await pay({ description: 'Té 7', amount: '24.50', currency: 'USD' }, { number: '5555555555554444' })
    await settle()
    const hits = async (q: string) => (await get<SearchView>(`/search?q=${encodeURIComponent(q)}`)).hits
    const ids = async (q: string) => (await hits(q)).map(({ id }) => id)
    for (const q of ['CR-1042', 'cr-10', '1042', '₡12 500', '12.500,00', '12,500.00', '12500', '4242']) {
      expect(await ids(q), q).toEqual([coffee])
    }
    for (const q of ['24,50', '$24.50', '4444', '7']) expect(await ids(q), q).toEqual([tea])
    for (const q of ['café', '99', 'pay_', '%', '*4242']) expect(await ids(q), q).toEqual([])
    expect(await hits(coffee.slice(0, 14))).toContainEqual({
      kind: 'payment',
      id: coffee,
      title: 'Café Chorotega, pedido CR-1042',
      status: 'succeeded',
      amount: '12500.00',
      currency: 'CRC',
      created_at: '2026-11-20T12:00:00.000Z',
    })
    const customer = await shop.post<{ id: string }>(
      '/v1/customers/',
      { email: 'ana@example.com', name: 'Ana' },
      { 'X-Api-Key': apiKey },
    )
    const hers = await pay({ customer_id: customer.body.id })
    expect(await ids('ana@')).toEqual([hers, customer.body.id])
    expect(await ids(customer.body.id)).toEqual([customer.body.id])
    const other = await shop.newKey({ live: true })
    const view = await get<SearchView>(`/search?q=${coffee}`, other)
    expect(view.hits).toEqual([])
    expect((await get<SearchView>('/search?q=12500', other)).hits).toEqual([])
  })

  it('draws what was paid and declined, by hours and by days of the people who look', async () => {
    await open(on)
    await pay()
    await pay({ amount: '1000.00' })
    await pay({}, declined)
    shop.clock.at = new Date('2026-11-21T03:30:00.000Z')
    await pay({ amount: '0.05' }, { number: '4000000000009995' })
    await pay({ amount: '99999.99' })
    await pay({ amount: '24.50', currency: 'USD' })
    await settle()
    await settle()
    const day = await get<TotalsView>('/totals?from=2026-11-19T00:00:00Z')
    expect(day).toEqual({
      currency: 'CRC',
      currencies: ['CRC', 'USD'],
      step: 'day',
      points: [
        { at: '2026-11-19T00:00:00.000Z', succeeded: 0, amount: '0.00', declined: 0 },
        { at: '2026-11-20T00:00:00.000Z', succeeded: 2, amount: '13500.00', declined: 1 },
        { at: '2026-11-21T00:00:00.000Z', succeeded: 1, amount: '99999.99', declined: 1 },
      ],
      declines: [
        { code: 'generic_decline', count: 1 },
        { code: 'insufficient_funds', count: 1 },
      ],
    })
    const inCostaRica = await get<TotalsView>('/totals?from=2026-11-20T06:00:00Z&utc_offset=-6')
    expect(inCostaRica.points).toEqual([
      { at: '2026-11-20T06:00:00.000Z', succeeded: 3, amount: '113499.99', declined: 2 },
    ])
    const hours = await get<TotalsView>('/totals?currency=USD&step=hour&from=2026-11-21T02:10:00Z')
    expect(hours.points).toEqual([
      { at: '2026-11-21T02:00:00.000Z', succeeded: 0, amount: '0.00', declined: 0 },
      { at: '2026-11-21T03:00:00.000Z', succeeded: 1, amount: '24.50', declined: 0 },
    ])
    const headers = { 'X-Api-Key': apiKey, 'X-Console': '1' }
    const long = await shop.ask<{ content: string }>('/console/api/totals?step=hour&from=2024-01-01T00:00:00Z', {
      headers,
    })
    expect([long.status, long.body.content]).toEqual([
      422,
      'from and to are more than 800 steps apart: ask for a shorter time, or for days',
    ])
  })

  it('lists sessions, and says where in the list of payments a day begins', async () => {
    await open(on)
    const first = await pay()
    const { body: waiting } = await shop.createSession()
    shop.clock.at = new Date('2026-11-20T18:00:00.000Z')
    await pay()
    const { items, has_more } = await get<CursorPage<SessionSummary>>('/sessions?limit=2')
    expect([items.map(({ status }) => status), has_more]).toEqual([['complete', 'open'], true])
    expect(items[1]).toMatchObject({ id: waiting.session_id, amount: '12500.00', checkout_url: waiting.checkout_url })
    const next = await get<CursorPage<SessionSummary>>(`/sessions?limit=2&before=${items[1]!.id}`)
    expect([next.items.length, next.has_more, next.next]).toEqual([1, false, null])
    const open_ = await get<CursorPage<SessionSummary>>('/sessions?status=open')
    expect(open_.items.map(({ id }) => id)).toEqual([waiting.session_id])
    const offset = async (until: string) => (await get<OffsetView>(`/payments/offset?until=${until}`)).offset
    expect(await offset('2026-11-20T12:00:00Z')).toBe(1)
    expect(await offset('2026-11-20T18:00:00Z')).toBe(0)
    expect(await offset('2026-11-20T11:59:59Z')).toBe(2)
    expect(await offset('2026-11-20T12:00:00Z&status=succeeded')).toBe(1)
    expect(await offset('2026-11-20T11:59:59Z&status=failed')).toBe(0)
    const { body } = await shop.ask<{ items: { id: string }[] }>('/v1/payments/?limit=1&offset=1', {
      headers: { 'X-Api-Key': apiKey },
    })
    expect(body.items[0]!.id).toBe(first)
  })

  it('counts and finds what was paid before it was there', async () => {
    await open(on)
    await pay({ description: 'Pedido 42' })
    await pay({ amount: '10.00' }, declined)
    await settle()
    const tables = ['payment_totals', 'decline_totals', 'payment_words'] as const
    const read = async () =>
      Promise.all(
        tables.map(async (table) => {
          const rows = await shop.deps.store.db.selectFrom(table).selectAll().execute()
          return rows.map((row) => JSON.stringify(row, Object.keys(row).toSorted())).toSorted()
        }),
      )
    const counted = await read()
    expect(counted.map((rows) => rows.length)).toEqual([1, 1, 5])
    const { db } = shop.deps.store
    for (const table of tables) await db.schema.dropTable(table).execute()
    for (const table of ['requests', 'request_objects']) await db.schema.dropTable(table).execute()
    for (const index of ['events_of_object', 'sessions_of_account', 'customers_by_email']) {
      await db.schema.dropIndex(index).execute()
    }
    await steps['0011_console']!.up(db)
    expect(await read()).toEqual(counted)
  })
})

describe('words that payments are found by', () => {
  it('are those of a description with a digit in them, the amount, and the last four digits', () => {
    const of = { amount: 1250, currency: 'CRC', last4: '4242' }
    expect(wordsOf({ ...of, description: 'Pedido N.º 42-b / CAFÉ7, 1 kg (a1) b2 c3' })).toEqual([
      '42-b',
      '42',
      'cafe7',
      '1',
      '=12.50',
      '*4242',
    ])
    expect(wordsOf({ ...of, description: null, currency: 'JPY', last4: null })).toEqual(['=1250'])
  })

  it('are wanted as people write amounts', () => {
    const amounts = (text: string) =>
      wantedWords(text)
        .filter(({ word }) => word.startsWith('='))
        .map(({ word }) => word)
    expect(amounts('₡12 500')).toEqual(['=12500', '=12500.'])
    expect(amounts('1.234.567,89')).toEqual(['=1234567.89'])
    expect(amounts('1,234')).toEqual(['=1234', '=1234.', '=1.234'])
    expect(amounts('0012')).toEqual(['=12', '=12.'])
    expect(amounts('12-5')).toEqual([])
  })
})

describe('a PostgreSQL database in the order of a language', () => {
  it('lists ids in the order of their moments all the same', async () => {
    await open('postgres')
    const { db } = shop.deps.store
    const row = { account_id: 'acct_sandbox', live: 0, type: 'plan.created', version: 1 } as const
    const ids = ['evt_0VQZa', 'evt_0VQZz', 'evt_0VQa0', 'evt_0VQaB', 'evt_0VQb0']
    for (const id of ids.toReversed()) {
      await db
        .insertInto('events')
        .values({ ...row, id, object_id: id, payload: '{}', created_at: '', dispatched: 1 })
        .execute()
    }
    const found = await db.selectFrom('events').select('id').where('id', '>', 'evt_0VQZz').orderBy('id').execute()
    expect(found.map(({ id }) => id)).toEqual(ids.slice(2))
  })
})
