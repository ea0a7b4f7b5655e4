import { beforeEach, describe, expect, it } from 'vitest'
import { sweep, sweepRefunds } from '../../../server/actions/sweep.ts'
import type { ErrorBody } from '../../../server/contract/errors.ts'
import type { RefundView } from '../../../server/contract/resources.ts'
import { sandboxProcessor } from '../../../server/processors/sandbox.ts'
import { databases } from '../../support/databases.ts'
import { checkInvariants } from '../../support/invariants.ts'
import { apiKey, makeApp, type TestApp } from '../../support/make-app.ts'

let shop: TestApp
const key = { 'X-Api-Key': apiKey }

const pay = async (card: Record<string, unknown> = {}): Promise<string> => {
  const intent = await shop.openIntent({ amount: '5.00', currency: 'USD' })
  return (await shop.confirm(intent, card)).body.payment_id!
}
const refund = (payment: string, more: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  shop.post<RefundView & ErrorBody>('/v1/refunds', { payment_id: payment, ...more }, { ...key, ...headers })
const read = async (id: string) => (await shop.ask<RefundView>(`/v1/refunds/${id}`, { headers: key })).body
const later = async (seconds: number) => {
  shop.clock.at = new Date(shop.clock.at.getTime() + seconds * 1000)
  await sweepRefunds(shop.deps)
}

describe.each(databases)('POST /v1/refunds on %s', (on) => {
  beforeEach(async () => {
    shop = await makeApp({ on })
  })

  it('gives back all that is left, then nothing more', async () => {
    const payment = await pay()
    const part = await refund(payment, { amount: 200, reason: 'duplicate' })
    expect(part.body).toEqual({
      id: part.body.id,
      object: 'refund',
      payment_id: payment,
      amount: 200,
      currency: 'USD',
      status: 'succeeded',
      reason: 'duplicate',
      failure_reason: null,
      test: true,
      created_at: '2026-11-20T12:00:00.000Z',
    })
    expect((await shop.readPayment(payment)).body).toMatchObject({
      status: 'partially_refunded',
      amount_refunded: '2.00',
    })
    const tooMuch = await refund(payment, { amount: 301 })
    expect([tooMuch.status, tooMuch.body.error.code, tooMuch.body.error.param]).toEqual([
      422,
      'amount_too_large',
      'amount',
    ])
    expect(tooMuch.body.content).toContain('300')
    expect((await refund(payment)).body).toMatchObject({ amount: 300, status: 'succeeded' })
    expect((await shop.readPayment(payment)).body).toMatchObject({ status: 'refunded', amount_refunded: '5.00' })
    const none = await refund(payment)
    expect([none.status, none.body.error.code]).toEqual([400, 'charge_already_refunded'])
    await checkInvariants(shop.deps.store.db)
  })

  it('is refused for a payment that was never made', async () => {
    const intent = await shop.openIntent()
    const failed = await shop.confirm(intent, { number: '4000000000000002' })
    const refused = await refund(failed.body.error.payment_intent!.payment_id!)
    expect([refused.status, refused.body.error.code]).toEqual([400, 'payment_unexpected_state'])
    const unknown = await refund('pay_unknown')
    expect([unknown.status, unknown.body.error.code, unknown.body.error.param]).toEqual([
      404,
      'not_found',
      'payment_id',
    ])
  })

  it('starts pending for the card whose refunds wait, and succeeds three seconds later', async () => {
    const payment = await pay({ number: '4000000000007726' })
    const made = await refund(payment)
    expect(made.body.status).toBe('pending')
    expect((await shop.readPayment(payment)).body.status).toBe('refunded')
    expect((await refund(payment)).body.error.code).toBe('charge_already_refunded')
    await later(2)
    expect((await read(made.body.id)).status).toBe('pending')
    await later(1)
    expect((await read(made.body.id)).status).toBe('succeeded')
    await later(60)
    const events = await shop.deps.store.db
      .selectFrom('events')
      .select('type')
      .where('object_id', '=', made.body.id)
      .orderBy('version')
      .execute()
    expect(events.map(({ type }) => type)).toEqual(['refund.created', 'refund.updated', 'refund.updated'])
    await checkInvariants(shop.deps.store.db)
  })

  it('succeeds, and fails three seconds later, for the card whose refunds come back: its amount is paid again', async () => {
    const payment = await pay({ number: '4000000000005126' })
    const made = await refund(payment, { amount: 500 })
    expect(made.body.status).toBe('succeeded')
    await later(3)
    expect(await read(made.body.id)).toMatchObject({ status: 'failed', failure_reason: 'expired_or_canceled_card' })
    expect((await shop.readPayment(payment)).body).toMatchObject({ status: 'succeeded', amount_refunded: '0.00' })
    expect((await refund(payment, { amount: 500 })).status).toBe(200)
    await checkInvariants(shop.deps.store.db)
  })

  it('gives money back once for one key, and replays the very bytes', async () => {
    const payment = await pay()
    const first = await refund(payment, { amount: 100 }, { 'Idempotency-Key': 'r1' })
    const again = await refund(payment, { amount: 100 }, { 'Idempotency-Key': 'r1' })
    expect([again.status, again.text, again.headers.get('idempotent-replayed')]).toEqual([200, first.text, 'true'])
    expect((await shop.readPayment(payment)).body.amount_refunded).toBe('1.00')
    const other = await refund(payment, { amount: 101 }, { 'Idempotency-Key': 'r1' })
    expect([other.status, other.body.error.code]).toEqual([422, 'idempotency_key_reused'])
  })

  it('a processor that does not answer leaves it pending with its amount reserved, and it is asked again', async () => {
    let answers = false
    shop = await makeApp({
      on,
      processor: {
        ...sandboxProcessor,
        refund: (wanted) => (answers ? sandboxProcessor.refund(wanted) : Promise.reject(new Error('timeout'))),
      },
    })
    const payment = await pay()
    const made = await refund(payment, { amount: 400 }, { 'Idempotency-Key': 'r' })
    expect(made.body.status).toBe('pending')
    expect((await refund(payment, { amount: 101 })).status).toBe(422)
    const meanwhile = await refund(payment, { amount: 400 }, { 'Idempotency-Key': 'r' })
    expect([meanwhile.status, meanwhile.headers.get('retry-after')]).toEqual([409, '1'])
    answers = true
    await later(31)
    expect((await read(made.body.id)).status).toBe('succeeded')
    const replayed = await refund(payment, { amount: 400 }, { 'Idempotency-Key': 'r' })
    expect([replayed.status, replayed.body.status]).toEqual([200, 'succeeded'])
    await checkInvariants(shop.deps.store.db)
  })
})

describe('a subscription', () => {
  beforeEach(async () => {
    shop = await makeApp()
  })
  const make = async <T>(path: string, body: object) => (await shop.post<T & ErrorBody>(path, body, key)).body
  const aPlan = async () => {
    const product = await make<{ id: string }>('/v1/products', { name: 'Café' })
    return make<{ id: string }>('/v1/plans', {
      product_id: product.id,
      amount: 500,
      currency: 'USD',
      interval: 'month',
    })
  }
  const aSubscription = async () => {
    const customer = await make<{ id: string }>('/v1/customers', { email: 'ana@example.com' })
    return make<{ id: string; checkout_url: string; status: string; current_period_end: number }>('/v1/subscriptions', {
      customer_id: customer.id,
      plan_id: (await aPlan()).id,
    })
  }
  const readOne = async (id: string) =>
    (await shop.ask<{ status: string; current_period_end: number }>(`/v1/subscriptions/${id}`, { headers: key })).body

  it('begins its first period when its first payment is made', async () => {
    const made = await aSubscription()
    expect(made.status).toBe('incomplete')
    shop.clock.at = new Date('2026-11-20T20:00:00.000Z')
    const intent = await shop.createIntent(made.checkout_url.split('/').at(-1)!)
    await shop.confirm(intent.body)
    expect(await readOne(made.id)).toMatchObject({
      status: 'active',
      current_period_end: Date.parse('2026-12-20T20:00:00.000Z') / 1000,
    })
    await checkInvariants(shop.deps.store.db)
  })

  it('has never begun when nobody pays within 23 hours', async () => {
    const made = await aSubscription()
    shop.clock.at = new Date(shop.clock.at.getTime() + 23 * 3_600_000)
    await sweep(shop.deps)
    expect(await readOne(made.id)).toMatchObject({ status: 'incomplete_expired' })
    const intent = await shop.createIntent(made.checkout_url.split('/').at(-1)!)
    expect(intent.body.error.code).toBe('session_expired')
    await checkInvariants(shop.deps.store.db)
  })

  it('that is canceled before its first payment can no longer be paid', async () => {
    const made = await aSubscription()
    const ended = await shop.post<{ status: string }>(`/v1/subscriptions/${made.id}/cancel`, {}, key)
    expect(ended.body.status).toBe('incomplete_expired')
    const intent = await shop.createIntent(made.checkout_url.split('/').at(-1)!)
    expect(intent.status).toBe(400)
    const again = await shop.post<ErrorBody>(`/v1/subscriptions/${made.id}/cancel`, {}, key)
    expect([again.status, again.body.error.code]).toEqual([400, 'subscription_unexpected_state'])
    await checkInvariants(shop.deps.store.db)
  })

  it('is made once by a page, for a customer known by an email address', async () => {
    const plan = await aPlan()
    const session = await shop.createSession({
      mode: 'subscription',
      price_id: plan.id,
      amount: '5.00',
      currency: 'USD',
    })
    const id = session.body.session_id
    const begin = (body: object) =>
      shop.post<{ subscription_id: string; client_secret: string; id: string } & ErrorBody>(
        '/v1/payments/subscription',
        { session_id: id, ...body },
      )
    const intent = await shop.createIntent(id)
    expect([intent.status, intent.body.error.code]).toEqual([400, 'session_wrong_mode'])
    const missing = await begin({})
    expect([missing.status, missing.body.error.param]).toEqual([400, 'email'])
    const begun = await begin({ email: 'ana@example.com' })
    expect(begun.status).toBe(201)
    const again = await begin({ email: 'ana@example.com' })
    expect(again.body).toMatchObject({ subscription_id: begun.body.subscription_id, id: begun.body.id })
    const paid = await shop.confirm({ ...begun.body, status: 'requires_payment_method', amount: '', currency: '' })
    expect(paid.body.status).toBe('succeeded')
    expect(await readOne(begun.body.subscription_id)).toMatchObject({ status: 'active' })
    expect(await shop.deps.store.db.selectFrom('customers').select('email').execute()).toEqual([
      { email: 'ana@example.com' },
    ])
    await checkInvariants(shop.deps.store.db)
  })

  it('has its plan’s price and no other', async () => {
    const plan = await aPlan()
    const wanted = { mode: 'subscription', price_id: plan.id, currency: 'USD' }
    const refused = await shop.createSession({ ...wanted, amount: '4.99' })
    expect([refused.status, refused.body.error.param]).toEqual([422, 'amount'])
    expect(refused.body.content).toContain('5.00 USD')
    const session = await shop.createSession()
    const wrong = await shop.post<ErrorBody>('/v1/payments/subscription', { session_id: session.body.session_id })
    expect([wrong.status, wrong.body.error.code]).toEqual([400, 'session_wrong_mode'])
  })
})

describe('POST /v1/payments/intent/{id}/cancel', () => {
  beforeEach(async () => {
    shop = await makeApp()
  })
  const cancel = (id: string, body: object = {}) =>
    shop.post<{ status: string; cancellation_reason: string } & ErrorBody>(
      `/v1/payments/intent/${id}/cancel`,
      body,
      key,
    )

  it('ends the intent and its session, and says why', async () => {
    const intent = await shop.openIntent()
    const ended = await cancel(intent.id, { cancellation_reason: 'abandoned' })
    expect(ended.body).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' })
    expect((await shop.readSession(intent.session_id)).body.status).toBe('expired')
    const again = await cancel(intent.id)
    expect([again.status, again.body.error.code]).toEqual([400, 'payment_intent_unexpected_state'])
    expect(again.body.error.payment_intent?.status).toBe('canceled')
    await checkInvariants(shop.deps.store.db)
  })

  it('is refused for a paid intent, with its public view', async () => {
    const intent = await shop.openIntent()
    await shop.confirm(intent)
    const refused = await cancel(intent.id)
    expect([refused.status, refused.body.error.payment_intent?.status]).toEqual([400, 'succeeded'])
  })

  it('is for the secret key alone', async () => {
    const intent = await shop.openIntent()
    const refused = await shop.post(`/v1/payments/intent/${intent.id}/cancel`, {})
    expect(refused.status).toBe(401)
    expect((await cancel('pi_unknown')).status).toBe(404)
  })
})
