/** A shop's server of one tenant, that makes what requests are about; its values are those of the document's examples. */
import type { NewIntentView } from '../../server/contract/checkout.ts'
import type { InvoiceView, List, TestClockView } from '../../server/contract/resources.ts'
import { openDelivery } from '../../server/webhooks/deliver.ts'
import type { EventView } from '../../server/contract/events.ts'
import type { TestApp } from './make-app.ts'
import type { Tenant } from './tenants.ts'

export type Shop = ReturnType<typeof shopOf>
export type Kind =
  | 'customer'
  | 'product'
  | 'plan'
  | 'link'
  | 'session'
  | 'intent'
  | 'payment'
  | 'refund'
  | 'subscription'
  | 'invoice'
  | 'event'
  | 'endpoint'
  | 'delivery'
  | 'switch'
  | 'namespace'
  | 'drill'

/** What live mode knows nothing of. */
export const testKinds: ReadonlySet<Kind> = new Set(['switch', 'namespace', 'drill'])

export const goodCard = { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' }
const order = {
  amount: '12500.00',
  currency: 'CRC',
  return_url: 'https://shop.example/orders/42',
  description: 'Pedido 42',
  items: ['Café de altura × 2'],
}

export function shopOf({ post, ask, deps }: TestApp, tenant: Tenant) {
  async function made<T>(path: string, body: object, key: string | null = tenant.key): Promise<T> {
    const answer = await post<T>(path, body, key === null ? {} : { 'X-Api-Key': key })
    if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${answer.text}`)
    return answer.body
  }
  const id = async (path: string, body: object) => (await made<{ id: string }>(path, body)).id

  const customer = () => id('/v1/customers', { email: 'customer@example.com', name: 'John Doe' })
  const product = () => id('/v1/products', { name: 'Café de altura', description: '340 g, tueste medio' })
  const plan = async (amount = 990_000) =>
    id('/v1/plans', { product_id: await product(), amount, currency: 'CRC', interval: 'month' })
  const link = () => id('/v1/payment-links', { amount: 1_250_000, currency: 'CRC', description: 'Taller de barismo' })
  const session = async (change: object = {}) =>
    (await made<{ session_id: string }>('/v1/payments/session', { ...order, ...change })).session_id
  /** A session in mode `subscription`; it names no customer. */
  const planSession = async () => session({ mode: 'subscription', price_id: await plan(1_250_000) })
  const intent = async (sessionId?: string) =>
    made<NewIntentView>('/v1/payments/intent', { session_id: sessionId ?? (await session()) }, null)
  const confirm = async (one: NewIntentView, card: object = goodCard) =>
    made<{ payment_id: string }>(
      `/v1/payments/intent/${one.id}/confirm`,
      { client_secret: one.client_secret, card },
      null,
    )
  const payment = async (card: object = goodCard) => (await confirm(await intent(), card)).payment_id
  const refund = async (change: object = {}) =>
    id('/v1/refunds', {
      payment_id: await payment(),
      amount: 250_000,
      reason: 'requested_by_customer',
      ...change,
    })
  /** A subscription that has begun. */
  const begun = async () => {
    const sessionId = await planSession()
    const first = await made<NewIntentView & { subscription_id: string }>(
      '/v1/payments/subscription',
      { session_id: sessionId, email: 'ana@example.com' },
      null,
    )
    await confirm(first)
    return first.subscription_id
  }
  const subscription = async () => id('/v1/subscriptions', { customer_id: await customer(), plan_id: await plan() })
  const read = async <T>(path: string): Promise<T> =>
    (await ask<T>(path, { headers: { 'X-Api-Key': tenant.key } })).body
  /** One whose first payment is made: its buyer's card is charged again from now on. */
  const activeSubscription = async (): Promise<string> => {
    const session_id = await session({ mode: 'subscription', price_id: await plan(), amount: '9900.00' })
    const begun = await made<NewIntentView & { subscription_id: string }>(
      '/v1/payments/subscription',
      { session_id, email: 'ana@example.com' },
      null,
    )
    await confirm(begun)
    return begun.subscription_id
  }
  const invoice = async (): Promise<string> => {
    const of = await activeSubscription()
    const { items } = await read<List<InvoiceView>>('/v1/invoices?limit=100')
    return items.find((one) => one.subscription_id === of)!.id
  }
  const event = async (): Promise<string> => {
    const of = await link()
    return (await read<{ items: EventView[] }>(`/v1/events?object_id=${of}`)).items[0]!.id
  }
  const endpoint = async (): Promise<string> => {
    const { items } = await read<{ items: { id: string }[] }>('/v1/webhook-endpoints')
    // An account has few of them at a time.
    for (const one of items.slice(3)) {
      await ask(`/v1/webhook-endpoints/${one.id}`, { method: 'DELETE', headers: { 'X-Api-Key': tenant.key } })
    }
    return id('/v1/webhook-endpoints', { url: 'https://shop.example/webhooks', events: ['payment.*'] })
  }
  /** One that has arrived. */
  const delivery = async (): Promise<string> => {
    const to = await endpoint()
    await made(`/v1/webhook-endpoints/${to}/ping`, {})
    const taken = { ms: 41, httpStatus: 200, error: null, response: null, retryAfterMs: null }
    const sender = openDelivery(
      deps,
      () => Promise.resolve(taken),
      () => deps.now(),
    )
    await sender.round()
    await sender.idle()
    return (await read<{ items: { id: string }[] }>(`/v1/webhook-deliveries?endpoint_id=${to}`)).items[0]!.id
  }
  /** For the buyer of a session that nobody pays. */
  const wantedSwitch = async () => ({
    kind: 'dropped_reply',
    target: { session_id: await session() },
    path: '/v1/payments/intent/*/confirm',
  })
  const sandboxSwitch = async (): Promise<string> => {
    const { items } = await read<{ items: unknown[] }>('/v1/sandbox/switches')
    if (items.length > 20) await ask('/v1/sandbox/switches', { method: 'DELETE', headers: { 'X-Api-Key': tenant.key } })
    return id('/v1/sandbox/switches', await wantedSwitch())
  }
  const drill = async () => id('/v1/sandbox/drills', { endpoint_id: await endpoint() })
  const namespace = async (): Promise<string> => {
    const name = `${tenant.accountId}-${(await customer()).replace(/^\D+/, '')}`
    await ask('/v1/customers', { headers: { 'X-Api-Key': tenant.key, 'X-Sandbox-Namespace': name } })
    return name
  }
  return {
    tenant,
    order,
    wantedSwitch,
    sandboxSwitch,
    namespace,
    drill,
    event,
    endpoint,
    delivery,
    customer,
    product,
    plan,
    link,
    session,
    planSession,
    intent,
    confirm,
    payment,
    refund,
    subscription,
    activeSubscription,
    invoice,
    /** The moment that this tenant's data lives at, on a clock of its own that stands still there. */
    clock: async () => (await made<TestClockView>('/v1/test-clock', {})).now,
    begun,
    hosted: async () => id('/v1/payments/', order),
    /** One of a kind, by its id. */
    one: (kind: Kind): Promise<string> => {
      switch (kind) {
        case 'intent':
          return intent().then((one) => one.id)
        case 'customer':
          return customer()
        case 'product':
          return product()
        case 'plan':
          return plan()
        case 'link':
          return link()
        case 'session':
          return session()
        case 'payment':
          return payment()
        case 'refund':
          return refund()
        case 'subscription':
          return subscription()
        case 'invoice':
          return invoice()
        case 'event':
          return event()
        case 'endpoint':
          return endpoint()
        case 'delivery':
          return delivery()
        case 'switch':
          return sandboxSwitch()
        case 'drill':
          return drill()
        case 'namespace':
          return namespace()
      }
    },
  }
}
