import { sql } from 'kysely'
import type { Caller } from '../contract/console.ts'
import type { Owner } from '../domain/account.ts'
import { flag } from './lists.ts'
import type { Db, RequestRow, Tx } from './schema.ts'

/** A request as it is written, with the ids that it is found by. */
export type NewRequest = Omit<RequestRow, 'object_ids'> & { objectIds: readonly string[] }

export async function insertRequests(tx: Tx, requests: readonly NewRequest[]): Promise<void> {
  await tx
    .insertInto('requests')
    .values(requests.map(({ objectIds, ...row }) => ({ ...row, object_ids: JSON.stringify(objectIds) })))
    .execute()
  const objects = requests.flatMap(({ id, account_id, live, objectIds }) =>
    objectIds.map((object_id) => ({ object_id, request_id: id, account_id, live })),
  )
  if (objects.length > 0) await tx.insertInto('request_objects').values(objects).execute()
}

/** Where an id says whose it is: tables of objects that buyers name without a key. */
const owning = [
  ['cs_', 'sessions'],
  ['pi_', 'intents'],
  ['pay_', 'payments'],
  ['3ds_', 'challenges'],
  ['sub_', 'subscriptions'],
] as const

/** Whose objects these are. */
export async function selectOwners(db: Db, ids: readonly string[]): Promise<Map<string, Owner>> {
  const owners = new Map<string, Owner>()
  for (const [prefix, table] of owning) {
    const wanted = [...new Set(ids.filter((id) => id.startsWith(prefix)))]
    if (wanted.length === 0) continue
    const rows = await db.selectFrom(table).select(['id', 'account_id', 'live']).where('id', 'in', wanted).execute()
    for (const row of rows) owners.set(row.id, { accountId: row.account_id, live: row.live === 1 })
  }
  return owners
}

export type RequestFilter = {
  before?: string | undefined
  after?: string | undefined
  /** Statuses, or hundreds of them: 402, or 4 for all of 4xx. */
  statuses?: readonly number[] | undefined
  method?: string | undefined
  caller?: Caller | undefined
  objectId?: string | undefined
  /** A part of the path. */
  text?: string | undefined
}

/** How many rows one question looks at, at most: a filter that fits nothing does not read a whole table. */
export const mostLookedAt = 5000

/**
 * Of this owner, the newest first; after a given one, the oldest first. Only the next few thousand are looked at, and
 * `seen` is the last of those: from there one goes on.
 */
export async function selectRequests(
  db: Db,
  by: Owner,
  filter: RequestFilter,
  most: number,
): Promise<{ rows: RequestRow[]; seen: string | undefined }> {
  const order = filter.after === undefined ? 'desc' : 'asc'
  let window = db
    .selectFrom('requests')
    .select('id')
    .where('account_id', '=', by.accountId)
    .where('live', '=', flag(by.live))
    .orderBy('id', order)
  if (filter.before !== undefined) window = window.where('id', '<', filter.before)
  if (filter.after !== undefined) window = window.where('id', '>', filter.after)
  const { objectId } = filter
  if (objectId !== undefined) {
    window = window.where('id', 'in', (of) =>
      of.selectFrom('request_objects').select('request_id').where('object_id', '=', objectId),
    )
  }
  const narrow = filter.statuses || filter.method || filter.caller || filter.text
  const [last] = narrow
    ? await window
        .offset(mostLookedAt - 1)
        .limit(1)
        .execute()
    : []
  let query = window.clearSelect().selectAll().limit(most)
  if (last) query = query.where('id', order === 'desc' ? '>=' : '<=', last.id)
  if (filter.statuses) {
    const { statuses } = filter
    query = query.where((is) =>
      is.or(
        statuses.map((status) =>
          status < 10 ? is.between('status', status * 100, status * 100 + 99) : is('status', '=', status),
        ),
      ),
    )
  }
  if (filter.method !== undefined) query = query.where('method', '=', filter.method)
  if (filter.caller !== undefined) query = query.where('caller', '=', filter.caller)
  if (filter.text !== undefined) {
    query = query.where(sql<boolean>`path like ${`%${filter.text.replaceAll(/[\\%_]/g, '\\$&')}%`} escape '\\'`)
  }
  return { rows: await query.execute(), seen: last?.id }
}

export async function selectRequest(db: Db, by: Owner, id: string): Promise<RequestRow | undefined> {
  return db
    .selectFrom('requests')
    .selectAll()
    .where('id', '=', id)
    .where('account_id', '=', by.accountId)
    .where('live', '=', flag(by.live))
    .executeTakeFirst()
}

/** Requests about any of these objects, the oldest first. */
export async function selectRequestsAbout(
  db: Db,
  by: Owner,
  objectIds: readonly string[],
  most: number,
): Promise<RequestRow[]> {
  if (objectIds.length === 0) return []
  return db
    .selectFrom('requests')
    .selectAll()
    .where('id', 'in', (of) =>
      of.selectFrom('request_objects').select('request_id').where('object_id', 'in', objectIds),
    )
    .where('account_id', '=', by.accountId)
    .where('live', '=', flag(by.live))
    .orderBy('id')
    .limit(most)
    .execute()
}

/** Forgets up to so many requests that were made before a moment. */
export async function forgetRequests(tx: Tx, before: string, most: number): Promise<void> {
  // Ids begin with their moment: the oldest are the first of the primary key.
  const oldest = await tx.selectFrom('requests').select(['id', 'created_at']).orderBy('id').limit(most).execute()
  const over = oldest.filter((row) => row.created_at < before).map((row) => row.id)
  if (over.length === 0) return
  await tx.deleteFrom('request_objects').where('request_id', 'in', over).execute()
  await tx.deleteFrom('requests').where('id', 'in', over).execute()
}

/** Forgets whatever requests were about an object: somebody asked for it to be forgotten. */
export async function forgetRequestsAbout(tx: Tx, objectId: string): Promise<void> {
  const about = tx.selectFrom('request_objects').select('request_id').where('object_id', '=', objectId)
  await tx.deleteFrom('requests').where('id', 'in', about).execute()
  await tx.deleteFrom('request_objects').where('object_id', '=', objectId).execute()
}
