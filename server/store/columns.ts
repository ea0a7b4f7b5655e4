/** Columns that several tables share: what is kept of a card, and why it failed. */
import type { Failure } from '../domain/intent.ts'
import type { CardFacts } from '../domain/payment.ts'
import type { AttemptRow, IntentRow } from './schema.ts'

type FailureColumns = Pick<IntentRow, 'failure_code' | 'failure_decline_code'>
type CardColumns = Pick<AttemptRow, 'card_brand' | 'card_last4' | 'card_exp_month' | 'card_exp_year'>

export const failureColumns = (failure: Failure | null): FailureColumns => ({
  failure_code: failure?.code ?? null,
  failure_decline_code: failure?.declineCode ?? null,
})

export const failureOf = (row: FailureColumns): Failure | null =>
  row.failure_code && { code: row.failure_code, declineCode: row.failure_decline_code }

export const cardColumns = (card: CardFacts | null): CardColumns => ({
  card_brand: card?.brand ?? null,
  card_last4: card?.last4 ?? null,
  card_exp_month: card?.expMonth ?? null,
  card_exp_year: card?.expYear ?? null,
})

export function cardOf(row: CardColumns): CardFacts | null {
  const { card_brand: brand, card_last4: last4, card_exp_month: expMonth, card_exp_year: expYear } = row
  return brand !== null && last4 !== null && expMonth !== null && expYear !== null
    ? { brand, last4, expMonth, expYear }
    : null
}
