/**
 * A typed client of the payments API for a shop's backend. It holds the secret key, so it never belongs in a page.
 * ```ts
 * const payments = createClient({ api: 'http://localhost:4242', apiKey: process.env.PAYMENTS_KEY })
 * const session = await payments.sessions.create({ amount: '12.50', currency: 'USD', return_url: 'https://shop.example/thanks' })
 * ```
 */
import { z } from 'zod'
import type { CancellationReason, IntentView, PaymentStatus, PaymentView, SessionView } from '../contract/checkout.ts'
import type { EventView } from '../contract/events.ts'
import type {
  CustomerView,
  DeliveryStatus,
  HostedPaymentView,
  InvoiceView,
  LastResort,
  LinkView,
  List,
  PlanInterval,
  PlanView,
  ProductView,
  RefundView,
  SignatureForm,
  SubscriptionView,
  TestClockView,
  TrialEnd,
  WebhookDeliveryView,
  WebhookEndpointView,
} from '../contract/resources.ts'

import type { DrillView, NamespaceView, SeedView, SwitchKind, SwitchTarget, SwitchView } from '../contract/sandbox.ts'

export type { CustomerView, InvoiceView, SubscriptionView, TestClockView }

export type ClientOptions = {
  /** Where the payments API is, such as `http://localhost:4242` or the vendor's own host. A trailing slash is fine. */
  api: string
  /** The secret key. It travels in one header and appears in no error. */
  apiKey: string
  /** The part of the test data that is seen and made: each test of a run may have its own. For test keys. */
  namespace?: string
  fetch?: typeof fetch
  /** Waits between two tries; a test passes one that does not. */
  sleep?: (ms: number) => Promise<void>
}

/** What `POST /v1/payments/session` wants. */
export type NewSession = {
  /** Decimal string in major units, such as "12.50". */
  amount: string
  /** ISO 4217. */
  currency: string
  /** Where the buyer lands after paying. */
  return_url: string
  description?: string
  items?: string[]
  /** Who buys, when the shop keeps customers. */
  customer_id?: string
  /** ISO 8601, half an hour to a day from now; a day when absent. */
  expires_at?: string
}

/** A session that starts a subscription: the plan, and its price once more as amount and currency. */
export type NewSubscriptionSession = NewSession & { mode: 'subscription'; price_id: string }

/** What `POST /v1/payments/` wants: a payment made on the payment side's own page. */
export type NewPayment = NewSession

export type NewCustomer = { email: string; name?: string; description?: string; phone?: string }
/** Amounts of links, plans and refunds are whole minor units: 9999 is 99.99. */
export type NewLink = { amount: number; currency: string; description?: string }
export type NewProduct = { name: string; description?: string; active?: boolean }
export type NewPlan = {
  product_id: string
  amount: number
  currency: string
  interval: PlanInterval
  interval_count?: number
  /** Nothing is charged for so long at the beginning. */
  trial_period_days?: number
  /** Lets a trial begin without a card, and says how it ends when there still is none. */
  trial_without_card?: TrialEnd
  /** What becomes of a subscription when every try of a renewal is spent: it ends, unless this says otherwise. */
  after_last_retry?: LastResort
  /** What the buyer's card statement says. */
  statement_descriptor?: string
}
export type NewWebhookEndpoint = {
  url: string
  /** Types such as `payment.succeeded`, families such as `payment.*`; everything when absent. */
  events?: string[]
  description?: string
  signature?: SignatureForm
}
export type WebhookEndpointChange = Partial<NewWebhookEndpoint> & { enabled?: boolean }
/** Null where the same request was made before. */
type WithSecret<T> = T & { secret: string | null }
/** Which events: `before` an id older ones, `after` it newer ones, the oldest first. */
export type EventPart = { limit?: number; type?: string; object_id?: string; before?: string; after?: string }
export type DeliveryPart = {
  limit?: number
  endpoint_id?: string
  event_id?: string
  status?: DeliveryStatus
  before?: string
}
/** A part of a list that grows while it is read. */
export type Part<T> = { items: T[]; has_more: boolean; limit: number }
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'
/** What is to go wrong, with what, and how often: once, unless `times` says otherwise. */
export type NewSwitch = {
  kind: SwitchKind
  times?: number
  target?: SwitchTarget
  delay_ms?: number
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Each `*` stands for anything. */
  path?: string
}
export type NewSubscription = { customer_id: string; plan_id: string }
/** Without an amount, all that is left of the payment goes back. */
export type NewRefund = { payment_id: string; amount?: number; reason?: string }

/** Which page of a list: `limit` from 1 to 100 (10 when absent), `offset` counted from the newest. */
export type Slice = { limit?: number; offset?: number }

/** Give `idempotencyKey` when the same order may ask twice: it is done once, and answered twice. */
export type Asking = { idempotencyKey?: string }

export type CreatedSession = { session_id: string; checkout_url: string }

export type Client = ReturnType<typeof createClient>

const timeoutMs = 10_000
const tries = 4
const longestWaitMs = 5_000

const errorBody = z.object({
  title: z.string().catch(''),
  content: z.string().catch(''),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).catch([]),
  error: z
    .object({ code: z.string().nullable().catch(null), request_id: z.string().nullable().catch(null) })
    .nullish()
    .catch(null),
})

/** The API answered, and the answer was no. `code` is the API's own word for why; `requestId` is what its support asks for. */
export class PaymentsApiError extends Error {
  override readonly name = 'PaymentsApiError'
  readonly status: number
  readonly title: string
  readonly code: string | null
  readonly content: string
  readonly errors: readonly { field: string; message: string }[]
  readonly requestId: string | null

  constructor(status: number, body: unknown, requestId: string | null = null) {
    const said = errorBody.safeParse(body).data
    const title = said?.title || 'Unexpected answer'
    super([`${status} ${title}`, said?.content].filter(Boolean).join(': '))
    this.status = status
    this.title = title
    this.code = said?.error?.code ?? null
    this.content = said?.content ?? ''
    this.errors = said?.errors ?? []
    this.requestId = said?.error?.request_id ?? requestId
  }
}

/** No answer came: the network, a name that does not resolve, or ten seconds of silence. What was asked may still have happened. */
export class PaymentsUnreachable extends Error {
  override readonly name = 'PaymentsUnreachable'
}

/** Makes a client. Every POST carries an Idempotency-Key, so the tries it repeats by itself act once. */
export function createClient({ api, apiKey, namespace, fetch: ask = fetch, sleep = wait }: ClientOptions) {
  const base = readBase(api)
  // Checked here because the platform's own complaint about a bad header value quotes the value.
  if (!/^[\x21-\x7e]+$/.test(apiKey))
    throw new TypeError('apiKey must be a secret key: printable characters, no spaces')

  if (namespace !== undefined && !/^[A-Za-z0-9._-]{1,64}$/.test(namespace))
    throw new TypeError('namespace must be 1 to 64 of the characters A-Z a-z 0-9 . _ -')

  async function once(method: Method, path: string, headers: Record<string, string>, body?: string) {
    try {
      const answer = await ask(`${base}${path}`, {
        method,
        headers,
        // Followed redirects would carry the key to wherever they point.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === undefined ? {} : { body }),
      })
      return { answer, text: (await answer.text()).replaceAll(apiKey, '[key]') }
    } catch (error) {
      return new PaymentsUnreachable(`The payments API at ${base} did not answer (${reasonOf(error)})`)
    }
  }

  async function call<T>(method: Method, path: string, shape: z.ZodType<T>, body?: unknown, key?: string): Promise<T> {
    const headers: Record<string, string> = { accept: 'application/json', 'x-api-key': apiKey }
    if (method === 'POST') headers['idempotency-key'] = key ?? crypto.randomUUID()
    if (namespace !== undefined) headers['x-sandbox-namespace'] = namespace
    if (body !== undefined) headers['content-type'] = 'application/json'
    const sent = body === undefined ? undefined : JSON.stringify(body)

    for (let left = tries - 1; ; left--) {
      const reply = await once(method, path, headers, sent)
      const backoffMs = 250 * 2 ** (tries - 1 - left)
      if (reply instanceof PaymentsUnreachable) {
        if (left === 0) throw reply
        await sleep(backoffMs)
        continue
      }
      const { answer, text } = reply
      const json = parse(text)
      if (answer.ok) {
        const read = shape.safeParse(json)
        if (read.success) return read.data
      }
      const error = new PaymentsApiError(
        answer.status,
        answer.ok ? undefined : json,
        answer.headers.get('x-request-id'),
      )
      if (left === 0 || !isWorthAnother(error)) throw error
      await sleep(readRetryAfter(answer.headers.get('retry-after')) ?? backoffMs)
    }
  }

  const post = <T>(path: string, shape: z.ZodType<T>, body?: unknown, asking: Asking = {}): Promise<T> =>
    call('POST', path, shape, body, asking.idempotencyKey)
  const get = <T>(path: string, shape: z.ZodType<T>): Promise<T> => call('GET', path, shape)

  /** What every resource of a shop has: made, listed, read by its id. */
  const resource = <New, T>(path: string, shape: z.ZodType<T>) => ({
    create: (input: New, asking?: Asking): Promise<T> => post(path, shape, input, asking),
    list: (slice?: Slice): Promise<List<T>> => get(`${path}${queryOf(slice)}`, listOf(shape)),
    get: (id: string): Promise<T> => get(`${path}/${segment(id)}`, shape),
  })

  return {
    sessions: {
      /** Opens a checkout session. */
      create: (input: NewSession | NewSubscriptionSession, asking?: Asking): Promise<CreatedSession> =>
        post('/v1/payments/session', createdSession, input, asking),
      get: (id: string): Promise<SessionView> => get(`/v1/payments/session/${segment(id)}`, sessionView),
      /** Closes an open session, so that nobody pays it any more. */
      expire: (id: string, asking?: Asking): Promise<SessionView> =>
        post(`/v1/payments/session/${segment(id)}/expire`, sessionView, undefined, asking),
    },
    intents: {
      /** Cancels an intent that no card has paid, and ends its session. */
      cancel: (id: string, reason?: CancellationReason, asking?: Asking): Promise<IntentView> =>
        post(
          `/v1/payments/intent/${segment(id)}/cancel`,
          intentView,
          reason === undefined ? {} : { cancellation_reason: reason },
          asking,
        ),
    },
    payments: {
      /** A payment to be made on the payment side's own page: send the buyer to `redirect_url`. */
      create: (input: NewPayment, asking?: Asking): Promise<HostedPaymentView> =>
        post('/v1/payments/', hostedPaymentView, input, asking),
      get: (id: string): Promise<PaymentView> => get(`/v1/payments/${segment(id)}`, paymentView),
      list: (slice?: Slice & { status?: PaymentStatus }): Promise<List<PaymentView>> =>
        get(`/v1/payments/${queryOf(slice)}`, listOf(paymentView)),
      /** Every attempt to pay, failed ones included. */
      attempts: (slice?: Slice & { status?: PaymentStatus }): Promise<List<PaymentView>> =>
        get(`/v1/payments/internal${queryOf(slice)}`, listOf(paymentView)),
    },
    customers: resource<NewCustomer, CustomerView>('/v1/customers', named<CustomerView>('customer')),
    products: resource<NewProduct, ProductView>('/v1/products', named<ProductView>('product')),
    plans: resource<NewPlan, PlanView>('/v1/plans', named<PlanView>('plan')),
    links: {
      ...resource<NewLink, LinkView>('/v1/payment-links', named<LinkView>('payment_link')),
      /** Closes a link: nobody opens it any more, and what was opened can still be paid. */
      deactivate: (id: string, asking?: Asking): Promise<LinkView> =>
        post(`/v1/payment-links/${segment(id)}/deactivate`, named<LinkView>('payment_link'), undefined, asking),
    },
    subscriptions: {
      ...resource<NewSubscription, SubscriptionView>('/v1/subscriptions', named<SubscriptionView>('subscription')),
      /** Ends a subscription now, or with the period that is paid for. */
      cancel: (id: string, end?: { at_period_end?: boolean }, asking?: Asking): Promise<SubscriptionView> =>
        post(`/v1/subscriptions/${segment(id)}/cancel`, named<SubscriptionView>('subscription'), end ?? {}, asking),
      /** A session on which the buyer gives another card, and pays what is owed with it: for the element, or the page. */
      cardSession: (id: string, options?: { return_url?: string }, asking?: Asking): Promise<CreatedSession> =>
        post(`/v1/subscriptions/${segment(id)}/card-session`, createdSession, options ?? {}, asking),
      /** Takes back that it is to end with its period; a paused one goes on, and its customer's card is charged. */
      resume: (id: string, asking?: Asking): Promise<SubscriptionView> =>
        post(`/v1/subscriptions/${segment(id)}/resume`, named<SubscriptionView>('subscription'), undefined, asking),
    },
    /** What subscriptions cost, one a period. */
    invoices: {
      list: (slice?: Slice & { subscription_id?: string }): Promise<List<InvoiceView>> =>
        get(`/v1/invoices${queryOf(slice)}`, listOf(named<InvoiceView>('invoice'))),
      get: (id: string): Promise<InvoiceView> => get(`/v1/invoices/${segment(id)}`, named<InvoiceView>('invoice')),
    },
    /** Where events are sent. The secret that signs them is in what `create` and `rotateSecret` answer, and nowhere else. */
    webhookEndpoints: {
      create: (input: NewWebhookEndpoint, asking?: Asking): Promise<WithSecret<WebhookEndpointView>> =>
        post('/v1/webhook-endpoints', named('webhook_endpoint'), input, asking),
      list: (slice?: Slice): Promise<List<WebhookEndpointView>> =>
        get(`/v1/webhook-endpoints${queryOf(slice)}`, listOf(named<WebhookEndpointView>('webhook_endpoint'))),
      get: (id: string): Promise<WebhookEndpointView> =>
        get(`/v1/webhook-endpoints/${segment(id)}`, named('webhook_endpoint')),
      update: (id: string, change: WebhookEndpointChange): Promise<WebhookEndpointView> =>
        call('PATCH', `/v1/webhook-endpoints/${segment(id)}`, named('webhook_endpoint'), change),
      delete: (id: string): Promise<{ id: string; deleted: true }> =>
        call('DELETE', `/v1/webhook-endpoints/${segment(id)}`, z.object({ id: z.string(), deleted: z.literal(true) })),
      /** For a day what is sent is signed with both. */
      rotateSecret: (id: string, asking?: Asking): Promise<WithSecret<WebhookEndpointView>> =>
        post(`/v1/webhook-endpoints/${segment(id)}/rotate-secret`, named('webhook_endpoint'), undefined, asking),
      /** Sends an event that says nothing, to see whether it arrives. */
      ping: (id: string, asking?: Asking): Promise<WebhookEndpointView> =>
        post(`/v1/webhook-endpoints/${segment(id)}/ping`, named('webhook_endpoint'), undefined, asking),
    },
    /** Events on their way to endpoints, and what each try came to. */
    webhookDeliveries: {
      list: (part?: DeliveryPart): Promise<Part<WebhookDeliveryView>> =>
        get(`/v1/webhook-deliveries${queryOf(part)}`, partOf(named('webhook_delivery'))),
      get: (id: string): Promise<WebhookDeliveryView> =>
        get(`/v1/webhook-deliveries/${segment(id)}`, named('webhook_delivery')),
      /** Sends it once more, with the same id and bytes. */
      replay: (id: string, asking?: Asking): Promise<WebhookDeliveryView> =>
        post(`/v1/webhook-deliveries/${segment(id)}/replay`, named('webhook_delivery'), undefined, asking),
    },
    /** What has happened, one event a change of an object. */
    events: {
      list: (part?: EventPart): Promise<Part<EventView>> => get(`/v1/events${queryOf(part)}`, partOf(named('event'))),
      get: (id: string): Promise<EventView> => get(`/v1/events/${segment(id)}`, named('event')),
    },
    /** The clock of your test data: everything that becomes due on the way has happened when a move resolves. */
    testClock: {
      get: (): Promise<TestClockView> => get('/v1/test-clock', testClockView),
      set: (clock: { now?: string; frozen?: boolean }, asking?: Asking): Promise<TestClockView> =>
        post('/v1/test-clock', testClockView, clock, asking),
      advance: (
        by: { to?: string; seconds?: number; days?: number; months?: number },
        asking?: Asking,
      ): Promise<TestClockView> => post('/v1/test-clock/advance', testClockView, by, asking),
      /** Back to the real clock. */
      reset: (asking?: Asking): Promise<TestClockView> =>
        post('/v1/test-clock/reset', testClockView, undefined, asking),
    },
    /** What steers a sandbox, with a test key: what goes wrong on request, parts of the test data, a fresh start. */
    sandbox: {
      switches: {
        create: (wanted: NewSwitch, asking?: Asking): Promise<SwitchView> =>
          post('/v1/sandbox/switches', named('sandbox_switch'), wanted, asking),
        list: (): Promise<{ items: SwitchView[] }> =>
          get('/v1/sandbox/switches', z.object({ items: z.array(named<SwitchView>('sandbox_switch')) })),
        delete: (id: string): Promise<{ id: string; deleted: true }> =>
          call('DELETE', `/v1/sandbox/switches/${segment(id)}`, z.object({ id: z.string(), deleted: z.literal(true) })),
        deleteAll: (): Promise<{ deleted: number }> =>
          call('DELETE', '/v1/sandbox/switches', z.object({ deleted: z.int() })),
      },
      /** Whether a webhook handler stands duplicates, lateness, disorder and forgeries: begin one, and read it until it is finished. */
      drills: {
        create: (wanted: { endpoint_id: string }, asking?: Asking): Promise<DrillView> =>
          post('/v1/sandbox/drills', named('webhook_drill'), wanted, asking),
        list: (): Promise<{ items: DrillView[] }> =>
          get('/v1/sandbox/drills', z.object({ items: z.array(named<DrillView>('webhook_drill')) })),
        get: (id: string): Promise<DrillView> => get(`/v1/sandbox/drills/${segment(id)}`, named('webhook_drill')),
      },
      namespaces: {
        list: (): Promise<{ items: NamespaceView[] }> =>
          get('/v1/sandbox/namespaces', z.object({ items: z.array(namespaceView) })),
        /** With all that is in it. */
        delete: (name: string): Promise<{ name: string; deleted: true }> =>
          call(
            'DELETE',
            `/v1/sandbox/namespaces/${encodeURIComponent(name)}`,
            z.object({ name: z.string(), deleted: z.literal(true) }),
          ),
      },
      /** Makes all that a file tells of, or nothing: the reference of the API says how one is written. */
      seed: (file: object, asking?: Asking): Promise<SeedView> => post('/v1/sandbox/seed', seedView, file, asking),
      /** Takes all test data away: of the account, or of the client's namespace. */
      reset: (asking?: Asking): Promise<{ object: 'sandbox_reset'; namespace: string | null }> =>
        post(
          '/v1/sandbox/reset',
          z.object({ object: z.literal('sandbox_reset'), namespace: z.string().nullable() }),
          undefined,
          asking,
        ),
    },
    /** A refund may still be `pending`, or fail later: read it again, or listen for its events. */
    refunds: resource<NewRefund, RefundView>('/v1/refunds', named<RefundView>('refund')),
  }
}

const createdSession = z.object({ session_id: z.string().min(1), checkout_url: z.url({ protocol: /^https?$/ }) })

// The fields that decisions about money stand on are checked; the rest is typed as the contract says and passed on.
const sessionView = z.custom<SessionView>(
  isShapedAs(z.object({ session_id: z.string(), status: z.string(), amount: z.string(), currency: z.string() })),
)
const paymentView = z.custom<PaymentView>(
  isShapedAs(
    z.object({
      id: z.string(),
      status: z.string(),
      session_id: z.string().nullable(),
      amount: z.string(),
      currency: z.string(),
    }),
  ),
)
const intentView = z.custom<IntentView>(isShapedAs(z.object({ id: z.string(), status: z.string() })))
const hostedPaymentView = z.custom<HostedPaymentView>(
  isShapedAs(z.object({ id: z.string().min(1), redirect_url: z.url({ protocol: /^https?$/ }) })),
)

const testClockView = z.custom<TestClockView>(
  isShapedAs(z.object({ object: z.literal('test_clock'), now: z.string(), status: z.string() })),
)

const seedView = z.custom<SeedView>(isShapedAs(z.object({ object: z.literal('sandbox_seed'), now: z.string() })))
const namespaceView = z.object({
  name: z.string(),
  object: z.literal('sandbox_namespace'),
  created_at: z.string(),
})

/** An object that says what it is. */
const named = <T>(object: string): z.ZodType<T> =>
  z.custom<T>(isShapedAs(z.object({ id: z.string().min(1), object: z.literal(object) })))

const partOf = <T>(item: z.ZodType<T>): z.ZodType<Part<T>> =>
  z.object({ items: z.array(item), has_more: z.boolean(), limit: z.int() })

const listOf = <T>(item: z.ZodType<T>): z.ZodType<List<T>> =>
  z.object({ items: z.array(item), total_items: z.int(), limit: z.int(), offset: z.int() })

function queryOf(slice: Record<string, string | number | undefined> = {}): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(slice)) if (value !== undefined) query.set(name, String(value))
  return query.size === 0 ? '' : `?${query.toString()}`
}

function isShapedAs(shape: z.ZodType): (value: unknown) => boolean {
  return (value) => shape.safeParse(value).success
}

function readBase(api: string): string {
  const url = URL.parse(api)
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    throw new TypeError('api must be an http or https address without credentials or query')
  return url.href.replace(/\/+$/, '')
}

/** An id as one step of a path: `..` or a slash would ask another address with the secret key. */
function segment(id: string): string {
  if (!/^[\w-]{1,255}$/.test(id)) throw new TypeError('Not an id of the payments API')
  return id
}

function isWorthAnother(error: PaymentsApiError): boolean {
  return error.status === 429 || error.status === 503 || error.code === 'idempotency_key_in_use'
}

function readRetryAfter(header: string | null): number | undefined {
  return header && /^\d{1,9}$/.test(header) ? Math.min(Number(header) * 1000, longestWaitMs) : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A system's word such as ECONNREFUSED, never a free sentence: those may quote what was sent. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no reason given'
  if (error.name === 'TimeoutError') return `nothing for ${timeoutMs / 1000} s`
  const cause = error.cause
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return /^[A-Z_]{3,40}$/.test(code) ? code : 'network failure'
}

function wait(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}
