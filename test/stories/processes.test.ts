/** Real processes over real HTTP: several beside each other on PostgreSQL, and one that is killed without warning. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { openPostgres } from '../../server/store/postgres.ts'
import { openSqlite } from '../../server/store/sqlite.ts'
import { confirm, createIntent, createSession, readPayment, readSession } from '../support/http.ts'
import { checkInvariants } from '../support/invariants.ts'
import { type Part, startPayments } from '../support/servers.ts'

const fail = (error: Error) => {
  throw error
}

describe('three servers on one PostgreSQL', () => {
  const database = `processes_${process.pid}`
  let servers: Part[]
  beforeAll(async () => {
    const config = inject('postgres')
    const client = new pg.Client(config)
    await client.connect()
    await client.query(`create database ${database}`)
    await client.end()
    const address = `postgres://${config.user}@localhost/${database}?host=${encodeURIComponent(config.host)}`
    // All three at once: the first start migrates, and the others must wait for it.
    const scripts = ['server/main.ts', 'server/main.ts', 'dist/server/main.mjs']
    servers = await Promise.all(scripts.map((script) => startPayments({ DATABASE_URL: address }, script)))
  })
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()))
    const store = openPostgres({ ...inject('postgres'), database }, fail)
    await checkInvariants(store.db)
    await store.close()
  })

  it('charge one intent once, however many confirms they get at once', async () => {
    for (let round = 0; round < 5; round++) {
      const session = await createSession(servers[0]!.url)
      const intent = await createIntent(servers[1]!.url, session.body['session_id'] as string)
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) => confirm(servers[n % 3]!.url, intent.body, `key-${round}-${n}`)),
      )
      const statuses = answers.map((answer) => answer.status)
      expect(statuses.filter((status) => status === 200)).toHaveLength(1)
      expect(statuses.filter((status) => status === 409 || status === 400)).toHaveLength(49)
    }
  })

  it('make one session for one idempotency key', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) => createSession(servers[n % 3]!.url, 'one order')),
    )
    const made = answers.filter((answer) => answer.status === 201)
    expect(made.length).toBeGreaterThan(0)
    expect(new Set(made.map((answer) => answer.body['session_id'])).size).toBe(1)
    for (const answer of answers) expect([201, 409]).toContain(answer.status)
  })
})

describe('a server that is killed under load', () => {
  const folder = mkdtempSync(join(tmpdir(), 'killed-'))
  const address = `sqlite:${join(folder, 'checkout.db')}`
  let server: Part
  afterEach(() => server.kill())
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('keeps everything it has acknowledged, and never charges twice', async () => {
    const sessions: string[] = []
    const payments: string[] = []
    let serving = true
    server = await startPayments({ DATABASE_URL: address })

    const buy = async (worker: number) => {
      for (let n = 0; serving; n++) {
        const session = await createSession(server.url, `order-${payments.length}-${worker}-${n}`)
        sessions.push(session.body['session_id'] as string)
        const intent = await createIntent(server.url, session.body['session_id'] as string)
        const paid = await confirm(server.url, intent.body, `click-${worker}-${n}`)
        if (paid.status === 200) payments.push(paid.body['payment_id'] as string)
      }
    }
    for (let cycle = 0; cycle < 4; cycle++) {
      serving = true
      // Each ends with the connection that the kill cuts; what was not answered was not acknowledged.
      const buyers = Array.from({ length: 16 }, (_, worker) => buy(cycle * 100 + worker).catch(() => undefined))
      await new Promise((done) => setTimeout(done, 250 + cycle * 90))
      await server.kill()
      serving = false
      await Promise.all(buyers)
      await server.start()
      const store = openSqlite(join(folder, 'checkout.db'))
      await checkInvariants(store.db)
      await store.close()
    }

    expect(payments.length).toBeGreaterThan(50)
    for (const id of payments) expect((await readPayment(server.url, id)).body['status']).toBe('succeeded')
    for (const id of sessions) expect((await readSession(server.url, id)).status).toBe(200)
  })

  it('finishes what it began when it is asked to stop', async () => {
    server = await startPayments({ DATABASE_URL: address })
    const sessions = Promise.all(Array.from({ length: 50 }, () => createSession(server.url)))
    await sessions
    const running = Promise.allSettled(Array.from({ length: 20 }, () => createSession(server.url)))
    await server.stop()
    const settled = await running
    await server.start()
    for (const result of settled) {
      if (result.status === 'fulfilled') {
        const read = await readSession(server.url, result.value.body['session_id'] as string)
        expect(read.status).toBe(200)
      }
    }
  })
})

describe('a server over real HTTP', () => {
  let server: Part
  beforeAll(async () => {
    server = await startPayments({ DATABASE_URL: 'sqlite::memory:' })
  })
  afterAll(() => server.stop())

  it('refuses a body of 1 MB by its declared length, before reading it', async () => {
    const answer = await fetch(`${server.url}/v1/payments/session`, {
      method: 'POST',
      headers: { 'X-Api-Key': 'sk_test_sandbox', 'Content-Type': 'application/json' },
      body: JSON.stringify({ amount: 'x'.repeat(1_000_000) }),
    })
    expect(answer.status).toBe(413)
    expect(await answer.json()).toMatchObject({ code: 413, type: 'danger', error: { code: 'body_too_large' } })
  })

  it.each([
    ['not HTTP at all', 'HELLO\r\n\r\n', 400],
    ['too many headers', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
  ])('answers %s in the documented body', async (_, bytes, status) => {
    const answer = await new Promise<string>((resolve, fail) => {
      let read = ''
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(bytes))
      socket.on('data', (chunk) => (read += chunk.toString()))
      socket.on('close', () => resolve(read))
      socket.on('error', fail)
    })
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toMatchObject({ code: status, type: 'danger' })
  })

  it('answers a method that a path does not have in the documented body', async () => {
    const answer = await fetch(`${server.url}/v1/payments/session`, { method: 'DELETE' })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
    expect(await answer.json()).toMatchObject({ code: 405, type: 'danger' })
  })

  it('serves the element under a short name and, for ever, under one with its hash', async () => {
    const short = await fetch(`${server.url}/fourgeeks-checkout.js`)
    expect(short.status).toBe(200)
    expect(short.headers.get('content-type')).toMatch(/^text\/javascript/)
    const again = await fetch(`${server.url}/fourgeeks-checkout.js`, {
      headers: { 'If-None-Match': short.headers.get('etag')! },
    })
    expect(again.status).toBe(304)
    const session = await createSession(server.url)
    const page = await fetch(`${server.url}/frame/${session.body['session_id'] as string}`)
    const script = /src="(\/assets\/frame-[0-9a-f]{16}\.js)"/.exec(await page.text())?.[1]
    const asset = await fetch(`${server.url}${script}`)
    expect([asset.status, asset.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
    expect((await fetch(`${server.url}/assets/frame-0000000000000000.js`)).status).toBe(404)
  })
})

describe('a server that cannot start', () => {
  const start = (env: Record<string, string>) =>
    spawnSync(process.execPath, ['server/main.ts'], {
      encoding: 'utf8',
      env: { ...process.env, DATABASE_URL: 'sqlite::memory:', ...env },
      timeout: 15_000,
    })

  it.each([
    [{ PORT: 'abc' }, /^PORT must be a port from 0 to 65535\n$/],
    [{ DATABASE_URL: 'mysql://x' }, /^DATABASE_URL must be .*\n$/],
    [{ NODE_ENV: 'production' }, /^SERVER_SECRET must be set to 32 random characters or more in production\n$/],
  ])('says why in one line: %o', (env, line) => {
    const ended = start(env as Record<string, string>)
    expect(ended.status).toBe(1)
    expect(ended.stderr).toMatch(line)
  })

  it('names the port that is taken', async () => {
    const server = await startPayments({ DATABASE_URL: 'sqlite::memory:' })
    const port = new URL(server.url).port
    const ended = start({ PORT: port })
    await server.stop()
    expect(ended.status).toBe(1)
    expect(ended.stderr).toMatch(new RegExp(`^PORT ${port} is in use .*\\n$`))
  })
})
