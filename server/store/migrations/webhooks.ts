/** Events that are read and sent: endpoints, deliveries, and what each try came to. */
import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

export const webhooks: Migration = {
  async up(db: Kysely<unknown>) {
    // What happened before there were endpoints is sent to nobody.
    await db.schema
      .alterTable('events')
      .addColumn('dispatched', 'integer', (c) => c.notNull().defaultTo(1))
      .execute()
    await sql`create index events_undispatched on events (id) where dispatched = 0`.execute(db)
    await db.schema.createIndex('events_of_account').on('events').columns(['account_id', 'live', 'id']).execute()
    await db.schema.createIndex('events_by_type').on('events').columns(['account_id', 'live', 'type', 'id']).execute()
    await db.schema
      .createTable('webhook_endpoints')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('account_id', 'text', (c) => c.notNull())
      .addColumn('live', 'integer', (c) => c.notNull())
      .addColumn('created_at', 'text', (c) => c.notNull())
      .addColumn('version', 'integer', (c) => c.notNull())
      .addColumn('url', 'text', (c) => c.notNull())
      .addColumn('description', 'text')
      .addColumn('events', 'text', (c) => c.notNull())
      .addColumn('signature', 'text', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('disabled_reason', 'text')
      .addColumn('failing_since', 'text')
      .addColumn('secret', 'text', (c) => c.notNull())
      .addColumn('former_secret', 'text')
      .addColumn('former_until', 'text')
      .addColumn('deleted_at', 'text')
      .execute()
    await db.schema
      .createIndex('webhook_endpoints_of_account')
      .on('webhook_endpoints')
      .columns(['account_id', 'live'])
      .execute()
    await db.schema
      .createTable('webhook_deliveries')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('account_id', 'text', (c) => c.notNull())
      .addColumn('live', 'integer', (c) => c.notNull())
      .addColumn('created_at', 'text', (c) => c.notNull())
      .addColumn('version', 'integer', (c) => c.notNull())
      .addColumn('endpoint_id', 'text', (c) => c.notNull().references('webhook_endpoints.id'))
      .addColumn('event_id', 'text', (c) => c.notNull())
      .addColumn('event_type', 'text', (c) => c.notNull())
      .addColumn('body', 'text', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('tries', 'integer', (c) => c.notNull())
      .addColumn('attempts', 'integer', (c) => c.notNull())
      .addColumn('next_attempt_at', 'text')
      .addColumn('leased_until', 'text')
      // One delivery of an event to an endpoint, whoever makes it and whatever crashes.
      .addUniqueConstraint('webhook_deliveries_once', ['event_id', 'endpoint_id'])
      .execute()
    await sql`create index webhook_deliveries_due on webhook_deliveries (endpoint_id, next_attempt_at)
      where next_attempt_at is not null`.execute(db)
    await db.schema
      .createIndex('webhook_deliveries_of_account')
      .on('webhook_deliveries')
      .columns(['account_id', 'live', 'id'])
      .execute()
    await db.schema
      .createIndex('webhook_deliveries_of_endpoint')
      .on('webhook_deliveries')
      .columns(['endpoint_id', 'id'])
      .execute()
    await db.schema
      .createTable('webhook_attempts')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('delivery_id', 'text', (c) => c.notNull().references('webhook_deliveries.id'))
      .addColumn('at', 'text', (c) => c.notNull())
      .addColumn('ms', 'integer', (c) => c.notNull())
      .addColumn('http_status', 'integer')
      .addColumn('error', 'text')
      .addColumn('response', 'text')
      .execute()
    await db.schema
      .createIndex('webhook_attempts_of_delivery')
      .on('webhook_attempts')
      .columns(['delivery_id', 'id'])
      .execute()
  },
}
