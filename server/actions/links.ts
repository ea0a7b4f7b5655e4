/** Payment links: made and closed by a shop, opened by whoever was sent one. */
import { showAmount } from '../contract/money.ts'
import type { Deps } from '../deps.ts'
import type { Account, Owner } from '../domain/account.ts'
import { deactivate, type Link, linkInactive, type NewLink, newLink } from '../domain/link.ts'
import { noSuch } from '../domain/problem.ts'
import type { Session } from '../domain/session.ts'
import { couldBeId, idPrefixes } from '../ids.ts'
import { linkRows } from '../store/links.ts'
import { announce, type Command, commit, type Done } from './commit.ts'
import { donePage, makeSession } from './sessions.ts'

export const createLink = (deps: Deps, by: Owner, command: Command<NewLink>): Promise<Done<Link>> =>
  commit(deps, command, async (tx, wanted) => {
    const link = newLink(wanted, { id: deps.newId(idPrefixes.link), by, now: deps.now(by) })
    await linkRows.insert(tx, link)
    await announce(deps, tx, ['payment_link.created', link])
    return link
  })

export const deactivateLink = (deps: Deps, by: Owner, command: Command<{ id: string }>): Promise<Done<Link>> =>
  commit(deps, command, async (tx, wanted) => {
    const before = await linkRows.find(tx, by, wanted.id)
    if (!before) throw noSuch('link')
    const after = deactivate(before)
    await linkRows.replace(tx, before, after)
    await announce(deps, tx, ['payment_link.deactivated', after])
    return after
  })

/** A link and the account it pays, for its page. */
export async function lookForLink(deps: Deps, id: string): Promise<{ link: Link; account: Account } | undefined> {
  const link = couldBeId(id) ? await linkRows.findAnyones(deps.store.db, id) : undefined
  return link && { link, account: await deps.accounts.account(link.accountId) }
}

/** Somebody follows a link: a checkout session of its own begins. */
export const openLink = (deps: Deps, id: string): Promise<Session> =>
  deps.store.transact(async (tx) => {
    const link = couldBeId(id) ? await linkRows.findAnyones(tx, id) : undefined
    if (!link) throw noSuch('link')
    if (!link.active) throw linkInactive()
    return makeSession(
      deps,
      tx,
      link,
      {
        amount: showAmount(link.amount, link.currency),
        currency: link.currency,
        returnUrl: '',
        description: link.description,
        items: [],
        expiresAt: undefined,
        customerId: null,
      },
      null,
      { ownReturnUrl: donePage(deps) },
    )
  })
