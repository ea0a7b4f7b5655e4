const mostRemembered = 10_000

/**
 * Asks once and believes the answer for a while: for small facts that every request needs and that change rarely. What `keeps`
 * refuses is asked again each time.
 */
export function rememberFor<T, More extends unknown[]>(
  ms: number,
  now: () => Date,
  ask: (about: string, ...more: More) => Promise<T>,
  keeps: (value: T) => boolean = () => true,
): (about: string, ...more: More) => Promise<T> {
  const known = new Map<string, { value: T; until: number }>()
  return async (about, ...more) => {
    const at = now().getTime()
    const found = known.get(about)
    if (found && found.until > at) return found.value
    const value = await ask(about, ...more)
    if (!keeps(value)) return value
    if (known.size >= mostRemembered) known.delete(known.keys().next().value!)
    known.set(about, { value, until: at + ms })
    return value
  }
}
