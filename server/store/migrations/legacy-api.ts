/** What the legacy API keeps: cards of customers, short keys, statement texts, bank details; and payments that no session asked for. */
import { type Kysely, SqliteAdapter, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { countBlocks } from './blocks.ts'

export const legacyApi: Migration = {
  async up(db: Kysely<unknown>) {
    if (!(db.getExecutor().adapter instanceof SqliteAdapter)) {
      for (const table of ['intents', 'payments', 'subscriptions']) {
        await sql`alter table ${sql.table(table)} alter column session_id drop not null`.execute(db)
      }
      return add(db)
    }
    // SQLite cannot take a constraint from a column: the table is made again, as its documentation says how. While it is
    // gone nothing may refer to it, and this switch does nothing inside a transaction.
    await sql`pragma foreign_keys = off`.execute(db)
    try {
      await db.transaction().execute(async (tx) => {
        for (const table of ['intents', 'payments', 'subscriptions']) await allowNoSession(tx, table)
        await add(tx)
        const { rows } = await sql`pragma foreign_key_check`.execute(tx)
        if (rows.length > 0) throw new Error('Rows would refer to what is not there')
      })
    } finally {
      await sql`pragma foreign_keys = on`.execute(db)
    }
  },
}

async function allowNoSession(db: Kysely<unknown>, table: string): Promise<void> {
  const { rows } = await sql<{ type: string; sql: string }>`select type, sql from sqlite_master
    where tbl_name = ${table} and sql is not null`.execute(db)
  const made = rows.find((row) => row.type === 'table')!.sql
  const before = '"session_id" text not null'
  if (!made.includes(before)) throw new Error(`${table} has no such column`)
  const indexes = rows.filter((row) => row.type === 'index')
  // In this order: a table that is renamed takes those that refer to it along.
  const next = `${table}_next`
  await sql.raw(made.replace(before, '"session_id" text').replace(`"${table}"`, `"${next}"`)).execute(db)
  await sql`insert into ${sql.table(next)} select * from ${sql.table(table)}`.execute(db)
  await sql`drop table ${sql.table(table)}`.execute(db)
  await sql`alter table ${sql.table(next)} rename to ${sql.table(table)}`.execute(db)
  for (const index of indexes) await sql.raw(index.sql).execute(db)
}

async function add(db: Kysely<unknown>): Promise<void> {
  const columns = [
    ['customers', 'key', 'text'],
    ['customers', 'currency', 'text'],
    ['customers', 'card_token', 'text'],
    ['customers', 'card_brand', 'text'],
    ['customers', 'card_last4', 'text'],
    ['customers', 'card_exp_month', 'integer'],
    ['customers', 'card_exp_year', 'integer'],
    ['customers', 'declared_test', 'integer'],
    ['plans', 'key', 'text'],
    ['plans', 'id_name', 'text'],
    ['plans', 'statement_descriptor', 'text'],
    ['payments', 'statement_descriptor', 'text'],
  ] as const
  for (const [table, column, type] of columns) await db.schema.alterTable(table).addColumn(column, type).execute()
  await db.schema
    .alterTable('customers')
    .addColumn('status', 'text', (c) => c.notNull().defaultTo('active'))
    .execute()
  await countBlocks(db, 'customers')
  await sql`create index customers_by_status on customers (account_id, live, status, number)`.execute(db)
  for (const table of ['customers', 'plans']) {
    // An id's last 32 letters: its key, see `shortKey`.
    await sql`update ${sql.table(table)} set key = substr(id, length(id) - 31)`.execute(db)
    await sql`create unique index ${sql.ref(`${table}_by_key`)} on ${sql.table(table)} (key)`.execute(db)
  }
  await sql`create unique index plans_by_name on plans (account_id, live, id_name)
    where id_name is not null and active = 1`.execute(db)
  await sql`create index payments_of_customer on payments (customer_id, number) where customer_id is not null`.execute(
    db,
  )
  await sql`create index subscriptions_of_customer on subscriptions (customer_id, number)`.execute(db)
  await db.schema
    .createTable('developers')
    .addColumn('account_id', 'text', (c) => c.primaryKey().references('accounts.id'))
    .addColumn('developer_key', 'text', (c) => c.notNull().unique())
    .addColumn('declared_test', 'integer')
    .addColumn('page', 'text', (c) => c.notNull())
    .addColumn('bank_name', 'text', (c) => c.notNull())
    .addColumn('bank_aba_route', 'text', (c) => c.notNull())
    .addColumn('bank_account_number', 'text', (c) => c.notNull())
    .addColumn('bank_account_type', 'text', (c) => c.notNull())
    .addColumn('bank_sinpe', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .execute()
}
