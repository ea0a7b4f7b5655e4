import { sql } from 'kysely'
import { countBlocks } from '../../server/store/migrations/blocks.ts'
import { migrate } from '../../server/store/migrations.ts'
import type { Store } from '../../server/store/schema.ts'

/**
 * Payments 1 to `count` of the sandbox's account, one in ten of them failed, written straight into the database as the server
 * itself would have left them: the same numbers, counts and indexes.
 */
export async function seedPayments(store: Store, count: number): Promise<void> {
  await migrate(store.db)
  // Sessions and intents of their own would be three times the rows, and no page of payments reads them.
  const numbers =
    store.kind === 'sqlite'
      ? sql`with recursive n(number) as (select 1 union all select number + 1 from n where number < ${sql.lit(count)})`
      : sql`with n(number) as (select generate_series(1, ${sql.lit(count)}))`
  const padded = store.kind === 'sqlite' ? sql`printf('%012d', number)` : sql`lpad(number::text, 12, '0')`
  const foreignKeys = (on: boolean) =>
    store.kind === 'sqlite'
      ? sql`pragma foreign_keys = ${sql.lit(on ? 'on' : 'off')}`
      : sql`set session_replication_role = ${sql.lit(on ? 'origin' : 'replica')}`
  await store.db.connection().execute(async (db) => {
    await foreignKeys(false).execute(db)
    await sql`insert into payments (id, intent_id, session_id, account_id, live, status, amount, refunded, currency,
        description, items, card_brand, card_last4, card_exp_month, card_exp_year, created_at, version, number)
      ${numbers} select 'pay_' || ${padded} || 'benchbenchbenchbenchbench', 'pi_' || ${padded}, 'cs_test_' || ${padded},
        'acct_sandbox', 0, case when number % 10 = 0 then 'failed' else 'succeeded' end, 1250000, 0, 'CRC', 'Order',
        '["Coffee"]', 'visa', '4242', 12, 2034, '2026-11-20T12:00:00.000Z', 2, number from n`.execute(db)
    await foreignKeys(true).execute(db)
    await sql`insert into lists (account_id, live, list, total) values ('acct_sandbox', 0, 'payments', ${count})`.execute(
      db,
    )
    await countBlocks(db, 'payments')
    await (store.kind === 'sqlite' ? sql`analyze` : sql`vacuum analyze`).execute(db)
  })
}
