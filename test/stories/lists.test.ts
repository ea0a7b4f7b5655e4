/** A page of a list is what plain SQL says it is, wherever it begins, and stays so while rows arrive and change. */
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listAttempts, listPayments } from '../../server/actions/payments.ts'
import { reads } from '../../server/actions/read.ts'
import { paymentStatuses, type PaymentStatus } from '../../server/contract/checkout.ts'
import type { Attempt, AttemptStatus } from '../../server/domain/attempt.ts'
import type { Payment } from '../../server/domain/payment.ts'
import { endAttempt, insertAttempt, selectAttempt } from '../../server/store/attempts.ts'
import { customerRows } from '../../server/store/customers.ts'
import { insertIntent } from '../../server/store/intents.ts'
import { blockSizes } from '../../server/store/migrations/blocks.ts'
import { insertPayment, replacePayment, selectPayment } from '../../server/store/payments.ts'
import type { Store, Tx } from '../../server/store/schema.ts'
import { insertSession } from '../../server/store/sessions.ts'
import { anIntent, aPayment, aSession } from '../support/builders.ts'
import { databases, emptyStore } from '../support/databases.ts'
import { makeApp, type TestApp } from '../support/make-app.ts'

const [blockSize] = blockSizes
const owners = [
  { accountId: 'acct_a', live: false },
  { accountId: 'acct_a', live: true },
  { accountId: 'acct_b', live: false },
]
const ended = ['requires_action', 'succeeded', 'failed', 'superseded'] as const satisfies AttemptStatus[]
const shownAs: Record<AttemptStatus, PaymentStatus> = {
  processing: 'pending',
  needs_review: 'pending',
  requires_action: 'requires_action',
  succeeded: 'succeeded',
  failed: 'failed',
  superseded: 'canceled',
}

const owner = fc.constantFrom(...owners)
const slice = fc.record({
  limit: fc.oneof(fc.constantFrom(1, 100), fc.integer({ min: 1, max: 100 })),
  offset: fc.oneof(
    fc.integer({ min: 0, max: 30 }),
    fc.integer({ min: 0, max: 2600 }),
    fc.constantFrom(0, blockSize - 1, blockSize, blockSize + 1, 2 * blockSize, 1_000_000_000),
  ),
  status: fc.option(fc.constantFrom(...paymentStatuses), { nil: undefined }),
})

describe.each(databases)('lists on %s', (on) => {
  let store: Store
  let app: TestApp
  let made = 0
  let chance = 1

  /** Repeatable, and uneven: some statuses are rare. */
  const random = (below: number) => {
    chance = (chance * 48271) % 2147483647
    return chance % below
  }

  /** A payment with one attempt and a customer, as a purchase leaves them. */
  async function arrive(tx: Tx, by: (typeof owners)[number]): Promise<void> {
    const n = ++made
    const own = { ...by, createdAt: new Date(Date.UTC(2026, 10, 20, 12, 0, 0, n)).toISOString() }
    const session = aSession({ ...own, id: `cs_${n}` })
    const intent = anIntent({ ...own, id: `pi_${n}`, sessionId: session.id })
    // Ids in an order of their own: it is not they who say which row is newer.
    const id = `pay_${random(1e9)}_${n}`
    const payment = aPayment({
      ...own,
      id,
      intentId: intent.id,
      sessionId: session.id,
      status: paymentStatuses[random(3) ? 2 : random(7)]!,
    })
    const attempt: Attempt = {
      ...own,
      id: `att_${random(1e9)}_${n}`,
      intentId: intent.id,
      paymentId: id,
      status: random(2) ? 'processing' : ended[random(4)]!,
      processor: 'sandbox',
      cardToken: 'visa',
      card: null,
      failure: null,
      replyScope: null,
      replyKey: null,
      asker: null,
      leaseUntil: own.createdAt,
    }
    await insertSession(tx, session)
    await insertIntent(tx, intent)
    await insertPayment(tx, payment)
    await insertAttempt(tx, attempt)
    await customerRows.insert(tx, {
      ...own,
      id: `cus_${random(1e9)}_${n}`,
      version: 1,
      email: 'a@b.example',
      number: await customerRows.nextNumber(tx, by),
      status: 'active',
      currency: null,
      card: null,
      declaredTest: null,
      name: null,
      description: null,
      phone: null,
    })
  }

  /** A payment and an attempt become something else. */
  async function change(tx: Tx, by: (typeof owners)[number]): Promise<void> {
    const rows = await tx
      .selectFrom('attempts')
      .select(['id', 'payment_id'])
      .where('account_id', '=', by.accountId)
      .where('live', '=', by.live ? 1 : 0)
      .where('status', '=', 'processing')
      .execute()
    const row = rows[random(rows.length)]
    if (!row) return
    const before = (await selectPayment(tx, row.payment_id!)) as Payment
    await replacePayment(tx, before, { ...before, status: paymentStatuses[random(7)]!, version: before.version + 1 })
    await endAttempt(tx, (await selectAttempt(tx, row.id))!, ended[random(4)]!, null)
  }

  beforeAll(async () => {
    store = await emptyStore(on)
    app = await makeApp({ store })
    for (const [n, by] of owners.entries()) {
      // Enough for three blocks of numbers in the first list, and fewer in the others.
      for (let rows = [2300, 400, 1030][n]!; rows > 0; rows -= 200) {
        await store.transact(async (tx) => {
          for (let row = 0; row < Math.min(rows, 200); row++) await arrive(tx, by)
        })
      }
    }
  }, 120_000)
  afterAll(() => store.close())

  /** All rows of a list, the newest first, by nothing but their moment. */
  const all = async (table: 'payments' | 'attempts' | 'customers', by: (typeof owners)[number]) =>
    (await store.db
      .selectFrom(table as 'payments')
      .selectAll()
      .where('account_id', '=', by.accountId)
      .where('live', '=', by.live ? 1 : 0)
      .orderBy('created_at', 'desc')
      .execute()) as { id: string; status: PaymentStatus; payment_id?: string }[]

  async function expectPages(
    by: (typeof owners)[number],
    wanted: { limit: number; offset: number; status?: PaymentStatus | undefined },
  ) {
    const { limit, offset, status } = wanted
    const page = <T>(rows: T[]) => ({ ids: rows.slice(offset, offset + limit), total: rows.length })
    const ids = (rows: { id: string }[]) => rows.map((row) => row.id)

    const payments = await listPayments(app.deps, by, wanted)
    const rows = (await all('payments', by)).filter((row) => status === undefined || row.status === status)
    expect({ ids: ids(payments.items), total: payments.total }).toEqual(page(ids(rows)))

    const attempts = await listAttempts(app.deps, by, wanted)
    const tried = (await all('attempts', by)).filter(
      (row) => status === undefined || shownAs[row.status as string as AttemptStatus] === status,
    )
    expect({ ids: ids(attempts.items), total: attempts.total }).toEqual(page(tried.map((row) => row.payment_id)))
    for (const item of attempts.items) if (status !== undefined) expect(item.status).toBe(status)

    const customers = await reads.customers.page(app.deps, by, { limit, offset })
    expect({ ids: ids(customers.items), total: customers.total }).toEqual(page(ids(await all('customers', by))))
  }

  it('equal the plain answer of the database, at any offset, for any status, while rows arrive and change', async () => {
    const news = fc.record({ arrive: fc.nat(3), change: fc.nat(3) })
    await fc.assert(
      fc.asyncProperty(owner, slice, news, async (by, wanted, { arrive: arriving, change: changing }) => {
        await store.transact(async (tx) => {
          for (let n = 0; n < arriving; n++) await arrive(tx, by)
          for (let n = 0; n < changing; n++) await change(tx, by)
        })
        await expectPages(by, wanted)
      }),
      { numRuns: on === 'sqlite' ? 150 : 60, interruptAfterTimeLimit: 60_000, endOnFailure: true },
    )
  }, 120_000)

  it('are never torn by what arrives at the same moment: whole, in order, nothing twice', async () => {
    const by = owners[2]!
    let arriving = true
    const traffic = (async () => {
      while (arriving) await store.transact((tx) => arrive(tx, by))
    })()
    const changes = (async () => {
      while (arriving) await store.transact((tx) => change(tx, by))
    })()
    try {
      let grown = 0
      for (let n = 0; n < 150; n++) {
        await turn()
        const { limit, offset } = { limit: 1 + random(100), offset: random(900) }
        const page = await reads.customers.page(app.deps, by, { limit, offset })
        expect(page.items).toHaveLength(limit)
        // Numbered when they were made: the page is a run without gaps, and ends where the total says.
        const numbers = page.items.map((one) => Number(one.id.split('_')[2]))
        expect(numbers).toEqual(numbers.toSorted((a, b) => b - a))
        const rows = await store.db
          .selectFrom('customers')
          .select(['id', 'number'])
          .where(
            'id',
            'in',
            page.items.map((one) => one.id),
          )
          .execute()
        const places = new Map(rows.map((row) => [row.id, row.number]))
        expect(page.items.map((one) => places.get(one.id))).toEqual(
          page.items.map((_, place) => page.total - offset - place),
        )
        if (page.total > grown) grown = page.total

        const paid = await listPayments(app.deps, by, { limit, offset: random(300), status: 'succeeded' })
        const moments = paid.items.map((one) => one.createdAt)
        expect(moments).toEqual(moments.toSorted().reverse())
        expect(new Set(paid.items.map((one) => one.id)).size).toBe(paid.items.length)
        for (const one of paid.items) expect(one.status).toBe('succeeded')
      }
      expect(grown).toBeGreaterThan(1030)
    } finally {
      arriving = false
      await Promise.all([traffic, changes])
    }
  }, 60_000)
})
