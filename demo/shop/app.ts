/** The demo shop: its pages, its orders, and the session backend that any shop would mount. */
import { readFile } from 'node:fs/promises'
import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { getCookie, setCookie } from 'hono/cookie'
import { etag } from 'hono/etag'
import { secureHeaders } from 'hono/secure-headers'
import { z } from 'zod'
import { checkoutBackend, OrderRefused } from '../../server/merchant/checkout-backend.ts'
import { createClient, PaymentsApiError, PaymentsUnreachable } from '../../server/merchant/client.ts'
import { showAmount } from '../../server/merchant/money.ts'
import { currencies, findProduct, languages, mostOfOne, type Language } from './catalogue.ts'
import { document, type PageData } from './document.ts'
import { ordersInMemory } from './orders.ts'

export type ShopDeps = {
  /** The payment side. */
  api: string
  apiKey: string
  /** The shop's own public origin, where buyers come back to. */
  shopUrl: string
  /** The folder that holds the built shop.js and shop.css. */
  built: URL
  now: () => Date
  /** At least 128 random bits: an order's token is made of it. */
  newId: () => string
  fetch?: typeof fetch
  onTrouble?: (trouble: Error) => void
}

const language = z.enum(languages)
const basket = z.object({
  lines: z.array(z.object({ id: z.string(), quantity: z.int().min(1).max(mostOfOne) })).max(100),
  currency: z.enum(currencies),
  language,
  reference: z.string().max(100).optional(),
})
const orderNamed = z.object({ reference: z.string().max(100) })

export function createShop(deps: ShopDeps): Hono {
  const { api, apiKey, shopUrl, built, onTrouble } = deps
  const payments = new URL(api).origin
  const orders = ordersInMemory(deps)
  const outside = { api, apiKey, ...(deps.fetch && { fetch: deps.fetch }) }
  const client = createClient(outside)
  const app = new Hono()

  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'", payments],
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
    }),
  )

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
    return c.html(document({ page: name, language: languageOf(c), payments, reference }), status)
  }
  app.get('/', (c) => page(c, 'shop'))
  app.get('/checkout', (c) => page(c, 'checkout'))
  app.get('/orders/:reference', (c) => {
    const reference = c.req.param('reference')
    return orders.get(reference) ? page(c, 'order', 200, reference) : page(c, 'missing', 404)
  })

  app.route(
    '/api/checkout',
    checkoutBackend({
      ...outside,
      orders,
      resolveOrder(body) {
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
    const { reference, number, placed_at, currency, lines, total, payment_id } = order
    return c.json({ reference, number, placed_at, currency, lines, total, payment_id })
  })

  /** Only a demonstration lets the page close its own session: the tester wants to see what a late buyer sees. */
  app.post('/qa/expire', bodyLimit({ maxSize: 4096 }), async (c) => {
    if (!c.req.header('content-type')?.startsWith('application/json'))
      return c.json({ error: 'unsupported_media_type' }, 415)
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
  return app
}

const cookie = 'baru_lang'

/** The language asked for now, the one asked for before, or the browser's. */
function languageOf(c: Context): Language {
  const asked = language.safeParse(c.req.query('lang')).data
  if (asked) setCookie(c, cookie, asked, { path: '/', maxAge: 31_536_000, sameSite: 'Lax' })
  const remembered = asked ?? language.safeParse(getCookie(c, cookie)).data
  return remembered ?? (/^en\b/i.test(c.req.header('accept-language') ?? '') ? 'en' : 'es')
}
