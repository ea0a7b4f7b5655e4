/**
 * The QA page's part of the shop's backend: it plays the shop for whoever tests one. The secret key stays here; what the page asks for is
 * asked of the payment side in its place. It exists on one's own machine only (`guard.ts`).
 */
import { readFile } from 'node:fs/promises'
import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { etag } from 'hono/etag'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { createClient, PaymentsApiError, PaymentsUnreachable, type Client } from '../../server/merchant/client.ts'
import { readAmount } from '../../server/merchant/money.ts'
import { strictPolicy } from '../../tools/csp.ts'
import type { Language } from '../shop/catalogue.ts'
import { shownCards } from './cards.ts'
import { backDocument, qaDocument, shownDocument, shownSheet, tokens } from './document.ts'
import { eventsAround } from './events.ts'
import { fromHere, namedLocally } from './guard.ts'
import { headers, ownPolicy } from './headers.ts'
import { orderOf } from './order.ts'
import { framedPolicy, reportingPolicy } from './policy.ts'
import { policyReports, reported } from './reports.ts'
import { attributes, clockMove, id, mistakes, namespace, newSession, newSwitch, shown, told } from './requests.ts'

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
    const status = error.status >= 400 && error.status < 500 ? error.status : 502
    return c.json({ error: { title, content, code, errors } }, status as ContentfulStatusCode)
  })

  // Registered before the shop's own headers, which therefore do not reach these pages.
  app.get('/', (c) => {
    const data = {
      language: languageOf(c),
      payments,
      shop: shopUrl,
      policy: strictPolicy(payments),
      cards: shownCards,
    }
    return c.html(qaDocument(data), 200, headers(ownPolicy(`'none'`)))
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
    if (!asked.success) return c.text('Not a page to show', 404, headers(ownPolicy(`'self'`)))
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
    c.html(backDocument(languageOf(c), new URL(c.req.url).searchParams), 200, headers(ownPolicy(`'self'`))),
  )

  const reports = policyReports()
  app.post('/reports/:page', bodyLimit({ maxSize: 32_768 }), async (c) => {
    const page = id.safeParse(c.req.param('page')).data
    const report = reported.safeParse(await c.req.json<unknown>().catch(() => undefined)).data
    if (!page || !report) return c.body(null, 400)
    reports.add(page, report)
    return c.body(null, 204)
  })

  app.use('/api/*', fromHere)
  app.use('/api/*', async (c, next) => {
    await next()
    c.header('cache-control', 'no-store')
  })
  app.get('/api/reports/:page', (c) => c.json({ items: reports.of(c.req.param('page')) }))

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
