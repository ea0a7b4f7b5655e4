/** The monthly bag of the demo shop, against the real payment side. */
import { pathToFileURL } from 'node:url'
import { beforeEach, describe, expect, it } from 'vitest'
import { createShop } from '../../../demo/shop/app.ts'
import type { NewIntentView, SessionView } from '../../../server/contract/checkout.ts'
import { apiKey, makeApp, type TestApp } from '../../support/make-app.ts'

describe('the monthly bag', () => {
  let side: TestApp
  let shop: ReturnType<typeof createShop>
  let troubles: string[]
  beforeEach(async () => {
    side = await makeApp()
    troubles = []
    let ids = 0
    shop = createShop({
      api: 'http://payments.test',
      apiKey,
      shopUrl: 'http://localhost:4243',
      built: pathToFileURL('/nowhere/'),
      now: () => side.clock.at,
      newId: () => `token${++ids}`,
      fetch: (async (url: string, init: RequestInit) => side.app.request(url, init)) as typeof fetch,
      onTrouble: (trouble) => void troubles.push(trouble.message),
    })
  })
  const post = async <T>(path: string, body: object, type = 'application/json') => {
    const answer = await shop.request(path, {
      method: 'POST',
      headers: { 'content-type': type },
      body: JSON.stringify(body),
    })
    return { status: answer.status, body: (await answer.json()) as T }
  }
  const read = async <T>(path: string) => (await (await shop.request(path)).json()) as T
  const order = async (trial = false, more: object = {}) =>
    (
      await post<{ session_id: string; reference: string }>('/api/checkout/session', {
        club: { trial },
        currency: 'CRC',
        language: 'es',
        ...more,
      })
    ).body
  const subscribe = async (session_id: string, number = '4242424242424242') => {
    const wanted = { session_id, email: 'ana@example.com' }
    const begun = await side.post<NewIntentView>('/v1/payments/subscription', wanted)
    return side.confirm(begun.body, { number })
  }
  type State = { status: string; card: { last4: string }; invoices: { status: string }[]; clock: { own: boolean } }
  const state = (reference: string) => read<State>(`/api/orders/${reference}/subscription`)

  it.each([
    [false, 'unpaid', '₡9\u00a0900 al mes'],
    [true, 'no_payment_required', '₡9\u00a0900 al mes'],
  ])('is ordered at the catalogue’s price, with its own plan (trial: %s)', async (trial, payment_status, price) => {
    const { session_id, reference } = await order(trial, { amount: '1.00', price_id: 'plan_mine' })
    expect((await side.ask<SessionView>(`/v1/payments/session/${session_id}?locale=es`)).body).toMatchObject({
      mode: 'subscription',
      payment_status,
      needs_email: true,
      amount: '9900.00',
      description: 'La bolsa del mes',
      display: { price },
    })
    expect(await order(trial, { reference })).toMatchObject({ session_id, reference })
    expect((await order(!trial, { reference })).reference).not.toBe(reference)
    const plans = await side.ask<{ total_items: number }>('/v1/plans', { headers: { 'X-Api-Key': apiKey } })
    expect(plans.body.total_items).toBe(2)
  })

  it('shows the subscription of an order, renews it, takes another card and ends it', async () => {
    const { session_id, reference } = await order()
    expect(await read(`/api/orders/${reference}/subscription`)).toEqual({ error: 'not_found' })
    await subscribe(session_id)
    expect(await read(`/api/checkout/orders/${reference}`)).toMatchObject({ status: 'paid' })
    expect(await state(reference)).toMatchObject({ status: 'active', card: { last4: '4242' }, clock: { own: false } })
    for (const move of ['freeze', 'day', 'month']) expect((await post('/qa/clock', { move })).status).toBe(200)
    expect((await state(reference)).invoices.map((one) => one.status)).toEqual(['paid', 'paid'])
    const card = await post<{ session_id: string }>(`/api/orders/${reference}/card`, {})
    const intent = (await side.createIntent(card.body.session_id)).body
    await side.confirm(intent, { number: '5555555555554444' })
    expect(await state(reference)).toMatchObject({ card: { last4: '4444' } })
    await post(`/api/orders/${reference}/ending`, { at_period_end: true })
    await post('/qa/clock', { move: 'month' })
    expect(await state(reference)).toMatchObject({ status: 'canceled' })
    expect((await post<{ own: boolean }>('/qa/clock', { move: 'real' })).body.own).toBe(false)
    expect(troubles).toEqual([])
  })

  it('takes nothing that a form of another site could send', async () => {
    const { reference } = await order()
    for (const path of [
      '/qa/clock',
      '/qa/expire',
      `/api/orders/${reference}/card`,
      `/api/orders/${reference}/ending`,
    ]) {
      expect((await post(path, { move: 'month' }, 'text/plain')).status).toBe(415)
    }
    expect((await post('/qa/clock', { move: 'back' })).status).toBe(404)
    expect((await post('/api/orders/other/card', {})).status).toBe(404)
  })
})
