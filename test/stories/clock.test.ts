/** A sandbox whose clock starts at another moment, as a real process and by its settings alone. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSession, readSession } from '../support/http.ts'
import { type Part, startPayments } from '../support/servers.ts'

const folder = mkdtempSync(join(tmpdir(), 'clock-'))
const env = { DATABASE_URL: `sqlite:${join(folder, 'checkout.db')}`, SANDBOX_CLOCK: '2017-08-01', LOG_LEVEL: 'warn' }
let server: Part
let printed = ''
beforeAll(async () => {
  server = await startPayments(env, 'server/main.ts', (chunk) => void (printed += chunk.toString()))
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

const tool = (script: string, ...args: string[]) =>
  spawnSync(process.execPath, [script, ...args, '--json'], { env: { ...process.env, ...env }, encoding: 'utf8' })

describe('SANDBOX_CLOCK=2017-08-01', () => {
  it('starts the sandbox’s time there, and the time runs on', async () => {
    const end = async () => {
      const { body } = await createSession(server.url)
      return (await readSession(server.url, body['session_id'] as string)).body['expires_at'] as string
    }
    const first = await end()
    // A session lives for a day.
    expect(first).toMatch(/^2017-08-02T00:0/)
    await sleep(50)
    expect(Date.parse(await end()) - Date.parse(first)).toBeGreaterThanOrEqual(50)
  })

  it('is told in one line of the log, which keeps the real time', async () => {
    const [line, ...more] = printed
      .split('\n')
      .filter((text) => text.includes('SANDBOX_CLOCK'))
      .map((text) => JSON.parse(text) as Record<string, unknown>)
    expect([line, more]).toEqual([expect.objectContaining({ level: 40, clock: '2017-08-01T00:00:00.000Z' }), []])
    expect(Math.abs(Date.parse(line!['time'] as string) - Date.now())).toBeLessThan(600_000)
  })

  it('is the time of the command line too, so that what it ends has ended on the server', async () => {
    const made = JSON.parse(tool('server/keys.ts', 'create').stdout) as { id: string; key: string; created_at: string }
    expect(made.created_at).toMatch(/^2017-08-01T/)
    const read = async () =>
      (await fetch(`${server.url}/v1/payments/pay_none`, { headers: { 'X-Api-Key': made.key } })).status
    expect(await read()).toBe(404)
    tool('server/keys.ts', 'revoke', made.id)
    await sleep(1100)
    expect(await read()).toBe(401)
  })
})
