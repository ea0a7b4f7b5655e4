/**
 * Where events are sent: endpoints as a shop makes and changes them, events on their way, and what became of each try. Any
 * number of processes may deliver: an event is taken by whoever changes its row, a delivery is leased, and one whose lease is
 * over is delivered again with the same id and bytes. Semantics B6.
 */
import type { Deps } from '../deps.ts'
import type { Owner } from '../domain/account.ts'
import { noSuch, Problem } from '../domain/problem.ts'
import {
  afterSpoiltTry,
  afterTry,
  changeEndpoint,
  type Delivery,
  disable,
  type EndpointChange,
  hasArrived,
  isHopeless,
  newEndpoint,
  type NewEndpoint,
  replayDelivery,
  rotateSecret,
  type Tried,
  wants,
  type WebhookEndpoint,
} from '../domain/webhook.ts'
import { couldBeId, idPrefixes } from '../ids.ts'
import { hasUndispatched, takeUndispatched } from '../store/outbox.ts'
import type { Db, EventRow, Tx, WebhookAttemptRow } from '../store/schema.ts'
import { countPayments } from '../store/totals.ts'
import {
  cancelDeliveries,
  type DeliveryFilter,
  insertAttempt,
  insertDeliveries,
  insertEndpoint,
  noteFailing,
  replaceDelivery,
  replaceEndpoint,
  selectAttempts,
  selectDeliveries,
  selectDelivery,
  selectEnabledEndpoints,
  selectEndpoint,
  selectEndpoints,
} from '../store/webhooks.ts'
import { announce, type Command, commit, type Done } from './commit.ts'

/** More than these are a mistake of whoever makes them. */
export const mostEndpoints = 20

export const createEndpoint = (deps: Deps, by: Owner, command: Command<NewEndpoint>): Promise<Done<WebhookEndpoint>> =>
  commit(deps, command, async (tx, wanted) => {
    if ((await selectEndpoints(tx, by)).length >= mostEndpoints) {
      throw new Problem('invalid_request', {
        en: `An account has at most ${mostEndpoints} webhook endpoints: delete one first`,
        es: `Una cuenta tiene como máximo ${mostEndpoints} destinos de webhooks: elimine uno primero`,
      })
    }
    const id = deps.newId(idPrefixes.webhookEndpoint)
    const sealed = deps.secrets.seal(deps.secrets.newWebhookSecret(), id)
    const endpoint = newEndpoint(wanted, sealed, { id, by, now: deps.now(by) })
    await insertEndpoint(tx, endpoint)
    await announceEndpoint(deps, tx, 'created', endpoint)
    return endpoint
  })

/** All of an account's, the newest first: they are few. */
export const listEndpoints = (deps: Deps, by: Owner): Promise<WebhookEndpoint[]> => selectEndpoints(deps.store.db, by)

/** The secret that signs what is sent to it: shown when it is made or rotated, and never again. */
export const secretOf = (deps: Pick<Deps, 'secrets'>, endpoint: WebhookEndpoint): string =>
  deps.secrets.unseal(endpoint.secret, endpoint.id)

/** Changes what is named and leaves the rest; what still waits for one that is disabled is not sent any more. */
export const updateEndpoint = (deps: Deps, by: Owner, id: string, change: EndpointChange): Promise<WebhookEndpoint> =>
  deps.store.transact(async (tx) => {
    const before = await ownEndpoint(tx, by, id)
    const after = changeEndpoint(before, change)
    await replaceEndpoint(tx, before, after)
    await announceEndpoint(deps, tx, 'updated', after)
    if (after.status === 'disabled') await cancelDeliveries(tx, after.id)
    return after
  })

export const deleteEndpoint = (deps: Deps, by: Owner, id: string): Promise<void> =>
  deps.store.transact(async (tx) => {
    const before = await ownEndpoint(tx, by, id)
    const after = disable(before, 'requested')
    await replaceEndpoint(tx, before, after, deps.now(by).toISOString())
    await cancelDeliveries(tx, id)
    await announceEndpoint(deps, tx, 'deleted', after)
  })

/** A new secret; the one before signs as well for a day. */
export const rotateEndpoint = (
  deps: Deps,
  by: Owner,
  command: Command<{ id: string }>,
): Promise<Done<WebhookEndpoint>> =>
  commit(deps, command, async (tx, { id }) => {
    const before = await ownEndpoint(tx, by, id)
    const sealed = deps.secrets.seal(deps.secrets.newWebhookSecret(), id)
    // What is signed carries the real time, and so does the end of the former secret.
    const after = rotateSecret(before, sealed, deps.now())
    await replaceEndpoint(tx, before, after)
    await announceEndpoint(deps, tx, 'updated', after)
    return after
  })

/** Sends an event that says nothing but that the way is open. It is sent to this endpoint alone. */
export const pingEndpoint = (deps: Deps, by: Owner, command: Command<{ id: string }>): Promise<Done<WebhookEndpoint>> =>
  commit(deps, command, async (tx, { id }) => {
    const before = await ownEndpoint(tx, by, id)
    if (before.status === 'disabled') throw isDisabled()
    const after = { ...before, version: before.version + 1 }
    await replaceEndpoint(tx, before, after)
    await announceEndpoint(deps, tx, 'ping', after)
    return after
  })

export const listDeliveries = (deps: Deps, by: Owner, filter: DeliveryFilter, most: number): Promise<Delivery[]> =>
  selectDeliveries(deps.store.db, by, filter, most)

export async function findDelivery(
  deps: Deps,
  by: Owner,
  id: string,
): Promise<{ delivery: Delivery; attempts: WebhookAttemptRow[] }> {
  const { db } = deps.store
  const delivery = couldBeId(id) ? await selectDelivery(db, by, id) : undefined
  if (!delivery) throw noSuch('webhookDelivery')
  return { delivery, attempts: await selectAttempts(db, id) }
}

/** Sends once more what was sent, or given up: the same id, the same bytes. */
export const replay = (deps: Deps, by: Owner, command: Command<{ id: string }>): Promise<Done<Delivery>> =>
  commit(deps, command, async (tx, { id }) => {
    const before = couldBeId(id) ? await selectDelivery(tx, by, id) : undefined
    if (!before) throw noSuch('webhookDelivery')
    const endpoint = await selectEndpoint(tx, before.endpointId)
    if (endpoint?.status !== 'enabled') throw isDisabled()
    const after = replayDelivery(before, deps.now())
    await replaceDelivery(tx, before, after)
    return after
  })

export async function ownEndpoint(db: Db | Tx, by: Owner, id: string, field?: string): Promise<WebhookEndpoint> {
  const found = couldBeId(id) ? await selectEndpoint(db, id) : undefined
  if (found?.accountId !== by.accountId || found.live !== by.live) throw noSuch('webhookEndpoint', field)
  return found
}

const announceEndpoint = (
  deps: Deps,
  tx: Tx,
  what: 'created' | 'updated' | 'disabled' | 'deleted' | 'ping',
  endpoint: WebhookEndpoint,
): Promise<void> => {
  // Its secrets, sealed as they are, are in no event.
  const told = { ...endpoint, secret: null, formerSecret: null }
  return announce(deps, tx, [`webhook_endpoint.${what}`, told])
}

/** How many events are sent on their way in one transaction. */
const mostEvents = 200

/**
 * Sends events on their way and counts what they say of payments: a delivery for each endpoint that wants to hear of it, with its body, in the transaction that
 * takes the event. True when there may be more.
 */
export async function dispatch(deps: Deps, bodyOf: (event: EventRow) => string): Promise<boolean> {
  if (!(await hasUndispatched(deps.store.db))) return false
  return deps.store.transact(async (tx) => {
    const events = await takeUndispatched(tx, mostEvents)
    if (events.length === 0) return false
    await countPayments(tx, events)
    const endpoints = await selectEnabledEndpoints(
      tx,
      events.map((event) => event.account_id),
    )
    const now = deps.now().toISOString()
    const deliveries: Delivery[] = []
    for (const event of events) {
      for (const endpoint of endpoints) {
        if (!isFor(endpoint, event)) continue
        deliveries.push({
          id: deps.newId(idPrefixes.webhookDelivery),
          accountId: endpoint.accountId,
          live: endpoint.live,
          endpointId: endpoint.id,
          eventId: event.id,
          eventType: event.type,
          body: bodyOf(event),
          status: 'pending',
          tries: 0,
          attempts: 0,
          nextAttemptAt: now,
          leasedUntil: null,
          fault: null,
          createdAt: now,
          version: 1,
        })
      }
    }
    await insertDeliveries(tx, deliveries)
    return events.length === mostEvents
  })
}

function isFor(endpoint: WebhookEndpoint, event: EventRow): boolean {
  if (endpoint.accountId !== event.account_id || endpoint.live !== (event.live === 1)) return false
  // A ping is for the one it was asked of, whatever it listens to.
  if (event.type === 'webhook_endpoint.ping') return event.object_id === endpoint.id
  return wants(endpoint, event.type)
}

/** How long whoever tries a delivery has for it: the time of a try, and some to write what came of it. */
const leaseMs = 30_000

/** Takes a delivery to try it; undefined when somebody else has. */
export const lease = (
  deps: Deps,
  before: Delivery,
): Promise<{ delivery: Delivery; endpoint: WebhookEndpoint } | undefined> =>
  deps.store.transact(async (tx) => {
    const endpoint = await selectEndpoint(tx, before.endpointId)
    if (endpoint?.status !== 'enabled') return undefined
    const leasedUntil = new Date(deps.now().getTime() + leaseMs).toISOString()
    const delivery = { ...before, leasedUntil, version: before.version + 1 }
    await replaceDelivery(tx, before, delivery)
    return { delivery, endpoint }
  })

/** Writes what a try came to that carried a wrong signature on purpose: nobody is to blame for what it was answered. */
export const recordSpoiltTry = (deps: Deps, before: Delivery, tried: Tried): Promise<void> =>
  deps.store.transact(async (tx) => {
    await replaceDelivery(tx, before, afterSpoiltTry(before, tried))
    await insertAttempt(tx, deps.newId(idPrefixes.webhookAttempt), before.id, tried)
  })

/**
 * Writes what a try came to, or two of them when a switch had the same sent twice: then it has arrived when either has. An
 * endpoint that is gone, or that took nothing for five days, is disabled.
 */
export const recordTry = (
  deps: Deps,
  before: Delivery,
  sent: readonly [Tried, ...Tried[]],
  jitter: number,
): Promise<Delivery> =>
  deps.store.transact(async (tx) => {
    const tried = sent.find(hasArrived) ?? sent[0]
    const after = { ...afterTry(before, tried, jitter), attempts: before.attempts + sent.length }
    await replaceDelivery(tx, before, after)
    for (const one of sent) await insertAttempt(tx, deps.newId(idPrefixes.webhookAttempt), before.id, one)
    const endpoint = await selectEndpoint(tx, before.endpointId)
    if (!endpoint) return after
    if (hasArrived(tried)) {
      if (endpoint.failingSince !== null) await noteFailing(tx, endpoint.id, null)
      return after
    }
    if (endpoint.failingSince === null) await noteFailing(tx, endpoint.id, tried.at.toISOString())
    const reason = tried.httpStatus === 410 ? 'gone' : isHopeless(endpoint, deps.now()) ? 'failing' : undefined
    if (reason && endpoint.status === 'enabled') {
      const over = disable(endpoint, reason)
      await replaceEndpoint(tx, endpoint, over)
      await cancelDeliveries(tx, endpoint.id)
      await announceEndpoint(deps, tx, 'disabled', over)
    }
    return after
  })

export const isDisabled = () =>
  new Problem('invalid_request', {
    en: 'This webhook endpoint is disabled: enable it first',
    es: 'Este destino de webhooks está desactivado: actívelo primero',
  })
