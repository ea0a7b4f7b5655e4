/** The clock of an account's test data: set, moved on, and given up again. Semantics B2, "Test clock". */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Deps } from '../deps.ts'
import type { Owner } from '../domain/account.ts'
import { Problem, refuseFields } from '../domain/problem.ts'
import { arrive, setClock, startAdvancing, type TestClock } from '../domain/test-clock.ts'
import { deleteClock, replaceClock, selectClock } from '../store/clocks.ts'
import { hasChargesUnderWay } from '../store/due.ts'
import { LostRace } from '../store/guard.ts'
import { doNext } from './due.ts'
import { resolveUnanswered } from './sweep.ts'

/** What a clock shows. */
export type Shown = { now: Date; clock: TestClock | undefined }

export async function readClock(deps: Deps, by: Owner): Promise<Shown> {
  refuseLive(by)
  await deps.clocks.refresh()
  return shown(deps, by, await selectClock(deps.store.db, by.accountId))
}

const shown = (deps: Deps, by: Owner, clock: TestClock | undefined): Shown => ({ now: deps.now(by), clock })

/** Gives the account's test data a clock of its own, or sets the one it has: standing still, or going on from there. */
export async function setTestClock(
  deps: Deps,
  by: Owner,
  wanted: { now: Date | undefined; running: boolean },
): Promise<Shown> {
  refuseLive(by)
  const clock = await deps.store.transact(async (tx) => {
    const before = await selectClock(tx, by.accountId)
    const real = deps.now()
    const at = deps.now(by)
    const { running } = wanted
    // The way to a later moment leads past everything that becomes due before it.
    if (wanted.now && wanted.now.getTime() > at.getTime()) {
      const begun = before ?? setClock(undefined, { accountId: by.accountId, moment: at, running }, at, real)
      const after = startAdvancing({ ...begun, running }, wanted.now, real)
      await replaceClock(tx, before, { ...after, version: (before?.version ?? 0) + 1 })
      return { ...after, version: (before?.version ?? 0) + 1 }
    }
    const after = setClock(before, { accountId: by.accountId, moment: wanted.now ?? at, running }, at, real)
    await replaceClock(tx, before, after)
    return after
  })
  deps.clocks.take(clock)
  return clock.status === 'advancing' ? finishAdvancing(deps, by) : shown(deps, by, clock)
}

/** Moves the clock on; everything that becomes due on the way has happened when this returns. */
export async function advanceTestClock(deps: Deps, by: Owner, to: (from: Date) => Date): Promise<Shown> {
  refuseLive(by)
  const from = deps.now(by)
  const target = to(from)
  if (!(target.getTime() > from.getTime())) {
    const say = { en: 'must be later than what the clock shows', es: 'debe ser posterior a lo que marca el reloj' }
    return refuseFields([{ field: 'to', say }])
  }
  const running = (await selectClock(deps.store.db, by.accountId))?.running ?? false
  return setTestClock(deps, by, { now: target, running })
}

/** Gives the clock up: test data lives on the real one again. What has happened stays so. */
export async function resetTestClock(deps: Deps, by: Owner): Promise<Shown> {
  refuseLive(by)
  await deps.store.transact((tx) => deleteClock(tx, by.accountId))
  deps.clocks.drop(by.accountId)
  return shown(deps, by, undefined)
}

/** How long the outcome of charges that another process has begun is waited for. */
const longestWaitMs = 60_000

/**
 * Does everything that is due by the clock's target, and lets it arrive there. A process that dies on the way leaves the
 * clock on its way, and the sweep of any other goes on from there.
 */
export async function finishAdvancing(deps: Deps, by: Owner): Promise<Shown> {
  const before = await selectClock(deps.store.db, by.accountId)
  if (!before || before.status !== 'advancing' || before.target === null) return shown(deps, by, before)
  const { target } = before
  const tried = new Set<string>()
  let waitedSince: number | undefined
  for (;;) {
    while (await doNext(deps, by.accountId, target, tried)) await keepLease(deps, by.accountId)
    if (!(await hasChargesUnderWay(deps.store.db, by.accountId))) break
    waitedSince ??= performance.now()
    if (performance.now() - waitedSince > longestWaitMs) throw stillCharging()
    await resolveUnanswered(deps)
    await sleep(100)
  }
  const clock = await deps.store.transact(async (tx) => {
    const now = await selectClock(tx, by.accountId)
    if (!now || now.status !== 'advancing' || now.target !== target) return now
    const after = arrive(now, deps.now())
    await replaceClock(tx, now, after)
    return after
  })
  if (clock) deps.clocks.take(clock)
  return shown(deps, by, clock)
}

/** How often whoever moves a clock says so, and after which silence others go on in its place. */
const leaseMs = 30_000

/** Says that this process is still at it. */
async function keepLease(deps: Deps, accountId: string): Promise<void> {
  const known = deps.clocks.all().find((clock) => clock.accountId === accountId)
  if (!known || deps.now().getTime() - Date.parse(known.setAt) < leaseMs / 6) return
  const clock = await deps.store.transact(async (tx) => {
    const before = await selectClock(tx, accountId)
    if (before?.status !== 'advancing') return before
    const after = { ...before, setAt: deps.now().toISOString(), version: before.version + 1 }
    await replaceClock(tx, before, after)
    return after
  })
  if (clock) deps.clocks.take(clock)
}

/** Goes on with clocks that somebody began to move and did not bring to their target. */
export async function sweepClocks(deps: Deps): Promise<void> {
  await deps.clocks.refresh()
  for (const { accountId, status, setAt } of deps.clocks.all()) {
    if (status !== 'advancing' || deps.now().getTime() - Date.parse(setAt) < leaseMs) continue
    try {
      await finishAdvancing(deps, { accountId, live: false })
    } catch (error) {
      if (!(error instanceof LostRace))
        deps.log.error({ err: error, account: accountId }, 'a clock could not be moved on')
    }
  }
}

function refuseLive({ live }: Owner): void {
  if (!live) return
  throw new Problem('live_mode_unavailable', {
    en: 'Live data lives on the real clock; use a key that starts with sk_test_',
    es: 'Los datos reales viven con el reloj real; use una clave que empiece con sk_test_',
  })
}

const stillCharging = () =>
  new Problem(
    'test_clock_advancing',
    {
      en: 'A card is still being charged; the clock goes on once the processor has answered',
      es: 'Aún se está cobrando una tarjeta; el reloj avanza cuando el procesador responda',
    },
    { retryAfterSeconds: 5 },
  )
