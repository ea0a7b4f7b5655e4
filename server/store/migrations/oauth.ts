/** What the legacy API's access keeps: clients with their secrets' digests, and the tokens that they were given. */
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const oauth: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('oauth_clients')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('account_id', 'text', (c) => c.notNull().references('accounts.id'))
      .addColumn('live', 'integer', (c) => c.notNull())
      .addColumn('secret_digest', 'text', (c) => c.notNull())
      .addColumn('secret_last4', 'text', (c) => c.notNull())
      .addColumn('name', 'text')
      .addColumn('made_by', 'text', (c) => c.notNull())
      .addColumn('created_at', 'text', (c) => c.notNull())
      .addColumn('rotated_at', 'text')
      .addColumn('last_used_at', 'text')
      .addColumn('revoked_at', 'text')
      .addColumn('revoked_by', 'text')
      .execute()
    await db.schema
      .createTable('oauth_tokens')
      .addColumn('digest', 'text', (c) => c.primaryKey())
      .addColumn('client_id', 'text', (c) => c.notNull().references('oauth_clients.id'))
      .addColumn('secret_digest', 'text', (c) => c.notNull())
      .addColumn('scope', 'text', (c) => c.notNull())
      .addColumn('created_at', 'text', (c) => c.notNull())
      .addColumn('expires_at', 'text', (c) => c.notNull())
      .execute()
    await db.schema.createIndex('oauth_tokens_of_client').on('oauth_tokens').column('client_id').execute()
    // What the sweep asks for.
    await db.schema.createIndex('oauth_tokens_by_end').on('oauth_tokens').column('expires_at').execute()
  },
}
