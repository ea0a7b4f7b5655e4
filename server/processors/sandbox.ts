/**
 * The sandbox's processor: the card table and nothing else. It keeps no ledger of its own, so money it is asked for exists
 * only once our own rows say so; a charge that was cut off before that was never made.
 */
import { findCardByName } from '../domain/test-cards.ts'
import type { Charge, ChargeResult, Processor, RefundRequest, RefundResult } from './processor.ts'

export const sandboxProcessor: Processor = {
  name: 'sandbox',
  charge: (charge) => Promise.resolve(chargeTestCard(charge)),
  lookUp: () => Promise.resolve('absent'),
  refund: (refund) => Promise.resolve(refundTestCard(refund)),
}

/** The outcome that the card's row gives. */
export function chargeTestCard(charge: Charge): ChargeResult {
  const row = findCardByName(charge.cardToken)
  if (!row) throw new Error(`The sandbox has no card named ${charge.cardToken}`)
  const { behaviour } = row
  const paid: ChargeResult = {
    outcome: 'succeeded',
    attemptId: charge.attemptId,
    amount: charge.amount,
    currency: charge.currency,
  }
  switch (behaviour.does) {
    case 'succeeds':
      return paid
    case 'challenges':
      return { outcome: 'challenge' }
    case 'declines': {
      const checked = { with_cvc: charge.cvcGiven, with_postal_code: charge.postalCodeGiven }
      if (behaviour.only && !checked[behaviour.only]) return paid
      return { outcome: 'declined', failure: { code: behaviour.code, declineCode: behaviour.declineCode } }
    }
  }
}

/** How long the cards whose refunds change later take for it. */
const refundChangesMs = 3000

/** How a refund of a card's money stands: at once and for good, but for the two cards of the table that change later. */
export function refundTestCard({ cardToken, ageMs }: RefundRequest): RefundResult {
  const row = findCardByName(cardToken)
  const changed = ageMs >= refundChangesMs
  const checkAfterMs = changed ? null : refundChangesMs - ageMs
  switch (row?.refund) {
    case 'pending_then_succeeds':
      return { status: changed ? 'succeeded' : 'pending', failureReason: null, checkAfterMs }
    case 'succeeds_then_fails':
      return changed
        ? { status: 'failed', failureReason: 'expired_or_canceled_card', checkAfterMs }
        : { status: 'succeeded', failureReason: null, checkAfterMs }
    default:
      return { status: 'succeeded', failureReason: null, checkAfterMs: null }
  }
}
