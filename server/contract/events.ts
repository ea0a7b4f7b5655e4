/**
 * Every event that is announced, by name, and what it carries: the object as it became, in the shape in which the API reads
 * it. `GET /v1/events`, webhooks and `server/merchant/` share these words.
 */
import type { IntentView, PaymentView, SessionMode, SessionPaymentStatus, SessionStatus } from './checkout.ts'
import type {
  CustomerView,
  InvoiceView,
  LinkView,
  PlanView,
  ProductView,
  RefundView,
  SubscriptionView,
  WebhookEndpointView,
} from './resources.ts'

export const eventTypes = [
  'session.updated',
  'session.completed',
  'session.expired',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.payment_failed',
  'payment_intent.succeeded',
  'payment_intent.canceled',
  'payment.pending',
  'payment.succeeded',
  'payment.failed',
  'payment.requires_action',
  'payment.canceled',
  'payment.refunded',
  'payment.partially_refunded',
  'payment.refund_failed',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'customer.created',
  'customer.updated',
  'customer.deleted',
  'product.created',
  'plan.created',
  'plan.retired',
  'account.updated',
  'payment_link.created',
  'payment_link.deactivated',
  'subscription.created',
  'subscription.activated',
  'subscription.expired',
  'subscription.canceled',
  'subscription.updated',
  'subscription.renewed',
  'subscription.past_due',
  'subscription.unpaid',
  'subscription.paused',
  'subscription.resumed',
  'invoice.created',
  'invoice.updated',
  'invoice.paid',
  'invoice.payment_failed',
  'invoice.marked_uncollectible',
  'invoice.voided',
  'api_key.exposed',
  'webhook_endpoint.created',
  'webhook_endpoint.updated',
  'webhook_endpoint.disabled',
  'webhook_endpoint.deleted',
  'webhook_endpoint.ping',
] as const

export type EventType = (typeof eventTypes)[number]

/** A checkout session as its shop hears of it: what the shop asked for, and how it stands. */
export type SessionEventView = {
  session_id: string
  object: 'checkout_session'
  status: SessionStatus
  payment_status: SessionPaymentStatus
  mode: SessionMode
  /** Decimal string in major units. */
  amount: string
  currency: string
  description: string | null
  items: string[]
  return_url: string
  customer_id: string | null
  price_id: string | null
  subscription_id: string | null
  test: boolean
  created_at: string
  expires_at: string
}

export type AccountEventView = { id: string; object: 'account'; test: boolean }
/** A secret key came from a browser, where anyone can read it. */
export type ExposureView = {
  id: string
  object: 'api_key_exposure'
  key_id: string
  last4: string
  /** The page's origin, as the browser told it. */
  origin: string | null
  test: boolean
}

/** What each kind of object looks like in an event. */
export type EventObjects = {
  session: SessionEventView
  payment_intent: IntentView
  payment: PaymentView
  refund: RefundView
  customer: CustomerView
  product: ProductView
  plan: PlanView
  account: AccountEventView
  payment_link: LinkView
  subscription: SubscriptionView
  invoice: InvoiceView
  api_key: ExposureView
  webhook_endpoint: WebhookEndpointView
}

/** What an event of this type carries. */
export type EventObject<T extends EventType> = T extends `${infer Thing extends keyof EventObjects}.${string}`
  ? EventObjects[Thing]
  : never

/** An event as it travels: the answer of `GET /v1/events/{id}`, and the body of a webhook. */
export type EventView<T extends EventType = EventType> = {
  /** The same in every delivery of it: whoever has seen it already may drop it. */
  id: string
  object: 'event'
  type: T
  /** What it is about. */
  object_id: string
  /** Raised by one with every change of that object: an event with a lower one than was seen is older news. */
  version: number
  test: boolean
  /** ISO 8601, UTC; on the account's test clock, its moment. */
  created_at: string
  data: { object: EventObject<T> }
}
