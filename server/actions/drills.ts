/** Drills of webhook handlers: asked for by the API, played by any process, and read while they are. */
import type { Deps } from '../deps.ts'
import type { Merchant, Owner } from '../domain/account.ts'
import { type Drill, type DrillCheck, giveUp, newDrill, withCheck } from '../domain/drill.ts'
import { noSuch, Problem, type Say } from '../domain/problem.ts'
import type { WebhookEndpoint } from '../domain/webhook.ts'
import { couldBeId, idPrefixes } from '../ids.ts'
import { deleteDrills, insertDrill, replaceDrill, selectDrill, selectDrills } from '../store/drills.ts'
import { selectEndpoint } from '../store/webhooks.ts'
import { type Command, commit, type Done } from './commit.ts'
import { refuseLiveSandbox } from './switches.ts'
import { isDisabled, ownEndpoint } from './webhooks.ts'

/** How many of an account are kept. */
const mostDrills = 100

/** Asks for a drill; whoever delivers begins it within a second. */
export async function createDrill(
  deps: Deps,
  by: Merchant,
  command: Command<{ endpointId: string }>,
): Promise<Done<Drill>> {
  refuseLiveSandbox(by)
  return commit(deps, command, async (tx, { endpointId }) => {
    const endpoint = await ownEndpoint(tx, by, endpointId, 'endpoint_id')
    if (endpoint.status === 'disabled') throw isDisabled()
    const { accountId } = by
    const drill = newDrill({ id: deps.newId(idPrefixes.drill), accountId, endpointId, now: deps.now(by) })
    if (!(await insertDrill(tx, drill))) {
      throw new Problem('invalid_request', {
        en: 'A drill of this webhook endpoint is running: read it under /v1/sandbox/drills, and begin another when it is finished',
        es: 'Ya hay un simulacro en curso de este destino de webhooks: consúltelo en /v1/sandbox/drills e inicie otro cuando termine',
      })
    }
    const oldest = (await selectDrills(tx, accountId, mostDrills))[mostDrills - 1]
    if (oldest) await deleteDrills(tx, accountId, oldest.id)
    return drill
  })
}

/** The newest first. */
export async function listDrills(deps: Deps, by: Owner): Promise<Drill[]> {
  refuseLiveSandbox(by)
  return selectDrills(deps.store.db, by.accountId, mostDrills)
}

export async function findDrill(deps: Deps, by: Owner, id: string): Promise<Drill> {
  refuseLiveSandbox(by)
  const found = couldBeId(id) ? await selectDrill(deps.store.db, by.accountId, id) : undefined
  if (!found) throw noSuch('drill')
  return found
}

/** How long whoever plays a check has for it: two answers one after the other, and some to write what came of them. */
const leaseMs = 60_000

/** Takes a drill to play its next check; where there is no endpoint any more, it is over. */
export const leaseDrill = (
  deps: Deps,
  before: Drill,
): Promise<{ drill: Drill; endpoint: WebhookEndpoint | undefined }> =>
  deps.store.transact(async (tx) => {
    const endpoint = await selectEndpoint(tx, before.endpointId)
    const isThere = endpoint?.status === 'enabled'
    const after = isThere
      ? {
          ...before,
          leasedUntil: new Date(deps.now().getTime() + leaseMs).toISOString(),
          version: before.version + 1,
        }
      : giveUp(before, gone, deps.now({ accountId: before.accountId, live: false }))
    await replaceDrill(tx, before, after)
    return { drill: after, endpoint: isThere ? endpoint : undefined }
  })

/** Writes what a check came to. */
export const recordCheck = (deps: Deps, before: Drill, check: DrillCheck): Promise<Drill> =>
  deps.store.transact(async (tx) => {
    const after = withCheck(before, check, deps.now({ accountId: before.accountId, live: false }))
    await replaceDrill(tx, before, after)
    return after
  })

const gone: Say = {
  en: 'Not asked: the webhook endpoint was disabled or deleted meanwhile',
  es: 'Sin consultar: el destino de webhooks fue desactivado o eliminado entretanto',
}
