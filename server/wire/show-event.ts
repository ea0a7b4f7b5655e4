/** From an event's row to how it travels. Its payload is the object as it became, in the domain's words. */
import type { EventObjects, EventView, SessionEventView } from '../contract/events.ts'
import { showAmount } from '../contract/money.ts'
import type { WebhookAttemptView, WebhookDeliveryView, WebhookEndpointView } from '../contract/resources.ts'
import type { Owned } from '../domain/account.ts'
import type { Customer } from '../domain/customer.ts'
import type { Intent } from '../domain/intent.ts'
import type { Invoice } from '../domain/invoice.ts'
import type { Link } from '../domain/link.ts'
import type { Payment } from '../domain/payment.ts'
import type { Plan } from '../domain/plan.ts'
import type { Product } from '../domain/product.ts'
import type { Refund } from '../domain/refund.ts'
import type { Session } from '../domain/session.ts'
import type { Subscription } from '../domain/subscription.ts'
import type { Delivery, WebhookEndpoint } from '../domain/webhook.ts'
import type { EventRow, WebhookAttemptRow } from '../store/schema.ts'
import { showFailure, showIntent, showPayment } from './show.ts'
import {
  showCustomer,
  showInvoice,
  showLink,
  showPlan,
  showProduct,
  showRefund,
  showSubscription,
} from './show-resources.ts'

/** What each kind of object is in the domain, as it stands in an event's row. */
type Snapshots = {
  session: Session
  payment_intent: Intent
  payment: Payment
  refund: Refund
  customer: Customer
  product: Product
  plan: Plan
  account: { id: string; live: boolean }
  payment_link: Link
  subscription: Subscription
  invoice: Invoice
  api_key: { id: string; live: boolean; keyId: string; last4: string; origin: string | null }
  webhook_endpoint: Omit<WebhookEndpoint, 'secret' | 'formerSecret'>
}

const showSessionEvent = (session: Session): SessionEventView => ({
  session_id: session.id,
  object: 'checkout_session',
  status: session.status,
  payment_status: session.paymentStatus,
  mode: session.mode,
  amount: showAmount(session.amount, session.currency),
  currency: session.currency,
  description: session.description,
  items: session.items,
  return_url: session.returnUrl,
  customer_id: session.customerId,
  price_id: session.planId,
  subscription_id: session.subscriptionId,
  test: !session.live,
  created_at: session.createdAt,
  expires_at: session.expiresAt,
})

export const showEndpoint = (endpoint: Snapshots['webhook_endpoint']): WebhookEndpointView => ({
  id: endpoint.id,
  object: 'webhook_endpoint',
  url: endpoint.url,
  description: endpoint.description,
  events: endpoint.events,
  signature: endpoint.signature,
  status: endpoint.status,
  disabled_reason: endpoint.disabledReason,
  failing_since: endpoint.failingSince,
  former_secret_until: endpoint.formerUntil,
  test: !endpoint.live,
  created_at: endpoint.createdAt,
})

/** Reasons of refusals are the true ones here, and in English: whoever holds the secret reads them. */
const shows: { [Thing in keyof Snapshots]: (object: Snapshots[Thing], publicUrl: string) => EventObjects[Thing] } = {
  session: showSessionEvent,
  payment_intent: (intent) => ({
    ...showIntent(intent, 'en'),
    last_payment_error: showFailure(intent.lastFailure, 'en'),
  }),
  payment: (payment) => showPayment(payment, 'en'),
  refund: showRefund,
  customer: showCustomer,
  product: showProduct,
  plan: showPlan,
  account: ({ id, live }) => ({ id, object: 'account', test: !live }),
  payment_link: showLink,
  subscription: showSubscription,
  invoice: (invoice, publicUrl) => showInvoice(invoice, 'en', publicUrl),
  api_key: ({ id, keyId, last4, origin, live }) => ({
    id,
    object: 'api_key_exposure',
    key_id: keyId,
    last4,
    origin,
    test: !live,
  }),
  webhook_endpoint: showEndpoint,
}

/** An event as `GET /v1/events` and webhooks tell it. */
export function showEvent(event: EventRow, publicUrl: string): EventView {
  const thing = event.type.split('.')[0] as keyof Snapshots
  // Which kind of object the payload is follows from the event's type, which TypeScript cannot see.
  const show = shows[thing] as (object: Owned, publicUrl: string) => never
  return {
    id: event.id,
    object: 'event',
    type: event.type,
    object_id: event.object_id,
    version: event.version,
    test: event.live === 0,
    created_at: event.created_at,
    data: { object: show(JSON.parse(event.payload) as Owned, publicUrl) },
  }
}

export const showDelivery = (delivery: Delivery): WebhookDeliveryView => ({
  id: delivery.id,
  object: 'webhook_delivery',
  endpoint_id: delivery.endpointId,
  event_id: delivery.eventId,
  event_type: delivery.eventType,
  status: delivery.status,
  attempt_count: delivery.attempts,
  next_attempt_at: delivery.nextAttemptAt,
  test: !delivery.live,
  created_at: delivery.createdAt,
})

export const showAttempt = (attempt: WebhookAttemptRow): WebhookAttemptView => ({
  at: attempt.at,
  duration_ms: attempt.ms,
  http_status: attempt.http_status,
  error: attempt.error,
  response: attempt.response,
})
