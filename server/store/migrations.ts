/** Numbered, append-only steps, the same on both databases. A released step is never edited. */
import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { billing } from './migrations/billing.ts'
import { countBlocks } from './migrations/blocks.ts'
import { cardSetup } from './migrations/card-setup.ts'
import { planSettings } from './migrations/plan-settings.ts'
import { sandbox } from './migrations/sandbox.ts'
import { webhooks } from './migrations/webhooks.ts'
import { consoleViews } from './migrations/console.ts'
import { challenges } from './migrations/challenges.ts'
import { legacyApi } from './migrations/legacy-api.ts'
import { oauth } from './migrations/oauth.ts'
import type { Db } from './schema.ts'

const first: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('accounts')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('created_at', 'text', (c) => c.notNull())
      .execute()
    await db.schema
      .createTable('account_origins')
      .addColumn('account_id', 'text', (c) => c.notNull().references('accounts.id'))
      .addColumn('origin', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('account_origins_pk', ['account_id', 'origin'])
      .execute()
    await db.schema
      .createTable('api_keys')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('account_id', 'text', (c) => c.notNull().references('accounts.id'))
      .addColumn('live', 'integer', (c) => c.notNull())
      .addColumn('digest', 'text', (c) => c.notNull().unique())
      .addColumn('prefix', 'text', (c) => c.notNull())
      .addColumn('last4', 'text', (c) => c.notNull())
      .addColumn('created_at', 'text', (c) => c.notNull())
      .addColumn('revoked_at', 'text')
      .execute()
    await db.schema
      .createTable('sessions')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('account_id', 'text', (c) => c.notNull())
      .addColumn('live', 'integer', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('payment_status', 'text', (c) => c.notNull())
      .addColumn('mode', 'text', (c) => c.notNull())
      .addColumn('amount', 'bigint', (c) => c.notNull().check(sql`amount > 0`))
      .addColumn('currency', 'text', (c) => c.notNull())
      .addColumn('description', 'text')
      .addColumn('items', 'text', (c) => c.notNull())
      .addColumn('return_url', 'text', (c) => c.notNull())
      .addColumn('created_at', 'text', (c) => c.notNull())
      .addColumn('expires_at', 'text', (c) => c.notNull())
      .addColumn('version', 'integer', (c) => c.notNull())
      .execute()
    // What the sweep asks for; closed sessions leave it, so it stays as small as what is open.
    await sql`create index sessions_due on sessions (expires_at) where status = 'open'`.execute(db)
    await db.schema
      .createTable('intents')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('session_id', 'text', (c) => c.notNull().unique().references('sessions.id'))
      .addColumn('account_id', 'text', (c) => c.notNull())
      .addColumn('live', 'integer', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('amount', 'bigint', (c) => c.notNull().check(sql`amount > 0`))
      .addColumn('currency', 'text', (c) => c.notNull())
      .addColumn('attempts', 'integer', (c) => c.notNull())
      .addColumn('payment_id', 'text')
      .addColumn('failure_code', 'text')
      .addColumn('failure_decline_code', 'text')
      .addColumn('created_at', 'text', (c) => c.notNull())
      .addColumn('version', 'integer', (c) => c.notNull())
      .execute()
    await db.schema
      .createTable('payments')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('intent_id', 'text', (c) => c.notNull().unique().references('intents.id'))
      .addColumn('session_id', 'text', (c) => c.notNull())
      .addColumn('account_id', 'text', (c) => c.notNull())
      .addColumn('live', 'integer', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('amount', 'bigint', (c) => c.notNull())
      .addColumn('refunded', 'bigint', (c) => c.notNull())
      .addColumn('currency', 'text', (c) => c.notNull())
      .addColumn('description', 'text')
      .addColumn('items', 'text', (c) => c.notNull())
      .addColumn('card_brand', 'text')
      .addColumn('card_last4', 'text')
      .addColumn('card_exp_month', 'integer')
      .addColumn('card_exp_year', 'integer')
      .addColumn('failure_code', 'text')
      .addColumn('failure_decline_code', 'text')
      .addColumn('created_at', 'text', (c) => c.notNull())
      .addColumn('version', 'integer', (c) => c.notNull())
      .addCheckConstraint('payments_refunds_fit', sql`refunded >= 0 and refunded <= amount`)
      .execute()
    await db.schema
      .createTable('attempts')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('intent_id', 'text', (c) => c.notNull().references('intents.id'))
      .addColumn('payment_id', 'text', (c) => c.notNull().references('payments.id'))
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('processor', 'text', (c) => c.notNull())
      .addColumn('card_token', 'text')
      .addColumn('card_brand', 'text')
      .addColumn('card_last4', 'text')
      .addColumn('card_exp_month', 'integer')
      .addColumn('card_exp_year', 'integer')
      .addColumn('failure_code', 'text')
      .addColumn('failure_decline_code', 'text')
      .addColumn('reply_scope', 'text')
      .addColumn('reply_key', 'text')
      .addColumn('created_at', 'text', (c) => c.notNull())
      .addColumn('lease_until', 'text', (c) => c.notNull())
      .execute()
    // Exactly once: the database itself refuses a second live or succeeded attempt of an intent.
    await sql`create unique index attempts_one_live on attempts (intent_id)
      where status in ('processing', 'requires_action', 'succeeded', 'needs_review')`.execute(db)
    await sql`create index attempts_unresolved on attempts (lease_until) where status = 'processing'`.execute(db)
    await db.schema
      .createTable('idempotency')
      .addColumn('scope', 'text', (c) => c.notNull())
      .addColumn('key', 'text', (c) => c.notNull())
      .addColumn('fingerprint', 'text', (c) => c.notNull())
      .addColumn('result', 'text')
      .addColumn('request_id', 'text', (c) => c.notNull())
      .addColumn('language', 'text', (c) => c.notNull())
      .addColumn('created_at', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('idempotency_pk', ['scope', 'key'])
      .execute()
    await sql`create index idempotency_age on idempotency (created_at) where result is not null`.execute(db)
    await db.schema
      .createTable('events')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('account_id', 'text', (c) => c.notNull())
      .addColumn('live', 'integer', (c) => c.notNull())
      .addColumn('type', 'text', (c) => c.notNull())
      .addColumn('object_id', 'text', (c) => c.notNull())
      .addColumn('version', 'integer', (c) => c.notNull())
      .addColumn('payload', 'text', (c) => c.notNull())
      .addColumn('created_at', 'text', (c) => c.notNull())
      // Each change of an object is announced once: no two events share an object's version.
      .addUniqueConstraint('events_one_a_change', ['object_id', 'version'])
      .execute()
    await db.schema
      .createTable('ledger')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('payment_id', 'text', (c) => c.notNull().references('payments.id'))
      .addColumn('account', 'text', (c) => c.notNull())
      .addColumn('amount', 'bigint', (c) => c.notNull())
      .addColumn('currency', 'text', (c) => c.notNull())
      .addColumn('created_at', 'text', (c) => c.notNull())
      .execute()
    await sql`create index ledger_of_payment on ledger (payment_id)`.execute(db)
  },
}

const keys: Migration = {
  async up(db: Kysely<unknown>) {
    for (const column of ['name', 'last_used_at', 'exposed_at', 'revoked_by']) {
      await db.schema.alterTable('api_keys').addColumn(column, 'text').execute()
    }
  },
}

const currentApi: Migration = {
  async up(db: Kysely<unknown>) {
    const listed = (name: string) =>
      db.schema
        .createTable(name)
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('account_id', 'text', (c) => c.notNull())
        .addColumn('live', 'integer', (c) => c.notNull())
        .addColumn('number', 'bigint', (c) => c.notNull())
        .addColumn('created_at', 'text', (c) => c.notNull())
        .addColumn('version', 'integer', (c) => c.notNull())
        .addUniqueConstraint(`${name}_numbered`, ['account_id', 'live', 'number'])
    await listed('customers')
      .addColumn('email', 'text', (c) => c.notNull())
      .addColumn('name', 'text')
      .addColumn('description', 'text')
      .addColumn('phone', 'text')
      .execute()
    await listed('products')
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('description', 'text')
      .addColumn('active', 'integer', (c) => c.notNull())
      .execute()
    await listed('plans')
      .addColumn('product_id', 'text', (c) => c.notNull().references('products.id'))
      .addColumn('amount', 'bigint', (c) => c.notNull().check(sql`amount > 0`))
      .addColumn('currency', 'text', (c) => c.notNull())
      .addColumn('interval', 'text', (c) => c.notNull())
      .addColumn('interval_count', 'integer', (c) => c.notNull().check(sql`interval_count > 0`))
      .addColumn('trial_period_days', 'integer')
      .addColumn('active', 'integer', (c) => c.notNull())
      .execute()
    await listed('links')
      .addColumn('amount', 'bigint', (c) => c.notNull().check(sql`amount > 0`))
      .addColumn('currency', 'text', (c) => c.notNull())
      .addColumn('description', 'text')
      .addColumn('active', 'integer', (c) => c.notNull())
      .execute()
    await listed('subscriptions')
      .addColumn('customer_id', 'text', (c) => c.notNull().references('customers.id'))
      .addColumn('plan_id', 'text', (c) => c.notNull().references('plans.id'))
      .addColumn('session_id', 'text', (c) => c.notNull().unique())
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('current_period_start', 'text', (c) => c.notNull())
      .addColumn('current_period_end', 'text', (c) => c.notNull())
      .addColumn('canceled_at', 'text')
      .execute()
    await listed('refunds')
      .addColumn('payment_id', 'text', (c) => c.notNull().references('payments.id'))
      .addColumn('attempt_id', 'text', (c) => c.notNull().references('attempts.id'))
      .addColumn('amount', 'bigint', (c) => c.notNull().check(sql`amount > 0`))
      .addColumn('currency', 'text', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('reason', 'text')
      .addColumn('failure_reason', 'text')
      .addColumn('reply_scope', 'text')
      .addColumn('reply_key', 'text')
      .addColumn('check_at', 'text')
      .execute()
    await sql`create index refunds_of_payment on refunds (payment_id)`.execute(db)
    await sql`create index refunds_to_check on refunds (check_at) where check_at is not null`.execute(db)
    for (const column of ['customer_id', 'plan_id', 'subscription_id'] as const) {
      await db.schema.alterTable('sessions').addColumn(column, 'text').execute()
    }
    for (const column of ['customer_id', 'subscription_id'] as const) {
      await db.schema.alterTable('payments').addColumn(column, 'text').execute()
    }
    for (const column of ['account_id', 'asker'] as const) {
      await db.schema.alterTable('attempts').addColumn(column, 'text').execute()
    }
    await db.schema.alterTable('attempts').addColumn('live', 'integer').execute()
    await db.schema.alterTable('intents').addColumn('cancellation_reason', 'text').execute()
    await sql`update attempts set account_id = i.account_id, live = i.live
      from intents as i where i.id = attempts.intent_id`.execute(db)
    await db.schema
      .createTable('lists')
      .addColumn('account_id', 'text', (c) => c.notNull())
      .addColumn('live', 'integer', (c) => c.notNull())
      .addColumn('list', 'text', (c) => c.notNull())
      .addColumn('total', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('lists_pk', ['account_id', 'live', 'list'])
      .execute()
    await db.schema
      .createTable('list_blocks')
      .addColumn('account_id', 'text', (c) => c.notNull())
      .addColumn('live', 'integer', (c) => c.notNull())
      .addColumn('list', 'text', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('level', 'integer', (c) => c.notNull())
      .addColumn('block', 'bigint', (c) => c.notNull())
      .addColumn('total', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('list_blocks_pk', ['account_id', 'live', 'list', 'status', 'level', 'block'])
      .execute()
    for (const name of ['payments', 'attempts']) {
      const table = sql.table(name)
      await db.schema.alterTable(name).addColumn('number', 'bigint').execute()
      await sql`update ${table} set number = n.number from
        (select id, row_number() over (partition by account_id, live order by created_at, id) as number from ${table}) as n
        where n.id = ${table}.id`.execute(db)
      await sql`insert into lists (account_id, live, list, total)
        select account_id, live, ${sql.lit(name)}, count(*) from ${table} group by account_id, live`.execute(db)
      await countBlocks(db, name)
      await sql`create unique index ${sql.ref(`${name}_numbered`)} on ${table} (account_id, live, number)`.execute(db)
      await sql`create index ${sql.ref(`${name}_by_status`)} on ${table} (account_id, live, status, number)`.execute(db)
    }
    // What card testers leave behind: asked for the last day of one address.
    await sql`create index attempts_by_asker on attempts (asker, created_at) where asker is not null`.execute(db)
  },
}

/** Every step by its name, in the order in which they are taken. */
export const steps: Record<string, Migration> = {
  '0001_first_purchase': first,
  '0002_keys': keys,
  '0003_current_api': currentApi,
  '0004_oauth': oauth,
  '0005_legacy_api': legacyApi,
  '0006_billing': billing,
  '0007_card_setup': cardSetup,
  '0008_plan_settings': planSettings,
  '0009_challenges': challenges,
  '0010_webhooks': webhooks,
  '0011_console': consoleViews,
  '0012_sandbox': sandbox,
}

/** Brings a database to the newest step; several processes may ask at once. */
export async function migrate(db: Db): Promise<void> {
  // Asked first, because almost every start finds it so and then needs no migrator.
  if (await isCurrent(db)) return
  const { Migrator } = await import('kysely/migration')
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(steps) } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error instanceof Error ? error : new Error('The database could not be migrated')
}

/** Whether every step has been taken, and no other. */
async function isCurrent(db: Db): Promise<boolean> {
  try {
    const taken = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
    return taken.rows.map((row) => row.name).join() === Object.keys(steps).join()
  } catch (error) {
    // A new database has no such table: in SQLite's words, and by PostgreSQL's code, whose words follow its locale.
    const { message, code } = error as { message?: string; code?: string }
    if (code === '42P01' || message?.includes('no such table')) return false
    throw error
  }
}
