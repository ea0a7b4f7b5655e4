import { describe, expect, it } from 'vitest'
import type { ErrorBody } from '../../server/contract/errors.ts'
import { openMetrics } from '../../server/metrics.ts'
import { databases } from '../support/databases.ts'
import { makeApp } from '../support/make-app.ts'

describe.each(databases)('GET /readyz on %s', (on) => {
  it('answers 200 while the database answers, and 503 in the documented body once it does not', async () => {
    const shop = await makeApp({ on })
    const ready = await shop.ask('/readyz')
    expect([ready.status, ready.body]).toEqual([200, { status: 'ok' }])
    await shop.deps.store.close()
    const away = await shop.ask<ErrorBody>('/readyz')
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '1'])
    expect(away.body).toMatchObject({ code: 503, type: 'danger', error: { code: 'service_unavailable' } })
    expect(shop.logged.join('')).toContain('not ready')
    expect((await shop.ask('/healthz')).status).toBe(200)
  })
})

describe('GET /readyz', () => {
  it('answers 503 within seconds when the database hangs', async () => {
    const shop = await makeApp()
    shop.deps.store.db.getExecutor().executeQuery = () => new Promise(() => {})
    const began = performance.now()
    expect((await shop.ask('/readyz')).status).toBe(503)
    expect(performance.now() - began).toBeLessThan(5000)
  })

  it('answers 503 while the server stops, and asks clients to leave', async () => {
    const shop = await makeApp()
    shop.deps.running.stopping = true
    const asked = await shop.ask<ErrorBody>('/readyz')
    expect([asked.status, asked.headers.get('connection')]).toEqual([503, 'close'])
    expect(asked.body.content).toBe('This server is stopping; ask another one')
  })
})

describe('GET /metrics', () => {
  it('is not there when it is off: the answer is that of every unknown path', async () => {
    const shop = await makeApp()
    const [metrics, unknown] = [await shop.ask<ErrorBody>('/metrics'), await shop.ask<ErrorBody>('/nothing')]
    expect(metrics.status).toBe(404)
    const { request_id: _, ...error } = metrics.body.error
    expect({ ...metrics.body, error }).toEqual({
      ...unknown.body,
      error: { code: 'not_found', decline_code: null, param: null },
    })
  })

  it('tells how long requests took, by method, pattern and status', async () => {
    const shop = await makeApp({ metrics: true })
    const intent = await shop.openIntent()
    await shop.confirm(intent, { number: '4000000000000002' })
    await shop.confirm(intent)
    await shop.readSession(intent.session_id)
    await shop.readSession('cs_test_unknown')
    await shop.ask('/nothing/4242424242424242')
    const page = await shop.ask<string>('/metrics')
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const count = (method: string, route: string, status: number) =>
      new RegExp(
        `^http_request_duration_seconds_count\\{method="${method}",route="${route}",status="${status}"\\} (\\d+)$`,
        'm',
      ).exec(page.text)?.[1]
    expect(count('POST', '/v1/payments/session', 201)).toBe('1')
    expect(count('POST', '/v1/payments/intent/:id/confirm', 402)).toBe('1')
    expect(count('POST', '/v1/payments/intent/:id/confirm', 200)).toBe('1')
    expect(count('GET', '/v1/payments/session/:session_id', 200)).toBe('1')
    expect(count('GET', '/v1/payments/session/:session_id', 404)).toBe('1')
    expect(page.text).toMatch(/^# TYPE http_request_duration_seconds histogram$/m)
    expect(page.text).toMatch(
      /^http_request_duration_seconds_bucket\{le="\+Inf",method="POST",route="\/v1\/payments\/session",status="201"\} 1$/m,
    )
    expect(page.text).toMatch(/^process_resident_memory_bytes \d+$/m)
    expect(page.text).toMatch(/^http_requests_in_progress 1$/m)
  })

  it('holds no id, no key, no digits of a card', async () => {
    const shop = await makeApp({ metrics: true, limits: { session: 1 } })
    const intent = await shop.openIntent()
    await shop.confirm(intent)
    await shop.ask(`/frame/${intent.session_id}`)
    await shop.ask(`/checkout/${intent.session_id}`)
    await shop.ask('/v1/4242424242424242/sk_test_sandbox')
    const { text } = await shop.ask<string>('/metrics')
    // Without what is measured, which may hold any digits.
    const words = text.replaceAll(/ [\d.e+-]+$/gm, '')
    for (const secret of [intent.session_id, intent.id, intent.client_secret, '4242', 'sk_test', 'acct_']) {
      expect(words).not.toContain(secret)
    }
  })

  it('counts refusals by the limit that was met', async () => {
    const shop = await makeApp({ metrics: true, limits: { address: 2, session: 1 } })
    const id = (await shop.createSession()).body.session_id
    for (let n = 0; n < 4; n++) await shop.readSession(id)
    for (let n = 0; n < 3; n++) await shop.ask(`/checkout/${id}`)
    const { text } = await shop.ask<string>('/metrics')
    const refusals = [...text.matchAll(/^rate_limit_refusals_total\{limit="(\w+)"\} (\d+)$/gm)]
    expect(Object.fromEntries(refusals.map(([, limit, count]) => [limit, count]))).toEqual({
      key: '0',
      address: '2',
      page: '1',
      guess: '0',
      session: '1',
    })
  })
})

describe('openMetrics()', () => {
  it('puts each duration into the buckets that hold it', async () => {
    const metrics = openMetrics(() => 0)
    for (const ms of [0.2, 1, 3, 40, 11_000]) metrics.request('GET', '/', 200, ms)
    const { text } = await metrics.page()
    const buckets = [...text.matchAll(/_bucket\{le="(.+?)",method="GET",route="\/",status="200"\} (\d+)/g)]
    expect(Object.fromEntries(buckets.map(([, le, count]) => [le, Number(count)]))).toMatchObject({
      '0.0005': 1,
      '0.001': 2,
      '0.0025': 2,
      '0.005': 3,
      '0.025': 3,
      '0.05': 4,
      '10': 4,
      '+Inf': 5,
    })
    expect(Number(/_sum\{.*?\} ([\d.]+)/.exec(text)?.[1])).toBeCloseTo(11.0442, 6)
  })
})
