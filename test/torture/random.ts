/** Numbers that a seed gives again. */
export type Random = {
  /** From 0 to 1, without it. */
  next(): number
  /** A whole number from 0 on, below `under`. */
  below(under: number): number
}

export function randomFrom(seed: number): Random {
  // mulberry32: small, and the same everywhere.
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return { next, below: (under) => Math.floor(next() * under) }
}
