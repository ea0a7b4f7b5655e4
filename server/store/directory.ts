import { hash } from 'node:crypto'
import type { Account, Merchant, Owner } from '../domain/account.ts'
import { type ApiKey, isActive, isWrittenKey } from '../domain/api-key.ts'
import { couldBeToken, type Scope } from '../domain/oauth.ts'
import { isListedOrigin, selectAccount } from './accounts.ts'
import { hasActiveKey, selectKey } from './keys.ts'
import { selectNamespace } from './namespaces.ts'
import { selectToken } from './oauth.ts'
import { rememberFor } from './remember.ts'
import type { Db } from './schema.ts'

/** How long small facts about an account are believed: a revoked key or a new origin counts within this time. */
const believedMs = 1000
/** How old a key's or a client's last use must be written before a newer one is worth a write. */
export const useEveryMs = 60_000

/** What almost every request asks about accounts, remembered for a second. */
export type Directory = {
  /** Whose secret key this is. */
  merchant(apiKey: string): Promise<Merchant | undefined>
  /** Asked once `merchant` knew nobody: whether there is no key that would do, for this key's account or for anyone. */
  lacksKeys(apiKey: string | undefined): Promise<boolean>
  /** Whose OAuth token this is, and what it allows; its end is kept to the millisecond. */
  bearer(token: string): Promise<Bearer | undefined>
  /** Keys used since this was last asked, and when: only those whose written last use is a minute old. */
  takeUses(): ReadonlyMap<string, string>
  /** The same of OAuth clients, by their tokens. */
  takeClientUses(): ReadonlyMap<string, string>
  account(id: string): Promise<Account>
  /** The account of a namespace; undefined while there is none, which is not remembered. */
  namespace(parentId: string, name: string): Promise<string | undefined>
  isListedOrigin(origin: string): Promise<boolean>
}

/** Who asks with a token. */
export type Bearer = { merchant: Merchant; scopes: readonly Scope[] }

/** `given` are the keys of the settings: the only ones that are looked up without a checksum of ours. */
export function openDirectory(
  db: Db,
  now: (of?: Owner) => Date,
  { keyDigest, oauthTokenDigest }: { keyDigest(apiKey: string): string; oauthTokenDigest(token: string): string },
  given: readonly string[],
): Directory {
  const givenDigests = new Set(given.map(keyDigest))
  const keyUses = openUses()
  const clientUses = openUses()

  async function find(apiKey: string): Promise<ApiKey | undefined> {
    const digest = keyDigest(apiKey)
    return isWrittenKey(apiKey) || givenDigests.has(digest) ? selectKey(db, digest) : undefined
  }
  const merchant = rememberFor(believedMs, now, async (_, apiKey: string): Promise<Merchant | undefined> => {
    const key = await find(apiKey)
    const at = now()
    if (!key || !isActive(key, at)) return undefined
    keyUses.note(key, at)
    return { accountId: key.accountId, live: key.live, keyId: key.id }
  })
  const bearer = rememberFor(believedMs, now, async (_, token: string) => {
    const found = await selectToken(db, oauthTokenDigest(token))
    if (!found) return undefined
    const { clientId, accountId, live, scopes } = found
    const at = now()
    const until = Date.parse(found.expiresAt)
    if (until > now({ accountId, live }).getTime()) clientUses.note({ id: clientId, lastUsedAt: found.lastUsedAt }, at)
    return { bearer: { merchant: { accountId, live, keyId: clientId }, scopes }, until }
  })
  const owner = rememberFor(believedMs, now, async (_, apiKey: string) => (await find(apiKey))?.accountId)
  const hasKey = rememberFor(believedMs, now, (accountId) => hasActiveKey(db, now().toISOString(), accountId))
  const anyoneHasKey = rememberFor(believedMs, now, () => hasActiveKey(db, now().toISOString()))
  const namespace = rememberFor(
    believedMs,
    now,
    (_, parentId: string, name: string) => selectNamespace(db, parentId, name),
    (found) => found !== undefined,
  )
  const account = rememberFor(believedMs, now, (id) => selectAccount(db, id))
  // Remembered under a plain hash: neither the key or token nor how long its comparison takes is to be found in memory or time.
  const nameOf = (secret: string) => hash('sha256', secret, 'base64')
  return {
    merchant: (apiKey) => merchant(nameOf(apiKey), apiKey),
    async lacksKeys(apiKey) {
      if (!(await anyoneHasKey(''))) return true
      const accountId = apiKey === undefined ? undefined : await owner(nameOf(apiKey), apiKey)
      return accountId !== undefined && !(await hasKey(accountId))
    },
    async bearer(token) {
      if (!couldBeToken(token)) return undefined
      const found = await bearer(nameOf(token), token)
      return found && found.until > now(found.bearer.merchant).getTime() ? found.bearer : undefined
    },
    takeUses: keyUses.take,
    takeClientUses: clientUses.take,
    async account(id) {
      const found = await account(id)
      if (!found) throw new Error(`Account ${id} does not exist`)
      return found
    },
    namespace: (parentId, name) => namespace(`${parentId} ${name}`, parentId, name),
    isListedOrigin: rememberFor(believedMs, now, (origin) => isListedOrigin(db, origin)),
  }
}

/** What was used, and when: only what was last written a minute ago or never, so that few of them are worth a write. */
function openUses() {
  let uses = new Map<string, string>()
  return {
    note({ id, lastUsedAt }: { id: string; lastUsedAt: string | null }, at: Date): void {
      const writtenBefore = new Date(at.getTime() - useEveryMs).toISOString()
      if (lastUsedAt === null || lastUsedAt <= writtenBefore) uses.set(id, at.toISOString())
    },
    take(): ReadonlyMap<string, string> {
      const taken = uses
      uses = new Map()
      return taken
    },
  }
}
