const mostRemembered = 10_000

/** Asks once and believes the answer for a while: for small facts that every request needs and that change rarely. */
export function rememberFor<T>(
  ms: number,
  now: () => Date,
  ask: (about: string) => Promise<T>,
): (about: string) => Promise<T> {
  const known = new Map<string, { value: T; until: number }>()
  return async (about) => {
    const at = now().getTime()
    const found = known.get(about)
    if (found && found.until > at) return found.value
    const value = await ask(about)
    if (known.size >= mostRemembered) known.clear()
    known.set(about, { value, until: at + ms })
    return value
  }
}
