/**
 * The minimal session backend of a shop: three things it must do on a server, in one app it mounts.
 * ```ts
 * app.route('/api/checkout', checkoutBackend({
 *   api: 'http://localhost:4242',
 *   apiKey: process.env.PAYMENTS_KEY,
 *   resolveOrder: async (body) => priceOf(await basketOf(body)),
 *   orders,
 *   onPaid: (order) => ship(order.reference),
 * }))
 * ```
 */
import { createHash } from 'node:crypto'
import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { SessionView } from '../contract/checkout.ts'
import { decimalsOf, readAmount } from '../contract/money.ts'
import { createClient, PaymentsApiError, PaymentsUnreachable } from './client.ts'
import { type WebhookActions, webhookHandler, type WebhookOptions } from './webhook.ts'

/** What the shop wants to be paid for. The amount comes from the shop's own prices, never from the page. */
export type ResolvedOrder = {
  /**
   * The shop's own token for this order. Whoever knows it may ask whether the order is paid, so make it random
   * (16 bytes and more), not a running number.
   */
  reference: string
  /** Decimal string in major units, such as "12.50". */
  amount: string
  /** ISO 4217. */
  currency: string
  description?: string
  items?: string[]
  /** Where the buyer lands after paying, with `id_payment` added to its query. */
  return_url: string
  /** The plan to subscribe to; amount and currency are then its price. The buyer says their address in the element. */
  price_id?: string
}

/** The session an order is paid through, and what a payment must match to count. */
export type OrderSession = {
  session_id: string
  checkout_url: string
  amount: string
  currency: string
  /** The plan that it subscribes to. */
  price_id?: string | undefined
}

/** Where the shop keeps its orders: three small functions over its own database. */
export type OrdersPort = {
  remember(reference: string, session: OrderSession): void | Promise<void>
  find(reference: string): KnownOrder | undefined | Promise<KnownOrder | undefined>
  /**
   * True only for the one call that turned the order from unpaid to paid (`update … where paid = false`). `onPaid` hangs
   * on it, so two servers asked at once still act once. The payment's id is null when only the session told.
   */
  markPaid(reference: string, paymentId: string | null): boolean | Promise<boolean>
  /** Whose session this is. Needed where webhooks are received, which name the session alone. */
  referenceOf?(sessionId: string): string | undefined | Promise<string | undefined>
}
export type KnownOrder = OrderSession & { paid: boolean }

export type OrderStatus = 'open' | 'paid' | 'expired'

/** Throw it from `resolveOrder`: the page gets 422 and the sentence. */
export class OrderRefused extends Error {
  override readonly name = 'OrderRefused'
}

export type CheckoutBackendOptions = {
  /** Where the payments API is. */
  api: string
  /** The secret key; it stays here. */
  apiKey: string
  /** Turns what the page sent (a basket, an order's id) into an order at the shop's own price, or throws `OrderRefused`. */
  resolveOrder: (body: unknown, c: Context) => ResolvedOrder | Promise<ResolvedOrder>
  orders: OrdersPort
  /**
   * Runs when an order is first seen paid, at most once. Work that must survive a crash right then belongs inside
   * `orders.markPaid`, in its transaction.
   */
  onPaid?: (paid: { reference: string; paymentId: string | null }) => void | Promise<void>
  /**
   * Receives webhooks at `POST /webhook` and marks orders paid by them, also when the buyer never came back. `on` adds what
   * else is to be done; it may be done twice when the process ends in between.
   */
  webhooks?: Omit<WebhookOptions, 'on' | 'onTrouble'> & { on?: WebhookActions }
  /** Hears of the payment side's refusals and absences, which the page only sees as 502. Writes one line by default. */
  onTrouble?: (trouble: Error) => void
  fetch?: typeof fetch
}

const largestBody = 64 * 1024

/**
 * `POST /session` prices an order and answers `{ session_id, checkout_url, reference }`;
 * `GET /orders/:reference?id_payment=…` answers `{ reference, status }` as the payment side tells it.
 */
export function checkoutBackend(options: CheckoutBackendOptions): Hono {
  const { orders, resolveOrder, onPaid, onTrouble = (trouble) => console.error(trouble.message) } = options
  const payments = createClient(options)
  const app = new Hono()

  app.use(async (c, next) => {
    await next()
    c.header('cache-control', 'no-store')
  })

  app.post(
    '/session',
    bodyLimit({ maxSize: largestBody, onError: (c) => fault(c, 413, 'body_too_large') }),
    async (c) => {
      // A form of another site cannot send this type, so it cannot order in the buyer's name.
      if (!isJson(c.req.header('content-type'))) return fault(c, 415, 'unsupported_media_type')
      const body = await c.req.json<unknown>().catch(() => undefined)
      if (body === undefined) return fault(c, 400, 'invalid_json')

      const order = await resolveOrder(body, c)
      const session = await sessionFor(order)
      if (!session) return fault(c, 409, 'order_paid', { reference: order.reference })
      return c.json({ session_id: session.session_id, checkout_url: session.checkout_url, reference: order.reference })
    },
  )

  app.get('/orders/:reference', async (c) => {
    const reference = c.req.param('reference')
    const known = await orders.find(reference)
    if (!known) return fault(c, 404, 'not_found')
    return c.json({ reference, status: await statusOf(reference, known, c.req.query('id_payment')) })
  })

  if (options.webhooks) {
    const { on = {}, ...receiving } = options.webhooks
    const markPaid = async (sessionId: string | null, money: Money, paymentId: string | null): Promise<void> => {
      const reference = sessionId === null ? undefined : await orders.referenceOf?.(sessionId)
      const known = reference === undefined ? undefined : await orders.find(reference)
      if (reference === undefined || known?.session_id !== sessionId || !isSameMoney(money, known)) return
      if (await orders.markPaid(reference, paymentId)) await onPaid?.({ reference, paymentId })
    }
    app.route(
      '/webhook',
      webhookHandler({
        ...receiving,
        onTrouble,
        on: {
          ...on,
          async 'payment.succeeded'(payment, event) {
            await markPaid(payment.session_id, payment, payment.id)
            await on['payment.succeeded']?.(payment, event)
          },
          async 'session.completed'(session, event) {
            // A card was saved for later: no payment tells of it.
            if (session.payment_status === 'no_payment_required') await markPaid(session.session_id, session, null)
            await on['session.completed']?.(session, event)
          },
        },
      }),
    )
  }

  app.onError((error, c) => {
    if (error instanceof OrderRefused) return fault(c, 422, 'order_refused', { message: error.message })
    if (!(error instanceof PaymentsApiError || error instanceof PaymentsUnreachable)) throw error
    onTrouble(error)
    return fault(c, 502, 'payments_unavailable')
  })

  /** The session this order is paid through: its open one while the price stands, else a new one; none when it is paid. */
  async function sessionFor(order: ResolvedOrder): Promise<OrderSession | undefined> {
    const known = await orders.find(order.reference)
    if (known?.paid) return undefined
    if (known) {
      const stands = isSameMoney(known, order) && known.price_id === order.price_id
      const session = stands ? await payments.sessions.get(known.session_id) : await closed(known.session_id)
      if (session.status === 'complete') {
        if ((await statusOf(order.reference, known, undefined)) === 'paid') return undefined
        throw new PaymentsApiError(409, { title: 'The session is complete with other money than the order has' })
      }
      if (session.status === 'open') {
        if (stands) return known
        // Being paid right now at the old price: a second session beside it could be paid as well.
        throw new PaymentsApiError(409, { title: 'The order is being paid at its former price' })
      }
    }
    const { reference, price_id, ...input } = order
    const made = await payments.sessions.create(
      price_id === undefined ? input : { ...input, mode: 'subscription', price_id },
      { idempotencyKey: keyOf(order, known?.session_id) },
    )
    const session: OrderSession = { ...made, amount: order.amount, currency: order.currency.toUpperCase() }
    if (price_id !== undefined) session.price_id = price_id
    await orders.remember(reference, session)
    return session
  }

  /** Closes the session of a price that no longer stands, so that it cannot be paid from an older tab. */
  async function closed(sessionId: string): Promise<SessionView> {
    return payments.sessions.expire(sessionId).catch(() => payments.sessions.get(sessionId))
  }

  async function statusOf(reference: string, known: KnownOrder, claimed: string | undefined): Promise<OrderStatus> {
    if (known.paid) return 'paid'
    const paymentId = claimed && (await ownPayment(known, claimed)) ? claimed : null
    const session = paymentId ? undefined : await payments.sessions.get(known.session_id)
    const paid = paymentId !== null || (session?.status === 'complete' && isSameMoney(session, known))
    if (!paid) return session?.status === 'expired' ? 'expired' : 'open'
    if (await orders.markPaid(reference, paymentId)) await onPaid?.({ reference, paymentId })
    return 'paid'
  }

  /** Whether the id that came with the buyer names a payment that settled this very order. */
  async function ownPayment(known: KnownOrder, claimed: string): Promise<boolean> {
    if (!/^[\w-]{1,255}$/.test(claimed)) return false
    const payment = await payments.payments.get(claimed).catch((error: unknown) => {
      if (error instanceof PaymentsApiError && error.status === 404) return undefined
      throw error
    })
    return payment?.status === 'succeeded' && payment.session_id === known.session_id && isSameMoney(payment, known)
  }

  return app
}

type Money = { amount: string; currency: string }

/** Compared in minor units: "12.5", "12.50" and a currency in lower case are the same money. */
function isSameMoney(a: Money, b: Money): boolean {
  const currency = a.currency.toUpperCase()
  if (currency !== b.currency.toUpperCase() || decimalsOf(currency) === undefined) return false
  const minor = readAmount(a.amount, currency)
  return typeof minor === 'number' && minor === readAmount(b.amount, currency)
}

/** The same order at the same price asks with the same key, so a double click opens one session; a replaced one counts on. */
function keyOf(order: ResolvedOrder, replaces = ''): string {
  const { reference, amount, currency, return_url, description = '', items = [], price_id = '' } = order
  const text = JSON.stringify([reference, amount, currency, return_url, description, items, replaces, price_id])
  return createHash('sha256').update(text).digest('hex')
}

function isJson(type = ''): boolean {
  return /^application\/json\s*(;|$)/i.test(type)
}

function fault(c: Context, status: ContentfulStatusCode, error: string, more: Record<string, string> = {}): Response {
  return c.json({ error, ...more }, status)
}
