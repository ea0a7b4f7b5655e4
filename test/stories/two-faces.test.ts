/** One story of money, told once through each face: it must end in the same rows, and each face must see what the other made. */
import { describe, expect, it } from 'vitest'
import type { NewIntentView } from '../../server/contract/checkout.ts'
import type { Db, Tables } from '../../server/store/schema.ts'
import { databases } from '../support/databases.ts'
import { checkInvariants } from '../support/invariants.ts'
import { apiKey, makeApp, shopOrigin, type TestApp } from '../support/make-app.ts'

const key = { 'X-Api-Key': apiKey }
const buyer = { name: 'Ana Solís', email: 'ana@example.com' }
const card = { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' }

async function tokenOf({ post }: TestApp): Promise<{ Authorization: string }> {
  const granted = await post<{ access_token: string }>('/authentication/token/', {
    grant_type: 'client_credentials',
    client_id: 'sandbox',
    client_secret: 'sandbox-secret',
  })
  return { Authorization: `bearer ${granted.body.access_token}` }
}

type Told = { customer: string; charge: string; plan: string; subscription: string }

/** A customer is charged 90.32 dollars, gets 10.00 back and then the rest, subscribes for 3 000 colones a month, and leaves. */
async function tellCurrent({ post }: TestApp): Promise<Told> {
  const made = async <T>(path: string, body: object, headers: Record<string, string> = key): Promise<T> => {
    const answer = await post<T>(path, body, headers)
    if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${answer.text}`)
    return answer.body
  }
  const paid = async (session_id: string): Promise<string> => {
    const intent = await made<NewIntentView>('/v1/payments/intent', { session_id }, {})
    const body = { client_secret: intent.client_secret, card }
    const confirmed = await made<{ payment_id: string }>(`/v1/payments/intent/${intent.id}/confirm`, body, {})
    return confirmed.payment_id
  }
  const customer = await made<{ id: string }>('/v1/customers', buyer)
  const session = await made<{ session_id: string }>('/v1/payments/session', {
    amount: '90.32',
    currency: 'USD',
    return_url: `${shopOrigin}/orders/1`,
    description: 'Café de altura',
    customer_id: customer.id,
  })
  const charge = await paid(session.session_id)
  await made('/v1/refunds', { payment_id: charge, amount: 1000, reason: 'requested_by_customer' })
  await made('/v1/refunds', { payment_id: charge })
  const product = await made<{ id: string }>('/v1/products', { name: 'Mi Plan' })
  const price = { product_id: product.id, amount: 300_000, currency: 'CRC', interval: 'month', interval_count: 1 }
  const plan = await made<{ id: string }>('/v1/plans', price)
  const agreed = { customer_id: customer.id, plan_id: plan.id }
  const subscription = await made<{ id: string; checkout_url: string }>('/v1/subscriptions', agreed)
  await paid(subscription.checkout_url.split('/').at(-1)!)
  await made(`/v1/subscriptions/${subscription.id}/cancel`, {})
  return { customer: customer.id, charge, plan: plan.id, subscription: subscription.id }
}

async function tellLegacy(app: TestApp): Promise<Told> {
  const token = await tokenOf(app)
  const made = async <T>(path: string, body: object): Promise<T> => {
    const answer = await app.post<T>(path, body, token)
    if (answer.status !== 201) throw new Error(`${path} answered ${answer.status}: ${answer.text}`)
    return answer.body
  }
  const customer = await made<{ key: string }>('/v1/accounts/customers/', {
    ...buyer,
    currency: 'usd',
    credit_card_number: card.number,
    credit_card_security_code_number: card.cvc,
    exp_month: '12',
    exp_year: '2034',
  })
  const charge = await made<{ charge_id: string }>('/v1/charges/create/', {
    customer_key: customer.key,
    amount: 90.32,
    description: 'Café de altura',
  })
  await made('/v1/refunds/', { charge_id: charge.charge_id, amount: 10, reason: 'requested_by_customer' })
  await made('/v1/refunds/', { charge_id: charge.charge_id })
  const plan = await made<{ key: string; information: { id_name: string } }>('/v1/plans/create/', {
    name: 'Mi Plan',
    amount: 300_000,
    currency: 'crc',
    interval: 'month',
    interval_count: 1,
  })
  const subscription = await made<{ subscription_id: string }>('/v1/plans/subscribe/', {
    customer_key: customer.key,
    plan_key: plan.key,
  })
  const { subscription_id } = subscription
  const left = await app.ask('/v1/plans/un-subscribe/', {
    method: 'DELETE',
    headers: { ...token, 'Content-Type': 'application/json' },
    body: JSON.stringify({ subscription_id }),
  })
  expect(left.status).toBe(204)
  const { customerId } = await rowIds(app.deps.store.db)
  return {
    customer: customerId,
    charge: charge.charge_id,
    plan: plan.information.id_name,
    subscription: subscription_id,
  }
}

const rowIds = async (db: Db) => ({
  customerId: (await db.selectFrom('customers').select('id').executeTakeFirstOrThrow()).id,
})

/** What differs by nature: ids and what is made of them, the checkout session, and when the customer's card was saved. */
const apart = new Set([
  'id',
  'key',
  'intent_id',
  'payment_id',
  'session_id',
  'attempt_id',
  'product_id',
  'plan_id',
  'customer_id',
  'subscription_id',
  'reply_scope',
  'reply_key',
  'object_id',
  'payload',
  'card_token',
])

async function rowsOf(db: Db): Promise<Record<string, unknown[]>> {
  const read = async (table: keyof Tables, also: string[] = []): Promise<unknown[]> => {
    const rows = (await db
      .selectFrom(table as 'payments')
      .selectAll()
      .execute()) as Record<string, unknown>[]
    return rows
      .map((row) =>
        Object.fromEntries(Object.entries(row).filter(([name]) => !apart.has(name) && !also.includes(name))),
      )
      .map((row) => JSON.stringify(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1))))
      .toSorted()
  }
  const saved = ['card_brand', 'card_last4', 'card_exp_month', 'card_exp_year', 'currency']
  const links = async (table: 'payments' | 'subscriptions', ...names: string[]) =>
    ((await db.selectFrom(table).selectAll().orderBy('number').execute()) as Record<string, unknown>[]).map((row) =>
      names.map((name) => row[name] !== null),
    )
  const events = await db.selectFrom('events').select(['type', 'version']).execute()
  return {
    customers: await read('customers', [...saved, 'version']),
    intents: await read('intents'),
    payments: await read('payments'),
    attempts: await read('attempts'),
    refunds: await read('refunds'),
    products: await read('products'),
    plans: await read('plans'),
    subscriptions: await read('subscriptions'),
    invoices: await read('invoices'),
    ledger: await read('ledger'),
    whose: await links('payments', 'customer_id', 'subscription_id'),
    subscribed: await links('subscriptions', 'customer_id', 'plan_id'),
    events: events
      .filter(({ type }) => !type.startsWith('session.') && type !== 'customer.updated')
      .map(({ type, version }) => `${type} ${version}`)
      .toSorted(),
  }
}

describe.each(databases)('a story of money on %s', (on) => {
  it('ends in the same rows, whichever face it is told through', async () => {
    const rows: Record<string, unknown[]>[] = []
    for (const tell of [tellCurrent, tellLegacy]) {
      const app = await makeApp({ on })
      await tell(app)
      await checkInvariants(app.deps.store.db)
      rows.push(await rowsOf(app.deps.store.db))
      await app.deps.store.close()
    }
    expect(rows[0]!['payments']).toHaveLength(2)
    expect(rows[0]!['refunds']).toHaveLength(2)
    expect(rows[1]).toEqual(rows[0])
  })

  it.each([
    ['current', tellCurrent],
    ['legacy', tellLegacy],
  ] as const)('that the %s face tells is there for both to read', async (_, tell) => {
    const app = await makeApp({ on })
    const told = await tell(app)
    const token = await tokenOf(app)
    const current = async <T>(path: string) => (await app.ask<T>(path, { headers: key })).body
    const legacy = async <T>(path: string) => (await app.ask<T>(path, { headers: token })).body

    const customers = await current<{ items: { id: string; email: string }[] }>('/v1/customers')
    expect(customers.items).toMatchObject([{ id: told.customer, email: buyer.email }])
    const known = await legacy<{ id: number; key: string; email: string }[]>('/v1/accounts/customers/')
    expect(known).toMatchObject([{ id: 1, email: buyer.email }])
    for (const name of ['1', known[0]!.key, told.customer]) {
      expect(await legacy(`/v1/accounts/customer/${name}/`)).toEqual(known[0])
    }

    const payments = await current<{ items: unknown[] }>('/v1/payments')
    expect(payments.items).toMatchObject([
      { amount: '3000.00', currency: 'CRC', status: 'succeeded', subscription_id: told.subscription },
      { id: told.charge, amount: '90.32', currency: 'USD', status: 'refunded', amount_refunded: '90.32' },
    ])
    const logs = await legacy<{ charge_log: object }[]>('/v1/charges/logs/')
    expect(logs).toMatchObject([
      {
        charge_id: told.charge,
        charge_by_customer: true,
        customer: { key: known[0]!.key },
        charge_log: { amount: 90.32, currency: 'usd', status: 'succeeded', refunded: true, amount_refunded: 90.32 },
      },
      { charge_log: { amount: 3000, currency: 'crc', status: 'succeeded', refunded: false } },
    ])
    expect(await legacy(`/v1/charges/logs//${told.charge}/`)).toEqual(logs[0])
    expect(await legacy(`/v1/charges/logs/?customer=1`)).toEqual(logs)

    const refunds = await current<{ items: unknown[] }>('/v1/refunds')
    expect(refunds.items).toMatchObject([
      { payment_id: told.charge, amount: 8032, currency: 'USD' },
      { payment_id: told.charge, amount: 1000, reason: 'requested_by_customer' },
    ])
    expect(await legacy('/v1/refunds/')).toMatchObject([
      { charge_id: told.charge, amount: 10, currency: 'usd', reason: 'requested_by_customer', status: 'succeeded' },
      { charge_id: told.charge, amount: 80.32, currency: 'usd', reason: null },
    ])

    const plans = await current<{ items: unknown[] }>('/v1/plans')
    expect(plans.items).toMatchObject([{ id: told.plan, amount: 300_000, currency: 'CRC', interval: 'month' }])
    const offered = await legacy<{ key: string }[]>('/v1/plans/mine/')
    expect(offered).toMatchObject([{ information: { id_name: told.plan, amount: 300_000, name: 'Mi Plan' } }])
    expect(await legacy(`/v1/plans/mine//${offered[0]!.key}/`)).toEqual(offered[0])

    const subscriptions = await current<{ items: unknown[] }>('/v1/subscriptions')
    expect(subscriptions.items).toMatchObject([{ id: told.subscription, status: 'canceled' }])
    // What has ended was deleted, as far as this face knows.
    expect(await legacy('/v1/plans/subscriptions/')).toEqual([])
    await app.deps.store.close()
  })
})
