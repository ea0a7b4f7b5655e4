/** Who asks: the secret key of a shop's own server. Semantics B5 and B4. */
import type { Context, MiddlewareHandler } from 'hono'
import { exposureEveryMs, reportExposure } from '../actions/keys.ts'
import type { Deps } from '../deps.ts'
import type { Merchant } from '../domain/account.ts'
import { looksLikeKey } from '../domain/api-key.ts'
import { Problem } from '../domain/problem.ts'
import { rememberFor } from '../store/remember.ts'
import { countWrongKey, limitWrongKeys } from '../wire/limit.ts'
import { counted } from '../wire/namespace.ts'
import type { Env } from '../wire/reply.ts'

/** Lets a request pass only with a known secret key, and says whose it is. */
export function withKey(deps: Deps): MiddlewareHandler<Env> {
  // Asked of the database once a minute only: what comes again and again must not make it write again and again.
  const report = rememberFor(exposureEveryMs, deps.now, (_, by: Merchant, origin: string | undefined) =>
    reportExposure(deps, by, origin),
  )
  return async (c, next) => {
    const merchant = await merchantOf(c, deps)
    if (!merchant) throw (await deps.accounts.lacksKeys(presentedKey(c))) ? noKeys() : unauthorized()
    const origin = c.req.header('origin')
    const site = c.req.header('sec-fetch-site')
    if ((origin !== undefined || site !== undefined) && !isConsole(c, deps, origin, site)) {
      const about = { account: merchant.accountId, key: merchant.keyId, requestId: c.get('requestId') }
      deps.log.warn(about, 'a secret key came from a browser')
      // The refusal is due even when it cannot be announced.
      await report(merchant.keyId, merchant, origin).catch((error: unknown) =>
        deps.log.error({ err: error, ...about }, 'a key that came from a browser could not be announced'),
      )
      throw fromBrowser()
    }
    c.set('merchant', merchant)
    await next()
  }
}

/**
 * Our own console, in which somebody has typed the key: it says so in a header, and the browser says that it is a page of
 * this origin. Browsers tell the latter by `Sec-Fetch-Site`, and where that is not secure by `Origin`.
 */
function isConsole(c: Context<Env>, { settings }: Deps, origin: string | undefined, site: string | undefined): boolean {
  if (c.req.header(consoleHeader) === undefined) return false
  return site === undefined ? origin === new URL(settings.publicUrl).origin : site === 'same-origin'
}

/** What the console sends with a secret key. */
export const consoleHeader = 'x-console'

/**
 * Whose the key is that came with a request, and for which part of their data, which then counts against that limit; undefined
 * for none and a wrong one.
 */
export async function merchantOf(c: Context<Env>, deps: Deps): Promise<Merchant | undefined> {
  const key = presentedKey(c)
  if (key === undefined) return undefined
  limitWrongKeys(c, deps)
  const merchant = await deps.accounts.merchant(key)
  if (merchant) return counted(c, deps, merchant)
  countWrongKey(c, deps)
  return undefined
}

/** Reads the key from the one place it was put. Source: the current API's reference, "Authentication". */
export function presentedKey(c: Context<Env>): string | undefined {
  const header = c.req.header('x-api-key')?.trim()
  const authorization = c.req.header('authorization')?.trim()
  const other = authorization === undefined ? undefined : keyOf(authorization)
  if (header && other && header !== other) {
    throw new Problem('conflicting_credentials', {
      en: 'Two different keys were sent; send one, in X-Api-Key or in Authorization',
      es: 'Se enviaron dos claves distintas; envíe una, en X-Api-Key o en Authorization',
    })
  }
  const key = header || other
  return key !== undefined && looksLikeKey(key) ? key : undefined
}

function keyOf(authorization: string): string | undefined {
  const [, scheme, value] = /^(\S+)\s+(\S+)$/.exec(authorization) ?? []
  switch (scheme?.toLowerCase()) {
    case 'basic': {
      const credentials = Buffer.from(value!, 'base64').toString()
      return credentials.endsWith(':') ? credentials.slice(0, -1) : undefined
    }
    case 'bearer':
    case 'api-key':
      return value
    default:
      return undefined
  }
}

const fromBrowser = () =>
  new Problem('secret_key_in_browser', {
    en: 'This secret key came from a browser, where anyone can read it: call this from your server, and rotate the key',
    es: 'Esta clave secreta llegó desde un navegador, donde cualquiera puede leerla: llame desde su servidor y rote la clave',
  })

/** Seed, "Error Responses": 404 when no API keys are initialized. */
const noKeys = () =>
  new Problem('no_api_keys', {
    en: 'No API keys have been initialized for this account: create one with "npm run keys -- create"',
    es: 'Esta cuenta no tiene claves de API inicializadas: cree una con "npm run keys -- create"',
  })

/** One answer for a missing, malformed, unknown and revoked key. */
const unauthorized = () =>
  new Problem('unauthorized', {
    en: 'Send a valid secret key in the X-Api-Key header, such as X-Api-Key: sk_test_…',
    es: 'Envíe una clave secreta válida en el encabezado X-Api-Key, como X-Api-Key: sk_test_…',
  })
