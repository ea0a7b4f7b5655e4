import { sql } from 'kysely'
import type { Invoice } from '../domain/invoice.ts'
import { failureColumns, failureOf } from './columns.ts'
import { commonFields, listOf, type Page, type Slice } from './lists.ts'
import type { Db, InvoiceRow, Tx } from './schema.ts'

const fromRow = (row: InvoiceRow): Invoice => ({
  ...commonFields(row),
  number: row.number,
  subscriptionId: row.subscription_id,
  customerId: row.customer_id,
  planId: row.plan_id,
  intentId: row.intent_id,
  paymentId: row.payment_id,
  reason: row.reason,
  status: row.status,
  amount: row.amount,
  currency: row.currency,
  periodStart: row.period_start,
  periodEnd: row.period_end,
  attempts: row.attempts,
  firstFailedAt: row.first_failed_at,
  nextAttemptAt: row.next_attempt_at,
  failure: failureOf(row),
  paidAt: row.paid_at,
})

export const invoiceRows = listOf('invoices', {
  toRow: (invoice: Invoice) => ({
    subscription_id: invoice.subscriptionId,
    customer_id: invoice.customerId,
    plan_id: invoice.planId,
    intent_id: invoice.intentId,
    payment_id: invoice.paymentId,
    reason: invoice.reason,
    status: invoice.status,
    amount: invoice.amount,
    currency: invoice.currency,
    period_start: invoice.periodStart,
    period_end: invoice.periodEnd,
    attempts: invoice.attempts,
    first_failed_at: invoice.firstFailedAt,
    next_attempt_at: invoice.nextAttemptAt,
    ...failureColumns(invoice.failure),
    paid_at: invoice.paidAt,
  }),
  fromRow,
})

/** What a subscription owes: there is one such invoice at most, because no period begins before the one before is paid. */
export async function selectOpenInvoice(db: Db | Tx, subscriptionId: string): Promise<Invoice | undefined> {
  const row = await db
    .selectFrom('invoices')
    .selectAll()
    .where('subscription_id', '=', subscriptionId)
    // Written out, so that the index of such invoices is taken.
    .where('status', '=', sql.lit('open'))
    .executeTakeFirst()
  return row && fromRow(row)
}

/** A subscription's invoices, the newest first; there is one a period, so that they are few enough to be counted. */
export async function selectInvoicesOf(
  db: Db,
  subscriptionId: string,
  { limit, offset }: Pick<Slice, 'limit' | 'offset'>,
): Promise<Page<Invoice>> {
  const own = db.selectFrom('invoices').where('subscription_id', '=', subscriptionId)
  const rows = await own.selectAll().orderBy('period_start', 'desc').limit(limit).offset(offset).execute()
  const { total } = await own.select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  return { items: rows.map(fromRow), total: Number(total) }
}
