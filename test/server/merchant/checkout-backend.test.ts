import { Hono } from 'hono'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import {
  checkoutBackend,
  OrderRefused,
  type CheckoutBackendOptions,
  type OrderSession,
} from '../../../server/merchant/checkout-backend.ts'
import { paymentSide, refusal, scripted } from './payments-stub.ts'

const apiKey = 'sk_test_do_not_tell'
const reference = 'ref_long_and_random'

type Kept = OrderSession & { paid: boolean; paymentId: string | null }

/** A shop with one order of USD 12.50, its records open to look at. */
function aShop(options: Partial<CheckoutBackendOptions> & { fetch: typeof fetch }) {
  const kept = new Map<string, Kept>()
  const paid: { reference: string; paymentId: string | null }[] = []
  const troubles: Error[] = []
  const app = new Hono().route(
    '/pay',
    checkoutBackend({
      api: 'http://payments.test',
      apiKey,
      resolveOrder: () => ({ reference, amount: '12.50', currency: 'USD', return_url: 'http://shop.test/thanks' }),
      orders: {
        remember: (name, session) => void kept.set(name, { ...session, paid: false, paymentId: null }),
        find: (name) => kept.get(name),
        markPaid(name, paymentId) {
          const order = kept.get(name)
          if (!order || order.paid) return false
          Object.assign(order, { paid: true, paymentId })
          return true
        },
        referenceOf: (sessionId) => [...kept].find(([, { session_id }]) => session_id === sessionId)?.[0],
      },
      onPaid: (order) => void paid.push(order),
      onTrouble: (trouble) => void troubles.push(trouble),
      ...options,
    }),
  )
  const post = (body: BodyInit, type = 'application/json') =>
    app.request('/pay/session', { method: 'POST', headers: { 'content-type': type }, body })
  const statusOf = async (query = '', of = reference) => {
    const answer = await app.request(`/pay/orders/${of}${query}`)
    return [answer.status, await answer.json()]
  }
  return { app, kept, paid, troubles, post, statusOf }
}

describe('POST /session', () => {
  it('answers the session, its address and the reference, and nothing else', async () => {
    const side = paymentSide()
    const answer = await aShop(side).post('{}')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.json()).toEqual({
      session_id: 'cs_test_1',
      checkout_url: 'http://payments.test/checkout/cs_test_1',
      reference,
    })
  })

  it('asks for the price of the shop, whatever price the page sends', async () => {
    const side = paymentSide()
    const cheap = {
      amount: '0.01',
      currency: 'XXX',
      reference: 'mine',
      return_url: 'http://evil.test',
      session_id: 'x',
    }
    await aShop(side).post(JSON.stringify(cheap))
    expect(side.asked[0]?.body).toEqual({ amount: '12.50', currency: 'USD', return_url: 'http://shop.test/thanks' })
  })

  it('hands the resolver what the page sent', async () => {
    const side = paymentSide()
    let sent: unknown
    const resolveOrder: CheckoutBackendOptions['resolveOrder'] = (body) => {
      sent = body
      return { reference, amount: '1.00', currency: 'USD', return_url: 'http://shop.test/' }
    }
    await aShop({ ...side, resolveOrder }).post('{"basket":[1,2]}')
    expect(sent).toEqual({ basket: [1, 2] })
  })

  it('answers a refused order with 422 and the reason, and asks the payment side nothing', async () => {
    const side = paymentSide()
    const shop = aShop({
      ...side,
      resolveOrder: () => {
        throw new OrderRefused('Sold out')
      },
    })
    const answer = await shop.post('{}')
    expect([answer.status, await answer.json()]).toEqual([422, { error: 'order_refused', message: 'Sold out' }])
    expect(side.asked).toEqual([])
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', '', 'application/jsonp'])(
    'answers 415 to the type %j that a form of another site could send',
    async (type) => {
      const side = paymentSide()
      expect((await aShop(side).post('{}', type)).status).toBe(415)
      expect(side.asked).toEqual([])
    },
  )

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset=utf-8'])(
    'takes %s',
    async (type) => {
      expect((await aShop(paymentSide()).post('{}', type)).status).toBe(200)
    },
  )

  it('answers 400 to a body that is not JSON', async () => {
    expect((await aShop(paymentSide()).post('{')).status).toBe(400)
  })

  it('answers 413 to a body over 64 kB, in one piece or in chunks', async () => {
    const shop = aShop(paymentSide())
    const large = JSON.stringify('x'.repeat(64 * 1024))
    expect((await shop.post(large)).status).toBe(413)
    const chunked = new Request('http://shop.test/pay/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Blob([large]).stream(),
      duplex: 'half',
    } as RequestInit)
    expect((await shop.app.request(chunked)).status).toBe(413)
  })

  it('opens one session for one order, however often and at once it is asked', async () => {
    const side = paymentSide()
    const shop = aShop(side)
    const answers = await Promise.all([shop.post('{}'), shop.post('{}'), shop.post('{}')])
    answers.push(await shop.post('{}'))
    const ids = await Promise.all(answers.map(async (answer) => (await answer.json()).session_id))
    expect(new Set(ids)).toEqual(new Set(['cs_test_1']))
    expect(side.sessions.size).toBe(1)
  })

  it('opens another session once the first has expired', async () => {
    const side = paymentSide()
    const shop = aShop(side)
    await shop.post('{}')
    side.set('cs_test_1', 'expired')
    expect(await (await shop.post('{}')).json()).toMatchObject({ session_id: 'cs_test_2' })
    expect(shop.kept.get(reference)?.session_id).toBe('cs_test_2')
  })

  it('closes the session of an older price before it opens one at the new price', async () => {
    const side = paymentSide()
    let amount = '12.50'
    const shop = aShop({
      ...side,
      resolveOrder: () => ({ reference, amount, currency: 'usd', return_url: 'http://shop.test/' }),
    })
    await shop.post('{}')
    amount = '20.00'
    expect(await (await shop.post('{}')).json()).toMatchObject({ session_id: 'cs_test_2' })
    expect(side.sessions.get('cs_test_1')?.status).toBe('expired')
    expect(shop.kept.get(reference)).toMatchObject({ amount: '20.00', currency: 'USD' })
  })

  it('opens no second session for an order that was paid at an older price', async () => {
    const side = paymentSide()
    let amount = '12.50'
    const shop = aShop({
      ...side,
      resolveOrder: () => ({ reference, amount, currency: 'USD', return_url: 'http://shop.test/' }),
    })
    await shop.post('{}')
    side.set('cs_test_1', 'complete')
    amount = '20.00'
    expect((await shop.post('{}')).status).toBe(409)
    expect(side.sessions.size).toBe(1)
    expect(shop.paid).toHaveLength(1)
  })

  it('opens no session for a paid order', async () => {
    const side = paymentSide()
    const shop = aShop(side)
    await shop.post('{}')
    side.set('cs_test_1', 'complete')
    const answer = await shop.post('{}')
    expect([answer.status, await answer.json()]).toEqual([409, { error: 'order_paid', reference }])
    expect(side.sessions.size).toBe(1)
  })

  it.each([
    ['refuses', refusal(401, 'unauthorized', {}, `Key ${apiKey} is not known at /srv/keys`)],
    ['fails', refusal(500, 'internal_error', {}, 'select * from keys')],
    ['sends something else', new Response('<html>nginx</html>', { status: 502 })],
  ])('answers a bare 502 when the payment side %s, and tells the shop alone', async (_what, trouble) => {
    const shop = aShop(scripted(trouble))
    const answer = await shop.post('{}')
    expect([answer.status, await answer.text()]).toEqual([502, '{"error":"payments_unavailable"}'])
    expect(shop.troubles).toHaveLength(1)
    expect(shop.troubles[0]?.message).not.toContain(apiKey)
    expect(shop.kept.size).toBe(0)
  })

  it("leaves the shop's own mistakes to the shop", async () => {
    const shop = aShop({
      ...paymentSide(),
      resolveOrder: () => {
        throw new Error('a bug')
      },
    })
    shop.app.onError((error, c) => c.text(`seen: ${error.message}`, 500))
    expect(await (await shop.post('{}')).text()).toBe('seen: a bug')
  })
})

describe('GET /orders/:reference', () => {
  async function aShopWithAnOrder(options: Partial<CheckoutBackendOptions> = {}) {
    const side = paymentSide()
    const shop = aShop({ ...side, ...options })
    await shop.post('{}')
    return { ...shop, side }
  }

  it('answers 404 to a reference that the shop never gave', async () => {
    const { statusOf } = await aShopWithAnOrder()
    expect(await statusOf('', 'guessed')).toEqual([404, { error: 'not_found' }])
  })

  it('is open while nothing is paid, whatever the address claims', async () => {
    const { statusOf, kept } = await aShopWithAnOrder()
    expect(await statusOf('?status=succeeded&id_payment=pay_none')).toEqual([200, { reference, status: 'open' }])
    expect(kept.get(reference)?.paid).toBe(false)
  })

  it('is paid once the payment that the buyer came with is this order in full', async () => {
    const { statusOf, side, kept, paid } = await aShopWithAnOrder()
    side.has({ id: 'pay_1' })
    expect(await statusOf('?id_payment=pay_1')).toEqual([200, { reference, status: 'paid' }])
    expect(kept.get(reference)).toMatchObject({ paid: true, paymentId: 'pay_1' })
    expect(paid).toEqual([{ reference, paymentId: 'pay_1' }])
  })

  it.each([
    ['of another session', { session_id: 'cs_test_other' }],
    ['of a smaller amount', { amount: '12.49' }],
    ['of a larger amount', { amount: '12.51' }],
    ['of an amount that is not one', { amount: '1e9' }],
    ['of another currency', { currency: 'CRC' }],
    ['of no known currency', { currency: 'ZZZ' }],
    ['that failed', { status: 'failed' }],
    ['that waits', { status: 'pending' }],
    ['that wants its buyer', { status: 'requires_action' }],
    ['that was canceled', { status: 'canceled' }],
    ['that was given back', { status: 'refunded' }],
    ['of a status nobody knows', { status: 'SUCCEEDED' }],
  ])('stays open for a payment %s', async (_which, differs) => {
    const { statusOf, side, kept, paid } = await aShopWithAnOrder()
    side.has({ id: 'pay_1', ...differs })
    expect(await statusOf('?id_payment=pay_1')).toEqual([200, { reference, status: 'open' }])
    expect(kept.get(reference)?.paid).toBe(false)
    expect(paid).toEqual([])
  })

  it.each(['..%2Fsession%2Fcs_test_1', '..', 'pay_1%2Fx', '', 'a%20b'])(
    'never asks the payment side for the id %s',
    async (id) => {
      const { statusOf, side } = await aShopWithAnOrder()
      const before = side.asked.length
      expect(await statusOf(`?id_payment=${id}`)).toEqual([200, { reference, status: 'open' }])
      expect(side.asked.slice(before).map(({ path }) => path)).toEqual(['/v1/payments/session/cs_test_1'])
    },
  )

  it('is paid without a payment id once the session is complete', async () => {
    const { statusOf, side, paid } = await aShopWithAnOrder()
    side.set('cs_test_1', 'complete')
    expect(await statusOf()).toEqual([200, { reference, status: 'paid' }])
    expect(paid).toEqual([{ reference, paymentId: null }])
  })

  it('stays open when the complete session is of other money', async () => {
    const { statusOf, side, paid } = await aShopWithAnOrder()
    Object.assign(side.sessions.get('cs_test_1') ?? {}, { status: 'complete', amount: '1.00' })
    expect(await statusOf()).toEqual([200, { reference, status: 'open' }])
    expect(paid).toEqual([])
  })

  it('is expired when the session is', async () => {
    const { statusOf, side } = await aShopWithAnOrder()
    side.set('cs_test_1', 'expired')
    expect(await statusOf()).toEqual([200, { reference, status: 'expired' }])
  })

  it('tells the shop once when many ask at the same time', async () => {
    const { statusOf, side, paid } = await aShopWithAnOrder()
    side.has({ id: 'pay_1' })
    const answers = await Promise.all(Array.from({ length: 20 }, () => statusOf('?id_payment=pay_1')))
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(paid).toHaveLength(1)
  })

  it('asks the payment side nothing more about an order it knows paid', async () => {
    const { statusOf, side } = await aShopWithAnOrder()
    side.has({ id: 'pay_1' })
    await statusOf('?id_payment=pay_1')
    const before = side.asked.length
    expect(await statusOf()).toEqual([200, { reference, status: 'paid' }])
    expect(side.asked).toHaveLength(before)
  })

  it('answers a bare 502 when the payment side is away, and marks nothing', async () => {
    const side = paymentSide()
    let isAway = false
    const shop = aShop({
      ...side,
      fetch: (...asked) => (isAway ? Promise.resolve(refusal(500, 'internal_error')) : side.fetch(...asked)),
    })
    await shop.post('{}')
    isAway = true
    expect(await shop.statusOf('?id_payment=pay_1')).toEqual([502, { error: 'payments_unavailable' }])
    expect(shop.kept.get(reference)?.paid).toBe(false)
  })
})

describe('POST /webhook', () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  const send = (app: Hono, event: { id: string; type: string; object: object }, by = secret) => {
    const { object, ...named } = event
    const body = JSON.stringify({ ...named, object_id: 'x', version: 1, data: { object } })
    const at = new Date()
    const headers = {
      'webhook-id': event.id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(by).sign(event.id, at, body),
    }
    return app.request('/pay/webhook', { method: 'POST', body, headers })
  }
  const payment = { id: 'pay_1', session_id: 'cs_test_1', amount: '12.50', currency: 'USD' }
  const succeeded = (change: object = {}, id = 'evt_1') => ({
    id,
    type: 'payment.succeeded',
    object: { ...payment, ...change },
  })

  it('marks an order paid although its buyer never came back, once', async () => {
    const shop = aShop({ ...paymentSide(), webhooks: { secret } })
    await shop.post('{}')
    for (let n = 0; n < 3; n++) expect((await send(shop.app, succeeded())).status).toBe(200)
    await send(shop.app, succeeded({}, 'evt_2'))
    expect(shop.paid).toEqual([{ reference, paymentId: 'pay_1' }])
    expect(await shop.statusOf()).toEqual([200, { reference, status: 'paid' }])
  })

  it.each([
    ['of another session', { session_id: 'cs_test_2' }],
    ['of no session', { session_id: null }],
    ['of another amount', { amount: '1.25' }],
    ['of another currency', { currency: 'CRC' }],
  ])('takes a payment %s and marks nothing', async (_, change) => {
    const shop = aShop({ ...paymentSide(), webhooks: { secret } })
    await shop.post('{}')
    expect((await send(shop.app, succeeded(change))).status).toBe(200)
    expect(shop.paid).toEqual([])
  })

  it('marks an order paid whose card was saved for the end of a trial, and no other by its session', async () => {
    const shop = aShop({ ...paymentSide(), webhooks: { secret } })
    await shop.post('{}')
    const session = (payment_status: string) => ({
      id: `evt_${payment_status}`,
      type: 'session.completed',
      object: { ...payment, payment_status },
    })
    await send(shop.app, session('paid'))
    expect(shop.paid).toEqual([])
    await send(shop.app, session('no_payment_required'))
    expect(shop.paid).toEqual([{ reference, paymentId: null }])
  })

  it('believes nobody else, and is not there for a shop that receives none', async () => {
    const shop = aShop({ ...paymentSide(), webhooks: { secret } })
    await shop.post('{}')
    const forged = await send(shop.app, succeeded(), `whsec_${Buffer.alloc(32, 8).toString('base64')}`)
    expect([forged.status, shop.paid, shop.troubles.length]).toEqual([400, [], 1])
    expect((await send(aShop(paymentSide()).app, succeeded())).status).toBe(404)
  })
})
