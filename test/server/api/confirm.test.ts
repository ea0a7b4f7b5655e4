import { sandboxProcessor } from '../../../server/processors/sandbox.ts'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { NewIntentView } from '../../../server/contract/checkout.ts'
import { testCards } from '../../../server/domain/test-cards.ts'
import { makeApp, shopOrigin, type TestApp } from '../../support/make-app.ts'

let shop: TestApp
beforeEach(async () => {
  shop = await makeApp()
})

describe('POST /v1/payments/intent', () => {
  it('gives a session one intent, however often it is asked', async () => {
    const made = await shop.createSession()
    const first = await shop.createIntent(made.body.session_id)
    const second = await shop.createIntent(made.body.session_id)
    expect(first.status).toBe(201)
    expect(second.body).toEqual(first.body)
    expect(first.body).toEqual({
      id: expect.stringMatching(/^pi_/) as string,
      client_secret: expect.stringContaining(`${first.body.id}_secret_`) as string,
      status: 'requires_payment_method',
      amount: '12500.00',
      currency: 'CRC',
    })
  })

  it('replays the client secret without ever having stored it', async () => {
    const made = await shop.createSession()
    const first = await shop.createIntent(made.body.session_id, { 'Idempotency-Key': 'k' })
    const second = await shop.createIntent(made.body.session_id, { 'Idempotency-Key': 'k' })
    expect(second.text).toBe(first.text)
    const kept = await shop.deps.store.db.selectFrom('idempotency').selectAll().execute()
    expect(JSON.stringify(kept)).not.toContain(first.body.client_secret)
  })

  it('takes no amount from the page', async () => {
    const made = await shop.createSession()
    const intent = await shop.post<NewIntentView>('/v1/payments/intent', {
      session_id: made.body.session_id,
      amount: '1.00',
      currency: 'USD',
    })
    expect(intent.body).toMatchObject({ amount: '12500.00', currency: 'CRC' })
  })

  it('answers 404 for an unknown session and 400 for a paid one', async () => {
    expect((await shop.createIntent('cs_test_unknown')).status).toBe(404)
    const intent = await shop.openIntent()
    await shop.confirm(intent)
    const again = await shop.createIntent(intent.session_id)
    expect([again.status, again.body.error.code]).toEqual([400, 'session_complete'])
  })
})

describe('POST /v1/payments/intent/{id}/confirm', () => {
  it('pays: intent, payment, session, ledger and events agree', async () => {
    const intent = await shop.openIntent({ description: 'Café', items: ['a'] })
    const paid = await shop.confirm(intent)
    expect(paid.status).toBe(200)
    expect(paid.body).toMatchObject({
      id: intent.id,
      status: 'succeeded',
      amount: '12500.00',
      last_payment_error: null,
    })
    const payment = await shop.readPayment(paid.body.payment_id!)
    expect(payment.body).toEqual({
      id: paid.body.payment_id,
      object: 'payment',
      amount: '12500.00',
      currency: 'CRC',
      status: 'succeeded',
      amount_refunded: '0.00',
      description: 'Café',
      items: ['a'],
      customer_id: null,
      session_id: intent.session_id,
      subscription_id: null,
      card: { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2034 },
      failure: null,
      test: true,
      created_at: '2026-11-20T12:00:00.000Z',
    })
    expect((await shop.readSession(intent.session_id)).body.status).toBe('complete')
    const ledger = await shop.deps.store.db.selectFrom('ledger').select(['account', 'amount']).execute()
    expect(ledger).toEqual([
      { account: 'processor:sandbox', amount: 1_250_000 },
      { account: 'merchant:acct_sandbox', amount: -1_250_000 },
    ])
    const events = await shop.deps.store.db.selectFrom('events').select(['type', 'version']).execute()
    expect(events.map(({ type, version }) => `${type} ${version}`)).toEqual([
      'payment.pending 1',
      'payment_intent.processing 2',
      'payment_intent.succeeded 3',
      'payment.succeeded 2',
      'session.completed 2',
    ])
  })

  it('declines, and then takes another card for the same payment', async () => {
    const intent = await shop.openIntent()
    const declined = await shop.confirm(intent, { number: '4000000000000002' })
    expect(declined.status).toBe(402)
    expect(declined.body).toMatchObject({
      code: 402,
      title: 'Card declined',
      content: 'The card was declined',
      type: 'danger',
      error: {
        code: 'card_declined',
        decline_code: 'generic_decline',
        payment_intent: { status: 'requires_payment_method', last_payment_error: { code: 'card_declined' } },
      },
    })
    const paid = await shop.confirm(intent)
    expect(paid.body.status).toBe('succeeded')
    expect(paid.body.payment_id).toBe(declined.body.error.payment_intent?.payment_id)
    const attempts = await shop.deps.store.db.selectFrom('attempts').select('status').orderBy('id').execute()
    expect(attempts.map((row) => row.status)).toEqual(['failed', 'succeeded'])
  })

  it('answers a paid intent with 400 and its public view', async () => {
    const intent = await shop.openIntent()
    const paid = await shop.confirm(intent)
    const again = await shop.confirm(intent)
    expect(again.status).toBe(400)
    expect(again.body.error).toMatchObject({
      code: 'payment_intent_unexpected_state',
      payment_intent: { status: 'succeeded', payment_id: paid.body.payment_id },
    })
  })

  it('answers alike to an unknown intent and a wrong secret', async () => {
    const intent = await shop.openIntent()
    const wrong = await shop.confirm({ ...intent, client_secret: `${intent.id}_secret_wrong` })
    const unknown = await shop.confirm({ ...intent, id: 'pi_unknown' })
    expect([wrong.status, unknown.status]).toEqual([404, 404])
    const anonymous = (text: string) => text.replace(/req_\w+/, '')
    expect(anonymous(wrong.text)).toBe(anonymous(unknown.text))
  })

  it('is open to no page of another origin', async () => {
    const intent = await shop.openIntent()
    const preflight = await shop.ask(`/v1/payments/intent/${intent.id}/confirm`, {
      method: 'OPTIONS',
      headers: { Origin: shopOrigin },
    })
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
    const paid = await shop.confirm(intent, {}, { Origin: shopOrigin })
    expect(paid.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('ends the session when ten cards have failed', async () => {
    const intent = await shop.openIntent()
    for (let tries = 1; tries <= 10; tries++) {
      expect((await shop.confirm(intent, { number: '4000000000000002' })).status).toBe(402)
    }
    const eleventh = await shop.confirm(intent)
    expect(eleventh.body.error.payment_intent?.status).toBe('canceled')
    expect((await shop.readSession(intent.session_id)).body.status).toBe('expired')
  })

  it('starts nothing after the session has expired', async () => {
    const intent = await shop.openIntent()
    shop.clock.at = new Date('2026-11-21T12:00:00.000Z')
    const late = await shop.confirm(intent)
    expect([late.status, late.body.error.code]).toEqual([400, 'session_expired'])
    expect(await shop.deps.store.db.selectFrom('attempts').selectAll().execute()).toEqual([])
  })

  it.each([
    ['no card', { card: undefined }, 400, 'card'],
    ['no number', { card: { exp_month: 12, exp_year: 2034 } }, 400, 'card.number'],
    ['no expiry', { card: { number: '4242424242424242' } }, 400, 'card.exp_month'],
    ['no client secret', { client_secret: undefined }, 400, 'client_secret'],
    ['a number that is a list', { card: { number: [], exp_month: 12, exp_year: 2034 } }, 422, 'card.number'],
    [
      'a month that is no number',
      { card: { number: '4242424242424242', exp_month: 'May', exp_year: 2034 } },
      422,
      'card.exp_month',
    ],
  ])('refuses %s and names the field', async (_, change, status, field) => {
    const intent = await shop.openIntent()
    const refused = await shop.post<{ error: { param: string } }>(`/v1/payments/intent/${intent.id}/confirm`, {
      client_secret: intent.client_secret,
      card: { number: '4242424242424242', exp_month: 12, exp_year: 2034 },
      ...change,
    })
    expect([refused.status, refused.body.error.param]).toEqual([status, field])
    expect(await shop.deps.store.db.selectFrom('attempts').selectAll().execute()).toEqual([])
  })

  it('takes numbers as text and as numbers', async () => {
    const asText = await shop.confirm(await shop.openIntent(), { exp_month: '09', exp_year: '34' })
    const asNumbers = await shop.confirm(await shop.openIntent(), { number: 4242424242424242, cvc: 123 })
    expect([asText.body.status, asNumbers.body.status]).toEqual(['succeeded', 'succeeded'])
  })

  it('keeps no part of a number outside the table', async () => {
    const intent = await shop.openIntent()
    const refused = await shop.confirm(intent, { number: '4111 1111 1111 1111', cvc: '879' })
    expect(refused.body).toMatchObject({
      code: 402,
      error: { code: 'card_declined', decline_code: 'test_mode_live_card' },
    })
    const payment = await shop.readPayment(refused.body.error.payment_intent!.payment_id!)
    expect(payment.body).toMatchObject({ status: 'failed', card: null })
  })

  it('reads "wrong state" for a busy intent as 409 with a time to come back', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    shop = await makeApp({
      processor: {
        name: 'slow',
        charge: async ({ attemptId, amount, currency }) => {
          await held
          return { outcome: 'succeeded', attemptId, amount, currency }
        },
        lookUp: () => Promise.resolve('unknown'),
        refund: sandboxProcessor.refund,
        save: sandboxProcessor.save,
        resume: sandboxProcessor.resume,
        resumeSave: sandboxProcessor.resumeSave,
      },
    })
    const intent = await shop.openIntent()
    const first = shop.confirm(intent, {}, { 'Idempotency-Key': 'a' })
    await new Promise((resolve) => setTimeout(resolve, 20))
    const other = await shop.confirm(intent, {}, { 'Idempotency-Key': 'b' })
    const same = await shop.confirm(intent, {}, { 'Idempotency-Key': 'a' })
    expect([other.status, other.body.error.code, other.headers.get('retry-after')]).toEqual([
      409,
      'payment_intent_processing',
      '1',
    ])
    expect([same.status, same.body.error.code, same.headers.get('retry-after')]).toEqual([
      409,
      'idempotency_key_in_use',
      '1',
    ])
    release()
    const paid = await first
    const replayed = await shop.confirm(intent, {}, { 'Idempotency-Key': 'a' })
    expect(paid.body.status).toBe('succeeded')
    expect([replayed.text, replayed.headers.get('idempotent-replayed')]).toEqual([paid.text, 'true'])
  })

  it('does not take a processor at its word when the word does not fit', async () => {
    shop = await makeApp({
      processor: {
        name: 'odd',
        charge: ({ attemptId, currency }) =>
          Promise.resolve({ outcome: 'succeeded', attemptId, amount: 1, currency } as const),
        lookUp: () => Promise.resolve('unknown'),
        refund: sandboxProcessor.refund,
        save: sandboxProcessor.save,
        resume: sandboxProcessor.resume,
        resumeSave: sandboxProcessor.resumeSave,
      },
    })
    const intent = await shop.openIntent()
    expect((await shop.confirm(intent)).body.status).toBe('processing')
    const attempts = await shop.deps.store.db.selectFrom('attempts').select('status').execute()
    expect(attempts).toEqual([{ status: 'needs_review' }])
    expect((await shop.confirm(intent)).status).toBe(409)
  })
})

describe('GET /v1/payments/intent/{id}', () => {
  const read = (intent: { id: string }, secret: string) =>
    shop.ask<Record<string, unknown>>(`/v1/payments/intent/${intent.id}`, { headers: { 'X-Client-Secret': secret } })

  it('shows the public view to the holder of the client secret only', async () => {
    const intent = await shop.openIntent()
    const shown = await read(intent, intent.client_secret)
    expect(shown.body).toEqual({
      id: intent.id,
      object: 'payment_intent',
      status: 'requires_payment_method',
      amount: '12500.00',
      currency: 'CRC',
      payment_id: null,
      session_id: intent.session_id,
      next_action: null,
      cancellation_reason: null,
      last_payment_error: null,
      test: true,
    })
    expect((await read(intent, 'wrong')).status).toBe(404)
    const inQuery = await shop.ask(`/v1/payments/intent/${intent.id}?client_secret=${intent.client_secret}`)
    expect(inQuery.status).toBe(404)
  })
})

describe('GET /v1/payments/{id}', () => {
  it('knows only payments of the key that asks', async () => {
    const paid = await shop.confirm(await shop.openIntent())
    const id = paid.body.payment_id!
    expect((await shop.ask(`/v1/payments/${id}`)).status).toBe(401)
    expect((await shop.readPayment('pay_unknown')).status).toBe(404)
    await shop.deps.store.db.updateTable('payments').set({ live: 1 }).execute()
    const otherMode = await shop.readPayment(id)
    expect([otherMode.status, otherMode.body.content]).toEqual([404, 'There is no such payment'])
  })
})

describe('the card table through the front door', () => {
  beforeAll(async () => {
    shop = await makeApp()
  })
  const tryCard = async (card: Record<string, unknown>) => {
    const app = await makeApp()
    const answer = await app.confirm(await app.openIntent(), card)
    return { answer, app }
  }
  const hidden = new Set(['lost_card', 'stolen_card', 'pickup_card', 'fraudulent'])

  it.each(testCards.map((card) => [card.name, card] as const))('%s', async (_, card) => {
    const cvc = card.brand === 'american-express' ? '1234' : '123'
    const { answer, app } = await tryCard({ number: card.number, cvc, postal_code: '10101' })
    const payment = async () => {
      const view = answer.status === 402 ? answer.body.error.payment_intent! : answer.body
      return (await app.readPayment(view.payment_id!)).body
    }
    const { behaviour } = card
    switch (behaviour.does) {
      case 'succeeds':
        expect([answer.status, answer.body.status]).toEqual([200, 'succeeded'])
        expect((await payment()).card).toMatchObject({ brand: card.brand, last4: card.number.slice(-4) })
        break
      case 'challenges':
        expect([answer.status, answer.body.status]).toEqual([200, 'requires_action'])
        expect((await payment()).status).toBe('requires_action')
        break
      case 'declines': {
        const told = hidden.has(behaviour.declineCode ?? '') ? 'generic_decline' : behaviour.declineCode
        expect(answer.status).toBe(402)
        expect(answer.body.error).toMatchObject({ code: behaviour.code, decline_code: told })
        expect(await payment()).toMatchObject({
          status: 'failed',
          failure: { code: behaviour.code, decline_code: behaviour.declineCode },
        })
      }
    }
  })

  it.each([
    ['4000000000000127', { cvc: undefined }],
    ['4000000000000101', { cvc: undefined }],
    ['4000058400307872', { cvc: undefined }],
    ['4000000000000036', {}],
    ['4000058400306072', {}],
    ['4000000000000010', {}],
  ])('%s succeeds when the field its check is about was not sent: %o', async (number, change) => {
    const { answer } = await tryCard({ number, ...change })
    expect(answer.body.status).toBe('succeeded')
  })

  it.each([
    [{ exp_month: 13 }, 'invalid_expiry_month'],
    [{ exp_year: 95 }, 'invalid_expiry_year'],
    [{ exp_year: 2020 }, 'invalid_expiry_year'],
    [{ cvc: '99' }, 'invalid_cvc'],
    [{ number: '4242424242424241' }, 'incorrect_number'],
  ])('invalid data %o is refused with 402 %s', async (card, code) => {
    const { answer } = await tryCard(card)
    expect([answer.status, answer.body.error.code]).toEqual([402, code])
  })

  it('gives a challenged card way to another one', async () => {
    const intent = await shop.openIntent()
    const challenged = await shop.confirm(intent, { number: '4000002760003184' })
    const paid = await shop.confirm(intent)
    expect([challenged.body.status, paid.body.status]).toEqual(['requires_action', 'succeeded'])
    const attempts = await shop.deps.store.db.selectFrom('attempts').select('status').orderBy('id').execute()
    expect(attempts.map((row) => row.status)).toEqual(['superseded', 'succeeded'])
  })
})
