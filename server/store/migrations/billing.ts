/** Invoices, what time has to do with subscriptions, and clocks of test data. */
import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

export const billing: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('test_clocks')
      .addColumn('account_id', 'text', (c) => c.primaryKey().references('accounts.id'))
      .addColumn('at', 'text', (c) => c.notNull())
      .addColumn('set_at', 'text', (c) => c.notNull())
      .addColumn('running', 'integer', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('target', 'text')
      .addColumn('reply_scope', 'text')
      .addColumn('reply_key', 'text')
      .addColumn('version', 'integer', (c) => c.notNull())
      .execute()
    await db.schema
      .createTable('invoices')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('account_id', 'text', (c) => c.notNull())
      .addColumn('live', 'integer', (c) => c.notNull())
      .addColumn('number', 'bigint', (c) => c.notNull())
      .addColumn('created_at', 'text', (c) => c.notNull())
      .addColumn('version', 'integer', (c) => c.notNull())
      .addColumn('subscription_id', 'text', (c) => c.notNull().references('subscriptions.id'))
      .addColumn('customer_id', 'text', (c) => c.notNull())
      .addColumn('plan_id', 'text', (c) => c.notNull())
      .addColumn('intent_id', 'text')
      .addColumn('payment_id', 'text')
      .addColumn('reason', 'text', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('amount', 'bigint', (c) => c.notNull().check(sql`amount > 0`))
      .addColumn('currency', 'text', (c) => c.notNull())
      .addColumn('period_start', 'text', (c) => c.notNull())
      .addColumn('period_end', 'text', (c) => c.notNull())
      .addColumn('attempts', 'integer', (c) => c.notNull())
      .addColumn('first_failed_at', 'text')
      .addColumn('next_attempt_at', 'text')
      .addColumn('failure_code', 'text')
      .addColumn('failure_decline_code', 'text')
      .addColumn('paid_at', 'text')
      .addUniqueConstraint('invoices_numbered', ['account_id', 'live', 'number'])
      // Exactly one invoice a period, whoever makes it and whatever crashes.
      .addUniqueConstraint('invoices_one_a_period', ['subscription_id', 'period_start'])
      .execute()
    await sql`create unique index invoices_one_open on invoices (subscription_id) where status = 'open'`.execute(db)
    await sql`create index invoices_by_intent on invoices (intent_id) where intent_id is not null`.execute(db)
    for (const [column, type] of [
      ['anchor', 'text'],
      ['periods', 'integer'],
      ['trial_end', 'text'],
      ['cancel_at_period_end', 'integer'],
      ['due_at', 'text'],
    ] as const) {
      await db.schema.alterTable('subscriptions').addColumn(column, type).execute()
    }
    await sql`update subscriptions set anchor = current_period_start, periods = 1, cancel_at_period_end = 0,
      due_at = case when status in ('active', 'trialing') then current_period_end end,
      trial_end = case when status = 'trialing' then current_period_end end`.execute(db)
    await sql`create index subscriptions_due on subscriptions (due_at) where due_at is not null`.execute(db)
    await db.schema.alterTable('sessions').addColumn('invoice_id', 'text').execute()
  },
}
