/** Namespaces of an account's test data: made at their first use. */
import type { Deps } from '../deps.ts'
import { mostNamespaces, tooManyNamespaces } from '../domain/namespace.ts'
import { idPrefixes } from '../ids.ts'
import { countNamespaces, insertNamespace, selectNamespace } from '../store/namespaces.ts'

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
    const id = deps.newId(idPrefixes.account)
    await insertNamespace(tx, { id, parentId, name, at: deps.now().toISOString() })
    return id
  })
