/** Subscriptions in time, on a clock one can move: no sleeping, exact dates, one invoice a period and one charge for it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { databases } from '../support/databases.ts'
import { checkInvariants } from '../support/invariants.ts'
import { makeApp, type TestApp } from '../support/make-app.ts'
import { subscriberOf } from '../support/subscriber.ts'

describe.each(databases)('billing on %s', (on) => {
  let app: TestApp
  let shop: ReturnType<typeof subscriberOf>
  const start = async (at: string) => {
    app = await makeApp({ on, at })
    shop = subscriberOf(app)
  }
  beforeEach(() => start('2027-01-31T12:00:00.000Z'))
  afterEach(async () => {
    await checkInvariants(app.deps.store.db)
    expect(app.logged.filter((line) => /"level":50/.test(line))).toEqual([])
    await app.deps.store.close()
  })

  it('renews twelve times from 31 January: the last day of shorter months, and the 31st again', async () => {
    const subscription = await shop.subscribe(await shop.customer(), await shop.plan())
    expect(subscription).toMatchObject({ status: 'active', checkout_url: null })
    const began = performance.now()
    for (let month = 0; month < 12; month++) await shop.advance({ months: 1 })
    expect(performance.now() - began).toBeLessThan(10_000)
    const invoices = (await shop.invoices()).reverse()
    const days = '01-31 02-28 03-31 04-30 05-31 06-30 07-31 08-31 09-30 10-31 11-30 12-31'.split(' ')
    expect(invoices.map((one) => one.period_start)).toEqual(days.map((day) => `2027-${day}T12:00:00.000Z`))
    expect(invoices.every((one) => one.status === 'paid' && one.period_start === one.paid_at)).toBe(true)
    expect(new Set(invoices.map((one) => one.payment_id)).size).toBe(12)
  })

  const after = (days: number, from = '2027-02-28T12:00:00.000Z') =>
    new Date(Date.parse(from) + days * 86_400_000).toISOString()

  it('tries a refused card again on the days of the calendar, then ends the subscription', async () => {
    const customer = await shop.customer()
    const { id } = await shop.subscribe(customer, await shop.plan())
    // Can be saved, and is never charged.
    await shop.replaceCard(customer, '4000000000000341')
    await shop.clock({ now: '2027-02-28T12:00:00Z' })
    expect(await shop.subscription(id)).toMatchObject({ status: 'past_due' })
    for (const [tries, day] of [1, 3, 5, 7, 9, 11, 13, 14].entries()) {
      const [invoice] = await shop.invoices()
      expect(invoice).toMatchObject({
        status: 'open',
        attempt_count: tries + 1,
        next_attempt_at: after(day),
        failure: { code: 'card_declined', decline_code: 'generic_decline' },
      })
      await shop.clock({ now: new Date(Date.parse(after(day)) - 1000).toISOString() })
      expect((await shop.invoices())[0]).toEqual(invoice)
      await shop.clock({ now: after(day) })
    }
    expect((await shop.invoices())[0]).toMatchObject({
      status: 'uncollectible',
      attempt_count: 9,
      next_attempt_at: null,
    })
    expect(await shop.subscription(id)).toMatchObject({ status: 'canceled', canceled_at: after(14) })
    await shop.advance({ months: 6 })
    expect(await shop.invoices()).toHaveLength(2)
  })

  it('goes on where it was when a new card pays: no period is skipped, none is paid twice', async () => {
    const customer = await shop.customer()
    const { id } = await shop.subscribe(customer, await shop.plan({ interval: 'week' }))
    await shop.replaceCard(customer, '4000000000000341')
    // The first refusal is on 7 February; the week after it ends before anybody has paid for it.
    await shop.clock({ now: '2027-02-18T12:00:00Z' })
    expect(await shop.subscription(id)).toMatchObject({ status: 'past_due' })
    expect(await shop.invoices()).toHaveLength(2)
    await shop.replaceCard(customer, '5555555555554444')
    await shop.advance({ seconds: 1 })
    expect(await shop.subscription(id)).toMatchObject({ status: 'active' })
    const invoices = (await shop.invoices()).reverse()
    expect(invoices.map((one) => [one.period_start.slice(0, 10), one.status, one.attempt_count])).toEqual([
      ['2027-01-31', 'paid', 0],
      ['2027-02-07', 'paid', 7],
      ['2027-02-14', 'paid', 0],
    ])
  })

  it.each([
    ['4100000000000019', 'fraudulent'],
    ['4000002500003155', 'authentication_required'],
  ])(
    'does not try %s again, which needs another card, and ends after two weeks without one',
    async (number, reason) => {
      const customer = await shop.customer()
      const { id } = await shop.subscribe(customer, await shop.plan())
      await shop.replaceCard(customer, number)
      await shop.clock({ now: '2027-03-10T12:00:00Z' })
      const [invoice] = await shop.invoices()
      expect(invoice).toMatchObject({ status: 'open', attempt_count: 1, next_attempt_at: null })
      expect(invoice!.failure).toMatchObject({ decline_code: reason })
      await shop.clock({ now: after(14) })
      expect(await shop.subscription(id)).toMatchObject({ status: 'canceled', canceled_at: after(14) })
    },
  )

  it('charges nothing in a trial, and the first period when it is over', async () => {
    const { id } = await shop.subscribe(await shop.customer(), await shop.plan({ trial_period_days: 14 }))
    const trialEnd = '2027-02-14T12:00:00.000Z'
    expect(await shop.subscription(id)).toMatchObject({ status: 'trialing', trial_end: trialEnd })
    await shop.clock({ now: '2027-02-14T11:59:59Z' })
    expect([await shop.invoices(), (await shop.subscription(id)).status]).toEqual([[], 'trialing'])
    await shop.advance({ months: 1 })
    expect(await shop.subscription(id)).toMatchObject({ status: 'active', trial_end: trialEnd })
    expect((await shop.invoices()).map((one) => [one.period_start, one.period_end, one.status])).toEqual([
      [trialEnd, '2027-03-14T12:00:00.000Z', 'paid'],
    ])
  })

  it('ends with its period when that is wished, and goes on when the wish is taken back', async () => {
    const plan = await shop.plan()
    const [leaving, staying] = [
      await shop.subscribe(await shop.customer(), plan),
      await shop.subscribe(await shop.customer(), plan),
    ]
    for (const { id } of [leaving, staying]) {
      const marked = await shop.made(`/v1/subscriptions/${id}/cancel`, { at_period_end: true })
      expect(marked).toMatchObject({ status: 'active', cancel_at_period_end: true, canceled_at: null })
    }
    await shop.made(`/v1/subscriptions/${staying.id}/resume`, {})
    await shop.advance({ months: 2 })
    expect(await shop.subscription(leaving.id)).toMatchObject({ status: 'canceled', canceled_at: after(0) })
    expect(await shop.subscription(staying.id)).toMatchObject({ status: 'active', cancel_at_period_end: false })
    const billed = (await shop.invoices()).map((one) => one.subscription_id)
    expect([billed.filter((id) => id === staying.id).length, billed.length]).toEqual([3, 4])
  })

  it('takes a card whose date is over by then as expired', async () => {
    const { id } = await shop.subscribe(
      await shop.customer('4242424242424242', 2027),
      await shop.plan({ interval: 'year' }),
    )
    await shop.advance({ months: 12 })
    expect(await shop.subscription(id)).toMatchObject({ status: 'past_due' })
    expect((await shop.invoices())[0]).toMatchObject({ failure: { code: 'expired_card' }, attempt_count: 1 })
  })

  it.each([
    ['day', 3, ['01-31', '02-03', '02-06', '02-09']],
    ['week', 2, ['01-31', '02-14', '02-28', '03-14']],
    ['month', 6, ['01-31', '07-31', '01-31', '07-31']],
    ['year', 1, ['01-31', '01-31', '01-31', '01-31']],
  ])('counts periods of every kind: %s × %i', async (interval, interval_count, days) => {
    await shop.subscribe(await shop.customer(), await shop.plan({ interval, interval_count }))
    for (let n = 0; n < 3; n++) {
      const [last] = await shop.invoices(1)
      await shop.clock({ now: last!.period_end })
    }
    expect((await shop.invoices()).reverse().map((one) => one.period_start.slice(5, 10))).toEqual(days)
  })

  it('comes back to 29 February every fourth year', async () => {
    await app.deps.store.close()
    await start('2028-02-29T12:00:00.000Z')
    await shop.subscribe(await shop.customer(), await shop.plan({ interval: 'year' }))
    await shop.advance({ months: 49 })
    expect((await shop.invoices()).reverse().map((one) => one.period_start.slice(0, 10))).toEqual([
      '2028-02-29',
      '2029-02-28',
      '2030-02-28',
      '2031-02-28',
      '2032-02-29',
    ])
  })
})
