/** Who asks on the legacy face: the holder of an OAuth token, within its scopes. RFC 6750; semantics B5. */
import type { Context, MiddlewareHandler } from 'hono'
import type { Deps } from '../deps.ts'
import { looksLikeKey } from '../domain/api-key.ts'
import { scopeFor } from '../domain/oauth.ts'
import { Problem } from '../domain/problem.ts'
import type { Bearer } from '../store/directory.ts'
import { countWrongKey, limitWrongKeys } from '../wire/limit.ts'
import { counted } from '../wire/namespace.ts'
import type { Env } from '../wire/reply.ts'
import { cameFromPage, liveFromPage } from './cors.ts'

/** Lets a request pass only with a token that allows its method, and says whose it is. */
export function withToken(deps: Deps): MiddlewareHandler<Env> {
  return async (c, next) => {
    const found = await bearerOf(c, deps)
    if (!found) throw unauthorized()
    const { merchant, scopes } = found
    if (merchant.live && cameFromPage(c)) {
      const about = { account: merchant.accountId, client: merchant.keyId, requestId: c.get('requestId') }
      deps.log.warn(about, 'a live token came from a browser')
      throw liveFromPage()
    }
    const needed = scopeFor(c.req.method)
    if (!scopes.includes(needed)) {
      throw new Problem('insufficient_scope', {
        en: `This token does not allow this; ask for one with the scope ${needed}`,
        es: `Este token no permite esto; pida uno con el alcance ${needed}`,
      })
    }
    c.set('merchant', merchant)
    await next()
  }
}

/**
 * Whether a request carries an OAuth token and no secret key: the kind of credential decides which face answers where both
 * have the same path.
 */
export function bearsToken(c: Context<Env>): boolean {
  const token = sentToken(c)
  return token !== undefined && !looksLikeKey(token) && c.req.header('x-api-key') === undefined
}

/** Whose the token is, and for which part of their data, which then counts against that limit; undefined for none and a wrong one. */
async function bearerOf(c: Context<Env>, deps: Deps): Promise<Bearer | undefined> {
  const token = sentToken(c)
  if (!token) return undefined
  limitWrongKeys(c, deps)
  const found = await deps.accounts.bearer(token)
  if (found) return { ...found, merchant: await counted(c, deps, found.merchant) }
  countWrongKey(c, deps)
  return undefined
}

/** What stands behind the scheme, in any letter case of that; empty when nothing does, undefined for another scheme. */
export function sentToken(c: Context<Env>): string | undefined {
  const found = /^bearer(?:\s+(.*))?$/i.exec(c.req.header('authorization')?.trim() ?? '')
  return found ? (found[1] ?? '') : undefined
}

/** One answer for a missing, malformed, unknown, expired and revoked token. */
const unauthorized = () =>
  new Problem('unauthorized', {
    en: 'Send a valid token, such as Authorization: bearer PdSKf04xi9LEcvcwIAdbWAXVg380Kz; POST /authentication/token/ gives one',
    es: 'Envíe un token válido, como Authorization: bearer PdSKf04xi9LEcvcwIAdbWAXVg380Kz; POST /authentication/token/ le da uno',
  })
