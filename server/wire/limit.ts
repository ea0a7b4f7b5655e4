/** Who is counted against which limit, and what they are told: the buckets are in `limits.ts`. Semantics B4. */
import type { Context } from 'hono'
import type { Deps } from '../deps.ts'
import type { Merchant } from '../domain/account.ts'
import { clientOf, ownerOf, plainAddress } from '../domain/network.ts'
import { Problem, type Say } from '../domain/problem.ts'
import type { Buckets, LimitKind } from '../limits.ts'
import type { Env } from './reply.ts'

/**
 * The client's address, as requests and tries are counted by it: the socket's, or the one that a trusted proxy names; of
 * IPv6 its network. Empty where there is no socket.
 */
export function clientAddress(c: Context<Env>, { trusts }: Pick<Deps, 'trusts'>): string {
  const peer = c.env?.incoming?.socket.remoteAddress ?? ''
  return ownerOf(trusts ? clientOf(peer, c.req.header('x-forwarded-for'), trusts) : plainAddress(peer))
}

/**
 * A keyed digest of the address that a card came from, by which declined cards are counted; null for this machine itself,
 * whose owner tries every card of the table and tests nobody's.
 */
export function askerOf(c: Context<Env>, deps: Deps): string | null {
  const address = clientAddress(c, deps)
  return address === '' || address.startsWith('127.') || isOwnLoopback(address)
    ? null
    : deps.secrets.fingerprint(`address ${address}`)
}

let ownLoopback: string | undefined

/** Made when it is first needed: the platform's first look at an IPv6 address costs more than a route of ours. */
const isOwnLoopback = (address: string): boolean => address === (ownLoopback ??= ownerOf('::1'))

/** Counts a call of a public route. */
export const limitAddress = (c: Context<Env>, deps: Deps): void =>
  take(deps, 'address', deps.limits.address, clientAddress(c, deps))

/** Counts a browser's question whether a page may call; false when it is one too many. */
export const takePreflight = (c: Context<Env>, deps: Deps): boolean =>
  deps.limits.preflight.take(clientAddress(c, deps), deps.now().getTime()) === 0

/** Counts a payment page. */
export const limitPage = (c: Context<Env>, deps: Deps): void =>
  take(deps, 'page', deps.limits.page, clientAddress(c, deps))

/** Counts a request with a secret key. */
export const limitKey = (deps: Deps, by: Merchant): void =>
  take(deps, 'key', deps.limits.key[by.live ? 'live' : 'test'], by.accountId)

/** Counts a call about a session, by whatever id it was asked for; one that could be none is like every other one. */
export const limitSession = (deps: Deps, id: string): void => {
  if (id !== '') take(deps, 'session', deps.limits.session, id)
}

/** Whether an address has sent so many wrong keys that the next is not even looked up. */
export function limitWrongKeys(c: Context<Env>, deps: Deps): void {
  const { guess } = deps.limits
  const waitMs = guess.size === 0 ? 0 : guess.wait(clientAddress(c, deps), deps.now().getTime())
  if (waitMs > 0) throw refuse(deps, 'guess', guess, waitMs)
}

export const countWrongKey = (c: Context<Env>, deps: Deps): void => {
  deps.limits.guess.take(clientAddress(c, deps), deps.now().getTime())
}

function take(deps: Deps, kind: LimitKind, buckets: Buckets, id: string): void {
  const waitMs = buckets.take(id, deps.now().getTime())
  if (waitMs > 0) throw refuse(deps, kind, buckets, waitMs)
}

function refuse(deps: Deps, kind: LimitKind, { rate }: Buckets, waitMs: number): Problem {
  deps.metrics?.refused(kind)
  return new Problem('too_many_requests', reasons[kind](rate), { retryAfterSeconds: Math.ceil(waitMs / 1000) })
}

const reasons: Record<LimitKind, (rate: number) => Say> = {
  key: (rate) => ({
    en: `This account's secret keys may make ${rate} requests a second; wait a moment and repeat the request`,
    es: `Las claves secretas de esta cuenta pueden hacer ${rate} solicitudes por segundo; espere un momento y repita la solicitud`,
  }),
  address: (rate) => ({
    en: `One network address may make ${rate} requests a second; wait a moment and repeat the request`,
    es: `Una misma dirección de red puede hacer ${rate} solicitudes por segundo; espere un momento y repita la solicitud`,
  }),
  page: (rate) => ({
    en: `One network address may open ${rate} pages a second; wait a moment and reload the page`,
    es: `Una misma dirección de red puede abrir ${rate} páginas por segundo; espere un momento y recargue la página`,
  }),
  guess: (rate) => ({
    en: `One network address may try ${rate} unknown keys a second; wait a moment and check the key`,
    es: `Una misma dirección de red puede probar ${rate} claves desconocidas por segundo; espere un momento y revise la clave`,
  }),
  session: (rate) => ({
    en: `One session may be asked about ${rate} times a second; wait a moment and repeat the request`,
    es: `Una misma sesión se puede consultar ${rate} veces por segundo; espere un momento y repita la solicitud`,
  }),
}
