import { sql } from 'kysely'
import type { Owner } from '../domain/account.ts'
import { flag } from './lists.ts'
import type { Db, EventRow, LedgerRow, Tx } from './schema.ts'

/** Events are rows of the transaction that caused them; whoever delivers them reads them later. */
export async function insertEvents(tx: Tx, events: readonly EventRow[]): Promise<void> {
  if (events.length > 0) await tx.insertInto('events').values(events).execute()
}

/** Whether any event waits to be sent on its way: asked often, and answered without a transaction. */
export async function hasUndispatched(db: Db): Promise<boolean> {
  const row = await db
    .selectFrom('events')
    .select('id')
    .where('dispatched', '=', sql.lit(0))
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Takes events that nobody has sent on their way yet: whoever gets a row back has it, and nobody else. */
export async function takeUndispatched(tx: Tx, most: number): Promise<EventRow[]> {
  const waiting = await tx
    .selectFrom('events')
    .select('id')
    .where('dispatched', '=', 0)
    .orderBy('id')
    .limit(most)
    .execute()
  if (waiting.length === 0) return []
  const taken = await tx
    .updateTable('events')
    .set({ dispatched: 1 })
    .where(
      'id',
      'in',
      waiting.map(({ id }) => id),
    )
    .where('dispatched', '=', 0)
    .returningAll()
    .execute()
  return taken.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

export async function selectEvent(db: Db | Tx, by: Owner, id: string): Promise<EventRow | undefined> {
  return db
    .selectFrom('events')
    .selectAll()
    .where('id', '=', id)
    .where('account_id', '=', by.accountId)
    .where('live', '=', flag(by.live))
    .executeTakeFirst()
}

export type EventFilter = {
  types?: readonly string[] | undefined
  objectId?: string | undefined
  /** Only older ones than this, or only newer ones. */
  before?: string | undefined
  after?: string | undefined
}

/** Of this owner, the newest first; after a given one, the oldest first. */
export async function selectEvents(db: Db, by: Owner, filter: EventFilter, most: number): Promise<EventRow[]> {
  let query = db
    .selectFrom('events')
    .selectAll()
    .where('account_id', '=', by.accountId)
    .where('live', '=', flag(by.live))
    .orderBy('id', filter.after === undefined ? 'desc' : 'asc')
    .limit(most)
  if (filter.types) query = query.where('type', 'in', filter.types as EventRow['type'][])
  if (filter.objectId !== undefined) query = query.where('object_id', '=', filter.objectId)
  if (filter.before !== undefined) query = query.where('id', '<', filter.before)
  if (filter.after !== undefined) query = query.where('id', '>', filter.after)
  return query.execute()
}

/** Entries of the double-entry ledger; the ones of one call must add up to nothing. */
export async function insertEntries(tx: Tx, entries: readonly LedgerRow[]): Promise<void> {
  if (entries.reduce((sum, entry) => sum + entry.amount, 0) !== 0) throw new Error('Ledger entries do not balance')
  await tx.insertInto('ledger').values(entries).execute()
}
