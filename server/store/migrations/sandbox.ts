/** What a sandbox is tested with: namespaces, switches, drills. */
import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

const referring = [
  ['attempts', 'intent_id'],
  ['attempts', 'payment_id'],
  ['challenges', 'intent_id'],
  ['refunds', 'attempt_id'],
  ['plans', 'product_id'],
  ['subscriptions', 'plan_id'],
] as const

export const sandbox: Migration = {
  async up(db: Kysely<unknown>) {
    // A namespace is an account of its own, so that every wall between accounts stands around it.
    await db.schema.alterTable('accounts').addColumn('parent_id', 'text').execute()
    await db.schema.alterTable('accounts').addColumn('namespace', 'text').execute()
    await db.schema.alterTable('accounts').addColumn('closed_at', 'text').execute()
    await sql`create unique index accounts_namespaces on accounts (parent_id, namespace)
      where namespace is not null`.execute(db)
    await db.schema
      .createTable('switches')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('account_id', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('key_id', 'text')
      .addColumn('session_id', 'text')
      .addColumn('endpoint_id', 'text')
      .addColumn('times', 'integer', (c) => c.notNull())
      .addColumn('uses_left', 'integer', (c) => c.notNull().check(sql`uses_left >= 0`))
      .addColumn('delay_ms', 'integer')
      .addColumn('method', 'text')
      .addColumn('path', 'text')
      .addColumn('created_at', 'text', (c) => c.notNull())
      .addColumn('used_at', 'text')
      .execute()
    await db.schema.createIndex('switches_of_account').on('switches').columns(['account_id', 'id']).execute()
    // What a switch has done to a delivery: it does so once.
    await db.schema.alterTable('webhook_deliveries').addColumn('fault', 'text').execute()
    // A row that others may refer to is deleted by looking for them: without these, in all rows of all accounts.
    for (const [table, column] of referring) {
      await db.schema.createIndex(`${table}_by_${column}`).on(table).column(column).execute()
    }
    await db.schema
      .createTable('drills')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('account_id', 'text', (c) => c.notNull())
      .addColumn('endpoint_id', 'text', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('verdict', 'text')
      .addColumn('checks', 'text', (c) => c.notNull())
      .addColumn('created_at', 'text', (c) => c.notNull())
      .addColumn('finished_at', 'text')
      .addColumn('leased_until', 'text')
      .addColumn('version', 'integer', (c) => c.notNull())
      .execute()
    await db.schema.createIndex('drills_of_account').on('drills').columns(['account_id', 'id']).execute()
    // One at a time for each endpoint, and those that somebody must go on with.
    await sql`create unique index drills_running on drills (endpoint_id) where status = 'running'`.execute(db)
  },
}
