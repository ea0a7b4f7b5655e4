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
}

export type ChargeResult =
  | { outcome: 'succeeded'; attemptId: string; amount: number; currency: string }
  | { outcome: 'declined'; failure: Failure }
  | { outcome: 'challenge' }

export interface Processor {
  name: string
  /** Asks for the money, once. */
  charge(charge: Charge): Promise<ChargeResult>
  /** What became of a charge that was never heard back from; never charges. */
  lookUp(attemptId: string): Promise<ChargeResult | 'absent' | 'unknown'>
}
