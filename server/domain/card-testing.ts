/**
 * Card testing: somebody tries stolen cards, one small payment after the other. Semantics B3 and A13. What counts is what
 * the processor declined; a mistyped number or date never reaches it.
 */

export const dayMs = 24 * 3_600_000
/** So many declines of one address in a day, and no more cards of it are tried. */
export const mostDeclines = 30
/** How many of an account's latest attempts are looked at. */
export const mostRecent = 100

const breaker = { declines: 30, withinMs: 5 * 60_000, share: 0.5, ofLast: 50 }

export type Outcome = { declined: boolean; createdAt: string }

/** Why the next card must not be tried: its address, or the account as a whole; undefined when it may. */
export function isCardTesting(seen: {
  /** How many cards of this address the processor declined in the last day. */
  byAddress: number
  /** The account's latest attempts, the newest first. */
  recent: readonly Outcome[]
  now: Date
}): 'address' | 'account' | undefined {
  if (seen.byAddress >= mostDeclines) return 'address'
  const since = new Date(seen.now.getTime() - breaker.withinMs).toISOString()
  const declinesNow = seen.recent.filter((one) => one.declined && one.createdAt >= since).length
  const declinesOfLast = seen.recent.slice(0, breaker.ofLast).filter((one) => one.declined).length
  return declinesNow >= breaker.declines && declinesOfLast > breaker.ofLast * breaker.share ? 'account' : undefined
}
