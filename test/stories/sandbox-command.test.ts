/** `npm run sandbox` as people use it: a process of its own that speaks to a running server. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DrillView, SeedView } from '../../server/contract/sandbox.ts'
import { webhookHandler } from '../../server/merchant/webhook.ts'
import { type Part, sandboxKey, startPayments } from '../support/servers.ts'

const folder = mkdtempSync(join(tmpdir(), 'sandbox-'))
let server: Part
let receiver: Server
let answer: RequestListener
beforeAll(async () => {
  server = await startPayments({ DATABASE_URL: `sqlite:${join(folder, 'checkout.db')}` })
  receiver = createServer((request, response) => answer(request, response))
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
})
afterAll(async () => {
  await server.stop()
  receiver.closeAllConnections()
  await new Promise((done) => receiver.close(done))
  rmSync(folder, { recursive: true })
})

async function sandbox(args: string[], more: Record<string, string> = {}) {
  const env = { ...process.env, PUBLIC_URL: server.url, ...more }
  const child = spawn(process.execPath, ['server/sandbox.ts', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>((done) => child.once('close', done))
  const [said, complained, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { said, complained, code }
}
const key = { 'X-Api-Key': sandboxKey }
const count = async (namespace?: string) => {
  const headers = { ...key, ...(namespace !== undefined && { 'X-Sandbox-Namespace': namespace }) }
  const listed = await fetch(`${server.url}/v1/customers`, { headers })
  return ((await listed.json()) as { total_items: number }).total_items
}
const endpoint = async () => {
  const made = await fetch(`${server.url}/v1/webhook-endpoints`, {
    method: 'POST',
    headers: { ...key, 'Content-Type': 'application/json' },
    body: JSON.stringify({ url: `http://localhost:${(receiver.address() as AddressInfo).port}/webhooks` }),
  })
  return (await made.json()) as { id: string; secret: string }
}

describe('npm run sandbox', () => {
  it('makes a shop out of a file in a namespace, and takes it away', async () => {
    const made = await sandbox(['seed', 'demo/seeds/tostadora.json', '--namespace', 'one', '--reset'])
    expect([made.code, made.complained]).toEqual([0, ''])
    expect(made.said).toMatch(/payments +tarrazu +pay_\w+/)
    expect(made.said).toContain('namespace one, whose clock shows 2027-03-15T15:00:00.000Z')
    expect([await count('one'), await count()]).toEqual([3, 0])
    const again = await sandbox(['seed', 'demo/seeds/tostadora.json', '--namespace', 'one', '--reset', '--json'])
    expect(Object.keys((JSON.parse(again.said) as SeedView).customers)).toEqual(['ana', 'luis', 'sofia'])
    expect(await count('one')).toBe(3)
    expect((await sandbox(['namespaces'])).said).toContain('  one  since ')
    expect((await sandbox(['reset', '--namespace', 'one'])).said).toContain('namespace one is gone')
    expect(await count('one')).toBe(0)
  })

  it('lets a reply be dropped by a running server, so often as it says', async () => {
    const on = await sandbox(['switch', 'dropped_reply', '--times', '2', '--method', 'get', '--path', '/v1/customers'])
    expect(on.said).toMatch(/^On: dropped_reply, 2 of 2 left, GET \/v1\/customers {2}\(sw_\w+\)\n$/)
    await expect(count()).rejects.toThrow('fetch failed')
    expect((await sandbox(['switches'])).said).toContain('1 of 2 left')
    expect((await sandbox(['clear'])).said).toBe('1 switch is gone.\n')
    expect([await count(), (await sandbox(['switches'])).said]).toEqual([0, 'Nothing is to go wrong.\n'])
  })

  it('puts a handler to the test, and ends with its verdict', async () => {
    const { id, secret } = await endpoint()
    answer = (request, response) => void request.resume().on('end', () => response.writeHead(200).end())
    const naive = await sandbox(['drill', id])
    expect(naive.code).toBe(1)
    expect(naive.said).toContain('✗ bad_signature      200\n')
    expect(naive.said).toContain('The handler fails:\n  An event that is signed with another secret is refused')
    const on = { 'payment.pending': () => undefined, 'payment.succeeded': () => undefined }
    const shipped = new Hono().route('/webhooks', webhookHandler({ secret, on, onTrouble: () => undefined }))
    answer = getRequestListener(shipped.fetch)
    const right = await sandbox(['drill', id, '--json'])
    expect([right.code, (JSON.parse(right.said) as DrillView).verdict]).toEqual([0, 'passed'])
  })

  it('says in a line what is wrong', async () => {
    const file = join(folder, 'wrong.json')
    writeFileSync(file, '{"refunds": {"back": {"payment": "none"}}, "plans": {"x": 1}}')
    const broken = join(folder, 'broken.json')
    writeFileSync(broken, '{')
    for (const [args, complaint, env] of [
      [['seed', file], /^422: plans\.x must be an object\n {2}plans\.x must be an object\n$/],
      [['seed', broken], /broken\.json is no JSON/],
      [['seed', join(folder, 'none.json')], /cannot be read \(ENOENT\)/],
      [['seed'], /^seed needs a FILE/],
      [['switch', 'late'], /kind must be one of: delay/],
      [['switch', 'delay', '--times', 'two'], /--times takes a whole number/],
      [['drill', 'we_unknown'], /^404: There is no such webhook endpoint/],
      [['reset', '--times', '2'], /^reset takes no --times/],
      [['reset', 'all'], /does not know what to do with "all"/],
      [['reset', '--namespace', 'a b'], /X-Sandbox-Namespace must be 1 to 64/],
      [['shake'], /^There is no command "shake"/],
      [['reset', '--key', 'sk_test_unknown'], /^401: /],
      [['reset', '--url', 'http://localhost:1'], /^Nobody answers at http:\/\/localhost:1/],
      [['reset'], /two dashes first/, { npm_config_namespace: 'one' }],
    ] as [string[], RegExp, Record<string, string>?][]) {
      const { code, complained } = await sandbox(args, env)
      expect([args, code]).toEqual([args, 1])
      expect(complained).toMatch(complaint)
    }
    expect((await sandbox(['--help'])).said).toContain('npm run sandbox -- seed FILE')
  })
})
