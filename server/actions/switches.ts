/** The sandbox's switches: set, taken away, and met by requests and deliveries. Live data meets none. */
import type { SwitchTarget } from '../contract/sandbox.ts'
import type { Deps } from '../deps.ts'
import type { Merchant, Owner } from '../domain/account.ts'
import { noSuch, Problem } from '../domain/problem.ts'
import { type AskedOf, isForRequest, mostSwitches, type NewSwitch, newSwitch, type Switch } from '../domain/switch.ts'
import { type Delivery, holdDelivery, markDelivery } from '../domain/webhook.ts'
import { couldBeId, idPrefixes } from '../ids.ts'
import { selectKeyById } from '../store/keys.ts'
import { selectClient } from '../store/oauth.ts'
import type { Tx } from '../store/schema.ts'
import { selectSession } from '../store/sessions.ts'
import { deleteSwitches, insertSwitch, selectSwitches, spendSwitch } from '../store/switches.ts'
import { isHolding, isOvertaken, releaseDeliveries, replaceDelivery } from '../store/webhooks.ts'
import { type Command, commit, type Done } from './commit.ts'
import { ownEndpoint } from './webhooks.ts'

/** What a sandbox alone has: nothing of it is ever done to live data. */
export function refuseLiveSandbox({ live }: Owner): void {
  if (!live) return
  throw new Problem('live_mode_unavailable', {
    en: 'The sandbox is for test data: use a key that starts with sk_test_',
    es: 'El sandbox es para datos de prueba: use una clave que empiece con sk_test_',
  })
}

export async function createSwitch(deps: Deps, by: Merchant, command: Command<NewSwitch>): Promise<Done<Switch>> {
  refuseLiveSandbox(by)
  const done = await commit(deps, command, async (tx, wanted) => {
    const { accountId } = by
    const one = newSwitch(wanted, { id: deps.newId(idPrefixes.switch), accountId, now: deps.now(by) })
    await refuseForeign(tx, by, wanted.target)
    const known = await selectSwitches(tx, by.accountId)
    const spent = known.filter(({ left }) => left === 0)
    if (known.length - spent.length >= mostSwitches) {
      throw new Problem('invalid_request', {
        en: `At most ${mostSwitches} switches may be on at a time: delete some first`,
        es: `Puede haber como máximo ${mostSwitches} interruptores activos a la vez: elimine algunos primero`,
      })
    }
    const old = spent.slice(mostSwitches - 1).map(({ id }) => id)
    if (old.length > 0) await deleteSwitches(tx, by.accountId, old)
    await insertSwitch(tx, one)
    return one
  })
  // A repeated request is answered with what it was, which may be used up by now.
  if (!done.asker) deps.switches.put(done.value)
  return done
}

/** What a switch is for must be there, and its own. */
async function refuseForeign(tx: Tx, by: Merchant, { key_id, session_id, endpoint_id }: SwitchTarget): Promise<void> {
  if (key_id !== undefined) {
    // Keys and clients are the account's, whichever part of its data they are used for.
    const owner = couldBeId(key_id)
      ? ((await selectKeyById(tx, key_id)) ?? (await selectClient(tx, key_id))?.client)?.accountId
      : undefined
    if (owner !== (by.within?.parentId ?? by.accountId)) throw noSuch('key', 'target.key_id')
  }
  if (session_id !== undefined) {
    const session = couldBeId(session_id) ? await selectSession(tx, session_id) : undefined
    if (session?.accountId !== by.accountId || session.live) throw noSuch('session', 'target.session_id')
  }
  if (endpoint_id !== undefined) await ownEndpoint(tx, by, endpoint_id, 'target.endpoint_id')
}

/** The newest first, those that have done their work too. */
export function listSwitches(deps: Deps, by: Owner): Promise<Switch[]> {
  refuseLiveSandbox(by)
  return selectSwitches(deps.store.db, by.accountId)
}

export async function deleteSwitch(deps: Deps, by: Owner, id: string): Promise<void> {
  refuseLiveSandbox(by)
  const count = couldBeId(id) ? await deps.store.transact((tx) => deleteSwitches(tx, by.accountId, [id])) : 0
  if (count === 0) throw noSuch('switch')
  deps.switches.drop((one) => one.id === id)
}

/** Takes away all of an account's, and says how many there were. */
export async function deleteAllSwitches(deps: Deps, by: Owner): Promise<number> {
  refuseLiveSandbox(by)
  const count = await deps.store.transact((tx) => deleteSwitches(tx, by.accountId))
  deps.switches.drop((one) => one.accountId === by.accountId)
  return count
}

/** The switch that a request meets: the oldest that is for it, and then it has one use less. */
export async function meetRequest(deps: Deps, asked: AskedOf): Promise<Switch | undefined> {
  for (const one of deps.switches.forRequests().filter((known) => isForRequest(known, asked))) {
    const met = await deps.store.transact((tx) => spendSwitch(tx, one.id, deps.now().toISOString()))
    if (met) {
      deps.switches.put(met)
      return met
    }
    // Others have used it up, or taken it away.
    deps.switches.drop(({ id }) => id === one.id)
  }
  return undefined
}

/**
 * What a delivery meets at its first try, and what has become of it: the switch is counted down and the delivery marked in one
 * transaction, so that it happens once, whatever crashes. One that is held has its lease given back.
 */
export async function meetDelivery(deps: Deps, before: Delivery): Promise<Delivery> {
  if (before.live || before.tries > 0 || before.fault !== null) return before
  for (const one of deps.switches.forDeliveries()) {
    const { kind, delayMs } = one
    const isFor = one.endpointId === null || one.endpointId === before.endpointId
    if (one.left === 0 || one.accountId !== before.accountId || !isFor) continue
    const found = await deps.store.transact(async (tx) => {
      // The delivery that is to overtake the one that is held must go.
      if (kind === 'webhook_reorder' && (await isHolding(tx, before.endpointId))) return undefined
      const met = await spendSwitch(tx, one.id, deps.now().toISOString())
      if (!met) return { met }
      const after =
        kind === 'webhook_delay' || kind === 'webhook_reorder'
          ? holdDelivery(before, kind, new Date(deps.now().getTime() + (delayMs ?? 0)))
          : markDelivery(before, kind as 'webhook_duplicate' | 'webhook_bad_signature')
      await replaceDelivery(tx, before, after)
      return { met, after }
    })
    if (found?.met) {
      deps.switches.put(found.met)
      return found.after
    }
    // Others have used it up, or taken it away; what it holds back it may hold yet.
    if (found) deps.switches.put({ ...one, left: 0 })
  }
  return before
}

/** Lets go what was held back at an endpoint until a later delivery was sent: `sent` was. */
export async function letGo(deps: Deps, sent: Delivery): Promise<void> {
  const holds = deps.switches
    .forDeliveries()
    .some(({ kind, accountId }) => kind === 'webhook_reorder' && accountId === sent.accountId)
  if (!holds || sent.fault === 'webhook_reorder') return
  await deps.store.transact((tx) => releaseDeliveries(tx, sent.endpointId, deps.now().toISOString()))
}

/** The same for one that is held back just now, and that a later one had overtaken before it was. */
export async function letGoIfOvertaken(deps: Deps, held: Delivery): Promise<void> {
  // Of one that is sent once more, later ones were sent long ago.
  if (held.attempts > 0) return
  await deps.store.transact(async (tx) => {
    if (await isOvertaken(tx, held)) await releaseDeliveries(tx, held.endpointId, deps.now().toISOString())
  })
}
