/** What the console reads across the tables: one object's whole story, lists that have no page numbers, and what is searched. */
import type { SessionStatus } from '../contract/checkout.ts'
import type { Owner } from '../domain/account.ts'
import type { Attempt } from '../domain/attempt.ts'
import type { Challenge } from '../domain/challenge.ts'
import type { Payment } from '../domain/payment.ts'
import type { Session } from '../domain/session.ts'
import { fromRow as attemptFrom } from './attempts.ts'
import { fromRow as challengeFrom } from './challenges.ts'
import { flag } from './lists.ts'
import { fromRow as paymentFrom } from './payments.ts'
import type { Db, EventRow, Tables, WebhookDeliveryRow } from './schema.ts'
import { fromRow as sessionFrom } from './sessions.ts'

export async function selectAttemptsOf(db: Db, intentId: string): Promise<Attempt[]> {
  const rows = await db.selectFrom('attempts').selectAll().where('intent_id', '=', intentId).orderBy('id').execute()
  return rows.map(attemptFrom)
}

export async function selectChallengesOf(db: Db, intentId: string): Promise<Challenge[]> {
  const rows = await db.selectFrom('challenges').selectAll().where('intent_id', '=', intentId).orderBy('id').execute()
  return rows.map(challengeFrom)
}

export const selectRefundIdsOf = async (db: Db, paymentId: string): Promise<string[]> =>
  (await db.selectFrom('refunds').select('id').where('payment_id', '=', paymentId).orderBy('id').execute()).map(
    ({ id }) => id,
  )

export async function selectEventsAbout(
  db: Db,
  by: Owner,
  objectIds: readonly string[],
  most: number,
): Promise<EventRow[]> {
  return db
    .selectFrom('events')
    .selectAll()
    .where('object_id', 'in', objectIds)
    .where('account_id', '=', by.accountId)
    .where('live', '=', flag(by.live))
    .orderBy('id')
    .limit(most)
    .execute()
}

export type SentDelivery = WebhookDeliveryRow & { url: string }

/** Deliveries of these events, with where they went. */
export const selectDeliveriesOf = (db: Db, eventIds: readonly string[], most: number): Promise<SentDelivery[]> =>
  eventIds.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('webhook_deliveries')
        .innerJoin('webhook_endpoints', 'webhook_endpoints.id', 'webhook_deliveries.endpoint_id')
        .selectAll('webhook_deliveries')
        .select('webhook_endpoints.url')
        .where('event_id', 'in', eventIds)
        .orderBy('webhook_deliveries.id')
        .limit(most)
        .execute()

/** How many sessions one question looks at. */
const mostLookedAt = 5000

/** Of this owner, the newest first, after a given one; `seen` as for requests. */
export async function selectSessionsOf(
  db: Db,
  by: Owner,
  { before, status }: { before: string | undefined; status: SessionStatus | undefined },
  most: number,
): Promise<{ sessions: Session[]; seen: string | undefined }> {
  let window = db
    .selectFrom('sessions')
    .select('id')
    .where('account_id', '=', by.accountId)
    .where('live', '=', flag(by.live))
    .orderBy('id', 'desc')
  if (before !== undefined) window = window.where('id', '<', before)
  const [last] =
    status === undefined
      ? []
      : await window
          .offset(mostLookedAt - 1)
          .limit(1)
          .execute()
  let query = window.clearSelect().selectAll().limit(most)
  if (last) query = query.where('id', '>=', last.id)
  if (status !== undefined) query = query.where('status', '=', status)
  return { sessions: (await query.execute()).map(sessionFrom), seen: last?.id }
}

/** The number of the last payment that was made by a moment: payments are numbered as they are made, so a few looks find it. */
export async function lastNumberUntil(db: Db, by: Owner, total: number, moment: string): Promise<number> {
  let [low, high] = [0, total]
  // Whatever is numbered up to `low` was made by then; whatever is above `high` was not.
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const row = await db
      .selectFrom('payments')
      .select('created_at')
      .where('account_id', '=', by.accountId)
      .where('live', '=', flag(by.live))
      .where('number', '=', middle)
      .executeTakeFirst()
    if (row && row.created_at <= moment) low = middle
    else high = middle - 1
  }
  return low
}

/** How many payments there are, by the count that is kept with the list. */
export async function countList(db: Db, by: Owner, list: string): Promise<number> {
  const row = await db
    .selectFrom('lists')
    .select('total')
    .where('account_id', '=', by.accountId)
    .where('live', '=', flag(by.live))
    .where('list', '=', list)
    .executeTakeFirst()
  return row?.total ?? 0
}

export async function selectPaymentsIn(db: Db, by: Owner, ids: readonly string[]): Promise<Payment[]> {
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('payments')
    .selectAll()
    .where('id', 'in', ids)
    .where('account_id', '=', by.accountId)
    .where('live', '=', flag(by.live))
    .orderBy('id', 'desc')
    .execute()
  return rows.map(paymentFrom)
}

/** Tables whose ids can be searched by their beginning. */
export type Searched = keyof Pick<
  Tables,
  | 'payments'
  | 'sessions'
  | 'customers'
  | 'subscriptions'
  | 'refunds'
  | 'invoices'
  | 'events'
  | 'requests'
  | 'webhook_deliveries'
>

/** Ids of this owner that begin so, the newest first. */
export async function selectIdsFrom(
  db: Db,
  by: Owner,
  table: Searched,
  begin: string,
  most: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom(table as 'payments')
    .select('id')
    .where('id', '>=', begin)
    .where('id', '<', `${begin}{`)
    .where('account_id', '=', by.accountId)
    .where('live', '=', flag(by.live))
    .orderBy('id', 'desc')
    .limit(most)
    .execute()
  return rows.map(({ id }) => id)
}

export type FoundCustomer = { id: string; email: string; name: string | null; created_at: string }

/** Customers whose email begins so. */
export const selectCustomersByEmail = (db: Db, by: Owner, begin: string, most: number): Promise<FoundCustomer[]> =>
  db
    .selectFrom('customers')
    .select(['id', 'email', 'name', 'created_at'])
    .where('account_id', '=', by.accountId)
    .where('live', '=', flag(by.live))
    .where('email', '>=', begin)
    .where('email', '<', `${begin}{`)
    .where('status', '=', 'active')
    .orderBy('email')
    .limit(most)
    .execute()

export const selectPaymentIdsOfCustomer = async (db: Db, customerId: string, most: number): Promise<string[]> =>
  (
    await db
      .selectFrom('payments')
      .select('id')
      .where('customer_id', '=', customerId)
      .orderBy('number', 'desc')
      .limit(most)
      .execute()
  ).map(({ id }) => id)
