import { sql } from 'kysely'
import type { Store } from '../../server/store/schema.ts'

/**
 * Counts every row that is written or deleted from now on, in any table, on SQLite: exact, at no cost that grows with the
 * rows, and undone with the transaction that wrote. When a key was last used is no part of it.
 */
export async function watchRows({ kind, db }: Store): Promise<() => Promise<number>> {
  if (kind !== 'sqlite') throw new Error('Rows are watched on SQLite only')
  const tables = await sql<{ name: string }>`select name from sqlite_master
    where type = 'table' and name not like 'sqlite_%' and name not like 'kysely_%' and name <> 'api_keys'`.execute(db)
  await sql`create temp table rows_written as select 0 as n`.execute(db)
  for (const { name } of tables.rows) {
    for (const change of ['insert', 'update', 'delete']) {
      await sql`create temp trigger ${sql.ref(`watch_${name}_${change}`)} after ${sql.raw(change)}
        on main.${sql.table(name)} begin update rows_written set n = n + 1; end`.execute(db)
    }
  }
  return async () => (await sql<{ n: number }>`select n from rows_written`.execute(db)).rows[0]!.n
}
