/** Takes an account's test data away: everything but who may ask for it. */
import { sql } from 'kysely'
import type { Tables, Tx } from './schema.ts'

/** Tables whose rows say whose they are: what refers to others stands before them. */
const owned = [
  'challenges',
  'refunds',
  'attempts',
  'invoices',
  'payments',
  'intents',
  'sessions',
  'subscriptions',
  'plans',
  'links',
  'products',
  'customers',
  'events',
  'webhook_deliveries',
  'webhook_endpoints',
  'requests',
  'payment_words',
  'payment_totals',
  'decline_totals',
  'lists',
  'list_blocks',
] as const satisfies (keyof Tables)[]

/** What has no live rows. */
const ofTestData = ['drills', 'switches', 'test_clocks'] as const satisfies (keyof Tables)[]

/** Deletes it all; `keep` is the idempotency key of whoever asks. */
export async function deleteTestData(
  tx: Tx,
  accountId: string,
  keep: { scope: string; key: string } | null,
): Promise<void> {
  const mine = (table: 'sessions' | 'intents' | 'payments' | 'webhook_deliveries' | 'requests') =>
    tx.selectFrom(table).where('account_id', '=', accountId).where('live', '=', 0)
  await tx
    .deleteFrom('idempotency')
    .where((where) =>
      where.or([
        where('scope', '=', `${accountId} test`),
        where('scope', 'in', mine('sessions').select(sql<string>`'session ' || id`.as('scope'))),
        where('scope', 'in', mine('intents').select(sql<string>`'intent ' || id`.as('scope'))),
      ]),
    )
    .where((where) =>
      where.not(where.and([where('scope', '=', keep?.scope ?? ''), where('key', '=', keep?.key ?? '')])),
    )
    .execute()
  await tx.deleteFrom('ledger').where('payment_id', 'in', mine('payments').select('id')).execute()
  await tx.deleteFrom('webhook_attempts').where('delivery_id', 'in', mine('webhook_deliveries').select('id')).execute()
  await tx.deleteFrom('request_objects').where('request_id', 'in', mine('requests').select('id')).execute()
  for (const table of owned) {
    await tx.deleteFrom(table).where('account_id', '=', accountId).where('live', '=', 0).execute()
  }
  for (const table of ofTestData) await tx.deleteFrom(table).where('account_id', '=', accountId).execute()
}
