/** Secret keys: made, rotated and revoked by the command, noted and reported by the server. Semantics B4 and B5. */
import type { Deps } from '../deps.ts'
import type { Merchant } from '../domain/account.ts'
import {
  type ApiKey,
  isActive,
  keyPrefix,
  looksLikeKey,
  randomKeyLetters,
  readKeep,
  retire,
  writeKey,
} from '../domain/api-key.ts'
import { Problem } from '../domain/problem.ts'
import { idPrefixes } from '../ids.ts'
import { scrub } from '../log.ts'
import type { Settings } from '../settings.ts'
import { isAccount } from '../store/accounts.ts'
import { useEveryMs } from '../store/directory.ts'
import {
  insertKey,
  isFromSettings,
  noteExposure,
  replaceKeyEnd,
  selectKey,
  selectKeyById,
  selectKeys,
  writeUse,
} from '../store/keys.ts'
import type { Db, Tx } from '../store/schema.ts'
import { readName } from './accounts.ts'
import { announce } from './commit.ts'

/** `draw` gives random letters. */
export type KeyDeps = Pick<Deps, 'store' | 'now' | 'secrets'> & { draw(letters: number): string }

/** A key that was just made. Its secret is here and nowhere else. */
export type MadeKey = { key: ApiKey; secret: string }

/** Short enough to be typed: an id of a key is no secret. */
const idLetters = 10
/** How often the arrival of one key from browsers is announced, at the most. */
export const exposureEveryMs = 60_000
/** No page's origin is longer: a host name has 253 letters at most. */
const longestOrigin = 300

/** Makes a key for an account and gives it out, once. */
export const createKey = (
  deps: KeyDeps,
  wanted: { accountId: string; live: boolean; name: string | null },
): Promise<MadeKey> => deps.store.transact((tx) => make(deps, tx, wanted))

/** Makes a key in the place of another, which goes on for `keep` (`24h`; `0` ends it at once). */
export const rotateKey = (deps: KeyDeps, id: string, keep: string): Promise<MadeKey & { former: ApiKey }> =>
  deps.store.transact(async (tx) => {
    const before = await findKeyById(tx, id)
    const former = retire(before, readKeep(keep), deps.now())
    await replaceKeyEnd(tx, before, former.revokedAt)
    return { ...(await make(deps, tx, before)), former }
  })

/** Ends a key: within a second no server takes it any more. */
export const revokeKey = (deps: KeyDeps, id: string): Promise<ApiKey> =>
  deps.store.transact(async (tx) => {
    const before = await findKeyById(tx, id)
    const after = retire(before, 0, deps.now())
    await replaceKeyEnd(tx, before, after.revokedAt)
    return after
  })

async function make(
  deps: KeyDeps,
  tx: Tx,
  wanted: { accountId: string; live: boolean; name: string | null },
): Promise<MadeKey> {
  const { accountId, live } = wanted
  if (!(await isAccount(tx, accountId))) {
    throw new Problem('not_found', { en: `There is no account ${accountId}`, es: `No existe la cuenta ${accountId}` })
  }
  const secret = writeKey(live, deps.draw(randomKeyLetters))
  const key: ApiKey = {
    id: `key_${deps.draw(idLetters)}`,
    accountId,
    live,
    prefix: keyPrefix(live),
    last4: secret.slice(-4),
    name: wanted.name === null ? null : readName(wanted.name),
    createdAt: deps.now().toISOString(),
    lastUsedAt: null,
    exposedAt: null,
    revokedAt: null,
  }
  await insertKey(tx, key, deps.secrets.keyDigest(secret))
  return { key, secret }
}

async function findKeyById(db: Db | Tx, id: string): Promise<ApiKey> {
  const key = await selectKeyById(db, id)
  if (!key) throw noSuchKey(id)
  return key
}

/**
 * The one key that a person means by its id, the beginning of its id, its last four characters, the way lists show it, or
 * the key itself. Among several, one that still counts goes before those that do not.
 */
export async function findKey(deps: KeyDeps, said: string): Promise<ApiKey> {
  if (looksLikeKey(said)) {
    const key = await selectKey(deps.store.db, deps.secrets.keyDigest(said))
    // What was said may be a key of another database: it is not repeated.
    if (!key) throw noSuchKey(`${said.slice(0, 8)}…${said.slice(-4)}`)
    return key
  }
  const keys = await selectKeys(deps.store.db)
  const exact = keys.find((key) => key.id === said)
  if (exact) return exact
  const fitting = keys.filter(
    (key) => key.last4 === said || shownKey(key) === said || (/^key_./.test(said) && key.id.startsWith(said)),
  )
  const active = fitting.filter((key) => isActive(key, deps.now()))
  const [found, another] = active.length > 0 ? active : fitting
  if (!found) throw noSuchKey(said)
  if (another) {
    const ids = (active.length > 0 ? active : fitting).map((key) => key.id).join(', ')
    throw new Problem('invalid_request', {
      en: `"${said}" could be any of ${ids}: say the whole id`,
      es: `"${said}" puede ser cualquiera de ${ids}: indique el id completo`,
    })
  }
  return found
}

/** A key as lists show it. */
export const shownKey = (key: Pick<ApiKey, 'prefix' | 'last4'>): string => `${key.prefix}…${key.last4}`

const noSuchKey = (said: string) =>
  new Problem('not_found', { en: `There is no key ${said}`, es: `No existe la clave ${said}` })

/**
 * Whether a server with these settings has used the database last. Keys are digested under the server's own secret, so one
 * that is made under another would never work; a database that no server has used yet fits any.
 */
export async function fitsServer(deps: KeyDeps, settings: Pick<Settings, 'sandboxKeys'>): Promise<boolean> {
  const given = (await selectKeys(deps.store.db)).filter((key) => isFromSettings(key) && key.revokedAt === null)
  if (given.length === 0) return true
  const found = await Promise.all(
    settings.sandboxKeys.map((key) => selectKey(deps.store.db, deps.secrets.keyDigest(key))),
  )
  return found.some((key) => key !== undefined)
}

/** Writes when keys were last used: a part of the sweep, so that no request waits for it, and at most once a minute a key. */
export async function recordUses(deps: Pick<Deps, 'store' | 'accounts'>): Promise<void> {
  const uses = deps.accounts.takeUses()
  if (uses.size === 0) return
  await deps.store.transact(async (tx) => {
    for (const [id, at] of uses) await writeUse(tx, id, at, new Date(Date.parse(at) - useEveryMs).toISOString())
  })
}

/** Announces that a secret key came from a browser, where anyone can read it: an event for whoever audits the account. */
export async function reportExposure(deps: Deps, by: Merchant, origin: string | undefined): Promise<void> {
  const now = deps.now()
  const notedBefore = new Date(now.getTime() - exposureEveryMs).toISOString()
  await deps.store.transact(async (tx) => {
    // The row decides, so that several servers together announce no more than one would.
    if (!(await noteExposure(tx, by.keyId, now.toISOString(), notedBefore))) return
    const key = await findKeyById(tx, by.keyId)
    const exposure = {
      id: deps.newId(idPrefixes.exposure),
      // Of the key's own account, whatever part of its data was asked for.
      accountId: key.accountId,
      live: by.live,
      version: 1,
      keyId: key.id,
      last4: key.last4,
      // Anyone may send anything as an origin, a key as well.
      origin: origin === undefined || origin.length > longestOrigin ? null : scrub(origin),
    }
    await announce(deps, tx, ['api_key.exposed', exposure])
  })
}
