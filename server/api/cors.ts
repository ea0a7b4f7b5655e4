/** Which pages may read which public answers. Semantics B4: exact origins of the account, no credentials, never a star. */
import type { Context, MiddlewareHandler } from 'hono'
import type { Deps } from '../deps.ts'
import type { Account } from '../domain/account.ts'
import type { Env } from '../wire/reply.ts'

/** A preflight answer that a browser may keep; Chromium keeps none longer. */
const keepSeconds = '7200'
/** No page's origin is longer: a host name has 253 letters at most. */
const longestOrigin = 300

/**
 * Opens a public route to the pages of accounts. Before the account is known (a preflight, an unknown session) an origin
 * counts that any account lists; `onlyFor` closes it again to the pages of others.
 */
export function publicRoute(deps: Deps, methods: string): MiddlewareHandler<Env> {
  const forPage: MiddlewareHandler<Env> = async (c, next) => {
    const origin = c.req.header('origin')
    const headers = c.get('headers')
    const listed =
      origin !== undefined && origin.length <= longestOrigin && (await deps.accounts.isListedOrigin(origin))
    if (listed) headers['Access-Control-Allow-Origin'] = origin
    if (c.req.method === 'OPTIONS') {
      if (listed) {
        headers['Access-Control-Allow-Methods'] = methods
        headers['Access-Control-Allow-Headers'] = 'Content-Type, Idempotency-Key, X-Client-Secret, Accept-Language'
        headers['Access-Control-Max-Age'] = keepSeconds
      }
      return new Response(null, { status: 204, headers })
    }
    return next()
  }
  return (c, next) => {
    c.get('headers')['Vary'] = 'Origin'
    return c.req.header('origin') === undefined && c.req.method !== 'OPTIONS' ? next() : forPage(c, next)
  }
}

/** Takes the permission back from a page whose origin this account does not list. */
export function onlyFor(c: Context<Env>, account: Account): void {
  const origin = c.req.header('origin')
  if (origin !== undefined && !account.origins.includes(origin)) delete c.get('headers')['Access-Control-Allow-Origin']
}
