import type { Account } from '../domain/account.ts'
import type { Db, Tx } from './schema.ts'

/** The account as public pages need it: its name and the origins of its shop pages. */
export async function selectAccount(db: Db | Tx, id: string): Promise<Account | undefined> {
  const account = await db.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirst()
  if (!account) return undefined
  // Buyers of a namespace meet the account that it belongs to, as that is now.
  if (account.parent_id !== null) {
    const parent = await selectAccount(db, account.parent_id)
    return parent && { ...parent, id }
  }
  const origins = await db.selectFrom('account_origins').select('origin').where('account_id', '=', id).execute()
  return { id: account.id, name: account.name, origins: origins.map((row) => row.origin) }
}

/** Whether there is such an account; a namespace is none. */
export async function isAccount(db: Db | Tx, id: string): Promise<boolean> {
  const query = db.selectFrom('accounts').select('id').where('id', '=', id).where('parent_id', 'is', null)
  return (await query.executeTakeFirst()) !== undefined
}

/** Every account, the oldest first; namespaces are parts of them. */
export async function selectAccounts(db: Db): Promise<Account[]> {
  const accounts = await db
    .selectFrom('accounts')
    .selectAll()
    .where('parent_id', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  const origins = await db.selectFrom('account_origins').selectAll().orderBy('origin').execute()
  return accounts.map(({ id, name }) => ({
    id,
    name,
    origins: origins.filter((row) => row.account_id === id).map((row) => row.origin),
  }))
}

/** Whether any account lists an origin: all that a preflight request lets one know. */
export async function isListedOrigin(db: Db, origin: string): Promise<boolean> {
  const row = await db.selectFrom('account_origins').select('origin').where('origin', '=', origin).executeTakeFirst()
  return row !== undefined
}

/** Whether an account is there just so. */
export async function isAccountAsWanted(db: Db, wanted: Account): Promise<boolean> {
  const found = await selectAccount(db, wanted.id)
  return found?.name === wanted.name && found.origins.toSorted().join() === wanted.origins.toSorted().join()
}

/** Makes an account with its origins, or brings them up to date. */
export async function ensureAccount(tx: Tx, account: Account, now: string): Promise<void> {
  await tx
    .insertInto('accounts')
    .values({ id: account.id, name: account.name, created_at: now })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ name: account.name }))
    .execute()
  await tx.deleteFrom('account_origins').where('account_id', '=', account.id).execute()
  if (account.origins.length > 0) {
    await tx
      .insertInto('account_origins')
      .values(account.origins.map((origin) => ({ account_id: account.id, origin })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}
