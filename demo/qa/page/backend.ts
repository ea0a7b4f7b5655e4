/** What the page asks the shop's backend, which asks the payment side. */
import type { State } from './state.ts'

export type Made = { session_id: string; checkout_url: string }
export type ServerEvent = {
  id: string
  type: string
  object_id: string
  version: number
  created_at: string
  data: { object: object }
}
export type Clock = { now: string; own: boolean; frozen: boolean; status: string }
export type Switch = { id: string; kind: string; times: number; left: number; delay_ms: number | null }
export type Violation = { directive: string; blocked: string; source: string; line: number | null; count: number }
export type Refusal = { title: string; content: string; errors: { field: string; message: string }[] }

/** `status` 0: no answer came. */
export type Answer<T> = { ok: true; status: number; value: T } | { ok: false; status: number; refusal: Refusal }

export async function ask<T>(
  path: string,
  { namespace = '', body, method }: { namespace?: string; body?: object; method?: 'DELETE' } = {},
): Promise<Answer<T>> {
  const url = new URL(`/qa/api/${path}`, location.origin)
  if (namespace) url.searchParams.set('namespace', namespace)
  const none: Refusal = { title: '', content: '', errors: [] }
  try {
    const answer = await fetch(url, {
      ...(method || body ? { method: method ?? 'POST', headers: { 'content-type': 'application/json' } } : {}),
      ...(body && { body: JSON.stringify(body) }),
    })
    const said = (await answer.json()) as unknown
    // Our own backend wrote it.
    if (answer.ok) return { ok: true, status: answer.status, value: said as T }
    const error = typeof said === 'object' && said !== null ? (Reflect.get(said, 'error') as Partial<Refusal>) : null
    return { ok: false, status: answer.status, refusal: typeof error === 'object' ? { ...none, ...error } : none }
  } catch {
    return { ok: false, status: 0, refusal: none }
  }
}

/** The session that is set, as the backend reads it. */
export function wantedSession(state: State): object {
  const { mode, amount, currency, description, items, minutes, email, returns, interval, trial } = state
  return {
    mode,
    amount: amount.trim(),
    currency,
    description,
    items: items.split('\n'),
    minutes: minutes.trim() === '' ? null : Number(minutes),
    email,
    return_url: returns,
    interval,
    trial_days: Number(trial),
  }
}
