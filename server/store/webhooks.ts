/** Where events are sent, which are on their way, and what each try came to. */
import { sql } from 'kysely'
import type { Owner } from '../domain/account.ts'
import type { Delivery, Tried, WebhookEndpoint } from '../domain/webhook.ts'
import { mustHaveChanged } from './guard.ts'
import { flag } from './lists.ts'
import type { Db, Tx, WebhookAttemptRow, WebhookDeliveryRow, WebhookEndpointRow } from './schema.ts'

const endpointFrom = (row: WebhookEndpointRow): WebhookEndpoint => ({
  id: row.id,
  accountId: row.account_id,
  live: row.live === 1,
  createdAt: row.created_at,
  version: row.version,
  url: row.url,
  description: row.description,
  events: JSON.parse(row.events) as string[],
  signature: row.signature,
  status: row.status,
  disabledReason: row.disabled_reason,
  failingSince: row.failing_since,
  secret: row.secret,
  formerSecret: row.former_secret,
  formerUntil: row.former_until,
})

const endpointColumns = (endpoint: WebhookEndpoint) => ({
  version: endpoint.version,
  url: endpoint.url,
  description: endpoint.description,
  events: JSON.stringify(endpoint.events),
  signature: endpoint.signature,
  status: endpoint.status,
  disabled_reason: endpoint.disabledReason,
  failing_since: endpoint.failingSince,
  secret: endpoint.secret,
  former_secret: endpoint.formerSecret,
  former_until: endpoint.formerUntil,
})

export async function insertEndpoint(tx: Tx, endpoint: WebhookEndpoint): Promise<void> {
  const { id, accountId, live, createdAt } = endpoint
  await tx
    .insertInto('webhook_endpoints')
    .values({
      id,
      account_id: accountId,
      live: flag(live),
      created_at: createdAt,
      deleted_at: null,
      ...endpointColumns(endpoint),
    })
    .execute()
}

/** Writes what it became, only while the row is still as it was read; `deletedAt` takes it away. */
export async function replaceEndpoint(
  tx: Tx,
  before: WebhookEndpoint,
  after: WebhookEndpoint,
  deletedAt: string | null = null,
): Promise<void> {
  const changed = await tx
    .updateTable('webhook_endpoints')
    .set({ ...endpointColumns(after), deleted_at: deletedAt })
    .where('id', '=', before.id)
    .where('version', '=', before.version)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  mustHaveChanged(changed, before.id)
}

/** Whoever's it is. */
export async function selectEndpoint(db: Db | Tx, id: string): Promise<WebhookEndpoint | undefined> {
  const row = await db
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  return row && endpointFrom(row)
}

/** Of this owner, the newest first: they are few. */
export async function selectEndpoints(db: Db | Tx, by: Owner): Promise<WebhookEndpoint[]> {
  const rows = await db
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('account_id', '=', by.accountId)
    .where('live', '=', flag(by.live))
    .where('deleted_at', 'is', null)
    .orderBy('id', 'desc')
    .execute()
  return rows.map(endpointFrom)
}

/** Of several accounts, those that are enabled. */
export async function selectEnabledEndpoints(tx: Tx, accountIds: readonly string[]): Promise<WebhookEndpoint[]> {
  const rows = await tx
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('account_id', 'in', [...new Set(accountIds)])
    .where('status', '=', 'enabled')
    .where('deleted_at', 'is', null)
    .execute()
  return rows.map(endpointFrom)
}

export const deliveryFrom = (row: WebhookDeliveryRow): Delivery => ({
  id: row.id,
  accountId: row.account_id,
  live: row.live === 1,
  endpointId: row.endpoint_id,
  eventId: row.event_id,
  eventType: row.event_type,
  body: row.body,
  status: row.status,
  tries: row.tries,
  attempts: row.attempts,
  nextAttemptAt: row.next_attempt_at,
  leasedUntil: row.leased_until,
  fault: row.fault,
  createdAt: row.created_at,
  version: row.version,
})

const deliveryRow = (delivery: Delivery): WebhookDeliveryRow => ({
  id: delivery.id,
  account_id: delivery.accountId,
  live: flag(delivery.live),
  created_at: delivery.createdAt,
  version: delivery.version,
  endpoint_id: delivery.endpointId,
  event_id: delivery.eventId,
  event_type: delivery.eventType,
  body: delivery.body,
  status: delivery.status,
  tries: delivery.tries,
  attempts: delivery.attempts,
  next_attempt_at: delivery.nextAttemptAt,
  leased_until: delivery.leasedUntil,
  fault: delivery.fault,
})

export async function insertDeliveries(tx: Tx, deliveries: readonly Delivery[]): Promise<void> {
  if (deliveries.length > 0) await tx.insertInto('webhook_deliveries').values(deliveries.map(deliveryRow)).execute()
}

/** Writes what it became, only while the row is still as it was read. */
export async function replaceDelivery(tx: Tx, before: Delivery, after: Delivery): Promise<void> {
  const { id, ...columns } = deliveryRow(after)
  const changed = await tx
    .updateTable('webhook_deliveries')
    .set(columns)
    .where('id', '=', id)
    .where('version', '=', before.version)
    .executeTakeFirst()
  mustHaveChanged(changed, before.id)
}

/**
 * Endpoints that something is due for, and that nobody is at. Asked of each endpoint, of which there are few: what waits for its
 * hour, however much it is, is not looked at.
 */
export async function selectDueEndpoints(db: Db, moment: string): Promise<string[]> {
  const rows = await db
    .selectFrom('webhook_endpoints')
    .select('id')
    .where('status', '=', 'enabled')
    .where('deleted_at', 'is', null)
    .where((where) =>
      where.exists(
        where
          .selectFrom('webhook_deliveries')
          .select('webhook_deliveries.id')
          .whereRef('endpoint_id', '=', 'webhook_endpoints.id')
          .where('next_attempt_at', '<=', moment)
          .where((one) => one.or([one('leased_until', 'is', null), one('leased_until', '<=', moment)])),
      ),
    )
    .execute()
  return rows.map((row) => row.id)
}

/** What is due for one endpoint, that which has waited longest first. */
export async function selectDueDeliveries(
  db: Db,
  endpointId: string,
  moment: string,
  most: number,
): Promise<Delivery[]> {
  const rows = await db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('endpoint_id', '=', endpointId)
    .where('next_attempt_at', '<=', moment)
    .where((where) => where.or([where('leased_until', 'is', null), where('leased_until', '<=', moment)]))
    .orderBy('next_attempt_at')
    .orderBy('id')
    .limit(most)
    .execute()
  return rows.map(deliveryFrom)
}

/** One of this owner's. */
export async function selectDelivery(db: Db | Tx, by: Owner, id: string): Promise<Delivery | undefined> {
  const row = await db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('id', '=', id)
    .where('account_id', '=', by.accountId)
    .where('live', '=', flag(by.live))
    .executeTakeFirst()
  return row && deliveryFrom(row)
}

export type DeliveryFilter = {
  endpointId?: string | undefined
  eventId?: string | undefined
  status?: string | undefined
  before?: string | undefined
}

/** Of this owner, the newest first. */
export async function selectDeliveries(db: Db, by: Owner, filter: DeliveryFilter, most: number): Promise<Delivery[]> {
  let query = db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('account_id', '=', by.accountId)
    .where('live', '=', flag(by.live))
    .orderBy('id', 'desc')
    .limit(most)
  if (filter.endpointId !== undefined) query = query.where('endpoint_id', '=', filter.endpointId)
  if (filter.eventId !== undefined) query = query.where('event_id', '=', filter.eventId)
  if (filter.status !== undefined) query = query.where('status', '=', filter.status as 'pending')
  if (filter.before !== undefined) query = query.where('id', '<', filter.before)
  return (await query.execute()).map(deliveryFrom)
}

/** What still waits for an endpoint is not sent any more. */
export async function cancelDeliveries(tx: Tx, endpointId: string): Promise<void> {
  await tx
    .updateTable('webhook_deliveries')
    .set({ status: 'canceled', next_attempt_at: null, leased_until: null, version: sql<number>`version + 1` })
    .where('endpoint_id', '=', endpointId)
    .where('status', '=', 'pending')
    .execute()
}

/** Whether a switch holds a delivery of an endpoint back until a later one was sent. */
export async function isHolding(tx: Tx, endpointId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('webhook_deliveries')
    .select('id')
    .where('endpoint_id', '=', endpointId)
    .where('next_attempt_at', 'is not', null)
    .where('fault', '=', 'webhook_reorder')
    .where('tries', '=', 0)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Whether a later delivery to the same endpoint was sent. */
export async function isOvertaken(tx: Tx, { id, endpointId }: Pick<Delivery, 'id' | 'endpointId'>): Promise<boolean> {
  const row = await tx
    .selectFrom('webhook_deliveries')
    .select('id')
    .where('endpoint_id', '=', endpointId)
    .where('id', '>', id)
    .where('attempts', '>', 0)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Makes due what a switch holds back at an endpoint. */
export async function releaseDeliveries(tx: Tx, endpointId: string, now: string): Promise<void> {
  await tx
    .updateTable('webhook_deliveries')
    .set({ next_attempt_at: now, version: sql<number>`version + 1` })
    .where('endpoint_id', '=', endpointId)
    .where('next_attempt_at', '>', now)
    .where('fault', '=', 'webhook_reorder')
    .where('tries', '=', 0)
    .where('leased_until', 'is', null)
    .execute()
}

export async function insertAttempt(tx: Tx, id: string, deliveryId: string, tried: Tried): Promise<void> {
  const row: WebhookAttemptRow = {
    id,
    delivery_id: deliveryId,
    at: tried.at.toISOString(),
    ms: tried.ms,
    http_status: tried.httpStatus,
    error: tried.error,
    response: tried.response,
  }
  await tx.insertInto('webhook_attempts').values(row).execute()
}

/** What every try of a delivery came to, the newest last. */
export const selectAttempts = (db: Db, deliveryId: string): Promise<WebhookAttemptRow[]> =>
  db.selectFrom('webhook_attempts').selectAll().where('delivery_id', '=', deliveryId).orderBy('id').execute()

/**
 * Since when nothing has arrived at an endpoint: noted once, and forgotten when something does. It is no change of what the
 * account asked for, so its version stays.
 */
export async function noteFailing(tx: Tx, endpointId: string, since: string | null): Promise<void> {
  const query = tx.updateTable('webhook_endpoints').set({ failing_since: since }).where('id', '=', endpointId)
  await query.where('failing_since', since === null ? 'is not' : 'is', null).execute()
}
