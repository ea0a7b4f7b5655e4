import { decimalsOf } from '../contract/money.ts'
import type { Fault } from './problem.ts'

/** What is wrong with a currency code, which may be written in any case, or undefined. */
export const currencyFault = (text: string): Fault | undefined =>
  /^[a-z]{3}$/i.test(text) && decimalsOf(text.toUpperCase()) !== undefined
    ? undefined
    : {
        field: 'currency',
        say: {
          en: 'must be an ISO 4217 currency code such as "CRC" or "USD"',
          es: 'debe ser un código de moneda ISO 4217 como "CRC" o "USD"',
        },
      }
