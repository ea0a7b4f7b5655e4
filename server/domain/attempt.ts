/** One try of one card for one intent. At most one of an intent is live or succeeded: the database sees to that. */
import type { Failure } from './intent.ts'
import type { CardFacts } from './payment.ts'

/** `needs_review`: the processor's answer does not fit what it was asked; a person decides, and no other card is tried. */
export type AttemptStatus = 'processing' | 'requires_action' | 'succeeded' | 'failed' | 'superseded' | 'needs_review'

export type Attempt = {
  id: string
  intentId: string
  paymentId: string
  status: AttemptStatus
  processor: string
  /** The processor's word for the card, such as a row's name of the card table; null when the card was refused unread. */
  cardToken: string | null
  card: CardFacts | null
  failure: Failure | null
  /** Whose stored reply this attempt will complete. */
  replyScope: string | null
  replyKey: string | null
  createdAt: string
  /** Until then the process that began it is believed to be at work on it. */
  leaseUntil: string
}
