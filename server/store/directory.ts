import { hash } from 'node:crypto'
import type { Account, Merchant } from '../domain/account.ts'
import { isListedOrigin, selectAccount, selectKey } from './accounts.ts'
import { rememberFor } from './remember.ts'
import type { Db } from './schema.ts'

/** How long small facts about an account are believed: a revoked key or a new origin counts within this time. */
const believedMs = 1000

/** What almost every request asks about accounts, remembered for a second. */
export type Directory = {
  /** Whose secret key this is. */
  merchant(apiKey: string): Promise<Merchant | undefined>
  account(id: string): Promise<Account>
  isListedOrigin(origin: string): Promise<boolean>
}

export function openDirectory(db: Db, now: () => Date, keyDigest: (apiKey: string) => string): Directory {
  const merchant = rememberFor(believedMs, now, async (_, apiKey: string): Promise<Merchant | undefined> => {
    const row = await selectKey(db, keyDigest(apiKey))
    return row && { accountId: row.account_id, live: row.live === 1 }
  })
  const account = rememberFor(believedMs, now, (id) => selectAccount(db, id))
  return {
    // Remembered under a plain hash: neither the key nor how long its comparison takes is to be found in memory or time.
    merchant: (apiKey) => merchant(hash('sha256', apiKey, 'base64'), apiKey),
    async account(id) {
      const found = await account(id)
      if (!found) throw new Error(`Account ${id} does not exist`)
      return found
    },
    isListedOrigin: rememberFor(believedMs, now, (origin) => isListedOrigin(db, origin)),
  }
}
