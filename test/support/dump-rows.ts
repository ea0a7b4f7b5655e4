import { sql } from 'kysely'
import type { Store } from '../../server/store/schema.ts'

/** Every row of every table as text, on SQLite: for tests of what must stand in none of them. */
export async function dumpRows({ kind, db }: Store): Promise<Record<string, string>> {
  if (kind !== 'sqlite') throw new Error('Rows are dumped from SQLite only')
  const { rows } = await sql<{ name: string }>`select name from sqlite_master
    where type = 'table' and name not like 'sqlite_%' and name not like 'kysely_%'`.execute(db)
  const tables: Record<string, string> = {}
  for (const { name } of rows) {
    tables[name] = JSON.stringify((await sql`select * from ${sql.table(name)}`.execute(db)).rows)
  }
  return tables
}
