import { describe, expect, it } from 'vitest'
import { decimalsOf, formatMoney, largestAmount, readAmount, showAmount } from '../../../server/contract/money.ts'

describe('readAmount()', () => {
  it.each([
    ['19.99', 'USD', 1999],
    ['19.9', 'USD', 1990],
    ['19', 'USD', 1900],
    ['0.01', 'USD', 1],
    ['300000000.00', 'CRC', 30_000_000_000],
    ['12500', 'CRC', 1_250_000],
    ['1250', 'JPY', 1250],
    ['1.234', 'KWD', 1234],
    ['999999999.99', 'USD', largestAmount],
    ['007.50', 'USD', 750],
  ])('reads %s %s as %i minor units', (text, currency, minor) => {
    expect(readAmount(text, currency)).toBe(minor)
  })

  it.each([
    ['abc', 'USD', 'not_a_decimal'],
    ['', 'USD', 'not_a_decimal'],
    ['-5', 'USD', 'not_a_decimal'],
    ['+5', 'USD', 'not_a_decimal'],
    ['1e3', 'USD', 'not_a_decimal'],
    ['1,50', 'USD', 'not_a_decimal'],
    ['1.', 'USD', 'not_a_decimal'],
    ['.5', 'USD', 'not_a_decimal'],
    [' 5', 'USD', 'not_a_decimal'],
    ['٥', 'USD', 'not_a_decimal'],
    ['0', 'USD', 'too_small'],
    ['0.00', 'USD', 'too_small'],
    ['0.001', 'USD', 'too_many_decimals'],
    ['1.999', 'CRC', 'too_many_decimals'],
    ['1.5', 'JPY', 'too_many_decimals'],
    ['1000000000.00', 'USD', 'too_large'],
    ['999999999999999', 'USD', 'too_large'],
  ])('refuses %s %s: %s', (text, currency, fault) => {
    expect(readAmount(text, currency)).toBe(fault)
  })

  it('reads back every amount that showAmount prints', () => {
    for (const currency of ['USD', 'CRC', 'JPY', 'KWD']) {
      for (const minor of [1, 9, 10, 99, 100, 101, 1999, 1_250_000, 30_000_000_000, largestAmount]) {
        expect(readAmount(showAmount(minor, currency), currency)).toBe(minor)
      }
    }
  })
})

describe('formatMoney()', () => {
  const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

  it.each([
    [1_250_000, 'CRC', 'es-CR', '₡12 500'],
    [1_250_050, 'CRC', 'es-CR', '₡12 500,50'],
    [30_000_000_000, 'CRC', 'es', '₡300 000 000'],
    [1_250_000, 'CRC', 'es-XX', '₡12 500'],
    [1_250_000, 'CRC', 'es-419', '₡12,500'],
    [1_250_000, 'CRC', 'en', '₡12,500'],
    [1_250_000, 'CRC', 'pt-BR', '₡ 12.500'],
    [2450, 'USD', 'pt-BR', 'USD 24,50'],
    [2450, 'USD', 'es-XX', 'USD 24,50'],
    [2450, 'USD', 'es-CR', 'USD 24,50'],
    [2450, 'USD', 'en', 'USD 24.50'],
    [2400, 'USD', 'en', 'USD 24.00'],
    [1250, 'JPY', 'en', 'JPY 1,250'],
  ])('writes %i %s for %s as %s', (minor, currency, locale, text) => {
    expect(plain(formatMoney(minor, currency, locale))).toBe(text)
  })
})

describe('decimalsOf()', () => {
  it.each([
    ['CRC', 2],
    ['USD', 2],
    ['JPY', 0],
    ['CLP', 0],
    ['BHD', 3],
    ['XXX', undefined],
    ['usd', undefined],
    ['DEM', undefined],
  ])('%s has %s', (currency, decimals) => {
    expect(decimalsOf(currency)).toBe(decimals)
  })
})
