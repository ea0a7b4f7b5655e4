/** The payment side and the demo shop as real processes, on ports of their own, over a real database file. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './free-port.ts'

export type Part = {
  url: string
  start(): Promise<void>
  stop(): Promise<void>
  /** Ends it the way a power cut does: no signal it could hear. */
  kill(): Promise<void>
}
export type Shopping = {
  payments: Part
  shop: Part
  /**
   * A third server for pages of a test's own; `localhost` is on the account's list of origins, `127.0.0.1` is not. `namedUrl` is listed as
   * well: the host of a shop that is not this machine, for a browser that was told where it is.
   */
  pages: {
    url: string
    foreignUrl: string
    namedUrl: string
    set(path: string, html: string, headers?: Record<string, string>): void
  }
  /** Where the database and everything else on disk is. */
  folder: string
  /** All that both processes have printed. */
  printed: () => string
  stop(): Promise<void>
}

export const sandboxKey = 'sk_test_sandbox'

/** Starts both and waits until they answer. Everything they make lies in a folder that `stop` removes. */
export async function startShopping(env: Record<string, string> = {}): Promise<Shopping> {
  const folder = mkdtempSync(join(tmpdir(), 'shopping-'))
  const [port, shopPort] = [await freePort(), await freePort()]
  let printed = ''
  const print = (chunk: Buffer) => void (printed += chunk.toString())
  const pages = await startPages()
  const all = {
    ...process.env,
    PORT: String(port),
    SHOP_PORT: String(shopPort),
    PAYMENTS_API: `http://localhost:${port}`,
    DATABASE_URL: `sqlite:${join(folder, 'checkout.db')}`,
    SANDBOX_API_KEY: sandboxKey,
    SANDBOX_ORIGINS: `http://localhost:${shopPort},${pages.url},${pages.namedUrl}`,
    SANDBOX_NAME: 'Tostadora Barú',
    LOG_LEVEL: 'debug',
    // All of a test's buyers have one address.
    RATE_LIMITS: 'key=1000,address=1000,session=100',
    ...env,
  }
  // As built, which is what `npm start` runs.
  const payments = part('dist/server/main.mjs', port, all, print)
  const shop = part('demo/shop/main.ts', shopPort, all, print)
  await Promise.all([payments.start(), shop.start()])
  return {
    payments,
    shop,
    pages,
    folder,
    printed: () => printed,
    async stop() {
      await Promise.all([payments.stop(), shop.stop(), pages.stop()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A payment side alone, on a database of the caller's. */
export async function startPayments(
  env: Record<string, string>,
  script = 'server/main.ts',
  print: (chunk: Buffer) => void = (chunk) => void process.stderr.write(chunk),
): Promise<Part> {
  const port = await freePort()
  const all = {
    ...process.env,
    SANDBOX_API_KEY: sandboxKey,
    LOG_LEVEL: 'error',
    RATE_LIMITS: 'off',
    PORT: String(port),
    ...env,
  }
  const payments = part(script, port, all, print)
  await payments.start()
  return payments
}

function part(script: string, port: number, env: NodeJS.ProcessEnv, print: (chunk: Buffer) => void): Part {
  const url = `http://localhost:${port}`
  let child: ChildProcess | undefined
  return {
    url,
    async start() {
      const started = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'pipe'] })
      child = started
      started.stdout.on('data', print)
      started.stderr.on('data', print)
      for (let tries = 0; ; tries++) {
        if (started.exitCode !== null || tries > 600) throw new Error(`${script} did not come up`)
        const answer = await fetch(`${url}/healthz`).catch(() => undefined)
        await answer?.arrayBuffer()
        if (answer?.ok) return
        await sleep(25)
      }
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  }

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const running = child
    child = undefined
    if (!running || running.exitCode !== null) return
    const gone = new Promise((done) => running.once('exit', done))
    running.kill(signal)
    await gone
  }
}

async function startPages(): Promise<Shopping['pages'] & { stop(): Promise<void> }> {
  const known = new Map<string, { html: string; headers: Record<string, string> }>()
  const server = createHttpServer((request, response) => {
    const page = known.get(new URL(request.url ?? '/', 'http://localhost').pathname)
    response
      .writeHead(page ? 200 : 404, { 'Content-Type': 'text/html; charset=utf-8', ...page?.headers })
      .end(page?.html)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://localhost:${port}`,
    foreignUrl: `http://127.0.0.1:${port}`,
    namedUrl: `http://tienda.test:${port}`,
    set: (path, html, headers = {}) => void known.set(path, { html, headers }),
    async stop() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
