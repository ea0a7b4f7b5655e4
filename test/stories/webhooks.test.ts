/** Events from the change that caused them to the shop that trusts them. */
import { createRequire } from 'node:module'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import type StripeLibrary from 'stripe'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type EventView, eventTypes } from '../../server/contract/events.ts'
import type { ErrorBody } from '../../server/contract/errors.ts'
import type { WebhookDeliveryView, WebhookEndpointView } from '../../server/contract/resources.ts'
import { openDelivery, overNetwork } from '../../server/webhooks/deliver.ts'
import { databases } from '../support/databases.ts'
import { checkInvariants } from '../support/invariants.ts'
import { apiKey, makeApp, type TestApp } from '../support/make-app.ts'

// Its other form comes with maps of sources that it does not have.
const Stripe = createRequire(import.meta.url)('stripe') as typeof StripeLibrary

const key = { 'X-Api-Key': apiKey }
type Heard = { path: string; headers: IncomingHttpHeaders; body: string }
type Endpoint = WebhookEndpointView & { secret: string | null } & ErrorBody

describe.each(databases)('webhooks on %s', (on) => {
  let app: TestApp
  let receiver: Server
  let heard: Heard[]
  /** What the receiver answers. */
  let answers: (path: string) => { status: number; headers?: Record<string, string>; body?: string }
  let address: string
  let delivery: ReturnType<typeof openDelivery>
  beforeEach(async () => {
    app = await makeApp({ on, at: new Date().toISOString() })
    heard = []
    answers = () => ({ status: 204 })
    receiver = createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (part: string) => (body += part))
      request.on('end', () => {
        heard.push({ path: request.url!, headers: request.headers, body })
        const { status, headers, body: text } = answers(request.url!)
        response.writeHead(status, headers).end(text)
      })
    })
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    address = `http://localhost:${(receiver.address() as AddressInfo).port}`
    delivery = openDelivery(app.deps, overNetwork({ loopback: true }), () => app.clock.at)
  })
  afterEach(async () => {
    await checkInvariants(app.deps.store.db)
    await new Promise((resolve) => receiver.close(resolve))
    await app.deps.store.close()
  })

  const endpoint = async (change: object = {}): Promise<Endpoint> =>
    (
      await app.post<Endpoint>(
        '/v1/webhook-endpoints',
        { url: `${address}/shop`, events: ['payment.*'], ...change },
        key,
      )
    ).body
  const buy = async (number = '4242424242424242'): Promise<string> => {
    const intent = await app.openIntent()
    await app.confirm(intent, { number })
    const { body } = await app.ask<{ payment_id: string }>(`/v1/payments/intent/${intent.id}`, {
      headers: { 'X-Client-Secret': intent.client_secret },
    })
    return body.payment_id
  }
  /** Everything that is due now, and what is due then. */
  const deliver = async (): Promise<void> => {
    await delivery.round()
    await delivery.idle()
  }
  const passes = (seconds: number) => (app.clock.at = new Date(app.clock.at.getTime() + seconds * 1000))
  const read = async <T>(path: string): Promise<T> => (await app.ask<T>(path, { headers: key })).body
  const deliveries = async (query = ''): Promise<WebhookDeliveryView[]> =>
    (await read<{ items: WebhookDeliveryView[] }>(`/v1/webhook-deliveries?limit=100${query}`)).items
  const readHeard = ({ body }: Heard) => JSON.parse(body) as EventView<'payment.succeeded'>

  it('tell a payment to whoever listens, signed so that the reference library accepts it', async () => {
    const { secret } = await endpoint()
    const payment = await buy()
    await deliver()
    expect(heard.map((one) => readHeard(one).type).toSorted()).toEqual(['payment.pending', 'payment.succeeded'])
    const told = heard.map(readHeard).find(({ type }) => type === 'payment.succeeded')!
    expect(told).toMatchObject({ object: 'event', object_id: payment, test: true })
    expect(told.data.object).toEqual((await app.readPayment(payment)).body)
    for (const { headers, body } of heard) {
      expect(headers['content-type']).toBe('application/json')
      expect(new Webhook(secret!).verify(body, headers as Record<string, string>)).toEqual(JSON.parse(body))
      expect(headers['webhook-id']).toBe((JSON.parse(body) as EventView).id)
      expect(() => new Webhook(secret!).verify(`${body} `, headers as Record<string, string>)).toThrow()
    }
    // The same as the API reads it.
    expect(await read(`/v1/events/${told.id}`)).toEqual(told)
  })

  it('carry the real time in their signature where the sandbox starts at another moment', async () => {
    app.clock.at = new Date('2017-08-01T00:00:00.000Z')
    delivery = openDelivery(app.deps, overNetwork({ loopback: true }), () => new Date())
    const { secret } = await endpoint()
    await buy()
    await deliver()
    const { headers, body } = heard[0]!
    expect(new Webhook(secret!).verify(body, headers as Record<string, string>)).toBeDefined()
    expect(readHeard(heard[0]!).created_at).toMatch(/^2017-08-01/)
  })

  it('are signed in the form that an existing library reads, where the endpoint asks for it', async () => {
    const { secret } = await endpoint({ signature: 'timestamped' })
    await buy()
    await deliver()
    expect(heard).toHaveLength(2)
    for (const { headers, body } of heard) {
      const read = Stripe.webhooks.constructEvent(body, headers['x-signature'] as string, secret!)
      expect(read).toEqual(JSON.parse(body))
      expect(() => Stripe.webhooks.constructEvent(`${body} `, headers['x-signature'] as string, secret!)).toThrow()
    }
  })

  it('carry two signatures for a day after a rotation, and the new secret alone after it', async () => {
    const { id, secret: old } = await endpoint()
    const rotated = (await app.post<Endpoint>(`/v1/webhook-endpoints/${id}/rotate-secret`, '', key)).body
    expect(rotated.secret).not.toBe(old)
    await buy()
    await deliver()
    const { headers, body } = heard[0]!
    for (const secret of [old, rotated.secret]) {
      expect(new Webhook(secret!).verify(body, headers as Record<string, string>)).toBeDefined()
    }
    passes(86_400)
    heard = []
    await buy()
    await deliver()
    expect(heard[0]!.headers['webhook-signature']!.toString().split(' ')).toHaveLength(1)
  })

  it('show a secret once: not when the endpoint is read, nor when its making is repeated, nor in a row', async () => {
    const make = () =>
      app.post<Endpoint>('/v1/webhook-endpoints', { url: `${address}/shop` }, { ...key, 'Idempotency-Key': 'one' })
    const { body } = await make()
    expect(body.secret).toMatch(/^whsec_[A-Za-z\d+/]{43}=$/)
    const again = await make()
    expect([again.body.id, again.body.secret]).toEqual([body.id, null])
    expect(await read(`/v1/webhook-endpoints/${body.id}`)).not.toHaveProperty('secret')
    const rows = JSON.stringify([
      await app.deps.store.db.selectFrom('webhook_endpoints').selectAll().execute(),
      await app.deps.store.db.selectFrom('events').selectAll().execute(),
      await app.deps.store.db.selectFrom('idempotency').selectAll().execute(),
      app.logged,
    ])
    expect(rows).not.toContain(body.secret)
    expect(rows).not.toContain(body.secret!.slice('whsec_'.length))
  })

  it('come again with the same id and bytes until they are taken, on the schedule', async () => {
    await endpoint({ events: ['payment.succeeded'] })
    answers = () => ({ status: 500, body: 'the shop is asleep' })
    await buy()
    await deliver()
    await deliver()
    expect(heard).toHaveLength(1)
    passes(6)
    await deliver()
    passes(331)
    answers = () => ({ status: 200 })
    await deliver()
    expect(heard).toHaveLength(3)
    expect(new Set(heard.map(({ body }) => body)).size).toBe(1)
    expect(new Set(heard.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(new Set(heard.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(3)
    const [one] = await deliveries()
    expect(one).toMatchObject({ status: 'succeeded', attempt_count: 3, next_attempt_at: null })
    const { attempts } = await read<WebhookDeliveryView>(`/v1/webhook-deliveries/${one!.id}`)
    expect(attempts!.map((attempt) => [attempt.http_status, attempt.response])).toEqual([
      [500, 'the shop is asleep'],
      [500, 'the shop is asleep'],
      [200, null],
    ])
  })

  it('do not follow where an answer leads, and keep no card number of what it says', async () => {
    await endpoint({ events: ['payment.succeeded'] })
    answers = (path) =>
      path === '/shop'
        ? { status: 302, headers: { location: `${address}/elsewhere` }, body: '4242 4242 4242 4242' }
        : { status: 200 }
    await buy()
    await deliver()
    expect(heard.map(({ path }) => path)).toEqual(['/shop'])
    const [one] = await deliveries()
    const { attempts } = await read<WebhookDeliveryView>(`/v1/webhook-deliveries/${one!.id}`)
    expect([one!.status, attempts![0]!.http_status]).toEqual(['pending', 302])
    expect(attempts![0]!.response).not.toContain('4242 4242')
  })

  it('are sent to a receiver that is away as well, once it is back, and nothing is told of why', async () => {
    const { id } = await endpoint({ url: 'http://localhost:1/' })
    await buy()
    await deliver()
    const [one] = await deliveries(`&endpoint_id=${id}`)
    const { attempts } = await read<WebhookDeliveryView>(`/v1/webhook-deliveries/${one!.id}`)
    expect(attempts![0]).toMatchObject({ http_status: null, error: 'connection_failed', response: null })
    expect(await read(`/v1/webhook-endpoints/${id}`)).toMatchObject({ failing_since: expect.any(String) as string })
  })

  it('stop for an endpoint that is gone, with an event and a visible state, and replay once it is enabled', async () => {
    const { id } = await endpoint({ events: ['payment.succeeded'] })
    const watcher = await endpoint({ url: `${address}/watcher`, events: ['webhook_endpoint.disabled'] })
    answers = (path) => ({ status: path === '/shop' ? 410 : 200 })
    await buy()
    await deliver()
    expect(await read(`/v1/webhook-endpoints/${id}`)).toMatchObject({ status: 'disabled', disabled_reason: 'gone' })
    await deliver()
    expect(heard.filter(({ path }) => path === '/watcher').map((one) => readHeard(one).object_id)).toEqual([id])
    expect(watcher.status).toBe('enabled')
    await buy()
    await deliver()
    const [one, ...others] = await deliveries(`&endpoint_id=${id}`)
    expect([one!.status, others]).toEqual(['failed', []])
    const refused = await app.post<ErrorBody>(`/v1/webhook-deliveries/${one!.id}/replay`, '', key)
    expect([refused.status, refused.body.error.code]).toEqual([400, 'invalid_request'])
    answers = () => ({ status: 200 })
    await app.ask(`/v1/webhook-endpoints/${id}`, {
      method: 'PATCH',
      headers: { ...key, 'Content-Type': 'application/json' },
      body: JSON.stringify({ enabled: true }),
    })
    await app.post(`/v1/webhook-deliveries/${one!.id}/replay`, '', key)
    await deliver()
    const ofShop = heard.filter(({ path }) => path === '/shop')
    expect([ofShop.length, new Set(ofShop.map(({ body }) => body)).size]).toEqual([2, 1])
    expect((await deliveries(`&endpoint_id=${id}`))[0]).toMatchObject({ status: 'succeeded', attempt_count: 2 })
  })

  it('stop for an endpoint that takes nothing for five days', async () => {
    const { id } = await endpoint({ events: ['payment.succeeded'] })
    answers = () => ({ status: 500 })
    for (let day = 0; day <= 5; day++) {
      await buy()
      await deliver()
      passes(86_400)
    }
    await deliver()
    expect(await read(`/v1/webhook-endpoints/${id}`)).toMatchObject({ status: 'disabled', disabled_reason: 'failing' })
    expect(new Set((await deliveries()).map(({ status }) => status))).toEqual(new Set(['canceled']))
  })

  it('ping one endpoint alone', async () => {
    const { id } = await endpoint()
    await endpoint({ url: `${address}/other`, events: ['*'] })
    await deliver()
    heard = []
    await app.post(`/v1/webhook-endpoints/${id}/ping`, '', key)
    await deliver()
    expect(heard.map((one) => [one.path, readHeard(one).type])).toEqual([['/shop', 'webhook_endpoint.ping']])
  })

  it('are sent to nobody once their endpoint is deleted', async () => {
    const { id } = await endpoint()
    answers = () => ({ status: 500 })
    await buy()
    await deliver()
    heard = []
    const gone = await app.ask(`/v1/webhook-endpoints/${id}`, { method: 'DELETE', headers: key })
    expect([gone.status, gone.body]).toEqual([200, { id, deleted: true }])
    passes(3600)
    await buy()
    await deliver()
    expect([heard, (await read<{ items: unknown[] }>('/v1/webhook-endpoints')).items]).toEqual([[], []])
    expect((await app.ask(`/v1/webhook-endpoints/${id}`, { headers: key })).status).toBe(404)
  })

  it('of other accounts and of the other mode are walls', async () => {
    await endpoint({ events: ['*'] })
    const live = { 'X-Api-Key': await app.newKey({ live: true }) }
    const made = await app.post<Endpoint>('/v1/webhook-endpoints', { url: 'https://shop.example/live' }, live)
    await app.post('/v1/customers', { email: 'ana@example.com' }, live)
    await deliver()
    expect(heard.filter((one) => !readHeard(one).test)).toEqual([])
    expect((await app.ask(`/v1/webhook-endpoints/${made.body.id}`, { headers: key })).status).toBe(404)
    expect((await read<{ items: EventView[] }>('/v1/events?limit=100')).items.every(({ test }) => test)).toBe(true)
  })

  it('are delivered once by many processes, and a slow endpoint delays no other', async () => {
    await endpoint({ events: ['payment.succeeded'] })
    await endpoint({ url: `${address}/slow`, events: ['*'] })
    let release = (): void => undefined
    const wait = new Promise<void>((resolve) => (release = resolve))
    const slow = overNetwork({ loopback: true })
    const sending: typeof slow = async (one, to, headers) => {
      if (to.url.endsWith('/slow')) await wait
      return slow(one, to, headers)
    }
    const processes = Array.from({ length: 4 }, () => openDelivery(app.deps, sending, () => app.clock.at))
    for (let n = 0; n < 10; n++) await buy()
    const quick = () => heard.filter(({ path }) => path === '/shop').length
    for (let n = 0; n < 20 && quick() < 10; n++) {
      await Promise.all(processes.map((one) => one.round()))
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect(quick()).toBe(10)
    release()
    for (let n = 0; n < 20; n++) {
      await Promise.all(processes.map((one) => one.round()))
      await Promise.all(processes.map((one) => one.idle()))
    }
    const ids = heard.map(({ path, headers }) => `${path} ${headers['webhook-id'] as string}`)
    expect(new Set(ids).size).toBe(ids.length)
    expect((await deliveries('&status=pending')).length).toBe(0)
  })

  it('whose sender died are delivered again by another, with the same id and bytes', async () => {
    await endpoint({ events: ['payment.succeeded'] })
    await buy()
    const dying = openDelivery(
      app.deps,
      async (one, to, headers) => {
        await overNetwork({ loopback: true })(one, to, headers)
        return new Promise(() => undefined)
      },
      () => app.clock.at,
    )
    await dying.round()
    while (heard.length < 1) await new Promise((resolve) => setTimeout(resolve, 5))
    await deliver()
    expect(heard).toHaveLength(1)
    passes(31)
    await deliver()
    expect([heard.length, new Set(heard.map(({ body }) => body)).size]).toEqual([2, 1])
  })

  it('can be read as events, by type, family, object, and from one to the next', async () => {
    const payment = await buy()
    await buy('4000000000000002')
    const list = async (query: string) => read<{ items: EventView[]; has_more: boolean }>(`/v1/events?${query}`)
    const all = (await list('limit=100')).items
    expect(all.map(({ id }) => id)).toEqual(
      all
        .map(({ id }) => id)
        .toSorted()
        .toReversed(),
    )
    expect((await list('type=payment.failed')).items.map(({ type }) => type)).toEqual(['payment.failed'])
    expect((await list('limit=100&type=payment.*,session.completed')).items.map(({ type }) => type).toSorted()).toEqual(
      all
        .map(({ type }) => type)
        .filter((type) => type.startsWith('payment.') || type === 'session.completed')
        .toSorted(),
    )
    expect((await list(`object_id=${payment}`)).items.map(({ version }) => version)).toEqual([2, 1])
    const pages: string[] = []
    for (let before = ''; ;) {
      const page = await list(`limit=2${before}`)
      pages.push(...page.items.map(({ id }) => id))
      if (!page.has_more) break
      before = `&before=${pages.at(-1)}`
    }
    expect(pages).toEqual(all.map(({ id }) => id))
    const newer = await list(`limit=100&after=${all.at(-1)!.id}`)
    expect(newer.items.map(({ id }) => id)).toEqual(
      all
        .map(({ id }) => id)
        .toReversed()
        .slice(1),
    )
    for (const { data } of all) expect(JSON.stringify(data)).not.toMatch(/client_secret|_secret_|card_token|"token"/)
  })

  it('tell each kind of object as the API reads it', async () => {
    const product = (await app.post<{ id: string }>('/v1/products', { name: 'Café' }, key)).body
    const customer = (await app.post<{ id: string }>('/v1/customers', { email: 'ana@example.com' }, key)).body
    const plan = (
      await app.post<{ id: string }>(
        '/v1/plans',
        { product_id: product.id, amount: 990_000, currency: 'CRC', interval: 'month' },
        key,
      )
    ).body
    const link = (await app.post<{ id: string }>('/v1/payment-links', { amount: 2_500_000, currency: 'CRC' }, key)).body
    const payment = await buy()
    const refund = (await app.post<{ id: string }>('/v1/refunds', { payment_id: payment, amount: 100 }, key)).body
    const subscription = (
      await app.post<{ id: string }>('/v1/subscriptions', { customer_id: customer.id, plan_id: plan.id }, key)
    ).body
    const latest = async (id: string) => (await read<{ items: EventView[] }>(`/v1/events?object_id=${id}`)).items[0]!
    for (const [path, { id }] of Object.entries({
      products: product,
      customers: customer,
      plans: plan,
      'payment-links': link,
      payments: { id: payment },
      refunds: refund,
      subscriptions: subscription,
    })) {
      expect((await latest(id)).data.object, path).toEqual(await read(`/v1/${path}/${id}`))
    }
    const seen = new Set((await read<{ items: EventView[] }>('/v1/events?limit=100')).items.map(({ type }) => type))
    expect([...seen].every((type) => eventTypes.includes(type))).toBe(true)
  })
})
