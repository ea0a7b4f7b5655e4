/** Whole lists: complete, in order, however long. And what deleting a customer leaves on both faces. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newCustomer as customerOf } from '../../../server/domain/customer.ts'
import { idPrefixes } from '../../../server/ids.ts'
import { customerRows } from '../../../server/store/customers.ts'
import { databases } from '../../support/databases.ts'
import { checkInvariants } from '../../support/invariants.ts'
import { legacyShopOf } from '../../support/legacy-shop.ts'
import { apiKey, makeApp, type TestApp } from '../../support/make-app.ts'

type Customer = { id: number; key: string; name: string; email: string }
type Log = { charge_id: string; customer: Customer | null; charge_log: { description: string; amount: number } }
type Page = { items: { id: string; email: string }[]; total_items: number }

const count = 1300
const by = { accountId: 'acct_sandbox', live: false }

describe.each(databases)('on %s', (on) => {
  let app: TestApp
  let token: string
  beforeAll(async () => {
    app = await makeApp({ on })
    token = await app.newToken()
    const card = { brand: 'visa', last4: '4242', expMonth: 12, expYear: 2034, token: 'tc_visa' } as const
    await app.deps.store.transact(async (tx) => {
      for (let n = 1; n <= count; n++) {
        const wanted = {
          name: `Cliente ${n}`,
          email: `c${n}@example.com`,
          description: null,
          phone: null,
          currency: 'CRC',
        }
        const id = app.deps.newId(idPrefixes.customer)
        await customerRows.insert(
          tx,
          customerOf(wanted, { id, by, now: app.deps.now(), number: await customerRows.nextNumber(tx, by) }, card),
        )
      }
    })
  }, 60_000)
  afterAll(() => app.deps.store.close())

  const headers = () => ({ Authorization: `bearer ${token}` })
  const get = async <T>(path: string) => (await app.ask<T>(path, { headers: headers() })).body
  const remove = async (path: string) => (await app.ask(path, { method: 'DELETE', headers: headers() })).status
  const numbers = (customers: Customer[]) => customers.map(({ id }) => id)
  const allBut = (...gone: number[]) => Array.from({ length: count }, (_, n) => n + 1).filter((n) => !gone.includes(n))

  it('1,300 customers arrive in one array, in the order in which they came, in parts', async () => {
    const answer = await app.app.request('/v1/accounts/customers/', { headers: headers() })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json'])
    const parts: string[] = []
    for await (const part of answer.body!) parts.push(Buffer.from(part).toString())
    expect(parts.length).toBeGreaterThan(2)
    const customers = JSON.parse(parts.join('')) as Customer[]
    expect(numbers(customers)).toEqual(allBut())
    expect(customers[1299]).toMatchObject({ name: 'Cliente 1300', email: 'c1300@example.com' })
    expect(new Set(customers.map(({ key }) => key)).size).toBe(count)
    expect(await get('/v1/accounts/customer/')).toEqual(customers)
  })

  it('a HEAD request for it reads nothing on', async () => {
    const answer = await app.ask('/v1/accounts/customers/', { method: 'HEAD', headers: headers() })
    expect([answer.status, answer.text]).toEqual([200, ''])
  })

  it('a client that hangs up in the middle leaves a server that goes on', async () => {
    const answer = await app.app.request('/v1/accounts/customers/', { headers: headers() })
    const reader = answer.body!.getReader()
    await reader.read()
    await reader.cancel()
    expect(await get<Customer[]>('/v1/accounts/customers/')).toHaveLength(count)
  })

  it('deleted ones are missing, at the edges of the parts too, and the current API counts the same', async () => {
    const gone = [1, 2, 499, 500, 501, 502, 999, 1000, 1001, 1299, 1300]
    for (const number of gone) expect(await remove(`/v1/accounts/customer/${number}/`)).toBe(204)
    const customers = await get<Customer[]>('/v1/accounts/customers/')
    expect(numbers(customers)).toEqual(allBut(...gone))
    for (const number of gone) expect(await remove(`/v1/accounts/customer/${number}/`)).toBe(404)

    const emails: string[] = []
    for (let offset = 0; ; offset += 100) {
      const page = await app.ask<Page>(`/v1/customers?limit=100&offset=${offset}`, { headers: { 'X-Api-Key': apiKey } })
      expect([page.status, page.body.total_items]).toEqual([200, count - gone.length])
      if (page.body.items.length === 0) break
      emails.push(...page.body.items.map(({ email }) => email))
    }
    expect(emails).toEqual(customers.map(({ email }) => email).toReversed())
  })

  it('whole parts of which nothing is left are no end', async () => {
    const { store } = app.deps
    const first = await customerRows.after(store.db, by, 0, 600)
    await store.transact(async (tx) => {
      for (const { value } of first) {
        await customerRows.replace(tx, value, { ...value, status: 'deleted', version: value.version + 1 })
      }
    })
    const customers = await get<Customer[]>('/v1/accounts/customers/')
    expect(customers).toHaveLength(count - 11 - 600)
    expect(customers[0]!.id).toBeGreaterThan(600)
  })
})

describe.each(databases)('a customer who is deleted, on %s', (on) => {
  it('leaves payments without a name, subscriptions that have ended, and lists that agree', async () => {
    const app = await makeApp({ on })
    const token = await app.newToken()
    const shop = legacyShopOf(app, token)
    const headers = { Authorization: `bearer ${token}` }
    const get = <T>(path: string) => app.ask<T>(path, { headers })
    const current = async <T>(path: string) => (await app.ask<T>(path, { headers: { 'X-Api-Key': apiKey } })).body
    const [leaving, staying] = [await shop.customer({ email: 'ana@example.com' }), await shop.customer()]
    const charges: string[] = []
    for (const [of, description] of [
      [leaving, 'a'],
      [staying, 'b'],
      [leaving, 'c'],
    ] as const) {
      charges.push(String((await shop.customerCharge(of, { description })).names[0]))
    }
    const [first, trial, kept] = [
      await shop.subscription(leaving),
      await shop.subscription(leaving, await shop.plan({ trial_period_days: 7 })),
      await shop.subscription(staying),
    ]
    const refund = await app.post('/v1/refunds/', { charge_id: charges[0], amount: 10 }, headers)
    expect(refund.status).toBe(201)
    const logsBefore = (await get<Log[]>('/v1/charges/logs/')).body
    const own = (await get<Log[]>(`/v1/charges/logs/?customer=${leaving.names[0]}`)).body
    expect((await get<Log[]>(`/v1/charges/logs/?customer=${leaving.names[1]}`)).body).toEqual(own)
    expect(own.map(({ charge_log }) => charge_log.description)).toEqual(['a', 'c', ''])
    for (const { customer } of own) expect(customer?.id).toBe(leaving.names[0])

    const deleted = await app.ask(`/v1/accounts/customer/${leaving.names[1]}/`, { method: 'DELETE', headers })
    expect(deleted.status).toBe(204)

    for (const name of leaving.names) {
      expect((await get(`/v1/accounts/customer/${name}/`)).status).toBe(404)
      expect((await get(`/v1/charges/logs/?customer=${name}`)).status).toBe(404)
      const charge = await app.post('/v1/charges/create/', { customer_key: name, amount: 1, description: 'x' }, headers)
      expect(charge.status).toBe(404)
    }
    const logs = (await get<Log[]>('/v1/charges/logs/')).body
    const isOwn = (log: Log) => own.some(({ charge_id }) => charge_id === log.charge_id)
    expect(logs).toEqual(logsBefore.map((log) => (isOwn(log) ? { ...log, customer: null } : log)))
    expect((await get<Log>(`/v1/charges/logs/${charges[0]}/`)).body.customer).toBeNull()
    expect((await get<Log>(`/v1/charges/logs/${charges[1]}/`)).body.customer?.id).toBe(staying.names[0])

    const open = (await get<{ subscription_id: string }[]>('/v1/plans/subscriptions/')).body
    expect(open.map(({ subscription_id }) => subscription_id)).toEqual([kept.names[0]])
    for (const ended of [first, trial]) {
      for (const name of ended.names) expect((await get(`/v1/plans/subscription/${name}/`)).status).toBe(404)
      expect(await current(`/v1/subscriptions/${ended.names[0]}`)).toMatchObject({ status: 'canceled' })
    }
    const customers = await current<Page>('/v1/customers')
    expect([customers.total_items, customers.items.length]).toEqual([1, 1])
    const payments = await current<{ total_items: number; items: { id: string; status: string }[] }>('/v1/payments')
    expect(payments.total_items).toBe(logs.length)
    expect(payments.items.find(({ id }) => id === charges[0])?.status).toBe('partially_refunded')
    for (const table of ['customers', 'payments', 'subscriptions', 'attempts'] as const) {
      const rows = JSON.stringify(await app.deps.store.db.selectFrom(table).selectAll().execute())
      expect(rows, table).not.toContain('ana@example.com')
    }
    // Money goes back to whoever paid it all the same.
    const rest = await app.post('/v1/refunds/', { charge_id: charges[0] }, headers)
    expect(rest.status).toBe(201)
    await checkInvariants(app.deps.store.db)
    await app.deps.store.close()
  })
})

describe('logs', () => {
  it('1,010 charges arrive whole, each with its customer', async () => {
    const app = await makeApp()
    const token = await app.newToken()
    const shop = legacyShopOf(app, token)
    const customers = [await shop.customer(), await shop.customer()]
    for (let n = 0; n < 1010; n++) await shop.customerCharge(customers[n % 2]!, { description: `Pedido ${n}` })
    const headers = { Authorization: `bearer ${token}` }
    const all = (await app.ask<Log[]>('/v1/charges/logs/', { headers })).body
    expect(all.map(({ charge_log }) => charge_log.description)).toEqual(
      Array.from({ length: 1010 }, (_, n) => `Pedido ${n}`),
    )
    expect(all.map(({ customer }) => customer?.id)).toEqual(all.map((_, n) => customers[n % 2]!.names[0]))
    const own = (await app.ask<Log[]>(`/v1/charges/logs?customer=${customers[1]!.names[1]}`, { headers })).body
    expect(own).toEqual(all.filter((_, n) => n % 2 === 1))
    await app.deps.store.close()
  })
})

describe('plans', () => {
  it('of which the first 500 are retired are the rest, in an array without a gap', async () => {
    const app = await makeApp()
    const token = await app.newToken()
    const shop = legacyShopOf(app, token)
    const plans = []
    for (let n = 0; n < 520; n++) plans.push((await shop.plan()).names[1])
    const ids = async () => {
      const { text } = await app.ask('/v1/plans/mine/', { headers: { Authorization: `bearer ${token}` } })
      return (JSON.parse(text) as { key: string }[]).map(({ key }) => key)
    }
    expect(await ids()).toEqual(plans)
    await app.deps.store.db.updateTable('plans').set({ active: 0 }).where('number', '<=', 500).execute()
    expect(await ids()).toEqual(plans.slice(500))
    await app.deps.store.db.updateTable('plans').set({ active: 0 }).execute()
    expect(await ids()).toEqual([])
    await app.deps.store.close()
  })
})
