/** A whole payment side in memory: given time, countable ids, every log line kept. */
import { ensureSandbox, sandboxAccountId } from '../../server/actions/accounts.ts'
import { createClient, type MadeClient } from '../../server/actions/clients.ts'
import { createKey } from '../../server/actions/keys.ts'
import { createApp } from '../../server/app.ts'
import type { Assets } from '../../server/assets.ts'
import { Hono } from 'hono'
import type { ErrorBody } from '../../server/contract/errors.ts'
import type { IntentView, NewIntentView, PaymentView, SessionView } from '../../server/contract/checkout.ts'
import type { Deps, Running } from '../../server/deps.ts'
import { trustedProxies } from '../../server/domain/network.ts'
import { randomLetters } from '../../server/ids.ts'
import { openLimits } from '../../server/limits.ts'
import { openLog } from '../../server/log.ts'
import { openMetrics } from '../../server/metrics.ts'
import { openRecorder } from '../../server/recorder.ts'
import { sandboxProcessor } from '../../server/processors/sandbox.ts'
import type { Processor } from '../../server/processors/processor.ts'
import { secretsFrom } from '../../server/secrets.ts'
import type { Settings } from '../../server/settings.ts'
import { openClocks } from '../../server/store/clocks.ts'
import { openDirectory } from '../../server/store/directory.ts'
import { openSwitches } from '../../server/store/switches.ts'
import type { Store } from '../../server/store/schema.ts'
import { type DatabaseKind, emptyStore } from './databases.ts'

export const shopOrigin = 'http://localhost:4243'
export const apiKey = 'sk_test_sandbox'
/** The sandbox's OAuth credentials. */
export const oauthClient = { id: 'sandbox', secret: 'sandbox-secret' }

export type Answer<T> = { status: number; headers: Headers; text: string; body: T }
export type TestApp = Awaited<ReturnType<typeof makeApp>>

/** An assets port with small files in it. */
const noAssets: Assets = {
  find: (name) =>
    Promise.resolve({
      path: `/assets/${name}`,
      integrity: 'sha384-none',
      type: 'text/plain',
      encoded: new Map(),
      body: new Uint8Array(),
    }),
  routes: () => new Hono(),
}

export async function makeApp(
  given: {
    on?: DatabaseKind
    store?: Store
    processor?: Processor
    liveProcessor?: Processor
    at?: string
    ids?: Deps['newId']
    /** Requests a second; none is limited unless it is named here. */
    limits?: Partial<Settings['rateLimits']>
    trustProxy?: string[]
    metrics?: boolean
    /** Whether requests are written down. */
    records?: boolean
    /** The built files; without them every one is empty. */
    assets?: Assets
  } = {},
) {
  const clock = { at: new Date(given.at ?? '2026-11-20T12:00:00.000Z') }
  const real = () => clock.at
  const store = given.store ?? (await emptyStore(given.on ?? 'sqlite'))
  const clocks = openClocks(store.db, real)
  await clocks.refresh()
  const { now } = clocks
  const secrets = secretsFrom('a secret for tests, of at least 32')
  let count = 0
  const logged: string[] = []
  const running: Running = { underWay: 0, stopping: false }
  const deps: Deps = {
    store,
    now,
    clocks,
    switches: openSwitches(store.db, now),
    newId: given.ids ?? ((prefix) => `${prefix}${String(++count).padStart(6, '0')}`),
    accounts: openDirectory(store.db, now, secrets, [apiKey]),
    secrets,
    processor: given.processor ?? sandboxProcessor,
    liveProcessor: given.liveProcessor ?? null,
    settings: { publicUrl: 'http://localhost:4242' },
    log: openLog('debug', { write: (line) => void logged.push(line) }, now),
    limits: openLimits({ key: Infinity, address: Infinity, session: Infinity, ...given.limits }),
    trusts: trustedProxies(given.trustProxy ?? []),
    metrics: given.metrics ? openMetrics(() => running.underWay) : undefined,
    recorder: undefined,
    running,
  }
  if (given.records) deps.recorder = openRecorder(store, deps.log, ({ live }) => !live)
  await ensureSandbox(deps, {
    sandboxKeys: [apiKey],
    sandboxClient: oauthClient,
    sandboxName: 'Tostadora',
    sandboxOrigins: [shopOrigin],
  })
  const app = createApp(deps, given.assets ?? noAssets)

  /** `from` is the other end of the connection. */
  async function ask<T>(path: string, init: RequestInit = {}, from?: string): Promise<Answer<T>> {
    const response = await app.request(path, init, from && { incoming: { socket: { remoteAddress: from } } })
    const text = await response.text()
    // A HEAD request is answered with a type and without a text.
    const json = text !== '' && response.headers.get('content-type')?.includes('json')
    return { status: response.status, headers: response.headers, text, body: (json ? JSON.parse(text) : text) as T }
  }
  const post = <T>(path: string, body: unknown, headers: Record<string, string> = {}) =>
    ask<T>(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })

  return {
    app,
    deps,
    clock,
    logged,
    ask,
    post,
    /** A secret key of its own: for the other mode, or another account that is there. */
    newKey: async (of: { accountId?: string; live?: boolean } = {}): Promise<string> => {
      const { accountId = sandboxAccountId, live = false } = of
      return (await createKey({ ...deps, draw: randomLetters }, { accountId, live, name: null })).secret
    },
    /** An OAuth client of its own, likewise. */
    newClient: (of: { accountId?: string; live?: boolean } = {}): Promise<MadeClient> => {
      const { accountId = sandboxAccountId, live = false } = of
      return createClient({ ...deps, draw: randomLetters }, { accountId, live, name: null })
    },
    /** An OAuth token, of the sandbox's client unless another is named. */
    newToken: async (of: { client?: { id: string; secret: string }; scope?: string } = {}): Promise<string> => {
      const { id, secret } = of.client ?? oauthClient
      const sent = { grant_type: 'client_credentials', client_id: id, client_secret: secret, scope: of.scope }
      return (await post<{ access_token: string }>('/authentication/token/', sent)).body.access_token
    },
    /** As a shop's server. */
    createSession: (change: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
      post<{ session_id: string; checkout_url: string } & ErrorBody>(
        '/v1/payments/session',
        { amount: '12500.00', currency: 'CRC', return_url: `${shopOrigin}/orders/1`, ...change },
        { 'X-Api-Key': apiKey, ...headers },
      ),
    readSession: (id: string) => ask<SessionView & ErrorBody>(`/v1/payments/session/${id}`),
    createIntent: (sessionId: string, headers: Record<string, string> = {}) =>
      post<NewIntentView & ErrorBody>('/v1/payments/intent', { session_id: sessionId }, headers),
    confirm: (intent: NewIntentView, card: Record<string, unknown> = {}, headers: Record<string, string> = {}) => {
      const { postal_code, ...fields } = card
      return post<IntentView & ErrorBody>(
        `/v1/payments/intent/${intent.id}/confirm`,
        {
          client_secret: intent.client_secret,
          card: { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123', ...fields },
          ...(postal_code !== undefined && { postal_code }),
        },
        headers,
      )
    },
    readPayment: (id: string) =>
      ask<PaymentView & ErrorBody>(`/v1/payments/${id}`, { headers: { 'X-Api-Key': apiKey } }),
    /** A session and its intent, ready for a card. */
    async openIntent(change: Record<string, unknown> = {}): Promise<NewIntentView & { session_id: string }> {
      const session = await this.createSession(change)
      const intent = await this.createIntent(session.body.session_id)
      return { ...intent.body, session_id: session.body.session_id }
    },
  }
}
