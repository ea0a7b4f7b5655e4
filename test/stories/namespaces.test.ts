/** Namespaces: parts of an account's test data that see nothing of each other, nor of the account itself. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { selectAccounts } from '../../server/store/accounts.ts'
import type { NewIntentView } from '../../server/contract/checkout.ts'
import type { ErrorBody } from '../../server/contract/errors.ts'
import type { EventView } from '../../server/contract/events.ts'
import type { TestClockView } from '../../server/contract/resources.ts'
import { openDelivery } from '../../server/webhooks/deliver.ts'
import { databases } from '../support/databases.ts'
import { legacyOperations, sendLegacy } from '../support/legacy-operations.ts'
import { legacyShopOf, type LegacyKind, type LegacyShop, Named } from '../support/legacy-shop.ts'
import { apiKey, makeApp, shopOrigin, type TestApp } from '../support/make-app.ts'
import { operationsOf } from '../support/operations.ts'
import { type Asked, namedBy, rightRequests, send } from '../support/right-requests.ts'
import { type Kind, shopOf } from '../support/shop.ts'
import type { Tenant } from '../support/tenants.ts'
import { within } from '../support/within.ts'

const key = { 'X-Api-Key': apiKey }
const me: Tenant = { name: 'mine', accountId: 'acct_sandbox', live: false, key: apiKey }
const kinds = [
  'customer',
  'product',
  'plan',
  'link',
  'session',
  'intent',
  'payment',
  'refund',
  'subscription',
  'invoice',
  'event',
  'endpoint',
  'delivery',
  'switch',
  'drill',
] as const satisfies Kind[]
const legacyKinds = ['customer', 'charge', 'plan', 'subscription', 'refund'] as const satisfies LegacyKind[]

describe.each(databases)('two namespaces and their account on %s', (on) => {
  let app: TestApp
  let parts: TestApp[]
  const objects = new Map<TestApp, Record<Kind, string>>()
  beforeAll(async () => {
    app = await makeApp({ on })
    parts = [app, within(app, 'first'), within(app, 'second')]
    for (const part of parts) {
      const { one } = shopOf(part, me)
      const made: Partial<Record<Kind, string>> = {}
      for (const kind of kinds) made[kind] = await one(kind)
      objects.set(part, made as Record<Kind, string>)
    }
  })
  afterAll(() => app.deps.store.close())

  it('list nothing of each other', async () => {
    const lists = (await operationsOf(app)).filter(
      (one) => one.id.startsWith('list') && one.id !== 'listSandboxNamespaces',
    )
    expect(lists.length).toBeGreaterThan(10)
    for (const operation of lists) {
      const ids: string[] = []
      for (const part of parts) {
        await rightRequests[operation.id]!(shopOf(part, me))
        const answer = await send<{ items: { id: string }[]; total_items?: number }>(
          part,
          operation,
          { query: operation.query['limit'] ? { limit: '100' } : {} },
          { key: apiKey },
        )
        const { items, total_items = items.length } = answer.body
        expect([items.length > 0, total_items], operation.id).toEqual([true, items.length])
        ids.push(...new Set(items.map((item) => item.id)))
      }
      expect(new Set(ids).size, operation.id).toBe(ids.length)
    }
  })

  it('know nothing by the ids of each other', async () => {
    let walked = 0
    for (const operation of (await operationsOf(app)).filter((one) => one.keyed)) {
      const fields = Object.keys(operation.body?.properties ?? {}).filter((field) => field.endsWith('_id'))
      for (const place of [...operation.pathParameters, ...fields]) {
        // Namespaces are the account's, whichever of them is asked from.
        if (place === 'name') continue
        const kind = namedBy(operation, place)
        for (const part of parts) {
          const asked = await rightRequests[operation.id]!(shopOf(part, me))
          for (const other of parts.filter((one) => one !== part)) {
            const id = objects.get(other)![kind]
            const foreign: Asked = operation.pathParameters.includes(place)
              ? { ...asked, path: { ...asked.path, [place]: id } }
              : {
                  ...asked,
                  body: { ...asked.body, ...(place === 'price_id' && { mode: 'subscription' }), [place]: id },
                }
            const answer = await send(part, operation, foreign, { key: apiKey })
            expect(answer.status, `${operation.id} with another's ${place}`).toBe(404)
            walked++
          }
        }
      }
    }
    expect(walked).toBeGreaterThan(100)
  })

  it('know nothing of each other on the legacy face either', async () => {
    const made = new Map<TestApp, Named[]>()
    const shops = new Map<TestApp, LegacyShop>()
    for (const part of parts) {
      // Tokens of one client: any of them would do.
      const shop = legacyShopOf(part, await app.newToken())
      shops.set(part, shop)
      const named: Named[] = []
      for (const kind of legacyKinds) named.push(await shop.one(kind))
      made.set(part, named)
    }
    let walked = 0
    for (const operation of legacyOperations.filter((one) => one.path.includes('{'))) {
      for (const part of parts) {
        const shop = shops.get(part)!
        const asked = await operation.right(shop)
        const [field, own] = Object.entries(asked.path ?? {})[0] ?? []
        if (field === undefined || !(own instanceof Named)) continue
        for (const other of parts.filter((one) => one !== part)) {
          const foreign = made.get(other)!.find(({ kind }) => kind === own.kind)!
          for (const [nth, name] of foreign.names.entries()) {
            // Each account counts its own from one: such a number names one of its own.
            if (typeof name === 'number') continue
            const answer = await sendLegacy(
              part,
              operation,
              { ...asked, path: { [field]: foreign } },
              { token: shop.token, nth },
            )
            expect(answer.status, `${operation.id}: ${name}`).toBe(404)
            walked++
          }
        }
      }
    }
    expect(walked).toBeGreaterThan(20)
    const keys: string[] = []
    for (const part of parts) {
      const listed = await part.ask<{ key: string }[]>('/v1/accounts/customers/', {
        headers: { Authorization: `bearer ${shops.get(part)!.token}` },
      })
      expect(listed.body.length).toBeGreaterThan(0)
      keys.push(...listed.body.map((one) => one.key))
    }
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('have idempotency keys, clocks and webhooks of their own', async () => {
    const ids = new Set<string>()
    for (const part of parts) {
      const again = { ...key, 'Idempotency-Key': 'the same' }
      const answer = await part.post<{ id: string }>('/v1/customers', { email: 'ana@example.com' }, again)
      expect([answer.status, answer.headers.get('idempotent-replayed')]).toEqual([200, null])
      ids.add(answer.body.id)
    }
    expect(ids.size).toBe(3)

    const [account, first, second] = parts as [TestApp, TestApp, TestApp]
    await first.post('/v1/test-clock', { now: '2027-03-01T00:00:00Z' }, key)
    const nowIn = async (part: TestApp) => (await part.ask<TestClockView>('/v1/test-clock', { headers: key })).body.now
    expect([await nowIn(account), await nowIn(first), await nowIn(second)]).toEqual([
      '2026-11-20T12:00:00.000Z',
      '2027-03-01T00:00:00.000Z',
      '2026-11-20T12:00:00.000Z',
    ])
    await first.post('/v1/test-clock/reset', {}, key)

    const sent: { to: string; event: EventView }[] = []
    const delivery = openDelivery(
      app.deps,
      ({ body }, endpoint) => {
        sent.push({ to: endpoint.id, event: JSON.parse(body) as EventView })
        return Promise.resolve({ ms: 1, httpStatus: 200, error: null, response: null, retryAfterMs: null })
      },
      () => app.clock.at,
    )
    await delivery.round()
    await delivery.idle()
    sent.length = 0
    const endpoints: string[] = []
    for (const part of parts) {
      const wanted = { url: 'https://shop.example/each', events: ['customer.*'] }
      endpoints.push((await part.post<{ id: string }>('/v1/webhook-endpoints', wanted, key)).body.id)
    }
    const customers: string[] = []
    for (const part of parts) {
      customers.push((await part.post<{ id: string }>('/v1/customers', { email: 'eva@example.com' }, key)).body.id)
    }
    await delivery.round()
    await delivery.idle()
    const heard = endpoints.map((id) => sent.filter((one) => one.to === id).map((one) => one.event.object_id))
    expect(heard).toEqual(customers.map((id) => [id]))
  })

  it('are no accounts: neither lists nor keys know them, and buyers read the name of the account as it is now', async () => {
    expect((await selectAccounts(app.deps.store.db)).map(({ id }) => id)).toEqual(['acct_sandbox'])
    const { session } = objects.get(parts[1]!)!
    const row = await app.deps.store.db
      .selectFrom('sessions')
      .select('account_id')
      .where('id', '=', session)
      .executeTakeFirstOrThrow()
    expect(row.account_id).not.toBe('acct_sandbox')
    await expect(app.newKey({ accountId: row.account_id })).rejects.toThrow('There is no account')
    await expect(app.newClient({ accountId: row.account_id })).rejects.toThrow('There is no account')

    const shown = async () => {
      const answer = await app.ask<{ merchant: { name: string } }>(`/v1/payments/session/${session}`, {
        headers: { Origin: shopOrigin },
      })
      return [answer.body.merchant.name, answer.headers.get('access-control-allow-origin')]
    }
    expect(await shown()).toEqual(['Tostadora', shopOrigin])
    await app.deps.store.db.updateTable('accounts').set({ name: 'Otra' }).where('id', '=', 'acct_sandbox').execute()
    app.clock.at = new Date(app.clock.at.getTime() + 1000)
    expect(await shown()).toEqual(['Otra', shopOrigin])
  })

  it('need no header where the id of a session says whose it is', async () => {
    const made = await parts[2]!.post<{ session_id: string }>(
      '/v1/payments/session',
      { amount: '5.00', currency: 'USD', return_url: `${shopOrigin}/done` },
      key,
    )
    const intent = await app.createIntent(made.body.session_id)
    const paid = await app.confirm(intent.body as NewIntentView)
    expect(paid.status).toBe(200)
    const { payment_id: id } = paid.body as unknown as { payment_id: string }
    const statuses: number[] = []
    for (const part of parts) statuses.push((await part.ask(`/v1/payments/${id}`, { headers: key })).status)
    expect(statuses).toEqual([404, 404, 200])
  })
})

describe('X-Sandbox-Namespace', () => {
  it('takes 1 to 64 letters, digits, dots, dashes and underscores, and says so', async () => {
    const app = await makeApp()
    for (const name of ['', ' ', 'a b', 'ñ', 'a/b', 'a, b', 'x'.repeat(65)]) {
      const headers = { ...key, 'X-Sandbox-Namespace': Buffer.from(name).toString('latin1') }
      const refused = await app.ask<ErrorBody>('/v1/customers', { headers })
      expect([refused.status, refused.body.error], name).toMatchObject([
        400,
        { code: 'invalid_request', param: 'X-Sandbox-Namespace' },
      ])
      expect(refused.body.content).toContain('1 to 64')
    }
    for (const name of ['a', 'x'.repeat(64), 'CI-4.2_b']) {
      expect((await within(app, name).ask('/v1/customers', { headers: key })).status).toBe(200)
    }
  })

  it('is refused with a live key and with a live token', async () => {
    const app = await makeApp()
    const live = await app.newKey({ live: true })
    const { client, secret } = await app.newClient({ live: true })
    const token = await app.newToken({ client: { id: client.id, secret } })
    const part = within(app, 'a')
    const byKey = await part.ask<ErrorBody>('/v1/customers', { headers: { 'X-Api-Key': live } })
    expect([byKey.status, byKey.body.error.param]).toEqual([400, 'X-Sandbox-Namespace'])
    const byToken = await part.ask<{ detail: string }>('/v1/charges/', {
      headers: { Authorization: `bearer ${token}` },
    })
    expect([byToken.status, byToken.body.detail]).toEqual([400, expect.stringContaining('test data only')])
  })

  it('makes one namespace, however many ask for it first', async () => {
    const app = await makeApp({ on: 'postgres' })
    const part = within(app, 'race')
    const made = await Promise.all(
      Array.from({ length: 20 }, () => part.post('/v1/customers', { email: 'a@example.com' }, key)),
    )
    expect(made.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    const listed = await part.ask<{ total_items: number }>('/v1/customers', { headers: key })
    expect(listed.body.total_items).toBe(20)
    await app.deps.store.close()
  })

  it('makes at most a thousand of an account, and leaves those that are there', async () => {
    const app = await makeApp()
    const { db } = app.deps.store
    for (let n = 0; n < 1000; n++) {
      await db
        .insertInto('accounts')
        .values({ id: `acct_n${n}`, name: '', created_at: '', parent_id: 'acct_sandbox', namespace: `n${n}` })
        .execute()
    }
    const refused = await within(app, 'another').ask<ErrorBody>('/v1/customers', { headers: key })
    expect([refused.status, refused.body.error.param]).toEqual([400, 'X-Sandbox-Namespace'])
    expect((await within(app, 'n999').ask('/v1/customers', { headers: key })).status).toBe(200)
  })

  it('counts requests against the limit of the namespace', async () => {
    const app = await makeApp({ limits: { key: 5 } })
    const asks = async (part: TestApp) => (await part.ask('/v1/customers', { headers: key })).status
    const first = within(app, 'first')
    // The account's own bucket pays for making it.
    for (let n = 0; n < 5; n++) expect(await asks(first)).toBe(200)
    expect(await asks(first)).toBe(429)
    expect(await asks(app)).toBe(200)
  })
})
