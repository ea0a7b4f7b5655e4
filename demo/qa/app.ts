/**
 * The QA page's part of the shop's backend: it plays the shop for whoever tests one. The secret key stays here; what the page asks for is
 * asked of the payment side in its place. It exists on one's own machine only (`guard.ts`).
 */
import { readFile } from 'node:fs/promises'
import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { etag } from 'hono/etag'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { z } from 'zod'
import { createClient, PaymentsApiError, PaymentsUnreachable, type Client } from '../../server/merchant/client.ts'
import { readAmount } from '../../server/merchant/money.ts'
import { strictPolicy } from '../../tools/csp.ts'
import { currencies, type Language } from '../shop/catalogue.ts'
import { shownCards } from './cards.ts'
import { backDocument, qaDocument, shownDocument, shownSheet, tokens } from './document.ts'
import { eventsAround } from './events.ts'
import { fromHere, namedLocally } from './guard.ts'
import { framedPolicy, policyText, reportingPolicy } from './policy.ts'

export type QaDeps = {
  api: string
  apiKey: string
  shopUrl: string
  /** The folder that holds the built qa.js and qa.css. */
  built: URL
  /** Where the shop hears of payments: the endpoint that webhook switches are about. */
  hook: string
  languageOf: (c: Context) => Language
  fetch?: typeof fetch
}

const namespace = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/)
const text = z.string().trim().max(500)
const newSession = z.object({
  mode: z.enum(['payment', 'subscription']),
  amount: z.string().max(20),
  currency: z.enum(currencies),
  description: text,
  items: z.array(text).max(20),
  // Too short or too long is the payment side's to say.
  minutes: z.int().min(0).max(100_000).nullable(),
  email: text,
  return_url: z.string().max(2048),
  interval: z.enum(['day', 'week', 'month', 'year']),
  trial_days: z.int().min(0).max(365),
})
type Wanted = z.infer<typeof newSession>

const clockMove = z.union([
  z.object({ frozen: z.boolean() }),
  z.object({
    advance: z
      .object({ seconds: z.int() })
      .or(z.object({ days: z.int() }))
      .or(z.object({ months: z.int() })),
  }),
  z.object({ reset: z.literal(true) }),
])
const switchKind = z.enum([
  'delay',
  'rate_limit',
  'error_before_commit',
  'error_after_commit',
  'dropped_reply',
  'webhook_duplicate',
  'webhook_delay',
  'webhook_reorder',
  'webhook_bad_signature',
])
const newSwitch = z.object({
  kind: switchKind,
  times: z.int().min(1).max(100),
  delay_ms: z.int().min(1).max(60_000).optional(),
  session_id: z.string().max(255),
})
const id = z.string().regex(/^[\w-]{1,255}$/)
const shown = z.object({
  session: id,
  page: id,
  lang: z.string().regex(/^[a-zA-Z]{2,3}(-[\w]{1,8}){0,3}$/),
  dir: z.enum(['ltr', 'rtl']).catch('ltr'),
  scheme: z.enum(['light', 'dark', 'auto']).catch('auto'),
  policy: policyText.catch(''),
  framed: z.literal('no').optional().catch(undefined),
})
/** Attributes that are on the tag as they are in the address. */
const attributes = ['locale', 'color-scheme', 'density', 'summary', 'mode', 'pay-button', 'test-drawer'] as const
const report = z.object({
  'csp-report': z.object({
    'effective-directive': z.string().max(100),
    'blocked-uri': z.string().max(2048),
    'source-file': z.string().max(2048).optional(),
    'line-number': z.number().optional(),
  }),
})
type Violation = { directive: string; blocked: string; source: string; line: number | null; count: number }

/** Mounted at `/qa`. */
export function qaPages({ api, apiKey, shopUrl, built, hook, languageOf, fetch: reach = fetch }: QaDeps): Hono {
  const app = new Hono()
  const payments = new URL(api).origin

  /** Asks as the shop does, in the namespace that the page is in. */
  function asking(c: Context): Client {
    const named = namespace.safeParse(c.req.query('namespace')).data
    const inLanguage: typeof fetch = (input, init) =>
      reach(input, {
        ...init,
        headers: { ...(init?.headers as Record<string, string>), 'accept-language': languageOf(c) },
      })
    return createClient({ api, apiKey, fetch: inLanguage, ...(named && { namespace: named }) })
  }

  app.use(namedLocally)
  app.onError((error, c) => {
    if (error instanceof PaymentsUnreachable) return c.json({ error: { title: error.name, content: '' } }, 502)
    if (!(error instanceof PaymentsApiError)) throw error
    const { title, content, code, errors } = error
    const told = error.status >= 400 && error.status < 500 ? error.status : 502
    return c.json({ error: { title, content, code, errors } }, told as ContentfulStatusCode)
  })

  // Registered before the shop's own headers, which therefore do not reach these pages.
  const headers = (policy: string | null, more: Record<string, string> = {}): Record<string, string> => ({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
    ...(policy && { 'content-security-policy': policy }),
    ...more,
  })
  const own = (framedBy: string) =>
    [
      `default-src 'none'`,
      `script-src 'self'`,
      `style-src 'self'`,
      `img-src 'self' data:`,
      `connect-src 'self'`,
      `frame-src 'self'`,
      `form-action 'self'`,
      `base-uri 'none'`,
      `frame-ancestors ${framedBy}`,
      `require-trusted-types-for 'script'`,
      `trusted-types lit-html`,
    ].join('; ')

  app.get('/', (c) => {
    const data = {
      language: languageOf(c),
      payments,
      shop: shopUrl,
      policy: strictPolicy(payments),
      cards: shownCards,
    }
    return c.html(qaDocument(data), 200, headers(own(`'none'`)))
  })
  const file = (name: string, type: string) =>
    app.get(`/${name}`, etag(), async (c) => {
      const bytes = await readFile(new URL(name, built))
      return c.body(
        bytes,
        200,
        headers(null, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-cache' }),
      )
    })
  file('qa.js', 'text/javascript')
  file('qa.css', 'text/css')

  /** The shop's page under test, with the tester's policy and nobody else's; alone (`framed=no`) it is sent as it was written. */
  app.get('/shown', (c) => {
    const asked = shown.safeParse(c.req.query())
    if (!asked.success) return c.text('Not a page to show', 404, headers(own(`'self'`)))
    const { session, lang, dir, scheme, policy, page, framed } = asked.data
    const given = attributes.flatMap((name) => {
      const value = c.req.query(name)
      return value === undefined || !/^[\w-]{1,40}$/.test(value) ? [] : [[name, value] as const]
    })
    const set = tokens.flatMap((name) => {
      const value = c.req.query(name)
      return value === undefined ? [] : [[name, value]]
    })
    const sheet = `/qa/shown.css?${new URLSearchParams(set).toString()}`
    const made = shownDocument({ payments, session, lang, dir, scheme, attributes: Object.fromEntries(given), sheet })
    const reporting = policy && {
      'content-security-policy-report-only': reportingPolicy(policy, `/qa/reports/${page}`),
    }
    return c.html(made, 200, headers(framed === 'no' ? policy : framedPolicy(policy), reporting || {}))
  })
  app.get('/shown.css', (c) =>
    c.body(
      shownSheet((name) => c.req.query(name)),
      200,
      headers(null, { 'content-type': 'text/css; charset=utf-8' }),
    ),
  )
  app.get('/back', (c) =>
    c.html(backDocument(languageOf(c), new URL(c.req.url).searchParams), 200, headers(own(`'self'`))),
  )

  /** What browsers report of pages that were shown, by the page; the oldest pages are forgotten. */
  const reports = new Map<string, Violation[]>()
  app.post('/reports/:page', bodyLimit({ maxSize: 32_768 }), async (c) => {
    const seen = report.safeParse(await c.req.json<unknown>().catch(() => undefined)).data?.['csp-report']
    const page = id.safeParse(c.req.param('page')).data
    if (!seen || !page) return c.body(null, 400)
    const of = reports.get(page) ?? []
    reports.set(page, of)
    if (reports.size > 50) reports.delete(reports.keys().next().value!)
    const made = {
      directive: seen['effective-directive'],
      blocked: seen['blocked-uri'],
      source: seen['source-file'] ?? '',
      line: seen['line-number'] ?? null,
    }
    const known = of.find(
      (one) => one.directive === made.directive && one.blocked === made.blocked && one.line === made.line,
    )
    if (known) known.count++
    else if (of.length < 100) of.push({ ...made, count: 1 })
    return c.body(null, 204)
  })

  app.use('/api/*', fromHere)
  app.use('/api/*', async (c, next) => {
    await next()
    c.header('cache-control', 'no-store')
  })
  app.get('/api/reports/:page', (c) => c.json({ items: reports.get(c.req.param('page')) ?? [] }))

  app.post('/api/session', async (c) => {
    const wanted = newSession.safeParse(await c.req.json<unknown>().catch(() => undefined))
    if (!wanted.success) return c.json(mistakes(wanted.error), 422)
    const { mode, amount, currency } = wanted.data
    const price = readAmount(amount, currency)
    if (mode === 'subscription' && typeof price !== 'number')
      return c.json(told([{ field: 'amount', message: `${amount || '""'} ${currency}` }]), 422)
    const client = asking(c)
    return c.json(await client.sessions.create(await orderOf(client, wanted.data, Number(price))))
  })

  app.get('/api/events', async (c) => {
    const session = id.safeParse(c.req.query('session')).data
    return session ? c.json({ items: await eventsAround(asking(c), session) }) : c.json({ items: [] }, 422)
  })

  app.get('/api/clock', async (c) => c.json(await asking(c).testClock.get()))
  app.post('/api/clock', async (c) => {
    const move = clockMove.safeParse(await c.req.json<unknown>().catch(() => undefined))
    if (!move.success) return c.json(mistakes(move.error), 422)
    const { testClock } = asking(c)
    if ('reset' in move.data) return c.json(await testClock.reset())
    if ('frozen' in move.data) return c.json(await testClock.set(move.data))
    return c.json(await testClock.advance(move.data.advance))
  })

  // A payment side without switches says 404, and the page shows none.
  app.get('/api/switches', async (c) => c.json(await asking(c).sandbox.switches.list()))
  app.delete('/api/switches', async (c) => c.json(await asking(c).sandbox.switches.deleteAll()))
  app.delete('/api/switches/:id', async (c) => {
    const named = id.safeParse(c.req.param('id')).data
    return named ? c.json(await asking(c).sandbox.switches.delete(named)) : c.json({}, 404)
  })
  app.post('/api/switches', async (c) => {
    const wanted = newSwitch.safeParse(await c.req.json<unknown>().catch(() => undefined))
    if (!wanted.success) return c.json(mistakes(wanted.error), 422)
    const { kind, times, session_id, delay_ms } = wanted.data
    const client = asking(c)
    const target = kind.startsWith('webhook_') ? await hookOf(client) : { session_id }
    const made = { kind, times, ...(delay_ms !== undefined && { delay_ms }), ...(target && { target }) }
    return c.json(await client.sandbox.switches.create(made))
  })

  /** The shop's own endpoint; without one the switch is armed for every endpoint. */
  async function hookOf(client: Client): Promise<{ endpoint_id: string } | undefined> {
    const { items } = await client.webhookEndpoints.list({ limit: 100 })
    const found = items.find(({ url }) => url === hook)
    return found && { endpoint_id: found.id }
  }

  return app
}

const told = (errors: { field: string; message: string }[]) => ({
  error: { title: '', content: '', errors },
})
const mistakes = (error: z.ZodError) =>
  told(error.issues.map(({ path, message }) => ({ field: path.join('.'), message })))

/** The session that a shop would open for this. */
async function orderOf(
  client: Client,
  wanted: Wanted,
  price: number,
): Promise<Parameters<Client['sessions']['create']>[0]> {
  const { amount, currency, description, items, minutes, email, return_url } = wanted
  const listed = items.filter(Boolean)
  const session = {
    amount,
    currency,
    return_url,
    ...(description && { description }),
    ...(listed.length > 0 && { items: listed }),
    ...(email && { customer_id: await customerOf(client, email) }),
    ...(minutes !== null && { expires_at: await inTime(client, minutes) }),
  }
  return wanted.mode === 'payment'
    ? session
    : { ...session, mode: 'subscription', price_id: await planOf(client, wanted, price) }
}

/** Sessions end by the clock of the test data, wherever it stands. */
async function inTime({ testClock }: Client, minutes: number): Promise<string> {
  const { now } = await testClock.get()
  // A little more than asked: the clock goes on while the session is made.
  return new Date(Date.parse(now) + minutes * 60_000 + (minutes < 1440 ? 2000 : 0)).toISOString()
}

async function customerOf({ customers }: Client, email: string): Promise<string> {
  const known = (await customers.list({ limit: 100 })).items.find((one) => one.email === email)
  return (known ?? (await customers.create({ email }))).id
}

const product = { name: 'Mesa de pruebas', description: 'QA' }

async function planOf({ products, plans }: Client, wanted: Wanted, amount: number): Promise<string> {
  const sold = (await products.list({ limit: 100 })).items.find(({ name }) => name === product.name)
  const { id: product_id } = sold ?? (await products.create(product))
  const { currency, interval, trial_days } = wanted
  const found = (await plans.list({ limit: 100 })).items.find(
    (plan) =>
      plan.product_id === product_id &&
      plan.amount === amount &&
      plan.currency === currency &&
      plan.interval === interval &&
      (plan.trial_period_days ?? 0) === trial_days,
  )
  const made = { product_id, amount, currency, interval, ...(trial_days > 0 && { trial_period_days: trial_days }) }
  return (found ?? (await plans.create(made))).id
}
