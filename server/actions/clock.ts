/** The clock of an account's test data: set, moved on, and given up again. Semantics B2, "Test clock". */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Deps } from '../deps.ts'
import type { Owner } from '../domain/account.ts'
import { Problem } from '../domain/problem.ts'
import { arrive, momentOf, refuseAdvancing, setClock, startAdvancing, type TestClock } from '../domain/test-clock.ts'
import { deleteClock, replaceClock, selectClock } from '../store/clocks.ts'
import { hasChargesUnderWay } from '../store/due.ts'
import { LostRace } from '../store/guard.ts'
import { claim, type Command, commit, type Done, keep } from './commit.ts'
import { doNext } from './due.ts'
import { resolveUnanswered } from './sweep.ts'

/** What a clock shows: an ISO 8601 moment. */
export type Shown = { now: string; clock: TestClock | undefined }

export async function readClock(deps: Deps, by: Owner): Promise<Shown> {
  refuseLive(by)
  await deps.clocks.refresh()
  return shown(deps, by, await selectClock(deps.store.db, by.accountId))
}

const shown = (deps: Deps, by: Owner, clock: TestClock | undefined): Shown => ({
  now: (clock ? momentOf(clock, deps.now()) : deps.now()).toISOString(),
  clock,
})

/** `to` gives the moment from the one that is shown; without it the clock stays where it is. */
export type WantedClock = {
  to: ((from: Date) => Date) | undefined
  running: boolean | undefined
  /** What the caller named the moment, or how far it is. */
  field: string
}

/**
 * Gives the account's test data a clock of its own, or sets the one it has: standing still, or going on. The way to a later
 * moment leads past everything that becomes due before it, which has happened when this resolves.
 */
export async function setTestClock(deps: Deps, by: Owner, command: Command<WantedClock>): Promise<Done<Shown>> {
  refuseLive(by)
  const { wanted, reply } = command
  const begun = await deps.store.transact(async (tx) => {
    const kept = await claim<Shown>(deps, tx, reply)
    if (kept) return { done: { value: kept.result, asker: kept.asker } }
    const before = await selectClock(tx, by.accountId)
    const real = deps.now()
    const at = before ? momentOf(before, real) : real
    const running = wanted.running ?? before?.running ?? false
    const target = wanted.to?.(at) ?? at
    const set = setClock(before, { accountId: by.accountId, target, running, field: wanted.field }, at, real)
    const clock = target > at ? startAdvancing(set, target, real, reply) : set
    await replaceClock(tx, before, clock)
    if (clock.status === 'ready') await keep(tx, reply, shown(deps, by, clock))
    return { clock }
  })
  if ('done' in begun) return begun.done
  deps.clocks.take(begun.clock)
  if (begun.clock.status === 'ready') return { value: shown(deps, by, begun.clock) }
  return { value: await finishAdvancing(deps, by, longestWaitMs) }
}

/** Gives the clock up: test data lives on the real one again. What has happened stays so. */
export async function resetTestClock(deps: Deps, by: Owner, command: Command<null>): Promise<Done<Shown>> {
  refuseLive(by)
  const done = await commit(deps, command, async (tx) => {
    const before = await selectClock(tx, by.accountId)
    // Whoever moves it would go on, and never answer who asked for it.
    if (before) refuseAdvancing(before)
    await deleteClock(tx, by.accountId)
    return shown(deps, by, undefined)
  })
  deps.clocks.drop(by.accountId)
  return done
}

/** How long whoever moves a clock waits for charges whose outcome is not known. */
const longestWaitMs = 60_000
/** How long a sweep does, which comes again. */
const sweepWaitMs = 5000

/**
 * Does everything that is due by the clock's target, and lets it arrive there. A process that dies on the way leaves the
 * clock on its way, and the sweep of any other goes on from there.
 */
async function finishAdvancing(deps: Deps, by: Owner, waitMs: number): Promise<Shown> {
  const before = await selectClock(deps.store.db, by.accountId)
  if (!before || before.status !== 'advancing' || before.target === null) return shown(deps, by, before)
  const { target } = before
  const lease = keepLease(deps, by.accountId)
  try {
    await doAllUntil(deps, by.accountId, { since: before.at, until: target }, waitMs)
  } finally {
    await lease.end()
  }
  const clock = await deps.store.transact(async (tx) => {
    const now = await selectClock(tx, by.accountId)
    if (!now || now.status !== 'advancing' || now.target !== target) return now
    const after = arrive(now, deps.now())
    await replaceClock(tx, now, after)
    const { replyScope, replyKey } = now
    if (replyScope !== null && replyKey !== null) {
      await keep(tx, { scope: replyScope, key: replyKey }, shown(deps, by, after))
    }
    return after
  })
  if (clock) deps.clocks.take(clock)
  return shown(deps, by, clock)
}

async function doAllUntil(
  deps: Deps,
  accountId: string,
  way: { since: string; until: string },
  waitMs: number,
): Promise<void> {
  let { since } = way
  const tried = new Set<string>()
  let waitedSince: number | undefined
  for (;;) {
    for (;;) {
      const done = await doNext(deps, accountId, { ...way, since }, tried)
      if (done === undefined) break
      since = done
    }
    if (!(await hasChargesUnderWay(deps.store.db, accountId))) return
    waitedSince ??= performance.now()
    await resolveUnanswered(deps)
    if (performance.now() - waitedSince >= waitMs) throw stillCharging()
    await sleep(100)
  }
}

/** After which silence of whoever moves a clock others go on in its place. */
const leaseMs = 3000

/** Says every now and then that this process is still at it. */
function keepLease(deps: Deps, accountId: string): { end(): Promise<void> } {
  let saying: Promise<void> | undefined
  const say = async () => {
    const clock = await deps.store.transact(async (tx) => {
      const before = await selectClock(tx, accountId)
      if (before?.status !== 'advancing') return before
      const after = { ...before, setAt: deps.now().toISOString(), version: before.version + 1 }
      await replaceClock(tx, before, after)
      return after
    })
    if (clock) deps.clocks.take(clock)
  }
  const timer = setInterval(() => {
    // Who cannot say so is taken for gone, and others come: what is done twice at once is done once.
    saying ??= say()
      .catch(() => undefined)
      .finally(() => (saying = undefined))
  }, leaseMs / 4)
  return {
    async end() {
      clearInterval(timer)
      await saying
    },
  }
}

/** Goes on with clocks that somebody began to move and did not bring to their target; called every second. */
export async function sweepClocks(deps: Deps): Promise<void> {
  await deps.clocks.refresh()
  const left = deps.clocks
    .all()
    .filter(({ status, setAt }) => status === 'advancing' && deps.now().getTime() - Date.parse(setAt) >= leaseMs)
  await Promise.all(
    left.map(async ({ accountId }) => {
      try {
        await finishAdvancing(deps, { accountId, live: false }, sweepWaitMs)
      } catch (error) {
        if (error instanceof LostRace || error instanceof Problem) return
        deps.log.error({ err: error, account: accountId }, 'a clock could not be moved on')
      }
    }),
  )
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
