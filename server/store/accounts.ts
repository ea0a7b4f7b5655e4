import type { Account } from '../domain/account.ts'
import type { ApiKeyRow, Db, Tx } from './schema.ts'

/** The account as public pages need it: its name and the origins of its shop pages. */
export async function selectAccount(db: Db | Tx, id: string): Promise<Account | undefined> {
  const account = await db.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirst()
  if (!account) return undefined
  const origins = await db.selectFrom('account_origins').select('origin').where('account_id', '=', id).execute()
  return { id: account.id, name: account.name, origins: origins.map((row) => row.origin) }
}

/** Whether any account lists an origin: all that a preflight request lets one know. */
export async function isListedOrigin(db: Db, origin: string): Promise<boolean> {
  const row = await db.selectFrom('account_origins').select('origin').where('origin', '=', origin).executeTakeFirst()
  return row !== undefined
}

/** The key with this digest, revoked ones left out. */
export async function selectKey(db: Db, digest: string): Promise<ApiKeyRow | undefined> {
  return db
    .selectFrom('api_keys')
    .selectAll()
    .where('digest', '=', digest)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
}

/** Whether an account is there just so, with this key. */
export async function isAccountAsWanted(db: Db, wanted: Account, keyDigest: string): Promise<boolean> {
  const found = await selectAccount(db, wanted.id)
  const others = await liveKeysBut(db, wanted.id, keyDigest)
  const sameOrigins = found?.origins.toSorted().join() === wanted.origins.toSorted().join()
  return (
    found?.name === wanted.name && sameOrigins && others.length === 0 && (await selectKey(db, keyDigest)) !== undefined
  )
}

/** Other keys that the settings gave this account before, and that still open it. */
async function liveKeysBut(db: Db | Tx, accountId: string, keyDigest: string): Promise<string[]> {
  const rows = await db
    .selectFrom('api_keys')
    .select('id')
    .where('account_id', '=', accountId)
    .where('id', 'like', 'key_sandbox_%')
    .where('digest', '!=', keyDigest)
    .where('revoked_at', 'is', null)
    .execute()
  return rows.map((row) => row.id)
}

/** Makes an account with its key and origins, or brings them up to date: a key that the settings gave before is revoked. */
export async function ensureAccount(
  tx: Tx,
  account: Account,
  key: Omit<ApiKeyRow, 'account_id' | 'created_at' | 'revoked_at'>,
  now: string,
): Promise<void> {
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
  await tx
    .insertInto('api_keys')
    .values({ ...key, account_id: account.id, created_at: now, revoked_at: null })
    .onConflict((conflict) => conflict.column('digest').doUpdateSet({ revoked_at: null }))
    .execute()
  const former = await liveKeysBut(tx, account.id, key.digest)
  if (former.length > 0) await tx.updateTable('api_keys').set({ revoked_at: now }).where('id', 'in', former).execute()
}
