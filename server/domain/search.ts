/** How a payment is found by what people know of it: words of its description with a digit in them, its amount, its card's last four. */
import { showAmount } from '../contract/money.ts'

type Findable = { description: string | null; amount: number; currency: string; last4: string | null }

/** Most words of one description: order numbers stand at its beginning. */
const mostWords = 4
const longestWord = 40

/** What an amount and the end of a card begin with, so that they are no words of a description. */
const amountMark = '='
const cardMark = '*'

/** The words that a payment is found by; they are compared byte for byte. */
export function wordsOf({ description, amount, currency, last4 }: Findable): string[] {
  const words = numbered(description ?? '').slice(0, mostWords)
  return [
    ...new Set([
      ...words,
      `${amountMark}${showAmount(amount, currency)}`,
      ...(last4 === null ? [] : [`${cardMark}${last4}`]),
    ]),
  ]
}

/** A word, or the beginning of one. */
export type Wanted = { word: string; isWhole: boolean }

/** What somebody may mean by a few letters in a search field, the likeliest first. */
export function wantedWords(text: string): Wanted[] {
  const wanted: Wanted[] = []
  const figures = text.replaceAll(/[₡$\s\u00a0\u202f]|crc|usd/gi, '')
  if (/^\d{4}$/.test(figures)) wanted.push({ word: `${cardMark}${figures}`, isWhole: true })
  for (const amount of amountsIn(figures)) {
    wanted.push({ word: `${amountMark}${amount}`, isWhole: true })
    if (!amount.includes('.')) wanted.push({ word: `${amountMark}${amount}.`, isWhole: false })
  }
  for (const word of numbered(text).slice(0, 1)) wanted.push({ word, isWhole: false })
  return wanted
}

/** "12 500", "12.500,00", "12,500.00" and "12500" as the wire writes them; a lone point or comma may be of both kinds. */
function amountsIn(figures: string): string[] {
  if (!/^\d[\d.,]{0,20}$/.test(figures)) return []
  const whole = figures.replaceAll(/[.,]/g, '')
  const [, before, after] = /^(.*)[.,](\d{1,3})$/.exec(figures) ?? []
  const amounts = after?.length === 3 || after === undefined ? [whole] : []
  if (before !== undefined && after !== undefined) {
    amounts.push(`${before.replaceAll(/[.,]/g, '')}.${after.padEnd(2, '0')}`)
  }
  return [...new Set(amounts.map((amount) => amount.replace(/^0+(?=\d)/, '')))]
}

/** Words with a digit in them, in small letters and without accents: order numbers are written in every way. */
const numbered = (text: string): string[] =>
  text
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase()
    .split(/[^a-z0-9-]+/)
    .map((word) => word.replaceAll(/^-+|-+$/g, ''))
    // Of CR-1042 some only know the number.
    .flatMap((word) => (word.includes('-') ? [word, ...word.split('-')] : [word]))
    .filter((word) => /\d/.test(word) && word.length <= longestWord)
