import { describe, expect, it } from 'vitest'
import { randomIds } from '../../server/ids.ts'

describe('randomIds()', () => {
  const at = new Date('2026-11-20T12:00:00Z')

  it('draws a million ids at one moment without a repeat', () => {
    const newId = randomIds(() => at)
    const seen = new Set<string>()
    for (let n = 0; n < 1_000_000; n++) seen.add(newId('pay_'))
    expect(seen.size).toBe(1_000_000)
  })

  it('has 27 random letters of 62, which is 160 bits', () => {
    expect(randomIds(() => at)('cs_test_')).toMatch(/^cs_test_[0-9A-Za-z]{8}[0-9A-Za-z]{27}$/)
    expect(27 * Math.log2(62)).toBeGreaterThan(160)
  })

  it('uses every letter about equally often', () => {
    const newId = randomIds(() => at)
    const counts = new Map<string, number>()
    for (let n = 0; n < 20_000; n++)
      for (const letter of newId('').slice(8)) counts.set(letter, (counts.get(letter) ?? 0) + 1)
    const expected = (20_000 * 27) / 62
    expect(counts.size).toBe(62)
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(expected * 0.1)
  })

  it('sorts by the moment it was made at', () => {
    let now = at
    const newId = randomIds(() => now)
    const ids = Array.from({ length: 50 }, (_, n) => {
      now = new Date(at.getTime() + n * 1000)
      return newId('pi_')
    })
    expect(ids.toSorted()).toEqual(ids)
  })
})
