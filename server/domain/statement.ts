import { withoutCardNumbers } from './card.ts'

/** A text as card statements can print it: ASCII, with letters instead of their accented forms. */
export const statementText = (text: string): string =>
  withoutCardNumbers(text)
    .normalize('NFKD')
    .replace(/[^\x20-\x7e]/g, '')
