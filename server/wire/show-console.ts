/** What the console reads, as it travels. */
import type { Found, Part, Story } from '../actions/console.ts'
import type {
  CursorPage,
  RequestSummary,
  RequestView,
  SearchHit,
  SessionSummary,
  TimelineEntry,
  TimelineView,
} from '../contract/console.ts'
import { showAmount } from '../contract/money.ts'
import type { WebhookDeliveryView } from '../contract/resources.ts'
import { type Session, statusAt } from '../domain/session.ts'
import type { SentDelivery } from '../store/console.ts'
import type { RequestRow } from '../store/schema.ts'
import type { Language } from './locale.ts'
import { forDisplay, showFailure, showPayment } from './show.ts'
import { showEvent } from './show-event.ts'
import { showRefund } from './show-resources.ts'

export const showPart = <T, V>({ items, more }: Part<T>, show: (item: T) => V): CursorPage<V> => ({
  items: items.map(show),
  has_more: more !== undefined,
  next: more ?? null,
})

export const showRequestSummary = (row: RequestRow): RequestSummary => ({
  id: row.id,
  object: 'request',
  created_at: row.created_at,
  method: row.method,
  path: row.path,
  route: row.route,
  status: row.status,
  ms: row.ms,
  caller: row.caller,
  idempotency_key: row.idempotency_key,
  replayed: row.replayed === 1,
  // Written by the recorder in exactly this shape; so are the two below.
  error: row.error === null ? null : (JSON.parse(row.error) as RequestSummary['error']),
  fault: row.fault,
  object_ids: JSON.parse(row.object_ids) as string[],
})

export const showRequest = (row: RequestRow): RequestView => ({
  ...showRequestSummary(row),
  request: JSON.parse(row.request) as RequestView['request'],
  response: JSON.parse(row.response) as RequestView['response'],
})

export const showSessionSummary = (session: Session, by: { now: Date; publicUrl: string }): SessionSummary => ({
  id: session.id,
  object: 'checkout_session',
  status: statusAt(session, by.now),
  payment_status: session.paymentStatus,
  mode: session.mode,
  amount: showAmount(session.amount, session.currency),
  currency: session.currency,
  description: session.description === null ? null : forDisplay(session.description),
  checkout_url: `${by.publicUrl}/checkout/${session.id}`,
  created_at: session.createdAt,
  expires_at: session.expiresAt,
})

const deliveryOf = (row: SentDelivery): WebhookDeliveryView => ({
  id: row.id,
  object: 'webhook_delivery',
  endpoint_id: row.endpoint_id,
  event_id: row.event_id,
  event_type: row.event_type,
  status: row.status,
  attempt_count: row.attempts,
  next_attempt_at: row.next_attempt_at,
  test: row.live === 0,
  created_at: row.created_at,
})

/** What stands behind an id's prefix: it begins with the real moment, whatever clock the object lives on. */
const momentIn = (id: string): string => id.slice(id.lastIndexOf('_') + 1)

export function showTimeline(story: Story, by: { now: Date; publicUrl: string; language: Language }): TimelineView {
  const { payment, session, intent, refunds } = story
  const entries: [id: string, entry: TimelineEntry][] = [
    ...story.requests.map((row): [string, TimelineEntry] => [
      row.id,
      { at: row.created_at, kind: 'request', request: showRequestSummary(row) },
    ]),
    ...story.attempts.map((attempt): [string, TimelineEntry] => [
      attempt.id,
      {
        at: attempt.createdAt,
        kind: 'attempt',
        attempt: {
          id: attempt.id,
          status: attempt.status,
          card: attempt.card && { brand: attempt.card.brand, last4: attempt.card.last4 },
          failure: showFailure(attempt.failure, by.language),
          processor: attempt.processor,
        },
      },
    ]),
    ...story.challenges.map((challenge): [string, TimelineEntry] => [
      challenge.id,
      {
        at: challenge.createdAt,
        kind: 'challenge',
        challenge: { id: challenge.id, status: challenge.status, expires_at: challenge.expiresAt },
      },
    ]),
    ...refunds.map((refund): [string, TimelineEntry] => [
      refund.id,
      { at: refund.createdAt, kind: 'refund', refund: showRefund(refund) },
    ]),
    ...story.events.map((row): [string, TimelineEntry] => [
      row.id,
      { at: row.created_at, kind: 'event', event: showEvent(row, by.publicUrl) },
    ]),
    ...story.deliveries.map((row): [string, TimelineEntry] => [
      row.id,
      { at: row.created_at, kind: 'delivery', delivery: deliveryOf(row), event_type: row.event_type, url: row.url },
    ]),
  ]
  return {
    payment: showPayment(payment, by.language),
    session: session && showSessionSummary(session, by),
    intent: intent && { id: intent.id, status: intent.status, attempts: intent.attempts },
    refunds: refunds.map(showRefund),
    entries: entries
      .toSorted(([a], [b]) => (momentIn(a) < momentIn(b) ? -1 : momentIn(a) > momentIn(b) ? 1 : 0))
      .map(([, entry]) => entry),
  }
}

const kinds = {
  sessions: 'session',
  subscriptions: 'subscription',
  refunds: 'refund',
  invoices: 'invoice',
  events: 'event',
  requests: 'request',
  webhook_deliveries: 'delivery',
} as const

export const showFound = ({ payments, customers, ids }: Found, language: Language): SearchHit[] => [
  ...payments.map((payment): SearchHit => {
    const { status, amount, currency, created_at } = showPayment(payment, language)
    const title = payment.description === null ? payment.id : forDisplay(payment.description)
    return { kind: 'payment', id: payment.id, title, status, amount, currency, created_at }
  }),
  ...customers.map((customer): SearchHit => ({
    kind: 'customer',
    id: customer.id,
    title: customer.name === null ? customer.email : `${forDisplay(customer.name)} · ${customer.email}`,
    status: null,
    amount: null,
    currency: null,
    created_at: customer.created_at,
  })),
  ...ids.map(({ table, id }): SearchHit => ({
    kind: kinds[table],
    id,
    title: id,
    status: null,
    amount: null,
    currency: null,
    created_at: null,
  })),
]
