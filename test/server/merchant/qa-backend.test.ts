import { describe, expect, it } from 'vitest'
import { qaPages } from '../../../demo/qa/app.ts'

type Asked = { method: string; path: string; namespace: string | null; body: unknown }

/** The QA page's backend before a payment side that answers as it is told. */
function aBench(answers: Record<string, [status: number, body: object]>) {
  const asked: Asked[] = []
  const app = qaPages({
    api: 'http://localhost:4242',
    apiKey: 'sk_test_do_not_tell',
    shopUrl: 'http://localhost:4243',
    built: new URL('file:///nowhere/'),
    hook: 'http://localhost:4243/api/checkout/webhook',
    languageOf: () => 'es',
    fetch: (input, init) => {
      const { pathname } = new URL(input as string)
      const { method = 'GET', body } = init ?? {}
      asked.push({
        method,
        path: pathname,
        namespace: new Headers(init?.headers).get('x-sandbox-namespace'),
        body: typeof body === 'string' ? (JSON.parse(body) as unknown) : undefined,
      })
      const [status, said] = answers[`${method} ${pathname}`] ?? [404, { code: 404, title: 'Not found' }]
      return Promise.resolve(Response.json(said, { status }))
    },
  })
  const ask = (path: string, body?: object, headers: Record<string, string> = {}) =>
    app.request(`http://localhost:4243${path}`, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json', ...headers },
    })
  return { asked, ask, app }
}

const armed = { kind: 'error_after_commit', times: 2, session_id: 'cs_test_1' }
const switches = '/v1/sandbox/switches'

describe('the QA page’s backend', () => {
  it('arms a switch for the session, and a webhook’s for the shop’s own endpoint, in the namespace of the page', async () => {
    const endpoints = {
      items: [
        { id: 'we_other', object: 'webhook_endpoint', url: 'https://other.example/' },
        { id: 'we_shop', object: 'webhook_endpoint', url: 'http://localhost:4243/api/checkout/webhook' },
      ],
      total_items: 2,
      limit: 100,
      offset: 0,
    }
    const { ask, asked } = aBench({
      [`POST ${switches}`]: [201, { id: 'sw_1', object: 'sandbox_switch' }],
      'GET /v1/webhook-endpoints': [200, endpoints],
    })
    expect((await ask('/api/switches?namespace=run-7', armed)).status).toBe(200)
    await ask('/api/switches', { ...armed, kind: 'webhook_delay', delay_ms: 900 })
    expect(asked.filter(({ method }) => method === 'POST')).toEqual([
      {
        method: 'POST',
        path: switches,
        namespace: 'run-7',
        body: { kind: 'error_after_commit', times: 2, target: { session_id: 'cs_test_1' } },
      },
      {
        method: 'POST',
        path: switches,
        namespace: null,
        body: { kind: 'webhook_delay', times: 2, delay_ms: 900, target: { endpoint_id: 'we_shop' } },
      },
    ])
  })

  it('says so where the payment side has no switches, and asks for none that do not exist', async () => {
    const { ask, asked } = aBench({})
    expect((await ask('/api/switches')).status).toBe(404)
    expect((await ask('/api/switches', { ...armed, kind: 'meteor' })).status).toBe(422)
    expect(asked.map(({ path }) => path)).toEqual([switches])
  })

  it('passes on why a session was refused, and never the key', async () => {
    const { ask } = aBench({
      'POST /v1/payments/session': [
        422,
        { code: 422, title: 'Invalid', content: 'sk_test_do_not_tell', errors: [{ field: 'amount', message: 'no' }] },
      ],
    })
    const answer = await ask('/api/session', {
      mode: 'payment',
      amount: 'x',
      currency: 'CRC',
      description: '',
      items: [],
      minutes: null,
      email: '',
      return_url: 'http://localhost:4243/',
      interval: 'month',
      trial_days: 0,
    })
    const told = await answer.text()
    expect([answer.status, told.includes('do_not_tell')]).toEqual([422, false])
    expect(told).toContain('"field":"amount"')
  })

  it('finds the events of a session and of all that came of it, and of nothing else', async () => {
    const at = (second: number) => `2026-11-21T12:00:0${second}.000Z`
    const event = (id: string, object_id: string, second: number, object: object) => ({
      id,
      object: 'event',
      type: 'payment.succeeded',
      object_id,
      version: 1,
      created_at: at(second),
      data: { object },
    })
    // As the API lists them: the newest first.
    const items = [
      event('evt_other_payment', 'pay_9', 4, { session_id: 'cs_test_9', customer_id: 'cus_1' }),
      event('evt_renewal_intent', 'pi_2', 3, { session_id: null, payment_id: 'pay_2' }),
      event('evt_renewal', 'pay_2', 3, { session_id: null, subscription_id: 'sub_1', customer_id: 'cus_1' }),
      event('evt_b', 'pay_1', 2, { session_id: 'cs_test_1', subscription_id: 'sub_1' }),
      event('evt_a', 'pi_1', 2, { session_id: 'cs_test_1', payment_id: 'pay_1' }),
      event('evt_customer', 'cus_1', 1, { id: 'cus_1' }),
      event('evt_somebody', 'cus_2', 1, { id: 'cus_2' }),
    ]
    const { ask } = aBench({ 'GET /v1/events': [200, { items, has_more: false, limit: 100 }] })
    const answer = (await (await ask('/api/events?session=cs_test_1')).json()) as { items: { id: string }[] }
    expect(answer.items.map(({ id }) => id)).toEqual([
      'evt_customer',
      'evt_a',
      'evt_b',
      'evt_renewal',
      'evt_renewal_intent',
    ])
  })

  it('is there for names of this machine only', async () => {
    const { app } = aBench({})
    expect((await app.request('http://rebound.example/')).status).toBe(404)
    expect((await app.request('http://127.0.0.1:4243/')).status).toBe(200)
  })

  it('shows a page with nothing in it but what its address may say', async () => {
    const { app } = aBench({})
    const query = new URLSearchParams({
      session: 'cs_test_1',
      page: 'p1',
      lang: 'es',
      locale: '"><script>alert(1)</script>',
      density: 'compact',
      accent: 'red;} body{display:none',
      radius: '4px',
      policy: `script-src 'self'\r\nX-Evil: 1`,
    })
    const answer = await app.request(`http://localhost:4243/shown?${query.toString()}`)
    const html = await answer.text()
    expect(html).toContain('<fourgeeks-checkout session-id="cs_test_1" density="compact">')
    expect(html).not.toContain('alert')
    expect([answer.headers.get('x-evil'), answer.headers.get('content-security-policy')]).toEqual([
      null,
      `script-src 'self' X-Evil: 1; frame-ancestors 'self'`,
    ])
    const sheet = await (await app.request(`http://localhost:4243/shown.css?${query.toString()}`)).text()
    expect(sheet).toContain('fourgeeks-checkout {\n  --fourgeeks-radius: 4px;\n}')
    expect(sheet).not.toContain('display:none')
    expect((await app.request('http://localhost:4243/shown?session=../x&page=p&lang=es')).status).toBe(404)
  })
})
