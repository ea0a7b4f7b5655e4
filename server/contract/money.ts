/**
 * Money as whole minor units (céntimos, cents) of an ISO 4217 currency. Decimals exist only at the edges, as strings:
 * "19.99" is read digit by digit, because 19.99 * 100 is 1998.9999999999998.
 */

const noDecimals = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'
const threeDecimals = 'BHD IQD JOD KWD LYD OMR TND'
const twoDecimals =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK ' +
  'DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD ' +
  'KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP ' +
  'PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH ' +
  'USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG'

let decimalsByCode: Map<string, number> | undefined

/** How many decimals a currency has, or undefined when the code is not an active ISO 4217 currency. Upper case only. */
export function decimalsOf(currency: string): number | undefined {
  decimalsByCode ??= new Map([
    ...twoDecimals.split(' ').map((code) => [code, 2] as const),
    ...noDecimals.split(' ').map((code) => [code, 0] as const),
    ...threeDecimals.split(' ').map((code) => [code, 3] as const),
  ])
  return decimalsByCode.get(currency)
}

/** The largest amount accepted, in minor units (semantics B2): colones reach nine digits before the decimals. */
export const largestAmount = 99_999_999_999

export type AmountFault = 'not_a_decimal' | 'too_many_decimals' | 'too_small' | 'too_large'

/** Reads "19.99" as 1999 minor units, or says what is wrong with it. Plain digits with a dot: no sign, exponent or separators. */
export function readAmount(text: string, currency: string): number | AmountFault {
  const parts = /^(\d{1,15})(?:\.(\d{1,15}))?$/.exec(text)
  if (!parts) return 'not_a_decimal'
  const decimals = decimalsOf(currency) ?? 2
  const fraction = parts[2] ?? ''
  if (fraction.length > decimals) return 'too_many_decimals'
  const minor = Number(parts[1]! + fraction.padEnd(decimals, '0'))
  if (minor < 1) return 'too_small'
  return minor > largestAmount ? 'too_large' : minor
}

/** Prints 1999 minor units as "19.99", the form the wire carries. */
export function showAmount(minor: number, currency: string): string {
  const decimals = decimalsOf(currency) ?? 2
  if (decimals === 0) return String(minor)
  const digits = String(minor).padStart(decimals + 1, '0')
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

const regionals = new Map<string, string>()

/** Spanish of no region, or of one that nobody knows, is that of Costa Rica: what Spain writes is read nowhere else. */
function regionalOf(locale: string): string {
  let regional = regionals.get(locale)
  if (regional === undefined) {
    regional = new Intl.NumberFormat(locale).resolvedOptions().locale === 'es' ? 'es-CR' : locale
    if (regionals.size < 500) regionals.set(locale, regional)
  }
  return regional
}

const formatters = new Map<string, Intl.NumberFormat>()
/** Amounts as they were written before: a session is read several times, and each writing costs more than the reading. */
const written = new Map<string, string>()
const mostWritten = 1000

/**
 * Money as people of a locale read it: colones with their sign and no empty céntimos (`₡12 500`), every other currency
 * with its code (`USD 24,50`), because a bare `$` means a different dollar in each country of the region.
 */
export function formatMoney(minor: number, currency: string, locale: string): string {
  const regional = regionalOf(locale)
  const name = `${regional} ${currency}`
  const known = written.get(`${name} ${minor}`)
  if (known !== undefined) return known
  let formatter = formatters.get(name)
  if (!formatter) {
    const colones = currency === 'CRC'
    const decimals = decimalsOf(currency) ?? 2
    formatter = new Intl.NumberFormat(regional, {
      style: 'currency',
      currency,
      currencyDisplay: colones ? 'narrowSymbol' : 'code',
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      trailingZeroDisplay: colones ? 'stripIfInteger' : 'auto',
    })
    if (formatters.size < 500) formatters.set(name, formatter)
  }
  const text = formatter.format(showAmount(minor, currency) as Intl.StringNumericLiteral)
  if (written.size >= mostWritten) written.clear()
  written.set(`${name} ${minor}`, text)
  return text
}
