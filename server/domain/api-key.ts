/** Secret keys of shops: how one is written, and how long it counts. Semantics B5. */
import { crc32 } from 'node:zlib'
import { base62 } from './base62.ts'
import { Problem } from './problem.ts'

/** A secret key as it is kept: everything but the key. */
export type ApiKey = {
  id: string
  accountId: string
  live: boolean
  prefix: string
  last4: string
  /** What people call it. */
  name: string | null
  createdAt: string
  /** Up to a minute behind. */
  lastUsedAt: string | null
  /** When it last arrived from a browser. */
  exposedAt: string | null
  /** From when on it no longer counts; a rotated key may have days left. */
  revokedAt: string | null
}

/** 190 bits. */
export const randomKeyLetters = 32
/** Six letters hold any CRC32. */
const checksumLetters = 6
/** How long a rotated key may go on beside the new one. */
const longestKeepMs = 7 * 86_400_000

export const keyPrefix = (live: boolean): string => (live ? 'sk_live_' : 'sk_test_')

/** Writes a key: its prefix, random letters, and a checksum by which a mistyped one is known without asking any database. */
export function writeKey(live: boolean, random: string): string {
  const text = keyPrefix(live) + random
  return text + base62(crc32(text), checksumLetters)
}

/** Whether this is a key as `writeKey` writes them, checksum included. */
export function isWrittenKey(text: string): boolean {
  if (!/^sk_(test|live)_[0-9A-Za-z]{38}$/.test(text)) return false
  return base62(crc32(text.slice(0, -checksumLetters)), checksumLetters) === text.slice(-checksumLetters)
}

/** Whether this has the look of a key at all, those of the settings included. */
export const looksLikeKey = (text: string): boolean => /^sk_(test|live)_[0-9A-Za-z_-]{4,100}$/.test(text)

/** Whether a key still counts. */
export const isActive = (key: Pick<ApiKey, 'revokedAt'>, now: Date): boolean =>
  key.revokedAt === null || key.revokedAt > now.toISOString()

/** The key with its end: never later than the one it has. */
export function retire(key: ApiKey, keepMs: number, now: Date): ApiKey & { revokedAt: string } {
  if (!isActive(key, now)) {
    throw new Problem('invalid_request', {
      en: `${key.id} was revoked on ${key.revokedAt}`,
      es: `${key.id} fue revocada el ${key.revokedAt}`,
    })
  }
  if (!(keepMs >= 0 && keepMs <= longestKeepMs)) throw badKeep()
  const end = new Date(now.getTime() + keepMs).toISOString()
  return { ...key, revokedAt: key.revokedAt !== null && key.revokedAt < end ? key.revokedAt : end }
}

const unitMs: Partial<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Reads how long an old key goes on, such as `30m`, `24h`, `7d` or `0`: milliseconds, seven days at most. */
export function readKeep(text: string): number {
  const [, count, unit] = /^(\d{1,7})([smhd])$/.exec(text) ?? []
  const ms = text === '0' ? 0 : Number(count) * (unitMs[unit ?? ''] ?? NaN)
  if (!(ms <= longestKeepMs)) throw badKeep()
  return ms
}

const badKeep = () => {
  const field = 'keep'
  return new Problem(
    'parameter_invalid',
    {
      en: 'An old key may be kept for 0 to 7 days, written like 30m, 24h or 7d',
      es: 'Una clave anterior puede conservarse de 0 a 7 días, escrito como 30m, 24h o 7d',
    },
    { faults: [{ field, say: { en: 'must be 0 to 7 days', es: 'debe ser de 0 a 7 días' } }] },
  )
}
