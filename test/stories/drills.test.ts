/** Drills: a handler that believes everything fails them, the one that we ship passes. Over real HTTP. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ErrorBody } from '../../server/contract/errors.ts'
import type { EventView } from '../../server/contract/events.ts'
import type { CheckStatus, DrillCheckName, DrillView } from '../../server/contract/sandbox.ts'
import { type HandledPort, verifyWebhook, webhookHandler } from '../../server/merchant/webhook.ts'
import { overNetwork, type Send } from '../../server/webhooks/deliver.ts'
import { openDrills } from '../../server/webhooks/drill.ts'
import { databases } from '../support/databases.ts'
import { apiKey, makeApp, type TestApp } from '../support/make-app.ts'

const key = { 'X-Api-Key': apiKey }
const all: DrillCheckName[] = [
  'bad_signature',
  'old_timestamp',
  'duplicate',
  'duplicate_at_once',
  'reordered',
  'delayed',
]
const every = (status: CheckStatus) => Object.fromEntries(all.map((name) => [name, status]))

describe.each(databases)('a drill on %s', (on) => {
  let app: TestApp
  let server: Server
  let answer: RequestListener
  let endpoint: { id: string; secret: string }
  const real = () => new Date(performance.timeOrigin + performance.now())
  beforeEach(async () => {
    app = await makeApp({ on, at: real().toISOString() })
    server = createServer((request, response) => answer(request, response))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    endpoint = await endpointAt(`http://localhost:${(server.address() as AddressInfo).port}/webhooks`)
  })
  afterEach(async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
    await app.deps.store.close()
  })

  const endpointAt = async (url: string, change: object = {}) =>
    (await app.post<{ id: string; secret: string }>('/v1/webhook-endpoints', { url, ...change }, key)).body
  const begin = (id = endpoint.id, headers: Record<string, string> = key) =>
    app.post<DrillView & ErrorBody>('/v1/sandbox/drills', { endpoint_id: id }, headers)
  const read = async (id: string) => (await app.ask<DrillView>(`/v1/sandbox/drills/${id}`, { headers: key })).body
  const player = (send: Send = overNetwork({ loopback: true })) => openDrills(app.deps, send, real)
  async function played(id = endpoint.id): Promise<DrillView> {
    const begun = await begin(id)
    expect([begun.status, begun.body.status, begun.body.verdict]).toEqual([202, 'running', null])
    const drills = player()
    await drills.round()
    await drills.idle()
    return read(begun.body.id)
  }
  const statuses = ({ checks }: DrillView) => Object.fromEntries(checks.map(({ name, status }) => [name, status]))

  it('is failed by a handler that verifies nothing and acts on everything', async () => {
    const orders: string[] = []
    answer = (request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (part: string) => (body += part))
      request.on('end', () => {
        orders.push((JSON.parse(body) as EventView).object_id)
        response.writeHead(200).end()
      })
    }
    const drill = await played()
    expect([drill.status, drill.verdict]).toEqual(['finished', 'failed'])
    expect(drill.finished_at).not.toBeNull()
    expect(statuses(drill)).toEqual({ ...every('not_shown'), bad_signature: 'failed', old_timestamp: 'failed' })
    expect(drill.checks[0]).toMatchObject({ seen: '200', expected: expect.stringContaining('refused') as string })
    // Nothing of it can be taken for an order.
    expect(orders).toHaveLength(9)
    for (const id of orders) expect(id).toMatch(/^pay_drill_/)
  })

  it.each(['standard', 'timestamped'])(
    'is failed, signed as %s, by a handler that acts twice and says so',
    async (signature) => {
      const { id } = await endpointAt(
        (await app.deps.store.db.selectFrom('webhook_endpoints').select('url').executeTakeFirstOrThrow()).url,
        { signature },
      )
      const times = (request: { headers: Record<string, string | string[] | undefined> }) =>
        Number(request.headers['webhook-timestamp']) * 1000
      answer = (request, response) => {
        const old = Math.abs(real().getTime() - times(request)) > 300_000
        request.resume().on('end', () => response.writeHead(old ? 400 : 200, { 'Webhook-Outcome': 'handled' }).end())
      }
      const drill = await played(id)
      expect(statuses(drill)).toEqual({
        bad_signature: 'failed',
        old_timestamp: 'passed',
        duplicate: 'failed',
        duplicate_at_once: 'failed',
        reordered: 'failed',
        delayed: 'passed',
      })
      expect(drill.verdict).toBe('failed')
    },
  )

  it('is passed by the handler that we ship, which acts once on each', async () => {
    const done: string[] = []
    const handler = new Hono().route(
      '/webhooks',
      webhookHandler({
        secret: endpoint.secret,
        on: {
          'payment.pending': ({ id, status }) => void done.push(`${id} ${status}`),
          'payment.succeeded': ({ id, status }) => void done.push(`${id} ${status}`),
        },
        onTrouble: () => undefined,
      }),
    )
    answer = getRequestListener(handler.fetch)
    const drill = await played()
    expect(statuses(drill)).toEqual(every('passed'))
    expect([drill.status, drill.verdict]).toEqual(['finished', 'passed'])
    expect(drill.checks.map(({ seen }) => seen)).toEqual([
      '400',
      '400',
      '200 (handled), 200 (duplicate)',
      expect.stringMatching(/^200 \((handled|duplicate)\), 200 \((handled|duplicate)\)$/),
      '200 (handled), 200 (outdated)',
      '200 (handled)',
    ])
    expect(done).toHaveLength(4)
    expect(new Set(done).size).toBe(4)
  })

  it('is not failed by a handler that is right and does not say what it did, nor by one with nothing to do', async () => {
    answer = (request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (part: string) => (body += part))
      request.on('end', () => {
        try {
          verifyWebhook(body, request.headers as Record<string, string>, endpoint.secret)
          response.writeHead(204).end()
        } catch {
          response.writeHead(400).end()
        }
      })
    }
    const silent = await played()
    expect(statuses(silent)).toEqual({ ...every('not_shown'), bad_signature: 'passed', old_timestamp: 'passed' })
    expect(silent.verdict).toBe('passed')
    answer = getRequestListener(
      new Hono().route('/webhooks', webhookHandler({ secret: endpoint.secret, on: {}, onTrouble: () => undefined }))
        .fetch,
    )
    const idle = await played()
    expect(statuses(idle)).toEqual(statuses(silent))
    expect(idle.checks[4]!.seen).toBe('200 (ignored), 200 (ignored)')
  })

  it('is failed by a handler whose memory lets an older event pass, and by one that drops what is late', async () => {
    const forgetful: HandledPort = { isHandled: () => false, remember: () => undefined }
    const act = () => undefined
    answer = getRequestListener(
      new Hono().route(
        '/webhooks',
        webhookHandler({
          secret: endpoint.secret,
          on: { 'payment.pending': act, 'payment.succeeded': act },
          handled: forgetful,
          onTrouble: () => undefined,
        }),
      ).fetch,
    )
    const drill = await played()
    expect(statuses(drill)).toMatchObject({ duplicate: 'failed', reordered: 'failed', delayed: 'passed' })
    answer = (request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (part: string) => (body += part))
      request.on('end', () => {
        const late = real().getTime() - Date.parse((JSON.parse(body) as EventView).created_at) > 3_600_000
        response.writeHead(late ? 400 : 200).end()
      })
    }
    expect(statuses(await played())).toMatchObject({ duplicate: 'not_shown', delayed: 'failed' })
  })

  it('never leaves this network where no delivery would', async () => {
    const { id } = await endpointAt('https://10.0.0.1/webhooks')
    const drill = await played(id)
    expect(statuses(drill)).toEqual(every('failed'))
    expect(drill.checks[0]!.seen).toBe('no answer (address_refused)')
  })

  it('is gone on with by another process when one dies in the middle', async () => {
    const { body: begun } = await begin()
    let sent = 0
    const taken = { ms: 1, httpStatus: 400, error: null, response: null, retryAfterMs: null }
    const dying = player(() => (++sent <= 2 ? Promise.resolve(taken) : new Promise(() => undefined)))
    await dying.round()
    while ((await read(begun.id)).checks[1]!.status === 'running') await new Promise((done) => setTimeout(done, 5))
    expect(statuses(await read(begun.id))).toEqual({
      ...every('running'),
      bad_signature: 'passed',
      old_timestamp: 'passed',
    })
    const other = player(() => Promise.resolve({ ...taken, httpStatus: 200, said: 'handled' as const }))
    await other.round()
    await other.idle()
    expect((await read(begun.id)).status).toBe('running')
    app.clock.at = new Date(app.clock.at.getTime() + 60_000)
    await other.round()
    await other.idle()
    const drill = await read(begun.id)
    expect([drill.status, drill.verdict]).toEqual(['finished', 'failed'])
    expect(statuses(drill)).toMatchObject({ bad_signature: 'passed', duplicate: 'failed', delayed: 'passed' })
  })

  it('ends when its endpoint does', async () => {
    const { body: begun } = await begin()
    await app.ask(`/v1/webhook-endpoints/${endpoint.id}`, { method: 'DELETE', headers: key })
    const drills = player()
    await drills.round()
    await drills.idle()
    const drill = await read(begun.id)
    expect([drill.status, drill.verdict]).toEqual(['finished', 'failed'])
    expect(drill.checks[0]!.seen).toContain('Not asked')
  })

  it('runs once at a time for an endpoint, and is its account’s and test data’s alone', async () => {
    const { body: begun } = await begin()
    const second = await begin()
    expect([second.status, second.body.content]).toEqual([400, expect.stringContaining('is running')])
    expect((await begin('we_unknown')).status).toBe(404)
    const live = { 'X-Api-Key': await app.newKey({ live: true }) }
    expect((await begin(endpoint.id, live)).status).toBe(403)
    const part = { ...key, 'X-Sandbox-Namespace': 'other' }
    expect((await begin(endpoint.id, part)).status).toBe(404)
    expect((await app.ask(`/v1/sandbox/drills/${begun.id}`, { headers: part })).status).toBe(404)
    const listed = await app.ask<{ items: DrillView[] }>('/v1/sandbox/drills', { headers: key })
    expect(listed.body.items).toEqual([begun])
    const spanish = await app.ask<DrillView>(`/v1/sandbox/drills/${begun.id}`, {
      headers: { ...key, 'Accept-Language': 'es' },
    })
    expect(spanish.body.checks[0]!.expected).toContain('se rechaza')
    await app.ask(`/v1/webhook-endpoints/${endpoint.id}`, {
      method: 'PATCH',
      headers: { ...key, 'Content-Type': 'application/json' },
      body: '{"enabled":false}',
    })
    const drills = player()
    await drills.round()
    await drills.idle()
    expect((await begin()).body.content).toContain('disabled')
  })
})
