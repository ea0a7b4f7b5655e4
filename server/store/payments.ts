import type { PaymentStatus } from '../contract/checkout.ts'
import type { Owner } from '../domain/account.ts'
import type { Payment } from '../domain/payment.ts'
import { cardColumns, cardOf, failureColumns, failureOf } from './columns.ts'
import { compiled } from './compiled.ts'
import { LostRace } from './guard.ts'
import { countStatus, flag, nextNumber, type Page, recountStatus, selectPage, type Slice } from './lists.ts'
import type { Db, PaymentRow, Tx } from './schema.ts'

const toRow = (payment: Payment): Omit<PaymentRow, 'number'> => ({
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
  customer_id: payment.customerId,
  subscription_id: payment.subscriptionId,
  statement_descriptor: payment.statementDescriptor,
  ...cardColumns(payment.card),
  ...failureColumns(payment.failure),
  created_at: payment.createdAt,
  version: payment.version,
})

export const fromRow = (row: PaymentRow): Payment => ({
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
  customerId: row.customer_id,
  subscriptionId: row.subscription_id,
  statementDescriptor: row.statement_descriptor,
  card: cardOf(row),
  failure: failureOf(row),
  createdAt: row.created_at,
  version: row.version,
})

export async function insertPayment(tx: Tx, payment: Payment): Promise<void> {
  const number = await nextNumber(tx, 'payments', payment)
  await tx
    .insertInto('payments')
    .values({ ...toRow(payment), number })
    .execute()
  await countStatus(tx, 'payments', payment, number, payment.status)
}

const byId = compiled((db) => db.selectFrom('payments').selectAll().where('id', '=', ''))

export async function selectPayment(db: Db | Tx, id: string): Promise<Payment | undefined> {
  const [row] = (await byId(db, [id])).rows
  return row && fromRow(row)
}

/** Holds a payment until this transaction ends, so that what is then read of it stays true: writers wait here, and none loses a race. */
export async function holdPayment(tx: Tx, owner: Owner, id: string): Promise<void> {
  await tx
    .updateTable('payments')
    .set((row) => ({ version: row.ref('version') }))
    .where('id', '=', id)
    .where('account_id', '=', owner.accountId)
    .where('live', '=', flag(owner.live))
    .execute()
}

export async function selectPaymentsPage(db: Db, owner: Owner, slice: Slice<PaymentStatus>): Promise<Page<Payment>> {
  const { items, total } = await selectPage(db, 'payments', owner, slice)
  return { items: items.map(fromRow), total }
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
    .returning('number')
    .executeTakeFirst()
  if (!changed) throw new LostRace(before.id)
  await recountStatus(tx, 'payments', after, changed.number, { from: before.status, to: after.status })
}

/** What a card was charged, or refused, for: not what still waits for its first card. */
const charged = ['succeeded', 'failed', 'refunded', 'partially_refunded'] as const satisfies PaymentStatus[]

/** Payments that a card was tried for and that have an outcome, after a number, the oldest first. */
export async function selectChargesAfter(
  db: Db,
  owner: Owner,
  wanted: { after: number; most: number; customerId?: string | undefined },
): Promise<{ number: number; value: Payment }[]> {
  let query = db
    .selectFrom('payments')
    .selectAll()
    .where('account_id', '=', owner.accountId)
    .where('live', '=', flag(owner.live))
    .where('number', '>', wanted.after)
    .where('status', 'in', charged)
    .orderBy('number')
    .limit(wanted.most)
  if (wanted.customerId !== undefined) query = query.where('customer_id', '=', wanted.customerId)
  return (await query.execute()).map((row) => ({ number: row.number, value: fromRow(row) }))
}
