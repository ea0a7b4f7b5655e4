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

/** A piece of a test card's number that stands in a text, also when written in groups; undefined when there is none. */
export function cardDigitsIn(text: string): string | undefined {
  const joined = text.normalize('NFKC').replace(/(?<=\d)[ -](?=\d)/g, '')
  for (const [run] of joined.matchAll(/\d{8,}/g)) {
    const whole = numbers.find((number) => run.includes(number))
    if (whole !== undefined) return whole
    for (let n = 0; n + window <= run.length; n++) if (pieces.has(run.slice(n, n + window))) return run
  }
  return encoded.find((one) => text.includes(one))
}
