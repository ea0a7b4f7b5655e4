import { sql } from 'kysely'
import { type OauthClient, type Scope, scopes } from '../domain/oauth.ts'
import { compiled } from './compiled.ts'
import { mustHaveChanged } from './guard.ts'
import type { Db, OauthClientRow, OauthTokenRow, Tx } from './schema.ts'

const fromRow = (row: OauthClientRow): OauthClient => ({
  id: row.id,
  accountId: row.account_id,
  live: row.live === 1,
  last4: row.secret_last4,
  name: row.name,
  madeBy: row.made_by,
  createdAt: row.created_at,
  rotatedAt: row.rotated_at,
  lastUsedAt: row.last_used_at,
  revokedAt: row.revoked_at,
})

const byId = compiled((db) => db.selectFrom('oauth_clients').selectAll().where('id', '=', ''))

/** A client, revoked or not, with the digest of its secret. */
export async function selectClient(
  db: Db | Tx,
  id: string,
): Promise<{ client: OauthClient; secretDigest: string } | undefined> {
  const [row] = (await byId(db, [id])).rows
  return row && { client: fromRow(row), secretDigest: row.secret_digest }
}

/** Clients of one account or all, the oldest first, revoked ones too. */
export async function selectClients(
  db: Db | Tx,
  wanted: { accountId?: string | undefined; live?: boolean | undefined } = {},
): Promise<OauthClient[]> {
  let query = db.selectFrom('oauth_clients').selectAll().orderBy('created_at').orderBy('id')
  if (wanted.accountId !== undefined) query = query.where('account_id', '=', wanted.accountId)
  if (wanted.live !== undefined) query = query.where('live', '=', wanted.live ? 1 : 0)
  return (await query.execute()).map(fromRow)
}

/** Keeps a new client, its secret by its digest. */
export async function insertClient(tx: Tx, client: OauthClient, secretDigest: string): Promise<void> {
  await tx
    .insertInto('oauth_clients')
    .values({
      id: client.id,
      account_id: client.accountId,
      live: client.live ? 1 : 0,
      secret_digest: secretDigest,
      secret_last4: client.last4,
      name: client.name,
      made_by: client.madeBy,
      created_at: client.createdAt,
      rotated_at: null,
      last_used_at: null,
      revoked_at: null,
      revoked_by: null,
    })
    .execute()
}

/** Gives a client another secret, only while it has the one that was read; its tokens end with the former. */
export async function replaceSecret(tx: Tx, before: OauthClient, after: OauthClient, digest: string): Promise<void> {
  const changed = await tx
    .updateTable('oauth_clients')
    .set({ secret_digest: digest, secret_last4: after.last4, rotated_at: after.rotatedAt })
    .where('id', '=', before.id)
    .where('rotated_at', before.rotatedAt === null ? 'is' : '=', before.rotatedAt)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  mustHaveChanged(changed, before.id)
  await deleteTokens(tx, [before.id])
}

/** Ends a client and its tokens for good. */
export async function endClient(tx: Tx, id: string, revokedAt: string): Promise<void> {
  const changed = await tx
    .updateTable('oauth_clients')
    .set({ revoked_at: revokedAt, revoked_by: 'command' })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  mustHaveChanged(changed, id)
  await deleteTokens(tx, [id])
}

/** Writes when a client was last used, unless another process has written so since `writtenBefore`. */
export async function writeClientUse(tx: Tx, id: string, at: string, writtenBefore: string): Promise<void> {
  await tx
    .updateTable('oauth_clients')
    .set({ last_used_at: at })
    .where('id', '=', id)
    .where((where) => where.or([where('last_used_at', 'is', null), where('last_used_at', '<=', writtenBefore)]))
    .execute()
}

/** A token as it is kept, and whose it is. */
export type FoundToken = {
  clientId: string
  accountId: string
  live: boolean
  scopes: readonly Scope[]
  expiresAt: string
  /** When its client was last used. */
  lastUsedAt: string | null
}

const byDigest = compiled((db) =>
  db
    .selectFrom('oauth_tokens')
    .innerJoin('oauth_clients', (join) =>
      join
        .onRef('oauth_clients.id', '=', 'oauth_tokens.client_id')
        .onRef('oauth_clients.secret_digest', '=', 'oauth_tokens.secret_digest'),
    )
    .select([
      'oauth_clients.id',
      'oauth_clients.account_id',
      'oauth_clients.live',
      'oauth_clients.last_used_at',
      'oauth_tokens.scope',
      'oauth_tokens.expires_at',
    ])
    .where('oauth_tokens.digest', '=', '')
    .where('oauth_clients.revoked_at', 'is', null),
)

/** The token with this digest, expired or not, whose client still has the secret that it was given for. */
export async function selectToken(db: Db, digest: string): Promise<FoundToken | undefined> {
  const [row] = (await byDigest(db, [digest])).rows
  if (!row) return undefined
  const words = row.scope.split(' ')
  return {
    clientId: row.id,
    accountId: row.account_id,
    live: row.live === 1,
    scopes: scopes.filter((scope) => words.includes(scope)),
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  }
}

export async function insertToken(tx: Tx, row: OauthTokenRow): Promise<void> {
  await tx.insertInto('oauth_tokens').values(row).execute()
}

/** Forgets tokens whose time is over. */
export async function forgetTokens(tx: Tx, now: string): Promise<void> {
  await tx.deleteFrom('oauth_tokens').where('expires_at', '<=', now).execute()
}

async function deleteTokens(tx: Tx, clientIds: readonly string[]): Promise<void> {
  await tx.deleteFrom('oauth_tokens').where('client_id', 'in', clientIds).execute()
}

/** A client as the settings give it. */
export type GivenClient = { id: string; secretDigest: string; last4: string }

/** Whether the settings' client is as they say, or was taken from them, and none of former settings still counts. */
export async function isClientAsGiven(db: Db, accountId: string, given: GivenClient): Promise<boolean> {
  if ((await formerClients(db, accountId, given)).length > 0) return false
  const found = await selectClient(db, given.id)
  if (!found) return false
  if (await isTakenFromSettings(db, given.id)) return true
  return found.client.revokedAt === null && found.secretDigest === given.secretDigest
}

/** Whether the command made the client that the settings name, or has ended it: settings then change nothing about it. */
export async function isTakenFromSettings(db: Db, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('oauth_clients')
    .select('id')
    .where('id', '=', id)
    .where((where) => where.or([where('made_by', '=', 'command'), where('revoked_by', '=', 'command')]))
    .executeTakeFirst()
  return row !== undefined
}

/** Makes the settings' client, gives it the settings' secret, or brings it back; those of former settings are revoked. */
export async function ensureGivenClient(tx: Tx, accountId: string, given: GivenClient, now: string): Promise<void> {
  await tx
    .insertInto('oauth_clients')
    .values({
      id: given.id,
      account_id: accountId,
      live: 0,
      secret_digest: given.secretDigest,
      secret_last4: given.last4,
      name: 'SANDBOX_CLIENT_ID',
      made_by: 'settings',
      created_at: now,
      rotated_at: null,
      last_used_at: null,
      revoked_at: null,
      revoked_by: null,
    })
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet({
          secret_digest: given.secretDigest,
          secret_last4: given.last4,
          rotated_at: sql`case when oauth_clients.secret_digest = excluded.secret_digest
            then oauth_clients.rotated_at else excluded.created_at end`,
          revoked_at: null,
          revoked_by: null,
        })
        .where('oauth_clients.made_by', '=', 'settings')
        .where((where) =>
          where.or([where('oauth_clients.revoked_by', 'is', null), where('oauth_clients.revoked_by', '=', 'settings')]),
        ),
    )
    .execute()
  // Tokens of a former secret would count again once the settings came back to it.
  await tx
    .deleteFrom('oauth_tokens')
    .where('client_id', '=', given.id)
    .where('secret_digest', 'not in', (query) =>
      query.selectFrom('oauth_clients').select('secret_digest').where('id', '=', given.id),
    )
    .execute()
  const former = await formerClients(tx, accountId, given)
  if (former.length === 0) return
  await tx
    .updateTable('oauth_clients')
    .set({ revoked_at: now, revoked_by: 'settings' })
    .where('id', 'in', former)
    .execute()
  await deleteTokens(tx, former)
}

/** Clients that the settings gave this account before, and that nothing has ended yet. */
async function formerClients(db: Db | Tx, accountId: string, given: GivenClient): Promise<string[]> {
  const rows = await db
    .selectFrom('oauth_clients')
    .select('id')
    .where('account_id', '=', accountId)
    .where('made_by', '=', 'settings')
    .where('id', '!=', given.id)
    .where('revoked_at', 'is', null)
    .execute()
  return rows.map((row) => row.id)
}
