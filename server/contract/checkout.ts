/**
 * A checkout session, a payment intent and a payment as they travel: the wire shapes that server, element and shop share.
 * Source: the current API's document; the fields it leaves open are this project's choice (see the OpenAPI document).
 */
import type { CardErrorCode, DeclineCode } from './errors.ts'
import type { Brand } from './card.ts'

export const sessionStatuses = ['open', 'complete', 'expired'] as const
export type SessionStatus = (typeof sessionStatuses)[number]
export const sessionModes = ['payment', 'subscription', 'setup'] as const
/** `setup`: another card for a subscription that has begun. */
export type SessionMode = (typeof sessionModes)[number]
/** `no_payment_required`: a card is saved, and nothing is charged now. */
export const sessionPaymentStatuses = ['unpaid', 'paid', 'no_payment_required'] as const
export type SessionPaymentStatus = (typeof sessionPaymentStatuses)[number]

export const intentStatuses = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'requires_capture',
  'succeeded',
  'canceled',
] as const
export type IntentStatus = (typeof intentStatuses)[number]

/** Why a shop may say it cancels an intent. */
export const cancellationReasons = ['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'] as const
/** The last two are the payment side's own: too many cards were tried, and time. */
export type CancellationReason = (typeof cancellationReasons)[number] | 'automatic' | 'expired'

/** What anyone holding the session id may read, and nothing more: `GET /v1/payments/session/{session_id}`. */
export type SessionView = {
  session_id: string
  status: SessionStatus
  mode: SessionMode
  payment_status: SessionPaymentStatus
  /** True while the buyer has to give an email address: the session names no customer. */
  needs_email: boolean
  /** Decimal string in major units, such as "99.99". */
  amount: string
  /** ISO 4217, upper case. */
  currency: string
  description: string | null
  items: string[]
  return_url: string
  /** True for sandbox data. */
  test: boolean
  /** ISO 8601, UTC. */
  expires_at: string
  merchant: { name: string }
  subscription: {
    /** Told only to whoever asks with the shop's secret key, once there is one. */
    id: string | null
    interval: string
    interval_count: number
    trial_period_days: number | null
    /** When the next charge after today's is due, ISO 8601; null when there will be none. */
    next_charge_at: string | null
    statement_descriptor: string | null
  } | null
  processor: { name: 'sandbox' | 'stripe'; publishable_key: string | null }
  /** As people of the asked locale read it: the amount, and what a subscription costs how often (`₡9 900 al mes`). */
  display: { amount: string; price: string | null }
}

/** What the client secret may read: `GET /v1/payments/intent/{id}`, and the answer of confirm. */
export type IntentView = {
  id: string
  object: 'payment_intent'
  status: IntentStatus
  amount: string
  currency: string
  /** The payment's id once a card has been tried. */
  payment_id: string | null
  /** Null for a card that the shop charged by itself. */
  session_id: string | null
  next_action: { type: 'redirect_to_url'; url: string } | null
  cancellation_reason: CancellationReason | null
  last_payment_error: { code: CardErrorCode; decline_code: DeclineCode | null; message: string } | null
  test: boolean
}

/** The answer of `POST /v1/payments/intent`. */
export type NewIntentView = {
  client_secret: string
  id: string
  status: IntentStatus
  amount: string
  currency: string
}

export const paymentStatuses = [
  'pending',
  'requires_action',
  'succeeded',
  'failed',
  'canceled',
  'refunded',
  'partially_refunded',
] as const
export type PaymentStatus = (typeof paymentStatuses)[number]

/** A payment as its merchant reads it: `GET /v1/payments/{id}`. */
export type PaymentView = {
  id: string
  object: 'payment'
  amount: string
  currency: string
  status: PaymentStatus
  amount_refunded: string
  description: string | null
  items: string[]
  customer_id: string | null
  /** Null for a card that the shop charged by itself. */
  session_id: string | null
  subscription_id: string | null
  card: { brand: Brand; last4: string; exp_month: number; exp_year: number } | null
  failure: { code: CardErrorCode; decline_code: DeclineCode | null; message: string } | null
  test: boolean
  /** ISO 8601, UTC. */
  created_at: string
}
