/** The account as its owner sees and changes it through the legacy API. */
import type { Deps } from '../deps.ts'
import type { Owner } from '../domain/account.ts'
import {
  changeDeveloper,
  type Developer,
  type DeveloperChange,
  newDeveloper,
  withoutBankDetails,
} from '../domain/developer.ts'
import { shortKey } from '../domain/short-key.ts'
import { idPrefixes } from '../ids.ts'
import { insertDeveloper, replaceDeveloper, selectDeveloper } from '../store/developers.ts'
import { announce } from './commit.ts'

/** An account's details; kept from the first time that they are asked for. */
export async function findDeveloper(deps: Deps, { accountId }: Owner): Promise<Developer> {
  const known = await selectDeveloper(deps.store.db, accountId)
  if (known) return known
  return deps.store.transact(async (tx) => {
    await insertDeveloper(tx, newDeveloper(accountId, shortKey(deps.newId(idPrefixes.developer))))
    return (await selectDeveloper(tx, accountId))!
  })
}

/** Changes what is named and leaves the rest. The event tells nobody where the money goes. */
export async function updateDeveloper(deps: Deps, by: Owner, change: DeveloperChange): Promise<Developer> {
  await findDeveloper(deps, by)
  return deps.store.transact(async (tx) => {
    const before = (await selectDeveloper(tx, by.accountId))!
    const after = changeDeveloper(before, change)
    await replaceDeveloper(tx, before, after)
    await announce(deps, tx, [
      'account.updated',
      { ...withoutBankDetails(after), id: by.accountId, accountId: by.accountId, live: by.live },
    ])
    return after
  })
}
