/** How every answer of the payment side is made. */
import type { Context, TypedResponse } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Merchant } from '../domain/account.ts'
import { type Language, languageOf } from './locale.ts'

/** The connection that a request came over. */
type Socket = {
  remoteAddress?: string | undefined
  write?: (text: string, sent: (error?: Error | null) => void) => unknown
  destroy?: () => unknown
}

export type Env = {
  /** What `@hono/node-server` gives beside the request; a request that a test makes has none of it. */
  Bindings: { incoming?: { socket: Socket } }
  Variables: {
    requestId: string
    /** Set when an answer is given again: the language of the first. */
    language?: Language
    /** Headers that the answer will have: a plain record, because a `Headers` object costs as much as a database read. */
    headers: Record<string, string>
    /** Set by the key check, on routes that need a key. */
    merchant: Merchant
    /** Who sent a valid key to a route that needs none. */
    visitor?: Merchant
    /** What was answered, before it became text: for whoever writes requests down. */
    answer?: unknown
    /** Which sandbox switch changed the fate of this request. */
    fault?: string
    /** Whose request that switch met: whoever answers may never have been asked. */
    met?: { accountId: string; keyId: string | undefined }
  }
}

/** The language this caller is answered in. */
export const languageFor = (c: Context<Env>): Language =>
  c.get('language') ?? languageOf(c.req.header('accept-language'))

/** Answers with JSON and the headers gathered on the way. */
export function reply<T, S extends ContentfulStatusCode>(
  c: Context<Env>,
  body: T,
  status: S,
): Response & TypedResponse<T, S, 'json'> {
  const headers = c.get('headers')
  headers['Content-Type'] = 'application/json'
  c.set('answer', body)
  // The type is the route's promise of what the text holds; a Response does not carry it.
  return new Response(JSON.stringify(body), { status, headers }) as Response & TypedResponse<T, S, 'json'>
}
