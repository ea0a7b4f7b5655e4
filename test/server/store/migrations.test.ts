import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { describe, expect, it } from 'vitest'
import { selectAttemptsPage } from '../../../server/store/attempts.ts'
import { migrate, steps } from '../../../server/store/migrations.ts'
import { selectPaymentsPage } from '../../../server/store/payments.ts'
import type { Store } from '../../../server/store/schema.ts'
import { databases, emptyDatabase } from '../../support/databases.ts'

const owner = { accountId: 'acct_sandbox', live: false }

/** A database as the first release left it: two accounts' payments, one of them tried twice. */
async function firstRelease(store: Store): Promise<void> {
  const provider = { getMigrations: () => Promise.resolve(steps) }
  const { error } = await new Migrator({ db: store.db, provider }).migrateTo('0001_first_purchase')
  if (error) throw error as Error
  for (const [n, account, status] of [
    [1, 'acct_sandbox', 'failed'],
    [2, 'acct_other', 'succeeded'],
    [3, 'acct_sandbox', 'succeeded'],
  ] as const) {
    const at = `2026-11-20T12:00:0${n}.000Z`
    await sql`insert into sessions (id, account_id, live, status, payment_status, mode, amount, currency, items, return_url,
      created_at, expires_at, version) values (${`cs_${n}`}, ${account}, 0, 'open', 'unpaid', 'payment', 500, 'USD', '[]',
      'https://shop.example/', ${at}, ${at}, 1)`.execute(store.db)
    await sql`insert into intents (id, session_id, account_id, live, status, amount, currency, attempts, payment_id, created_at,
      version) values (${`pi_${n}`}, ${`cs_${n}`}, ${account}, 0, 'succeeded', 500, 'USD', 1, ${`pay_${n}`}, ${at}, 1)`.execute(
      store.db,
    )
    await sql`insert into payments (id, intent_id, session_id, account_id, live, status, amount, refunded, currency, items,
      created_at, version) values (${`pay_${n}`}, ${`pi_${n}`}, ${`cs_${n}`}, ${account}, 0, ${status}, 500, 0, 'USD', '[]',
      ${at}, 1)`.execute(store.db)
    for (const attempt of n === 3 ? ['failed', 'succeeded'] : [status]) {
      await sql`insert into attempts (id, intent_id, payment_id, status, processor, created_at, lease_until)
        values (${`att_${n}_${attempt}`}, ${`pi_${n}`}, ${`pay_${n}`}, ${attempt}, 'sandbox', ${at}, ${at})`.execute(
        store.db,
      )
    }
  }
}

describe.each(databases)('a database of the first release on %s', (on) => {
  it('is listed as if its rows had been numbered and counted from the first', async () => {
    const store = await emptyDatabase(on)
    await firstRelease(store)
    await migrate(store.db)
    const page = { limit: 10, offset: 0 }
    const payments = await selectPaymentsPage(store.db, owner, page)
    expect([payments.total, payments.items.map((one) => one.id)]).toEqual([2, ['pay_3', 'pay_1']])
    const failed = await selectPaymentsPage(store.db, owner, { ...page, status: 'failed' })
    expect([failed.total, failed.items.map((one) => one.id)]).toEqual([1, ['pay_1']])
    const attempts = await selectAttemptsPage(store.db, owner, page)
    expect([attempts.total, attempts.items.map((one) => one.id)]).toEqual([
      3,
      ['att_3_succeeded', 'att_3_failed', 'att_1_failed'],
    ])
    const others = await selectPaymentsPage(store.db, { ...owner, accountId: 'acct_other' }, page)
    expect(others.items.map((one) => one.id)).toEqual(['pay_2'])
    // A second start finds nothing to do.
    await migrate(store.db)
    await store.close()
  })
})
