import { testCards } from '../../server/domain/test-cards.ts'

const numbers = testCards.map(({ number }) => number)
/** Half of a number is too much already. Rows of zeros stand in many innocent places. */
const window = 8
const pieces = new Set(
  numbers.flatMap((number) =>
    Array.from({ length: number.length - window + 1 }, (_, n) => number.slice(n, n + window)).filter(
      (piece) => !/0{6}/.test(piece),
    ),
  ),
)
/** As they might be written by mistake: encoded, or as bytes. */
const encoded = numbers.flatMap((number) => [
  Buffer.from(number).toString('base64').replace(/=+$/, ''),
  Buffer.from(number).toString('hex'),
])

const joined = (text: string): string => text.normalize('NFKC').replace(/(?<=\d)[ -](?=\d)/g, '')

/** A test card's whole number that stands in a text, also when written in groups; undefined when there is none. */
export function cardNumberIn(text: string): string | undefined {
  for (const [run] of joined(text).matchAll(/\d{13,}/g)) {
    const found = numbers.find((number) => run.includes(number))
    if (found !== undefined) return found
  }
  return encoded.find((one) => text.includes(one))
}

/** The same for a piece of a number. */
export function cardDigitsIn(text: string): string | undefined {
  for (const [run] of joined(text).matchAll(/\d{8,}/g)) {
    for (let n = 0; n + window <= run.length; n++) if (pieces.has(run.slice(n, n + window))) return run
  }
  return cardNumberIn(text)
}
