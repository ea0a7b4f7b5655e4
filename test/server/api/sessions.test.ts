import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { databases } from '../../support/databases.ts'
import { apiKey, makeApp, shopOrigin, type TestApp } from '../../support/make-app.ts'

let shop: TestApp
beforeEach(async () => {
  shop = await makeApp()
})

const rowsOf = async (table: 'sessions' | 'idempotency' | 'events') =>
  (await shop.deps.store.db.selectFrom(table).selectAll().execute()).length

describe('POST /v1/payments/session', () => {
  it('answers 201 with the id and the address of the hosted page', async () => {
    const made = await shop.createSession()
    expect(made.status).toBe(201)
    expect(made.body).toEqual({
      session_id: expect.stringMatching(/^cs_test_/) as string,
      checkout_url: `http://localhost:4242/checkout/${made.body.session_id}`,
    })
  })

  it('answers with a trailing slash too', async () => {
    const made = await shop.post(
      '/v1/payments/session/',
      { amount: '5.00', currency: 'USD', return_url: 'https://shop.example/' },
      { 'X-Api-Key': apiKey },
    )
    expect(made.status).toBe(201)
  })

  it.each([
    ['X-Api-Key', apiKey],
    ['Authorization', `Basic ${btoa(`${apiKey}:`)}`],
    ['Authorization', `Api-Key ${apiKey}`],
    ['Authorization', `bearer ${apiKey}`],
  ])('takes the key as %s: %s', async (header, value) => {
    const made = await shop.post(
      '/v1/payments/session',
      { amount: '5.00', currency: 'USD', return_url: 'https://shop.example/' },
      { [header]: value },
    )
    expect(made.status).toBe(201)
  })

  it.each([
    ['no key', {}],
    ['an unknown key', { 'X-Api-Key': 'sk_test_unknown' }],
    ['a malformed key', { 'X-Api-Key': 'hello' }],
    ['an empty key', { 'X-Api-Key': '' }],
    ['a password beside the key', { Authorization: `Basic ${btoa(`${apiKey}:x`)}` }],
  ])('answers the same 401 to %s and stores nothing', async (_, headers) => {
    const refused = await shop.post<{ error: { code: string } }>(
      '/v1/payments/session',
      { amount: '5.00', currency: 'USD', return_url: 'https://shop.example/' },
      headers as Record<string, string>,
    )
    expect(refused.status).toBe(401)
    expect(refused.body).toMatchObject({
      code: 401,
      title: 'Unauthorized',
      type: 'danger',
      error: { code: 'unauthorized' },
    })
    expect(await rowsOf('sessions')).toBe(0)
  })

  it('refuses two different keys in one request', async () => {
    const refused = await shop.createSession({}, { Authorization: 'Bearer sk_test_another' })
    expect([refused.status, refused.body.error.code]).toEqual([400, 'conflicting_credentials'])
  })

  it.each([{ Origin: shopOrigin }, { 'Sec-Fetch-Site': 'cross-site' }])(
    'refuses a secret key that comes from a browser: %o',
    async (header) => {
      const refused = await shop.createSession({}, header as unknown as Record<string, string>)
      expect([refused.status, refused.body.error.code]).toEqual([403, 'secret_key_in_browser'])
      expect(refused.headers.get('access-control-allow-origin')).toBeNull()
      expect(await rowsOf('sessions')).toBe(0)
    },
  )

  it.each([
    ['no amount', { amount: undefined }, 400, 'parameter_missing', 'amount'],
    ['amount abc', { amount: 'abc' }, 422, 'parameter_invalid', 'amount'],
    ['amount 0', { amount: '0' }, 422, 'parameter_invalid', 'amount'],
    ['a negative amount', { amount: '-5.00' }, 422, 'parameter_invalid', 'amount'],
    ['an amount as a number', { amount: 12.5 }, 422, 'parameter_invalid', 'amount'],
    ['three decimals of colones', { amount: '1.234' }, 422, 'parameter_invalid', 'amount'],
    ['a decimal of yen', { amount: '1.5', currency: 'JPY' }, 422, 'parameter_invalid', 'amount'],
    ['more than the largest amount', { amount: '1000000000.00' }, 422, 'parameter_invalid', 'amount'],
    ['no currency', { currency: undefined }, 400, 'parameter_missing', 'currency'],
    ['an unknown currency', { currency: 'XXX' }, 422, 'parameter_invalid', 'currency'],
    ['a currency of four letters', { currency: 'DOGE' }, 422, 'parameter_invalid', 'currency'],
    ['no return_url', { return_url: undefined }, 400, 'parameter_missing', 'return_url'],
    ['a script as return_url', { return_url: 'javascript:alert(1)' }, 422, 'parameter_invalid', 'return_url'],
    ['data as return_url', { return_url: 'data:text/html,x' }, 422, 'parameter_invalid', 'return_url'],
    ['plain http elsewhere', { return_url: 'http://shop.example/' }, 422, 'parameter_invalid', 'return_url'],
    ['a password in return_url', { return_url: 'https://a:b@shop.example/' }, 422, 'parameter_invalid', 'return_url'],
    ['a line break in return_url', { return_url: 'https://shop.example/\nx' }, 422, 'parameter_invalid', 'return_url'],
    ['a relative return_url', { return_url: '/thanks' }, 422, 'parameter_invalid', 'return_url'],
    ['items that are no list', { items: 'coffee' }, 422, 'parameter_invalid', 'items'],
    ['items that are no text', { items: [1] }, 422, 'parameter_invalid', 'items.0'],
    ['an unknown mode', { mode: 'gift' }, 422, 'parameter_invalid', 'mode'],
    ['a subscription without its plan', { mode: 'subscription' }, 400, 'parameter_missing', 'price_id'],
    ['a plan to be paid once', { price_id: 'plan_1' }, 422, 'parameter_invalid', 'price_id'],
    ['an unknown plan', { mode: 'subscription', price_id: 'plan_1' }, 404, 'not_found', 'price_id'],
    ['an unknown customer', { customer_id: 'cus_1' }, 404, 'not_found', 'customer_id'],
    ['a life of a minute', { expires_at: '2026-11-20T12:01:00Z' }, 422, 'parameter_invalid', 'expires_at'],
    ['a life of a week', { expires_at: '2026-11-27T12:00:00Z' }, 422, 'parameter_invalid', 'expires_at'],
    ['an end that is no moment', { expires_at: 'soon' }, 422, 'parameter_invalid', 'expires_at'],
  ])('refuses %s, names the field and stores nothing', async (_, change, status, code, field) => {
    const refused = await shop.createSession(change, { 'Idempotency-Key': 'k1' })
    expect(refused.status).toBe(status)
    expect(refused.body).toMatchObject({ code: status, type: 'danger', error: { code, param: field } })
    expect(refused.body.errors?.map((error) => error.field)).toContain(field)
    expect(refused.body.content.length).toBeGreaterThan(8)
    expect([await rowsOf('sessions'), await rowsOf('idempotency'), await rowsOf('events')]).toEqual([0, 0, 0])
  })

  it.each([
    ['unreadable JSON', '{"amount":', {}, 400, 'invalid_json'],
    ['an empty body', '', {}, 400, 'invalid_json'],
    ['a list', '[]', {}, 422, 'parameter_invalid'],
    ['a form', 'amount=5', { 'Content-Type': 'application/x-www-form-urlencoded' }, 415, 'unsupported_media_type'],
    ['a body of 1 MB', JSON.stringify({ amount: 'x'.repeat(1_000_000) }), {}, 413, 'body_too_large'],
  ])('answers %s in the documented body', async (_, body, headers, status, code) => {
    const refused = await shop.post<{ error: { code: string; request_id: string } }>('/v1/payments/session', body, {
      'X-Api-Key': apiKey,
      ...(headers as Record<string, string>),
    })
    expect(refused.status).toBe(status)
    expect(refused.body).toMatchObject({ code: status, type: 'danger', error: { code } })
    expect(refused.body.error.request_id).toBe(refused.headers.get('x-request-id'))
    expect(await rowsOf('sessions')).toBe(0)
  })

  it('stops a chunked body at 64 kB while it is read', async () => {
    let pulled = 0
    const endless = new ReadableStream({
      pull(controller) {
        pulled++
        if (pulled > 1000) controller.close()
        else controller.enqueue(new Uint8Array(16_384).fill(32))
      },
    })
    const refused = await shop.ask('/v1/payments/session', {
      method: 'POST',
      headers: { 'X-Api-Key': apiKey, 'Content-Type': 'application/json' },
      body: endless,
      duplex: 'half',
    } as RequestInit)
    expect(refused.status).toBe(413)
    expect(pulled).toBeLessThan(20)
  })

  it('answers errors in Spanish when asked', async () => {
    const refused = await shop.createSession({ amount: '0' }, { 'Accept-Language': 'es-CR,es;q=0.9,en;q=0.5' })
    expect(refused.body).toMatchObject({
      title: 'Error de validación',
      content: 'amount debe ser mayor que cero',
      errors: [{ field: 'amount', message: 'debe ser mayor que cero' }],
    })
  })

  it('gives the first answer again for a repeated key, byte for byte', async () => {
    const first = await shop.createSession({}, { 'Idempotency-Key': 'order-1' })
    const second = await shop.createSession({}, { 'Idempotency-Key': '"order-1"' })
    expect(second.text).toBe(first.text)
    expect([second.status, second.headers.get('idempotent-replayed')]).toEqual([201, 'true'])
    expect(first.headers.get('idempotent-replayed')).toBeNull()
    expect(await rowsOf('sessions')).toBe(1)
  })

  it('refuses a key that was used for another request, and does nothing', async () => {
    await shop.createSession({}, { 'Idempotency-Key': 'order-1' })
    const other = await shop.createSession({ amount: '1.00' }, { 'Idempotency-Key': 'order-1' })
    expect([other.status, other.body.error.code]).toEqual([422, 'idempotency_key_reused'])
    expect(await rowsOf('sessions')).toBe(1)
  })

  it('does not keep a refusal: the mended request may use the same key', async () => {
    const refused = await shop.createSession({ amount: '0' }, { 'Idempotency-Key': 'order-1' })
    const mended = await shop.createSession({ amount: '5' }, { 'Idempotency-Key': 'order-1' })
    expect([refused.status, mended.status]).toEqual([422, 201])
  })

  it.each(['', 'x'.repeat(256), 'señal', 'a, b'])('refuses the malformed key "%s"', async (key) => {
    const headers = { 'Idempotency-Key': key }
    const refused = await shop.createSession({}, headers).catch(() => undefined)
    // A header that is not Latin-1 cannot even be sent.
    if (refused) expect([refused.status, refused.body.error.code]).toEqual([400, 'idempotency_key_invalid'])
  })
})

describe('GET /v1/payments/session/{id}', () => {
  it('answers exactly the documented fields without a key', async () => {
    const made = await shop.createSession({ description: 'Café', items: ['Café de altura × 1'] })
    const read = await shop.ask(`/v1/payments/session/${made.body.session_id}?locale=es-CR`)
    expect(read.status).toBe(200)
    expect(read.body).toEqual({
      session_id: made.body.session_id,
      status: 'open',
      mode: 'payment',
      payment_status: 'unpaid',
      needs_email: false,
      amount: '12500.00',
      currency: 'CRC',
      description: 'Café',
      items: ['Café de altura × 1'],
      return_url: `${shopOrigin}/orders/1`,
      test: true,
      expires_at: '2026-11-21T12:00:00.000Z',
      merchant: { name: 'Tostadora' },
      subscription: null,
      processor: { name: 'sandbox', publishable_key: null },
      display: { amount: '₡12\u00a0500', price: null },
    })
  })

  it('opens nothing a day after its end, but to its own shop', async () => {
    const made = await shop.createSession()
    const path = `/v1/payments/session/${made.body.session_id}`
    shop.clock.at = new Date('2026-11-22T11:59:59.999Z')
    expect((await shop.ask<{ status: string }>(path)).body.status).toBe('expired')
    shop.clock.at = new Date('2026-11-22T12:00:00.000Z')
    expect((await shop.ask(path)).status).toBe(404)
    expect((await shop.ask(path, { headers: { 'X-Api-Key': apiKey } })).status).toBe(200)
    const live = await shop.newKey({ accountId: 'acct_sandbox', live: true })
    expect((await shop.ask(path, { headers: { 'X-Api-Key': live } })).status).toBe(404)
  })

  it('writes the amount for the locale asked for', async () => {
    const made = await shop.createSession({ amount: '24.50', currency: 'usd' })
    const read = async (locale: string) => {
      const answer = await shop.ask<{ display: { amount: string } }>(
        `/v1/payments/session/${made.body.session_id}?locale=${locale}`,
      )
      return answer.body.display.amount.replaceAll('\u00a0', ' ')
    }
    expect([await read('en'), await read('es-419'), await read('xx'), await read('%00')]).toEqual([
      'USD 24.50',
      'USD 24.50',
      'USD 24,50',
      'USD 24,50',
    ])
  })

  it('keeps no card number that somebody wrote into a text or a key', async () => {
    const sent = { description: 'card 4242 4242 4242 4242', items: ['5555555555554444', 'Order 20261120 0001'] }
    const first = await shop.createSession(sent, { 'Idempotency-Key': '378282246310005' })
    const second = await shop.createSession(sent, { 'Idempotency-Key': '378282246310005' })
    expect(second.text).toBe(first.text)
    const { body } = await shop.readSession(first.body.session_id)
    expect([body.description, body.items]).toEqual(['card [redacted]', ['[redacted]', 'Order 20261120 0001']])
    const rows = await Promise.all(
      (['sessions', 'idempotency'] as const).map((table) => shop.deps.store.db.selectFrom(table).selectAll().execute()),
    )
    expect(JSON.stringify(rows)).not.toMatch(/4242 4242|5555555555554444|378282246310005/)
  })

  it('shows no text that turns the direction of the page', async () => {
    const made = await shop.createSession({ description: 'Pagar \u202e005 \u2066x', items: ['\u200fa'] })
    const read = await shop.readSession(made.body.session_id)
    expect([read.body.description, read.body.items]).toEqual(['Pagar 005 x', ['a']])
  })

  it('answers 404 to an unknown id', async () => {
    const read = await shop.readSession('cs_test_unknown')
    expect([read.status, read.body.error.code]).toEqual([404, 'not_found'])
  })

  it('is expired from its moment on, before any sweep', async () => {
    const made = await shop.createSession()
    shop.clock.at = new Date('2026-11-21T12:00:00.000Z')
    expect((await shop.readSession(made.body.session_id)).body.status).toBe('expired')
    expect((await shop.createIntent(made.body.session_id)).body.error.code).toBe('session_expired')
  })

  it.each([
    [shopOrigin, shopOrigin],
    ['http://evil.example', null],
    ['http://localhost:4244', null],
    ['https://localhost:4243', null],
    ['null', null],
  ])('lets a page of %s read it: %s', async (origin, allowed) => {
    const made = await shop.createSession()
    const read = await shop.ask(`/v1/payments/session/${made.body.session_id}`, { headers: { Origin: origin } })
    expect(read.headers.get('access-control-allow-origin')).toBe(allowed)
    expect(read.headers.get('vary')).toContain('Origin')
    expect(read.headers.get('access-control-allow-credentials')).toBeNull()
    const preflight = await shop.ask('/v1/payments/intent', { method: 'OPTIONS', headers: { Origin: origin } })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, allowed])
  })

  it('lets a listed page read a refusal too, so that it can say what is wrong', async () => {
    const read = await shop.ask('/v1/payments/session/cs_test_unknown', { headers: { Origin: shopOrigin } })
    expect([read.status, read.headers.get('access-control-allow-origin')]).toEqual([404, shopOrigin])
  })

  it('does not let a page of another account read it', async () => {
    await shop.deps.store.db.insertInto('accounts').values({ id: 'acct_2', name: 'Other', created_at: '' }).execute()
    await shop.deps.store.db
      .insertInto('account_origins')
      .values({ account_id: 'acct_2', origin: 'https://other.example' })
      .execute()
    const made = await shop.createSession()
    const read = await shop.ask(`/v1/payments/session/${made.body.session_id}`, {
      headers: { Origin: 'https://other.example' },
    })
    expect(read.headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('POST /v1/payments/session/{id}/expire', () => {
  const expire = (id: string) =>
    shop.post<{ status: string; error: { code: string } }>(`/v1/payments/session/${id}/expire`, '', {
      'X-Api-Key': apiKey,
    })

  it('ends an open session and cancels its intent', async () => {
    const intent = await shop.openIntent()
    const ended = await expire(intent.session_id)
    expect([ended.status, ended.body.status]).toEqual([200, 'expired'])
    const confirmed = await shop.confirm(intent)
    expect(confirmed.status).toBe(400)
    expect(confirmed.body.error).toMatchObject({
      code: 'payment_intent_unexpected_state',
      payment_intent: { status: 'canceled' },
    })
  })

  it('does not end a paid one', async () => {
    const intent = await shop.openIntent()
    await shop.confirm(intent)
    const refused = await expire(intent.session_id)
    expect([refused.status, refused.body.error.code]).toEqual([400, 'session_complete'])
  })

  it("does not know another account's session", async () => {
    const made = await shop.createSession()
    await shop.deps.store.db.updateTable('sessions').set({ account_id: 'acct_other' }).execute()
    expect((await expire(made.body.session_id)).status).toBe(404)
  })
})

describe('an unknown path', () => {
  it.each(['/v1/nothing', '/v1/payments/session/a/b/c', '/nothing'])(
    '%s answers 404 in the documented body',
    async (path) => {
      const answer = await shop.ask(path)
      expect(answer.status).toBe(404)
      expect(answer.body).toMatchObject({ code: 404, type: 'danger', error: { code: 'not_found' } })
    },
  )
})

describe.each(databases)('odd texts on %s', (on) => {
  const odd = [
    '\u0000',
    'cs_test_\u0000',
    'a b',
    '../..',
    'ñ',
    '\ud800',
    'x'.repeat(5000),
    "' or 1=1 --",
    '%',
    '__proto__',
  ]
  let app: TestApp
  beforeAll(async () => {
    app = await makeApp({ on })
  })
  afterAll(() => app.deps.store.close())

  it.each(odd)('an id %j is unknown everywhere', async (id) => {
    const inPath = encodeURIComponent(id.toWellFormed())
    const key = { 'X-Api-Key': apiKey, 'Idempotency-Key': 'k' }
    const statuses = [
      (await app.readSession(inPath)).status,
      (await app.createIntent(id, { 'Idempotency-Key': 'k' })).status,
      (await app.readPayment(inPath)).status,
      (await app.post(`/v1/payments/session/${inPath}/expire`, '', key)).status,
      (await app.confirm({ id: inPath, client_secret: id, status: 'processing', amount: '', currency: '' })).status,
      (await app.ask(`/v1/payments/intent/${inPath}`)).status,
      (await app.ask(`/checkout/${inPath}`)).status,
      (await app.ask(`/frame/${inPath}`)).status,
    ]
    for (const status of statuses) expect([404, 422]).toContain(status)
    expect(app.logged.join('')).not.toContain('request failed')
  })

  it('a text with a NUL is refused with words, one of many languages is kept', async () => {
    const refused = await app.createSession({ description: 'a\u0000b' })
    expect([refused.status, refused.body.errors?.[0]]).toEqual([
      422,
      { field: 'description', message: 'must not hold control characters' },
    ])
    const items = ['Café ☕', '咖啡', 'قهوة', 'line\nbreak', '\ud83d\ude00']
    const kept = await app.createSession({ items })
    expect((await app.readSession(kept.body.session_id)).body.items).toEqual(items)
  })
})
