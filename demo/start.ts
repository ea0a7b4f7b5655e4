/** `npm start`: the payment side and the demo shop beside each other, as two processes that live and end together. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { mayTest } from './qa/guard.ts'
import { BadSetting, readPort, readShopSettings } from './shop/settings.ts'

const readyWithinMs = 15_000
const stopWithinMs = 10_000

type Part = { name: string; file: string; host: string; port: number; portSetting: string }

function giveUp(line: string): never {
  console.error(`start: ${line}`)
  process.exit(1)
}

function settings() {
  try {
    const paymentsPort = readPort('PORT', process.env['PORT'], 4242)
    const api = process.env['PAYMENTS_API'] || process.env['PUBLIC_URL'] || `http://localhost:${paymentsPort}`
    return { paymentsPort, ...readShopSettings({ ...process.env, PAYMENTS_API: api }) }
  } catch (error) {
    if (error instanceof BadSetting) giveUp(error.message)
    throw error
  }
}

/** Asked before anything starts, so that a taken port is one line and not the end of a running pair. */
function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((answer) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => answer(error.code !== 'EADDRINUSE'))
    probe.listen(port, host, () => probe.close(() => answer(true)))
  })
}

async function isHealthy({ host, port }: Part): Promise<boolean> {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host
  try {
    const answer = await fetch(`http://${reached}:${port}/healthz`, { signal: AbortSignal.timeout(1_000) })
    return answer.ok
  } catch {
    return false
  }
}

/** The process above another one, where the system tells it through files. */
function parentOf(pid: number): string | undefined {
  try {
    // The name before it stands in brackets and may hold spaces.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]
  } catch {
    return undefined
  }
}

if (existsSync('.env')) process.loadEnvFile('.env')
const { paymentsPort, api, apiKey, host, port, shopUrl } = settings()
const parts: Part[] = [
  { name: 'payment side', file: '../dist/server/main.mjs', host, port: paymentsPort, portSetting: 'PORT' },
  { name: 'demo shop', file: './shop/main.ts', host, port, portSetting: 'SHOP_PORT' },
]
if (port === paymentsPort) giveUp(`PORT and SHOP_PORT are both ${port}; they must differ`)
for (const part of parts) {
  if (!(await isFree(part.host, part.port)))
    giveUp(`port ${part.port} is in use; set ${part.portSetting} to another one, or stop what listens there`)
}

const env = { LOG_LEVEL: 'warn', SANDBOX_NAME: 'Tostadora Barú', ...process.env, PAYMENTS_API: api }
const running = new Map<ChildProcess, string>()
let stopping = false

for (const { name, file } of parts) {
  const child = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url))], { stdio: 'inherit', env })
  running.set(child, name)
  child.once('error', (error) => stop(1, `the ${name} cannot start (${error.message})`))
  child.once('exit', (code, signal) => {
    running.delete(child)
    stop(1, `the ${name} stopped (${signal ?? `exit code ${code}`}), so the rest stops too`)
  })
}

/** Ends both and then this process; the first reason counts. */
function stop(exitCode: number, line?: string): void {
  if (stopping) return
  stopping = true
  if (line) console.error(`start: ${line}`)
  const children = [...running.keys()]
  const gone = children.map((child) => new Promise((done) => child.once('exit', done)))
  for (const child of children) child.kill('SIGTERM')
  setTimeout(() => children.forEach((child) => child.kill('SIGKILL')), stopWithinMs).unref()
  void Promise.all(gone).then(() => process.exit(exitCode))
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0))

// A killed npm tells nobody: its shell, or this process, is handed to another parent.
if (process.env['npm_lifecycle_event']) {
  const parent = process.ppid
  const above = parentOf(parent)
  setInterval(() => {
    if (process.ppid !== parent || parentOf(parent) !== above) stop(1)
  }, 1_000).unref()
}

const late = performance.now() + readyWithinMs
for (const part of parts) {
  while (!stopping && !(await isHealthy(part))) {
    if (performance.now() > late) stop(1, `the ${part.name} does not answer on port ${part.port}`)
    else await new Promise((done) => setTimeout(done, 100))
  }
}

const bench = mayTest({ api, apiKey, shopUrl, host }) ? `  Test bench     ${shopUrl}/qa\n` : ''
// Elsewhere there may be none.
const consoleLine = process.env['PAYMENTS_API'] ? '' : `  Console        ${api}/console\n`
if (!stopping)
  console.log(`
  Demo shop      ${shopUrl}
${bench}  Payment side   ${api}
${consoleLine}  Secret key     ${apiKey === 'sk_test_sandbox' ? apiKey : 'yours, from SANDBOX_API_KEY'}

  Test cards     4242 4242 4242 4242   succeeds
                 4000 0000 0000 0002   declined
                 4000 0000 0000 9995   insufficient funds
                 any future date, any CVC

  Ctrl-C stops both.
`)
