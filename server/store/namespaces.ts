/** Namespaces: accounts that belong to another one. */
import { mustHaveChanged } from './guard.ts'
import type { Db, Tx } from './schema.ts'

/** The id of the account that keeps a namespace's data. */
export async function selectNamespace(db: Db | Tx, parentId: string, name: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('accounts')
    .select('id')
    .where('parent_id', '=', parentId)
    .where('namespace', '=', name)
    .executeTakeFirst()
  return row?.id
}

/** Those of an account, by name. */
export async function selectNamespaces(db: Db, parentId: string): Promise<{ name: string; createdAt: string }[]> {
  const rows = await db
    .selectFrom('accounts')
    .select(['namespace', 'created_at'])
    .where('parent_id', '=', parentId)
    .where('namespace', 'is not', null)
    .orderBy('namespace')
    .execute()
  return rows.map((row) => ({ name: row.namespace!, createdAt: row.created_at }))
}

/** How many an account has. Others who would make one wait for this transaction, so that the number stays true. */
export async function countNamespaces(tx: Tx, parentId: string): Promise<number> {
  // A write that changes nothing takes the row's lock on PostgreSQL; on SQLite writers wait for each other anyway.
  await tx
    .updateTable('accounts')
    .set((row) => ({ name: row.ref('name') }))
    .where('id', '=', parentId)
    .execute()
  const { count } = await tx
    .selectFrom('accounts')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('parent_id', '=', parentId)
    .where('namespace', 'is not', null)
    .executeTakeFirstOrThrow()
  return Number(count)
}

export async function insertNamespace(
  tx: Tx,
  made: { id: string; parentId: string; name: string; at: string },
): Promise<void> {
  const { id, parentId, name, at } = made
  // The name that buyers read is the parent's, wherever it is read.
  await tx.insertInto('accounts').values({ id, name, created_at: at, parent_id: parentId, namespace: name }).execute()
}

/** Takes a namespace's name away: what still names its account finds it, and a new namespace may be called so. */
export async function releaseNamespace(tx: Tx, id: string): Promise<void> {
  const changed = await tx
    .updateTable('accounts')
    .set({ namespace: null })
    .where('id', '=', id)
    .where('namespace', 'is not', null)
    .executeTakeFirst()
  mustHaveChanged(changed, id)
}
