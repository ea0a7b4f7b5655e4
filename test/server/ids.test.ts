import { describe, expect, it } from 'vitest'
import { momentOfId, randomIds } from '../../server/ids.ts'

describe('randomIds()', () => {
  const at = new Date('2026-11-20T12:00:00Z')

  it('draws a million ids at one moment without a repeat', () => {
    const newId = randomIds(() => at)
    const seen = new Set<string>()
    for (let n = 0; n < 1_000_000; n++) seen.add(newId('pay_'))
    expect(seen.size).toBe(1_000_000)
  })

  it('has 25 random letters of 62, which is 148 bits', () => {
    expect(randomIds(() => at)('cs_test_')).toMatch(/^cs_test_[0-9A-Za-z]{10}[0-9A-Za-z]{25}$/)
    expect(25 * Math.log2(62)).toBeGreaterThan(148)
  })

  it('uses every letter about equally often', () => {
    const newId = randomIds(() => at)
    const counts = new Map<string, number>()
    for (let n = 0; n < 20_000; n++)
      for (const letter of newId('').slice(10)) counts.set(letter, (counts.get(letter) ?? 0) + 1)
    const expected = (20_000 * 25) / 62
    expect(counts.size).toBe(62)
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(expected * 0.1)
  })

  it('sorts by the order it was made in within a millisecond', () => {
    let now = at
    const newId = randomIds(() => now)
    const ids = Array.from({ length: 3844 }, () => newId('evt_'))
    now = new Date(at.getTime() + 1)
    expect([...ids, newId('evt_')].toSorted()).toEqual([...ids, expect.any(String)])
    expect(momentOfId(ids[99]!)).toEqual(at)
    expect(momentOfId('evt_000001')).toBeUndefined()
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
