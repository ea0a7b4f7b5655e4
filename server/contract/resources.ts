/**
 * What a shop keeps besides payments, as it travels: customers, what may be sold, links, subscriptions, refunds, lists.
 * Source: the current API's reference; amounts of these objects are whole minor units (céntimos, cents).
 */

import type { PaymentView } from './checkout.ts'

/** One page of a list, the newest first. */
export type List<T> = {
  items: T[]
  /** How many there are in all, not on this page. */
  total_items: number
  limit: number
  offset: number
}

export type CustomerView = {
  id: string
  object: 'customer'
  email: string
  name: string | null
  phone: string | null
  description: string | null
  /** The card that the shop may charge again, if it keeps one. */
  card: PaymentView['card']
  test: boolean
  created_at: string
}

export type ProductView = {
  id: string
  object: 'product'
  name: string
  description: string | null
  active: boolean
  test: boolean
  created_at: string
}

export const planIntervals = ['day', 'week', 'month', 'year'] as const
export type PlanInterval = (typeof planIntervals)[number]

/**
 * What becomes of a trial that began without a card, at its end, while there still is none: an invoice that the buyer pays on
 * a page, a pause until the shop resumes it, or its end.
 */
export const trialEnds = ['create_invoice', 'pause', 'cancel'] as const
export type TrialEnd = (typeof trialEnds)[number]
/** What becomes of a subscription when every try of a renewal is spent. */
export const lastResorts = ['cancel', 'unpaid'] as const
export type LastResort = (typeof lastResorts)[number]

export type PlanView = {
  id: string
  object: 'plan'
  product_id: string
  /** Minor units. */
  amount: number
  currency: string
  interval: PlanInterval
  interval_count: number
  trial_period_days: number | null
  /** Lets a trial begin without a card, and says how it ends then; null asks for a card first. */
  trial_without_card: TrialEnd | null
  after_last_retry: LastResort
  /** What the buyer's card statement says; null for the account's own words. */
  statement_descriptor: string | null
  active: boolean
  test: boolean
  created_at: string
}

export type LinkView = {
  id: string
  object: 'payment_link'
  /** The page to share. */
  url: string
  /** Minor units. */
  amount: number
  currency: string
  description: string | null
  active: boolean
  test: boolean
  created_at: string
}

export const subscriptionStatuses = [
  'incomplete',
  'incomplete_expired',
  'trialing',
  'active',
  'past_due',
  'unpaid',
  'paused',
  'canceled',
] as const
export type SubscriptionStatus = (typeof subscriptionStatuses)[number]

export type SubscriptionView = {
  id: string
  object: 'subscription'
  customer_id: string
  plan_id: string
  status: SubscriptionStatus
  /** Unix seconds. */
  current_period_end: number
  /** Where to send the buyer while they are needed: to begin, and, while it owes something, to pay with another card. */
  checkout_url: string | null
  /** ISO 8601, UTC; null without a trial. */
  trial_end: string | null
  cancel_at_period_end: boolean
  /** ISO 8601, UTC. */
  canceled_at: string | null
  test: boolean
  created_at: string
}

export const invoiceStatuses = ['draft', 'open', 'paid', 'uncollectible', 'void'] as const
export type InvoiceStatus = (typeof invoiceStatuses)[number]
export const invoiceReasons = ['subscription_create', 'subscription_cycle'] as const
export type InvoiceReason = (typeof invoiceReasons)[number]

/** What a subscription costs for one period. */
export type InvoiceView = {
  id: string
  object: 'invoice'
  subscription_id: string
  customer_id: string
  plan_id: string
  payment_id: string | null
  status: InvoiceStatus
  reason: InvoiceReason
  /** Minor units. */
  amount: number
  currency: string
  /** ISO 8601, UTC, as all moments here. */
  period_start: string
  period_end: string
  /** How many cards were refused for it. */
  attempt_count: number
  /** When the card is tried again; null while none will be without the buyer. */
  next_attempt_at: string | null
  failure: PaymentView['failure']
  /** Where the buyer pays a renewal with another card while it is open. */
  checkout_url: string | null
  paid_at: string | null
  test: boolean
  created_at: string
}

/** The clock that an account's test data lives on. */
export type TestClockView = {
  object: 'test_clock'
  now: string
  /** Whether it is a clock of the account's own, or the real one. */
  own: boolean
  /** Whether it stands still. */
  frozen: boolean
  status: 'ready' | 'advancing'
  /** Where an advancing clock is going. */
  target: string | null
}

export const refundStatuses = ['pending', 'requires_action', 'succeeded', 'failed', 'canceled'] as const
export type RefundStatus = (typeof refundStatuses)[number]

export type RefundView = {
  id: string
  object: 'refund'
  payment_id: string
  /** Minor units. */
  amount: number
  currency: string
  status: RefundStatus
  reason: string | null
  failure_reason: string | null
  test: boolean
  created_at: string
}

/** The answer of `POST /v1/payments/`: where to send the buyer. */
export type HostedPaymentView = {
  id: string
  redirect_url: string
  code: 202
  title: string
  content: string
  type: 'success'
  data: { id: string; redirect: string }
}

/** In which form a webhook is signed: by the Standard Webhooks specification, or as `t=…,v1=…` in one header. */
export const signatureForms = ['standard', 'timestamped'] as const
export type SignatureForm = (typeof signatureForms)[number]

/** Where an account's events are sent. */
export type WebhookEndpointView = {
  id: string
  object: 'webhook_endpoint'
  url: string
  description: string | null
  /** Types such as `payment.succeeded`, families such as `payment.*`, or `*` for everything. */
  events: string[]
  signature: SignatureForm
  status: 'enabled' | 'disabled'
  /** `gone`: it answered 410. `failing`: it took nothing for five days. `requested`: the account wanted it. */
  disabled_reason: 'gone' | 'failing' | 'requested' | null
  /** Since when nothing has arrived; null while it does. */
  failing_since: string | null
  /** Until when what is sent is signed with the secret before the last one as well. */
  former_secret_until: string | null
  test: boolean
  created_at: string
}

export const deliveryStatuses = ['pending', 'succeeded', 'failed', 'canceled'] as const
export type DeliveryStatus = (typeof deliveryStatuses)[number]

/** Why a try to deliver came to nothing, when there was no answer. */
export const deliveryErrors = [
  'timeout',
  'address_refused',
  'name_not_found',
  'connection_failed',
  'tls_failed',
  'no_answer',
] as const
export type DeliveryError = (typeof deliveryErrors)[number]

/** One event on its way to one endpoint. */
export type WebhookDeliveryView = {
  id: string
  object: 'webhook_delivery'
  endpoint_id: string
  event_id: string
  event_type: string
  status: DeliveryStatus
  attempt_count: number
  /** Null when it is not tried again. */
  next_attempt_at: string | null
  /** The newest last; only where one delivery is read. */
  attempts?: WebhookAttemptView[]
  test: boolean
  created_at: string
}

export type WebhookAttemptView = {
  /** ISO 8601, UTC. Its signature carries the real time, also in a sandbox whose clock starts elsewhere. */
  at: string
  duration_ms: number
  /** What was answered; null when nothing was. */
  http_status: number | null
  error: DeliveryError | null
  /** The beginning of the answer. */
  response: string | null
}
