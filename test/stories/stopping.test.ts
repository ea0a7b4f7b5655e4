/** A server that is asked to stop while clients are at it, as a real process over real connections. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqlite } from '../../server/store/sqlite.ts'
import { freePort } from '../support/free-port.ts'
import { sandboxKey } from '../support/servers.ts'

let folder: string
let port: number
let server: ChildProcess
let sockets: Socket[]
let printed: string
let ended: Promise<number | null>

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stopping-'))
  port = await freePort()
  sockets = []
  printed = ''
  server = spawn(process.execPath, ['server/main.ts'], {
    env: {
      ...process.env,
      PORT: String(port),
      DATABASE_URL: `sqlite:${join(folder, 'checkout.db')}`,
      LOG_LEVEL: 'info',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  ended = new Promise((done) => server.once('close', done))
  const print = (chunk: Buffer) => void (printed += chunk.toString())
  server.stdout!.on('data', print)
  server.stderr!.on('data', print)
  while (!printed.includes('listening')) await sleep(20)
})
afterEach(() => {
  server.kill('SIGKILL')
  for (const socket of sockets) socket.destroy()
  rmSync(folder, { recursive: true, force: true })
})

/** A connection, what has come over it so far, and its end. */
async function open() {
  const socket = connect(port, '127.0.0.1')
  sockets.push(socket)
  const client = { socket, heard: '', closed: new Promise<void>((done) => socket.once('close', () => done())) }
  socket.on('data', (chunk) => (client.heard += chunk.toString()))
  socket.on('error', () => {})
  await new Promise((done) => socket.once('connect', done))
  return client
}

const order = JSON.stringify({ amount: '12500.00', currency: 'CRC', return_url: 'http://localhost:4243/' })
const head = (more = '') =>
  `POST /v1/payments/session HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: ${sandboxKey}\r\nContent-Type: application/json\r\nContent-Length: ${order.length}\r\n${more}\r\n`

/** Asks the server to stop, and waits until it has heard that. */
async function askToStop(): Promise<number> {
  const asked = performance.now()
  server.kill('SIGTERM')
  while (!printed.includes('"msg":"stopping"')) await sleep(5)
  return asked
}

describe('a server that is asked to stop', () => {
  it('finishes a request whose body is still on its way, keeps what it answered, and exits 0', async () => {
    const client = await open()
    client.socket.write(head() + order.slice(0, 20))
    await sleep(200)
    await askToStop()
    for (const piece of [order.slice(20, 50), order.slice(50)]) {
      await sleep(400)
      client.socket.write(piece)
    }
    await client.closed
    expect(client.heard).toMatch(/^HTTP\/1\.1 201 /)
    expect(await ended).toBe(0)
    const { session_id: id } = JSON.parse(client.heard.split('\r\n\r\n')[1]!) as { session_id: string }
    const store = openSqlite(join(folder, 'checkout.db'))
    expect(await store.db.selectFrom('sessions').select('id').execute()).toEqual([{ id }])
    await store.close()
    expect(printed).toContain('"route":"/v1/payments/session","status":201')
  })

  it('is not held up by connections that wait for nothing, nor by one that never said a word', async () => {
    const [idle, silent, half] = [await open(), await open(), await open()]
    idle.socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
    half.socket.write('GET /healthz HT')
    while (!idle.heard.includes('"ok"')) await sleep(5)
    const asked = await askToStop()
    expect(await ended).toBe(0)
    expect(performance.now() - asked).toBeLessThan(3000)
    await Promise.all([idle.closed, silent.closed, half.closed])
  })

  it('accepts nobody new, says on connections that it still has that it is leaving, and closes them', async () => {
    const [busy, kept] = [await open(), await open()]
    busy.socket.write(head() + order.slice(0, 20))
    kept.socket.write('GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /readyz HTTP/1.1\r\nHost: localhost\r\n')
    await sleep(200)
    expect(kept.heard).toMatch(/^HTTP\/1\.1 200 /)
    await askToStop()
    kept.socket.write('\r\n')
    await kept.closed
    const second = kept.heard.slice(kept.heard.lastIndexOf('HTTP/1.1'))
    expect(second).toMatch(/^HTTP\/1\.1 503 /)
    expect(second.toLowerCase()).toContain('connection: close')
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow()
    busy.socket.write(order.slice(20))
    await busy.closed
    expect(busy.heard).toMatch(/^HTTP\/1\.1 201 /)
    expect(await ended).toBe(0)
  })

  it('waits less than ten seconds for a request that never ends, and says so with exit code 1', async () => {
    const client = await open()
    client.socket.write(head() + order.slice(0, 20))
    await sleep(200)
    const asked = await askToStop()
    expect(await ended).toBe(1)
    const tookMs = performance.now() - asked
    expect(tookMs).toBeGreaterThan(8000)
    expect(tookMs).toBeLessThan(10_000)
    expect(printed).toContain('Stopped with requests still open')
  })
})
