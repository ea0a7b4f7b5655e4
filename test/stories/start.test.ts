/** `npm start`, as a newcomer runs it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { freePort } from '../support/free-port.ts'

const folder = mkdtempSync(join(tmpdir(), 'start-'))
let running: ChildProcess | undefined
afterEach(() => {
  running?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const answers = (url: string) =>
  fetch(url).then(
    (answer) => answer.ok,
    () => false,
  )

it('brings up both sides, says where they are and with which key and cards, and takes both down again', async () => {
  const [port, shopPort] = [await freePort(), await freePort()]
  running = spawn(process.execPath, ['demo/start.ts'], {
    env: {
      ...process.env,
      PORT: String(port),
      SHOP_PORT: String(shopPort),
      DATABASE_URL: `sqlite:${join(folder, 'c.db')}`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  await new Promise<void>((ready, fail) => {
    running!.once('exit', (code) => fail(new Error(`ended with ${code}: ${printed}`)))
    running!.stdout!.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      if (printed.includes('Ctrl-C')) ready()
    })
  })
  for (const word of [
    `http://localhost:${shopPort}`,
    `http://localhost:${port}`,
    'sk_test_sandbox',
    '4242 4242 4242 4242',
    '4000 0000 0000 0002',
    '4000 0000 0000 9995',
  ]) {
    expect(printed).toContain(word)
  }
  const both = [`http://localhost:${port}/healthz`, `http://localhost:${shopPort}/`]
  expect(await Promise.all(both.map(answers))).toEqual([true, true])

  running.removeAllListeners('exit')
  const gone = new Promise((done) => running!.once('exit', done))
  running.kill('SIGTERM')
  expect(await gone).toBe(0)
  expect(await Promise.all(both.map(answers))).toEqual([false, false])
})
