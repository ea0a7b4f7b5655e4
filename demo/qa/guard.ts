/** Who may use the QA page: whoever sits at the machine on which shop and sandbox run, and nobody through their browser. */
import type { MiddlewareHandler } from 'hono'
import { every } from 'hono/combine'
import { bodyLimit } from 'hono/body-limit'

const isLoopback = (host: string): boolean => /^(localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/.test(host)

/** Whether there is a QA page at all: only where key, shop, payment side and the shop's listener are all of one's own machine. */
export function mayTest(at: { apiKey: string; shopUrl: string; api: string; host: string }): boolean {
  const addresses = [new URL(at.shopUrl).hostname, new URL(at.api).hostname, at.host]
  return at.apiKey.startsWith('sk_test_') && addresses.every(isLoopback)
}

/** A name that resolves to this machine, such as an attacker's own, is not this machine's name. */
export const namedLocally: MiddlewareHandler = (c, next) =>
  isLoopback(new URL(c.req.url).hostname) ? next() : Promise.resolve(c.notFound())

/** Another site's page can neither send JSON nor say that it is this one. */
export const fromHere = every(bodyLimit({ maxSize: 32_768 }), async (c, next) => {
  const { origin } = new URL(c.req.url)
  const site = c.req.header('sec-fetch-site') ?? 'same-origin'
  if (site !== 'same-origin' || (c.req.header('origin') ?? origin) !== origin)
    return c.json({ error: 'other_origin' }, 403)
  if (c.req.method !== 'GET' && !c.req.header('content-type')?.startsWith('application/json'))
    return c.json({ error: 'unsupported_media_type' }, 415)
  return next()
})
