/** Which part of an account's test data a request is for: `X-Sandbox-Namespace`. */
import type { Context } from 'hono'
import { openNamespace } from '../actions/namespaces.ts'
import type { Deps } from '../deps.ts'
import type { Merchant } from '../domain/account.ts'
import { namespaceHeader, readNamespace, refuseLiveNamespace } from '../domain/namespace.ts'
import { limitKey } from './limit.ts'
import type { Env } from './reply.ts'

const header = namespaceHeader.toLowerCase()

/** Who asks, counted against the limit of what they ask for: the account itself, or the namespace that the request names. */
export function counted(c: Context<Env>, deps: Deps, merchant: Merchant): Merchant | Promise<Merchant> {
  const name = c.req.header(header)
  if (name !== undefined) return inNamespace(deps, merchant, name)
  limitKey(deps, merchant)
  return merchant
}

async function inNamespace(deps: Deps, merchant: Merchant, named: string): Promise<Merchant> {
  if (merchant.live) throw refuseLiveNamespace()
  const name = readNamespace(named)
  const parentId = merchant.accountId
  let accountId = await deps.accounts.namespace(parentId, name)
  if (accountId === undefined) {
    // Whoever names ever new ones is held to the account's own limit.
    limitKey(deps, merchant)
    accountId = await openNamespace(deps, parentId, name)
  }
  const within = { ...merchant, accountId, within: { name, parentId } }
  limitKey(deps, within)
  return within
}
