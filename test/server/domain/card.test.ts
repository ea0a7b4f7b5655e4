import { describe, expect, it } from 'vitest'
import { passesLuhn, readCard, type TypedCard, withoutCardNumbers } from '../../../server/domain/card.ts'
import { testCards } from '../../../server/domain/test-cards.ts'

const now = new Date('2026-11-20T12:00:00Z')
const typed = (change: Partial<TypedCard> = {}): TypedCard => ({
  number: '4242424242424242',
  expMonth: 12,
  expYear: 2034,
  cvc: '123',
  postalCode: undefined,
  ...change,
})

describe('the card table', () => {
  it('holds the 141 published numbers that pass the Luhn check, each once, under a name of its own', () => {
    expect(testCards).toHaveLength(141)
    expect(new Set(testCards.map((card) => card.number)).size).toBe(141)
    expect(new Set(testCards.map((card) => card.name)).size).toBe(141)
    expect(testCards.filter((card) => !passesLuhn(card.number))).toEqual([])
  })

  it('names no row by its number', () => {
    for (const card of testCards) expect(card.name).not.toContain(card.number)
  })
})

describe('readCard()', () => {
  it('keeps brand, last four and expiry of a card, and nothing of its number or code', () => {
    const read = readCard(typed({ cvc: '987' }), now)
    expect(read).toEqual({
      token: 'tc_visa',
      facts: { brand: 'visa', last4: '4242', expMonth: 12, expYear: 2034 },
      cvcGiven: true,
      postalCodeGiven: false,
    })
    expect(JSON.stringify(read)).not.toContain('987')
  })

  it('reads numbers written with spaces and dashes', () => {
    expect(readCard(typed({ number: '4242-4242 4242 4242' }), now)).toMatchObject({ token: 'tc_visa' })
  })

  it.each([
    [{ number: '4242424242424241' }, 'incorrect_number', null],
    [{ number: '42' }, 'incorrect_number', null],
    [{ number: 'abcd' }, 'incorrect_number', null],
    [{ number: '4111111111111111' }, 'card_declined', 'test_mode_live_card'],
    [{ expMonth: 13 }, 'invalid_expiry_month', null],
    [{ expMonth: 0 }, 'invalid_expiry_month', null],
    [{ expYear: 95 }, 'invalid_expiry_year', null],
    [{ expYear: 1995 }, 'invalid_expiry_year', null],
    [{ expYear: 2025 }, 'invalid_expiry_year', null],
    [{ expYear: 2077 }, 'invalid_expiry_year', null],
    [{ expYear: 2026, expMonth: 10 }, 'invalid_expiry_month', null],
    [{ cvc: '99' }, 'invalid_cvc', null],
    [{ cvc: '1234' }, 'invalid_cvc', null],
    [{ cvc: '12a' }, 'invalid_cvc', null],
    [{ cvc: '' }, 'invalid_cvc', null],
    [{ number: '378282246310005', cvc: '12' }, 'invalid_cvc', null],
  ] as const)('refuses %o with %s', (change, code, declineCode) => {
    expect(readCard(typed(change), now)).toEqual({ refused: { code, declineCode } })
  })

  it.each([
    [{ expYear: 2026, expMonth: 11 }],
    [{ expYear: 34 }],
    [{ expYear: 2076 }],
    [{ cvc: undefined }],
    [{ number: '378282246310005', cvc: '1234' }],
  ])('accepts %o', (change) => {
    expect(readCard(typed(change), now)).toHaveProperty('token')
  })

  it('lets a card go only when its month has ended everywhere', () => {
    const november = typed({ expYear: 2026, expMonth: 11 })
    expect(readCard(november, new Date('2026-12-01T11:59:00Z'))).toHaveProperty('token')
    expect(readCard(november, new Date('2026-12-01T12:01:00Z'))).toHaveProperty('refused')
  })
})

describe('withoutCardNumbers()', () => {
  it.each([
    '4242424242424242',
    '4242 4242 4242 4242',
    '4242-4242-4242-4242',
    '3782 822463 10005',
    '6205 5000 0000 0000 004',
    '３７８２８２２４６３１０００５',
    '42 4242424242424242',
    '4242424242424242 12',
    '2026.11 4242 4242 4242 4242 123',
    '4000-0000-0000-3220 4242424242424242',
    '4242 4242 4242 4241 4242 4242 4242 4242',
  ])('takes out %s', (text) =>
    expect(withoutCardNumbers(`paid with ${text}, thanks`)).toBe('paid with [redacted], thanks'),
  )

  it.each([
    '4242424242424241',
    '4242 4242 4242 4241',
    'Order 20261120 0001',
    '+506 8888-8888, +506 2222-2222',
    'CR05 0152 0200 1026 2840 66',
    '42424242424242424242',
    '12345678901234567890123',
  ])('leaves %s', (text) => expect(withoutCardNumbers(text)).toBe(text))
})
