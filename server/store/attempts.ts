import type { Attempt, AttemptStatus } from '../domain/attempt.ts'
import type { Failure } from '../domain/intent.ts'
import { cardColumns, cardOf, failureColumns, failureOf } from './columns.ts'
import { mustHaveChanged } from './guard.ts'
import type { AttemptRow, Db, Tx } from './schema.ts'

const fromRow = (row: AttemptRow): Attempt => ({
  id: row.id,
  intentId: row.intent_id,
  paymentId: row.payment_id,
  status: row.status,
  processor: row.processor,
  cardToken: row.card_token,
  card: cardOf(row),
  failure: failureOf(row),
  replyScope: row.reply_scope,
  replyKey: row.reply_key,
  createdAt: row.created_at,
  leaseUntil: row.lease_until,
})

/** Inserts an attempt; the unique index refuses a second live or succeeded one of the same intent. */
export async function insertAttempt(tx: Tx, attempt: Attempt): Promise<void> {
  await tx
    .insertInto('attempts')
    .values({
      id: attempt.id,
      intent_id: attempt.intentId,
      payment_id: attempt.paymentId,
      status: attempt.status,
      processor: attempt.processor,
      card_token: attempt.cardToken,
      ...cardColumns(attempt.card),
      ...failureColumns(attempt.failure),
      reply_scope: attempt.replyScope,
      reply_key: attempt.replyKey,
      created_at: attempt.createdAt,
      lease_until: attempt.leaseUntil,
    })
    .execute()
}

export async function selectAttempt(db: Db | Tx, id: string): Promise<Attempt | undefined> {
  const row = await db.selectFrom('attempts').selectAll().where('id', '=', id).executeTakeFirst()
  return row && fromRow(row)
}

/** Ends an attempt that is still being processed; one that has ended already has lost the race. */
export async function endAttempt(
  tx: Tx,
  id: string,
  status: Exclude<AttemptStatus, 'processing'>,
  failure: Failure | null,
): Promise<void> {
  const changed = await tx
    .updateTable('attempts')
    .set({ status, ...failureColumns(failure) })
    .where('id', '=', id)
    .where('status', '=', 'processing')
    .executeTakeFirst()
  mustHaveChanged(changed, id)
}

/** A new card makes the challenge of the one before it dead. */
export async function supersedeChallenges(tx: Tx, intentId: string): Promise<void> {
  await tx
    .updateTable('attempts')
    .set({ status: 'superseded' })
    .where('intent_id', '=', intentId)
    .where('status', '=', 'requires_action')
    .execute()
}

/** Attempts that nobody is believed to be working on any more and that have no result. */
export async function selectUnresolvedAttempts(db: Db, now: string, most: number): Promise<Attempt[]> {
  const rows = await db
    .selectFrom('attempts')
    .selectAll()
    .where('status', '=', 'processing')
    .where('lease_until', '<=', now)
    .orderBy('lease_until')
    .limit(most)
    .execute()
  return rows.map(fromRow)
}
