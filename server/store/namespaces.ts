/** Namespaces: accounts that belong to another one. */
import type { Db, Tx } from './schema.ts'

/** The id of the account that keeps a namespace's data, while it is open. */
export async function selectNamespace(db: Db | Tx, parentId: string, name: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('accounts')
    .select('id')
    .where('parent_id', '=', parentId)
    .where('namespace', '=', name)
    .where('closed_at', 'is', null)
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
    .where('closed_at', 'is', null)
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
    .where('closed_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/**
 * Makes a namespace, or opens one again that was closed: with the account that it had, so that whoever still remembers that
 * one writes to where others read.
 */
export async function ensureNamespace(
  tx: Tx,
  { id, parentId, name, at }: { id: string; parentId: string; name: string; at: string },
): Promise<string> {
  const reopened = await tx
    .updateTable('accounts')
    .set({ closed_at: null, created_at: at })
    .where('parent_id', '=', parentId)
    .where('namespace', '=', name)
    .returning('id')
    .executeTakeFirst()
  if (reopened) return reopened.id
  // The name that buyers read is the parent's, wherever it is read.
  await tx.insertInto('accounts').values({ id, name, created_at: at, parent_id: parentId, namespace: name }).execute()
  return id
}

export async function closeNamespace(tx: Tx, id: string, at: string): Promise<void> {
  await tx.updateTable('accounts').set({ closed_at: at }).where('id', '=', id).execute()
}
