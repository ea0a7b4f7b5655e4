/** What the console asks beyond the public API: the story of a payment, what is searched, and what is drawn. */
import type { PaymentStatus } from '../contract/checkout.ts'
import type { Deps } from '../deps.ts'
import type { Owner } from '../domain/account.ts'
import type { Attempt } from '../domain/attempt.ts'
import type { Challenge } from '../domain/challenge.ts'
import type { Customer } from '../domain/customer.ts'
import type { Intent } from '../domain/intent.ts'
import type { Plan } from '../domain/plan.ts'
import type { Product } from '../domain/product.ts'
import type { Payment } from '../domain/payment.ts'
import { noSuch } from '../domain/problem.ts'
import type { Refund } from '../domain/refund.ts'
import { wantedWords } from '../domain/search.ts'
import type { Session } from '../domain/session.ts'
import { couldBeId } from '../ids.ts'
import {
  countList,
  type FoundCustomer,
  lastNumberUntil,
  type Searched,
  selectAttemptsOf,
  selectChallengesOf,
  selectCustomersByEmail,
  selectDeliveriesOf,
  selectEventsAbout,
  selectIdsFrom,
  selectPaymentIdsOfCustomer,
  selectPaymentsIn,
  selectRefundIdsOf,
  selectSessionsOf,
  type SentDelivery,
} from '../store/console.ts'
import { selectIntent } from '../store/intents.ts'
import { countStatusAbove } from '../store/lists.ts'
import { refundRows } from '../store/refunds.ts'
import { type RequestFilter, selectRequest, selectRequests, selectRequestsAbout } from '../store/requests.ts'
import type { EventRow, PaymentTotalRow, RequestRow } from '../store/schema.ts'
import { selectSession } from '../store/sessions.ts'
import { selectCurrencies, selectDeclines, selectPaymentsByWord, selectTotals } from '../store/totals.ts'
import { findPayment } from './payments.ts'
import { type Reads, reads } from './read.ts'

/** A part of a list that is read from one id to the next: `more` is where to go on, undefined at its end. */
export type Part<T> = { items: T[]; more: string | undefined }

const partOf = <T extends { id: string }>(rows: T[], seen: string | undefined, limit: number): Part<T> => {
  const items = rows.slice(0, limit)
  return { items, more: rows.length > limit ? items.at(-1)!.id : seen }
}

export async function listRequests(
  deps: Deps,
  by: Owner,
  filter: RequestFilter,
  limit: number,
): Promise<Part<RequestRow>> {
  const { rows, seen } = await selectRequests(deps.store.db, by, filter, limit + 1)
  return partOf(rows, seen, limit)
}

export async function findRequest(deps: Deps, by: Owner, id: string): Promise<RequestRow> {
  const found = couldBeId(id) ? await selectRequest(deps.store.db, by, id) : undefined
  if (!found) throw noSuch('request')
  return found
}

export async function listSessions(
  deps: Deps,
  by: Owner,
  filter: { before: string | undefined; status: Session['status'] | undefined },
  limit: number,
): Promise<Part<Session>> {
  const { sessions, seen } = await selectSessionsOf(deps.store.db, by, filter, limit + 1)
  return partOf(sessions, seen, limit)
}

/** At which offset of the payments' list, or of those of a status, the ones begin that were made at or before a moment. */
export async function offsetUntil(
  deps: Deps,
  by: Owner,
  { until, status }: { until: string; status: PaymentStatus | undefined },
): Promise<number> {
  const { db } = deps.store
  const total = await countList(db, by, 'payments')
  const number = await lastNumberUntil(db, by, total, until)
  return status === undefined ? total - number : countStatusAbove(db, 'payments', by, status, number)
}

/** A payment and everything that is known of how it came to be so. */
export type Story = {
  payment: Payment
  session: Session | null
  intent: Intent | null
  attempts: Attempt[]
  challenges: Challenge[]
  refunds: Refund[]
  events: EventRow[]
  deliveries: SentDelivery[]
  requests: RequestRow[]
}

/** Of each kind, more than any payment has whose story somebody wants to read. */
const mostOfAKind = 500

export async function paymentStory(deps: Deps, by: Owner, id: string): Promise<Story> {
  const { db } = deps.store
  const payment = await findPayment(deps, by, id)
  const intent = (await selectIntent(db, payment.intentId)) ?? null
  const session = payment.sessionId === null ? null : ((await selectSession(db, payment.sessionId)) ?? null)
  const attempts = await selectAttemptsOf(db, payment.intentId)
  const challenges = await selectChallengesOf(db, payment.intentId)
  const refundIds = await selectRefundIdsOf(db, payment.id)
  const refunds = [...(await refundRows.many(db, refundIds)).values()]
  const own = [payment.id, payment.intentId, ...(session ? [session.id] : []), ...refundIds]
  const events = await selectEventsAbout(db, by, own, mostOfAKind)
  const eventIds = events.map((event) => event.id)
  return {
    payment,
    session,
    intent,
    attempts,
    challenges,
    refunds,
    events,
    deliveries: await selectDeliveriesOf(db, eventIds, mostOfAKind),
    requests: await selectRequestsAbout(db, by, [...own, ...challenges.map((one) => one.id)], mostOfAKind),
  }
}

/** What was there before a payment's first request. */
export type Given = { customer: Customer | null; plan: Plan | null; product: Product | null }

export async function storyGiven(deps: Deps, { payment, session }: Story): Promise<Given> {
  const one = async <T>(known: Reads<T>, id: string | null | undefined): Promise<T | null> =>
    (id && (await known.many(deps, [id])).get(id)) || null
  const customer = await one(reads.customers, payment.customerId ?? session?.customerId)
  const plan = await one(reads.plans, session?.planId)
  return { customer, plan, product: await one(reads.products, plan?.productId) }
}

/** What a search came to: payments whole, of everything else what it is known by. */
export type Found = {
  payments: Payment[]
  customers: FoundCustomer[]
  ids: { table: Exclude<Searched, 'payments' | 'customers'>; id: string }[]
}

/** An id of which less is known than this would fit too many. */
const shortestId = 10
const mostFound = 10

const searched: readonly (readonly [prefix: string, table: Searched])[] = [
  ['pay_', 'payments'],
  ['cs_', 'sessions'],
  ['cus_', 'customers'],
  ['sub_', 'subscriptions'],
  ['ref_', 'refunds'],
  ['in_', 'invoices'],
  ['evt_', 'events'],
  ['req_', 'requests'],
  ['whd_', 'webhook_deliveries'],
]

/** Finds by an id or its beginning, an email, an order number, an amount, or the last four digits of a card. */
export async function search(deps: Deps, by: Owner, text: string): Promise<Found> {
  const { db } = deps.store
  const found: Found = { payments: [], customers: [], ids: [] }
  const [, table] = searched.find(([prefix]) => text.startsWith(prefix)) ?? []
  if (table) {
    if (text.length < shortestId || !couldBeId(text)) return found
    const ids = await selectIdsFrom(db, by, table, text, mostFound)
    if (table === 'payments') found.payments = await selectPaymentsIn(db, by, ids)
    else if (table === 'customers') found.customers = await customersOf(deps, by, ids)
    else found.ids = ids.map((id) => ({ table, id }))
    return found
  }
  if (text.includes('@')) {
    found.customers = await selectCustomersByEmail(db, by, text, mostFound)
    const ids = await Promise.all(found.customers.map(({ id }) => selectPaymentIdsOfCustomer(db, id, mostFound)))
    found.payments = await selectPaymentsIn(db, by, ids.flat().slice(0, mostFound))
    return found
  }
  const ids = new Set<string>()
  for (const wanted of wantedWords(text)) {
    for (const id of await selectPaymentsByWord(db, by, wanted, mostFound)) ids.add(id)
  }
  found.payments = await selectPaymentsIn(db, by, [...ids].slice(0, 2 * mostFound))
  return found
}

async function customersOf(deps: Deps, by: Owner, ids: readonly string[]): Promise<FoundCustomer[]> {
  const found = await reads.customers.many(deps, ids)
  return [...found.values()].flatMap(({ id, email, name, createdAt, status }) =>
    status === 'active' ? [{ id, email, name, created_at: createdAt }] : [],
  )
}

/**
 * Payments of a time by the hour, and why cards were declined in it; hours as `2026-11-20T12`, `to` not among them. Without
 * a currency, of the one that there are payments in, colones before others.
 */
export async function totals(
  deps: Deps,
  by: Owner,
  { currency: wanted, from, to }: { currency: string | undefined; from: string; to: string },
): Promise<{
  rows: PaymentTotalRow[]
  declines: { code: string; count: number }[]
  currencies: string[]
  currency: string
}> {
  const { db } = deps.store
  const currencies = await selectCurrencies(db, by)
  const usual = currencies.length === 0 || currencies.includes('CRC') ? 'CRC' : currencies[0]!
  const hours = { currency: wanted ?? usual, from, to }
  return {
    rows: await selectTotals(db, by, hours),
    declines: await selectDeclines(db, by, hours, mostFound),
    currencies,
    currency: hours.currency,
  }
}
