import type { Session } from '../domain/session.ts'
import { compiled, compiledInsert } from './compiled.ts'
import { mustHaveChanged } from './guard.ts'
import type { Db, SessionRow, Tx } from './schema.ts'

const toRow = (session: Session): SessionRow => ({
  id: session.id,
  account_id: session.accountId,
  live: session.live ? 1 : 0,
  status: session.status,
  payment_status: session.paymentStatus,
  mode: session.mode,
  amount: session.amount,
  currency: session.currency,
  description: session.description,
  items: JSON.stringify(session.items),
  return_url: session.returnUrl,
  customer_id: session.customerId,
  plan_id: session.planId,
  subscription_id: session.subscriptionId,
  invoice_id: session.invoiceId,
  created_at: session.createdAt,
  expires_at: session.expiresAt,
  version: session.version,
})

export const fromRow = (row: SessionRow): Session => ({
  id: row.id,
  accountId: row.account_id,
  live: row.live === 1,
  status: row.status,
  paymentStatus: row.payment_status,
  mode: row.mode,
  amount: row.amount,
  currency: row.currency,
  description: row.description,
  items: JSON.parse(row.items) as string[],
  returnUrl: row.return_url,
  customerId: row.customer_id,
  planId: row.plan_id,
  subscriptionId: row.subscription_id,
  invoiceId: row.invoice_id,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  version: row.version,
})

const insert = compiledInsert('sessions', [
  'id',
  'account_id',
  'live',
  'status',
  'payment_status',
  'mode',
  'amount',
  'currency',
  'description',
  'items',
  'return_url',
  'customer_id',
  'plan_id',
  'subscription_id',
  'invoice_id',
  'created_at',
  'expires_at',
  'version',
])

export const insertSession = (tx: Tx, session: Session): Promise<void> => insert(tx, toRow(session))

const byId = compiled((db) => db.selectFrom('sessions').selectAll().where('id', '=', ''))

export async function selectSession(db: Db | Tx, id: string): Promise<Session | undefined> {
  const [row] = (await byId(db, [id])).rows
  return row && fromRow(row)
}

/** Writes what the session became, only while the row is still as it was read. */
export async function replaceSession(tx: Tx, before: Session, after: Session): Promise<void> {
  const changed = await tx
    .updateTable('sessions')
    .set({
      status: after.status,
      payment_status: after.paymentStatus,
      customer_id: after.customerId,
      subscription_id: after.subscriptionId,
      version: after.version,
    })
    .where('id', '=', before.id)
    .where('version', '=', before.version)
    .executeTakeFirst()
  mustHaveChanged(changed, before.id)
}

/**
 * Holds the session as it was read until this transaction ends: whoever changes it meanwhile waits, or has won already. On
 * PostgreSQL a write that changes nothing takes the row's lock; on SQLite writers wait for each other anyway.
 */
export async function holdSession(tx: Tx, session: Session): Promise<void> {
  const held = await tx
    .updateTable('sessions')
    .set({ version: session.version })
    .where('id', '=', session.id)
    .where('version', '=', session.version)
    .executeTakeFirst()
  mustHaveChanged(held, session.id)
}

/** The pages that are open for another card of a subscription. */
export async function selectCardSessions(tx: Tx, subscriptionId: string): Promise<Session[]> {
  const rows = await tx
    .selectFrom('sessions')
    .selectAll()
    .where('subscription_id', '=', subscriptionId)
    .where('mode', '=', 'setup')
    .where('status', '=', 'open')
    .execute()
  return rows.map(fromRow)
}
