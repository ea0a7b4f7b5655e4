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
  // One every half minute: a million of them are a year.
  const madeAt =
    store.kind === 'sqlite'
      ? sql`strftime('%Y-%m-%dT%H:%M:%fZ', '2025-11-20 12:00:00', '+' || (number * 30) || ' seconds')`
      : sql`to_char(timestamp '2025-11-20 12:00:00' + number * interval '30 seconds', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
  const foreignKeys = (on: boolean) =>
    store.kind === 'sqlite'
      ? sql`pragma foreign_keys = ${sql.lit(on ? 'on' : 'off')}`
      : sql`set session_replication_role = ${sql.lit(on ? 'origin' : 'replica')}`
  await store.db.connection().execute(async (db) => {
    await foreignKeys(false).execute(db)
    await sql`insert into payments (id, intent_id, session_id, account_id, live, status, amount, refunded, currency,
        description, items, card_brand, card_last4, card_exp_month, card_exp_year, created_at, version, number)
      ${numbers} select 'pay_' || ${padded} || 'benchbenchbenchbenchbench', 'pi_' || ${padded}, 'cs_test_' || ${padded},
        'acct_sandbox', 0, case when number % 10 = 0 then 'failed' else 'succeeded' end, 1250000, 0, 'CRC', 'Order ' || number,
        '["Coffee"]', 'visa', '4242', 12, 2034, ${madeAt}, 2, number from n`.execute(db)
    await foreignKeys(true).execute(db)
    await sql`insert into payment_words (account_id, live, word, payment_id)
      select account_id, live, '=12500.00', id from payments union all
      select account_id, live, '*4242', id from payments union all
      select account_id, live, cast(number as text), id from payments`.execute(db)
    await sql`insert into payment_totals (account_id, live, currency, hour, succeeded, amount, declined)
      select account_id, live, currency, substr(created_at, 1, 13),
        sum(case status when 'failed' then 0 else 1 end), sum(case status when 'failed' then 0 else amount end),
        sum(case status when 'failed' then 1 else 0 end)
      from payments group by account_id, live, currency, substr(created_at, 1, 13)`.execute(db)
    await sql`insert into decline_totals (account_id, live, currency, hour, code, total)
      select account_id, live, currency, hour, 'generic_decline', declined from payment_totals`.execute(db)
    await sql`insert into lists (account_id, live, list, total) values ('acct_sandbox', 0, 'payments', ${count})`.execute(
      db,
    )
    await countBlocks(db, 'payments')
    await (store.kind === 'sqlite' ? sql`analyze` : sql`vacuum analyze`).execute(db)
  })
}
