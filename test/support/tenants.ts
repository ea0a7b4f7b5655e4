/** Whose data must never meet: the sandbox's account and a second one, each in test and in live mode. */
import { sandboxAccountId } from '../../server/actions/accounts.ts'
import { apiKey, type TestApp } from './make-app.ts'

export type Tenant = { name: string; accountId: string; live: boolean; key: string }
export type Tenants = { mine: Tenant; mineLive: Tenant; theirs: Tenant; theirsLive: Tenant }

const otherAccountId = 'acct_other'

/** Opens them, before any of their keys is asked about: what a directory has heard it believes for a second. */
export async function openTenants({ deps, newKey }: TestApp): Promise<Tenants> {
  const created_at = deps.now().toISOString()
  await deps.store.db.insertInto('accounts').values({ id: otherAccountId, name: 'Heladería', created_at }).execute()
  const open = async (name: string, accountId: string, live: boolean): Promise<Tenant> => {
    const key = await newKey({ accountId, live })
    return { name, accountId, live, key }
  }
  return {
    mine: { name: 'mine', accountId: sandboxAccountId, live: false, key: apiKey },
    mineLive: await open('my live mode', sandboxAccountId, true),
    theirs: await open("another account's", otherAccountId, false),
    theirsLive: await open("another account's live mode", otherAccountId, true),
  }
}
