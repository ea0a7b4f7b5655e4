/** What time itself does, of one kind after the other or, when a clock is moved, of all kinds in the order of time. */
import type { Deps } from '../deps.ts'
import { Problem } from '../domain/problem.ts'
import { type Due, type DueBy, type DueTable, selectDue } from '../store/due.ts'
import { LostRace } from '../store/guard.ts'
import { refundRows } from '../store/refunds.ts'
import { billTogether } from './billing.ts'
import { timeOutChallenge } from './challenges.ts'
import { askProcessor } from './refunds.ts'
import { endSession, findSession } from './sessions.ts'

/** How many of a kind are taken on at a time: few enough that what was begun first is not believed to be lost. */
const most = 50

const doers: Record<DueTable, (deps: Deps, id: string) => Promise<void>> = {
  sessions: end,
  subscriptions: billTogether,
  async refunds(deps, id) {
    const refund = await refundRows.findAnyones(deps.store.db, id)
    if (refund?.checkAt) await askProcessor(deps, refund)
  },
  challenges: timeOutChallenge,
}

/** Ends a session whose time is over; one that is being paid waits for its result. */
async function end(deps: Deps, id: string): Promise<void> {
  try {
    await deps.store.transact(async (tx) => endSession(deps, tx, await findSession(tx, id), 'expired'))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
  }
}

/** Everyone whose data is to be looked at: those on the real clock, and each account with a clock of its own. */
export function everyone(deps: Deps): DueBy[] {
  const clocks = deps.clocks.all()
  const real = { moment: deps.now().toISOString(), clocked: clocks.map((clock) => clock.accountId) }
  const own = clocks
    // Whoever moves a clock does what becomes due on the way.
    .filter((clock) => clock.status === 'ready')
    .map(({ accountId }) => ({ moment: deps.now({ accountId, live: false }).toISOString(), accountId }))
  return [real, ...own]
}

/** Something that is due, as it stands now. */
const nameOf = ({ id, version }: Due): string => `${id} ${version}`

/** Everything of one kind that is due; what fails is logged, stops nothing else, and is tried again in the next round. */
export async function doDue(deps: Deps, table: DueTable): Promise<void> {
  for (const by of everyone(deps)) {
    const tried = new Set<string>()
    for (;;) {
      const found = (await selectDue(deps.store.db, table, by, most)).filter((due) => !tried.has(nameOf(due)))
      if (found.length === 0) break
      for (const due of found) tried.add(nameOf(due))
      await Promise.all(found.map(({ id }) => oneOf(deps, id, doers[table])))
    }
  }
}

/**
 * What is due next of an account by a moment, as if it happened when it was due; what is due within the same minute may
 * happen at once. What was due before `since` happens then, because time goes forward only. `tried` is what was done before:
 * it is not done again unless it has changed. Gives back when it happened; nothing when nothing is left.
 */
export async function doNext(
  deps: Deps,
  accountId: string,
  { since, until }: { since: string; until: string },
  tried: Set<string>,
): Promise<string | undefined> {
  const by = { moment: until, accountId }
  const found: (Due & { table: DueTable })[] = []
  for (const table of Object.keys(doers) as DueTable[]) {
    for (const due of await selectDue(deps.store.db, table, by, most)) {
      if (!tried.has(nameOf(due))) found.push({ ...due, table })
    }
  }
  const first = found.map(({ at }) => at).toSorted()[0]
  if (first === undefined) return undefined
  const together = new Date(Date.parse(first) + 60_000).toISOString()
  const next = found.filter(({ at }) => at <= together)
  for (const due of next) tried.add(nameOf(due))
  const moments = next.map(({ at }) => (at < since ? since : at))
  await Promise.all(next.map(({ id, table }, n) => oneOf(asOf(deps, new Date(moments[n]!)), id, doers[table])))
  return moments.toSorted().at(-1)
}

/** The same, where test data lives at a given moment. */
const asOf = (deps: Deps, moment: Date): Deps => ({
  ...deps,
  now: (of) => (of === undefined || of.live ? deps.now(of) : moment),
})

async function oneOf(deps: Deps, id: string, change: (deps: Deps, id: string) => Promise<void>): Promise<void> {
  try {
    await change(deps, id)
  } catch (error) {
    // Somebody else has just changed it: the next round sees what they left.
    if (!(error instanceof LostRace)) deps.log.error({ err: error, id }, 'what was due could not be done')
  }
}
