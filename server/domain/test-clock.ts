/** The clock that an account's test data lives on, when it does not live on the real one. Semantics B2, "Test clock". */
import { periodAfter } from './plan.ts'
import { Problem, refuseFields } from './problem.ts'

export type TestClock = {
  accountId: string
  /** The moment that it showed when it was last set. */
  at: string
  /** The real moment of that. */
  setAt: string
  /** Whether it goes on by itself since then, or stands still. */
  running: boolean
  /** `advancing` until everything that was due has happened; then it shows `target`. */
  status: 'ready' | 'advancing'
  target: string | null
  /** Whose stored reply its arrival completes. */
  replyScope: string | null
  replyKey: string | null
  version: number
}

/** What it shows. One that is advancing shows where it has come to. */
export const momentOf = (clock: Pick<TestClock, 'at' | 'setAt' | 'running' | 'status'>, real: Date): Date =>
  new Date(
    Date.parse(clock.at) + (clock.running && clock.status === 'ready' ? real.getTime() - Date.parse(clock.setAt) : 0),
  )

/** How far a clock is moved at once, in months: all that becomes due on the way happens before anybody is answered. */
export const furthestMonths = 120
/** Moments are compared as text, and have four digits for their year; a period may take 365 of them. */
const lastYear = 2999

/** A clock that shows what it, or the real one, showed before, and may then start on its way to the wanted moment. */
export function setClock(
  before: TestClock | undefined,
  wanted: { accountId: string; target: Date; running: boolean; field: string },
  shown: Date,
  real: Date,
): TestClock {
  if (before) refuseAdvancing(before)
  const { target, field } = wanted
  // Time goes forward only, because what has happened stays so.
  if (target.getTime() < shown.getTime()) {
    return refuseFields([
      {
        field,
        say: {
          en: `must not be before ${shown.toISOString()}, which the clock shows: time goes forward only`,
          es: `no debe ser anterior a ${shown.toISOString()}, que es lo que marca el reloj: el tiempo solo avanza`,
        },
      },
    ])
  }
  if (target > later(shown, { months: furthestMonths }) || target.getUTCFullYear() > lastYear) {
    return refuseFields([
      {
        field,
        say: {
          en: `must lead no further than ${furthestMonths} months at once, and not beyond the year ${lastYear}`,
          es: `no debe llevar más allá de ${furthestMonths} meses de una vez, ni pasar del año ${lastYear}`,
        },
      },
    ])
  }
  return {
    accountId: wanted.accountId,
    at: shown.toISOString(),
    setAt: real.toISOString(),
    running: wanted.running,
    status: 'ready',
    target: null,
    replyScope: null,
    replyKey: null,
    version: (before?.version ?? 0) + 1,
  }
}

/** A moment so much later: months first, then days, then seconds. */
export function later(
  from: Date,
  by: { months?: number | undefined; days?: number | undefined; seconds?: number | undefined },
): Date {
  const month = periodAfter({ interval: 'month', intervalCount: 1 }, from, by.months ?? 0)
  return new Date(month.getTime() + (by.days ?? 0) * 86_400_000 + (by.seconds ?? 0) * 1000)
}

/** Begins the way to a later moment. The clock stands still on it; it goes on afterwards if it went on before. */
export function startAdvancing(
  clock: TestClock,
  target: Date,
  real: Date,
  reply: { scope: string; key: string } | null,
): TestClock {
  return {
    ...clock,
    at: momentOf(clock, real).toISOString(),
    setAt: real.toISOString(),
    status: 'advancing',
    target: target.toISOString(),
    replyScope: reply?.scope ?? null,
    replyKey: reply?.key ?? null,
  }
}

/** Everything that was due by its target has happened. */
export const arrive = (clock: TestClock, real: Date): TestClock => ({
  ...clock,
  at: clock.target ?? clock.at,
  setAt: real.toISOString(),
  status: 'ready',
  target: null,
  replyScope: null,
  replyKey: null,
  version: clock.version + 1,
})

/** Whoever moves it still has to bring it to its target. */
export function refuseAdvancing(clock: TestClock): void {
  if (clock.status !== 'advancing') return
  throw new Problem(
    'test_clock_advancing',
    {
      en: `The clock is on its way to ${clock.target}; ask again when it has arrived`,
      es: `El reloj va camino a ${clock.target}; consulte de nuevo cuando haya llegado`,
    },
    { retryAfterSeconds: 1 },
  )
}
