/** How many requests may come in a second, counted by who sends them and what they are about. Semantics B4. */
import type { Settings } from './settings.ts'

/** What is counted. */
export type LimitKind = 'key' | 'address' | 'page' | 'guess' | 'session'

export type Limits = {
  /** Requests with an account's secret keys, all of them together: a second key brings no second limit, nor does rotation. */
  key: { test: Buckets; live: Buckets }
  /** Calls of public routes, by the client's address. */
  address: Buckets
  /**
   * Payment pages, by the client's address. Counted apart, because a browser does not repeat a page that was refused; a
   * buyer has made several calls before each page, so that honest ones meet the other limit first, and those are repeated.
   */
  page: Buckets
  /**
   * Questions of browsers whether a page may call, by the client's address. None is ever refused: over the limit they are
   * answered without asking the database. Counted apart, or a buyer's call that asks first would count twice.
   */
  preflight: Buckets
  /** Secret keys that were none, by the client's address: each costs a look into the database. */
  guess: Buckets
  /** Calls about one session, or one intent, or one payment link. */
  session: Buckets
}

export function openLimits({ key, address, session }: Settings['rateLimits']): Limits {
  return {
    key: { test: new Buckets(key), live: new Buckets(key) },
    address: new Buckets(address),
    page: new Buckets(address),
    preflight: new Buckets(address),
    guess: new Buckets(address),
    session: new Buckets(session),
  }
}

/** How much may come at once: what a second allows. */
const burstMs = 1000
/** Milliseconds since 1970 have so many decimals in a number that two of them differ by this much at the most. */
const grainMs = 0.01
/** How many senders are remembered of one second, twice: a bound on memory, some 20 MB in a flood. */
const mostRemembered = 50_000

type Bucket = { id: string; fullAt: number }

/**
 * A bucket for each sender, holding a second's worth and refilled steadily. It is kept as one number: the moment at which
 * the bucket will be full again. A bucket that nobody touched for a second is full, like one that never was, so what is
 * older is forgotten: two maps, the older of which is dropped when both have had their second.
 */
export class Buckets {
  /** Requests a second. */
  readonly rate: number
  readonly #most: number
  readonly #costMs: number
  #recent = new Map<string, Bucket>()
  #older = new Map<string, Bucket>()
  #since = 0

  constructor(rate: number, most = mostRemembered) {
    this.rate = rate
    this.#most = most
    this.#costMs = burstMs / rate
  }

  /** Takes one out, or says in how many milliseconds there will be one; then nothing was taken. */
  take(id: string, now: number): number {
    if (this.#costMs === 0) return 0
    const bucket = this.#find(id, now)
    if (!bucket) {
      // A copy: an id that is a piece of a longer text, such as an address with its query, would keep all of that.
      const kept = Buffer.from(id).toString()
      this.#recent.set(kept, { id: kept, fullAt: now + this.#costMs })
      return 0
    }
    const missingMs = missing(bucket, now)
    const waitMs = missingMs + this.#costMs - burstMs
    if (waitMs > grainMs) return waitMs
    bucket.fullAt = now + missingMs + this.#costMs
    return 0
  }

  /** In how many milliseconds there will be one to take; 0 when there is one. */
  wait(id: string, now: number): number {
    if (this.#costMs === 0) return 0
    const bucket = this.#find(id, now)
    if (!bucket) return 0
    const waitMs = missing(bucket, now) + this.#costMs - burstMs
    return waitMs > grainMs ? waitMs : 0
  }

  /** How many senders are remembered. */
  get size(): number {
    return this.#recent.size + this.#older.size
  }

  #find(id: string, now: number): Bucket | undefined {
    // A clock that was set back must not keep everything for as long as it went back.
    if (now - this.#since >= burstMs || now < this.#since || this.#recent.size >= this.#most) {
      this.#older = this.#recent
      this.#recent = new Map()
      this.#since = now
    }
    const bucket = this.#recent.get(id)
    if (bucket) return bucket
    const kept = this.#older.get(id)
    if (kept) {
      this.#older.delete(id)
      this.#recent.set(kept.id, kept)
    }
    return kept
  }
}

/** How far a bucket is from full. One that says more than it can hold was filled before the clock was set back. */
function missing(bucket: Bucket, now: number): number {
  const ms = bucket.fullAt - now
  return ms > burstMs + grainMs ? 0 : Math.max(0, ms)
}
