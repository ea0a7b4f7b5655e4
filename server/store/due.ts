/** What is due by a moment: of everyone who lives on the real clock, or of one account whose test data has its own. */
import { type Kysely, sql } from 'kysely'
import type { Db, Tables } from './schema.ts'

/** `clocked` are the accounts that have a clock of their own. */
export type DueBy = { moment: string } & ({ accountId: string } | { clocked: readonly string[] })

export type Due = { id: string; at: string; version: number }

const columns = {
  sessions: { at: 'expires_at', only: "status = 'open'" },
  subscriptions: { at: 'due_at', only: 'due_at is not null' },
  refunds: { at: 'check_at', only: 'check_at is not null' },
  challenges: { at: 'expires_at', only: "status = 'open'" },
} as const

export type DueTable = keyof typeof columns

/** At most so many, those that have waited longest first. */
export async function selectDue(db: Db, table: DueTable, by: DueBy, most: number): Promise<Due[]> {
  const { at, only } = columns[table]
  const whose =
    'accountId' in by
      ? sql`and account_id = ${by.accountId} and live = 0`
      : by.clocked.length === 0
        ? sql``
        : sql`and not (live = 0 and account_id in (${sql.join(by.clocked)}))`
  const found = await sql<Due>`select id, version, ${sql.ref(at)} as at from ${sql.table(table)}
    where ${sql.raw(only)} and ${sql.ref(at)} <= ${by.moment} ${whose}
    order by ${sql.ref(at)} limit ${most}`.execute(db as Kysely<Tables>)
  return found.rows
}

/** Whether an account's test data has charges of saved cards under way, whose outcome nobody has written yet. */
export async function hasChargesUnderWay(db: Db, accountId: string): Promise<boolean> {
  const row = await db
    .selectFrom('attempts')
    .innerJoin('payments', 'payments.id', 'attempts.payment_id')
    .select('attempts.id')
    .where('attempts.account_id', '=', accountId)
    .where('attempts.live', '=', 0)
    .where('attempts.status', '=', 'processing')
    .where('payments.session_id', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
