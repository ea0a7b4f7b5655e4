/** What the page asks its own backend. It never asks the payment side: prices and outcomes are the backend's word. */
import { currencies, type Currency, type Language } from '../catalogue.ts'
import type { BasketLine } from './memory.ts'

export type Session = { session_id: string; checkout_url: string; reference: string }
export type Opened = ({ at: 'open' } & Session) | { at: 'paid'; reference: string } | { at: 'refused' } | { at: 'away' }

export type OrderStatus = 'open' | 'paid' | 'expired'

export type OrderRecord = {
  reference: string
  number: string
  placed_at: string
  currency: Currency
  lines: { id: string; quantity: number; total: number }[]
  club: { trial: boolean } | null
  total: number
  payment_id: string | null
}

/** The monthly bag, with or without a trial. */
type Club = { club: { trial: boolean }; currency: Currency; language: Language; reference?: string }

export type Invoice = {
  amount: number
  currency: Currency
  status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void'
  period_start: string
  next_attempt_at: string | null
}

export type Clock = { now: string; own: boolean; frozen: boolean }

/** The subscription that an order began, and the clock that it lives on. */
export type Subscription = {
  status: 'incomplete' | 'incomplete_expired' | 'trialing' | 'active' | 'past_due' | 'unpaid' | 'paused' | 'canceled'
  renews_at: string
  trial_end: string | null
  cancel_at_period_end: boolean
  card: { brand: string; last4: string } | null
  /** The newest first. */
  invoices: Invoice[]
  clock: Clock
}

type Basket = { lines: BasketLine[]; currency: Currency; language: Language; reference?: string }

const timeoutMs = 60_000

export async function openSession(wanted: Basket | Club): Promise<Opened> {
  const answer = await ask('/api/checkout/session', wanted)
  const body = answer?.body
  if (
    answer?.status === 200 &&
    isText(body, 'session_id') &&
    isText(body, 'checkout_url') &&
    isText(body, 'reference')
  ) {
    const { session_id, checkout_url, reference } = body
    return { at: 'open', session_id, checkout_url, reference }
  }
  if (answer?.status === 409 && isText(body, 'reference')) return { at: 'paid', reference: body.reference }
  return { at: answer?.status === 422 ? 'refused' : 'away' }
}

export async function findOrder(reference: string): Promise<OrderRecord | undefined> {
  const answer = await ask(`/api/orders/${encodeURIComponent(reference)}`)
  const body = answer?.body
  const known =
    answer?.status === 200 &&
    isText(body, 'number') &&
    isText(body, 'currency') &&
    currencies.some((code) => code === body.currency)
  // The shop's own backend wrote it from its own `Order`.
  return known ? (body as unknown as OrderRecord) : undefined
}

export async function askStatus(reference: string, paymentId: string | null): Promise<OrderStatus | 'away'> {
  const query = paymentId ? `?id_payment=${encodeURIComponent(paymentId)}` : ''
  const answer = await ask(`/api/checkout/orders/${encodeURIComponent(reference)}${query}`)
  const status = answer?.status === 200 && isText(answer.body, 'status') ? answer.body.status : undefined
  return status === 'open' || status === 'paid' || status === 'expired' ? status : 'away'
}

const orderPath = (reference: string, more: string) => `/api/orders/${encodeURIComponent(reference)}/${more}`

export async function findSubscription(reference: string): Promise<Subscription | undefined> {
  const answer = await ask(orderPath(reference, 'subscription'))
  // The shop's own backend wrote it, from what the payment side says.
  return answer?.status === 200 && isText(answer.body, 'status') ? (answer.body as unknown as Subscription) : undefined
}

/** A session for another card. */
export async function openCardSession(reference: string): Promise<Omit<Session, 'reference'> | undefined> {
  const answer = await ask(orderPath(reference, 'card'), {})
  const body = answer?.body
  return answer?.status === 200 && isText(body, 'session_id') && isText(body, 'checkout_url') ? body : undefined
}

/** Whether it ends with the month that is paid for. */
export async function setEnding(reference: string, at_period_end: boolean): Promise<boolean> {
  return (await ask(orderPath(reference, 'ending'), { at_period_end }))?.status === 200
}

export type ClockMove = 'freeze' | 'day' | 'month' | 'real'

/** Moves the clock of the test data, for the tester. */
export async function moveClock(move: ClockMove): Promise<boolean> {
  return (await ask('/qa/clock', { move }))?.status === 200
}

/** Closes the order's session at the payment side, for the tester. */
export async function expireSession(reference: string): Promise<boolean> {
  return (await ask('/qa/expire', { reference }))?.status === 200
}

/** One request; nothing comes back when the backend itself is away. */
async function ask(path: string, body?: unknown): Promise<{ status: number; body: unknown } | undefined> {
  const post = body !== undefined && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
  try {
    const answer = await fetch(path, { ...post, signal: AbortSignal.timeout(timeoutMs) })
    return { status: answer.status, body: await answer.json() }
  } catch {
    return undefined
  }
}

function isText<Name extends string>(value: unknown, name: Name): value is Record<Name, string> {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'string'
}
