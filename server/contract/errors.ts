/**
 * Every code that an error answer may carry in `error.code`, and every reason a card may be declined for.
 * Each face owns an exhaustive table from `ErrorCode` to its HTTP status, so a new code does not compile until all answer it.
 */

/** A caller's mistake, a race it lost, or a limit it met. */
export type ErrorCode =
  | 'invalid_request'
  | 'invalid_json'
  | 'invalid_body'
  | 'parameter_missing'
  | 'parameter_invalid'
  | 'unauthorized'
  | 'insufficient_scope'
  | 'conflicting_credentials'
  | 'secret_key_in_browser'
  | 'no_api_keys'
  | 'not_found'
  | 'method_not_allowed'
  | 'request_timeout'
  | 'idempotency_key_invalid'
  | 'idempotency_key_in_use'
  | 'idempotency_key_reused'
  | 'session_expired'
  | 'session_complete'
  | 'session_busy'
  | 'session_wrong_mode'
  | 'payment_intent_unexpected_state'
  | 'payment_intent_processing'
  | 'payment_unexpected_state'
  | 'charge_already_refunded'
  | 'amount_too_large'
  | 'payment_link_inactive'
  | 'subscription_unexpected_state'
  | 'live_mode_unavailable'
  | 'card_data_refused'
  | 'charge_unresolved'
  | 'test_clock_advancing'
  | 'invoice_unexpected_state'
  | 'body_too_large'
  | 'unsupported_media_type'
  | 'too_many_requests'
  | 'internal_error'
  | 'service_unavailable'
  | CardErrorCode

/** What can be wrong with a card: the field's standard codes, answered with 402. */
export const cardErrorCodes = [
  'card_declined',
  'expired_card',
  'incorrect_cvc',
  'incorrect_number',
  'incorrect_zip',
  'invalid_cvc',
  'invalid_expiry_month',
  'invalid_expiry_year',
  'processing_error',
  'payment_intent_authentication_failure',
] as const
export type CardErrorCode = (typeof cardErrorCodes)[number]

/** Why an issuer said no, when the code is `card_declined`. */
export const declineCodes = [
  'generic_decline',
  'insufficient_funds',
  'lost_card',
  'stolen_card',
  'pickup_card',
  'fraudulent',
  'card_velocity_exceeded',
  'authentication_required',
  'processing_error',
  'test_mode_live_card',
] as const
export type DeclineCode = (typeof declineCodes)[number]

/** The documented error body of the current API (seed: "Error Response Format"), with this project's additions. */
export type ErrorBody = {
  /** The HTTP status again. */
  code: number
  title: string
  /** A sentence for a person: what is wrong, where, and what would be right. */
  content: string
  type: 'danger'
  /** One entry a field, when fields are to blame. */
  errors?: { field: string; message: string }[]
  error: {
    code: ErrorCode
    decline_code: DeclineCode | null
    param: string | null
    request_id: string
    /** The public view of the intent, when its state is the reason. */
    payment_intent?: import('./checkout.ts').IntentView
  }
}
