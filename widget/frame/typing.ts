/** What happens to a field's text and caret while somebody types. Pure: text in, text out. */
import { cardOf, passesLuhn } from './brands.ts'

/** What an edit did: `insert` covers typing, pasting and autofill. */
export type Edit = 'insert' | 'back' | 'forward'
export type Typed = { text: string; caret: number }

/** The digits of a text, full-width ones included, and nothing else. */
export const digitsOf = (text: string): string => plain(text).replace(/\D/g, '')

const plain = (text: string) =>
  text.replace(/[\uff10-\uff19]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))

/** Digits in the groups that are printed on the card. */
export function groupNumber(digits: string): string {
  const { gaps } = cardOf(digits)
  return Array.from(digits, (digit, at) => (gaps.includes(at) ? ` ${digit}` : digit)).join('')
}

/** Where a caret stands that has so many digits before it: past the gap when going on, before it when taking away. */
function caretAfter(text: string, count: number, edit: Edit): number {
  let at = 0
  for (let seen = 0; seen < count && at < text.length; at++) if (/\d/.test(text[at]!)) seen++
  if (edit === 'insert') while (count > 0 && at < text.length && /\D/.test(text[at]!)) at++
  return at
}

/**
 * The number field after an edit. `before` is what it showed, `raw` and `caret` what the browser made of it.
 * Taking away a gap takes away the digit beside it, or the person would be stuck; a full field refuses more digits
 * instead of pushing the last ones out.
 */
export function typeNumber(before: string, raw: string, caret: number, edit: Edit): Typed {
  return typeDigits(before, raw, caret, edit, groupNumber, (digits) => Math.max(...cardOf(digits).lengths))
}

/** The security code after an edit: three digits, four for American Express and for brands not known yet. */
export function typeCode(before: string, raw: string, caret: number, edit: Edit, size: number | null): Typed {
  return typeDigits(
    before,
    raw,
    caret,
    edit,
    (digits) => digits,
    () => size ?? 4,
  )
}

function typeDigits(
  before: string,
  raw: string,
  caret: number,
  edit: Edit,
  layOut: (digits: string) => string,
  longest: (digits: string) => number,
): Typed {
  const had = digitsOf(before)
  let digits = digitsOf(raw)
  let count = digitsOf(raw.slice(0, caret)).length
  if (edit !== 'insert' && digits === had && raw.length < before.length) {
    const gone = edit === 'back' ? count - 1 : count
    digits = digits.slice(0, Math.max(gone, 0)) + digits.slice(gone + 1)
    if (edit === 'back') count = Math.max(gone, 0)
  }
  const most = longest(digits)
  if (digits.length > most) {
    if (had.length >= most && longest(had) === most) {
      count -= digits.length - had.length
      digits = had
    }
    digits = digits.slice(0, most)
  }
  const text = layOut(digits)
  return { text, caret: caretAfter(text, Math.max(0, Math.min(count, digits.length)), edit) }
}

/** Month and year as written, before anything is made of them. `split` is true when something stood between them. */
function partsOf(raw: string): { month: string; year: string; split: boolean } {
  const text = plain(raw).trim()
  const backwards = /^(\d{4})\D+(\d{1,2})$/.exec(text)
  if (backwards) return { month: backwards[2]!, year: backwards[1]!, split: true }
  const [first = '', ...rest] = text.split(/\D+/)
  if (rest.length > 0 && first.length <= 2) return { month: first, year: rest.join(''), split: true }
  const digits = digitsOf(text)
  const cut = Number(digits[0]) > 1 || Number(digits.slice(0, 2)) > 12 ? 1 : 2
  return { month: digits.slice(0, cut), year: digits.slice(cut), split: false }
}

const shortYear = (year: string) =>
  year.startsWith('20') && year.length > 2 ? (year.length > 3 ? year.slice(2, 4) : year) : year.slice(0, 2)

/** The expiry field after an edit: `1234`, `12/34`, `1/34`, `12/2034` and `2034-12` all become `12 / 34` or `01 / 34`. */
export function typeExpiry(before: string, raw: string, caret: number, edit: Edit): Typed {
  const had = digitsOf(before)
  const onlyGap = edit !== 'insert' && digitsOf(raw) === had && raw.length < before.length
  if (onlyGap) {
    const count = digitsOf(raw.slice(0, caret)).length
    const gone = edit === 'back' ? count - 1 : count
    const kept = had.slice(0, Math.max(gone, 0)) + had.slice(gone + 1)
    const text = kept.length > 2 ? `${kept.slice(0, 2)} / ${kept.slice(2)}` : kept
    return { text, caret: caretAfter(text, edit === 'back' ? Math.max(gone, 0) : count, edit) }
  }
  const { month, year, split } = partsOf(raw)
  const inside = caret < raw.length
  if (edit === 'insert' && inside && had.length >= 4 && digitsOf(raw).length > had.length) {
    return { text: before, caret: Math.max(0, caret - (raw.length - before.length)) }
  }
  const gapAt = raw.search(/\D/)
  const monthDone = month > '1' || (!split && year !== '') || (split && month !== '' && month !== '0' && caret > gapAt)
  const padded = edit === 'insert' && month.length === 1 && monthDone ? `0${month}` : month
  const years = shortYear(year)
  const wantsGap = years !== '' || (edit === 'insert' && padded.length === 2) || (split && month === '' && year !== '')
  const text = wantsGap ? `${padded} / ${years}` : padded
  if (!inside) return { text, caret: text.length }
  const count = digitsOf(raw.slice(0, caret)).length + (padded.length - month.length)
  // Half a month typed over the old one: the caret waits before the gap for the other half.
  return { text, caret: caretAfter(text, count, padded.length < 2 ? 'back' : edit) }
}

/** The expiry field when the person leaves it: a lone month gets its nought. */
export const tidyExpiry = (text: string): string =>
  typeExpiry('', text, text.length, 'insert').text.replace(/ \/ $/, '')

/** Which field is wrong, and how: the name of a sentence, or null when it could be sent. */
export function checkNumber(text: string): 'number_missing' | 'number_short' | 'incorrect_number' | null {
  const digits = digitsOf(text)
  if (!digits) return 'number_missing'
  // ISO/IEC 7812 gives no card of a bank such a number.
  if (digits.startsWith('0')) return 'incorrect_number'
  const { brand, lengths } = cardOf(digits)
  // UnionPay has cards whose last digit checks nothing.
  if (lengths.includes(digits.length) && (brand === 'unionpay' || passesLuhn(digits))) return null
  return digits.length < Math.min(16, ...lengths.slice(-1)) ? 'number_short' : 'incorrect_number'
}

/** `now` is the day it is for the person who pays. A card is good to the last day of its month. */
export function checkExpiry(text: string, now: Date): 'expiry_missing' | 'expiry_wrong' | 'expired_card' | null {
  if (!digitsOf(text)) return 'expiry_missing'
  const expiry = readExpiry(text)
  if (!expiry) return 'expiry_wrong'
  const monthsLeft = (Number(expiry.year) - now.getFullYear()) * 12 + Number(expiry.month) - now.getMonth() - 1
  if (monthsLeft < 0) return 'expired_card'
  return monthsLeft > 50 * 12 ? 'expiry_wrong' : null
}

export function checkCode(text: string, size: number | null): 'cvc_missing' | 'cvc_short' | null {
  const { length } = digitsOf(text)
  if (!length) return 'cvc_missing'
  return length === size || (size === null && (length === 3 || length === 4)) ? null : 'cvc_short'
}

/** Month `01` to `12` and the year in full, or null while the field says neither. */
export function readExpiry(text: string): { month: string; year: string } | null {
  const found = /^(0[1-9]|1[0-2]) \/ (\d\d)$/.exec(text)
  return found ? { month: found[1]!, year: `20${found[2]!}` } : null
}
