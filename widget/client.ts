/** The few calls that the element makes to the payment side. Nothing here knows a card. */
import { sessionStatuses, type NewIntentView, type SessionMode, type SessionView } from '../server/contract/checkout.ts'
import type { ErrorBody, ErrorCode } from '../server/contract/errors.ts'

/** An answer, or why there is none. */
export type Answer<T> =
  { is: 'there'; value: T } | { is: 'unknown' | 'complete' | 'expired' | 'refused' | 'mistyped' | 'away' }

export type Client = {
  session(id: string, locale: string): Promise<Answer<SessionView>>
  /**
   * Opens the session's intent, or begins its subscription, for the address if it still needs one. Every try of one call
   * carries the same key.
   */
  intent(sessionId: string, mode: SessionMode, key: string, email?: string): Promise<Answer<NewIntentView>>
}

const patienceMs = 12_000

/** A client for one start of the element: aborting `over` ends what it waits for. */
export function client(api: string, over: AbortSignal): Client {
  const once = (path: string, init: RequestInit): Promise<Response | null> =>
    fetch(api + path, { ...init, signal: AbortSignal.any([over, AbortSignal.timeout(patienceMs)]) }).catch(() => null)

  const call = async <T>(path: string, init: RequestInit, read: (body: unknown) => T | null): Promise<Answer<T>> => {
    for (const pauseMs of [500, 3000, 0]) {
      let response = await once(path, init)
      // A refused origin and a dead network look alike to a page; only the second is deaf to a call without CORS as well.
      const hearsOthers = !response && (await once('/healthz', { mode: 'no-cors', cache: 'no-store' }))
      if (hearsOthers) response = await once(path, init)
      if (hearsOthers && !response) return { is: 'refused' }
      if (response && response.status < 500 && response.status !== 429) return conclude(response, read)
      await new Promise((done) => setTimeout(done, pauseMs))
    }
    return { is: 'away' }
  }

  return {
    session: (id, locale) =>
      call(`/v1/payments/session/${encodeURIComponent(id)}?locale=${encodeURIComponent(locale)}`, {}, readSession),
    intent: (sessionId, mode, key, email) =>
      call(
        `/v1/payments/${mode === 'subscription' ? mode : 'intent'}`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': key },
          body: JSON.stringify({ session_id: sessionId, email }),
        },
        readIntent,
      ),
  }
}

const endings: Partial<Record<ErrorCode, 'complete' | 'expired'>> = {
  session_complete: 'complete',
  session_expired: 'expired',
}

const others: Partial<Record<number, 'unknown' | 'mistyped'>> = { 404: 'unknown', 422: 'mistyped' }

async function conclude<T>(response: Response, read: (body: unknown) => T | null): Promise<Answer<T>> {
  const body: unknown = await response.json().catch(() => null)
  const value = response.ok && read(body)
  if (value) return { is: 'there', value }
  const code = (body as Partial<ErrorBody> | null)?.error?.code
  return { is: (code && endings[code]) ?? others[response.status] ?? 'away' }
}

/** The answer, once what the element shows and acts on is there; the rest passes unread. */
export function readSession(body: unknown): SessionView | null {
  const session = body as SessionView | null
  const texts = [session?.return_url, session?.merchant?.name, session?.display?.amount, session?.processor?.name]
  const isWhole = texts.every((text) => typeof text === 'string') && Array.isArray(session?.items)
  return isWhole && sessionStatuses.includes(session!.status) ? session : null
}

const readIntent = (body: unknown): NewIntentView | null => {
  const intent = body as NewIntentView | null
  return typeof intent?.id === 'string' && typeof intent.client_secret === 'string' ? intent : null
}

/** True for the names of this very machine, where shops are built and tried out. */
export const isLoopback = (host: string): boolean => /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(host)

/** What goes into the query of the address that the buyer returns to. */
export type Outcome = { payment: string | null; status: string }

/**
 * Where the buyer goes after a session: its `return_url`, checked again, with the outcome in its query.
 * Null when it is not an https address, or http on this very machine.
 */
export function returnAddress(session: SessionView, outcome: Outcome | null): string | null {
  const url = readAddress(session.return_url)
  const isLocal = url?.protocol === 'http:' && isLoopback(url.hostname)
  if (!url || url.username || url.password || !(url.protocol === 'https:' || isLocal)) return null
  const added = outcome && { id_payment: outcome.payment, session_id: session.session_id, status: outcome.status }
  for (const [name, value] of Object.entries(added ?? {})) if (value) url.searchParams.set(name, value)
  return url.href
}

/** An address as the browser reads it, or null. */
export function readAddress(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}
