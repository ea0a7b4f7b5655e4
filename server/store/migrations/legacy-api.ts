/** What the legacy API keeps: cards of customers, short keys, statement texts, bank details; and payments that no session asked for. */
import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { countBlocks } from './blocks.ts'
import { allowNulls } from './nullable.ts'

export const legacyApi: Migration = {
  up: (db: Kysely<unknown>) =>
    allowNulls(
      db,
      ['intents', 'payments', 'subscriptions'].map((table) => [table, 'session_id']),
      add,
    ),
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
