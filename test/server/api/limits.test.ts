import { describe, expect, it } from 'vitest'
import type { ErrorBody } from '../../../server/contract/errors.ts'
import { databases } from '../../support/databases.ts'
import { apiKey, makeApp, shopOrigin, type TestApp } from '../../support/make-app.ts'

const usual = { key: 100, address: 20, session: 5 }
const withKey = { 'X-Api-Key': apiKey }

const rowsOf = async ({ deps }: TestApp) => {
  const tables = ['sessions', 'intents', 'payments', 'idempotency', 'events'] as const
  const counts = tables.map(async (table) => (await deps.store.db.selectFrom(table).selectAll().execute()).length)
  return Promise.all(counts)
}

/** The statuses of the same request, sent so many times. */
async function statuses(times: number, send: () => Promise<{ status: number }>): Promise<number[]> {
  const all: number[] = []
  for (let n = 0; n < times; n++) all.push((await send()).status)
  return all
}
const counted = (all: number[], status: number) => all.filter((one) => one === status).length

/** Counts the queries that reach the database from now on. */
function countQueries({ deps }: TestApp): () => number {
  let queries = 0
  const { db } = deps.store
  const executor = db.getExecutor()
  const real = executor.executeQuery.bind(executor)
  executor.executeQuery = (...given) => (queries++, real(...given))
  return () => queries
}

describe.each(databases)('the limit of an account’s keys, on %s', (on) => {
  it('lets 100 requests of one moment through, answers the next 429, and writes nothing for it', async () => {
    const shop = await makeApp({ on, limits: usual })
    const all = await statuses(100, () => shop.createSession())
    expect(counted(all, 201)).toBe(100)
    const before = await rowsOf(shop)
    const refused = await shop.createSession({}, { 'Idempotency-Key': 'order 7' })
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.body).toEqual({
      code: 429,
      title: 'Too many requests',
      content: "This account's secret keys may make 100 requests a second; wait a moment and repeat the request",
      type: 'danger',
      error: {
        code: 'too_many_requests',
        decline_code: null,
        param: null,
        request_id: refused.headers.get('x-request-id'),
      },
    })
    expect(await rowsOf(shop)).toEqual(before)
    shop.clock.at = new Date(shop.clock.at.getTime() + 1000)
    const repeated = await shop.createSession({}, { 'Idempotency-Key': 'order 7' })
    expect([repeated.status, repeated.headers.get('idempotent-replayed')]).toEqual([201, null])
    await shop.deps.store.close()
  })
})

describe('the limit of an account’s keys', () => {
  it('says so in Spanish', async () => {
    const shop = await makeApp({ limits: { key: 1 } })
    await shop.createSession()
    const refused = await shop.createSession({}, { 'Accept-Language': 'es-CR' })
    expect(refused.body).toMatchObject({
      code: 429,
      title: 'Demasiadas solicitudes',
      content:
        'Las claves secretas de esta cuenta pueden hacer 1 solicitudes por segundo; espere un momento y repita la solicitud',
    })
  })

  it('comes before the body is looked at', async () => {
    const shop = await makeApp({ limits: { key: 1 } })
    await shop.createSession()
    expect((await shop.post('/v1/payments/session', '{', withKey)).status).toBe(429)
  })

  it('opens no answer to pages', async () => {
    const shop = await makeApp({ limits: { key: 1 } })
    await shop.createSession()
    const refused = await shop.createSession({}, { Origin: shopOrigin })
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([429, null])
  })
})

describe('the limit of an address', () => {
  it('is 20 in a moment, then one every 50 ms', async () => {
    const shop = await makeApp({ limits: usual })
    const read = () => shop.ask('/v1/payments/session/cs_test_unknown', {}, '203.0.113.7')
    // Unknown ids of its own each, so that no session's limit is met first.
    let n = 0
    const readAny = () => shop.ask(`/v1/payments/session/cs_test_${++n}`, {}, '203.0.113.7')
    expect(await statuses(21, readAny)).toEqual([...Array<number>(20).fill(404), 429])
    shop.clock.at = new Date(shop.clock.at.getTime() + 50)
    expect(await statuses(2, read)).toEqual([404, 429])
  })

  it('is met by all public routes together, and by each address alone', async () => {
    const shop = await makeApp({ limits: { address: 4 } })
    const intent = await shop.openIntent()
    shop.clock.at = new Date(shop.clock.at.getTime() + 1000)
    const calls = [
      () => shop.readSession(intent.session_id),
      () => shop.createIntent(intent.session_id),
      () => shop.ask(`/v1/payments/intent/${intent.id}`, { headers: { 'X-Client-Secret': intent.client_secret } }),
      () => shop.confirm(intent),
    ]
    const all: number[] = []
    for (const call of [...calls, ...calls]) all.push((await call()).status)
    expect(all).toEqual([200, 201, 200, 200, 429, 429, 429, 429])
    const other = await shop.ask(`/v1/payments/session/${intent.session_id}`, {}, '203.0.113.8')
    expect(other.status).toBe(200)
  })

  it('asks no database for what it refuses, and keeps nothing', async () => {
    const shop = await makeApp({ limits: { address: 1 } })
    const id = (await shop.createSession()).body.session_id
    await shop.readSession(id)
    const before = await rowsOf(shop)
    shop.clock.at = new Date(shop.clock.at.getTime() + 2)
    const queries = countQueries(shop)
    const headers = { Origin: 'https://never-seen.example' }
    expect((await shop.ask(`/v1/payments/session/${id}`, { headers })).status).toBe(429)
    expect((await shop.createIntent(id, headers)).status).toBe(429)
    expect(queries()).toBe(0)
    const preflights = () => shop.ask('/v1/payments/intent', { method: 'OPTIONS', headers })
    expect(await statuses(3, preflights)).toEqual([204, 204, 204])
    expect(queries()).toBe(1)
    expect(await rowsOf(shop)).toEqual(before)
  })

  it('lets the page of any shop read the refusal, and when to come back', async () => {
    const shop = await makeApp({ limits: { address: 1 } })
    const id = (await shop.createSession()).body.session_id
    await shop.readSession(id)
    const refused = await shop.ask<ErrorBody>(`/v1/payments/session/${id}`, { headers: { Origin: shopOrigin } })
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.headers.get('access-control-allow-origin')).toBe('*')
    expect(refused.headers.get('access-control-expose-headers')).toContain('Retry-After')
    expect(refused.body.error.code).toBe('too_many_requests')
    expect(refused.body.content).toContain('One network address may make 1 requests a second')
  })

  it('lets a preflight through for once, so that the page hears the refusal behind it', async () => {
    const shop = await makeApp({ limits: { address: 1 } })
    const preflight = () =>
      shop.ask('/v1/payments/intent', { method: 'OPTIONS', headers: { Origin: shopOrigin } }, '203.0.113.7')
    const asked = await preflight()
    expect(asked.headers.get('access-control-allow-origin')).toBe(shopOrigin)
    expect(asked.headers.get('access-control-max-age')).toBe('7200')
    const over = await preflight()
    expect(over.status).toBe(204)
    expect(over.headers.get('access-control-allow-origin')).toBe('*')
    expect(over.headers.get('access-control-allow-headers')).toContain('Idempotency-Key')
    expect(over.headers.get('access-control-max-age')).toBeNull()
    // The call that a browser asked for is not counted a second time.
    const id = (await shop.createSession()).body.session_id
    expect((await shop.ask(`/v1/payments/session/${id}`, {}, '203.0.113.7')).status).toBe(200)
  })

  it('never opens the confirm route to a page', async () => {
    const shop = await makeApp({ limits: { address: 1 } })
    const intent = {
      id: 'pi_1',
      client_secret: 'x',
      status: 'requires_payment_method' as const,
      amount: '',
      currency: '',
    }
    const all = await statuses(2, () => shop.confirm(intent))
    expect(all).toEqual([404, 429])
    const refused = await shop.confirm(intent, {}, { Origin: shopOrigin })
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([429, null])
  })

  it('does not count a shop’s backend, which has a limit of its own', async () => {
    const shop = await makeApp({ limits: { address: 2, key: 10 } })
    const id = (await shop.createSession()).body.session_id
    expect(await statuses(3, () => shop.readSession(id))).toEqual([200, 200, 429])
    const poll = () => shop.ask(`/v1/payments/session/${id}`, { headers: withKey })
    expect(await statuses(10, poll)).toEqual([...Array<number>(9).fill(200), 429])
  })

  it('counts who sends a wrong key like everybody else', async () => {
    const shop = await makeApp({ limits: { address: 2 } })
    const id = (await shop.createSession()).body.session_id
    const wrong = await shop.ask(`/v1/payments/session/${id}`, { headers: { 'X-Api-Key': 'sk_test_wrong' } })
    expect(wrong.status).toBe(200)
    expect(await statuses(2, () => shop.readSession(id))).toEqual([200, 429])
  })

  it('is not asked for by what an orchestrator reads, nor by scripts', async () => {
    const shop = await makeApp({ limits: { address: 1 }, metrics: true })
    for (const path of ['/healthz', '/readyz', '/metrics', '/assets/none.js']) {
      const all = await statuses(5, () => shop.ask(path))
      expect([path, counted(all, 429)]).toEqual([path, 0])
    }
  })
})

describe('wrong keys', () => {
  it('are not looked up any more after a second’s worth from one address', async () => {
    const shop = await makeApp({ limits: usual })
    let n = 0
    const guess = (from = '203.0.113.7') =>
      shop.ask<ErrorBody>('/v1/payments/pay_1', { headers: { 'X-Api-Key': `sk_test_guess_${++n}` } }, from)
    expect(await statuses(20, guess)).toEqual(Array<number>(20).fill(401))
    const queries = countQueries(shop)
    const refused = await guess()
    expect([refused.status, refused.headers.get('retry-after'), queries()]).toEqual([429, '1', 0])
    expect(refused.body.content).toBe(
      'One network address may try 20 unknown keys a second; wait a moment and check the key',
    )
    expect((await guess('203.0.113.8')).status).toBe(401)
    shop.clock.at = new Date(shop.clock.at.getTime() + 50)
    expect(await statuses(2, guess)).toEqual([401, 429])
  })

  it('do not count against who sends right ones', async () => {
    const shop = await makeApp({ limits: usual })
    const all = await statuses(60, () => shop.createSession())
    expect(counted(all, 201)).toBe(60)
  })
})

describe('the limit of a session', () => {
  it('is five in a moment, from wherever they come', async () => {
    const shop = await makeApp({ limits: usual })
    const id = (await shop.createSession()).body.session_id
    let n = 0
    const read = () => shop.ask<ErrorBody>(`/v1/payments/session/${id}`, {}, `203.0.113.${++n}`)
    expect(await statuses(5, read)).toEqual(Array<number>(5).fill(200))
    const queries = countQueries(shop)
    const refused = await read()
    expect([refused.status, refused.headers.get('retry-after'), queries()]).toEqual([429, '1', 0])
    expect(refused.body.content).toBe(
      'One session may be asked about 5 times a second; wait a moment and repeat the request',
    )
    const before = await rowsOf(shop)
    const intent = await shop.createIntent(id, { Origin: shopOrigin })
    expect([intent.status, intent.headers.get('access-control-allow-origin')]).toEqual([429, shopOrigin])
    expect(await rowsOf(shop)).toEqual(before)
  })

  it('holds for its intent as well', async () => {
    const shop = await makeApp({ limits: { session: 3 } })
    const intent = await shop.openIntent()
    const declined = () => shop.confirm(intent, { number: '4000000000000002' })
    expect(await statuses(4, declined)).toEqual([402, 402, 402, 429])
    const read = await shop.ask(`/v1/payments/intent/${intent.id}`, {
      headers: { 'X-Client-Secret': intent.client_secret },
    })
    expect(read.status).toBe(429)
  })

  it('leaves other sessions alone', async () => {
    const shop = await makeApp({ limits: { session: 1 } })
    const ids = [await shop.createSession(), await shop.createSession()].map((made) => made.body.session_id)
    for (const id of ids) expect((await shop.readSession(id)).status).toBe(200)
  })
})

describe('the limit of pages', () => {
  it.each(['frame', 'checkout'])('answers a sentence at /%s that names the wait', async (kind) => {
    const shop = await makeApp({ limits: { address: 2 } })
    const id = (await shop.createSession()).body.session_id
    const open = (headers: Record<string, string> = {}) =>
      shop.ask<string>(`/${kind}/${id}`, { headers }, '203.0.113.7')
    expect(await statuses(2, () => open())).toEqual([200, 200])
    const queries = countQueries(shop)
    const refused = await open()
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.headers.get('content-type')).toMatch(/^text\/plain/)
    expect(refused.headers.get('x-request-id')).toMatch(/^req_/)
    expect(refused.headers.get('content-security-policy')).toContain(`default-src 'none'`)
    expect(refused.text).toBe('One network address may open 2 pages a second; wait a moment and reload the page')
    const spanish = await open({ 'Accept-Language': 'es' })
    expect(spanish.text).toBe(
      'Una misma dirección de red puede abrir 2 páginas por segundo; espere un momento y recargue la página',
    )
    expect(queries()).toBe(0)
    expect((await shop.ask(`/${kind}/${id}`, {}, '203.0.113.8')).status).toBe(200)
  })

  it('is not used up by calls: a buyer who made these can open the form', async () => {
    const shop = await makeApp({ limits: { address: 2 } })
    const id = (await shop.createSession()).body.session_id
    await statuses(5, () => shop.readSession(id))
    expect((await shop.ask(`/frame/${id}`)).status).toBe(200)
  })
})

describe('a forwarded address', () => {
  const reads = (shop: TestApp, from: string, forwarded: string[]) => {
    let n = 0
    return statuses(forwarded.length, () =>
      shop.ask(
        `/v1/payments/session/cs_test_${from}${n}`.replaceAll('.', '_'),
        { headers: { 'X-Forwarded-For': forwarded[n++]! } },
        from,
      ),
    )
  }

  it('is not believed from anyone by default', async () => {
    const shop = await makeApp({ limits: { address: 1 } })
    expect(await reads(shop, '127.0.0.1', ['203.0.113.1', '203.0.113.2'])).toEqual([404, 429])
  })

  it('is believed from a proxy that is named, and only what that proxy saw', async () => {
    const shop = await makeApp({ limits: { address: 1 }, trustProxy: ['10.0.0.0/8'] })
    expect(await reads(shop, '10.0.0.1', ['203.0.113.1', '203.0.113.2', '203.0.113.1'])).toEqual([404, 404, 429])
    // A new invention in front of the true address each time.
    expect(await reads(shop, '10.0.0.1', ['1.1.1.1, 203.0.113.3', '2.2.2.2, 203.0.113.3'])).toEqual([404, 429])
    expect(await reads(shop, '198.51.100.9', ['203.0.113.4', '203.0.113.5'])).toEqual([404, 429])
  })

  it('of IPv6 is counted by the network that its owner has whole', async () => {
    const shop = await makeApp({ limits: { address: 1 } })
    const read = (from: string) => shop.ask(`/v1/payments/session/cs_test_a`, {}, from)
    expect((await read('2001:db8:1:2::1')).status).toBe(404)
    expect((await read('2001:db8:1:2:ffff::9')).status).toBe(429)
    expect((await read('2001:db8:1:3::1')).status).toBe(404)
    expect((await read('203.0.113.7')).status).toBe(404)
    expect((await read('::ffff:203.0.113.7')).status).toBe(429)
  })
})
