/** An `Idempotency-Key` on every POST of the document: done once, answered twice. Semantics B1. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ErrorBody } from '../../../server/contract/errors.ts'
import { databases } from '../../support/databases.ts'
import { checkInvariants } from '../../support/invariants.ts'
import { makeApp, type TestApp } from '../../support/make-app.ts'
import { type Operation, operationsOf } from '../../support/operations.ts'
import { type Asked, rightRequests, send } from '../../support/right-requests.ts'
import { goodCard, type Kind, type Shop, shopOf } from '../../support/shop.ts'
import { openTenants } from '../../support/tenants.ts'

const names = (await operationsOf(await makeApp())).filter((one) => one.method === 'POST').map((one) => one.id)

const withBody = (change: Record<string, unknown>) => (_: Shop, first: Asked) => ({
  body: { ...first.body, ...change },
})
const another = (kind: Kind) => async (shop: Shop) => ({ path: { id: await shop.one(kind) } })

/** What makes a request of each operation another one. Fields that nobody documents do not: they are ignored. */
const different: Record<string, (shop: Shop, first: Asked) => Asked | Promise<Asked>> = {
  createSession: withBody({ amount: '12500.01' }),
  expireSession: async ({ session }) => ({ path: { session_id: await session() } }),
  // A session's keys are its own, so the other request with one of them is to the other operation.
  createIntent: withBody({}),
  createSubscriptionIntent: withBody({ email: 'luis@example.com' }),
  confirmIntent: withBody({ card: { ...goodCard, cvc: '124' } }),
  cancelIntent: another('intent'),
  createHostedPayment: withBody({ items: [] }),
  createCustomer: withBody({ phone: '1' }),
  createPaymentLink: withBody({ amount: 1 }),
  deactivatePaymentLink: another('link'),
  createProduct: withBody({ active: false }),
  createPlan: withBody({ interval: 'year' }),
  createSubscription: async ({ customer }, first) => ({ body: { ...first.body, customer_id: await customer() } }),
  cancelSubscription: withBody({ at_period_end: false }),
  resumeSubscription: async ({ activeSubscription }) => ({ path: { id: await activeSubscription() } }),
  createCardSession: withBody({ return_url: 'https://shop.example/' }),
  createRefund: withBody({ amount: 1 }),
  setTestClock: withBody({ frozen: false }),
  advanceTestClock: withBody({ seconds: 1 }),
  resetTestClock: withBody({}),
  createWebhookEndpoint: withBody({ events: ['*'] }),
  rotateWebhookSecret: another('endpoint'),
  pingWebhookEndpoint: another('endpoint'),
  replayWebhookDelivery: another('delivery'),
  createSandboxSwitch: withBody({ times: 2 }),
  createWebhookDrill: async ({ endpoint }) => ({ body: { endpoint_id: await endpoint() } }),
  seedSandbox: withBody({ customers: {}, payments: {}, subscriptions: {}, refunds: {} }),
  resetSandbox: withBody({}),
}

/** Requests that are the same to whoever looks at path and body: the other one is then to another operation. */
const elsewhereOf: Record<string, string> = {
  createIntent: 'createSubscriptionIntent',
  resetTestClock: 'setTestClock',
  resetSandbox: 'setTestClock',
}

/** Where nothing has to be there. */
const wrongBody: Record<string, Record<string, unknown>> = {
  setTestClock: { now: '2026-01-01T00:00:00Z' },
  seedSandbox: { refunds: { part: { payment: 'nobody' } } },
}

/** What a secret is shown in once is repeated without it. */
const unsecret = <T extends { text: string }>(answer: T): T => ({
  ...answer,
  text: answer.text.replace(/"secret":"whsec_[^"]+"/, '"secret":null'),
})

describe.each(databases)('on %s', (on) => {
  let app: TestApp
  let shop: Shop
  let operations: Map<string, Operation>

  beforeAll(async () => {
    app = await makeApp({ on })
    shop = shopOf(app, (await openTenants(app)).mine)
    operations = new Map((await operationsOf(app)).map((one) => [one.id, one]))
  })
  afterAll(async () => {
    await checkInvariants(app.deps.store.db)
    await app.deps.store.close()
  })

  const rows = async () => {
    const tables = [
      'sessions',
      'intents',
      'payments',
      'attempts',
      'events',
      'ledger',
      'customers',
      'products',
      'plans',
      'links',
      'subscriptions',
      'refunds',
      'invoices',
      'test_clocks',
      'idempotency',
      'webhook_endpoints',
      'webhook_deliveries',
      'switches',
      'drills',
    ] as const
    return Promise.all(tables.map((table) => app.deps.store.db.selectFrom(table).selectAll().execute()))
  }
  const keys = async (key: string) =>
    app.deps.store.db.selectFrom('idempotency').selectAll().where('key', '=', key).execute()

  describe.each(names)('%s', (name) => {
    const ask = (asked: Asked, key: string, headers: Record<string, string> = {}, slash = false) =>
      send<ErrorBody>(app, operations.get(name)!, asked, {
        key: shop.tenant.key,
        headers: { 'Idempotency-Key': key, ...headers },
        slash,
      })

    it('done once for its key, and answered with the same bytes in whatever language it is asked again', async () => {
      const asked = await rightRequests[name]!(shop)
      const first = unsecret(await ask(asked, `same-${name}`, { 'Accept-Language': 'es-CR' }))
      expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([operations.get(name)!.success, null])
      const before = await rows()
      app.clock.at = new Date(app.clock.at.getTime() + 1000)
      for (const language of ['es-CR', 'en', 'pt-BR']) {
        const again = await ask(asked, `same-${name}`, { 'Accept-Language': language })
        expect([again.status, again.text]).toEqual([first.status, first.text])
        expect(again.headers.get('idempotent-replayed')).toBe('true')
      }
      const reordered = asked.body && { ...asked, body: Object.fromEntries(Object.entries(asked.body).reverse()) }
      expect((await ask(reordered ?? asked, `"same-${name}"`)).text).toBe(first.text)
      expect(await rows()).toEqual(before)
    })

    it('twenty at once with one key: done once, and all that succeed say the same', async () => {
      const asked = await rightRequests[name]!(shop)
      const answers = (await Promise.all(Array.from({ length: 20 }, () => ask(asked, `race-${name}`)))).map(unsecret)
      const done = answers.filter((answer) => answer.status === operations.get(name)!.success)
      expect(new Set(done.map((answer) => answer.text)).size).toBe(1)
      expect(done.filter((answer) => answer.headers.get('idempotent-replayed') === null)).toHaveLength(1)
      for (const answer of answers) {
        if (!done.includes(answer))
          expect([answer.status, answer.body.error.code]).toEqual([409, 'idempotency_key_in_use'])
      }
      expect((await ask(asked, `race-${name}`)).text).toBe(done[0]!.text)
      expect(await keys(`race-${name}`)).toHaveLength(1)
    })

    it('refused with another request under the same key: 422, and nothing done', async () => {
      const first = await rightRequests[name]!(shop)
      const another = { ...first, ...(await different[name]!(shop, first)) }
      const elsewhere = operations.get(elsewhereOf[name] ?? name)!
      const done = unsecret(await ask(first, `other-${name}`))
      expect(done.status).toBe(operations.get(name)!.success)
      const before = await rows()
      const refused = await send<ErrorBody>(app, elsewhere, another, {
        key: shop.tenant.key,
        headers: { 'Idempotency-Key': `other-${name}` },
      })
      expect([refused.status, refused.body.error?.code]).toEqual([422, 'idempotency_key_reused'])
      expect(operations.get(name)!.faultOf(422, refused.body)).toBeUndefined()
      expect(await rows()).toEqual(before)
      expect((await ask(first, `other-${name}`)).text).toBe(done.text)
    })

    it('refused and then sent right with the same key: done', async () => {
      // Nothing of it can be wrong.
      if (name === 'resetTestClock' || name === 'resetSandbox') return
      const asked = await rightRequests[name]!(shop)
      const wrong: Asked = asked.path
        ? { ...asked, path: Object.fromEntries(Object.keys(asked.path).map((field) => [field, 'unknown'])) }
        : { ...asked, body: wrongBody[name] ?? {} }
      const refused = await ask(wrong, `mended-${name}`)
      expect(refused.status).toBeGreaterThanOrEqual(400)
      expect(await keys(`mended-${name}`)).toEqual([])
      const done = await ask(asked, `mended-${name}`)
      expect([done.status, done.headers.get('idempotent-replayed')]).toEqual([operations.get(name)!.success, null])
    })
  })

  it('a key of one operation is refused by every other one of the same account', async () => {
    const keyed = names.filter((name) => operations.get(name)!.keyed)
    const headers = { 'Idempotency-Key': 'everywhere' }
    for (const [n, name] of keyed.entries()) {
      const asked = await rightRequests[name]!(shop)
      const answer = await send<ErrorBody>(app, operations.get(name)!, asked, { key: shop.tenant.key, headers })
      expect([name, answer.status]).toEqual([name, n === 0 ? operations.get(name)!.success : 422])
    }
    expect(await keys('everywhere')).toHaveLength(1)
  })
})
