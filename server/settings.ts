/** The environment, checked once. Every setting has a default that works on one's own machine. */
import { readOrigin } from './domain/account.ts'
import { isLoopback } from './domain/address.ts'
import { looksLikeKey } from './domain/api-key.ts'
import { readNetwork } from './domain/network.ts'
import { couldBeClientId } from './domain/oauth.ts'

export type Settings = {
  port: number
  host: string
  /** The payment side's address as browsers see it; no trailing slash. */
  publicUrl: string
  databaseUrl: string
  sandboxApiKey: string
  /** Every key that opens the sandbox account by settings alone: that one, and beside the well-known one its twin. */
  sandboxKeys: readonly string[]
  /** The sandbox account's OAuth credentials for the legacy API. */
  sandboxClient: { id: string; secret: string }
  /** Origins of the pages that may show the sandbox account's element and card frame. */
  sandboxOrigins: string[]
  /** At what moment the sandbox's clock starts; null for now. */
  sandboxClock: Date | null
  /** What the sandbox's shop is called on payment pages. */
  sandboxName: string
  /** Signs client secrets, digests keys; at least 32 characters outside one's own machine. */
  serverSecret: string
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent'
  /** Requests a second; Infinity where nothing is counted. */
  rateLimits: { key: number; address: number; session: number }
  /** Addresses and networks of the proxies whose `X-Forwarded-For` is believed. */
  trustProxy: string[]
  /** Whether `/metrics` answers. */
  metrics: boolean
  /** Whose requests are written down for the console. */
  recordRequests: 'test' | 'all' | 'off'
}

/** A setting that cannot be used; its message is one line that names it. */
export class SettingError extends Error {}

const wellKnownKey = 'sk_test_sandbox'
/** As the vendor's examples print it: they then run here with nothing but the host changed. */
const printedKey = 'sk_test_your_api_key_here'
const wellKnownClientSecret = 'sandbox-secret'
const wellKnownSecret = 'well-known-and-only-for-loopback'
const onOrOff = ['on', 'off'] as const
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const

/** Reads and checks the settings, or throws a `SettingError`. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const text = (name: string, otherwise: string) => env[name]?.trim() || otherwise
  const port = wholePort('PORT', text('PORT', '4242'))
  const host = text('HOST', '127.0.0.1')
  const publicUrl = webOrigin('PUBLIC_URL', text('PUBLIC_URL', `http://localhost:${port}`))
  const shopPort = wholePort('SHOP_PORT', text('SHOP_PORT', '4243'))
  const sandboxApiKey = text('SANDBOX_API_KEY', wellKnownKey)
  const settings: Settings = {
    port,
    host,
    publicUrl,
    databaseUrl: databaseAddress(text('DATABASE_URL', 'sqlite:./data/checkout.db')),
    sandboxApiKey,
    sandboxKeys: sandboxApiKey === wellKnownKey ? [wellKnownKey, printedKey] : [sandboxApiKey],
    sandboxClient: {
      id: text('SANDBOX_CLIENT_ID', 'sandbox'),
      secret: text('SANDBOX_CLIENT_SECRET', wellKnownClientSecret),
    },
    sandboxOrigins: text('SANDBOX_ORIGINS', `http://localhost:${shopPort},http://127.0.0.1:${shopPort}`)
      .split(',')
      .map((origin) => webOrigin('SANDBOX_ORIGINS', origin.trim())),
    sandboxClock: moment('SANDBOX_CLOCK', text('SANDBOX_CLOCK', 'now')),
    sandboxName: text('SANDBOX_NAME', 'Sandbox'),
    serverSecret: text('SERVER_SECRET', wellKnownSecret),
    logLevel: oneOf('LOG_LEVEL', text('LOG_LEVEL', 'info'), logLevels),
    rateLimits: requestsASecond(text('RATE_LIMITS', 'on')),
    trustProxy: proxies(text('TRUST_PROXY', 'none')),
    // A server on a loopback address that browsers know under another name stands behind a proxy, which shows all of it.
    metrics: oneOf('METRICS', text('METRICS', isOwnMachine(host, publicUrl) ? 'on' : 'off'), onOrOff) === 'on',
    recordRequests: oneOf('RECORD_REQUESTS', text('RECORD_REQUESTS', 'test'), ['test', 'all', 'off']),
  }
  if (!looksLikeKey(sandboxApiKey) || !sandboxApiKey.startsWith('sk_test_')) {
    throw new SettingError('SANDBOX_API_KEY must start with sk_test_ and go on with letters and digits')
  }
  const { sandboxClient } = settings
  if (!couldBeClientId(sandboxClient.id)) {
    throw new SettingError('SANDBOX_CLIENT_ID must be 1 to 100 letters, digits, dots, dashes or underscores')
  }
  // Of letters that mean themselves in a form and in an Authorization header, encoded or not.
  if (!/^[0-9A-Za-z._~-]{8,200}$/.test(sandboxClient.secret)) {
    throw new SettingError('SANDBOX_CLIENT_SECRET must be 8 to 200 letters, digits, dots, dashes or underscores')
  }
  const production = env['NODE_ENV'] === 'production'
  if (production && settings.sandboxClock) throw new SettingError('SANDBOX_CLOCK must not be set in production')
  const open = !isLoopbackHost(host)
  if (production || open) {
    const why = production ? 'in production' : `when HOST is ${host}, which others can reach`
    if (settings.serverSecret === wellKnownSecret || settings.serverSecret.length < 32) {
      throw new SettingError(`SERVER_SECRET must be set to 32 random characters or more ${why}`)
    }
    if ([wellKnownKey, printedKey].includes(sandboxApiKey)) {
      throw new SettingError(`SANDBOX_API_KEY must be set to a secret of your own ${why}`)
    }
    if (sandboxClient.secret === wellKnownClientSecret) {
      throw new SettingError(`SANDBOX_CLIENT_SECRET must be set to a secret of your own ${why}`)
    }
  }
  return settings
}

const isLoopbackHost = (host: string): boolean => isLoopback(host === '::1' ? '[::1]' : host)

/** Whether nobody but this machine is meant to reach the server: neither directly nor through a proxy on it. */
export const isOwnMachine = (host: string, publicUrl: string): boolean =>
  isLoopbackHost(host) && isLoopback(new URL(publicUrl).hostname)

/** Whether the server seems to stand behind a proxy that it was not told of: all buyers then have that proxy's address. */
export const hidesItsClients = ({ host, publicUrl, trustProxy, rateLimits }: Settings): boolean =>
  isLoopbackHost(host) && !isOwnMachine(host, publicUrl) && trustProxy.length === 0 && rateLimits.address !== Infinity

const usualLimits: Settings['rateLimits'] = { key: 100, address: 20, session: 5 }

function requestsASecond(text: string): Settings['rateLimits'] {
  if (text === 'on') return usualLimits
  if (text === 'off') return { key: Infinity, address: Infinity, session: Infinity }
  const limits = new Map<string, number>()
  for (const part of text.split(',')) {
    const [, name = '', figure] = /^\s*(key|address|session)\s*=\s*([1-9]\d{0,6})\s*$/.exec(part) ?? []
    if (figure === undefined || limits.has(name)) {
      throw new SettingError(
        'RATE_LIMITS must be on, off, or requests a second from 1 to 9999999 such as key=1000,address=200,session=50',
      )
    }
    limits.set(name, Number(figure))
  }
  return { ...usualLimits, ...Object.fromEntries(limits) }
}

function proxies(text: string): string[] {
  if (text === 'none') return []
  const networks = text.split(',').map((part) => part.trim())
  // Who believes everyone lets every client choose its own address.
  if (networks.some((network) => !readNetwork(network)?.bits)) {
    throw new SettingError('TRUST_PROXY must be none, or addresses and networks such as 127.0.0.1,10.0.0.0/8,::1')
  }
  return networks
}

function wholePort(name: string, text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new SettingError(`${name} must be a port from 0 to 65535`)
  return port
}

function webOrigin(name: string, text: string): string {
  const origin = readOrigin(text)
  if (origin === undefined) {
    throw new SettingError(`${name} must be an address such as https://pay.example, without a path`)
  }
  return origin
}

/** Years in which everything that counts time has room before and after. */
const clockYears = /^20\d\d-/

function moment(name: string, text: string): Date | null {
  if (text === 'now') return null
  const [, day, time] = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/.exec(text) ?? []
  const at = new Date(time === undefined ? `${day}T00:00:00Z` : text)
  // A day that its month does not have is taken by the platform for one of the next month.
  const midnight = new Date(`${day}T00:00:00Z`)
  const exists = !Number.isNaN(at.getTime()) && midnight.toISOString().startsWith(day!)
  if (exists && clockYears.test(at.toISOString())) return at
  throw new SettingError(`${name} must be a date or moment of this century, such as 2017-08-01 or 2017-08-01T09:00:00Z`)
}

function databaseAddress(text: string): string {
  if (/^sqlite:.+/.test(text) || /^postgres(ql)?:\/\/.+/.test(text)) return text
  throw new SettingError('DATABASE_URL must be sqlite:FILE, sqlite::memory: or postgres://…')
}

function oneOf<const T extends string>(name: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((word) => word === text)
  if (found === undefined) throw new SettingError(`${name} must be one of ${allowed.join(', ')}`)
  return found
}
