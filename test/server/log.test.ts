import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { inBatches, openLog } from '../../server/log.ts'

const about = { requestId: 'req_1', method: 'GET', route: '/healthz', status: 200, ms: 0.4 }

describe('inBatches()', () => {
  let written: string[]
  beforeEach(() => {
    vi.useFakeTimers()
    written = []
  })
  afterEach(() => vi.useRealTimers())
  const open = () => openLog('info', inBatches({ write: (text) => void written.push(text) }), () => new Date())

  it('lets the lines of requests leave together, a tenth of a second after the first', () => {
    const log = open()
    log.request(about)
    log.request(about)
    expect(written).toEqual([])
    vi.advanceTimersByTime(100)
    expect(written).toHaveLength(1)
    expect(
      written[0]!
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toMatchObject([about, about])
  })

  it('keeps no other line back, and none before it', () => {
    const log = open()
    log.request(about)
    log.warn({}, 'mind this')
    expect(written.join('')).toMatch(/"msg":"request"}\n.*"msg":"mind this"}\n$/)
  })

  it('never keeps more than 256 lines', () => {
    const log = open()
    for (let n = 0; n < 256; n++) log.request(about)
    expect(written.join('').match(/\n/g)).toHaveLength(256)
  })
})

/** Gives the server a signal at which it meets an error that nobody catches. */
const fails = 'data:text/javascript,process.on("SIGUSR2", () => { throw new Error("fatal") })'

describe('a process that logs', () => {
  it.each(['SIGTERM', 'SIGUSR2'] as const)('loses no line of a request on %s', async (signal) => {
    const port = await freePort()
    const child = spawn(process.execPath, ['--import', fails, 'server/main.ts'], {
      env: { ...process.env, PORT: String(port), DATABASE_URL: 'sqlite::memory:', LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let out = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    await vi.waitUntil(() => out.includes('listening'), { timeout: 5000 })
    for (let n = 0; n < 3; n++) await (await fetch(`http://127.0.0.1:${port}/healthz`)).text()
    child.kill(signal)
    await once(child, 'close')
    expect(out.match(/"route":"\/healthz","status":200/g)).toHaveLength(3)
  })
})
