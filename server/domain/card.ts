/** Reading a typed card: checks it the way every processor does, turns its number into a row's name, and lets the digits go. */
import type { CardErrorCode } from '../contract/errors.ts'
import type { Failure } from './intent.ts'
import type { CardFacts } from './payment.ts'
import { findCardByNumber } from './test-cards.ts'

/** A card as it arrives; the only place where a number and a security code exist on the server. */
export type TypedCard = {
  number: string
  expMonth: number
  expYear: number
  /** A check fails only when its field was sent. */
  cvc: string | undefined
  postalCode: string | undefined
}

export type ReadCard =
  { token: string; facts: CardFacts; cvcGiven: boolean; postalCodeGiven: boolean } | { refused: Failure }

/**
 * The card's row name and what may be kept of it, or why it is refused. A number outside the table is declined as a live
 * card in test mode, and nothing of it is returned.
 */
export function readCard(typed: TypedCard, now: Date): ReadCard {
  const number = typed.number.replace(/[\s-]/g, '')
  if (!/^\d{12,19}$/.test(number) || !passesLuhn(number)) return refused('incorrect_number')
  const expYear = fullYear(typed.expYear, now)
  const fault = expiryFault({ expMonth: typed.expMonth, expYear }, now)
  if (fault) return refused(fault)
  const row = findCardByNumber(number)
  if (!row) return { refused: { code: 'card_declined', declineCode: 'test_mode_live_card' } }
  if (typed.cvc !== undefined && !couldBeCode(typed.cvc, row)) return refused('invalid_cvc')
  return {
    token: row.name,
    facts: { brand: row.brand, last4: number.slice(-4), expMonth: typed.expMonth, expYear },
    cvcGiven: typed.cvc !== undefined,
    postalCodeGiven: typed.postalCode !== undefined,
  }
}

/** Whether this could be a card's security code. */
export const couldBeCode = (text: string, { brand }: Pick<CardFacts, 'brand'>): boolean =>
  (brand === 'american-express' ? /^\d{3,4}$/ : /^\d{3}$/).test(text)

/** What is wrong with a month and a full year of expiry: no such month, or one that is over. */
export function expiryFault(
  { expMonth, expYear }: Pick<CardFacts, 'expMonth' | 'expYear'>,
  now: Date,
): 'invalid_expiry_month' | 'invalid_expiry_year' | undefined {
  if (!(expMonth >= 1 && expMonth <= 12)) return 'invalid_expiry_month'
  // A card is good until its month has ended everywhere, twelve hours after it ended in Greenwich.
  const lastMoment = new Date(now.getTime() - 12 * 3_600_000)
  const thisYear = lastMoment.getUTCFullYear()
  if (!(expYear >= thisYear && expYear <= thisYear + 50)) return 'invalid_expiry_year'
  return expYear === thisYear && expMonth < lastMoment.getUTCMonth() + 1 ? 'invalid_expiry_month' : undefined
}

const refused = (code: CardErrorCode): ReadCard => ({ refused: { code, declineCode: null } })

/** Two digits mean the nearest such year not more than fifty years ahead: 34 is to come, 95 is past. */
export function fullYear(year: number, now: Date): number {
  if (year >= 100) return year
  const guess = 2000 + year
  return guess > now.getUTCFullYear() + 50 ? guess - 100 : guess
}

/** The check digit of ISO/IEC 7812-1. */
export function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2
  }
  return sum % 10 === 0
}

/** Digits of a card as people write them, ASCII or full-width, with a few spaces, dashes or dots between them. */
const digitRun = /[0-9０-９](?:[ .\u00a0-]{0,2}[0-9０-９]){12,}/g

/**
 * A text without what could be a card number: 13 to 19 digits that stand alone and pass the check, or that other digits
 * stand beside. Semantics B3.
 */
export const withoutCardNumbers = (text: string): string =>
  redact(text, (groups) => couldBeNumber(groups.join('')) || groups.some((_, n) => beginsNumber(groups.slice(n))))

const couldBeNumber = (digits: string): boolean => /^\d{13,19}$/.test(digits) && passesLuhn(digits)

/** How many digits stand together in numbers as they are printed on cards. */
const printed = [
  [4, 4, 4, 4],
  [4, 4, 4, 4, 3],
  [4, 6, 5],
  [4, 6, 4],
]

/** Whether groups of digits begin with a whole number, or with one as it is printed on cards. */
const beginsNumber = (groups: readonly string[]): boolean =>
  couldBeNumber(groups[0]!) ||
  printed.some(
    (lengths) =>
      lengths.every((length, n) => groups[n]?.length === length) &&
      couldBeNumber(groups.slice(0, lengths.length).join('')),
  )

/** A free text as it may be kept. */
export const keptText = (text: string | null): string | null => (text === null ? null : withoutCardNumbers(text))

/** The same, but sharper: for lines in which a card number may have run into other digits, and nobody misses those. */
export const withoutCardDigits = (text: string): string =>
  redact(text, (groups) => {
    const digits = groups.join('')
    for (let length = 13; length <= 19; length++) {
      for (let start = 0; start + length <= digits.length; start++) {
        if (passesLuhn(digits.slice(start, start + length))) return true
      }
    }
    return false
  })

const redact = (text: string, isCard: (groups: string[]) => boolean): string =>
  text.replace(digitRun, (run) => (isCard(run.normalize('NFKC').split(/\D+/)) ? '[redacted]' : run))
