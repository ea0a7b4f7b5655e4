import type { ExpressionBuilder } from 'kysely'
import type { ApiKey } from '../domain/api-key.ts'
import { compiled } from './compiled.ts'
import { mustHaveChanged } from './guard.ts'
import type { ApiKeyRow, Db, Tables, Tx } from './schema.ts'

const fromRow = (row: ApiKeyRow): ApiKey => ({
  id: row.id,
  accountId: row.account_id,
  live: row.live === 1,
  prefix: row.prefix,
  last4: row.last4,
  name: row.name,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
  exposedAt: row.exposed_at,
  revokedAt: row.revoked_at,
})

const byDigest = compiled((db) => db.selectFrom('api_keys').selectAll().where('digest', '=', ''))

/** The key with this digest, revoked or not. */
export async function selectKey(db: Db | Tx, digest: string): Promise<ApiKey | undefined> {
  const [row] = (await byDigest(db, [digest])).rows
  return row && fromRow(row)
}

export async function selectKeyById(db: Db | Tx, id: string): Promise<ApiKey | undefined> {
  const row = await db.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst()
  return row && fromRow(row)
}

/** Keys of one account or all, the oldest first, revoked ones too. */
export async function selectKeys(
  db: Db | Tx,
  wanted: { accountId?: string | undefined; live?: boolean | undefined } = {},
): Promise<ApiKey[]> {
  let query = db.selectFrom('api_keys').selectAll().orderBy('created_at').orderBy('id')
  if (wanted.accountId !== undefined) query = query.where('account_id', '=', wanted.accountId)
  if (wanted.live !== undefined) query = query.where('live', '=', wanted.live ? 1 : 0)
  return (await query.execute()).map(fromRow)
}

const activeAt = (now: string) => (where: ExpressionBuilder<Tables, 'api_keys'>) =>
  where.or([where('revoked_at', 'is', null), where('revoked_at', '>', now)])

/** Whether an account, or anyone at all, has a key that counts. */
export async function hasActiveKey(db: Db, now: string, accountId?: string): Promise<boolean> {
  let query = db.selectFrom('api_keys').select('id').where(activeAt(now)).limit(1)
  if (accountId !== undefined) query = query.where('account_id', '=', accountId)
  return (await query.executeTakeFirst()) !== undefined
}

/** Keeps a new key, by its digest. */
export async function insertKey(tx: Tx, key: ApiKey, digest: string): Promise<void> {
  await tx
    .insertInto('api_keys')
    .values({
      id: key.id,
      account_id: key.accountId,
      live: key.live ? 1 : 0,
      digest,
      prefix: key.prefix,
      last4: key.last4,
      name: key.name,
      created_at: key.createdAt,
      last_used_at: null,
      exposed_at: null,
      revoked_at: null,
      revoked_by: null,
    })
    .execute()
}

/** Gives a key its end, only while it has the one that was read. */
export async function replaceKeyEnd(tx: Tx, before: ApiKey, revokedAt: string): Promise<void> {
  const changed = await tx
    .updateTable('api_keys')
    .set({ revoked_at: revokedAt, revoked_by: 'command' })
    .where('id', '=', before.id)
    .where('revoked_at', before.revokedAt === null ? 'is' : '=', before.revokedAt)
    .executeTakeFirst()
  mustHaveChanged(changed, before.id)
}

/** Writes when a key was last used, unless another process has written so since `writtenBefore`. */
export async function writeUse(tx: Tx, id: string, at: string, writtenBefore: string): Promise<void> {
  await tx
    .updateTable('api_keys')
    .set({ last_used_at: at })
    .where('id', '=', id)
    .where((where) => where.or([where('last_used_at', 'is', null), where('last_used_at', '<=', writtenBefore)]))
    .execute()
}

/** Notes that a key came from a browser; false when that was already noted after `notedBefore`. */
export async function noteExposure(tx: Tx, id: string, at: string, notedBefore: string): Promise<boolean> {
  const changed = await tx
    .updateTable('api_keys')
    .set({ exposed_at: at })
    .where('id', '=', id)
    .where((where) => where.or([where('exposed_at', 'is', null), where('exposed_at', '<=', notedBefore)]))
    .executeTakeFirst()
  return changed.numUpdatedRows === 1n
}

/** Ids of keys that come from settings begin so. */
const ofSettings = 'key_sandbox_'

/** A key as the settings give it. */
export type GivenKey = { digest: string; last4: string }

/** Whether this key came from settings and not from the command. */
export const isFromSettings = (key: Pick<ApiKey, 'id'>): boolean => key.id.startsWith(ofSettings)

/** Whether the settings' keys are there, and none of former settings still counts. */
export async function areKeysAsGiven(db: Db, accountId: string, given: readonly GivenKey[]): Promise<boolean> {
  if ((await formerKeys(db, accountId, given)).length > 0) return false
  const rows = await db
    .selectFrom('api_keys')
    .select('id')
    .where('digest', 'in', digestsOf(given))
    .where((where) => where.or([where('revoked_at', 'is', null), where('revoked_by', '=', 'command')]))
    .execute()
  return rows.length === given.length
}

/** The settings' keys that somebody has revoked for good. */
export async function selectRevokedGiven(db: Db, given: readonly GivenKey[], now: string): Promise<ApiKey[]> {
  const rows = await db.selectFrom('api_keys').selectAll().where('digest', 'in', digestsOf(given)).execute()
  return rows.filter((row) => row.revoked_at !== null && row.revoked_at <= now).map(fromRow)
}

/** Makes the settings' keys, or brings them back; those of former settings are revoked. */
export async function ensureGivenKeys(
  tx: Tx,
  accountId: string,
  given: readonly GivenKey[],
  now: string,
): Promise<void> {
  for (const { digest, last4 } of given) {
    await tx
      .insertInto('api_keys')
      .values({
        id: ofSettings + digest.slice(0, 12),
        account_id: accountId,
        live: 0,
        digest,
        prefix: 'sk_test_',
        last4,
        name: 'SANDBOX_API_KEY',
        created_at: now,
        last_used_at: null,
        exposed_at: null,
        revoked_at: null,
        revoked_by: null,
      })
      .onConflict((conflict) =>
        conflict
          .column('digest')
          .doUpdateSet({ revoked_at: null, revoked_by: null })
          // Before the column was there, only settings revoked keys.
          .where((where) =>
            where.or([where('api_keys.revoked_by', 'is', null), where('api_keys.revoked_by', '=', 'settings')]),
          ),
      )
      .execute()
  }
  const former = await formerKeys(tx, accountId, given)
  if (former.length === 0) return
  await tx.updateTable('api_keys').set({ revoked_at: now, revoked_by: 'settings' }).where('id', 'in', former).execute()
}

/** Keys that the settings gave this account before, and that nothing has ended yet. */
async function formerKeys(db: Db | Tx, accountId: string, given: readonly GivenKey[]): Promise<string[]> {
  const rows = await db
    .selectFrom('api_keys')
    .select('id')
    .where('account_id', '=', accountId)
    .where('id', 'like', `${ofSettings}%`)
    .where('digest', 'not in', digestsOf(given))
    .where('revoked_at', 'is', null)
    .execute()
  return rows.map((row) => row.id)
}

const digestsOf = (given: readonly GivenKey[]): string[] => given.map(({ digest }) => digest)
