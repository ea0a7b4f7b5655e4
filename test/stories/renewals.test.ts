/** What becomes of renewals: with every card of the sandbox, in every state, and when nobody hears from the processor. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sweep } from '../../server/actions/sweep.ts'
import type { NewIntentView } from '../../server/contract/checkout.ts'
import type { ErrorBody } from '../../server/contract/errors.ts'
import type { InvoiceView, RefundView, SubscriptionStatus } from '../../server/contract/resources.ts'
import { testCards } from '../../server/domain/test-cards.ts'
import { databases } from '../support/databases.ts'
import { checkInvariants } from '../support/invariants.ts'
import { ledgerProcessor } from '../support/ledger-processor.ts'
import { apiKey, makeApp, type TestApp } from '../support/make-app.ts'
import { subscriberOf } from '../support/subscriber.ts'

const begun = '2027-01-31T12:00:00.000Z'
const firstRenewal = '2027-02-28T12:00:00.000Z'
const good = '4242424242424242'
const refusedLater = '4000000000000341'
const inDays = (days: number, from = firstRenewal) => new Date(Date.parse(from) + days * 86_400_000).toISOString()

describe.each(databases)('renewals on %s', (on) => {
  let app: TestApp
  let shop: ReturnType<typeof subscriberOf>
  let processor: ReturnType<typeof ledgerProcessor>
  /** What the server may complain of in a test about that. */
  let expected: RegExp
  beforeEach(async () => {
    processor = ledgerProcessor()
    expected = /^$/
    app = await makeApp({ on, at: begun, processor })
    shop = subscriberOf(app)
  })
  afterEach(async () => {
    await checkInvariants(app.deps.store.db)
    expect(app.logged.filter((line) => /"level":50/.test(line) && !expected.test(line))).toEqual([])
    await app.deps.store.close()
  })

  const subscriber = async (number = good, plan: object = {}) => {
    const customer = await shop.customer(number)
    const { id } = await shop.subscribe(customer, await shop.plan(plan))
    return { customer, id }
  }
  const invoicesOf = async (id: string): Promise<InvoiceView[]> =>
    (await shop.invoices()).filter((one) => one.subscription_id === id)
  const stateOf = async (id: string): Promise<SubscriptionStatus> => (await shop.subscription(id)).status

  it('of every card of the sandbox: paid, refused and tried again, or waiting for the buyer', async () => {
    const plan = await shop.plan()
    const customers = new Map<string, string>()
    const unsaved: string[] = []
    for (const { number } of testCards) {
      const customer = await shop.customer()
      await shop.subscribe(customer, plan)
      const { status } = await shop.sendCard(customer, number)
      if (status === 200) customers.set(customer, number)
      else {
        expect(status).toBe(400)
        unsaved.push(number)
        // The card that was there before stays.
        customers.set(customer, good)
      }
    }
    expect(unsaved.toSorted()).toEqual([
      '4000000000000002',
      '4000000000000069',
      '4000000000000119',
      '4000000000000127',
      '4000000000006975',
      '4000000000009979',
      '4000000000009987',
      '4000000000009995',
    ])
    await shop.clock({ now: firstRenewal })
    const invoices = new Map<string, InvoiceView>()
    for (let offset = 0; invoices.size < customers.size; offset += 100) {
      const { items } = await shop.read<{ items: InvoiceView[] }>(`/v1/invoices?limit=100&offset=${offset}`)
      for (const one of items) if (one.reason === 'subscription_cycle') invoices.set(one.customer_id, one)
    }
    const needsBuyer = ['authentication_required', null]
    const blocked = ['fraudulent', null]
    const refused: Record<string, unknown> = {
      [refusedLater]: ['generic_decline', inDays(1)],
      '4000008400001280': ['processing_error', inDays(1)],
      ...Object.fromEntries(
        ['4100000000000019', '4000000000004954', '4000008400000407', '4000008400000159', '4000008400001017'].map(
          (number) => [number, blocked],
        ),
      ),
      ...Object.fromEntries(
        [
          '4000008405600003',
          '4000002500003155',
          '4000002760003184',
          '4000008260003178',
          '4000000000003220',
          '4000008400000027',
          '4000008400001629',
          '4000582600000094',
          '4000582600000045',
          '4000582600000102',
          '4000582600000110',
        ].map((number) => [number, needsBuyer]),
      ),
    }
    for (const [customer, number] of customers) {
      const { status, failure, next_attempt_at } = invoices.get(customer)!
      const wanted = refused[number]
      if (wanted === undefined) expect([number, status]).toEqual([number, 'paid'])
      else expect([number, status, failure?.decline_code, next_attempt_at]).toEqual([number, 'open', ...(wanted as [])])
    }
  }, 60_000)

  it('of a card that was set up for it go on without the buyer, though on a page it asks for them', async () => {
    const { customer, id } = await subscriber()
    await shop.replaceCard(customer, '4000003800000446')
    await shop.advance({ months: 3 })
    expect([await stateOf(id), (await invoicesOf(id)).map((one) => one.status)]).toEqual([
      'active',
      ['paid', 'paid', 'paid', 'paid'],
    ])
  })

  it('of a customer whose card was never kept wait for one for two weeks', async () => {
    const subscribers = [await subscriber(), await subscriber()]
    // As in rows from before cards were kept.
    await app.deps.store.db
      .updateTable('customers')
      .set({ card_token: null, card_brand: null, card_last4: null })
      .execute()
    await shop.clock({ now: firstRenewal })
    for (const { id } of subscribers) {
      expect(await stateOf(id)).toBe('past_due')
      const [owed] = await invoicesOf(id)
      expect(owed).toMatchObject({ status: 'open', payment_id: null, failure: null, next_attempt_at: null })
    }
    await shop.clock({ now: inDays(5) })
    await shop.replaceCard(subscribers[0]!.customer, good)
    await shop.clock({ now: inDays(14) })
    expect([await stateOf(subscribers[0]!.id), await stateOf(subscribers[1]!.id)]).toEqual(['active', 'canceled'])
    expect((await invoicesOf(subscribers[0]!.id))[0]).toMatchObject({ status: 'paid', paid_at: inDays(5) })
    expect((await invoicesOf(subscribers[1]!.id))[0]).toMatchObject({ status: 'uncollectible' })
  })

  it('end with their customer, and what was owed is not asked for', async () => {
    const { customer, id } = await subscriber()
    await shop.replaceCard(customer, refusedLater)
    await shop.clock({ now: firstRenewal })
    const gone = await app.ask(`/v1/accounts/customer/${customer}/`, { method: 'DELETE', headers: await shop.token() })
    expect(gone.status).toBe(204)
    expect(await shop.subscription(id)).toMatchObject({ status: 'canceled', canceled_at: firstRenewal })
    expect((await invoicesOf(id))[0]).toMatchObject({ status: 'void', next_attempt_at: null })
    await shop.advance({ months: 3 })
    expect(processor.asked).toHaveLength(2)
  })

  it('go on after their plan is retired, and nobody else can subscribe', async () => {
    const customer = await shop.customer()
    const plan = await shop.plan()
    const { id } = await shop.subscribe(customer, plan)
    const retired = await app.ask(`/v1/plans/mine/${plan}/`, { method: 'DELETE', headers: await shop.token() })
    expect(retired.status).toBeLessThan(300)
    await shop.advance({ months: 2 })
    expect((await invoicesOf(id)).map((one) => one.status)).toEqual(['paid', 'paid', 'paid'])
    await expect(shop.subscribe(customer, plan)).rejects.toThrow(/plan_id/)
  })

  it('can be refunded like any payment: the invoice stays paid, the subscription goes on', async () => {
    const { id } = await subscriber()
    await shop.advance({ months: 1 })
    const [renewal] = await invoicesOf(id)
    const refund = await shop.made<RefundView>('/v1/refunds', { payment_id: renewal!.payment_id, amount: 90_000 })
    expect(refund).toMatchObject({ status: 'succeeded', amount: 90_000, currency: 'CRC' })
    await shop.made('/v1/refunds', { payment_id: renewal!.payment_id })
    expect((await app.readPayment(renewal!.payment_id!)).body).toMatchObject({
      status: 'refunded',
      subscription_id: id,
    })
    await shop.advance({ months: 2 })
    expect(await stateOf(id)).toBe('active')
    expect((await invoicesOf(id)).map((one) => one.status)).toEqual(['paid', 'paid', 'paid'])
  })

  describe('in the table of states', () => {
    const incomplete = async () => {
      const customer = (await shop.made<{ id: string }>('/v1/customers', { email: 'ana@example.com' })).id
      const made = await shop.subscribe(customer, await shop.plan())
      return { customer, id: made.id, session: made.checkout_url!.split('/').at(-1)! }
    }
    const trialing = () => subscriber(good, { trial_period_days: 14 })
    const pastDue = async () => {
      const made = await subscriber()
      await shop.replaceCard(made.customer, refusedLater)
      await shop.clock({ now: firstRenewal })
      return made
    }
    const canceled = async () => {
      const made = await subscriber()
      await shop.cancel(made.id)
      return made
    }
    const incompleteExpired = async () => {
      const made = await incomplete()
      await shop.cancel(made.id)
      return made
    }
    const payOnPage = async (session: string, number: string) => {
      const intent = await app.post<NewIntentView & ErrorBody>('/v1/payments/subscription', { session_id: session })
      return intent.status === 201 ? (await app.confirm(intent.body, { number })).status : intent.status
    }

    it('incomplete: active when it is paid', async () => {
      const { id, session } = await incomplete()
      expect(await payOnPage(session, good)).toBe(200)
      expect([await stateOf(id), (await invoicesOf(id)).map((one) => one.status)]).toEqual(['active', ['paid']])
    })

    it('incomplete: stays when a card is refused', async () => {
      const { id, session } = await incomplete()
      expect(await payOnPage(session, '4000000000000002')).toBe(402)
      expect([await stateOf(id), (await invoicesOf(id)).map((one) => one.status)]).toEqual(['incomplete', ['open']])
    })

    it('incomplete: over after 23 hours, to the second, and its invoice void', async () => {
      const { id, session } = await incomplete()
      await shop.advance({ seconds: 23 * 3600 - 1 })
      expect(await stateOf(id)).toBe('incomplete')
      await shop.advance({ seconds: 1 })
      expect([await stateOf(id), (await invoicesOf(id)).map((one) => one.status)]).toEqual([
        'incomplete_expired',
        ['void'],
      ])
      expect(await payOnPage(session, good)).toBe(400)
    })

    it('incomplete: over when it is canceled, and has no period to end with', async () => {
      const { id } = await incomplete()
      expect((await shop.cancel(id, true)).body.error.code).toBe('subscription_unexpected_state')
      expect((await shop.cancel(id)).body.status).toBe('incomplete_expired')
    })

    it('trialing: active at its end when the card pays, past due when it does not', async () => {
      const [paying, refused] = [await trialing(), await trialing()]
      await shop.replaceCard(refused.customer, refusedLater)
      await shop.clock({ now: inDays(14, begun) })
      expect([await stateOf(paying.id), await stateOf(refused.id)]).toEqual(['active', 'past_due'])
    })

    it('trialing: canceled now, or with the trial, and nothing is ever charged', async () => {
      const [now, later] = [await trialing(), await trialing()]
      expect((await shop.cancel(now.id)).body.status).toBe('canceled')
      expect((await shop.cancel(later.id, true)).body).toMatchObject({ status: 'trialing', cancel_at_period_end: true })
      await shop.advance({ months: 2 })
      expect(await shop.subscription(later.id)).toMatchObject({ status: 'canceled', canceled_at: inDays(14, begun) })
      expect(processor.asked).toEqual([])
      expect(await shop.invoices()).toEqual([])
    })

    it('active: canceled now, and what was paid stays paid', async () => {
      const { id } = await subscriber()
      expect((await shop.cancel(id)).body).toMatchObject({ status: 'canceled', canceled_at: begun })
      await shop.advance({ months: 2 })
      expect((await invoicesOf(id)).map((one) => one.status)).toEqual(['paid'])
    })

    it('past due: active at once with a card that pays', async () => {
      const { customer, id } = await pastDue()
      await shop.replaceCard(customer, good)
      expect([await stateOf(id), (await invoicesOf(id))[0]!.status]).toEqual(['active', 'paid'])
    })

    it('past due: canceled now, and nothing is tried any more', async () => {
      const { id } = await pastDue()
      expect((await shop.cancel(id)).body.status).toBe('canceled')
      expect((await invoicesOf(id))[0]).toMatchObject({ status: 'void', next_attempt_at: null })
      await shop.advance({ months: 1 })
      expect(processor.asked).toHaveLength(2)
    })

    it('past due and to end with its period: on that very day, though the calendar goes on longer', async () => {
      const customer = await shop.customer()
      const plan = await shop.plan({ interval: 'week' })
      const [leaving, staying] = [await shop.subscribe(customer, plan), await shop.subscribe(customer, plan)]
      await shop.replaceCard(customer, refusedLater)
      await shop.clock({ now: inDays(8, begun) })
      for (const { id } of [leaving, staying]) {
        expect((await shop.cancel(id, true)).body).toMatchObject({ status: 'past_due', cancel_at_period_end: true })
      }
      await shop.made(`/v1/subscriptions/${staying.id}/resume`, {})
      await shop.clock({ now: inDays(15, begun) })
      expect(await shop.subscription(leaving.id)).toMatchObject({ status: 'canceled', canceled_at: inDays(14, begun) })
      expect((await invoicesOf(leaving.id))[0]).toMatchObject({ status: 'void', attempt_count: 4 })
      expect(await stateOf(staying.id)).toBe('past_due')
      expect((await invoicesOf(staying.id))[0]).toMatchObject({ status: 'open', attempt_count: 5 })
    })

    const unpaid = async (interval = 'month') => {
      const customer = await shop.customer()
      const plan = await shop.planWith({ after_last_retry: 'unpaid', interval })
      const { id } = await shop.subscribe(customer, plan)
      await shop.replaceCard(customer, refusedLater)
      await shop.clock({ now: inDays(14) })
      return { customer, id }
    }
    const statuses = async (id: string) => (await invoicesOf(id)).map((one) => one.status)

    it('gives one subscription\u2019s invoices alone, where they are asked for', async () => {
      const [one, other] = [await subscriber(), await subscriber()]
      await shop.advance({ months: 2 })
      const page = await shop.read<{ items: InvoiceView[]; total_items: number }>(
        `/v1/invoices?subscription_id=${one.id}&limit=2&offset=1`,
      )
      expect([page.total_items, page.items]).toEqual([3, (await invoicesOf(one.id)).slice(1)])
      expect(await invoicesOf(other.id)).toHaveLength(3)
      const unknown = await app.ask<ErrorBody>('/v1/invoices?subscription_id=sub_none', {
        headers: { 'X-Api-Key': apiKey },
      })
      expect([unknown.status, unknown.body.error.param]).toEqual([404, 'subscription_id'])
    })

    it('past due: unpaid when every try is spent and its plan says so, and the invoice stays open', async () => {
      const { id } = await unpaid()
      const card = `${app.deps.settings.publicUrl}/subscription/${id}`
      expect(await shop.subscription(id)).toMatchObject({ status: 'unpaid', canceled_at: null, checkout_url: card })
      expect((await invoicesOf(id))[0]).toMatchObject({
        status: 'open',
        attempt_count: 9,
        next_attempt_at: null,
        checkout_url: card,
      })
    })

    it('unpaid: each period has its invoice, which nobody tries, and the one before is not counted on', async () => {
      const { id } = await unpaid()
      const tried = processor.asked.length
      await shop.advance({ months: 2 })
      expect(await statuses(id)).toEqual(['open', 'uncollectible', 'uncollectible', 'paid'])
      expect((await invoicesOf(id))[0]).toMatchObject({ attempt_count: 0, payment_id: null, next_attempt_at: null })
      expect([await stateOf(id), processor.asked.length]).toEqual(['unpaid', tried])
    })

    it('unpaid: active when the latest invoice is paid on a page, and its periods go on from there', async () => {
      const { id } = await unpaid()
      await shop.advance({ months: 1 })
      expect(await shop.giveCardOnPage(id, good)).toBe(200)
      expect([await stateOf(id), await statuses(id)]).toEqual(['active', ['paid', 'uncollectible', 'paid']])
      await shop.advance({ months: 1 })
      expect([await stateOf(id), await statuses(id)]).toEqual(['active', ['paid', 'paid', 'uncollectible', 'paid']])
    })

    it('unpaid: stays when a card is refused on the page, and neither a card from the shop nor a wish changes it', async () => {
      const { customer, id } = await unpaid()
      expect(await shop.giveCardOnPage(id, '4000000000000002')).toBe(402)
      expect([await stateOf(id), await statuses(id)]).toEqual(['unpaid', ['open', 'paid']])
      await shop.replaceCard(customer, good)
      expect((await shop.resume(id)).body).toMatchObject({ status: 'unpaid' })
      expect([await stateOf(id), await statuses(id)]).toEqual(['unpaid', ['open', 'paid']])
      await shop.advance({ months: 1 })
      expect([await stateOf(id), await statuses(id)]).toEqual(['unpaid', ['open', 'uncollectible', 'paid']])
    })

    it('unpaid for periods that ended while it was tried: they get their invoices, in order', async () => {
      const { id } = await unpaid('week')
      const invoices = await invoicesOf(id)
      expect(invoices.map((one) => one.status)).toEqual([
        'open',
        ...Array.from({ length: invoices.length - 2 }, () => 'uncollectible'),
        'paid',
      ])
      for (const [later, earlier] of invoices.slice(0, -1).map((one, at) => [one, invoices[at + 1]!] as const)) {
        expect(later.period_start).toBe(earlier.period_end)
      }
      // The week after the refused one ended long before the last try: nothing happens before what has happened.
      expect(invoices.at(-3)).toMatchObject({ period_start: inDays(14, begun), created_at: inDays(21, begun) })
      expect(Date.parse(invoices[0]!.period_end)).toBeGreaterThan(Date.parse(inDays(14)))
    })

    it.each([
      ['now', false],
      ['with its period', true],
    ])('unpaid: canceled at once by who wants its end %s, and what it owed is void', async (_, atPeriodEnd) => {
      const { id } = await unpaid()
      expect((await shop.cancel(id, atPeriodEnd)).body.status).toBe('canceled')
      expect(await statuses(id)).toEqual(['void', 'paid'])
    })

    /** Its trial is over, and its customer never gave a card. */
    const trialOver = async (trial_without_card: string) => {
      const customer = await shop.cardless()
      const plan = await shop.planWith({ trial_period_days: 14, trial_without_card })
      const made = await shop.subscribe(customer, plan)
      expect(made).toMatchObject({ status: 'trialing', checkout_url: null, trial_end: inDays(14, begun) })
      await shop.clock({ now: inDays(14, begun) })
      return { customer, id: made.id }
    }

    it('trialing without a card: past due at its end when its plan asks for an invoice, and active once it is paid', async () => {
      const { id } = await trialOver('create_invoice')
      expect([await stateOf(id), await statuses(id)]).toEqual(['past_due', ['open']])
      expect(await shop.giveCardOnPage(id, good)).toBe(200)
      expect([await stateOf(id), await statuses(id)]).toEqual(['active', ['paid']])
    })

    it('trialing without a card: canceled at its end when its plan says so, and nothing is owed', async () => {
      const { id } = await trialOver('cancel')
      expect(await shop.subscription(id)).toMatchObject({ status: 'canceled', canceled_at: inDays(14, begun) })
      expect(await statuses(id)).toEqual([])
    })

    it('trialing without a card: a card given in time is charged at its end', async () => {
      const customer = await shop.cardless()
      const plan = await shop.planWith({ trial_period_days: 14, trial_without_card: 'cancel' })
      const { id } = await shop.subscribe(customer, plan)
      expect(await shop.giveCardOnPage(id, good)).toBe(200)
      expect([await stateOf(id), processor.asked.length]).toEqual(['trialing', 0])
      await shop.clock({ now: inDays(14, begun) })
      expect([await stateOf(id), await statuses(id)]).toEqual(['active', ['paid']])
    })

    it('paused: time does nothing, and a card that is given is only saved', async () => {
      const { id } = await trialOver('pause')
      await shop.advance({ months: 3 })
      expect([await stateOf(id), await statuses(id)]).toEqual(['paused', []])
      expect(await shop.giveCardOnPage(id, good)).toBe(200)
      await shop.advance({ months: 1 })
      expect([await stateOf(id), await statuses(id), processor.asked.length]).toEqual(['paused', [], 0])
    })

    it('paused: resumed with a card, its period begins that moment and the same request again charges nothing', async () => {
      const { id } = await trialOver('pause')
      const refused = await shop.resume(id)
      expect([refused.status, refused.body.error.code]).toEqual([400, 'subscription_unexpected_state'])
      expect(refused.body.content).toContain('card-session')
      await shop.giveCardOnPage(id, good)
      await shop.clock({ now: inDays(20, begun) })
      const resumed = await shop.resume(id, { 'Idempotency-Key': 'once' })
      expect(resumed.body).toMatchObject({
        status: 'active',
        current_period_end: Date.parse('2027-03-20T12:00:00Z') / 1000,
      })
      const again = await shop.resume(id, { 'Idempotency-Key': 'once' })
      expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([resumed.text, 'true'])
      expect((await shop.resume(id)).body.status).toBe('active')
      await shop.clock({ now: '2027-03-20T12:00:00.000Z' })
      expect([await stateOf(id), await statuses(id), processor.asked.length]).toEqual(['active', ['paid', 'paid'], 2])
    })

    it('paused: past due when the card is refused as it is resumed', async () => {
      const { customer, id } = await trialOver('pause')
      await shop.replaceCard(customer, refusedLater)
      expect((await shop.resume(id)).body.status).toBe('past_due')
      expect((await invoicesOf(id))[0]).toMatchObject({ status: 'open', attempt_count: 1 })
    })

    it('paused: resumed many times at once, it is charged once', async () => {
      const { id } = await trialOver('pause')
      await shop.giveCardOnPage(id, good)
      const answers = await Promise.all(Array.from({ length: 10 }, () => shop.resume(id)))
      for (const { status, body } of answers) {
        if (status === 200) expect(['active', 'paused']).toContain(body.status)
        else expect([400, 409]).toContain(status)
      }
      expect([await stateOf(id), await statuses(id), processor.asked.length]).toEqual(['active', ['paid'], 1])
    })

    it.each([
      ['now', false],
      ['with its period', true],
    ])('paused: canceled at once by who wants its end %s', async (_, atPeriodEnd) => {
      const { id } = await trialOver('pause')
      expect((await shop.cancel(id, atPeriodEnd)).body.status).toBe('canceled')
    })

    it.each([
      ['canceled', canceled],
      ['incomplete_expired', incompleteExpired],
    ] as const)('%s: neither time nor a new card nor a wish changes it', async (status, make) => {
      const { customer, id } = await make()
      const before = await shop.subscription(id)
      expect(before.status).toBe(status)
      await shop.replaceCard(customer, good)
      const charges = processor.asked.length
      await shop.advance({ months: 3 })
      for (const atPeriodEnd of [false, true]) {
        const refused = await shop.cancel(id, atPeriodEnd)
        expect([refused.status, refused.body.error.code]).toEqual([400, 'subscription_unexpected_state'])
      }
      const resumed = await app.post(`/v1/subscriptions/${id}/resume`, '', { 'X-Api-Key': apiKey })
      expect(resumed.status).toBe(400)
      expect(await shop.subscription(id)).toEqual(before)
      expect(processor.asked).toHaveLength(charges)
    })
  })

  describe('whose processor', () => {
    const until = async (truth: () => boolean): Promise<void> => {
      while (!truth()) await sleep(5)
    }
    /** A month later, in real time that is long enough for whoever has died to be missed. */
    const renewWhileCutOff = async () => {
      const tried = processor.asked.length
      const moved = shop.clock({ now: firstRenewal })
      await until(() => processor.asked.length > tried)
      await sleep(50)
      return { moved }
    }
    const passes = (seconds: number) => (app.clock.at = new Date(app.clock.at.getTime() + seconds * 1000))

    it('never charged: it is billed again at once, as of the day it was due, and charged once', async () => {
      expected = /did not answer/
      const { id } = await subscriber()
      processor.manner = 'cut off before'
      const { moved } = await renewWhileCutOff()
      expect((await invoicesOf(id))[0]).toMatchObject({ status: 'open', attempt_count: 0 })
      processor.manner = 'answers'
      passes(4)
      expect(await moved).toMatchObject({ now: firstRenewal, status: 'ready' })
      expect((await invoicesOf(id))[0]).toMatchObject({ status: 'paid', paid_at: firstRenewal, attempt_count: 0 })
      expect([processor.asked.length, processor.charged.size]).toEqual([3, 2])
      expect(await stateOf(id)).toBe('active')
    })

    it('charged and was not heard: its answer is found, and it is not asked again', async () => {
      expected = /did not answer/
      const { id } = await subscriber()
      processor.manner = 'cut off after'
      const { moved } = await renewWhileCutOff()
      passes(4)
      await moved
      expect((await invoicesOf(id))[0]).toMatchObject({ status: 'paid', attempt_count: 0 })
      expect([processor.asked.length, processor.charged.size]).toEqual([2, 2])
    })

    it('answers late: nothing is done in between, and then it is paid', async () => {
      const { id } = await subscriber()
      processor.manner = 'waits'
      processor.ofUnanswered = 'unknown'
      expected = /does not know what became/
      const { moved } = await renewWhileCutOff()
      passes(60)
      await sweep(app.deps)
      const refused = await shop.cancel(id)
      expect([refused.status, refused.body.error.code]).toEqual([400, 'subscription_unexpected_state'])
      expect(refused.headers.get('retry-after')).toBe('1')
      expect((await invoicesOf(id))[0]!.status).toBe('open')
      processor.answer()
      await moved
      expect((await invoicesOf(id))[0]!.status).toBe('paid')
      expect([processor.asked.length, processor.charged.size]).toEqual([2, 2])
      expect((await shop.cancel(id)).body.status).toBe('canceled')
    })

    it('said that it never charged, and then did: nothing is paid twice, and a person is called', async () => {
      expected = /needs a person/
      const { id } = await subscriber()
      processor.manner = 'waits'
      const { moved } = await renewWhileCutOff()
      processor.manner = 'answers'
      passes(4)
      await sweep(app.deps)
      processor.answer()
      await moved
      expect((await invoicesOf(id))[0]).toMatchObject({ status: 'paid', attempt_count: 0 })
      expect(app.logged.some((line) => /needs a person/.test(line))).toBe(true)
    })
  })
})
