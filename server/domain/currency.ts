import { type AmountFault, decimalsOf } from '../contract/money.ts'
import type { Fault, Say } from './problem.ts'

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

/** What is wrong with an amount in major units. */
export const amountFault = (fault: AmountFault, currency: string): Fault => ({
  field: 'amount',
  say: amountText(fault, currency),
})

function amountText(fault: AmountFault, currency: string): Say {
  const decimals = decimalsOf(currency) ?? 2
  const example = decimals === 0 ? '1250' : `1250.${'50'.padEnd(decimals, '0').slice(0, decimals)}`
  switch (fault) {
    case 'too_many_decimals':
      return {
        en: `has more decimals than ${currency}, which has ${decimals}; write for example "${example}"`,
        es: `tiene más decimales que ${currency}, que tiene ${decimals}; escriba por ejemplo "${example}"`,
      }
    case 'too_small':
      return { en: 'must be more than zero', es: 'debe ser mayor que cero' }
    case 'too_large':
      return {
        en: 'is larger than the largest amount, 99999999999 minor units',
        es: 'pasa del monto máximo, 99999999999 unidades menores',
      }
    case 'not_a_decimal':
      return {
        en: `must be a positive decimal in major units written with a dot, such as "${example}"`,
        es: `debe ser un decimal positivo en unidades mayores escrito con punto, como "${example}"`,
      }
  }
}
