/** Every event that is announced, by name; its payload is the object as it became. */
export const eventTypes = [
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
] as const

export type EventType = (typeof eventTypes)[number]
