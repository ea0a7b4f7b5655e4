/** The port to whoever moves the money. An outcome is a value; a processor that cannot answer throws. */
import type { Failure } from '../domain/intent.ts'

export type Charge = {
  /** Our own id of the attempt: the processor's idempotency key. */
  attemptId: string
  /** Minor units. */
  amount: number
  currency: string
  cardToken: string
  cvcGiven: boolean
  postalCodeGiven: boolean
  /** Whether its owner is away: nobody can pass a 3-D Secure challenge then. */
  offSession: boolean
}

/** A card that a customer lets the shop keep. */
export type SaveRequest = Pick<Charge, 'cardToken' | 'cvcGiven' | 'offSession'>

export type SaveResult =
  { outcome: 'saved'; keptAs?: string } | { outcome: 'declined'; failure: Failure } | { outcome: 'challenge' }

/** A card whose owner has passed a challenge. */
export type Authenticated = Pick<Charge, 'attemptId' | 'amount' | 'currency' | 'cardToken'>

export type ChargeResult =
  | {
      outcome: 'succeeded'
      attemptId: string
      amount: number
      currency: string
      /** Its word for the card if it is kept for charges to come, where that is another than the one it was charged by. */
      keptAs?: string
    }
  | { outcome: 'declined'; failure: Failure }
  | { outcome: 'challenge' }

export type RefundRequest = {
  /** Our own id of the refund: the processor's idempotency key. */
  refundId: string
  /** The attempt whose money goes back. */
  attemptId: string
  /** Minor units. */
  amount: number
  currency: string
  cardToken: string
  /** How long ago the refund was first asked for, in milliseconds. */
  ageMs: number
}

export type RefundResult = {
  status: 'pending' | 'succeeded' | 'failed'
  failureReason: string | null
  /** When asking again may bring another answer; null when this one is the last. */
  checkAfterMs: number | null
}

export interface Processor {
  name: string
  /**
   * How soon it can say for good what became of a charge that nobody heard of, where nobody waits for its answer and it is
   * tried again by itself. Without it that is asked no sooner than after any other charge.
   */
  settledAfterMs?: number
  /** Asks for the money, once. */
  charge(charge: Charge): Promise<ChargeResult>
  /** Asks whether a card can be kept for later charges; moves no money. */
  save(card: SaveRequest): Promise<SaveResult>
  /** Asks for the money of an attempt, once, now that the card's owner has passed its challenge. */
  resume(charge: Authenticated): Promise<ChargeResult>
  /** Asks whether a card can be kept, now that its owner has passed a challenge. */
  resumeSave(card: Pick<Authenticated, 'cardToken'>): Promise<SaveResult>
  /** What became of a charge that was never heard back from; never charges. */
  lookUp(attemptId: string): Promise<ChargeResult | 'absent' | 'unknown'>
  /** Asks for money to go back. Asked again with the same refund, it acts once and tells how the refund stands by then. */
  refund(refund: RefundRequest): Promise<RefundResult>
}
