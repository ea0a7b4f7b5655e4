/** The client against the API it is for: every call it makes is an operation of the OpenAPI document, and works. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { NewIntentView } from '../../../server/contract/checkout.ts'
import { createClient, PaymentsApiError } from '../../../server/merchant/client.ts'
import { openDelivery } from '../../../server/webhooks/deliver.ts'
import { openDrills } from '../../../server/webhooks/drill.ts'
import { apiKey, makeApp, type TestApp } from '../../support/make-app.ts'

type Operation = {
  operationId: string
  security?: unknown[]
  requestBody?: { content: { 'application/json': { schema: { $ref: string } } } }
}
type Document = {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, { properties?: Record<string, unknown>; required?: string[] }> }
}

let shop: TestApp
let document: Document
const asked: { method: string; path: string; body: Record<string, unknown> | undefined }[] = []
let client: ReturnType<typeof createClient>

beforeAll(async () => {
  shop = await makeApp()
  document = (await shop.ask<Document>('/openapi.json')).body
  client = clientOf()
})

const clientOf = (namespace?: string) =>
  createClient({
    api: 'http://payments.test',
    apiKey,
    ...(namespace !== undefined && { namespace }),
    fetch: (async (url: string, init: RequestInit) => {
      const { pathname } = new URL(url)
      const body = typeof init.body === 'string' ? (JSON.parse(init.body) as Record<string, unknown>) : undefined
      asked.push({ method: init.method!.toLowerCase(), path: pathname, body })
      return shop.app.request(url, init)
    }) as typeof fetch,
  })

function operationOf({ method, path }: { method: string; path: string }): Operation | undefined {
  const found = Object.entries(document.paths)
    .filter(([template]) => new RegExp(`^${template.replaceAll(/\{.+?\}/g, '[^/]+')}$`).test(path))
    // `/payments/internal` is also of the form of `/payments/{id}`.
    .toSorted(([a], [b]) => Number(a.includes('{')) - Number(b.includes('{')))
  return found.map(([, methods]) => methods[method]).find((operation) => operation !== undefined)
}

async function paid(amount = '12500.00'): Promise<string> {
  const made = await client.sessions.create({ amount, currency: 'CRC', return_url: 'http://localhost:4243/' })
  const intent = await shop.createIntent(made.session_id)
  return (await shop.confirm(intent.body)).body.payment_id!
}

/** A subscription to a plan whose buyer has paid. */
async function subscribed(price_id: string): Promise<string> {
  const order = { mode: 'subscription', price_id, amount: '9900.00' }
  const { session_id } = (await shop.createSession(order)).body
  type Begun = NewIntentView & { subscription_id: string }
  const begun = await shop.post<Begun>('/v1/payments/subscription', { session_id, email: 'ana@example.com' })
  await shop.confirm(begun.body)
  return begun.body.subscription_id
}

describe('the client and the server', () => {
  it('agree about sessions and intents', async () => {
    const made = await client.sessions.create({ amount: '1.00', currency: 'USD', return_url: 'https://shop.example/' })
    expect((await client.sessions.get(made.session_id)).status).toBe('open')
    expect((await client.sessions.expire(made.session_id)).status).toBe('expired')
    const intent = await shop.openIntent()
    expect(await client.intents.cancel(intent.id, 'duplicate')).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'duplicate',
    })
  })

  it('agree about payments and refunds', async () => {
    const id = await paid()
    expect((await client.payments.get(id)).status).toBe('succeeded')
    const refund = await client.refunds.create({ payment_id: id, amount: 250_000, reason: 'requested_by_customer' })
    expect(refund).toMatchObject({ status: 'succeeded', amount: 250_000, currency: 'CRC' })
    expect(await client.refunds.get(refund.id)).toEqual(refund)
    expect((await client.refunds.list()).items).toEqual([refund])
    expect((await client.payments.list({ status: 'partially_refunded', limit: 1 })).items[0]?.id).toBe(id)
    expect((await client.payments.attempts({ offset: 0 })).total_items).toBe(1)
    const hosted = await client.payments.create({
      amount: '5.00',
      currency: 'USD',
      return_url: 'https://shop.example/',
    })
    expect(hosted).toMatchObject({ code: 202, data: { id: hosted.id, redirect: hosted.redirect_url } })
    expect((await client.payments.get(hosted.id)).status).toBe('pending')
  })

  it('agree about customers, products, plans, subscriptions and links', async () => {
    const customer = await client.customers.create({ email: 'ana@example.com', name: 'Ana' })
    expect(await client.customers.get(customer.id)).toEqual(customer)
    expect((await client.customers.list({ limit: 5 })).items).toEqual([customer])
    const product = await client.products.create({ name: 'Café' })
    expect(await client.products.get(product.id)).toEqual(product)
    expect((await client.products.list()).total_items).toBe(1)
    const plan = await client.plans.create({
      product_id: product.id,
      amount: 990_000,
      currency: 'crc',
      interval: 'month',
    })
    expect(await client.plans.get(plan.id)).toEqual(plan)
    expect((await client.plans.list()).items[0]).toMatchObject({ currency: 'CRC', interval_count: 1 })
    const subscription = await client.subscriptions.create({ customer_id: customer.id, plan_id: plan.id })
    expect(subscription.checkout_url).toMatch(/\/checkout\/cs_test_/)
    expect((await client.subscriptions.list()).items).toEqual([subscription])
    expect((await client.subscriptions.cancel(subscription.id)).status).toBe('incomplete_expired')
    expect((await client.subscriptions.get(subscription.id)).checkout_url).toBeNull()
    const session = await client.sessions.create({
      mode: 'subscription',
      price_id: plan.id,
      customer_id: customer.id,
      amount: '9900.00',
      currency: 'CRC',
      return_url: 'https://shop.example/',
    })
    expect(await client.sessions.get(session.session_id)).toMatchObject({
      needs_email: false,
      subscription: { id: null, interval: 'month', interval_count: 1, trial_period_days: null },
      display: { price: '₡9\u00a0900 al mes' },
    })
    const begun = await client.subscriptions.cardSession(await subscribed(plan.id), {
      return_url: 'https://shop.example/',
    })
    expect(await client.sessions.get(begun.session_id)).toMatchObject({
      mode: 'setup',
      payment_status: 'no_payment_required',
    })
    const link = await client.links.create({ amount: 500, currency: 'USD', description: 'Taller' })
    expect(await client.links.get(link.id)).toEqual(link)
    expect((await client.links.list()).items).toEqual([link])
    expect((await client.links.deactivate(link.id)).active).toBe(false)
  })

  it('agree about renewals, invoices and the clock that they happen on', async () => {
    const product = await client.products.create({ name: 'Café' })
    const price = { product_id: product.id, amount: 990_000, currency: 'crc', interval: 'month' } as const
    const plan = await client.plans.create(price)
    const session = await client.sessions.create({
      mode: 'subscription',
      price_id: plan.id,
      amount: '9900.00',
      currency: 'CRC',
      return_url: 'https://shop.example/',
    })
    const begun = await shop.post<NewIntentView & { subscription_id: string }>('/v1/payments/subscription', {
      session_id: session.session_id,
      email: 'ana@example.com',
    })
    await shop.confirm(begun.body)
    const { subscription_id: id } = begun.body
    expect((await client.testClock.get()).own).toBe(false)
    const { now } = await client.testClock.set({ frozen: true })
    expect(now).toBe(shop.clock.at.toISOString())
    const marked = await client.subscriptions.cancel(id, { at_period_end: true })
    expect(marked).toMatchObject({ status: 'active', cancel_at_period_end: true })
    expect((await client.subscriptions.resume(id)).cancel_at_period_end).toBe(false)
    const moved = await client.testClock.advance({ months: 1 }, { idempotencyKey: 'a month' })
    expect(await client.testClock.advance({ months: 1 }, { idempotencyKey: 'a month' })).toEqual(moved)
    const { items } = await client.invoices.list({ limit: 100 })
    const own = items.filter((one) => one.subscription_id === id)
    expect(own).toMatchObject([
      { status: 'paid', reason: 'subscription_cycle' },
      { status: 'paid', reason: 'subscription_create' },
    ])
    expect(await client.invoices.get(own[0]!.id)).toEqual(own[0])
    expect((await client.testClock.reset()).own).toBe(false)
  })

  it('agree about events and webhooks', async () => {
    const { webhookEndpoints, webhookDeliveries, events } = client
    const made = await webhookEndpoints.create({ url: 'https://shop.example/webhooks', events: ['payment.*'] })
    expect(made.secret).toMatch(/^whsec_/)
    const { secret: _, ...endpoint } = made
    expect(await webhookEndpoints.get(made.id)).toEqual(endpoint)
    expect((await webhookEndpoints.list()).items).toEqual([endpoint])
    expect(await webhookEndpoints.update(made.id, { events: ['*'] })).toEqual({ ...endpoint, events: ['*'] })
    expect((await webhookEndpoints.rotateSecret(made.id)).secret).not.toBe(made.secret)
    await webhookEndpoints.ping(made.id)
    const taken = { ms: 1, httpStatus: 200, error: null, response: null, retryAfterMs: null }
    const sender = openDelivery(
      shop.deps,
      () => Promise.resolve(taken),
      () => shop.clock.at,
    )
    // A few of one endpoint at a time, and all that has happened in this shop is waiting.
    for (let n = 0; n < 20; n++) {
      await sender.round()
      await sender.idle()
    }
    const ping = (await events.list({ type: 'webhook_endpoint.ping' })).items[0]!
    expect(await events.get(ping.id)).toEqual(ping)
    const delivery = (await webhookDeliveries.list({ event_id: ping.id })).items[0]!
    expect(await webhookDeliveries.get(delivery.id)).toMatchObject({ ...delivery, attempts: [{ http_status: 200 }] })
    expect((await webhookDeliveries.replay(delivery.id)).status).toBe('pending')
    expect(await webhookEndpoints.delete(made.id)).toEqual({ id: made.id, deleted: true })
  })

  it('agree about drills', async () => {
    const { drills } = client.sandbox
    const { id } = await client.webhookEndpoints.create({ url: 'https://shop.example/webhooks' })
    const begun = await drills.create({ endpoint_id: id })
    expect(begun).toMatchObject({ status: 'running', verdict: null })
    const taken = { ms: 1, httpStatus: 400, error: null, response: null, retryAfterMs: null }
    const player = openDrills(
      shop.deps,
      () => Promise.resolve(taken),
      () => shop.clock.at,
    )
    await player.round()
    await player.idle()
    const drill = await drills.get(begun.id)
    expect(drill).toMatchObject({ status: 'finished', verdict: 'failed' })
    expect((await drills.list()).items).toEqual([drill])
  })

  it('agree about switches, namespaces and a fresh start', async () => {
    const { switches, namespaces } = client.sandbox
    const made = await switches.create({ kind: 'delay', delay_ms: 1, path: '/v1/nothing' })
    expect((await switches.list()).items).toEqual([made])
    expect(await switches.delete(made.id)).toEqual({ id: made.id, deleted: true })
    expect(await switches.deleteAll()).toEqual({ deleted: 0 })
    const part = clientOf('contract.1')
    await part.customers.create({ email: 'ana@example.com' })
    expect((await part.customers.list()).total_items).toBe(1)
    expect((await namespaces.list()).items).toMatchObject([{ name: 'contract.1', object: 'sandbox_namespace' }])
    const sown = await part.sandbox.seed({ customers: { eva: { email: 'eva@example.com' } } })
    expect(await part.customers.get(sown.customers['eva']!)).toMatchObject({ email: 'eva@example.com' })
    expect(await part.sandbox.reset()).toEqual({ object: 'sandbox_reset', namespace: 'contract.1' })
    expect((await part.customers.list()).total_items).toBe(0)
    expect((await client.customers.list()).total_items).toBeGreaterThan(0)
    expect(await namespaces.delete('contract.1')).toEqual({ name: 'contract.1', deleted: true })
    expect((await namespaces.list()).items).toEqual([])
  })

  it('agree about what is refused', async () => {
    const refused = await client.refunds
      .create({ payment_id: await paid(), amount: 1_250_001 })
      .catch((e: unknown) => e)
    expect(refused).toBeInstanceOf(PaymentsApiError)
    expect(refused).toMatchObject({ status: 422, code: 'amount_too_large', errors: [{ field: 'amount' }] })
  })

  it('every request was an operation of the document, with fields it names and all it requires', () => {
    for (const request of asked) {
      const operation = operationOf(request)
      expect(operation, `${request.method} ${request.path}`).toBeDefined()
      const name = operation!.requestBody?.content['application/json'].schema.$ref.split('/').at(-1)
      if (name === undefined) expect(request.body).toBeUndefined()
      else {
        const schema = document.components.schemas[name]!
        expect(Object.keys(schema.properties ?? {}), name).toEqual(
          expect.arrayContaining(Object.keys(request.body ?? {})),
        )
        expect(Object.keys(request.body ?? {}), name).toEqual(expect.arrayContaining(schema.required ?? []))
      }
    }
  })

  it('every operation that takes a secret key has its method in the client', () => {
    const called = new Set(asked.map((request) => operationOf(request)?.operationId))
    const keyed = Object.values(document.paths)
      .flatMap((methods) => Object.values(methods))
      .filter((operation) => (operation.security?.length ?? 0) > 0)
      .map((operation) => operation.operationId)
    expect(keyed.length).toBeGreaterThan(20)
    expect(keyed.filter((id) => !called.has(id))).toEqual([])
  })
})
