/** Ids that cannot be guessed: a readable prefix and at least 160 random bits in base 62. */
import { randomFillSync } from 'node:crypto'

export const idPrefixes = {
  session: { test: 'cs_test_', live: 'cs_live_' },
  intent: 'pi_',
  payment: 'pay_',
  attempt: 'att_',
  event: 'evt_',
  entry: 'led_',
  key: 'key_',
  request: 'req_',
} as const

/** Makes a new id with a prefix; production draws random ones, tests count. */
export type NewId = (prefix: string) => string

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 27 letters of 62 hold 160.7 bits. */
const length = 27

const pool = Buffer.alloc(8192)
let used = pool.length

/** A random id from the system's generator, drawn in blocks because one call each costs more than the id. */
export const randomId: NewId = (prefix) => {
  let id = prefix
  const end = prefix.length + length
  while (id.length < end) {
    if (used === pool.length) {
      randomFillSync(pool)
      used = 0
    }
    // 248 is the last multiple of 62 a byte holds: dropping what is above keeps every letter equally likely.
    const byte = pool[used++]!
    if (byte < 248) id += letters[byte % 62]
  }
  return id
}
