/** One try of one card for one intent. At most one of an intent is live or succeeded: the database sees to that. */
import type { Failure } from './intent.ts'
import type { PaymentStatus } from '../contract/checkout.ts'
import type { CardFacts, Payment } from './payment.ts'

/** `needs_review`: the processor's answer does not fit what it was asked; a person decides, and no other card is tried. */
export type AttemptStatus = 'processing' | 'requires_action' | 'succeeded' | 'failed' | 'superseded' | 'needs_review'

export type Attempt = {
  id: string
  accountId: string
  live: boolean
  intentId: string
  /** Null where a card is only saved. */
  paymentId: string | null
  status: AttemptStatus
  processor: string
  /** The processor's word for the card, such as a row's name of the card table; null when the card was refused unread. */
  cardToken: string | null
  card: CardFacts | null
  failure: Failure | null
  /** Whose stored reply this attempt will complete. */
  replyScope: string | null
  replyKey: string | null
  /** A keyed digest of the address that the card came from; null for this machine itself. */
  asker: string | null
  createdAt: string
  /** Until then the process that began it is believed to be at work on it. */
  leaseUntil: string
}

/** The word for an attempt's status in lists of payments; the two that are only refunds' own are no attempt's. */
const paymentStatus: Record<AttemptStatus, PaymentStatus> = {
  processing: 'pending',
  needs_review: 'pending',
  requires_action: 'requires_action',
  succeeded: 'succeeded',
  failed: 'failed',
  superseded: 'canceled',
}

/** The attempts that a list filtered by a payment's status asks for. */
export const attemptStatus: Record<PaymentStatus, AttemptStatus | 'none'> = {
  pending: 'processing',
  requires_action: 'requires_action',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'superseded',
  refunded: 'none',
  partially_refunded: 'none',
}

/** A payment as it looked through one of its attempts. */
export const throughAttempt = (payment: Payment, attempt: Attempt): Payment => ({
  ...payment,
  status: paymentStatus[attempt.status],
  refunded: attempt.status === 'succeeded' ? payment.refunded : 0,
  card: attempt.card,
  failure: attempt.failure,
  createdAt: attempt.createdAt,
})
