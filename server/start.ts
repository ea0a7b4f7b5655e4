/** From the environment to a listening server, and back down in order. */
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '@hono/node-server'
import { pino } from 'pino'
import { ensureSandbox } from './actions/accounts.ts'
import { sweepClocks } from './actions/clock.ts'
import { sweep, sweepChallenges, sweepRefunds } from './actions/sweep.ts'
import type { Deliverer } from './webhooks/deliver.ts'
import { createApp } from './app.ts'
import { openAssets } from './assets.ts'
import type { Deps, Running } from './deps.ts'
import { clockOf, exitWith, settingsOrExit, storeOrExit } from './environment.ts'
import { idPrefixes, randomIds } from './ids.ts'
import { trustedProxies } from './domain/network.ts'
import { openLimits } from './limits.ts'
import { inBatches, openLog } from './log.ts'
import { openMetrics } from './metrics.ts'
import { openRecorder } from './recorder.ts'
import { sandboxProcessor } from './processors/sandbox.ts'
import { secretsFrom } from './secrets.ts'
import { hidesItsClients, isOwnMachine } from './settings.ts'
import { openClocks } from './store/clocks.ts'
import { openDirectory } from './store/directory.ts'
import { openSwitches } from './store/switches.ts'
import { drain } from './drain.ts'

const sweepEveryMs = 10_000
const watchEveryMs = 1_000
/** How long those who are sent something are waited for when the server stops. */
const receiversMs = 2_000
/** How long an event waits at most before it is sent. */
const deliverEveryMs = 200
/** The first round waits for the server to listen. */
const firstSweepMs = 200
/** How long a request may take to arrive whole. */
const requestMs = 10_000
/** Node's reasons for refusing to read a request, other than its form. */
const unreadable: Partial<Record<string, [status: number, words: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
}
/** How long what was begun may go on once the server is asked to stop: a little less than the 10 s it is promised to take. */
const stopMs = 9_500

/** Reads the settings, opens the database, listens, and stops on SIGTERM or SIGINT once what was begun is done. */
export async function start(given: {
  env: Readonly<Record<string, string | undefined>>
  now: () => Date
  /** The folder of the built scripts and styles. */
  built: URL
}): Promise<void> {
  const settings = settingsOrExit(given.env)
  const stdout = pino.destination({ fd: 1, sync: false })
  const lines = inBatches(stdout)
  process.on('exit', () => {
    lines.flush()
    stdout.flushSync()
  })
  // Lines in the log keep the real time, by which they are compared with those of others.
  const log = openLog(settings.logLevel, lines, given.now)
  const real = clockOf(settings, given.now)
  const secrets = secretsFrom(settings.serverSecret)
  const store = await storeOrExit(settings.databaseUrl, (error) =>
    log.error({ err: error }, 'database connection lost'),
  )
  const running: Running = { underWay: 0, stopping: false }
  const clocks = openClocks(store.db, real)
  await clocks.refresh()
  const { now } = clocks
  const switches = openSwitches(store.db, now)
  await switches.refresh()
  const deps: Deps = {
    store,
    now,
    clocks,
    switches,
    newId: randomIds(real),
    accounts: openDirectory(store.db, now, secrets, settings.sandboxKeys),
    secrets,
    processor: sandboxProcessor,
    liveProcessor: null,
    settings,
    log,
    limits: openLimits(settings.rateLimits),
    trusts: trustedProxies(settings.trustProxy),
    metrics: settings.metrics ? openMetrics(() => running.underWay) : undefined,
    recorder:
      settings.recordRequests === 'off'
        ? undefined
        : openRecorder(store, log, ({ live }) => !live || settings.recordRequests === 'all'),
    running,
  }
  if (settings.sandboxClock) {
    log.warn(
      { clock: settings.sandboxClock.toISOString() },
      'SANDBOX_CLOCK: the clock of this sandbox starts at that moment',
    )
  }
  if (hidesItsClients(settings)) {
    log.warn(
      {},
      'TRUST_PROXY is not set: if a proxy stands in front, all buyers share the rate limit of its one address',
    )
  }
  const notAsGiven = await ensureSandbox(deps, settings)
  for (const { id } of notAsGiven.revokedKeys) {
    log.warn({ key: id }, 'SANDBOX_API_KEY is a key that was revoked, and it stays so: set another one')
  }
  if (notAsGiven.clientTaken) {
    log.warn(
      { client: settings.sandboxClient.id },
      'SANDBOX_CLIENT_ID names a client that was made or revoked by npm run clients, and it stays as it is: set another one',
    )
  }
  const app = createApp(deps, openAssets(given.built))

  const server = serve(
    {
      fetch: app.fetch,
      port: settings.port,
      hostname: settings.host,
      serverOptions: { requestTimeout: requestMs, headersTimeout: requestMs, connectionsCheckingInterval: 1000 },
    },
    (address) => log.info({ address: `http://${settings.host}:${address.port}` }, 'payment side listening'),
  )
  server.on('error', (error: NodeJS.ErrnoException) => {
    exitWith(
      error.code === 'EADDRINUSE'
        ? `PORT ${settings.port} is in use on ${settings.host}: stop what listens there, or set another PORT`
        : `The server cannot listen: ${error.message}`,
    )
  })

  // What never became a request is refused by Node itself: with the documented body, like everything else.
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return
    const [status, words] = unreadable[error.code ?? ''] ?? [400, 'Bad Request']
    const body = JSON.stringify({
      code: status,
      title: words,
      content: 'This request could not be read',
      type: 'danger',
      error: {
        code: status === 408 ? 'request_timeout' : 'invalid_request',
        decline_code: null,
        param: null,
        request_id: deps.newId(idPrefixes.request),
      },
    })
    socket.end(
      `HTTP/1.1 ${status} ${words}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    )
  })

  // Loaded with the first round: a start has no time for it.
  let delivering: Promise<Deliverer[]> | undefined
  const deliverers = async (): Promise<Deliverer[]> => {
    const [{ openDelivery, overNetwork }, { openDrills }] = await Promise.all([
      import('./webhooks/deliver.ts'),
      import('./webhooks/drill.ts'),
    ])
    const send = overNetwork({ loopback: isOwnMachine(settings.host, settings.publicUrl) })
    return [openDelivery(deps, send, given.now), openDrills(deps, send, given.now)]
  }
  const drained = drain(server, running)
  const sweeping = [
    keepDoing(deps, sweepEveryMs, sweep),
    keepDoing(deps, watchEveryMs, sweepRefunds),
    keepDoing(deps, watchEveryMs, sweepChallenges),
    keepDoing(deps, watchEveryMs, sweepClocks),
    keepDoing(deps, deliverEveryMs, async () => {
      const all = await (delivering ??= deliverers())
      await Promise.all(all.map((one) => one.round()))
    }),
  ]
  const stop = async () => {
    if (running.stopping) return
    running.stopping = true
    log.info({ underWay: running.underWay }, 'stopping')
    setTimeout(() => exitWith('Stopped with requests still open'), stopMs).unref()
    await drained()
    await Promise.all(sweeping.map((one) => one.stop()))
    // A receiver may take its time; whoever starts next delivers what it had not answered yet.
    await Promise.race([delivering?.then((all) => Promise.all(all.map((one) => one.stop()))), sleep(receiversMs)])
    await deps.recorder?.flush()
    await store.close()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(
      signal,
      () => void stop().catch((error: Error) => exitWith(`The server could not stop in order: ${error.message}`)),
    )
  }
}

/** A round at start, then one every so often; a round that fails is logged, and the next one comes. */
function keepDoing(deps: Deps, everyMs: number, work: (deps: Deps) => Promise<void>): { stop(): Promise<void> } {
  let round: Promise<void> | undefined
  const begin = () => {
    round ??= work(deps)
      .catch((error: unknown) => deps.log.error({ err: error }, 'sweep failed'))
      .finally(() => (round = undefined))
  }
  const first = setTimeout(begin, firstSweepMs)
  const timer = setInterval(begin, everyMs)
  timer.unref()
  return {
    /** Begins no more, and resolves once the one that is under way has ended. */
    async stop() {
      clearTimeout(first)
      clearInterval(timer)
      await round
    },
  }
}
