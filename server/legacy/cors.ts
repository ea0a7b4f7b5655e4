/**
 * Pages of any origin may call this face, as they always could: no cookie is used anywhere, so a star gives nobody an
 * authority that he does not hold already. What belongs to live mode is refused from pages all the same. Semantics B4.
 */
import type { Context, MiddlewareHandler } from 'hono'
import type { Deps } from '../deps.ts'
import { Problem } from '../domain/problem.ts'
import { takePreflight } from '../wire/limit.ts'
import type { Env } from '../wire/reply.ts'

/** A preflight answer that a browser may keep; Chromium keeps none longer. */
const keepSeconds = '7200'

/** Lets pages read every answer, refusals too, and answers their questions whether they may, without any database. */
export function openToPages(
  deps: Deps,
  methods = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
): MiddlewareHandler<Env> {
  return async (c, next) => {
    const headers = c.get('headers')
    headers['Access-Control-Allow-Origin'] = '*'
    headers['Access-Control-Expose-Headers'] = 'Retry-After, X-Request-Id'
    if (c.req.method !== 'OPTIONS') return next()
    // One question too many is answered like every other, but is not to be kept: the call behind it is counted anyway.
    if (takePreflight(c, deps)) headers['Access-Control-Max-Age'] = keepSeconds
    headers['Access-Control-Allow-Methods'] = methods
    headers['Access-Control-Allow-Headers'] =
      'Authorization, Content-Type, Idempotency-Key, Accept-Language, X-Sandbox-Namespace'
    return new Response(null, { status: 204, headers })
  }
}

/** Whether a page sent this: browsers add these headers by themselves, and no page can take them away. */
export const cameFromPage = (c: Context<Env>): boolean =>
  c.req.header('origin') !== undefined || c.req.header('sec-fetch-site') !== undefined

/** The refusal of a live token that a page has sent, where anyone can read it. */
export const liveFromPage = () =>
  new Problem('secret_key_in_browser', {
    en: 'This live token came from a browser, where anyone can read it: call this from your server, and rotate the client',
    es: 'Este token de producción llegó desde un navegador, donde cualquiera puede leerlo: llame desde su servidor y rote el cliente',
  })
