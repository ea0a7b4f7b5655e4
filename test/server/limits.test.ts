import { describe, expect, it } from 'vitest'
import { Buckets, openLimits } from '../../server/limits.ts'

const at = Date.parse('2026-11-20T12:00:00.000Z')

/** How many of so many requests of one moment pass. */
const passed = (buckets: Buckets, id: string, tries: number, now: number) =>
  Array.from({ length: tries }, () => buckets.take(id, now)).filter((waitMs) => waitMs === 0).length

describe('Buckets', () => {
  it.each([1, 5, 20, 30, 100, 999])('let a second’s worth of %i through at once, and not one more', (rate) => {
    expect(passed(new Buckets(rate), 'a', rate + 10, at)).toBe(rate)
  })

  it('refill steadily: one twentieth of a second after another', () => {
    const buckets = new Buckets(20)
    passed(buckets, 'a', 20, at)
    expect(passed(buckets, 'a', 3, at + 49)).toBe(0)
    expect(passed(buckets, 'a', 3, at + 50)).toBe(1)
    expect(passed(buckets, 'a', 9, at + 250)).toBe(4)
    expect(passed(buckets, 'a', 99, at + 60_000)).toBe(20)
  })

  it('let no more than the rate through, however the requests are spread', () => {
    const buckets = new Buckets(20)
    let through = 0
    for (let ms = 0; ms < 10_000; ms += 7) through += passed(buckets, 'a', 2, at + ms)
    expect(through).toBeGreaterThanOrEqual(218)
    expect(through).toBeLessThanOrEqual(220)
  })

  it('say how long to wait, and take nothing for a request that they refuse', () => {
    const buckets = new Buckets(20)
    passed(buckets, 'a', 20, at)
    for (let n = 0; n < 100; n++) expect(buckets.take('a', at + 10)).toBeCloseTo(40, 1)
    expect(buckets.take('a', at + 50)).toBe(0)
    const slow = new Buckets(1)
    slow.take('a', at)
    expect(slow.take('a', at + 100)).toBeCloseTo(900, 1)
  })

  it('tell the wait without taking', () => {
    const buckets = new Buckets(2)
    for (let n = 0; n < 10; n++) expect(buckets.wait('a', at)).toBe(0)
    passed(buckets, 'a', 2, at)
    expect(buckets.wait('a', at)).toBeCloseTo(500, 1)
    expect(buckets.wait('b', at)).toBe(0)
  })

  it('count each sender apart', () => {
    const buckets = new Buckets(20)
    expect([passed(buckets, 'a', 30, at), passed(buckets, 'b', 30, at)]).toEqual([20, 20])
  })

  it('forget who was quiet for a second, and nobody before', () => {
    const buckets = new Buckets(20)
    for (let n = 0; n < 500; n++) buckets.take(`sender ${n}`, at)
    passed(buckets, 'busy', 20, at)
    for (let ms = 100; ms <= 5000; ms += 100) expect(passed(buckets, 'busy', 5, at + ms)).toBe(2)
    expect(buckets.size).toBe(1)
  })

  it('do not forget who was busy a moment ago', () => {
    const buckets = new Buckets(20)
    for (let ms = 0; ms <= 2500; ms += 100) buckets.take('other', at + ms)
    passed(buckets, 'busy', 20, at + 2600)
    for (let ms = 2650; ms < 3100; ms += 50) buckets.take('other', at + ms)
    expect(passed(buckets, 'busy', 30, at + 3100)).toBe(10)
  })

  it('remember no more than they may of a flood of senders', () => {
    const buckets = new Buckets(20, 1000)
    for (let n = 0; n < 50_000; n++) buckets.take(`sender ${n}`, at)
    expect(buckets.size).toBeLessThanOrEqual(2000)
  })

  it('shut nobody out when the clock is set back', () => {
    const buckets = new Buckets(20)
    passed(buckets, 'a', 20, at)
    expect(passed(buckets, 'a', 30, at - 3_600_000)).toBe(20)
    expect(passed(buckets, 'a', 30, at - 3_600_000 + 50)).toBe(1)
  })

  it('count nothing at all without a limit', () => {
    const { address } = openLimits({ key: Infinity, address: Infinity, session: Infinity })
    expect(passed(address, 'a', 10_000, at)).toBe(10_000)
    expect(address.size).toBe(0)
  })

  it('count up to a million a second', () => {
    const buckets = new Buckets(1_000_000)
    expect(passed(buckets, 'a', 500_000, at)).toBe(500_000)
  })
})
