/** Cards that are saved without a charge: intents and attempts that no payment belongs to, and pages that replace a card. */
import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { allowNulls } from './nullable.ts'

export const cardSetup: Migration = {
  up: (db: Kysely<unknown>) => allowNulls(db, [['attempts', 'payment_id']], add),
}

async function add(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('intents')
    .addColumn('purpose', 'text', (c) => c.notNull().defaultTo('payment'))
    .execute()
  // They stand in no list and have no number, and are looked at with the others when somebody tries many cards.
  await sql`create index attempts_unlisted on attempts (account_id, live, created_at) where number is null`.execute(db)
  await sql`create index sessions_of_subscription on sessions (subscription_id)
    where mode = 'setup' and status = 'open'`.execute(db)
}
