/** Accounts and modes are walls: what is behind one answers, to the byte, as what is not there. Semantics A15. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { List } from '../../../server/contract/resources.ts'
import { sandboxProcessor } from '../../../server/processors/sandbox.ts'
import { type Answer, makeApp, type TestApp } from '../../support/make-app.ts'
import { type Operation, operationsOf } from '../../support/operations.ts'
import { type Asked, namedBy, rightRequests, send } from '../../support/right-requests.ts'
import { type Kind, shopOf, testKinds } from '../../support/shop.ts'
import { openTenants, type Tenant, type Tenants } from '../../support/tenants.ts'
import { watchRows } from '../../support/watch-rows.ts'

let app: TestApp
let tenants: Tenants
let operations: Operation[]
let written: () => Promise<number>
/** An object of each kind behind each of the three walls. */
const foreign = new Map<Tenant, Record<Kind, string>>()

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
  'namespace',
  'drill',
] as const satisfies Kind[]

beforeAll(async () => {
  app = await makeApp({ liveProcessor: sandboxProcessor })
  tenants = await openTenants(app)
  operations = await operationsOf(app)
  for (const tenant of [tenants.mineLive, tenants.theirs, tenants.theirsLive]) {
    const { one } = shopOf(app, tenant)
    const objects: Partial<Record<Kind, string>> = {}
    for (const kind of kinds) if (!tenant.live || !testKinds.has(kind)) objects[kind] = await one(kind)
    foreign.set(tenant, objects as Record<Kind, string>)
  }
  written = await watchRows(app.deps.store)
})

/** Everything that a caller sees, without what names the request itself. */
const seen = ({ status, headers, text }: Answer<unknown>) => ({
  status,
  text: text.replaceAll(/req_\w+/g, 'req_'),
  headers: Object.fromEntries([...headers].filter(([name]) => name !== 'x-request-id')),
})

/** Where ids go into a request: the path, and fields of the body that are named like ids. */
const places = (operation: Operation): string[] => [
  ...operation.pathParameters,
  ...Object.keys(operation.body?.properties ?? {}).filter((field) => field.endsWith('_id')),
]

/** The same request with another id in one place. */
function withId(operation: Operation, asked: Asked, place: string, id: string): Asked {
  if (operation.pathParameters.includes(place)) return { ...asked, path: { ...asked.path, [place]: id } }
  return { ...asked, body: { ...asked.body, ...(place === 'price_id' && { mode: 'subscription' }), [place]: id } }
}

describe('an id from behind a wall', () => {
  it('answers as an unknown one wherever a key can send it', async () => {
    const mine = shopOf(app, tenants.mine)
    let walked = 0
    for (const operation of operations.filter((one) => one.keyed)) {
      for (const place of places(operation)) {
        const asked = await rightRequests[operation.id]!(mine)
        const kind = namedBy(operation, place)
        for (const [tenant, objects] of foreign) {
          if (tenant.live && testKinds.has(kind)) continue
          for (const headers of [{}, { 'Accept-Language': 'es' }, { 'Idempotency-Key': 'wall' }]) {
            const before = await written()
            const ask = async (id: string) =>
              seen(await send(app, operation, withId(operation, asked, place, id), { key: tenants.mine.key, headers }))
            const unknown = await ask(objects[kind].replace(/\d+$/, '999999'))
            expect(unknown.status, `${operation.id} with an unknown ${place}`).toBe(404)
            expect(await ask(objects[kind]), `${operation.id}: ${place} of ${tenant.name}`).toEqual(unknown)
            expect(await written()).toBe(before)
            walked++
          }
        }
      }
    }
    expect(walked).toBeGreaterThan(100)
  })

  it('is no id of another kind either', async () => {
    const mine = shopOf(app, tenants.mine)
    const own: Partial<Record<Kind, string>> = {}
    for (const kind of kinds) own[kind] = await mine.one(kind)
    for (const operation of operations) {
      for (const place of places(operation)) {
        const asked = await rightRequests[operation.id]!(mine)
        for (const kind of kinds) {
          if (kind === namedBy(operation, place)) continue
          const answer = await send(app, operation, withId(operation, asked, place, own[kind]!), {
            key: tenants.mine.key,
          })
          expect(answer.status, `${operation.id} with a ${kind} as ${place}`).toBe(404)
        }
      }
    }
  })

  it('opens nothing with the client secret of another intent', async () => {
    const mine = await shopOf(app, tenants.mine).intent()
    for (const operation of operations.filter((one) => ['getIntent', 'confirmIntent'].includes(one.id))) {
      const asked = await rightRequests[operation.id]!(shopOf(app, tenants.mine))
      const ask = async (id: string) => {
        const headers = { ...asked.headers, 'X-Client-Secret': mine.client_secret }
        const body = asked.body && { ...asked.body, client_secret: mine.client_secret }
        return seen(await send(app, operation, { path: { id }, headers, ...(body && { body }) }))
      }
      const unknown = await ask('pi_999999')
      expect(unknown.status).toBe(404)
      for (const objects of foreign.values()) expect(await ask(objects.intent)).toEqual(unknown)
    }
  })
})

describe('a list', () => {
  it('holds what is on this side of the walls, and nothing else', async () => {
    // What steers a sandbox is in no mode.
    for (const operation of operations.filter(({ id, path }) => id.startsWith('list') && !path.includes('/sandbox/'))) {
      const lists = new Map<Tenant, List<{ id: string; test: boolean }>>()
      for (const tenant of Object.values(tenants)) {
        await rightRequests[operation.id]!(shopOf(app, tenant))
        const answer = await send<List<{ id: string; test: boolean }>>(
          app,
          operation,
          { query: { limit: '100' } },
          { key: tenant.key },
        )
        lists.set(tenant, answer.body)
        expect(answer.body.items.length, operation.id).toBeGreaterThan(0)
        if ('total_items' in answer.body) expect(answer.body.total_items, operation.id).toBe(answer.body.items.length)
        for (const item of answer.body.items) expect(item.test, operation.id).toBe(!tenant.live)
      }
      const ids = [...lists.values()].flatMap((list) => [...new Set(list.items.map((item) => item.id))])
      expect(new Set(ids).size, operation.id).toBe(ids.length)
    }
  })
})

describe('an idempotency key', () => {
  it('of one account and mode is another one elsewhere', async () => {
    const operation = operations.find((one) => one.id === 'createCustomer')!
    const asked = { body: { email: 'ana@example.com' } }
    const ids = new Set<string>()
    for (const tenant of Object.values(tenants)) {
      const headers = { 'Idempotency-Key': 'the same' }
      const answer = await send<{ id: string }>(app, operation, asked, { key: tenant.key, headers })
      expect([answer.status, answer.headers.get('idempotent-replayed')]).toEqual([200, null])
      ids.add(answer.body.id)
    }
    expect(ids.size).toBe(4)
  })
})

describe('live mode without a processor', () => {
  it('keeps objects, and refuses whatever would lead to a charge', async () => {
    const poor = await makeApp()
    const { mineLive } = await openTenants(poor)
    const live = shopOf(poor, mineLive)
    expect(await live.session()).toMatch(/^cs_live_/)
    const session = await live.session()
    const planSession = await live.planSession()
    for (const [id, body] of [
      ['createIntent', { session_id: session }],
      ['createSubscriptionIntent', { session_id: planSession, email: 'ana@example.com' }],
    ] as const) {
      const operation = operations.find((one) => one.id === id)!
      const refused = await send<{ error: { code: string } }>(poor, operation, { body })
      expect([refused.status, refused.body.error.code]).toEqual([403, 'live_mode_unavailable'])
      expect(operation.faultOf(403, refused.body)).toBeUndefined()
    }
    expect(await poor.deps.store.db.selectFrom('intents').selectAll().execute()).toEqual([])
    expect(await poor.deps.store.db.selectFrom('subscriptions').selectAll().execute()).toEqual([])
  })
})
