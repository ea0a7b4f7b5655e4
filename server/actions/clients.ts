/** OAuth clients of the legacy API: made, rotated and revoked by the command, given tokens by the server. Semantics B5. */
import type { Deps } from '../deps.ts'
import {
  clientIdLetters,
  clientSecretLetters,
  type OauthClient,
  type Scope,
  tokenLifeSeconds,
} from '../domain/oauth.ts'
import { Problem } from '../domain/problem.ts'
import { isAccount } from '../store/accounts.ts'
import { useEveryMs } from '../store/directory.ts'
import {
  endClient,
  insertClient,
  insertToken,
  replaceSecret,
  selectClient,
  selectClients,
  writeClientUse,
} from '../store/oauth.ts'
import type { Db, Tx } from '../store/schema.ts'
import { readName } from './accounts.ts'
import type { KeyDeps } from './keys.ts'

/** A client with a secret that was just made. The secret is here and nowhere else. */
export type MadeClient = { client: OauthClient; secret: string }

/** A client that has shown its secret, and the digest of that one. */
export type KnownClient = { client: OauthClient; secretDigest: string }

/** Whose credentials these are; undefined for an unknown client, a revoked one and a wrong secret, after the same work. */
export async function authenticate(
  { store, secrets }: Pick<Deps, 'store' | 'secrets'>,
  id: string,
  secret: string,
): Promise<KnownClient | undefined> {
  const found = await selectClient(store.db, id)
  const isRight = secrets.isOauthSecret(found?.secretDigest, id, secret)
  return isRight && found?.client.revokedAt === null ? found : undefined
}

/** Gives a client a token, once: only its digest is kept. */
export async function issueToken(
  deps: Pick<Deps, 'store' | 'now' | 'secrets' | 'newId'>,
  { client, secretDigest }: KnownClient,
  scopes: readonly Scope[],
): Promise<string> {
  const token = deps.newId('')
  const now = deps.now(client)
  await deps.store.transact(async (tx) => {
    await insertToken(tx, {
      digest: deps.secrets.oauthTokenDigest(token),
      client_id: client.id,
      secret_digest: secretDigest,
      scope: scopes.join(' '),
      created_at: now.toISOString(),
      expires_at: new Date(now.getTime() + tokenLifeSeconds * 1000).toISOString(),
    })
    const used = deps.now()
    await writeClientUse(tx, client.id, used.toISOString(), new Date(used.getTime() - useEveryMs).toISOString())
  })
  return token
}

/** Makes a client for an account and gives its secret out, once. */
export const createClient = (
  deps: KeyDeps,
  wanted: { accountId: string; live: boolean; name: string | null },
): Promise<MadeClient> =>
  deps.store.transact(async (tx) => {
    const { accountId, live } = wanted
    if (!(await isAccount(tx, accountId))) {
      throw new Problem('not_found', { en: `There is no account ${accountId}`, es: `No existe la cuenta ${accountId}` })
    }
    const secret = deps.draw(clientSecretLetters)
    const client: OauthClient = {
      id: deps.draw(clientIdLetters),
      accountId,
      live,
      last4: secret.slice(-4),
      name: wanted.name === null ? null : readName(wanted.name),
      madeBy: 'command',
      createdAt: deps.now().toISOString(),
      rotatedAt: null,
      lastUsedAt: null,
      revokedAt: null,
    }
    await insertClient(tx, client, deps.secrets.oauthSecretDigest(client.id, secret))
    return { client, secret }
  })

/** Gives a client another secret: the former one and every token end, within a second on every server. */
export const rotateClient = (deps: KeyDeps, id: string): Promise<MadeClient> =>
  deps.store.transact(async (tx) => {
    const before = await findActive(tx, id)
    if (before.madeBy === 'settings') {
      throw new Problem('invalid_request', {
        en: `${id} has its secret from SANDBOX_CLIENT_SECRET: set another one there and start the server again`,
        es: `${id} tiene su secreto de SANDBOX_CLIENT_SECRET: ponga otro allí y reinicie el servidor`,
      })
    }
    const secret = deps.draw(clientSecretLetters)
    const client = { ...before, last4: secret.slice(-4), rotatedAt: deps.now().toISOString() }
    await replaceSecret(tx, before, client, deps.secrets.oauthSecretDigest(id, secret))
    return { client, secret }
  })

/** Ends a client and its tokens: within a second no server takes them any more. */
export const revokeClient = (deps: KeyDeps, id: string): Promise<OauthClient> =>
  deps.store.transact(async (tx) => {
    const client = { ...(await findActive(tx, id)), revokedAt: deps.now().toISOString() }
    await endClient(tx, id, client.revokedAt)
    return client
  })

async function findActive(db: Db | Tx, id: string): Promise<OauthClient> {
  const found = await selectClient(db, id)
  if (!found) throw noSuchClient(id)
  const { client } = found
  if (client.revokedAt === null) return client
  throw new Problem('invalid_request', {
    en: `${id} was revoked on ${client.revokedAt}`,
    es: `${id} fue revocado el ${client.revokedAt}`,
  })
}

/**
 * The one client that a person means by its id, the beginning of its id, or the last four characters of its secret. Among
 * several, one that still counts goes before those that do not.
 */
export async function findClient({ store }: Pick<KeyDeps, 'store'>, said: string): Promise<OauthClient> {
  const clients = await selectClients(store.db)
  const exact = clients.find((client) => client.id === said)
  if (exact) return exact
  const isSecret = said.length >= clientSecretLetters
  const fitting = clients.filter(
    ({ id, last4 }) =>
      last4 === (isSecret ? said.slice(-4) : said) || (said.length >= fewestLetters && id.startsWith(said)),
  )
  const active = fitting.filter((client) => client.revokedAt === null)
  const meant = active.length > 0 ? active : fitting
  // What was said may be a secret of another database: it is not repeated.
  const repeated = isSecret ? `…${said.slice(-4)}` : said
  if (meant.length > 1) {
    const ids = meant.map((client) => client.id).join(', ')
    throw new Problem('invalid_request', {
      en: `"${repeated}" could be any of ${ids}: say the whole id`,
      es: `"${repeated}" puede ser cualquiera de ${ids}: indique el id completo`,
    })
  }
  const [found] = meant
  if (!found) throw noSuchClient(repeated)
  return found
}

/** Fewer letters of an id are too easily those of another. */
const fewestLetters = 4

const noSuchClient = (said: string) =>
  new Problem('not_found', { en: `There is no client ${said}`, es: `No existe el cliente ${said}` })

/** Writes when clients were last used by their tokens: a part of the sweep, like `recordUses`. */
export async function recordClientUses(deps: Pick<Deps, 'store' | 'accounts'>): Promise<void> {
  const uses = deps.accounts.takeClientUses()
  if (uses.size === 0) return
  await deps.store.transact(async (tx) => {
    for (const [id, at] of uses) await writeClientUse(tx, id, at, new Date(Date.parse(at) - useEveryMs).toISOString())
  })
}
