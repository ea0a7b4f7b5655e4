/**
 * Lists that cost the same with a million rows as with a thousand. Each row has a number in its account's list, counted in
 * the transaction that writes it: a page is then a range of numbers, wherever it begins. Rows with a status are also
 * counted by status and block of numbers, in three levels of blocks, so that where a page of one status begins is found by
 * adding up a few counts.
 */
import { sql } from 'kysely'
import type { Owned, Owner } from '../domain/account.ts'
import { compiled } from './compiled.ts'
import { LostRace } from './guard.ts'
import { blockSizes } from './migrations/blocks.ts'
import type { Db, Flag, Tables, Tx } from './schema.ts'

export type ListName =
  'payments' | 'attempts' | 'customers' | 'products' | 'plans' | 'links' | 'subscriptions' | 'refunds' | 'invoices'

/** Which part of a list: `offset` rows are left out from the newest end. */
export type Slice<Status extends string = string> = { limit: number; offset: number; status?: Status | undefined }

export type Page<T> = { items: T[]; total: number }

export const flag = (truth: boolean): Flag => (truth ? 1 : 0)

const countOne = compiled((db) =>
  db
    .insertInto('lists')
    .values({ account_id: '', live: 0, list: '', total: 1 })
    .onConflict((conflict) =>
      conflict.columns(['account_id', 'live', 'list']).doUpdateSet({ total: sql<number>`lists.total + 1` }),
    )
    .returning('total'),
)

/** The number of the next row of a list. Whoever asks holds the list until the transaction ends. */
export async function nextNumber(tx: Tx, list: ListName, owner: Owner): Promise<number> {
  const [row] = (await countOne(tx, [owner.accountId, flag(owner.live), list, 1])).rows
  return row!.total
}

/** Counts a new row under its status. */
export const countStatus = (tx: Tx, list: ListName, owner: Owner, number: number, status: string): Promise<void> =>
  addToBlocks(tx, list, owner, number, [[status, 1]])

/** Counts a row under its new status instead of the one before. */
export async function recountStatus(
  tx: Tx,
  list: ListName,
  owner: Owner,
  number: number,
  change: { from: string; to: string },
): Promise<void> {
  if (change.from === change.to) return
  const deltas: [string, number][] = [
    [change.from, -1],
    [change.to, 1],
  ]
  // Always in the same order, so that two transactions do not wait for each other.
  await addToBlocks(
    tx,
    list,
    owner,
    number,
    deltas.toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
}

async function addToBlocks(
  tx: Tx,
  list: ListName,
  owner: Owner,
  number: number,
  deltas: [status: string, by: number][],
): Promise<void> {
  const rows = deltas.flatMap(([status, by]) =>
    blockSizes.map((size, level) => ({
      account_id: owner.accountId,
      live: flag(owner.live),
      list,
      status,
      level,
      block: Math.floor(number / size),
      total: by,
    })),
  )
  await tx
    .insertInto('list_blocks')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['account_id', 'live', 'list', 'status', 'level', 'block'])
        .doUpdateSet({ total: sql<number>`list_blocks.total + excluded.total` }),
    )
    .execute()
}

const totalOf = compiled((db) =>
  db.selectFrom('lists').select('total').where('account_id', '=', '').where('live', '=', 0).where('list', '=', ''),
)

/** Counts of a status at one level, the newest block first; only blocks below `under` and from `from` on. */
const blocksOf = compiled((db) =>
  db
    .selectFrom('list_blocks')
    .select(['block', 'total'])
    .where('account_id', '=', '')
    .where('live', '=', 0)
    .where('list', '=', '')
    .where('status', '=', '')
    .where('level', '=', 0)
    .where('block', '>=', 0)
    .where('block', '<', 0)
    .orderBy('block', 'desc'),
)

/** How many rows have a status, and where the page that leaves out `offset` of them begins: below which number, after how many. */
async function findStart(
  db: Db,
  list: ListName,
  owner: Owner,
  status: string,
  offset: number,
): Promise<{ total: number; below: number; skip: number }> {
  let from = 0
  let under = Number.MAX_SAFE_INTEGER
  let skip = offset
  let total = 0
  for (let level = blockSizes.length - 1; level >= 0; level--) {
    const { rows } = await blocksOf(db, [owner.accountId, flag(owner.live), list, status, level, from, under])
    if (level === blockSizes.length - 1) total = rows.reduce((sum, row) => sum + row.total, 0)
    let found = false
    for (const row of rows) {
      if (skip >= row.total) {
        skip -= row.total
        continue
      }
      const ratio = level === 0 ? 1 : blockSizes[level]! / blockSizes[level - 1]!
      from = row.block * ratio
      under = (row.block + 1) * ratio
      found = true
      break
    }
    if (!found) return { total, below: 0, skip: 0 }
  }
  return { total, below: under * blockSizes[0], skip }
}

/** How many rows of a status have a number above a given one: whole blocks by their counts, the rest of one by its rows. */
export async function countStatusAbove(
  db: Db,
  list: ListName,
  owner: Owner,
  status: string,
  number: number,
): Promise<number> {
  let count = 0
  let under = Number.MAX_SAFE_INTEGER
  for (let level = blockSizes.length - 1; level >= 0; level--) {
    const block = Math.floor(number / blockSizes[level]!)
    const { rows } = await blocksOf(db, [owner.accountId, flag(owner.live), list, status, level, block + 1, under])
    count += rows.reduce((sum, row) => sum + row.total, 0)
    const ratio = level === 0 ? 1 : blockSizes[level]! / blockSizes[level - 1]!
    under = (block + 1) * ratio
  }
  const { rest } = await db
    .selectFrom(list as 'payments')
    .select(({ fn }) => fn.countAll<number>().as('rest'))
    .where('account_id', '=', owner.accountId)
    .where('live', '=', flag(owner.live))
    .where('status', '=', status as 'pending')
    .where('number', '>', number)
    .where('number', '<', under * blockSizes[0])
    .executeTakeFirstOrThrow()
  return count + Number(rest)
}

/** The queries of one list's table. */
function queriesOf(list: ListName) {
  // Every listed table has the columns named here; the type of one of them stands for all.
  const table = list as 'payments'
  const own = (db: Db | Tx) => db.selectFrom(table).selectAll().where('account_id', '=', '').where('live', '=', 0)
  return {
    range: compiled((db) => own(db).where('number', '<=', 0).orderBy('number', 'desc').limit(0)),
    ofStatus: compiled((db) =>
      own(db).where('status', '=', 'pending').where('number', '<', 0).orderBy('number', 'desc').limit(0).offset(0),
    ),
    one: compiled((db) => own(db).where('id', '=', '')),
  }
}

const queries = new Map<ListName, ReturnType<typeof queriesOf>>()

function on(list: ListName): ReturnType<typeof queriesOf> {
  let known = queries.get(list)
  if (!known) queries.set(list, (known = queriesOf(list)))
  return known
}

/** One page of a list, the newest first, and how many rows there are in all. */
export async function selectPage<T extends ListName>(
  db: Db,
  list: T,
  owner: Owner,
  { limit, offset, status }: Slice,
): Promise<Page<Tables[T]>> {
  const whose = [owner.accountId, flag(owner.live)]
  const page = (total: number, rows: unknown[]) => ({ items: rows as Tables[T][], total })
  if (status === undefined) {
    const total = (await totalOf(db, [...whose, list])).rows[0]?.total ?? 0
    if (offset >= total) return page(total, [])
    return page(total, (await on(list).range(db, [...whose, total - offset, limit])).rows)
  }
  const { total, below, skip } = await findStart(db, list, owner, status, offset)
  if (below === 0) return page(total, [])
  return page(total, (await on(list).ofStatus(db, [...whose, status, below, limit, skip])).rows)
}

/** A row by its id, if it is one of this owner's: anyone else's, or the other mode's, is not there. */
export async function selectOwn<T extends ListName>(
  db: Db | Tx,
  list: T,
  owner: Owner,
  id: string,
): Promise<Tables[T] | undefined> {
  const [row] = (await on(list).one(db, [owner.accountId, flag(owner.live), id])).rows
  return row as Tables[T] | undefined
}

/** The objects of a list whose rows have nothing special: how they are written and read. */
type Shape<T extends PlainList, Domain extends Owned> = {
  toRow(value: Domain): Omit<Tables[T], keyof ReturnType<typeof commonColumns> | 'number'>
  fromRow(row: Tables[T]): Domain
  /** Of rows with a status: which of them are in the list, and which are found only by what refers to them. */
  shown?: string
  hidden?: string
}
/** Its place in the list, for objects that know it before they are written. */
type Numbered = Owned & { number?: number }
type PlainList = Exclude<ListName, 'payments' | 'attempts'>

const commonColumns = (value: Owned) => ({
  id: value.id,
  account_id: value.accountId,
  live: flag(value.live),
  created_at: value.createdAt,
  version: value.version,
})

export const commonFields = (row: ReturnType<typeof commonColumns>): Owned => ({
  id: row.id,
  accountId: row.account_id,
  live: row.live === 1,
  createdAt: row.created_at,
  version: row.version,
})

/** What one can do with the rows of such a list. */
export function listOf<T extends PlainList, Domain extends Numbered>(
  list: T,
  { toRow, fromRow, shown, hidden }: Shape<T, Domain>,
) {
  const table = list as 'customers'
  const isShown = (row: object): boolean => shown === undefined || (row as { status: string }).status === shown
  return {
    /** The number of the next row, for an object that knows its own. Whoever asks holds the list until the transaction ends. */
    nextNumber: (tx: Tx, owner: Owner): Promise<number> => nextNumber(tx, list, owner),
    async insert(tx: Tx, value: Domain): Promise<void> {
      const number = value.number ?? (await nextNumber(tx, list, value))
      // The shape's row and the common columns are a whole row of the table, which TypeScript cannot add up.
      const row = { ...commonColumns(value), ...toRow(value), number } as never
      await tx.insertInto(table).values(row).execute()
      if (shown !== undefined) await countStatus(tx, list, value, number, shown)
    },
    /** Of this owner alone. */
    async find(db: Db | Tx, owner: Owner, id: string): Promise<Domain | undefined> {
      const row = await selectOwn(db, list, owner, id)
      return row && isShown(row) ? fromRow(row) : undefined
    },
    /** Of this owner alone, by another of its names. */
    async findBy(
      db: Db | Tx,
      owner: Owner,
      column: string & keyof Tables[T],
      value: string | number,
    ): Promise<Domain | undefined> {
      const rows = (await db
        .selectFrom(table)
        .selectAll()
        .where('account_id', '=', owner.accountId)
        .where('live', '=', flag(owner.live))
        .where(column as 'key', '=', value as string)
        .execute()) as unknown as Tables[T][]
      // Retired rows may have had the same name before.
      const row = rows.find((one) => isShown(one) && !('active' in one && one.active === 0)) ?? rows.find(isShown)
      return row && fromRow(row)
    },
    /** The rows that follow a number, the oldest first: for whoever reads a whole list. */
    async after(db: Db, owner: Owner, number: number, most: number): Promise<{ number: number; value: Domain }[]> {
      let query = db
        .selectFrom(table)
        .selectAll()
        .where('account_id', '=', owner.accountId)
        .where('live', '=', flag(owner.live))
        .where('number', '>', number)
        .orderBy('number')
        .limit(most)
      if (shown !== undefined) query = query.where('status', '=', shown as 'active')
      const rows = (await query.execute()) as unknown as Tables[T][]
      return rows.map((row) => ({ number: row.number, value: fromRow(row) }))
    },
    /** Whoever's it is. */
    async findAnyones(db: Db | Tx, id: string): Promise<Domain | undefined> {
      const row = await db.selectFrom(table).selectAll().where('id', '=', id).executeTakeFirst()
      return row && fromRow(row as unknown as Tables[T])
    },
    /** Many at once, whoever's they are, by their ids. */
    async many(db: Db, ids: readonly string[]): Promise<Map<string, Domain>> {
      if (ids.length === 0) return new Map()
      const rows = (await db
        .selectFrom(table)
        .selectAll()
        .where('id', 'in', [...new Set(ids)])
        .execute()) as unknown as Tables[T][]
      return new Map(rows.map((row) => [row.id, fromRow(row)]))
    },
    /** Writes what it became, only while the row is still as it was read. */
    async replace(tx: Tx, before: Domain, after: Domain): Promise<void> {
      const changed = await tx
        .updateTable(table)
        .set({ ...toRow(after), version: after.version } as never)
        .where('id', '=', before.id)
        .where('version', '=', before.version)
        .returning('number')
        .executeTakeFirst()
      if (!changed) throw new LostRace(before.id)
      if (shown === undefined) return
      const statusOf = (value: Domain) => (toRow(value) as unknown as { status: string }).status
      await recountStatus(tx, list, after, changed.number, { from: statusOf(before), to: statusOf(after) })
    },
    async page(db: Db, owner: Owner, slice: Slice): Promise<Page<Domain>> {
      // Numbers without gaps are the exact way and the quick one: few accounts have anything hidden.
      const gaps = hidden === undefined ? 0 : (await findStart(db, list, owner, hidden, 0)).total
      const { items, total } = await selectPage(db, list, owner, gaps === 0 ? slice : { ...slice, status: shown })
      return { items: items.filter(isShown).map(fromRow), total }
    },
  }
}
