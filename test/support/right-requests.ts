/** For each operation of the document, a request that is right: made anew each time, together with what it is about. */
import type { Answer, TestApp } from './make-app.ts'
import type { Operation } from './operations.ts'
import { goodCard, type Kind, type Shop } from './shop.ts'

/** What is asked of an operation, without the key. */
export type Asked = {
  path?: Record<string, string>
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: Record<string, unknown>
}

const seed = {
  customers: { ana: { email: 'ana@example.com' } },
  products: { beans: { name: 'Café de altura' } },
  plans: { monthly: { product: 'beans', amount: 990_000, currency: 'CRC', interval: 'month' } },
  payments: { first: { amount: '12500.00', currency: 'CRC', customer: 'ana', card: 'visa' } },
  subscriptions: { anas: { customer: 'ana', plan: 'monthly', card: 'mastercard' } },
  refunds: { part: { payment: 'first', amount: 250_000 } },
  webhook_endpoints: { shop: { url: 'https://shop.example/webhooks' } },
}

export const rightRequests: Record<string, (shop: Shop) => Asked | Promise<Asked>> = {
  createSession: ({ order }) => ({ body: { ...order } }),
  getSession: async ({ session }) => ({ path: { session_id: await session() } }),
  expireSession: async ({ session }) => ({ path: { session_id: await session() } }),
  createIntent: async ({ session }) => ({ body: { session_id: await session() } }),
  createSubscriptionIntent: async ({ planSession }) => ({
    body: { session_id: await planSession(), email: 'ana@example.com' },
  }),
  confirmIntent: async ({ intent }) => {
    const { id, client_secret } = await intent()
    return { path: { id }, body: { client_secret, card: { ...goodCard } } }
  },
  getIntent: async ({ intent }) => {
    const { id, client_secret } = await intent()
    return { path: { id }, headers: { 'X-Client-Secret': client_secret } }
  },
  cancelIntent: async ({ one }) => ({
    path: { id: await one('intent') },
    body: { cancellation_reason: 'requested_by_customer' },
  }),
  createHostedPayment: ({ order }) => ({ body: { ...order } }),
  listPayments: async ({ payment }) => (await payment(), {}),
  listPaymentAttempts: async ({ payment }) => (await payment(), {}),
  getPublicPayment: async ({ payment }) => ({ path: { id: await payment() } }),
  getPayment: async ({ payment }) => ({ path: { id: await payment() } }),
  createCustomer: () => ({ body: { email: 'customer@example.com', name: 'John Doe' } }),
  listCustomers: async ({ customer }) => (await customer(), {}),
  getCustomer: async ({ customer }) => ({ path: { id: await customer() } }),
  createPaymentLink: () => ({ body: { amount: 1_250_000, currency: 'CRC', description: 'Taller de barismo' } }),
  listPaymentLinks: async ({ link }) => (await link(), {}),
  getPaymentLink: async ({ link }) => ({ path: { id: await link() } }),
  deactivatePaymentLink: async ({ link }) => ({ path: { id: await link() } }),
  createProduct: () => ({ body: { name: 'Café de altura', description: '340 g, tueste medio' } }),
  listProducts: async ({ product }) => (await product(), {}),
  getProduct: async ({ product }) => ({ path: { id: await product() } }),
  createPlan: async ({ product }) => ({
    body: { product_id: await product(), amount: 990_000, currency: 'CRC', interval: 'month' },
  }),
  listPlans: async ({ plan }) => (await plan(), {}),
  getPlan: async ({ plan }) => ({ path: { id: await plan() } }),
  createSubscription: async ({ customer, plan }) => ({
    body: { customer_id: await customer(), plan_id: await plan() },
  }),
  listSubscriptions: async ({ subscription }) => (await subscription(), {}),
  getSubscription: async ({ subscription }) => ({ path: { id: await subscription() } }),
  cancelSubscription: async ({ subscription }) => ({ path: { id: await subscription() }, body: {} }),
  resumeSubscription: async ({ activeSubscription }) => ({ path: { id: await activeSubscription() } }),
  listInvoices: async ({ invoice }) => (await invoice(), {}),
  getInvoice: async ({ invoice }) => ({ path: { id: await invoice() } }),
  createCardSession: async ({ begun }) => ({
    path: { id: await begun() },
    body: { return_url: 'https://shop.example/account' },
  }),
  createRefund: async ({ payment }) => ({
    body: { payment_id: await payment(), amount: 250_000, reason: 'requested_by_customer' },
  }),
  listRefunds: async ({ refund }) => (await refund(), {}),
  getRefund: async ({ refund }) => ({ path: { id: await refund() } }),
  getTestClock: () => ({}),
  setTestClock: async ({ clock }) => ({ body: { now: await clock(), frozen: true } }),
  advanceTestClock: async ({ clock }) => ({ body: { to: new Date(Date.parse(await clock()) + 1000).toISOString() } }),
  resetTestClock: async ({ clock }) => (await clock(), {}),
  listEvents: async ({ event }) => (await event(), {}),
  getEvent: async ({ event }) => ({ path: { id: await event() } }),
  createWebhookEndpoint: async ({ endpoint }) => {
    // Room for one more.
    await endpoint()
    return { body: { url: 'https://shop.example/webhooks', events: ['payment.*'] } }
  },
  listWebhookEndpoints: async ({ endpoint }) => (await endpoint(), {}),
  getWebhookEndpoint: async ({ endpoint }) => ({ path: { id: await endpoint() } }),
  updateWebhookEndpoint: async ({ endpoint }) => ({ path: { id: await endpoint() }, body: { events: ['*'] } }),
  deleteWebhookEndpoint: async ({ endpoint }) => ({ path: { id: await endpoint() } }),
  rotateWebhookSecret: async ({ endpoint }) => ({ path: { id: await endpoint() } }),
  pingWebhookEndpoint: async ({ endpoint }) => ({ path: { id: await endpoint() } }),
  listWebhookDeliveries: async ({ delivery }) => (await delivery(), {}),
  getWebhookDelivery: async ({ delivery }) => ({ path: { id: await delivery() } }),
  replayWebhookDelivery: async ({ delivery }) => ({ path: { id: await delivery() } }),
  createSandboxSwitch: async ({ sandboxSwitch, wantedSwitch }) => {
    // Room for one more.
    await sandboxSwitch()
    return { body: await wantedSwitch() }
  },
  listSandboxSwitches: async ({ sandboxSwitch }) => (await sandboxSwitch(), {}),
  deleteSandboxSwitches: async ({ sandboxSwitch }) => (await sandboxSwitch(), {}),
  deleteSandboxSwitch: async ({ sandboxSwitch }) => ({ path: { id: await sandboxSwitch() } }),
  listSandboxNamespaces: async ({ namespace }) => (await namespace(), {}),
  deleteSandboxNamespace: async ({ namespace }) => ({ path: { name: await namespace() } }),
  createWebhookDrill: async ({ endpoint }) => ({ body: { endpoint_id: await endpoint() } }),
  listWebhookDrills: async ({ drill }) => (await drill(), {}),
  getWebhookDrill: async ({ drill }) => ({ path: { id: await drill() } }),
  seedSandbox: async ({ endpoint, sandboxSwitch }) => {
    // Room for one more of each.
    await endpoint()
    await sandboxSwitch()
    return { body: structuredClone(seed) }
  },
  resetSandbox: async ({ customer }) => (await customer(), {}),
}

/** What an id in the path or the body of a request names. */
export const namedBy = (operation: Operation, field: string): Kind => {
  const kind = kinds[field] ?? kinds[operation.path.split('/{')[0]!]
  if (!kind) throw new Error(`Nobody knows what ${field} of ${operation.id} names`)
  return kind
}

const kinds: Record<string, Kind> = {
  session_id: 'session',
  customer_id: 'customer',
  price_id: 'plan',
  plan_id: 'plan',
  product_id: 'product',
  payment_id: 'payment',
  '/v1/payments/intent': 'intent',
  '/v1/payments/public': 'payment',
  '/v1/payments': 'payment',
  '/v1/customers': 'customer',
  '/v1/payment-links': 'link',
  '/v1/products': 'product',
  '/v1/plans': 'plan',
  '/v1/subscriptions': 'subscription',
  '/v1/refunds': 'refund',
  '/v1/invoices': 'invoice',
  '/v1/events': 'event',
  '/v1/webhook-endpoints': 'endpoint',
  '/v1/webhook-deliveries': 'delivery',
  '/v1/sandbox/switches': 'switch',
  '/v1/sandbox/namespaces': 'namespace',
  '/v1/sandbox/drills': 'drill',
  endpoint_id: 'endpoint',
}

/** The address of a request, with a trailing slash or without. */
export function addressOf(operation: Operation, { path = {}, query = {} }: Asked, slash = false): string {
  const filled = operation.path.replaceAll(/\{(.+?)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''))
  const search = new URLSearchParams(query).toString()
  return filled.replace(/\/$/, '') + (slash ? '/' : '') + (search && `?${search}`)
}

/** Sends a request, with a key or without one. */
export function send<T>(
  { ask }: TestApp,
  operation: Operation,
  asked: Asked,
  by: { key?: string | undefined; headers?: Record<string, string>; slash?: boolean; body?: string } = {},
): Promise<Answer<T>> {
  const text = by.body ?? (asked.body && JSON.stringify(asked.body))
  return ask<T>(addressOf(operation, asked, by.slash), {
    method: operation.method,
    headers: {
      ...(text !== undefined && { 'Content-Type': 'application/json' }),
      ...(operation.keyed && by.key !== undefined && { 'X-Api-Key': by.key }),
      ...asked.headers,
      ...by.headers,
    },
    ...(text !== undefined && { body: text }),
  })
}
