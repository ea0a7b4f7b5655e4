/** Which pages may read which public answers. Semantics B4: exact origins of the account, no credentials; a star only on refusals that tell of nobody. */
import type { Context, MiddlewareHandler, Next } from 'hono'
import type { Deps } from '../deps.ts'
import type { Account } from '../domain/account.ts'
import { limitAddress, takePreflight } from '../wire/limit.ts'
import type { Env } from '../wire/reply.ts'
import { merchantOf } from './auth.ts'

/** A preflight answer that a browser may keep; Chromium keeps none longer. */
const keepSeconds = '7200'
/** No page's origin is longer: a host name has 253 letters at most. */
const longestOrigin = 300

/**
 * Opens a public route to the pages of accounts, and counts its calls. Before the account is known (a preflight, an unknown
 * session) an origin counts that any account lists; `onlyFor` closes it again to the pages of others.
 */
export function publicRoute(deps: Deps, methods: string): MiddlewareHandler<Env> {
  const preflight = async (c: Context<Env>): Promise<Response> => {
    const origin = c.req.header('origin')
    const headers = c.get('headers')
    // A browser takes a refused preflight for a closed door, and tells its page nothing of waiting. So one too many is let
    // through without a look into the database, and not to be kept: the call behind it is counted and checked like every one.
    if (!takePreflight(c, deps)) headers['Access-Control-Allow-Origin'] = '*'
    else if (origin !== undefined && (await isListed(deps, origin))) {
      headers['Access-Control-Allow-Origin'] = origin
      headers['Access-Control-Max-Age'] = keepSeconds
    } else return new Response(null, { status: 204, headers })
    headers['Access-Control-Allow-Methods'] = methods
    headers['Access-Control-Allow-Headers'] = 'Content-Type, Idempotency-Key, X-Client-Secret, Accept-Language'
    return new Response(null, { status: 204, headers })
  }
  const forPage = async (c: Context<Env>, origin: string, next: Next): Promise<void> => {
    const headers = c.get('headers')
    if (await isListed(deps, origin)) headers['Access-Control-Allow-Origin'] = origin
    else delete headers['Access-Control-Allow-Origin']
    return next()
  }
  const counted = countedRoute(deps)
  return (c, next) => {
    const headers = c.get('headers')
    headers['Vary'] = 'Origin'
    if (c.req.method === 'OPTIONS') return preflight(c)
    const origin = c.req.header('origin')
    if (origin === undefined) return counted(c, next)
    // One call too many is refused before a database is asked whose page it is. Every page may read that: it tells of nobody.
    headers['Access-Control-Allow-Origin'] = '*'
    headers['Access-Control-Expose-Headers'] = 'Retry-After, X-Request-Id'
    return counted(c, () => forPage(c, origin, next))
  }
}

/** Counts the calls of a route that needs no key: with a secret key against that key's limit, else against the address's. */
export function countedRoute(deps: Deps): MiddlewareHandler<Env> {
  const withKey = async (c: Context<Env>, next: Next): Promise<void> => {
    const visitor = await merchantOf(c, deps)
    if (visitor) c.set('visitor', visitor)
    else limitAddress(c, deps)
    return next()
  }
  return (c, next) => {
    if (c.req.header('x-api-key') !== undefined || c.req.header('authorization') !== undefined) return withKey(c, next)
    limitAddress(c, deps)
    return next()
  }
}

const isListed = async (deps: Deps, origin: string): Promise<boolean> =>
  origin.length <= longestOrigin && deps.accounts.isListedOrigin(origin)

/** Takes the permission back from a page whose origin this account does not list. */
export function onlyFor(c: Context<Env>, account: Account): void {
  const origin = c.req.header('origin')
  if (origin !== undefined && !account.origins.includes(origin)) delete c.get('headers')['Access-Control-Allow-Origin']
}
