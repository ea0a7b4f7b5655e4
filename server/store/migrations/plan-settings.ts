/** What a plan says about trials without a card, and about subscriptions whose tries are spent. */
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const planSettings: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('plans').addColumn('trial_without_card', 'text').execute()
    await db.schema
      .alterTable('plans')
      .addColumn('after_last_retry', 'text', (c) => c.notNull().defaultTo('cancel'))
      .execute()
  },
}
