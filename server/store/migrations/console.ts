/** What the console looks at: requests as they came and went, totals by the hour, and words that payments are found by. */
import { type Kysely, SqliteAdapter, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { wordsOf } from '../../domain/search.ts'

type Found = {
  id: string
  account_id: string
  live: 0 | 1
  description: string | null
  amount: number
  currency: string
  card_last4: string | null
}

export const consoleViews: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('requests')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('account_id', 'text', (c) => c.notNull())
      .addColumn('live', 'integer', (c) => c.notNull())
      .addColumn('created_at', 'text', (c) => c.notNull())
      .addColumn('method', 'text', (c) => c.notNull())
      .addColumn('path', 'text', (c) => c.notNull())
      .addColumn('route', 'text', (c) => c.notNull())
      .addColumn('status', 'integer', (c) => c.notNull())
      .addColumn('ms', 'integer', (c) => c.notNull())
      .addColumn('caller', 'text', (c) => c.notNull())
      .addColumn('idempotency_key', 'text')
      .addColumn('replayed', 'integer', (c) => c.notNull())
      .addColumn('error', 'text')
      .addColumn('fault', 'text')
      .addColumn('object_ids', 'text', (c) => c.notNull())
      .addColumn('request', 'text', (c) => c.notNull())
      .addColumn('response', 'text', (c) => c.notNull())
      .execute()
    await db.schema.createIndex('requests_of_account').on('requests').columns(['account_id', 'live', 'id']).execute()
    await db.schema
      .createTable('request_objects')
      .addColumn('object_id', 'text', (c) => c.notNull())
      .addColumn('request_id', 'text', (c) => c.notNull())
      .addColumn('account_id', 'text', (c) => c.notNull())
      .addColumn('live', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('request_objects_pk', ['object_id', 'request_id'])
      .execute()
    await db.schema.createIndex('request_objects_of_request').on('request_objects').column('request_id').execute()
    await db.schema
      .createTable('payment_totals')
      .addColumn('account_id', 'text', (c) => c.notNull())
      .addColumn('live', 'integer', (c) => c.notNull())
      .addColumn('currency', 'text', (c) => c.notNull())
      .addColumn('hour', 'text', (c) => c.notNull())
      .addColumn('succeeded', 'bigint', (c) => c.notNull())
      .addColumn('amount', 'bigint', (c) => c.notNull())
      .addColumn('declined', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('payment_totals_pk', ['account_id', 'live', 'currency', 'hour'])
      .execute()
    await db.schema
      .createTable('decline_totals')
      .addColumn('account_id', 'text', (c) => c.notNull())
      .addColumn('live', 'integer', (c) => c.notNull())
      .addColumn('currency', 'text', (c) => c.notNull())
      .addColumn('hour', 'text', (c) => c.notNull())
      .addColumn('code', 'text', (c) => c.notNull())
      .addColumn('total', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('decline_totals_pk', ['account_id', 'live', 'currency', 'hour', 'code'])
      .execute()
    await db.schema
      .createTable('payment_words')
      .addColumn('account_id', 'text', (c) => c.notNull())
      .addColumn('live', 'integer', (c) => c.notNull())
      .addColumn('word', 'text', (c) => c.notNull())
      .addColumn('payment_id', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('payment_words_pk', ['account_id', 'live', 'word', 'payment_id'])
      .execute()
    await db.schema.createIndex('events_of_object').on('events').columns(['object_id', 'id']).execute()
    await db.schema.createIndex('sessions_of_account').on('sessions').columns(['account_id', 'live', 'id']).execute()
    await db.schema.createIndex('customers_by_email').on('customers').columns(['account_id', 'live', 'email']).execute()
    await compareBytes(db)
    await countWhatWas(db)
    await findWhatWas(db)
  },
}

/** Columns that are read from one value to the next. */
const inOrder = [
  ['events', 'id'],
  ['sessions', 'id'],
  ['webhook_deliveries', 'id'],
  ['webhook_attempts', 'id'],
  ['requests', 'id'],
  ['request_objects', 'request_id'],
  ['payment_words', 'word'],
  ['payment_words', 'payment_id'],
  ['payments', 'id'],
  ['customers', 'id'],
  ['customers', 'email'],
  ['subscriptions', 'id'],
  ['refunds', 'id'],
  ['invoices', 'id'],
  ['payment_totals', 'hour'],
  ['decline_totals', 'hour'],
] as const

/**
 * Ids begin with their moment in letters whose order is that of their bytes, which is SQLite's. A PostgreSQL database has
 * the order of its language, in which `b` stands before `C`, and yesterday's events after today's.
 */
async function compareBytes(db: Kysely<unknown>): Promise<void> {
  if (db.getExecutor().adapter instanceof SqliteAdapter) return
  for (const [table, column] of inOrder) {
    await sql`alter table ${sql.table(table)} alter column ${sql.ref(column)} type text collate "C"`.execute(db)
  }
}

/** Payments from before, by the hour they were made in, and declined cards by theirs. */
async function countWhatWas(db: Kysely<unknown>): Promise<void> {
  await sql`insert into payment_totals (account_id, live, currency, hour, succeeded, amount, declined)
    select account_id, live, currency, substr(created_at, 1, 13), sum(paid), sum(amount), sum(declined) from (
      select account_id, live, currency, created_at, 1 as paid, amount, 0 as declined from payments
        where status in ('succeeded', 'refunded', 'partially_refunded')
      union all
      select a.account_id, a.live, p.currency, a.created_at, 0, 0, 1 from attempts a
        join payments p on p.id = a.payment_id where a.status = 'failed'
    ) as was group by account_id, live, currency, substr(created_at, 1, 13)`.execute(db)
  await sql`insert into decline_totals (account_id, live, currency, hour, code, total)
    select account_id, live, currency, hour, code, count(*) from (
      select a.account_id, a.live, p.currency, substr(a.created_at, 1, 13) as hour,
        coalesce(a.failure_decline_code, a.failure_code, 'unknown') as code
      from attempts a join payments p on p.id = a.payment_id where a.status = 'failed'
    ) as was group by account_id, live, currency, hour, code`.execute(db)
}

const rowsAtOnce = 500

async function findWhatWas(db: Kysely<unknown>): Promise<void> {
  let after = ''
  for (;;) {
    const { rows } = await sql<Found>`select id, account_id, live, description, amount, currency, card_last4
      from payments where id > ${after} order by id limit ${sql.lit(rowsAtOnce)}`.execute(db)
    if (rows.length === 0) return
    const words = rows.flatMap((row) =>
      wordsOf({ ...row, last4: row.card_last4 }).map(
        (word) => sql`(${row.account_id}, ${row.live}, ${word}, ${row.id})`,
      ),
    )
    if (words.length > 0) {
      await sql`insert into payment_words (account_id, live, word, payment_id) values ${sql.join(words)}`.execute(db)
    }
    after = rows.at(-1)!.id
  }
}
