/**
 * The sandbox's processor: the card table and nothing else. It keeps no ledger of its own, so money it is asked for exists
 * only once our own rows say so; a charge that was cut off before that was never made.
 */
import type { Failure } from '../domain/intent.ts'
import { findCardByName, type TestCard } from '../domain/test-cards.ts'
import type {
  Authenticated,
  Charge,
  ChargeResult,
  Processor,
  RefundRequest,
  RefundResult,
  SaveRequest,
  SaveResult,
} from './processor.ts'

export const sandboxProcessor: Processor = {
  name: 'sandbox',
  // What it is asked for is there once our rows say so: there is nothing to wait for but a process that is slow.
  settledAfterMs: 3000,
  charge: (charge) => Promise.resolve(chargeTestCard(charge)),
  save: (card) => Promise.resolve(saveTestCard(card)),
  resume: (charge) => Promise.resolve(chargeAuthenticated(charge)),
  resumeSave: ({ cardToken }) => Promise.resolve({ outcome: 'saved', keptAs: setUp(cardToken) }),
  lookUp: () => Promise.resolve('absent'),
  refund: (refund) => Promise.resolve(refundTestCard(refund)),
}

/** The outcome that the card's row gives. */
export function chargeTestCard(charge: Charge): ChargeResult {
  const { behaviour } = rowOf(charge.cardToken)
  const paid = paidBy(charge)
  switch (behaviour.does) {
    case 'succeeds':
      return paid
    case 'challenges':
      if (!charge.offSession) return { outcome: 'challenge' }
      return behaviour.offSession === 'succeeds' ||
        (behaviour.offSession === 'succeeds_once_set_up' && isSetUp(charge.cardToken))
        ? paid
        : { outcome: 'declined', failure: needsOwner }
    case 'declines': {
      const checked = { with_cvc: charge.cvcGiven, with_postal_code: charge.postalCodeGiven }
      if (behaviour.only && !checked[behaviour.only]) return paid
      return { outcome: 'declined', failure: { code: behaviour.code, declineCode: behaviour.declineCode } }
    }
  }
}

/** The outcome that the card's row gives once its challenge is passed. */
function chargeAuthenticated(charge: Authenticated): ChargeResult {
  const { behaviour } = rowOf(charge.cardToken)
  if (behaviour.does !== 'challenges') throw new Error(`${charge.cardToken} asks for no challenge`)
  const { afterwards } = behaviour
  return afterwards === 'succeeds'
    ? { ...paidBy(charge), keptAs: setUp(charge.cardToken) }
    : { outcome: 'declined', failure: afterwards }
}

const paidBy = ({ attemptId, amount, currency }: Authenticated) =>
  ({ outcome: 'succeeded', attemptId, amount, currency }) as const

/** The bank wants to hear from the card's owner, who is away. */
const needsOwner: Failure = { code: 'card_declined', declineCode: 'authentication_required' }

/** Whether the card's row lets it be kept, with the reason it would be declined for. */
export function saveTestCard({ cardToken, cvcGiven, offSession }: SaveRequest): SaveResult {
  const { saves, behaviour } = rowOf(cardToken)
  if (behaviour.does === 'challenges' && !offSession) return { outcome: 'challenge' }
  if (behaviour.does !== 'declines') return { outcome: 'saved' }
  if (saves && (offSession || !behaviour.onSetup)) return { outcome: 'saved' }
  if (behaviour.only === 'with_cvc' && !cvcGiven) return { outcome: 'saved' }
  return { outcome: 'declined', failure: { code: behaviour.code, declineCode: behaviour.declineCode } }
}

/** What stands behind the name of a card that was kept after a passed challenge. */
const setUpMark = '+set_up'

const isSetUp = (token: string): boolean => token.endsWith(setUpMark)
const setUp = (token: string): string => (isSetUp(token) ? token : token + setUpMark)

const nameOf = (token: string): string => (isSetUp(token) ? token.slice(0, -setUpMark.length) : token)

function rowOf(token: string): TestCard {
  const row = findCardByName(nameOf(token))
  if (!row) throw new Error(`The sandbox has no card named ${token}`)
  return row
}

/** How long the cards whose refunds change later take for it. */
const refundChangesMs = 3000

/** How a refund of a card's money stands: at once and for good, but for the two cards of the table that change later. */
export function refundTestCard({ cardToken, ageMs }: RefundRequest): RefundResult {
  const row = findCardByName(nameOf(cardToken))
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
