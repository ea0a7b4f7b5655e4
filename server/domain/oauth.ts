/** Access of the legacy API: clients, the tokens they are given, and what a token allows. RFC 6749; semantics B5. */

/** A client as it is kept: everything but its secret. */
export type OauthClient = {
  /** The `client_id`. */
  id: string
  accountId: string
  live: boolean
  last4: string
  /** What people call it. */
  name: string | null
  madeBy: 'settings' | 'command'
  createdAt: string
  /** When it last got another secret. */
  rotatedAt: string | null
  /** Up to a minute behind. */
  lastUsedAt: string | null
  /** Once set, neither it nor any of its tokens counts. */
  revokedAt: string | null
}

/** What a token may be allowed; `groups` is one of the words that clients ask for, and allows nothing. */
export const scopes = ['read', 'write', 'groups'] as const
export type Scope = (typeof scopes)[number]

/** As the document says. */
export const tokenLifeSeconds = 36_000
/** As many letters as the document shows. */
export const clientIdLetters = 40
export const clientSecretLetters = 128

/** Reads the `scope` of a request for a token, in their usual order; without one, all of them. Undefined for an unknown one. */
export function readScope(text: string): readonly Scope[] | undefined {
  const asked = text.split(' ').filter((word) => word !== '')
  if (asked.length === 0) return scopes
  const granted = scopes.filter((scope) => asked.includes(scope))
  return asked.every((word) => (scopes as readonly string[]).includes(word)) ? granted : undefined
}

/** The scope that a request needs by its method. */
export const scopeFor = (method: string): Scope => (method === 'GET' || method === 'HEAD' ? 'read' : 'write')

/** Whether this could be a token of ours: what could not is unknown, and no database is asked about it. */
export const couldBeToken = (text: string): boolean => /^[0-9A-Za-z]{1,64}$/.test(text)

/** Whether this could be a `client_id`, those of the settings included. */
export const couldBeClientId = (text: string): boolean => /^[0-9A-Za-z._-]{1,100}$/.test(text)
