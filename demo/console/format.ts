/** Money, moments and ids as people of a locale read them. Amounts stay the digits that the API wrote: none becomes a float. */
import { decimalsOf, showAmount } from '../../server/contract/money.ts'

export class Format {
  readonly locale: string
  readonly #money = new Map<string, Intl.NumberFormat>()
  readonly #moments = new Map<string, Intl.DateTimeFormat>()
  readonly #count: Intl.NumberFormat
  readonly #short: Intl.NumberFormat

  constructor(locale: string) {
    this.locale = locale
    this.#count = new Intl.NumberFormat(locale)
    this.#short = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
  }

  /** "12500.00" of colones as `₡12 500,00`; every other currency with its code. */
  money(amount: string, currency: string): string {
    let formatter = this.#money.get(currency)
    if (!formatter) {
      const decimals = decimalsOf(currency) ?? 2
      formatter = new Intl.NumberFormat(this.locale, {
        style: 'currency',
        currency,
        currencyDisplay: currency === 'CRC' ? 'narrowSymbol' : 'code',
        minimumFractionDigits: decimals,
        maximumFractionDigits: decimals,
      })
      this.#money.set(currency, formatter)
    }
    return formatter.format(amount as Intl.StringNumericLiteral)
  }

  /** The same of whole minor units. */
  minor(amount: number, currency: string): string {
    return this.money(showAmount(amount, currency), currency)
  }

  count(n: number): string {
    return this.#count.format(n)
  }

  /** For the axis of a chart, where a figure is only about so much. */
  short(n: number): string {
    return this.#short.format(n)
  }

  percent(part: number, whole: number): string {
    return new Intl.NumberFormat(this.locale, { style: 'percent', maximumFractionDigits: 1 }).format(part / whole)
  }

  /** The hour of a moment of today, the day of another one. */
  moment(iso: string, today: Date): string {
    const at = new Date(iso)
    if (Number.isNaN(at.getTime())) return iso
    if (at.toDateString() === today.toDateString()) return this.#of('time', { timeStyle: 'medium' }).format(at)
    const year = at.getFullYear() === today.getFullYear() ? {} : ({ year: 'numeric' } as const)
    const parts = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', ...year } as const
    return this.#of(`day ${Object.keys(year).length}`, parts).format(at)
  }

  /** All of it. */
  whole(iso: string): string {
    return this.#of('whole', { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(iso))
  }

  day(at: Date): string {
    return this.#of('only day', { day: 'numeric', month: 'short' }).format(at)
  }

  hour(at: Date): string {
    return this.#of('only hour', { hour: '2-digit', minute: '2-digit' }).format(at)
  }

  #of(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    let formatter = this.#moments.get(name)
    if (!formatter) this.#moments.set(name, (formatter = new Intl.DateTimeFormat(this.locale, options)))
    return formatter
  }
}

/** `pay_…Hf4d9x`: what stands between is the same for all that were made together, or means nothing to a reader. */
export function shortId(id: string): string {
  const prefix = /^(?:cs_(?:test|live)_|[a-z0-9]{1,6}_)/.exec(id)?.[0] ?? ''
  return id.length > prefix.length + 10 ? `${prefix}…${id.slice(-6)}` : id
}

/** A path whose ids are short ones. */
export const shortPath = (path: string): string => path.replaceAll(/\b[a-z0-9]{1,6}_[\w]{12,}/g, shortId)

/** What a person typed for an amount, as the API writes it: "12 500,5" is "12500.5". The last separator is the decimal one. */
export function readTyped(text: string): string {
  const plain = text.replaceAll(/[^\d.,]/g, '')
  const last = Math.max(plain.lastIndexOf('.'), plain.lastIndexOf(','))
  const tail = plain.length - 1 - last
  // Three digits behind a lone separator group thousands: nobody refunds tenths of a céntimo.
  if (last < 0 || tail > 2) return plain.replaceAll(/[.,]/g, '')
  return `${plain.slice(0, last).replaceAll(/[.,]/g, '')}.${plain.slice(last + 1)}`.replace(/\.$/, '')
}

/** The sum of amounts of one currency, digit by digit. */
export function addAmounts(amounts: readonly string[], currency: string): string {
  const decimals = decimalsOf(currency) ?? 2
  const sum = amounts.reduce((all, amount) => all + minorOf(amount, decimals), 0n)
  return minorText(sum, decimals)
}

/** What is left of an amount. */
export function subtractAmounts(from: string, taken: string, currency: string): string {
  const decimals = decimalsOf(currency) ?? 2
  return minorText(minorOf(from, decimals) - minorOf(taken, decimals), decimals)
}

function minorOf(amount: string, decimals: number): bigint {
  const [whole = '0', fraction = ''] = amount.split('.')
  return BigInt(whole + fraction.padEnd(decimals, '0').slice(0, decimals))
}

function minorText(minor: bigint, decimals: number): string {
  if (decimals === 0) return minor.toString()
  const digits = minor.toString().padStart(decimals + 1, '0')
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}
