/** The demo shop: its pages, its orders, and the session backend that any shop would mount. */
import { readFile } from 'node:fs/promises'
import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { every } from 'hono/combine'
import { getCookie, setCookie } from 'hono/cookie'
import { etag } from 'hono/etag'
import { secureHeaders } from 'hono/secure-headers'
import { z } from 'zod'
import { checkoutBackend, OrderRefused } from '../../server/merchant/checkout-backend.ts'
import {
  createClient,
  PaymentsApiError,
  PaymentsUnreachable,
  type SubscriptionView,
} from '../../server/merchant/client.ts'
import { showAmount } from '../../server/merchant/money.ts'
import { club, currencies, findProduct, languages, mostOfOne, type Language } from './catalogue.ts'
import { clubPlans } from './club.ts'
import { frameworkPages } from './frameworks.ts'
import { document, type PageData } from './document.ts'
import { ordersInMemory } from './orders.ts'
import { qaPages } from '../qa/app.ts'
import { mayTest } from '../qa/guard.ts'

export type ShopDeps = {
  /** The payment side. */
  api: string
  apiKey: string
  /** The shop's own public origin, where buyers come back to. */
  shopUrl: string
  /** The folder that holds the built shop.js and shop.css. */
  built: URL
  /** Where it listens. The QA page is there on a loopback address only, and not at all without one. */
  host?: string
  now: () => Date
  /** At least 128 random bits: an order's token is made of it. */
  newId: () => string
  fetch?: typeof fetch
  onTrouble?: (trouble: Error) => void
}

/** A shop, and where it wants to hear of payments. */
export type Shop = Hono & {
  /** Asks the payment side for webhooks; from then on orders are paid by them, whether the buyer comes back or not. */
  listen(): Promise<void>
}

const language = z.enum(languages)
const basket = z.object({
  lines: z.array(z.object({ id: z.string(), quantity: z.int().min(1).max(mostOfOne) })).max(100),
  currency: z.enum(currencies),
  language,
  reference: z.string().max(100).optional(),
})
const clubOrder = z.object({
  club: z.object({ trial: z.boolean() }),
  currency: z.enum(currencies),
  language,
  reference: z.string().max(100).optional(),
})
const ending = z.object({ at_period_end: z.boolean() })
const clockMoves = z.object({ move: z.enum(['freeze', 'day', 'month', 'real']) })
const orderNamed = z.object({ reference: z.string().max(100) })

/** A form of another site cannot send this type, so it can ask for nothing in the buyer's name. */
const onlyJson = every(bodyLimit({ maxSize: 4096 }), async (c, next) => {
  if (c.req.header('content-type')?.startsWith('application/json')) return next()
  return c.json({ error: 'unsupported_media_type' }, 415)
})

export function createShop(deps: ShopDeps): Shop {
  const { api, apiKey, shopUrl, built, onTrouble } = deps
  const payments = new URL(api).origin
  const orders = ordersInMemory(deps)
  const outside = { api, apiKey, ...(deps.fetch && { fetch: deps.fetch }) }
  const client = createClient(outside)
  const planOf = clubPlans(client)
  const hook = `${shopUrl}/api/checkout/webhook`
  let secret: string | undefined
  const app = new Hono()
  const hasQa = mayTest({ api, apiKey, shopUrl, host: deps.host ?? '' })
  if (hasQa) app.route('/qa', qaPages({ ...outside, shopUrl, built: new URL('../qa/', built), hook, languageOf }))

  const headers = (more: string[] = []) =>
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'", payments, ...more],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'", payments],
        frameSrc: [payments],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
      // The order's token is in its address, which is nobody else's business.
      referrerPolicy: 'no-referrer',
      xFrameOptions: 'DENY',
      strictTransportSecurity: shopUrl.startsWith('https:') ? 'max-age=31536000' : false,
      permissionsPolicy: { camera: false, microphone: false, geolocation: false },
    })
  // Angular's page compiles its templates in the browser; one that `ng build` made needs no such exception. The last to set a header is
  // the first that was asked.
  app.use('/frameworks/angular/*', headers(["'unsafe-eval'"]))
  app.use(headers())

  app.route('/frameworks', frameworkPages(new URL('../frameworks/', built), payments))
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  const file = (folder: URL, name: string, type: string) =>
    app.get(`/${name}`, etag(), async (c) => {
      const bytes = await readFile(new URL(name, folder))
      return c.body(bytes, 200, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-cache' })
    })
  file(built, 'shop.js', 'text/javascript')
  file(built, 'shop.css', 'text/css')
  file(new URL('./', import.meta.url), 'favicon.svg', 'image/svg+xml')

  const page = (c: Context, name: PageData['page'], status: 200 | 404 = 200, reference: string | null = null) => {
    c.header('cache-control', 'no-store')
    return c.html(document({ page: name, language: languageOf(c), payments, reference, hasQa }), status)
  }
  app.get('/', (c) => page(c, 'shop'))
  app.get('/checkout', (c) => page(c, 'checkout'))
  app.get('/subscribe', (c) => page(c, 'subscribe'))
  app.get('/orders/:reference', (c) => {
    const reference = c.req.param('reference')
    return orders.get(reference) ? page(c, 'order', 200, reference) : page(c, 'missing', 404)
  })
  app.get('/orders/:reference/card', (c) => {
    const reference = c.req.param('reference')
    return orders.get(reference)?.club ? page(c, 'card', 200, reference) : page(c, 'missing', 404)
  })

  app.route(
    '/api/checkout',
    checkoutBackend({
      ...outside,
      orders,
      webhooks: { secret: () => secret },
      async resolveOrder(body) {
        const wanted = clubOrder.safeParse(body).data
        if (wanted) {
          const { currency, language } = wanted
          const { trial } = wanted.club
          const order = orders.placeClub(currency, trial, wanted.reference)
          return {
            reference: order.reference,
            price_id: await planOf(currency, trial),
            amount: showAmount(order.total, currency),
            currency,
            description: club.name[language],
            items: [club.size[language]],
            return_url: `${shopUrl}/orders/${order.reference}`,
          }
        }
        const asked = basket.safeParse(body)
        if (!asked.success) throw new OrderRefused('Not a basket')
        const { lines, currency, language, reference } = asked.data
        const order = orders.place(lines, currency, reference)
        return {
          reference: order.reference,
          amount: showAmount(order.total, currency),
          currency,
          // A number and no words: the session outlives a switch of the language.
          description: order.number,
          items: order.lines.map(({ id, quantity }) => `${quantity} × ${findProduct(id)?.name[language] ?? id}`),
          return_url: `${shopUrl}/orders/${order.reference}`,
        }
      },
      ...(onTrouble && { onTrouble }),
    }),
  )

  /** What the order page shows besides the status: the shop's own record. */
  app.get('/api/orders/:reference', (c) => {
    const order = orders.get(c.req.param('reference'))
    c.header('cache-control', 'no-store')
    if (!order) return c.json({ error: 'not_found' }, 404)
    const { reference, number, placed_at, currency, lines, club, total, payment_id } = order
    return c.json({ reference, number, placed_at, currency, lines, club, total, payment_id })
  })

  /** The subscription that an order began, as the payment side knows it. */
  async function subscriptionOf(reference: string): Promise<SubscriptionView | undefined> {
    const session = orders.get(reference)?.session
    const id = session && (await client.sessions.get(session.session_id)).subscription?.id
    return id ? client.subscriptions.get(id) : undefined
  }

  app.get('/api/orders/:reference/subscription', async (c) => {
    c.header('cache-control', 'no-store')
    const found = await subscriptionOf(c.req.param('reference'))
    if (!found) return c.json({ error: 'not_found' }, 404)
    const { status, current_period_end, trial_end, cancel_at_period_end } = found
    const [customer, invoices, clock] = await Promise.all([
      client.customers.get(found.customer_id),
      client.invoices.list({ limit: 100 }),
      client.testClock.get(),
    ])
    return c.json({
      status,
      renews_at: new Date(current_period_end * 1000).toISOString(),
      trial_end,
      cancel_at_period_end,
      card: customer.card,
      invoices: invoices.items
        .filter((one) => one.subscription_id === found.id)
        .map(({ amount, currency, status, period_start, next_attempt_at }) => ({
          amount,
          currency,
          status,
          period_start,
          next_attempt_at,
        })),
      clock,
    })
  })

  /** A page for another card: the shop's own, with the element in it. */
  app.post('/api/orders/:reference/card', onlyJson, async (c) => {
    const reference = c.req.param('reference')
    const found = await subscriptionOf(reference)
    if (!found) return c.json({ error: 'not_found' }, 404)
    return c.json(await client.subscriptions.cardSession(found.id, { return_url: `${shopUrl}/orders/${reference}` }))
  })

  app.post('/api/orders/:reference/ending', onlyJson, async (c) => {
    const asked = ending.safeParse(await c.req.json<unknown>().catch(() => undefined))
    const found = await subscriptionOf(c.req.param('reference'))
    if (!asked.success || !found) return c.json({ error: 'not_found' }, 404)
    const ended = asked.data.at_period_end
      ? await client.subscriptions.cancel(found.id, { at_period_end: true })
      : await client.subscriptions.resume(found.id)
    return c.json({ status: ended.status })
  })

  /** Only a demonstration lets its visitors move time: that of its test data. */
  app.post('/qa/clock', onlyJson, async (c) => {
    const asked = clockMoves.safeParse(await c.req.json<unknown>().catch(() => undefined))
    if (!asked.success) return c.json({ error: 'not_found' }, 404)
    const { testClock } = client
    switch (asked.data.move) {
      case 'freeze':
        return c.json(await testClock.set({ frozen: true }))
      case 'day':
        return c.json(await testClock.advance({ days: 1 }))
      case 'month':
        return c.json(await testClock.advance({ months: 1 }))
      case 'real':
        return c.json(await testClock.reset())
    }
  })

  /** Only a demonstration lets the page close its own session: the tester wants to see what a late buyer sees. */
  app.post('/qa/expire', onlyJson, async (c) => {
    const asked = orderNamed.safeParse(await c.req.json<unknown>().catch(() => undefined))
    const session = asked.success ? orders.get(asked.data.reference)?.session : undefined
    if (!session) return c.json({ error: 'not_found' }, 404)
    const { status } = await client.sessions.expire(session.session_id)
    return c.json({ status })
  })

  app.notFound((c) => (c.req.path.startsWith('/api/') ? c.json({ error: 'not_found' }, 404) : page(c, 'missing', 404)))
  app.onError((error, c) => {
    onTrouble?.(error)
    const away = error instanceof PaymentsApiError || error instanceof PaymentsUnreachable
    return away ? c.json({ error: 'payments_unavailable' }, 502) : c.json({ error: 'internal_error' }, 500)
  })
  return Object.assign(app, {
    async listen() {
      // The secret is shown once and kept in memory: an endpoint from before this start is of no use any more.
      const { items } = await client.webhookEndpoints.list({ limit: 100 })
      for (const { id, url } of items) if (url === hook) await client.webhookEndpoints.delete(id)
      const made = await client.webhookEndpoints.create({
        url: hook,
        description: 'Demo shop',
        events: ['payment.succeeded', 'session.completed'],
      })
      secret = made.secret ?? undefined
    },
  })
}

const cookie = 'baru_lang'

/** The language asked for now, the one asked for before, or the browser's. */
function languageOf(c: Context): Language {
  const asked = language.safeParse(c.req.query('lang')).data
  if (asked) setCookie(c, cookie, asked, { path: '/', maxAge: 31_536_000, sameSite: 'Lax' })
  const remembered = asked ?? language.safeParse(getCookie(c, cookie)).data
  return remembered ?? (/^en\b/i.test(c.req.header('accept-language') ?? '') ? 'en' : 'es')
}
