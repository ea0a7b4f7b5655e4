import type { Deps } from '../deps.ts'
import { ensureAccount, isAccountAsWanted } from '../store/accounts.ts'
import type { Settings } from '../settings.ts'

export const sandboxAccountId = 'acct_sandbox'

/** Makes the sandbox's account and its first key at first start; later starts bring its name and origins up to date. */
export async function ensureSandbox(
  deps: Pick<Deps, 'store' | 'now' | 'secrets'>,
  settings: Pick<Settings, 'sandboxApiKey' | 'sandboxName' | 'sandboxOrigins'>,
): Promise<void> {
  const digest = deps.secrets.keyDigest(settings.sandboxApiKey)
  const account = { id: sandboxAccountId, name: settings.sandboxName, origins: settings.sandboxOrigins }
  // Most starts find it as it should be, and a durable write for nothing would make each of them later.
  if (await isAccountAsWanted(deps.store.db, account, digest)) return
  await deps.store.transact((tx) =>
    ensureAccount(
      tx,
      account,
      {
        id: `key_sandbox_${digest.slice(0, 12)}`,
        live: 0,
        digest,
        prefix: 'sk_test_',
        last4: settings.sandboxApiKey.slice(-4),
      },
      deps.now().toISOString(),
    ),
  )
}
