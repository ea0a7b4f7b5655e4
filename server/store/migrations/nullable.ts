/** Columns that may be empty from now on, on both databases. */
import { type Kysely, SqliteAdapter, sql } from 'kysely'

type Columns = readonly (readonly [table: string, column: string])[]

/** Takes `not null` from columns that hold text, and then does what else belongs to the step. */
export async function allowNulls(
  db: Kysely<unknown>,
  columns: Columns,
  then: (db: Kysely<unknown>) => Promise<void>,
): Promise<void> {
  if (!(db.getExecutor().adapter instanceof SqliteAdapter)) {
    for (const [table, column] of columns) {
      await sql`alter table ${sql.table(table)} alter column ${sql.ref(column)} drop not null`.execute(db)
    }
    return then(db)
  }
  // SQLite cannot take a constraint from a column: the table is made again, as its documentation says how. While it is
  // gone nothing may refer to it, and this switch does nothing inside a transaction.
  await sql`pragma foreign_keys = off`.execute(db)
  try {
    await db.transaction().execute(async (tx) => {
      for (const [table, column] of columns) await remake(tx, table, column)
      await then(tx)
      const { rows } = await sql`pragma foreign_key_check`.execute(tx)
      if (rows.length > 0) throw new Error('Rows would refer to what is not there')
    })
  } finally {
    await sql`pragma foreign_keys = on`.execute(db)
  }
}

async function remake(db: Kysely<unknown>, table: string, column: string): Promise<void> {
  const { rows } = await sql<{ type: string; sql: string }>`select type, sql from sqlite_master
    where tbl_name = ${table} and sql is not null`.execute(db)
  const made = rows.find((row) => row.type === 'table')!.sql
  const before = `"${column}" text not null`
  if (!made.includes(before)) throw new Error(`${table} has no such column`)
  const indexes = rows.filter((row) => row.type === 'index')
  // In this order: a table that is renamed takes those that refer to it along.
  const next = `${table}_next`
  await sql.raw(made.replace(before, `"${column}" text`).replace(`"${table}"`, `"${next}"`)).execute(db)
  await sql`insert into ${sql.table(next)} select * from ${sql.table(table)}`.execute(db)
  await sql`drop table ${sql.table(table)}`.execute(db)
  await sql`alter table ${sql.table(next)} rename to ${sql.table(table)}`.execute(db)
  for (const index of indexes) await sql.raw(index.sql).execute(db)
}
