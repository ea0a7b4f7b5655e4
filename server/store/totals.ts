/**
 * What the console draws and finds payments by, kept up with as events go on their way: an event is taken once, and what it
 * counts for is counted in the transaction that takes it, so that no payment waits for a total.
 */
import { sql } from 'kysely'
import type { Owner } from '../domain/account.ts'
import type { Payment } from '../domain/payment.ts'
import { wordsOf } from '../domain/search.ts'
import { flag } from './lists.ts'
import type { Db, DeclineTotalRow, EventRow, PaymentTotalRow, PaymentWordRow, Tx } from './schema.ts'

/** Counts payments that succeeded and cards that were declined, and keeps the words that payments are found by. */
export async function countPayments(tx: Tx, events: readonly EventRow[]): Promise<void> {
  const totals = new Map<string, PaymentTotalRow>()
  const declines = new Map<string, DeclineTotalRow>()
  const words = new Map<string, PaymentWordRow>()
  for (const event of events) {
    if (!event.type.startsWith('payment.')) continue
    const payment = JSON.parse(event.payload) as Payment
    const { account_id, live } = event
    for (const word of wordsOf({ ...payment, last4: payment.card?.last4 ?? null })) {
      words.set(`${word} ${payment.id}`, { account_id, live, word, payment_id: payment.id })
    }
    const paid = event.type === 'payment.succeeded'
    if (!paid && event.type !== 'payment.failed') continue
    const { currency } = payment
    const hour = event.created_at.slice(0, 13)
    const of = { account_id, live, currency, hour }
    const key = Object.values(of).join(' ')
    const total = totals.get(key) ?? { ...of, succeeded: 0, amount: 0, declined: 0 }
    totals.set(key, total)
    if (paid) {
      total.succeeded++
      total.amount += payment.amount
      continue
    }
    total.declined++
    const code = payment.failure?.declineCode ?? payment.failure?.code ?? 'unknown'
    const decline = declines.get(`${key} ${code}`) ?? { ...of, code, total: 0 }
    declines.set(`${key} ${code}`, decline)
    decline.total++
  }
  // Always in the same order, so that two processes that take events do not wait for each other.
  const inOrder = <T>(rows: Map<string, T>): T[] =>
    [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
  if (words.size > 0) {
    await tx
      .insertInto('payment_words')
      .values(inOrder(words))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
  if (totals.size > 0) {
    await tx
      .insertInto('payment_totals')
      .values(inOrder(totals))
      .onConflict((conflict) =>
        conflict.columns(['account_id', 'live', 'currency', 'hour']).doUpdateSet({
          succeeded: sql<number>`payment_totals.succeeded + excluded.succeeded`,
          amount: sql<number>`payment_totals.amount + excluded.amount`,
          declined: sql<number>`payment_totals.declined + excluded.declined`,
        }),
      )
      .execute()
  }
  if (declines.size > 0) {
    await tx
      .insertInto('decline_totals')
      .values(inOrder(declines))
      .onConflict((conflict) =>
        conflict
          .columns(['account_id', 'live', 'currency', 'hour', 'code'])
          .doUpdateSet({ total: sql<number>`decline_totals.total + excluded.total` }),
      )
      .execute()
  }
}

export type Hours = { currency: string; from: string; to: string }

/** The hours of a time that have any payments; `from` and `to` are hours, `to` not among them. */
export const selectTotals = (db: Db, by: Owner, { currency, from, to }: Hours): Promise<PaymentTotalRow[]> =>
  db
    .selectFrom('payment_totals')
    .selectAll()
    .where('account_id', '=', by.accountId)
    .where('live', '=', flag(by.live))
    .where('currency', '=', currency)
    .where('hour', '>=', from)
    .where('hour', '<', to)
    .orderBy('hour')
    .execute()

/** Declines of a time by their reasons, the most frequent first. */
export async function selectDeclines(
  db: Db,
  by: Owner,
  { currency, from, to }: Hours,
  most: number,
): Promise<{ code: string; count: number }[]> {
  const rows = await db
    .selectFrom('decline_totals')
    .select(({ fn }) => ['code', fn.sum<number>('total').as('count')])
    .where('account_id', '=', by.accountId)
    .where('live', '=', flag(by.live))
    .where('currency', '=', currency)
    .where('hour', '>=', from)
    .where('hour', '<', to)
    .groupBy('code')
    .orderBy('count', 'desc')
    .orderBy('code')
    .limit(most)
    .execute()
  // PostgreSQL adds up whole numbers to a decimal, which arrives as text.
  return rows.map(({ code, count }) => ({ code, count: Number(count) }))
}

/** Every currency that there are payments in, from one to the next: there may be many hours of each. */
export async function selectCurrencies(db: Db, by: Owner): Promise<string[]> {
  const currencies: string[] = []
  for (;;) {
    const next = await db
      .selectFrom('payment_totals')
      .select('currency')
      .where('account_id', '=', by.accountId)
      .where('live', '=', flag(by.live))
      .where('currency', '>', currencies.at(-1) ?? '')
      .orderBy('currency')
      .limit(1)
      .executeTakeFirst()
    if (!next) return currencies
    currencies.push(next.currency)
  }
}

/** The newest payments with a word, or with one that begins so. */
export async function selectPaymentsByWord(
  db: Db,
  by: Owner,
  { word, isWhole }: { word: string; isWhole: boolean },
  most: number,
): Promise<string[]> {
  let query = db
    .selectFrom('payment_words')
    .select('payment_id')
    .where('account_id', '=', by.accountId)
    .where('live', '=', flag(by.live))
    .limit(most)
  // A word is of letters that sort before this one in every database.
  query = isWhole
    ? query.where('word', '=', word).orderBy('payment_id', 'desc')
    : query.where('word', '>=', word).where('word', '<', `${word}{`).orderBy('word')
  return (await query.execute()).map((row) => row.payment_id)
}
