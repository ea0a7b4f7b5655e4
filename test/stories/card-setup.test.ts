/** Cards that are saved without a charge: trials that begin on a page, and cards that take the place of others. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { IntentView, NewIntentView, SessionView } from '../../server/contract/checkout.ts'
import type { ErrorBody } from '../../server/contract/errors.ts'
import type { CustomerView, PlanView, SubscriptionView } from '../../server/contract/resources.ts'
import { bill } from '../../server/actions/billing.ts'
import { sweep } from '../../server/actions/sweep.ts'
import { sandboxProcessor } from '../../server/processors/sandbox.ts'
import { databases } from '../support/databases.ts'
import { checkInvariants } from '../support/invariants.ts'
import { apiKey, makeApp, shopOrigin, type TestApp } from '../support/make-app.ts'
import { subscriberOf } from '../support/subscriber.ts'

const refusedLater = '4000000000000341'

describe.each(databases)('a card without a charge on %s', (on) => {
  let app: TestApp
  let shop: ReturnType<typeof subscriberOf>
  const start = async (processor = sandboxProcessor) => {
    app = await makeApp({ on, at: '2027-01-31T12:00:00.000Z', processor })
    shop = subscriberOf(app)
  }
  let mayLog = false
  beforeEach(() => ((mayLog = false), start()))
  afterEach(async () => {
    await checkInvariants(app.deps.store.db)
    if (!mayLog) expect(app.logged.filter((line) => /"level":50/.test(line))).toEqual([])
    await app.deps.store.close()
  })

  const plan = (change: object = {}) =>
    shop.made<{ id: string }>('/v1/products', { name: 'Café del mes' }).then(({ id }) =>
      shop.made<PlanView>('/v1/plans', {
        product_id: id,
        amount: 990_000,
        currency: 'CRC',
        interval: 'month',
        trial_period_days: 14,
        ...change,
      }),
    )
  const trialSession = async () => {
    const { id } = await plan()
    const made = await app.createSession({ mode: 'subscription', price_id: id, amount: '9900.00' })
    return made.body.session_id
  }
  const subscribe = (session_id: string, email: string | undefined = 'ana@example.com') =>
    app.post<NewIntentView & { subscription_id: string } & ErrorBody>('/v1/payments/subscription', {
      session_id,
      ...(email && { email }),
    })
  const session = async (id: string) =>
    (await app.ask<SessionView>(`/v1/payments/session/${id}`, { headers: { 'X-Api-Key': apiKey } })).body
  const count = async (table: 'payments' | 'ledger' | 'invoices') =>
    (await app.deps.store.db.selectFrom(table).selectAll().execute()).length
  const onPage = async (sessionId: string, number: string, key = `try-${number}`) => {
    const intent = (await app.createIntent(sessionId)).body
    return app.confirm(intent, { number }, { 'Idempotency-Key': key })
  }
  /** A subscription that owes its second month, whose card nobody tries again without its customer. */
  const owing = async () => {
    const customer = await shop.customer()
    const { id } = await shop.subscribe(customer, await shop.plan())
    await shop.replaceCard(customer, '4000002500003155')
    await shop.clock({ now: '2027-03-01T12:00:00Z' })
    return { customer, id }
  }
  const cardSession = (id: string, body: object = {}) =>
    shop.made<{ session_id: string; checkout_url: string }>(`/v1/subscriptions/${id}/card-session`, body)

  it('begins a trial: no payment, no entry, the first charge at its end', async () => {
    const sessionId = await trialSession()
    expect(await session(sessionId)).toMatchObject({
      payment_status: 'no_payment_required',
      needs_email: true,
      subscription: { id: null, trial_period_days: 14, next_charge_at: '2027-02-14T12:00:00.000Z' },
    })
    const begun = (await subscribe(sessionId)).body
    expect(begun.amount).toBe('0.00')
    expect((await session(sessionId)).needs_email).toBe(false)
    const saved = await app.confirm(begun)
    expect(saved.body).toMatchObject({ status: 'succeeded', payment_id: null, amount: '0.00' })
    expect(await session(sessionId)).toMatchObject({
      status: 'complete',
      payment_status: 'no_payment_required',
      subscription: { id: begun.subscription_id, next_charge_at: '2027-02-14T12:00:00.000Z' },
    })
    const trialing = await shop.subscription(begun.subscription_id)
    expect(trialing).toMatchObject({ status: 'trialing', trial_end: '2027-02-14T12:00:00.000Z', checkout_url: null })
    expect((await shop.read<CustomerView>(`/v1/customers/${trialing.customer_id}`)).card?.last4).toBe('4242')
    expect([await count('payments'), await count('ledger'), await count('invoices')]).toEqual([0, 0, 0])
    await shop.clock({ now: '2027-02-14T12:00:00Z' })
    expect(await shop.subscription(begun.subscription_id)).toMatchObject({ status: 'active' })
    expect((await shop.invoices()).map((one) => [one.period_start, one.status])).toEqual([
      ['2027-02-14T12:00:00.000Z', 'paid'],
    ])
  })

  it('refuses a card that cannot be kept like any other, and keeps another one', async () => {
    const begun = (await subscribe(await trialSession())).body
    const refused = await app.confirm(begun, { number: '4000000000000002' })
    expect([refused.status, refused.body.error]).toMatchObject([
      402,
      { code: 'card_declined', payment_intent: { status: 'requires_payment_method', payment_id: null } },
    ])
    expect((await shop.subscription(begun.subscription_id)).status).toBe('incomplete')
    expect((await app.confirm(begun)).status).toBe(200)
    expect((await shop.subscription(begun.subscription_id)).status).toBe('trialing')
    const payments = await shop.read<{ total_items: number }>('/v1/payments/internal')
    expect(payments.total_items).toBe(0)
  })

  it('is over after ten cards: the session, its intent and the subscription', async () => {
    const sessionId = await trialSession()
    const begun = (await subscribe(sessionId)).body
    for (let n = 0; n < 10; n++) await app.confirm(begun, { number: '4000000000000002' })
    expect((await session(sessionId)).status).toBe('expired')
    expect((await shop.subscription(begun.subscription_id)).status).toBe('incomplete_expired')
    expect((await app.confirm(begun)).body.error.payment_intent?.status).toBe('canceled')
  })

  it('expires with its session, and nothing is kept of it', async () => {
    const begun = (await subscribe(await trialSession())).body
    await shop.clock({ now: '2027-02-01T12:00:01Z' })
    expect((await shop.subscription(begun.subscription_id)).status).toBe('incomplete_expired')
    expect((await app.confirm(begun)).status).toBe(400)
  })

  it('is kept once, however often one confirms at the same time, and answered alike under one key', async () => {
    const begun = (await subscribe(await trialSession())).body
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => app.confirm(begun, {}, { 'Idempotency-Key': `k${n % 4}` })),
    )
    expect(answers.filter((one) => one.status >= 500)).toEqual([])
    expect(answers.some((one) => one.status === 200)).toBe(true)
    const attempts = await app.deps.store.db.selectFrom('attempts').selectAll().execute()
    expect(attempts.filter((one) => one.status === 'succeeded')).toHaveLength(1)
    const first = answers.findIndex((one) => one.status === 200)
    const again = await app.confirm(begun, {}, { 'Idempotency-Key': `k${first % 4}` })
    expect(again.text).toBe(answers[first]!.text)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
  })

  it('may be tried again when the processor never answered: the sweep sees to that', async () => {
    mayLog = true
    await app.deps.store.close()
    let silent = true
    await start({
      ...sandboxProcessor,
      save: (card) => (silent ? Promise.reject(new Error('reset')) : sandboxProcessor.save(card)),
    })
    const begun = (await subscribe(await trialSession())).body
    expect((await app.confirm(begun, {}, { 'Idempotency-Key': 'lost' })).body.status).toBe('processing')
    expect((await app.confirm(begun)).status).toBe(409)
    app.clock.at = new Date(app.clock.at.getTime() + 31_000)
    await sweep(app.deps)
    expect((await app.confirm(begun, {}, { 'Idempotency-Key': 'lost' })).body.error.code).toBe('processing_error')
    silent = false
    expect((await app.confirm(begun)).body.status).toBe('succeeded')
  })

  it('is counted when somebody tries many cards', async () => {
    const sessions = await Promise.all(Array.from({ length: 4 }, trialSession))
    const intents = await Promise.all(sessions.map(async (id) => (await subscribe(id)).body))
    const stranger = async (n: number) => {
      const { id, client_secret } = intents[Math.floor(n / 9)]!
      const card = { number: '4000000000000002', exp_month: 12, exp_year: 2034, cvc: '123' }
      const init = {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ client_secret, card }),
      }
      return app.ask(`/v1/payments/intent/${id}/confirm`, init, '203.0.113.7')
    }
    const statuses: number[] = []
    for (let n = 0; n < 31; n++) statuses.push((await stranger(n)).status)
    expect(statuses).toEqual([...Array.from({ length: 30 }, () => 402), 429])
  })

  it('begins on a page when a shop subscribes a customer without a card to a plan with a trial', async () => {
    const { id: planId } = await plan()
    const customer = await shop.made<{ id: string }>('/v1/customers', { email: 'luis@example.com' })
    const made = await shop.subscribe(customer.id, planId)
    expect(made).toMatchObject({ status: 'incomplete', checkout_url: expect.stringContaining('/checkout/cs_test_') })
    const begun = (await subscribe(made.checkout_url!.split('/').at(-1)!, undefined)).body
    await app.confirm(begun)
    expect(await shop.subscription(made.id)).toMatchObject({ status: 'trialing', checkout_url: null })
  })

  it('takes the place of another: nothing is charged before the next period', async () => {
    const customer = await shop.customer()
    const { id } = await shop.subscribe(customer, await shop.plan())
    const { session_id } = await cardSession(id, { return_url: `${shopOrigin}/account` })
    expect(await session(session_id)).toMatchObject({
      mode: 'setup',
      payment_status: 'no_payment_required',
      needs_email: false,
      return_url: `${shopOrigin}/account`,
      subscription: { id, next_charge_at: '2027-02-28T12:00:00.000Z' },
    })
    expect((await onPage(session_id, '5555555555554444')).body).toMatchObject({ status: 'succeeded', payment_id: null })
    expect((await session(session_id)).status).toBe('complete')
    expect((await shop.read<CustomerView>(`/v1/customers/${customer}`)).card?.last4).toBe('4444')
    expect(await shop.invoices()).toHaveLength(1)
  })

  it('pays what is owed at once where the buyer is: the subscription is active again', async () => {
    const { customer, id } = await owing()
    const late = await shop.subscription(id)
    const page = `http://localhost:4242/subscription/${id}`
    expect(late).toMatchObject({ status: 'past_due', checkout_url: page })
    expect((await shop.invoices())[0]).toMatchObject({
      status: 'open',
      next_attempt_at: null,
      checkout_url: page,
      failure: { decline_code: 'authentication_required' },
    })
    const { session_id } = await cardSession(id)
    const other = await cardSession(id)
    expect(await session(session_id)).toMatchObject({ mode: 'setup', payment_status: 'unpaid', amount: '9900.00' })
    expect((await onPage(session_id, '4000000000000002')).status).toBe(402)
    expect((await shop.invoices())[0]).toMatchObject({ status: 'open', attempt_count: 1 })
    expect((await onPage(session_id, '4242424242424242')).body).toMatchObject({ status: 'succeeded' })
    expect(await shop.subscription(id)).toMatchObject({ status: 'active', checkout_url: null })
    expect((await shop.invoices())[0]).toMatchObject({ status: 'paid', checkout_url: null })
    expect((await session(session_id)).payment_status).toBe('paid')
    // Another page for the same has nothing left to do.
    expect((await session(other.session_id)).status).toBe('expired')
    expect((await shop.read<CustomerView>(`/v1/customers/${customer}`)).card?.last4).toBe('4242')
    await shop.advance({ months: 1 })
    expect((await shop.invoices()).map((one) => one.status)).toEqual(['paid', 'paid', 'paid'])
  })

  it('does not disturb the calendar when the buyer’s card is refused on the page', async () => {
    const customer = await shop.customer()
    const { id } = await shop.subscribe(customer, await shop.plan())
    await shop.replaceCard(customer, refusedLater)
    await shop.clock({ now: '2027-02-28T12:00:00Z' })
    const before = (await shop.invoices())[0]!
    const { session_id } = await cardSession(id)
    expect((await onPage(session_id, '4000000000009995')).status).toBe(402)
    expect((await shop.invoices())[0]).toMatchObject({
      attempt_count: 1,
      next_attempt_at: before.next_attempt_at,
      failure: { decline_code: 'insufficient_funds' },
    })
    await shop.clock({ now: '2027-03-01T12:00:00Z' })
    expect((await shop.invoices())[0]).toMatchObject({ attempt_count: 2, next_attempt_at: '2027-03-03T12:00:00.000Z' })
  })

  it('is charged once when the page and the calendar come at the same time', async () => {
    await app.deps.store.close()
    const charged: string[] = []
    await start({
      ...sandboxProcessor,
      charge: async (charge) => {
        await new Promise((done) => setTimeout(done, 30))
        const result = await sandboxProcessor.charge(charge)
        if (result.outcome === 'succeeded') charged.push(charge.attemptId)
        return result
      },
    })
    const customer = await shop.customer()
    const { id } = await shop.subscribe(customer, await shop.plan())
    await shop.replaceCard(customer, refusedLater)
    await shop.clock({ now: '2027-02-28T12:00:00Z' })
    const { session_id } = await cardSession(id)
    // The old card would pay by now.
    await app.deps.store.db.updateTable('customers').set({ card_token: 'tc_visa' }).execute()
    charged.length = 0
    const intent = (await app.createIntent(session_id)).body
    await app.deps.store.db.updateTable('subscriptions').set({ due_at: '2027-02-28T12:00:00.000Z' }).execute()
    const [page] = await Promise.all([app.confirm(intent), bill(app.deps, id), bill(app.deps, id)])
    expect(page.status).toBeLessThan(500)
    expect(charged).toHaveLength(1)
    expect(await shop.subscription(id)).toMatchObject({ status: 'active' })
    expect((await shop.invoices())[0]).toMatchObject({ status: 'paid' })
  })

  it('is asked for only while there is something to pay for: not before it begins, not when it is over', async () => {
    const customer = await shop.made<{ id: string }>('/v1/customers', { email: 'luis@example.com' })
    const waiting = await shop.subscribe(customer.id, (await plan()).id)
    const ask = (id: string) => app.post<ErrorBody>(`/v1/subscriptions/${id}/card-session`, {}, { 'X-Api-Key': apiKey })
    expect((await ask(waiting.id)).body.error.code).toBe('subscription_unexpected_state')
    const { id } = await shop.subscribe(await shop.customer(), await shop.plan())
    const open = await cardSession(id)
    await shop.made<SubscriptionView>(`/v1/subscriptions/${id}/cancel`, {})
    expect((await ask(id)).body.error.code).toBe('subscription_unexpected_state')
    expect((await session(open.session_id)).status).toBe('expired')
  })

  it('tells no stranger which subscription it is for', async () => {
    const { id } = await shop.subscribe(await shop.customer(), await shop.plan())
    const { session_id } = await cardSession(id)
    const read = await app.readSession(session_id)
    expect(read.text).not.toContain(id)
    expect(read.body.subscription?.id).toBeNull()
    expect((await app.ask<IntentView>(`/v1/subscriptions/${id}/card-session`)).status).toBe(405)
  })
})
