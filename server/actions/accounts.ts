import type { Deps } from '../deps.ts'
import { type Account, readOrigin } from '../domain/account.ts'
import type { ApiKey } from '../domain/api-key.ts'
import { Problem } from '../domain/problem.ts'
import { ensureAccount, isAccountAsWanted } from '../store/accounts.ts'
import { ensureGivenClient, isClientAsGiven, isTakenFromSettings } from '../store/oauth.ts'
import { areKeysAsGiven, ensureGivenKeys, selectRevokedGiven } from '../store/keys.ts'
import type { Settings } from '../settings.ts'

export const sandboxAccountId = 'acct_sandbox'
const longestName = 100
/** Enough to be told apart at a glance, and not to be met twice. */
const accountLetters = 12

/** What the settings name and cannot have. */
export type NotAsGiven = {
  /** Keys that somebody has revoked: they stay so. */
  revokedKeys: ApiKey[]
  /** Whether the command made the client of that name, or has revoked it: it stays as it is. */
  clientTaken: boolean
}

/**
 * Makes the sandbox's account, its keys and its OAuth client at first start; later starts bring its name, origins, keys and
 * client up to date.
 */
export async function ensureSandbox(
  deps: Pick<Deps, 'store' | 'now' | 'secrets'>,
  settings: Pick<Settings, 'sandboxKeys' | 'sandboxClient' | 'sandboxName' | 'sandboxOrigins'>,
): Promise<NotAsGiven> {
  const given = settings.sandboxKeys.map((key) => ({ digest: deps.secrets.keyDigest(key), last4: key.slice(-4) }))
  const { id, secret } = settings.sandboxClient
  const client = { id, secretDigest: deps.secrets.oauthSecretDigest(id, secret), last4: secret.slice(-4) }
  const account = { id: sandboxAccountId, name: settings.sandboxName, origins: settings.sandboxOrigins }
  const { db, transact } = deps.store
  const now = deps.now().toISOString()
  // Most starts find it as it should be, and a durable write for nothing would make each of them later.
  const asWanted =
    (await isAccountAsWanted(db, account)) &&
    (await areKeysAsGiven(db, account.id, given)) &&
    (await isClientAsGiven(db, account.id, client))
  if (!asWanted) {
    await transact(async (tx) => {
      await ensureAccount(tx, account, now)
      await ensureGivenKeys(tx, account.id, given, now)
      await ensureGivenClient(tx, account.id, client, now)
    })
  }
  return {
    revokedKeys: await selectRevokedGiven(db, given, now),
    clientTaken: await isTakenFromSettings(db, client.id),
  }
}

/** Makes an account: who is paid, and on which pages its element may stand. */
export async function createAccount(
  deps: Pick<Deps, 'store' | 'now'> & { draw(letters: number): string },
  wanted: { name: string; origins: readonly string[] },
): Promise<Account> {
  const origins = new Set(
    wanted.origins.map((text) => {
      const origin = readOrigin(text)
      if (origin !== undefined) return origin
      throw new Problem('parameter_invalid', {
        en: `"${text}" is no origin; write it like https://shop.example, without a path`,
        es: `"${text}" no es un origen; escríbalo como https://tienda.example, sin ruta`,
      })
    }),
  )
  const account = { id: `acct_${deps.draw(accountLetters)}`, name: readName(wanted.name), origins: [...origins] }
  await deps.store.transact((tx) => ensureAccount(tx, account, deps.now().toISOString()))
  return account
}

/** A name that people read: not empty, not long, and without characters that do something to a screen. */
export function readName(text: string): string {
  const name = text.trim()
  if (name !== '' && name.length <= longestName && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name)) return name
  throw new Problem('parameter_invalid', {
    en: `A name has 1 to ${longestName} characters, and none that steer a screen`,
    es: `Un nombre tiene de 1 a ${longestName} caracteres, y ninguno de control`,
  })
}
