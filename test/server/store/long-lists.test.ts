/** Lists so long that all levels of their counts are in use. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blockSizes } from '../../../server/store/migrations/blocks.ts'
import { countStatusAbove } from '../../../server/store/lists.ts'
import { selectPaymentsPage } from '../../../server/store/payments.ts'
import type { Store } from '../../../server/store/schema.ts'
import { databases, emptyDatabase } from '../../support/databases.ts'
import { seedPayments } from '../../support/many-payments.ts'

const owner = { accountId: 'acct_sandbox', live: false }
const count = 270_000
/** As they are seeded: every tenth failed. */
const failed = count / 10

describe.each(databases)('a list of 270,000 payments on %s', (on) => {
  let store: Store
  beforeAll(async () => {
    store = await emptyDatabase(on)
    await seedPayments(store, count)
  }, 120_000)
  afterAll(() => store?.close())

  /** The number in the id of the first one of a page. */
  const first = async (offset: number, status?: 'failed' | 'succeeded') => {
    const page = await selectPaymentsPage(store.db, owner, { limit: 1, offset, status })
    return { total: page.total, number: page.items[0] && Number(page.items[0].id.slice('pay_'.length, 16)) }
  }

  const edges = [0, 1, ...blockSizes.flatMap((size) => [size - 1, size, size + 1]), 135_000, count - 1]

  it.each(edges)('begins its page at offset %i with the right one', async (offset) => {
    expect(await first(offset)).toEqual({ total: count, number: count - offset })
  })

  it.each(
    [...edges, ...blockSizes.map((size) => Math.floor(size / 10)), failed - 1].filter((offset) => offset < failed),
  )('begins the page of failed ones at offset %i with the right one', async (offset) => {
    expect(await first(offset, 'failed')).toEqual({ total: failed, number: count - 10 * offset })
  })

  it.each([0, ...edges])('counts the failed ones above number %i', async (number) => {
    const above = await countStatusAbove(store.db, 'payments', owner, 'failed', number)
    expect(above).toBe(failed - Math.floor(number / 10))
  })

  it('has nothing after its end', async () => {
    expect(await first(count)).toEqual({ total: count, number: undefined })
    expect(await first(failed, 'failed')).toEqual({ total: failed, number: undefined })
  })
})
