import type { Owner } from '../domain/account.ts'
import type { Attempt, AttemptStatus } from '../domain/attempt.ts'
import type { Outcome } from '../domain/card-testing.ts'
import type { Failure } from '../domain/intent.ts'
import { cardColumns, cardOf, failureColumns, failureOf } from './columns.ts'
import { compiled } from './compiled.ts'
import { LostRace } from './guard.ts'
import { countStatus, flag, nextNumber, type Page, recountStatus, selectPage, type Slice } from './lists.ts'
import type { AttemptRow, Db, Tx } from './schema.ts'

export const fromRow = (row: AttemptRow): Attempt => ({
  id: row.id,
  accountId: row.account_id,
  live: row.live === 1,
  intentId: row.intent_id,
  paymentId: row.payment_id,
  status: row.status,
  processor: row.processor,
  cardToken: row.card_token,
  card: cardOf(row),
  failure: failureOf(row),
  replyScope: row.reply_scope,
  replyKey: row.reply_key,
  asker: row.asker,
  createdAt: row.created_at,
  leaseUntil: row.lease_until,
})

/** Inserts an attempt, and lists it if it is one to pay; the unique index refuses a second live or succeeded one of the same intent. */
export async function insertAttempt(tx: Tx, attempt: Attempt): Promise<void> {
  const number = attempt.paymentId === null ? null : await nextNumber(tx, 'attempts', attempt)
  await tx
    .insertInto('attempts')
    .values({
      id: attempt.id,
      account_id: attempt.accountId,
      live: attempt.live ? 1 : 0,
      number,
      intent_id: attempt.intentId,
      payment_id: attempt.paymentId,
      status: attempt.status,
      processor: attempt.processor,
      card_token: attempt.cardToken,
      ...cardColumns(attempt.card),
      ...failureColumns(attempt.failure),
      reply_scope: attempt.replyScope,
      reply_key: attempt.replyKey,
      asker: attempt.asker,
      created_at: attempt.createdAt,
      lease_until: attempt.leaseUntil,
    })
    .execute()
  if (number !== null) await countStatus(tx, 'attempts', attempt, number, attempt.status)
}

export async function selectAttempt(db: Db | Tx, id: string): Promise<Attempt | undefined> {
  const row = await db.selectFrom('attempts').selectAll().where('id', '=', id).executeTakeFirst()
  return row && fromRow(row)
}

/** Ends an attempt that is still as it was read; one that has ended already has lost the race. */
export async function endAttempt(
  tx: Tx,
  attempt: Attempt,
  status: Exclude<AttemptStatus, 'processing'>,
  failure: Failure | null,
): Promise<void> {
  await change(tx, attempt, { status, ...failureColumns(failure) })
}

/**
 * An attempt whose buyer has answered their bank is processed again, until the lease given. The reply that was kept for
 * whoever began it stays what it was.
 */
export async function resumeAttempt(tx: Tx, attempt: Attempt, leaseUntil: string): Promise<void> {
  await change(tx, attempt, { status: 'processing', lease_until: leaseUntil, reply_scope: null, reply_key: null })
}

async function change(
  tx: Tx,
  attempt: Attempt,
  to: Pick<AttemptRow, 'status'> & Partial<Omit<AttemptRow, 'id'>>,
): Promise<void> {
  const changed = await tx
    .updateTable('attempts')
    .set(to)
    .where('id', '=', attempt.id)
    .where('status', '=', attempt.status)
    .returning('number')
    .executeTakeFirst()
  if (!changed) throw new LostRace(attempt.id)
  await recount(tx, attempt, changed.number, { from: attempt.status, to: to.status })
}

/** Another card, or the end of what it was for, makes a challenge dead. */
export async function supersedeChallenges(tx: Tx, intentId: string): Promise<void> {
  const ended = await tx
    .updateTable('attempts')
    .set({ status: 'superseded' })
    .where('intent_id', '=', intentId)
    .where('status', '=', 'requires_action')
    .returningAll()
    .execute()
  for (const row of ended) {
    await recount(tx, fromRow(row), row.number, { from: 'requires_action', to: 'superseded' })
  }
  if (ended.length === 0) return
  await tx
    .updateTable('challenges')
    .set(({ eb }) => ({ status: 'superseded', version: eb('version', '+', 1) }))
    .where('intent_id', '=', intentId)
    .where('status', '=', 'open')
    .execute()
}

async function recount(
  tx: Tx,
  owner: Owner,
  number: number | null,
  change: { from: AttemptStatus; to: AttemptStatus },
): Promise<void> {
  if (number !== null) await recountStatus(tx, 'attempts', owner, number, change)
}

/** The attempt that paid an intent. */
export async function selectSucceededAttempt(tx: Tx, intentId: string): Promise<Attempt | undefined> {
  const row = await tx
    .selectFrom('attempts')
    .selectAll()
    .where('intent_id', '=', intentId)
    .where('status', '=', 'succeeded')
    .executeTakeFirst()
  return row && fromRow(row)
}

export async function selectAttemptsPage(
  db: Db,
  owner: Owner,
  slice: Slice<AttemptStatus | 'none'>,
): Promise<Page<Attempt>> {
  const { items, total } = await selectPage(db, 'attempts', owner, slice)
  return { items: items.map(fromRow), total }
}

const unpaidOf = compiled((db) =>
  db
    .selectFrom('attempts')
    .select('id')
    .where('asker', '=', '')
    .where('created_at', '>=', '')
    .where('status', 'in', ['failed', 'processing'])
    .where('card_token', 'is not', null)
    .limit(0),
)

/**
 * How many cards of an address a processor has declined since a moment, or has not answered about yet: what is sent at once
 * counts before its answers are there. Nothing above `most` is counted.
 */
export async function countUnpaid(tx: Tx, asker: string, since: string, most: number): Promise<number> {
  return (await unpaidOf(tx, [asker, since, 'failed', 'processing', most])).rows.length
}

const outcome = ['status', 'created_at', 'asker', 'card_token'] as const

/** Those that are listed by their numbers, and those that only save a card: each part has an index of its own. */
const latest = compiled((db) => {
  const own = () =>
    db.selectFrom('attempts').select(outcome).where('account_id', '=', '').where('live', '=', 0).limit(0)
  const paying = own().where('number', 'is not', null).orderBy('number', 'desc')
  const saving = own().where('number', 'is', null).orderBy('created_at', 'desc')
  return db
    .selectFrom(paying.as('paying'))
    .select(outcome)
    .unionAll(db.selectFrom(saving.as('saving')).select(outcome))
})

/** How an account's latest attempts went, the newest first; those of this machine itself are not among them. */
export async function selectRecentOutcomes(db: Tx, owner: Owner, most: number): Promise<Outcome[]> {
  const of = [owner.accountId, flag(owner.live), most]
  const { rows } = await latest(db, [...of, ...of])
  return rows
    .toSorted((a, b) => (a.created_at < b.created_at ? 1 : -1))
    .slice(0, most)
    .filter((row) => row.asker !== null)
    .map((row) => ({ declined: row.status === 'failed' && row.card_token !== null, createdAt: row.created_at }))
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
