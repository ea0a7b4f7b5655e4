import type { Owner } from '../domain/account.ts'
import { momentOf, type TestClock } from '../domain/test-clock.ts'
import { LostRace } from './guard.ts'
import { flag } from './lists.ts'
import type { Db, TestClockRow, Tx } from './schema.ts'

/** How long another process may go on by a clock that was moved meanwhile. */
const believedMs = 1000

/** What time it is for whom: the real time, but for test data of accounts that have a clock of their own. */
export type Clocks = {
  now(of?: Owner): Date
  /** The clocks that are known to this process. */
  all(): readonly TestClock[]
  /** Reads every clock again. */
  refresh(): Promise<void>
  /** The same in its own time, when it was last done a second ago or more. */
  refreshSoon(): void
  /** What this process has just written counts at once. */
  take(clock: TestClock): void
  drop(accountId: string): void
}

export function openClocks(db: Db, real: () => Date): Clocks {
  let known = new Map<string, TestClock>()
  let readAt = -Infinity
  const refresh = async (): Promise<void> => {
    readAt = performance.now()
    known = new Map((await selectClocks(db)).map((clock) => [clock.accountId, clock]))
  }
  return {
    now(of) {
      const clock = of === undefined || of.live ? undefined : known.get(of.accountId)
      return clock === undefined ? real() : momentOf(clock, real())
    },
    all: () => [...known.values()],
    refresh,
    refreshSoon() {
      // Whoever asked has other questions to this database, and hears from them when it is away.
      if (performance.now() - readAt >= believedMs) void refresh().catch(() => undefined)
    },
    take(clock) {
      known.set(clock.accountId, clock)
    },
    drop(accountId) {
      known.delete(accountId)
    },
  }
}

const fromRow = (row: TestClockRow): TestClock => ({
  accountId: row.account_id,
  at: row.at,
  setAt: row.set_at,
  running: row.running === 1,
  status: row.status,
  target: row.target,
  replyScope: row.reply_scope,
  replyKey: row.reply_key,
  version: row.version,
})

const toRow = (clock: TestClock): TestClockRow => ({
  account_id: clock.accountId,
  at: clock.at,
  set_at: clock.setAt,
  running: flag(clock.running),
  status: clock.status,
  target: clock.target,
  reply_scope: clock.replyScope,
  reply_key: clock.replyKey,
  version: clock.version,
})

async function selectClocks(db: Db): Promise<TestClock[]> {
  return (await db.selectFrom('test_clocks').selectAll().execute()).map(fromRow)
}

export async function selectClock(db: Db | Tx, accountId: string): Promise<TestClock | undefined> {
  const row = await db.selectFrom('test_clocks').selectAll().where('account_id', '=', accountId).executeTakeFirst()
  return row && fromRow(row)
}

/** Writes what a clock became, only while it is still as it was read; `before` is undefined for the account's first. */
export async function replaceClock(tx: Tx, before: TestClock | undefined, after: TestClock): Promise<void> {
  if (!before) {
    const made = await tx
      .insertInto('test_clocks')
      .values(toRow(after))
      .onConflict((conflict) => conflict.column('account_id').doNothing())
      .executeTakeFirst()
    if (made.numInsertedOrUpdatedRows !== 1n) throw new LostRace(after.accountId)
    return
  }
  const changed = await tx
    .updateTable('test_clocks')
    .set(toRow(after))
    .where('account_id', '=', before.accountId)
    .where('version', '=', before.version)
    .executeTakeFirst()
  if (changed.numUpdatedRows !== 1n) throw new LostRace(after.accountId)
}

export async function deleteClock(tx: Tx, accountId: string): Promise<void> {
  await tx.deleteFrom('test_clocks').where('account_id', '=', accountId).execute()
}
