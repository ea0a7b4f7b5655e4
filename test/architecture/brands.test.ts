/** The frame's own table of card brands against the library whose facts it holds. */
import creditCardType from 'credit-card-type'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testCards } from '../../server/domain/test-cards.ts'
import { cardOf, passesLuhn } from '../../widget/frame/brands.ts'

const taken = ['visa', 'mastercard', 'american-express', 'diners-club', 'discover', 'jcb', 'unionpay']

/** What the library makes of digits, of the brands that are taken here. */
function known(digits: string): string[] {
  return creditCardType(digits).map(({ type }) => type)
}

function expectSame(digits: string): void {
  const { brand, ...card } = cardOf(digits)
  const all = known(digits)
  const ours = all.filter((type) => taken.includes(type))
  if (all.length === 1 && ours.length === 1) {
    expect([digits, brand]).toEqual([digits, ours[0]])
    const { niceType, gaps, lengths, code } = creditCardType.getTypeInfo(brand)
    expect(card).toEqual({ name: niceType, gaps, lengths, codeSize: code.size })
  } else if (brand !== 'unknown') {
    // Where the library waits for a brand that is not taken here, ours need not; it is never another one.
    expect([digits, ours.length === 0 ? 'of another brand' : ours]).toEqual([digits, [brand]])
  }
}

describe('the frame’s brands', () => {
  it('are the library’s, for every beginning of up to six digits', () => {
    for (let length = 1; length <= 6; length++) {
      for (let n = 0; n < 10 ** length; n += length < 6 ? 1 : 37) {
        const digits = String(n).padStart(length, '0')
        const all = known(digits)
        // Numbers of brands that are not taken may look like a longer range of one that is.
        if (all.some((type) => !taken.includes(type))) continue
        expectSame(digits)
      }
    }
  })

  it('are those of every card of the sandbox, from its first digit to its last', () => {
    for (const { number } of testCards) {
      for (let length = 1; length <= number.length; length++) {
        const digits = number.slice(0, length)
        if (!known(digits).some((type) => !taken.includes(type))) expectSame(digits)
      }
    }
  })

  it('check the last digit', () => {
    expect(passesLuhn('4242424242424242')).toBe(true)
    expect(passesLuhn('4242424242424241')).toBe(false)
    fc.assert(
      fc.property(fc.stringMatching(/^\d{11,18}$/), (digits) => {
        const right = Array.from({ length: 10 }, (_, last) => passesLuhn(digits + last))
        expect(right.filter(Boolean)).toHaveLength(1)
      }),
    )
  })
})
