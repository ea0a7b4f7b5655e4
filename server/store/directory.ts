import type { Account, Merchant } from '../domain/account.ts'
import { isListedOrigin, selectAccount, selectKey } from './accounts.ts'
import { rememberFor } from './remember.ts'
import type { Db } from './schema.ts'

/** How long small facts about an account are believed: a revoked key or a new origin counts within this time. */
const believedMs = 1000

/** What almost every request asks about accounts, remembered for a second. */
export type Directory = {
  /** Whose secret key has this digest. */
  merchant(keyDigest: string): Promise<Merchant | undefined>
  account(id: string): Promise<Account>
  isListedOrigin(origin: string): Promise<boolean>
}

export function openDirectory(db: Db, now: () => Date): Directory {
  const account = rememberFor(believedMs, now, (id) => selectAccount(db, id))
  return {
    merchant: rememberFor(believedMs, now, async (digest): Promise<Merchant | undefined> => {
      const row = await selectKey(db, digest)
      return row && { accountId: row.account_id, live: row.live === 1 }
    }),
    async account(id) {
      const found = await account(id)
      if (!found) throw new Error(`Account ${id} does not exist`)
      return found
    },
    isListedOrigin: rememberFor(believedMs, now, (origin) => isListedOrigin(db, origin)),
  }
}
