/** The sandbox's switches: what is asked to go wrong goes wrong so often as it was asked for, and nothing else does. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NewIntentView } from '../../server/contract/checkout.ts'
import type { ErrorBody } from '../../server/contract/errors.ts'
import type { SwitchView } from '../../server/contract/sandbox.ts'
import { openDelivery, type Send } from '../../server/webhooks/deliver.ts'
import { databases } from '../support/databases.ts'
import { apiKey, makeApp, shopOrigin, type TestApp } from '../support/make-app.ts'
import { within } from '../support/within.ts'

const key = { 'X-Api-Key': apiKey }
const page = { Origin: shopOrigin }

const turnOn = async (app: TestApp, wanted: object, headers: Record<string, string> = key): Promise<SwitchView> => {
  const made = await app.post<SwitchView>('/v1/sandbox/switches', wanted, headers)
  if (made.status !== 201) throw new Error(made.text)
  return made.body
}
const switchesOf = async (app: TestApp) =>
  (await app.ask<{ items: SwitchView[] }>('/v1/sandbox/switches', { headers: key })).body.items
const clear = (app: TestApp) => app.ask('/v1/sandbox/switches', { method: 'DELETE', headers: key })
const list = (app: TestApp, headers: Record<string, string> = key) => app.ask<ErrorBody>('/v1/customers', { headers })

describe.each(databases)('a switch on %s', (on) => {
  let app: TestApp
  beforeAll(async () => {
    app = await makeApp({ on })
  })
  afterAll(() => app.deps.store.close())

  it('acts so often as it says, at once, and then no more', async () => {
    const made = await turnOn(app, { kind: 'rate_limit', times: 2 })
    expect(made).toMatchObject({ object: 'sandbox_switch', times: 2, left: 2, target: {}, delay_ms: null })
    const first = await list(app)
    expect([first.status, first.body.error.code, first.headers.get('retry-after')]).toEqual([
      429,
      'too_many_requests',
      '1',
    ])
    expect(first.headers.get('x-sandbox-switch')).toBe(made.id)
    expect((await switchesOf(app))[0]).toEqual({ ...made, left: 1 })
    expect([(await list(app)).status, (await list(app)).status]).toEqual([429, 200])
    expect((await switchesOf(app))[0]).toEqual({ ...made, left: 0 })
  })

  it('that fails before the commit leaves nothing done', async () => {
    await turnOn(app, { kind: 'error_before_commit', method: 'POST', path: '/v1/customers' })
    const again = { ...key, 'Idempotency-Key': `before ${on}` }
    const send = () => app.post<{ id: string } & ErrorBody>('/v1/customers', { email: 'antes@example.com' }, again)
    const failed = await send()
    expect([failed.status, failed.body.error.code]).toEqual([500, 'internal_error'])
    expect(failed.body.error.request_id).toBe(failed.headers.get('x-request-id'))
    const second = await send()
    expect([second.status, second.headers.get('idempotent-replayed')]).toEqual([200, null])
  })

  it('that fails after the commit has done it: the same key gets the true answer', async () => {
    const before = await app.ask<{ total_items: number }>('/v1/customers', { headers: key })
    await turnOn(app, { kind: 'error_after_commit', method: 'POST' })
    const again = { ...key, 'Idempotency-Key': `after ${on}` }
    const send = () => app.post<{ id: string } & ErrorBody>('/v1/customers', { email: 'luego@example.com' }, again)
    const failed = await send()
    expect([failed.status, failed.body.error.code, failed.body.type]).toEqual([500, 'internal_error', 'danger'])
    const second = await send()
    expect([second.status, second.headers.get('idempotent-replayed')]).toEqual([200, 'true'])
    const after = await app.ask<{ total_items: number }>('/v1/customers', { headers: key })
    expect(after.body.total_items).toBe(before.body.total_items + 1)
  })

  it('of a session meets its buyer and nobody else, where the page can read it', async () => {
    const mine = await app.createSession()
    const other = await app.createSession()
    const { session_id } = mine.body
    const target = { session_id }
    await turnOn(app, { kind: 'rate_limit', times: 5, target })
    const read = (id: string) => app.ask<ErrorBody>(`/v1/payments/session/${id}`, { headers: page })
    expect([(await list(app)).status, (await read(other.body.session_id)).status]).toEqual([200, 200])
    const refused = await read(session_id)
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([429, '*'])
    expect(refused.headers.get('access-control-expose-headers')).toContain('Retry-After')
    // Named in the body, and by the key's owner.
    expect((await app.createIntent(session_id, page)).status).toBe(429)
    const expired = await app.post(`/v1/payments/session/${session_id}/expire`, {}, key)
    expect([expired.status, expired.headers.get('access-control-allow-origin')]).toEqual([429, null])
    // Browsers only ask whether they may.
    const preflight = await app.ask(`/v1/payments/session/${session_id}`, { method: 'OPTIONS', headers: page })
    expect(preflight.status).toBe(204)
    expect((await switchesOf(app))[0]!.left).toBe(2)
    await clear(app)

    // By its intent, and by its payment.
    await turnOn(app, { kind: 'error_after_commit', target, path: '/v1/payments/intent/*/confirm' })
    const intent = await app.createIntent(session_id, page)
    const answered = await app.confirm(intent.body, {}, page)
    expect([answered.status, answered.headers.get('x-sandbox-switch') !== null]).toEqual([500, true])
    const shown = await app.ask<NewIntentView & { status: string; payment_id: string }>(
      `/v1/payments/intent/${intent.body.id}`,
      { headers: { 'X-Client-Secret': intent.body.client_secret } },
    )
    expect(shown.body.status).toBe('succeeded')
    await turnOn(app, { kind: 'rate_limit', target, path: '/v1/payments/public/*' })
    expect((await app.ask(`/v1/payments/public/${shown.body.payment_id}`)).status).toBe(429)
  })

  it('that fails after the commit keeps the page that may read it', async () => {
    const { session_id } = (await app.createSession()).body
    await turnOn(app, { kind: 'error_after_commit', target: { session_id } })
    const read = await app.ask<ErrorBody>(`/v1/payments/session/${session_id}`, { headers: page })
    expect([read.status, read.headers.get('access-control-allow-origin')]).toEqual([500, shopOrigin])
  })

  it('of a key meets that key and no other', async () => {
    const second = await app.newKey()
    const keys = await app.deps.store.db.selectFrom('api_keys').select(['id', 'last4']).execute()
    const target = { key_id: keys.find(({ last4 }) => second.endsWith(last4))!.id }
    await turnOn(app, { kind: 'rate_limit', target })
    expect([(await list(app)).status, (await list(app, { 'X-Api-Key': second })).status]).toEqual([200, 429])
    // It is the account's, so a switch of a namespace may be for it.
    const part = within(app, 'keys')
    await turnOn(part, { kind: 'rate_limit', target })
    expect((await list(app, { 'X-Api-Key': second })).status).toBe(200)
    expect((await list(part, { 'X-Api-Key': second })).status).toBe(429)
  })

  it('of a namespace meets nobody outside, and one of the account nobody inside', async () => {
    const part = within(app, `part-${on}`)
    await turnOn(part, { kind: 'rate_limit' })
    expect((await switchesOf(app)).filter(({ left }) => left > 0)).toEqual([])
    expect([(await list(app)).status, (await list(part)).status, (await list(part)).status]).toEqual([200, 429, 200])
    const { session_id } = (await app.createSession()).body
    await turnOn(app, { kind: 'rate_limit' })
    expect((await list(part)).status).toBe(200)
    expect((await app.readSession(session_id)).status).toBe(429)
  })

  it('answers the legacy face in its own words', async () => {
    const token = await app.newToken()
    await turnOn(app, { kind: 'rate_limit', path: '/v1/plans/mine*' })
    const headers = { Authorization: `bearer ${token}`, ...page }
    const refused = await app.ask<{ detail: string }>('/v1/plans/mine/', { headers })
    expect([refused.status, typeof refused.body.detail]).toEqual([429, 'string'])
    expect(refused.headers.get('access-control-allow-origin')).toBe('*')
    await turnOn(app, { kind: 'error_after_commit', path: '/v1/plans/mine*' })
    const failed = await app.ask<{ detail: string }>('/v1/plans/mine/', { headers })
    expect([failed.status, typeof failed.body.detail]).toEqual([500, 'string'])
    expect((await app.ask('/v1/plans/mine/', { headers })).status).toBe(200)
  })

  it('never touches the console, the sandbox itself, health and live data', async () => {
    const live = await app.newKey({ live: true })
    await turnOn(app, { kind: 'error_before_commit', times: 3 })
    const liveKey = { 'X-Api-Key': live }
    expect((await list(app, { ...key, 'X-Console': '1' })).status).toBe(200)
    expect((await list(app, liveKey)).status).toBe(200)
    for (const path of ['/healthz', '/readyz', '/openapi.json', '/v1/sandbox/switches']) {
      expect([path, (await app.ask(path, { headers: key })).status]).toEqual([path, 200])
    }
    for (const headers of [liveKey, { 'X-Api-Key': 'sk_test_unknown' }, {}]) {
      const asked = await app.post<ErrorBody>('/v1/sandbox/switches', { kind: 'delay' }, headers)
      expect(asked.status).toBe(headers === liveKey ? 403 : 401)
    }
    expect((await switchesOf(app))[0]!.left).toBe(3)
    await clear(app)
  })

  it('is gone once it is deleted', async () => {
    const one = await turnOn(app, { kind: 'rate_limit' })
    const gone = await app.ask(`/v1/sandbox/switches/${one.id}`, { method: 'DELETE', headers: key })
    expect(gone.body).toEqual({ id: one.id, deleted: true })
    expect((await list(app)).status).toBe(200)
    const twice = await app.ask(`/v1/sandbox/switches/${one.id}`, { method: 'DELETE', headers: key })
    expect(twice.status).toBe(404)
    await turnOn(app, { kind: 'rate_limit' })
    const count = (await switchesOf(app)).length
    expect((await clear(app)).body).toEqual({ deleted: count })
    expect((await list(app)).status).toBe(200)
  })

  it('waits as long as it says', async () => {
    await turnOn(app, { kind: 'delay', delay_ms: 300 })
    const began = performance.now()
    expect((await list(app)).status).toBe(200)
    expect(performance.now() - began).toBeGreaterThanOrEqual(295)
    const quick = performance.now()
    await list(app)
    expect(performance.now() - quick).toBeLessThan(250)
  })

  it('says what is wrong with one that makes no sense', async () => {
    const session = (await app.createSession()).body.session_id
    for (const [wanted, field] of [
      [{ kind: 'rate_limit', target: { endpoint_id: 'we_1' } }, 'target.endpoint_id'],
      [{ kind: 'rate_limit', delay_ms: 5 }, 'delay_ms'],
      [{ kind: 'webhook_delay', path: '/v1/customers' }, 'path'],
      [{ kind: 'webhook_delay', method: 'GET' }, 'method'],
      [{ kind: 'delay', path: 'customers' }, 'path'],
      [{ kind: 'delay', path: '/*a*a*a*a*a*' }, 'path'],
      [{ kind: 'delay', target: { session_id: session, key_id: 'key_sandbox_' } }, 'target'],
      [{ kind: 'delay', target: { session_id: 'cs_test_unknown' } }, 'target.session_id'],
      [{ kind: 'delay', target: { key_id: 'key_unknown' } }, 'target.key_id'],
      [{ kind: 'webhook_delay', target: { endpoint_id: 'we_unknown' } }, 'target.endpoint_id'],
    ] as const) {
      const refused = await app.post<ErrorBody>('/v1/sandbox/switches', wanted, key)
      expect(refused.body.error?.param, refused.text).toBe(field)
      expect([404, 422]).toContain(refused.status)
    }
  })
})

describe('a switch of two processes', () => {
  it('acts so often as it says, whoever is asked', async () => {
    const first = await makeApp({ on: 'postgres' })
    const second = await makeApp({ store: first.deps.store })
    await turnOn(first, { kind: 'error_before_commit', times: 7 })
    // Within a second the other one knows by itself.
    await second.deps.switches.refresh()
    const asked = await Promise.all(Array.from({ length: 60 }, (_, n) => list(n % 2 ? first : second)))
    expect(asked.filter(({ status }) => status === 500).length).toBe(7)
    expect(asked.filter(({ status }) => status === 200).length).toBe(53)
    await first.deps.store.close()
  })
})

describe('a reply that is dropped', () => {
  it('was given: the socket is cut, and the same key gets the true answer', async () => {
    const app = await makeApp()
    const listener = getRequestListener(app.app.fetch)
    const bytes: string[] = []
    const server = createServer((request, response) => {
      const { socket } = request
      const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
      socket.write = ((text: string | Uint8Array, ...more: unknown[]) => {
        if (!socket.destroyed) bytes.push(String(text).slice(0, 1))
        return write(text, ...more)
      }) as typeof socket.write
      void listener(request, response)
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await turnOn(app, { kind: 'dropped_reply', method: 'POST' })
    const send = () =>
      fetch(`${base}/v1/customers`, {
        method: 'POST',
        headers: { ...key, 'Content-Type': 'application/json', 'Idempotency-Key': 'dropped' },
        body: JSON.stringify({ email: 'ana@example.com' }),
      })
    await expect(send()).rejects.toThrow('fetch failed')
    // A browser would send it again by itself, and nobody would see anything, if not a byte had come.
    expect(bytes).toEqual(['H'])
    const again = await send()
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true'])
    const { body } = await app.ask<{ total_items: number }>('/v1/customers', { headers: key })
    expect(body.total_items).toBe(1)
    expect(app.logged.filter((line) => line.includes('request failed'))).toEqual([])
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  })

  it('says so where there is no socket to cut', async () => {
    const app = await makeApp()
    await turnOn(app, { kind: 'dropped_reply' })
    const answer = await list(app)
    expect([answer.status, answer.body.content]).toEqual([500, expect.stringContaining('no socket')])
  })
})

describe.each(databases)('a switch of webhooks on %s', (on) => {
  /** An endpoint, what was sent to it, and a way to let time pass. */
  async function receiver(answers: (headers: Record<string, string>) => number = () => 200) {
    const app = await makeApp({ on })
    const made = await app.post<{ id: string; secret: string }>(
      '/v1/webhook-endpoints',
      { url: 'https://shop.example/webhooks', events: ['customer.*'] },
      key,
    )
    const { id, secret } = made.body
    const sent: { headers: Record<string, string>; body: string; isRight: boolean }[] = []
    const send: Send = ({ body }, _, headers) => {
      let isRight = true
      try {
        new Webhook(secret).verify(body, headers)
      } catch {
        isRight = false
      }
      sent.push({ headers, body, isRight })
      return Promise.resolve({
        ms: 1,
        httpStatus: answers(headers),
        error: null,
        response: null,
        retryAfterMs: null,
      })
    }
    // The reference library knows the real time alone.
    const delivery = openDelivery(app.deps, send, () => new Date(performance.timeOrigin + performance.now()))
    const round = async (laterMs = 0) => {
      app.clock.at = new Date(app.clock.at.getTime() + laterMs)
      await delivery.round()
      await delivery.idle()
    }
    const happen = async (name: string) => {
      await app.post('/v1/customers', { email: `${name}@example.com` }, key)
    }
    const about = () => sent.map(({ body }) => /"email":"(\w+)@/.exec(body)![1])
    const deliveries = async () =>
      (
        await app.ask<{ items: { status: string; attempt_count: number }[] }>('/v1/webhook-deliveries', {
          headers: key,
        })
      ).body.items.map(({ status, attempt_count }) => [status, attempt_count])
    return { app, id, sent, round, happen, about, deliveries }
  }

  it('sends twice: the same id, the same bytes', async () => {
    const { app, id, sent, round, happen, deliveries, about } = await receiver()
    await turnOn(app, { kind: 'webhook_duplicate', target: { endpoint_id: id } })
    await happen('ana')
    await round()
    await happen('eva')
    await round()
    expect(about()).toEqual(['ana', 'ana', 'eva'])
    expect(sent[0]!.body).toBe(sent[1]!.body)
    expect(sent[0]!.headers['webhook-id']).toBe(sent[1]!.headers['webhook-id'])
    expect(sent.every(({ isRight }) => isRight)).toBe(true)
    expect(await deliveries()).toEqual([
      ['succeeded', 1],
      ['succeeded', 2],
    ])
    await app.deps.store.close()
  })

  it('sends late', async () => {
    const { app, round, happen, about } = await receiver()
    await turnOn(app, { kind: 'webhook_delay', delay_ms: 20_000 })
    await happen('ana')
    await happen('eva')
    await round()
    expect(about()).toEqual(['eva'])
    await round(19_000)
    expect(about()).toEqual(['eva'])
    await round(1000)
    expect(about()).toEqual(['eva', 'ana'])
    await app.deps.store.close()
  })

  it('holds one back until a later one was sent', async () => {
    const { app, round, happen, about } = await receiver()
    await turnOn(app, { kind: 'webhook_reorder', times: 2 })
    await happen('a')
    await round()
    expect(about()).toEqual([])
    await happen('b')
    await round(1000)
    await round()
    expect(about()).toEqual(['b', 'a'])
    await happen('c')
    await happen('d')
    await round(1000)
    await round()
    expect(about()).toEqual(['b', 'a', 'd', 'c'])
    await app.deps.store.close()
  })

  it('loses none that it holds back when no later one comes', async () => {
    const { app, round, happen, about } = await receiver()
    await turnOn(app, { kind: 'webhook_reorder' })
    await happen('a')
    await round()
    await round(9000)
    expect(about()).toEqual([])
    await round(1000)
    expect(about()).toEqual(['a'])
    await app.deps.store.close()
  })

  it('signs wrongly once, and sends rightly afterwards, whatever the first came to', async () => {
    for (const wrongly of [400, 200, 410]) {
      let first = true
      const { app, round, happen, sent, deliveries, about } = await receiver(() => {
        const status = first ? wrongly : 200
        first = false
        return status
      })
      await turnOn(app, { kind: 'webhook_bad_signature' })
      await happen('ana')
      await round()
      expect(sent.map(({ isRight }) => isRight)).toEqual([false])
      expect(await deliveries()).toEqual([['pending', 1]])
      await round(5001)
      expect(sent.map(({ isRight }) => isRight)).toEqual([false, true])
      expect(about()).toEqual(['ana', 'ana'])
      expect(sent[0]!.body).toBe(sent[1]!.body)
      expect(await deliveries()).toEqual([['succeeded', 2]])
      await app.deps.store.close()
    }
  })

  it('meets a delivery once, also when it fails and is tried again', async () => {
    let failures = 1
    const { app, round, happen, about } = await receiver(() => (failures-- > 0 ? 500 : 200))
    await turnOn(app, { kind: 'webhook_duplicate', times: 5 })
    await happen('ana')
    await round()
    // It was sent twice, and the second has arrived: nothing is left to be tried.
    await round(6000)
    expect(about()).toEqual(['ana', 'ana'])
    expect((await switchesOf(app))[0]!.left).toBe(4)
    await app.deps.store.close()
  })
})
