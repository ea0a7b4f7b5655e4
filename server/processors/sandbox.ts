/**
 * The sandbox's processor: the card table and nothing else. It keeps no ledger of its own, so money it is asked for exists
 * only once our own rows say so; a charge that was cut off before that was never made.
 */
import { findCardByName } from '../domain/test-cards.ts'
import type { Charge, ChargeResult, Processor } from './processor.ts'

export const sandboxProcessor: Processor = {
  name: 'sandbox',
  charge: (charge) => Promise.resolve(chargeTestCard(charge)),
  lookUp: () => Promise.resolve('absent'),
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
