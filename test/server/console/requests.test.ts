/** Requests as the console reads them: what is kept, what never is, and whose they are. */
import { afterEach, describe, expect, it } from 'vitest'
import { sweep } from '../../../server/actions/sweep.ts'
import type { CursorPage, RequestSummary, RequestView } from '../../../server/contract/console.ts'
import { databases, type DatabaseKind } from '../../support/databases.ts'
import { dumpRows } from '../../support/dump-rows.ts'
import { apiKey, makeApp, shopOrigin, type TestApp } from '../../support/make-app.ts'

let shop: TestApp
afterEach(() => shop.deps.store.close())

const fromConsole = { 'X-Api-Key': apiKey, 'X-Console': '1', 'Sec-Fetch-Site': 'same-origin' }

async function open(on: DatabaseKind = 'sqlite') {
  shop = await makeApp({ on, records: true })
}

async function list(query = '', key = apiKey): Promise<RequestSummary[]> {
  await shop.deps.recorder!.flush()
  const headers = { ...fromConsole, 'X-Api-Key': key }
  const answer = await shop.ask<CursorPage<RequestSummary>>(`/console/api/requests${query}`, { headers })
  expect(answer.status, answer.text).toBe(200)
  return answer.body.items
}

async function read(id: string): Promise<RequestView> {
  const answer = await shop.ask<RequestView>(`/console/api/requests/${id}`, { headers: fromConsole })
  expect(answer.status, answer.text).toBe(200)
  return answer.body
}

describe.each(databases)('requests on %s', (on) => {
  it('are listed with who sent them and what they were about, buyers’ too', async () => {
    await open(on)
    const session = await shop.createSession({ description: 'Pedido 42' }, { 'Idempotency-Key': 'order-42' })
    const intent = (await shop.createIntent(session.body.session_id)).body
    await shop.confirm(intent, { number: '4000000000000002' })
    const paid = await shop.confirm(intent)
    const [confirmed, declined, intended, created, ...more] = await list()
    expect(more).toEqual([])
    expect(created).toMatchObject({
      object: 'request',
      method: 'POST',
      path: '/v1/payments/session',
      status: 201,
      caller: 'server',
      idempotency_key: 'order-42',
      replayed: false,
      error: null,
      fault: null,
      object_ids: [session.body.session_id],
    })
    expect(created!.created_at).toBe('2026-11-20T12:00:00.000Z')
    expect(intended).toMatchObject({ caller: 'buyer', status: 201, object_ids: [session.body.session_id, intent.id] })
    expect(declined).toMatchObject({
      caller: 'buyer',
      status: 402,
      route: '/v1/payments/intent/:id/confirm',
      error: { code: 'card_declined', decline_code: 'generic_decline', param: null },
    })
    for (const request of [declined, confirmed]) expect(request!.object_ids).toContain(paid.body.payment_id)
  })

  it('are read with headers and bodies, and nothing secret in them', async () => {
    await open(on)
    const { body: session } = await shop.createSession({ description: 'Pedido 42' })
    const { body: intent } = await shop.createIntent(session.session_id)
    await shop.confirm(intent)
    const [confirmed, intended, created] = await list()
    expect(await read(created!.id)).toMatchObject({
      request: {
        headers: { 'x-api-key': 'sk_test_…dbox', 'content-type': 'application/json' },
        body: { amount: '12500.00', currency: 'CRC', description: 'Pedido 42', return_url: `${shopOrigin}/orders/1` },
      },
      response: { headers: { 'x-request-id': created!.id }, body: session },
    })
    expect((await read(intended!.id)).response.body).toMatchObject({ id: intent.id, client_secret: '[redacted]' })
    const { request, response } = await read(confirmed!.id)
    expect(request.body).toEqual({ client_secret: '[redacted]', card: '[redacted]' })
    expect(response.body).toMatchObject({ status: 'succeeded', amount: '12500.00' })
  })

  it('are found by status, method, caller, object and a part of their path, and one after the other', async () => {
    await open(on)
    const first = await shop.openIntent()
    const second = await shop.openIntent()
    await shop.confirm(first, { number: '4000000000000002' })
    await shop.ask('/v1/payments/pay_none', { headers: { 'X-Api-Key': apiKey } })
    const ids = (rows: RequestSummary[]) => rows.map(({ id }) => id)
    const all = await list()
    expect(all).toHaveLength(6)
    expect((await list('?status=4xx')).map(({ status }) => status)).toEqual([404, 402])
    expect((await list('?status=402,404')).map(({ status }) => status)).toEqual([404, 402])
    expect(await list('?method=GET')).toHaveLength(1)
    expect(await list('?caller=buyer')).toHaveLength(3)
    expect(ids(await list(`?object_id=${second.session_id}`))).toEqual(ids(all.slice(2, 4)))
    expect((await list('?q=/confirm')).map(({ status }) => status)).toEqual([402])
    expect(await list('?q=%25nfirm')).toEqual([])
    const page = await list('?limit=2')
    expect(ids(await list(`?limit=2&before=${page[1]!.id}`))).toEqual(ids(all.slice(2, 4)))
    expect(ids(await list(`?limit=2&after=${all.at(-1)!.id}`))).toEqual(ids(all.slice(3, 5).toReversed()))
    const wrong = await shop.ask<{ content: string }>('/console/api/requests?status=teapot', { headers: fromConsole })
    expect([wrong.status, wrong.body.content]).toEqual([
      422,
      'status must be statuses such as 402 or classes such as 4xx, with commas between',
    ])
  })

  it('of another account and of the other mode are as if they were not there', async () => {
    await open(on)
    await shop.createSession()
    const live = await shop.newKey({ live: true })
    await shop.createSession({}, { 'X-Api-Key': live })
    expect(await list('', live)).toEqual([])
    const [mine] = await list()
    const answer = await shop.ask(`/console/api/requests/${mine!.id}`, {
      headers: { ...fromConsole, 'X-Api-Key': live },
    })
    expect(answer.status).toBe(404)
    const rows = await shop.deps.store.db.selectFrom('requests').select(['id', 'live']).execute()
    expect(rows, 'what a live key asked for is not written down').toEqual([{ id: mine!.id, live: 0 }])
  })

  it('are forgotten with the customer that they were about, and after a week', async () => {
    await open(on)
    const made = await shop.post<{ id: string }>(
      '/v1/customers/',
      { email: 'ana@example.com', name: 'Ana' },
      { 'X-Api-Key': apiKey },
    )
    await shop.createSession()
    expect(await list()).toHaveLength(2)
    const Authorization = `bearer ${await shop.newToken()}`
    await shop.ask(`/v1/accounts/customer/${made.body.id}`, { method: 'DELETE', headers: { Authorization } })
    expect(JSON.stringify(await shop.deps.store.db.selectFrom('requests').selectAll().execute())).not.toContain('ana@')
    expect(await list()).toHaveLength(2)
    shop.clock.at = new Date('2026-11-27T12:00:00.000Z')
    await sweep(shop.deps)
    expect(await list()).toHaveLength(2)
    shop.clock.at = new Date('2026-11-27T12:00:00.001Z')
    await sweep(shop.deps)
    expect(await list()).toEqual([])
    expect(await shop.deps.store.db.selectFrom('request_objects').selectAll().execute()).toEqual([])
  })
})

describe('what is kept of a request', () => {
  const number = '4242424242424242'
  const code = '737'

  it('holds no card in any field, header, path or form, on both faces', async () => {
    await open()
    const token = await shop.newToken()
    const headers = { 'X-Api-Key': apiKey }
    const bearer = { Authorization: `bearer ${token}` }
    const { body: session } = await shop.createSession({
      description: `my card ${number}`,
      items: [number, '4242 4242 4242 4242'],
      cvc: code,
      [number]: code,
      customer: { number, cvc: code },
    })
    const { body: intent } = await shop.createIntent(session.session_id)
    await shop.confirm(intent, { number, cvc: code })
    const { client_secret } = intent
    const confirm = `/v1/payments/intent/${intent.id}/confirm`
    for (const body of [
      { client_secret, cvc: code, number, card: { number, exp_month: 12, exp_year: 2034, cvc: code } },
      { client_secret, card: [number, code], pan: Number(number), security_code: Number(code), cvv2: code },
      `{"client_secret": "${client_secret}", "card": {"number": "${number}", "cvc": "${code}"`,
      [number, code],
    ]) {
      await shop.post(confirm, body)
    }
    await shop.ask(`/v1/payments/${number}?cvc=${code}&number=${number}&${number}=1`, { headers })
    await shop.ask(`/v1/payments/?status=${number}`, {
      headers: { ...headers, 'X-Card': number, [`X-${number}`]: 'a' },
    })
    await shop.post('/v1/payments/session', { amount: '1.00' }, { ...headers, 'Idempotency-Key': number })
    const card = { number, cvc: code, exp_month: '12', exp_year: '2034' }
    for (const sent of [card, { card }, { email: 'ana@example.com', ...card }]) {
      await shop.post('/v1/accounts/customers/', sent, bearer)
      await shop.post('/v1/charges/create/', { amount: 1, currency: 'CRC', ...sent }, bearer)
      await shop.ask('/v1/accounts/customers/', {
        method: 'POST',
        headers: { ...bearer, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ 'card[number]': number, 'card[cvc]': code, cvc: code, number }).toString(),
      })
    }
    await shop.deps.recorder!.flush()
    const rows = await shop.deps.store.db.selectFrom('requests').selectAll().execute()
    expect(rows.length).toBeGreaterThan(15)
    const dump = JSON.stringify(rows)
    const digits = dump.replaceAll(/[\s-]/g, '')
    expect(digits).not.toContain(number)
    expect(dump).not.toContain(Buffer.from(number).toString('base64'))
    for (const row of rows) {
      const sent = JSON.stringify([row.path, row.request, row.response])
      expect(new RegExp(`(?<!\\d)${code}(?!\\d)`).test(sent.replaceAll(/[a-z0-9]+_(?:test_)?\d+/g, '')), sent).toBe(
        false,
      )
    }
  })

  it('opens nothing: no key, token, client secret or webhook secret stands in any row', async () => {
    await open()
    const token = await shop.newToken()
    const headers = { 'X-Api-Key': apiKey }
    await shop.ask('/v1/customers/', { headers: { Authorization: `bearer ${token}` } })
    await shop.ask('/v1/payments/', {
      headers: { Authorization: `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}` },
    })
    const { client_secret, id } = await shop.openIntent({ description: `with ${apiKey}` })
    await shop.ask(`/v1/payments/intent/${id}`, { headers: { 'X-Client-Secret': client_secret } })
    await shop.ask(`/v1/payments/intent/${id}?client_secret=${client_secret}`)
    const url = 'http://localhost:4243/hooks'
    const made = await shop.post<{ secret: string }>('/v1/webhook-endpoints/', { url, events: ['*'] }, headers)
    expect(made.body.secret).toMatch(/^whsec_/)
    const [newest] = await list()
    expect((await read(newest!.id)).response.body).toMatchObject({ signature: 'standard', secret: '[redacted]' })
    const rows = await dumpRows(shop.deps.store)
    for (const secret of [token, client_secret, made.body.secret, Buffer.from(`${apiKey}:`).toString('base64')]) {
      expect(rows).not.toContain(secret)
    }
    const requests = JSON.stringify(await shop.deps.store.db.selectFrom('requests').selectAll().execute())
    expect(requests).not.toContain(apiKey)
  })

  it('is not the console’s own reading, nor pages, files and strangers; what the console does is', async () => {
    await open()
    await shop.createSession()
    const before = await list()
    await list()
    await shop.ask('/healthz')
    await shop.ask('/nowhere')
    await shop.ask('/v1/payments/', { headers: { 'X-Api-Key': 'sk_test_wrong' } })
    await shop.ask('/v1/payments/session/cs_test_none')
    expect(await list()).toEqual(before)
    await shop.post('/v1/products/', { name: 'Café' }, fromConsole)
    const [newest] = await list()
    expect([newest!.caller, newest!.path]).toEqual(['console', '/v1/products/'])
  })

  it('has bounds: of long bodies their length, of a flood the first two hundred and fifty', async () => {
    await open()
    await shop.createSession({ description: 'x'.repeat(20_000) })
    for (let n = 0; n < 260; n++) await shop.ask('/v1/payments/', { headers: { 'X-Api-Key': apiKey } })
    await shop.deps.recorder!.flush()
    const rows = await shop.deps.store.db.selectFrom('requests').selectAll().orderBy('id').execute()
    expect(rows).toHaveLength(250)
    expect(rows[0]!.request).toMatch(/… \(20\d{3} characters\)/)
    expect(shop.logged.join('')).toContain('more requests came than are written down')
  })
})
