/** From a request to a command of the actions, and from what it came to back to the answer. Semantics B1. */
import type { Context } from 'hono'
import type { Command, Done } from '../actions/commit.ts'
import type { Deps } from '../deps.ts'
import type { Merchant } from '../domain/account.ts'
import { withoutCardNumbers } from '../domain/card.ts'
import { Problem } from '../domain/problem.ts'
import { type Env, languageFor } from './reply.ts'

/** The request as a command: what is wanted, and its idempotency key with a fingerprint of everything that was sent. */
export function command<T>(c: Context<Env>, deps: Deps, scope: string, sent: unknown, wanted: T): Command<T> {
  const given = idempotencyKey(c.req.header('idempotency-key'))
  if (given === undefined) return { wanted, reply: null }
  // A key that could be a card number is kept as its digest: no row holds such digits, and timestamps are keys as well.
  const key = withoutCardNumbers(given) === given ? given : deps.secrets.fingerprint(given)
  const fingerprint = deps.secrets.fingerprint(`${c.req.method} ${c.req.path} ${canonical(sent)}`)
  const asker = { requestId: c.get('requestId'), language: languageFor(c) }
  return { wanted, reply: { scope, key, fingerprint, asker } }
}

/** The scope of a key that came with a secret key: it outlives the rotation of that key. */
export const merchantScope = ({ accountId, live }: Merchant): string => `${accountId} ${live ? 'live' : 'test'}`

/** What a command came to; for a repeated one, the answer is then made with the words of the first, and says so. */
export function marked<T>(c: Context<Env>, done: Done<T>): T {
  if (done.asker) {
    c.get('headers')['Idempotent-Replayed'] = 'true'
    c.set('requestId', done.asker.requestId)
    c.set('language', done.asker.language)
  }
  return done.value
}

/** Reads the header of semantics B1: 1 to 255 printable ASCII characters, one pair of surrounding quotes dropped. */
function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header
  // Two headers of this name arrive joined by a comma and a space.
  const values = new Set(key.split(', '))
  if (!/^[\x20-\x7e]{1,255}$/.test(key) || (key.includes(', ') && values.size > 1)) {
    throw new Problem('idempotency_key_invalid', {
      en: 'Idempotency-Key must be one value of 1 to 255 printable ASCII characters',
      es: 'Idempotency-Key debe ser un solo valor de 1 a 255 caracteres ASCII imprimibles',
    })
  }
  return key.includes(', ') ? [...values][0]! : key
}

/** JSON with its keys in order, so that the same request written in another order is the same request. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
