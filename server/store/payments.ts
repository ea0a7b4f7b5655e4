import type { Payment } from '../domain/payment.ts'
import { cardColumns, cardOf, failureColumns, failureOf } from './columns.ts'
import { compiled } from './compiled.ts'
import { mustHaveChanged } from './guard.ts'
import type { Db, PaymentRow, Tx } from './schema.ts'

const toRow = (payment: Payment): PaymentRow => ({
  id: payment.id,
  intent_id: payment.intentId,
  session_id: payment.sessionId,
  account_id: payment.accountId,
  live: payment.live ? 1 : 0,
  status: payment.status,
  amount: payment.amount,
  refunded: payment.refunded,
  currency: payment.currency,
  description: payment.description,
  items: JSON.stringify(payment.items),
  ...cardColumns(payment.card),
  ...failureColumns(payment.failure),
  created_at: payment.createdAt,
  version: payment.version,
})

const fromRow = (row: PaymentRow): Payment => ({
  id: row.id,
  intentId: row.intent_id,
  sessionId: row.session_id,
  accountId: row.account_id,
  live: row.live === 1,
  status: row.status,
  amount: row.amount,
  refunded: row.refunded,
  currency: row.currency,
  description: row.description,
  items: JSON.parse(row.items) as string[],
  card: cardOf(row),
  failure: failureOf(row),
  createdAt: row.created_at,
  version: row.version,
})

export async function insertPayment(tx: Tx, payment: Payment): Promise<void> {
  await tx.insertInto('payments').values(toRow(payment)).execute()
}

const byId = compiled((db) => db.selectFrom('payments').selectAll().where('id', '=', ''))

export async function selectPayment(db: Db | Tx, id: string): Promise<Payment | undefined> {
  const [row] = (await byId(db, [id])).rows
  return row && fromRow(row)
}

/** Writes what the payment became, only while the row is still as it was read. */
export async function replacePayment(tx: Tx, before: Payment, after: Payment): Promise<void> {
  const changed = await tx
    .updateTable('payments')
    .set({
      status: after.status,
      refunded: after.refunded,
      ...cardColumns(after.card),
      ...failureColumns(after.failure),
      version: after.version,
    })
    .where('id', '=', before.id)
    .where('version', '=', before.version)
    .executeTakeFirst()
  mustHaveChanged(changed, before.id)
}
