/** Ids that cannot be guessed: a readable prefix, the moment, and at least 160 random bits, in base 62. */
import { randomFillSync } from 'node:crypto'
import { base62, letters62 } from './domain/base62.ts'

export const idPrefixes = {
  session: { test: 'cs_test_', live: 'cs_live_' },
  intent: 'pi_',
  payment: 'pay_',
  customer: 'cus_',
  product: 'prod_',
  plan: 'plan_',
  link: 'plink_',
  subscription: 'sub_',
  refund: 'ref_',
  invoice: 'in_',
  attempt: 'att_',
  challenge: '3ds_',
  event: 'evt_',
  entry: 'led_',
  request: 'req_',
  exposure: 'exp_',
  developer: 'dev_',
  webhookEndpoint: 'we_',
  webhookDelivery: 'whd_',
  webhookAttempt: 'wha_',
  account: 'acct_',
  switch: 'sw_',
  drill: 'drill_',
} as const

/** Whether a text could be an id at all. One that could not is unknown, and no database is asked about it. */
export const couldBeId = (text: string): boolean => /^[\w-]{1,200}$/.test(text)

/** Makes a new id with a prefix; production draws random ones, tests count. */
export type NewId = (prefix: string) => string

/** 27 letters of 62 hold 160.7 bits. */
const length = 27

const pool = Buffer.alloc(8192)
let used = pool.length

/**
 * Ids that begin with the moment they were made at: rows made together then lie together in every index, which makes a
 * durable insert about twice as cheap. What cannot be guessed is the 160 random bits that follow.
 */
export function randomIds(now: () => Date): NewId {
  let stamp = ''
  let stampedAt = NaN
  return (prefix) => {
    const at = now().getTime()
    if (at !== stampedAt) {
      stampedAt = at
      stamp = base62(at, stampLength)
    }
    return prefix + stamp + randomLetters(length)
  }
}

/** Eight letters hold the milliseconds of the next six thousand years. */
const stampLength = 8

/** Letters that nobody can guess, drawn from the system's generator in blocks: one call each costs more than an id. */
export function randomLetters(count: number): string {
  let text = ''
  while (text.length < count) {
    if (used === pool.length) {
      randomFillSync(pool)
      used = 0
    }
    // 248 is the last multiple of 62 a byte holds: dropping what is above keeps every letter equally likely.
    const byte = pool[used++]!
    if (byte < 248) text += letters62[byte % 62]
  }
  return text
}
