/** 3-D Secure challenges, and the one that an intent waits for. */
import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

export const challenges: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('challenges')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('account_id', 'text', (c) => c.notNull())
      .addColumn('live', 'integer', (c) => c.notNull())
      .addColumn('intent_id', 'text', (c) => c.notNull().references('intents.id'))
      .addColumn('attempt_id', 'text', (c) => c.notNull().unique().references('attempts.id'))
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('created_at', 'text', (c) => c.notNull())
      .addColumn('expires_at', 'text', (c) => c.notNull())
      .addColumn('version', 'integer', (c) => c.notNull())
      .execute()
    // Both stay as small as what is open; an intent waits for one challenge at a time.
    await sql`create unique index challenges_one_open on challenges (intent_id) where status = 'open'`.execute(db)
    await sql`create index challenges_due on challenges (expires_at) where status = 'open'`.execute(db)
    await db.schema.alterTable('intents').addColumn('challenge_id', 'text').execute()
  },
}
