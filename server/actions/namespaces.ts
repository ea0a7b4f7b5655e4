/** Namespaces of an account's test data: made at their first use, and emptied with everything else that belongs to one. */
import type { Deps } from '../deps.ts'
import type { Merchant } from '../domain/account.ts'
import { mostNamespaces, tooManyNamespaces } from '../domain/namespace.ts'
import { noSuch } from '../domain/problem.ts'
import { idPrefixes } from '../ids.ts'
import {
  closeNamespace,
  countNamespaces,
  ensureNamespace,
  selectNamespace,
  selectNamespaces,
} from '../store/namespaces.ts'
import { deleteTestData } from '../store/reset.ts'
import { type Command, commit, type Done } from './commit.ts'
import { refuseLiveSandbox } from './switches.ts'

/** The account of a namespace, made if there is none. */
export const openNamespace = (
  deps: Pick<Deps, 'store' | 'now' | 'newId'>,
  parentId: string,
  name: string,
): Promise<string> =>
  deps.store.transact(async (tx) => {
    // Counted first: whoever makes the same one at the same time has then made it.
    const many = await countNamespaces(tx, parentId)
    const known = await selectNamespace(tx, parentId, name)
    if (known !== undefined) return known
    if (many >= mostNamespaces) throw tooManyNamespaces()
    return ensureNamespace(tx, { id: deps.newId(idPrefixes.account), parentId, name, at: deps.now().toISOString() })
  })

const accountOf = (by: Merchant): string => by.within?.parentId ?? by.accountId

/** Those of the account, whichever of them was asked from. */
export async function listNamespaces(deps: Deps, by: Merchant): Promise<{ name: string; createdAt: string }[]> {
  refuseLiveSandbox(by)
  return selectNamespaces(deps.store.db, accountOf(by))
}

/** Empties one and takes it off the list. */
export async function deleteNamespace(deps: Deps, by: Merchant, name: string): Promise<void> {
  refuseLiveSandbox(by)
  const id = await deps.store.transact(async (tx) => {
    // What no row could hold is unknown without being asked for.
    const found = name.includes('\0') ? undefined : await selectNamespace(tx, accountOf(by), name)
    if (found === undefined) throw noSuch('namespace')
    await deleteTestData(tx, found, null)
    await closeNamespace(tx, found, deps.now().toISOString())
    return found
  })
  forget(deps, id)
}

/** Takes all test data of an account or namespace away; its keys and clients, its name and its pages stay. */
export async function resetSandbox(deps: Deps, by: Merchant, command: Command<null>): Promise<Done<null>> {
  refuseLiveSandbox(by)
  const done = await commit(deps, command, async (tx) => {
    await deleteTestData(tx, by.accountId, command.reply)
    return null
  })
  forget(deps, by.accountId)
  return done
}

/** What this process still knows of it. */
function forget({ clocks, switches }: Deps, id: string): void {
  clocks.drop(id)
  switches.drop(({ accountId }) => accountId === id)
}
