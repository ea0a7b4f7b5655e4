import { describe, expect, it } from 'vitest'
import {
  type ApiKey,
  isActive,
  isWrittenKey,
  keyPrefix,
  looksLikeKey,
  readKeep,
  retire,
  writeKey,
} from '../../../server/domain/api-key.ts'
import { randomLetters } from '../../../server/ids.ts'

const now = new Date('2026-11-20T12:00:00.000Z')
const aKey = (change: Partial<ApiKey> = {}): ApiKey => ({
  id: 'key_1',
  accountId: 'acct_sandbox',
  live: false,
  prefix: 'sk_test_',
  last4: 'abcd',
  name: null,
  createdAt: '2026-11-01T00:00:00.000Z',
  lastUsedAt: null,
  exposedAt: null,
  revokedAt: null,
  ...change,
})

describe('writeKey()', () => {
  it('writes the mode, 32 letters and a checksum of six', () => {
    // The CRC32 of "sk_test_" and 32 zeros, made by another program, is 0x387a42fd.
    expect(writeKey(false, '0'.repeat(32))).toBe(`sk_test_${'0'.repeat(32)}127lYz`)
    expect(writeKey(true, randomLetters(32))).toMatch(/^sk_live_[0-9A-Za-z]{38}$/)
  })

  it('writes keys that are known again, and that look like keys', () => {
    for (let n = 0; n < 1000; n++) {
      const key = writeKey(n % 2 === 0, randomLetters(32))
      expect([isWrittenKey(key), looksLikeKey(key)]).toEqual([true, true])
    }
  })
})

describe('isWrittenKey()', () => {
  const key = writeKey(false, randomLetters(32))

  it('knows every mistyped letter', () => {
    for (let at = 0; at < key.length; at++) {
      for (const letter of ['0', 'Z', 'a', '_', ' ']) {
        if (key[at] !== letter) expect(isWrittenKey(key.slice(0, at) + letter + key.slice(at + 1))).toBe(false)
      }
    }
  })

  it('knows two letters in each other’s place', () => {
    for (let at = 8; at < key.length - 1; at++) {
      if (key[at] === key[at + 1]) continue
      expect(isWrittenKey(key.slice(0, at) + key[at + 1]! + key[at]! + key.slice(at + 2))).toBe(false)
    }
  })

  it.each([
    ['the other mode', key.replace(keyPrefix(false), keyPrefix(true))],
    ['a letter less', key.slice(0, -1)],
    ['a letter more', `${key}0`],
    ['a longer one, with its right checksum', writeKey(false, randomLetters(33))],
    ['a line end', `${key}\n`],
    ['a key of the settings', 'sk_test_sandbox'],
    ['nothing', ''],
  ])('is not %s', (_, text) => expect(isWrittenKey(text)).toBe(false))
})

describe('a key’s end', () => {
  it.each([
    [null, true],
    ['2026-11-20T12:00:00.001Z', true],
    ['2026-11-20T12:00:00.000Z', false],
    ['2026-11-20T11:59:59.999Z', false],
  ])('%s leaves it active: %s', (revokedAt, active) => expect(isActive({ revokedAt }, now)).toBe(active))

  it('comes at once, or later', () => {
    expect(retire(aKey(), 0, now).revokedAt).toBe('2026-11-20T12:00:00.000Z')
    expect(retire(aKey(), 86_400_000, now).revokedAt).toBe('2026-11-21T12:00:00.000Z')
  })

  it('never moves further away', () => {
    const ending = aKey({ revokedAt: '2026-11-20T13:00:00.000Z' })
    expect(retire(ending, 86_400_000, now).revokedAt).toBe('2026-11-20T13:00:00.000Z')
    expect(retire(ending, 60_000, now).revokedAt).toBe('2026-11-20T12:01:00.000Z')
  })

  it('comes once', () => {
    expect(() => retire(aKey({ revokedAt: '2026-11-20T11:00:00.000Z' }), 0, now)).toThrow(/was revoked on 2026-11-20/)
  })

  it.each([-1, NaN, 7 * 86_400_000 + 1])('cannot be %d ms away', (ms) => {
    expect(() => retire(aKey(), ms, now)).toThrow(/0 to 7 days/)
  })
})

describe('readKeep()', () => {
  it.each([
    ['0', 0],
    ['0h', 0],
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['168h', 604_800_000],
  ])('reads %s', (text, ms) => expect(readKeep(text)).toBe(ms))

  it.each(['8d', '169h', '-1h', '24', '1w', '1.5h', 'h', '', '9999999999999d', ' 24h'])('refuses "%s"', (text) => {
    expect(() => readKeep(text)).toThrow('0 to 7 days')
  })
})
