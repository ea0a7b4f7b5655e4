/** An `Idempotency-Key` on every POST of the legacy face: done once, answered twice. Semantics B1. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyForms, type Fields } from '../../support/body-forms.ts'
import { databases } from '../../support/databases.ts'
import { checkInvariants } from '../../support/invariants.ts'
import {
  type LegacyAsked,
  type LegacyErrorBody,
  type LegacyOperation,
  legacyOperations,
  sendLegacy,
  type Way,
} from '../../support/legacy-operations.ts'
import { card, type LegacyShop, legacyShopOf, newCustomer } from '../../support/legacy-shop.ts'
import { apiKey, makeApp, type TestApp } from '../../support/make-app.ts'

const posts = legacyOperations.filter(({ method }) => method === 'POST')

/** What makes a request of each operation another one, fields that nobody knows aside: those count as well. */
const different: Record<string, Fields> = {
  'create customers': { credit_card_security_code_number: 124 },
  'create customer': { currency: 'usd' },
  createCharge: { amount: 90.33 },
  createSimpleCharge: { credit_card_number: 5_555_555_555_554_444 },
  createPlan: { interval: 'year' },
  createNamelessPlan: { amount: 300_001 },
  'subscribe by plan_id_name': { customer_key: 1 },
  'subscribe by plan_key': { customer_key: 1 },
  createRefund: { amount: 10.51 },
  createCheckout: { items: [] },
}

describe.each(databases)('on %s', (on) => {
  let app: TestApp
  let token: string
  let shop: LegacyShop

  beforeAll(async () => {
    app = await makeApp({ on })
    token = await app.newToken()
    shop = legacyShopOf(app, token)
    await shop.customer()
  })
  afterAll(async () => {
    await checkInvariants(app.deps.store.db)
    await app.deps.store.close()
  })

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
    'subscriptions',
    'refunds',
    'idempotency',
  ] as const
  const rows = () => Promise.all(tables.map((table) => app.deps.store.db.selectFrom(table).selectAll().execute()))
  const keys = (key: string) => app.deps.store.db.selectFrom('idempotency').selectAll().where('key', '=', key).execute()
  const ask = (operation: LegacyOperation, asked: LegacyAsked, key: string, way: Way = {}) =>
    sendLegacy<LegacyErrorBody>(app, operation, asked, {
      token,
      ...way,
      headers: { 'Idempotency-Key': key, ...way.headers },
    })

  describe.each(posts.map((one) => [one.id, one] as const))('%s', (id, operation) => {
    it('done once for its key, and answered with the same bytes however and in whatever language it is asked again', async () => {
      const asked = await operation.right(shop)
      const first = await ask(operation, asked, `same-${id}`, { headers: { 'Accept-Language': 'es-CR' } })
      expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([operation.status, null])
      const before = await rows()
      app.clock.at = new Date(app.clock.at.getTime() + 1000)
      for (const way of [{}, { form: bodyForms[2]! }, { form: bodyForms[4]! }, { slash: 'doubled' }] satisfies Way[]) {
        const again = await ask(operation, asked, `same-${id}`, way)
        expect([again.status, again.text]).toEqual([first.status, first.text])
        expect(again.headers.get('idempotent-replayed')).toBe('true')
      }
      const fields = Object.fromEntries(Object.entries(asked.fields!).reverse())
      expect((await ask(operation, { fields }, `"same-${id}"`)).text).toBe(first.text)
      expect(await rows()).toEqual(before)
    })

    it('ten at once with one key: done once, and all that succeed say the same', async () => {
      const asked = await operation.right(shop)
      const answers = await Promise.all(Array.from({ length: 10 }, () => ask(operation, asked, `race-${id}`)))
      const done = answers.filter((answer) => answer.status === operation.status)
      expect(new Set(done.map((answer) => answer.text)).size).toBe(1)
      expect(done.filter((answer) => answer.headers.get('idempotent-replayed') === null)).toHaveLength(1)
      for (const answer of answers) {
        if (done.includes(answer)) continue
        expect([answer.status, answer.body.error.code]).toEqual([409, 'idempotency_key_in_use'])
        expect(answer.headers.get('retry-after')).toBe('1')
      }
      expect((await ask(operation, asked, `race-${id}`)).text).toBe(done[0]!.text)
      expect(await keys(`race-${id}`)).toHaveLength(1)
    })

    it('refused with another request under the same key: 400, and nothing done', async () => {
      const first = await operation.right(shop)
      const done = await ask(operation, first, `other-${id}`)
      expect(done.status).toBe(operation.status)
      const before = await rows()
      for (const change of [different[id]!, { unknown: 1 }]) {
        const refused = await ask(operation, { fields: { ...first.fields, ...change } }, `other-${id}`)
        expect([refused.status, refused.body.error?.code, refused.body.error?.type]).toEqual([
          400,
          'idempotency_key_reused',
          'idempotency_error',
        ])
      }
      expect(await rows()).toEqual(before)
      expect((await ask(operation, first, `other-${id}`)).text).toBe(done.text)
    })

    it('refused and then sent right with the same key: done', async () => {
      const asked = await operation.right(shop)
      expect((await ask(operation, { fields: {} }, `mended-${id}`)).status).toBe(400)
      expect(await keys(`mended-${id}`)).toEqual([])
      const done = await ask(operation, asked, `mended-${id}`)
      expect([done.status, done.headers.get('idempotent-replayed')]).toEqual([operation.status, null])
    })
  })

  const operationOf = (id: string) => posts.find((one) => one.id === id)!
  const charges = async () => (await app.deps.store.db.selectFrom('attempts').selectAll().execute()).length

  it('a key of one operation is refused by every other one, and by the current API of the same account', async () => {
    for (const [n, operation] of posts.entries()) {
      const answer = await ask(operation, await operation.right(shop), 'everywhere')
      expect([operation.id, answer.status]).toEqual([operation.id, n === 0 ? operation.status : 400])
    }
    const headers = { 'X-Api-Key': apiKey, 'Idempotency-Key': 'everywhere' }
    const current = await app.post<LegacyErrorBody>('/v1/customers', { email: 'ana@example.com' }, headers)
    expect([current.status, current.body.error.code]).toEqual([422, 'idempotency_key_reused'])
    expect(await keys('everywhere')).toHaveLength(1)
  })

  it('a declined charge is declined again with the same bytes, and its card is not tried again', async () => {
    const declining = { ...card, credit_card_number: '4000000000000341' }
    const customer = await shop.customer(declining)
    const plan = await shop.plan()
    const doors: [string, Fields][] = [
      ['createSimpleCharge', { amount: 1, description: 'x', currency: 'usd', ...declining }],
      ['createCharge', { customer_key: customer, amount: 1, description: 'x' }],
      ['subscribe by plan_id_name', { customer_key: customer, plan_id_name: plan }],
    ]
    for (const [id, fields] of doors) {
      const before = await charges()
      const headers = { 'Accept-Language': 'es' }
      const first = await ask(operationOf(id), { fields }, `declined-${id}`, { headers })
      const again = await ask(operationOf(id), { fields }, `declined-${id}`)
      expect([first.status, first.body.error.code, first.headers.get('idempotent-replayed')]).toEqual([
        400,
        'card_declined',
        null,
      ])
      expect([again.status, again.text, again.headers.get('idempotent-replayed')]).toEqual([400, first.text, 'true'])
      expect(await charges()).toBe(before + 1)
    }
  })

  it('a subscription with a trial begins once, and nothing is charged for it', async () => {
    const fields = { customer_key: await shop.customer(), plan_id_name: await shop.plan({ trial_period_days: 14 }) }
    const before = await charges()
    const operation = operationOf('subscribe by plan_id_name')
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(operation, { fields }, 'trial')))
    const again = await ask(operation, { fields }, 'trial')
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true'])
    answers.push(again)
    const done = answers.filter(({ status }) => status === 201)
    expect(new Set(done.map(({ text }) => text)).size).toBe(1)
    expect(done[0]!.body['status']).toBe('trialing')
    const [customerNumber] = fields.customer_key.names
    const listed = await app.ask<{ customer: { id: number } }[]>('/v1/plans/subscriptions/', {
      headers: { Authorization: `bearer ${token}` },
    })
    expect(listed.body.filter(({ customer }) => customer.id === customerNumber)).toHaveLength(1)
    expect(await charges()).toBe(before)
  })

  it('two charges at once, one key: the card is charged once; two keys: twice', async () => {
    const fields = { amount: 1, description: 'x', currency: 'usd', ...card }
    const operation = operationOf('createSimpleCharge')
    for (const [names, times] of [
      [['one', 'one'], 1],
      [['two', 'three'], 2],
    ] as const) {
      const before = await charges()
      await Promise.all(names.map((key) => ask(operation, { fields }, key)))
      expect(await charges()).toBe(before + times)
    }
  })

  it('a card that is refused before anything is kept is looked at anew', async () => {
    const operation = operationOf('create customers')
    const wrong = { ...newCustomer, credit_card_number: '4000000000000002' }
    expect((await ask(operation, { fields: wrong }, 'anew')).body.error.code).toBe('card_declined')
    const right = await ask(operation, { fields: newCustomer }, 'anew')
    expect([right.status, right.headers.get('idempotent-replayed')]).toEqual([201, null])
  })

  it('a key on a request that changes or ends something is not looked at', async () => {
    const customer = await shop.customer()
    for (const name of ['Ana', 'Luis']) {
      const answer = await app.ask<{ name: string }>(`/v1/accounts/customer/${customer.names[0]}/`, {
        method: 'PUT',
        headers: { Authorization: `bearer ${token}`, 'Idempotency-Key': 'put' },
        body: JSON.stringify({ name }),
      })
      expect([answer.status, answer.body.name]).toEqual([200, name])
    }
    expect(await keys('put')).toEqual([])
  })
})
