import type { Intent } from '../domain/intent.ts'
import { failureColumns, failureOf } from './columns.ts'
import { compiled } from './compiled.ts'
import { mustHaveChanged } from './guard.ts'
import type { Db, IntentRow, Tx } from './schema.ts'

const toRow = (intent: Intent): IntentRow => ({
  id: intent.id,
  session_id: intent.sessionId,
  account_id: intent.accountId,
  live: intent.live ? 1 : 0,
  purpose: intent.purpose,
  status: intent.status,
  amount: intent.amount,
  currency: intent.currency,
  attempts: intent.attempts,
  payment_id: intent.paymentId,
  challenge_id: intent.challengeId,
  ...failureColumns(intent.lastFailure),
  cancellation_reason: intent.cancellationReason,
  created_at: intent.createdAt,
  version: intent.version,
})

const fromRow = (row: IntentRow): Intent => ({
  id: row.id,
  sessionId: row.session_id,
  accountId: row.account_id,
  live: row.live === 1,
  purpose: row.purpose,
  status: row.status,
  amount: row.amount,
  currency: row.currency,
  attempts: row.attempts,
  paymentId: row.payment_id,
  challengeId: row.challenge_id,
  lastFailure: failureOf(row),
  cancellationReason: row.cancellation_reason,
  createdAt: row.created_at,
  version: row.version,
})

/** Inserts the session's intent unless another writer already has: a session has one. True when it was this one. */
export async function insertIntent(tx: Tx, intent: Intent): Promise<boolean> {
  const made = await tx
    .insertInto('intents')
    .values(toRow(intent))
    .onConflict((conflict) => conflict.column('session_id').doNothing())
    .executeTakeFirst()
  return made.numInsertedOrUpdatedRows === 1n
}

const byId = compiled((db) => db.selectFrom('intents').selectAll().where('id', '=', ''))
const bySession = compiled((db) => db.selectFrom('intents').selectAll().where('session_id', '=', ''))

export async function selectIntent(db: Db | Tx, id: string): Promise<Intent | undefined> {
  const [row] = (await byId(db, [id])).rows
  return row && fromRow(row)
}

export async function selectIntentOfSession(db: Db | Tx, sessionId: string): Promise<Intent | undefined> {
  const [row] = (await bySession(db, [sessionId])).rows
  return row && fromRow(row)
}

/** Writes what the intent became, only while the row is still as it was read. */
export async function replaceIntent(tx: Tx, before: Intent, after: Intent): Promise<void> {
  const changed = await tx
    .updateTable('intents')
    .set({
      status: after.status,
      attempts: after.attempts,
      payment_id: after.paymentId,
      challenge_id: after.challengeId,
      ...failureColumns(after.lastFailure),
      cancellation_reason: after.cancellationReason,
      version: after.version,
    })
    .where('id', '=', before.id)
    .where('version', '=', before.version)
    .executeTakeFirst()
  mustHaveChanged(changed, before.id)
}
