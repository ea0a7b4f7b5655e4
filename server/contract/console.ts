/**
 * What the console page reads at `/console/api`, beside the public API: requests as they came and went, searches, timelines
 * and totals. Bodies and headers are as they may be kept: no card digit, no security code, no secret.
 */
import type { PaymentView, SessionMode, SessionPaymentStatus, SessionStatus } from './checkout.ts'
import type { EventType, EventView } from './events.ts'
import type { RefundView, WebhookDeliveryView } from './resources.ts'

/** Whoever signed in, and where: `GET /console/api/me`. */
export type ConsoleView = {
  account: { id: string; name: string }
  test: boolean
  /** The part of the test data that is shown; null for that of the account itself. */
  namespace: string | null
  key: { id: string; last4: string }
  /** Whether requests are written down at all. */
  records_requests: boolean
  /** What time it is for this data, ISO 8601. */
  now: string
}

/** Who sent a request: the shop's server, with a secret key or a token; a buyer's browser; the console. */
export type Caller = 'server' | 'buyer' | 'console'

/** `GET /console/api/requests?limit&before&after&status=2xx,402&method&caller&object_id&q`, the newest first; after a given one, the oldest first. */
export type RequestSummary = {
  id: string
  object: 'request'
  /** ISO 8601, the real time, whatever clock the data lives on. */
  created_at: string
  method: string
  /** As it was asked for, without what could be a secret or a card number; with its query. */
  path: string
  /** The route's pattern, such as `/v1/payments/intent/:id/confirm`. */
  route: string
  status: number
  /** Milliseconds from its head to its answer. */
  ms: number
  caller: Caller
  idempotency_key: string | null
  /** Whether it was answered with what an earlier one came to. */
  replayed: boolean
  error: { code: string; decline_code: string | null; param: string | null } | null
  /** Which sandbox switch changed its fate. */
  fault: string | null
  /** The ids of objects that it was about. */
  object_ids: string[]
}

/** `GET /console/api/requests/{id}`. A body is JSON, a text, or null for none. */
export type RequestView = RequestSummary & {
  request: { headers: Record<string, string>; body: unknown }
  response: { headers: Record<string, string>; body: unknown }
}

/** A checkout session in the console's list: `GET /console/api/sessions?limit&before&status`, the newest first. */
export type SessionSummary = {
  id: string
  object: 'checkout_session'
  status: SessionStatus
  payment_status: SessionPaymentStatus
  mode: SessionMode
  /** Decimal string in major units. */
  amount: string
  currency: string
  description: string | null
  checkout_url: string
  created_at: string
  expires_at: string
}

/**
 * Rows of a list that is read from one id to the next: `next` is what to go on with, as `before` or `after`, and null at its
 * end. Only some thousands of rows are looked at for one answer, so that there may be more behind a page with few or none.
 */
export type CursorPage<T> = { items: T[]; has_more: boolean; next: string | null }

/** `GET /console/api/search?q=…`: an id, the beginning of one, an email, a description's words, the last four digits of a card, an amount. */
export type SearchHit = {
  kind: 'payment' | 'session' | 'customer' | 'subscription' | 'refund' | 'invoice' | 'event' | 'request' | 'delivery'
  id: string
  /** What a person knows it by: a description, an email, a type. */
  title: string
  status: string | null
  amount: string | null
  currency: string | null
  created_at: string | null
}
export type SearchView = { hits: SearchHit[] }

/** One thing that happened to a payment, in the order in which it happened. */
export type TimelineEntry = {
  /** ISO 8601; on the account's test clock where that is what it happened on. */
  at: string
} & (
  | { kind: 'request'; request: RequestSummary }
  | { kind: 'event'; event: EventView }
  | {
      kind: 'attempt'
      attempt: {
        id: string
        status: string
        card: { brand: string; last4: string } | null
        failure: { code: string; decline_code: string | null; message: string } | null
        processor: string
      }
    }
  | { kind: 'challenge'; challenge: { id: string; status: string; expires_at: string } }
  | { kind: 'refund'; refund: RefundView }
  | { kind: 'delivery'; delivery: WebhookDeliveryView; event_type: EventType; url: string }
)

/** `GET /console/api/payments/{id}/timeline`. */
export type TimelineView = {
  payment: PaymentView
  session: SessionSummary | null
  intent: { id: string; status: string; attempts: number } | null
  refunds: RefundView[]
  entries: TimelineEntry[]
}

/**
 * `GET /console/api/totals?currency=CRC&from=…&to=…&step=hour|day`: payments by the moment they were made. `from` and `to`
 * are ISO 8601, the last 30 days without them; `utc_offset` in hours says when days begin; a step without payments is there
 * with zeros.
 */
export type TotalsView = {
  currency: string
  /** Every currency that this data has payments in. */
  currencies: string[]
  step: 'hour' | 'day'
  points: TotalsPoint[]
  /** Declines of the whole time by reason, the most frequent first. */
  declines: { code: string; count: number }[]
}
export type TotalsPoint = {
  /** When the step begins. */
  at: string
  /** How many payments succeeded, and their sum as a decimal string in major units. */
  succeeded: number
  amount: string
  /** How many attempts failed. */
  declined: number
}

/**
 * `GET /console/api/payments/offset?until=…[&status=…]`: where in `GET /v1/payments` the payments begin that were made at or
 * before a moment, so that the console can jump to a day among a million.
 */
export type OffsetView = { offset: number }
