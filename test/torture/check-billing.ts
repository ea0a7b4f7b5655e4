/** What must be true of every subscription, however often its server died: asked of the database, as it may have many rows. */
import { type Kysely, sql } from 'kysely'
import { periodAfter } from '../../server/domain/plan.ts'
import type { Db, Tables } from '../../server/store/schema.ts'

/** Queries that find nothing in a database that is right. */
const nothingOf: Record<string, string> = {
  'invoices of the same period':
    'select subscription_id from invoices group by subscription_id, period_start having count(*) > 1',
  'gaps between periods': `select later.id from invoices as later where later.reason = 'subscription_cycle' and not exists (
    select 1 from invoices as earlier where earlier.subscription_id = later.subscription_id
    and earlier.period_end = later.period_start)`,
  'invoices that are not paid': "select id from invoices where status <> 'paid'",
  'paid invoices without exactly one succeeded attempt': `select invoices.id from invoices
    left join (select intent_id, count(*) as times from attempts where status = 'succeeded' group by intent_id) as paid
    on paid.intent_id = invoices.intent_id where invoices.status = 'paid' and coalesce(paid.times, 0) <> 1`,
  'payments that pay more than one invoice, or none': `select payments.id from payments
    left join invoices on invoices.payment_id = payments.id and invoices.status = 'paid'
    where payments.status = 'succeeded' group by payments.id having count(invoices.id) <> 1`,
  'payments of another amount than their invoice': `select invoices.id from invoices
    join payments on payments.id = invoices.payment_id where payments.amount <> invoices.amount`,
  'invoices that share an intent': `select intent_id from invoices group by intent_id having count(*) > 1`,
  'attempts that nobody knows the end of': "select id from attempts where status not in ('succeeded', 'failed')",
  'payments whose ledger does not say what was paid': `select payments.id from payments
    left join ledger on ledger.payment_id = payments.id and ledger.account like 'processor:%'
    group by payments.id, payments.status, payments.amount having coalesce(sum(ledger.amount), 0) <>
    case when payments.status = 'succeeded' then payments.amount else 0 end`,
  'payments whose debits are not their credits':
    'select payment_id from ledger group by payment_id having sum(amount) <> 0 or count(*) <> 2',
  'changes of an invoice that were not announced once each': `select invoices.id from invoices
    left join events on events.object_id = invoices.id group by invoices.id, invoices.version
    having count(events.id) <> invoices.version`,
  'changes of a subscription that were not announced once each': `select subscriptions.id from subscriptions
    left join events on events.object_id = subscriptions.id group by subscriptions.id, subscriptions.version
    having count(events.id) <> subscriptions.version`,
  'subscriptions that are not active': "select id from subscriptions where status <> 'active'",
  'clocks that did not arrive': "select account_id from test_clocks where status <> 'ready'",
}

/** Everything that is wrong, in words; `wanted` is left out when the run was ended early. */
export async function checkBilling(
  db: Db,
  wanted: { subscriptions: number; months: number } | undefined,
): Promise<string[]> {
  const faults: string[] = []
  for (const [what, query] of Object.entries(nothingOf)) {
    const { rows } = await sql<Record<string, unknown>>`${sql.raw(query)}`.execute(db as Kysely<Tables>)
    if (rows.length > 0) faults.push(`${rows.length} ${what}, such as ${JSON.stringify(rows[0])}`)
  }
  const subscriptions = await db.selectFrom('subscriptions').selectAll().execute()
  if (wanted && subscriptions.length !== wanted.subscriptions) faults.push(`${subscriptions.length} subscriptions`)
  for (const subscription of subscriptions) {
    const invoices = await db
      .selectFrom('invoices')
      .select('period_start')
      .where('subscription_id', '=', subscription.id)
      .orderBy('period_start')
      .execute()
    const monthly = { interval: 'month', intervalCount: 1 } as const
    const expected = Array.from({ length: wanted?.months ?? invoices.length }, (_, n) =>
      periodAfter(monthly, new Date(subscription.anchor), n).toISOString(),
    )
    const found = invoices.map((row) => row.period_start)
    if (found.join() !== expected.join()) {
      faults.push(`${subscription.id} has ${found.length} invoices of ${expected.length}: ${found.join(' ')}`)
    }
  }
  return faults.slice(0, 20)
}

export async function countWhatHappened(db: Db): Promise<{ invoices: number; cutOff: number }> {
  const { rows } = await sql<{ invoices: number; lost: number }>`select
    (select count(*) from invoices) as invoices,
    (select count(*) from attempts where failure_code = 'processing_error') as lost`.execute(db as Kysely<Tables>)
  return { invoices: Number(rows[0]!.invoices), cutOff: Number(rows[0]!.lost) }
}
