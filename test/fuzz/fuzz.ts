/**
 * Sends generated requests to a payment side in memory and holds every answer to the document: no failure of ours, no
 * undocumented status or body, nothing stored by what was refused, and every invariant at the end. Semantics A9.
 */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { sweep, sweepRefunds } from '../../server/actions/sweep.ts'
import { sandboxProcessor } from '../../server/processors/sandbox.ts'
import type { DatabaseKind } from '../support/databases.ts'
import { checkInvariants } from '../support/invariants.ts'
import { makeApp, type TestApp } from '../support/make-app.ts'
import { type Operation, operationsOf } from '../support/operations.ts'
import { type Kind, shopOf } from '../support/shop.ts'
import { openTenants, type Tenants } from '../support/tenants.ts'
import { watchRows } from '../support/watch-rows.ts'
import { Ahead, Id, type Request, requestsTo, Secret } from './requests.ts'

export type Report = {
  requests: number
  /** How many the platform itself would not send. */
  unsent: number
  byStatus: Record<number, number>
  /** How often each operation was answered with success. */
  succeeded: Map<string, number>
  slowestMs: number
  seconds: number
}

/** Something that must not be; its message tells how to see it again. */
export class Finding extends Error {}

const batchSize = 250
const slowMs = 5000
/**
 * Refusals after which something is stored: a card that was declined is an attempt to pay, and a secret key that came from a
 * browser is announced.
 */
const isStoring = (status: number, text: string): boolean =>
  // A HEAD request is told by its status alone.
  status === 402 || (status === 403 && (text === '' || text.includes('"secret_key_in_browser"')))
const kinds: Record<Kind, RegExp> = {
  session: /\bcs_(?:test|live)_\d+/g,
  intent: /\bpi_\d+\b/g,
  payment: /\bpay_\d+/g,
  customer: /\bcus_\d+/g,
  product: /\bprod_\d+/g,
  plan: /\bplan_\d+/g,
  link: /\bplink_\d+/g,
  subscription: /\bsub_\d+/g,
  refund: /\bref_\d+/g,
  invoice: /\bin_\d+/g,
}
const mostKnown = 60

export async function fuzz(by: {
  requests: number
  seed: number
  /** PostgreSQL is there within the test run only; on it rows are not watched. */
  on?: DatabaseKind
  stopped?: () => boolean
  progress?: (report: Report) => void
}): Promise<Report> {
  const app = await makeApp({ on: by.on ?? 'sqlite', liveProcessor: sandboxProcessor })
  const tenants = await openTenants(app)
  const operations = await operationsOf(app)
  const world = new World(app, tenants)
  await world.begin()
  const written = app.deps.store.kind === 'sqlite' ? await watchRows(app.deps.store) : () => Promise.resolve(0)
  const began = performance.now()
  const report: Report = { requests: 0, unsent: 0, byStatus: {}, succeeded: new Map(), slowestMs: 0, seconds: 0 }
  const arbitrary = requestsTo(operations)
  let rows = await written()

  for (let batch = 0; report.requests < by.requests && !by.stopped?.(); batch++) {
    const numRuns = Math.min(batchSize, by.requests - report.requests)
    for (const request of fc.sample(arbitrary, { seed: seedOf(by.seed, batch), numRuns })) {
      report.requests++
      const sent = world.toSend(request)
      const complain = (what: string, answer = ''): never => {
        const headers = Object.fromEntries(sent?.init.headers ?? [])
        const shown = JSON.stringify({ url: sent?.url, ...sent?.init, headers }).slice(0, 4000)
        throw new Finding(`seed ${by.seed}, request ${report.requests}: ${what}\n${shown}\n${answer.slice(0, 2000)}`)
      }
      if (!sent) {
        report.unsent++
        continue
      }
      const start = performance.now()
      const response = await app.app.request(sent.url, sent.init)
      const text = await response.text()
      const ms = performance.now() - start
      const { status } = response
      report.byStatus[status] = (report.byStatus[status] ?? 0) + 1
      report.slowestMs = Math.max(report.slowestMs, ms)
      if (status >= 500) complain(`answered ${status}\n${app.logged.at(-2) ?? ''}`, text)
      if (ms > slowMs) complain(`took ${ms} ms`, text)
      const fault = faultOf(operations, sent, response, text)
      if (fault !== undefined) complain(fault, text)
      const now = await written()
      const mayWrite = isStoring(status, text) || (status < 400 && sent.init.method !== 'GET')
      if (now !== rows && !mayWrite) {
        complain(`${status} wrote ${now - rows} rows`, text)
      }
      rows = now
      if (status < 300) {
        const operation = operationAt(operations, sent)
        if (operation) report.succeeded.set(operation.id, (report.succeeded.get(operation.id) ?? 0) + 1)
        world.remember(request.key, text)
      }
    }
    // Time passes, so that sessions end and refunds come to something.
    app.clock.at = new Date(app.clock.at.getTime() + [1, 5, 60, 3600][batch % 4]! * 1000)
    await sweep(app.deps)
    await sweepRefunds(app.deps)
    if (app.logged.some((line) => /what was due could not be done|an attempt could not be looked up/.test(line)))
      throw new Finding(`seed ${by.seed}, after ${report.requests} requests: a sweep failed`)
    app.logged.length = 0
    rows = await written()
    report.seconds = (performance.now() - began) / 1000
    by.progress?.(report)
  }
  try {
    await checkInvariants(app.deps.store.db)
  } catch (error) {
    throw new Finding(
      `seed ${by.seed}, after ${report.requests} requests: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  await app.deps.store.close()
  return report
}

/** Each batch has a seed of its own, and neighbouring seeds share none. */
const seedOf = (seed: number, batch: number): number =>
  createHash('sha256').update(`${seed} ${batch}`).digest().readInt32BE()

type Sent = { url: string; init: { method: string; headers: Headers; body?: string } }

/** What is wrong with an answer, or undefined. */
function faultOf(operations: readonly Operation[], sent: Sent, response: Response, text: string): string | undefined {
  const { status, headers } = response
  const { method } = sent.init
  if (headers.get('x-request-id') === null) return 'no request id'
  if (method === 'HEAD') return text === '' ? undefined : 'a body on HEAD'
  if (status === 204) return method === 'OPTIONS' && text === '' ? undefined : '204 without reason'
  if (headers.get('content-type') !== 'application/json') return `content type ${headers.get('content-type')}`
  const body = JSON.parse(text) as { code?: number; error?: { request_id?: string }; detail?: string }
  // Where both faces have a path, a token is the other one's to refuse, in its own words.
  if (status === 401 && body.detail !== undefined && new URL(sent.url).pathname.startsWith('/v1/refunds'))
    return undefined
  const operation = operationAt(operations, sent)
  if (status >= 400) {
    if (body.code !== status) return 'the code is not the status'
    if (body.error?.request_id !== headers.get('x-request-id') && !headers.has('idempotent-replayed'))
      return 'another request id'
    if (/node_modules|\.ts:\d|SQLITE|syntax error|sk_(test|live)_\w/.test(text)) return 'tells of our insides'
  }
  if (operation) return operation.faultOf(status, body)
  // Beside the document: a path that is not there, or one that does not take this method.
  if (![404, 405, 413].includes(status)) return `${status} where no operation is`
  if (status === 405 && !headers.get('allow')) return '405 without Allow'
  return operations[0]!.faultOf(404, body)
}

/** The operation that an address and a method mean, if any. */
function operationAt(operations: readonly Operation[], { url, init }: Sent): Operation | undefined {
  const { pathname } = new URL(url)
  // Where the other face has a path as well, doubled slashes are single ones.
  const plain = /^\/+v1\/+refunds\b/.test(pathname) ? pathname.replace(/\/{2,}/g, '/') : pathname
  const steps = plain.replace(/(?<=.)\/$/, '').split('/')
  const fits = ({ path }: Operation) => {
    const wanted = path.replace(/\/$/, '').split('/')
    return (
      wanted.length === steps.length &&
      wanted.every((step, n) => (step.startsWith('{') ? steps[n] !== '' : step === steps[n]))
    )
  }
  const literal = (one: Operation) => one.path.split('{').length
  const [best] = operations.filter(fits).toSorted((a, b) => literal(a) - literal(b))
  return best && operations.find((one) => one.path === best.path && one.method === init.method)
}

/** What there is by now, on either side of the walls. */
class World {
  readonly #app: TestApp
  readonly #tenants: Tenants
  readonly #ids = { mine: new Map<Kind, string[]>(), foreign: new Map<Kind, string[]>() }
  readonly #secrets = new Map<string, string>()

  constructor(app: TestApp, tenants: Tenants) {
    this.#app = app
    this.#tenants = tenants
  }

  async begin(): Promise<void> {
    for (const [name, tenant] of Object.entries(this.#tenants)) {
      const { one, intent } = shopOf(this.#app, tenant)
      for (const kind of Object.keys(kinds) as Kind[]) this.remember(name, `"${await one(kind)}"`)
      this.remember(name, JSON.stringify(await intent()))
    }
  }

  /** Learns the ids and secrets of an answer. */
  remember(who: string, text: string): void {
    const ids = this.#ids[who === 'mine' || who === 'none' ? 'mine' : 'foreign']
    for (const [kind, pattern] of Object.entries(kinds) as [Kind, RegExp][]) {
      const known = ids.get(kind) ?? []
      for (const id of text.match(pattern) ?? []) if (!known.includes(id)) known.push(id)
      ids.set(kind, known.slice(-mostKnown))
    }
    for (const [secret, id] of text.matchAll(/(pi_\d+)_secret_[\w-]+/g)) this.#secrets.set(id!, secret)
  }

  #id({ kind, whose, nth, spoil }: Id): string {
    const known = this.#ids[whose].get(kind)!
    // The newest are named most: what has just been made can still be paid, refunded, ended.
    const id = known[known.length - 1 - (nth % known.length)]!
    switch (spoil) {
      case 'not':
        return id
      case 'cut':
        return id.slice(0, -1)
      case 'case':
        return id.toUpperCase()
      case 'space':
        return ` ${id}`
    }
  }

  /** The request as it goes out, or undefined when no client could send it. */
  toSend(request: Request): Sent | undefined {
    const { operation, method } = request
    let intent = ''
    const path = operation.path.replace(/\/$/, '').replaceAll(/\{(.+?)\}/g, (_, name: string) => {
      const value = request.path[name]
      const id = value instanceof Id ? this.#id(value) : String(value)
      intent = id
      return encodeURIComponent(id.toWellFormed())
    })
    const query = new URLSearchParams(
      request.query.map(([name, value]) => [name.toWellFormed(), value.toWellFormed()]),
    ).toString()
    const resolve = (value: unknown): unknown => {
      if (value instanceof Id) return this.#id(value)
      if (value instanceof Ahead) {
        return new Date(this.#app.deps.now(this.#tenants.mine).getTime() + value.minutes * 60_000).toISOString()
      }
      if (value instanceof Secret) {
        const others = [...this.#secrets.values()]
        return value.nth === 'same' ? (this.#secrets.get(intent) ?? 'none') : others[value.nth % others.length]
      }
      if (Array.isArray(value)) return value.map(resolve)
      if (value === null || typeof value !== 'object') return value
      if ('deep' in value && typeof value.deep === 'number') return nested(value.deep)
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, resolve(inner)]))
    }
    const headers = new Headers()
    const key = this.#key(request.key)
    const text =
      request.body && ('json' in request.body ? JSON.stringify(resolve(request.body.json)) : request.body.text)
    try {
      if (text !== undefined) headers.set('Content-Type', 'application/json')
      if (operation.keyed && key !== undefined) headers.set('X-Api-Key', key)
      for (const [name, value] of request.headers) headers.set(name, String(resolve(value)))
      const url = `http://localhost${path}${request.slash ? '/' : ''}${request.tail}${query && `?${query}`}`
      const bodiless = method === 'GET' || method === 'HEAD'
      const init = { method, headers, ...(text !== undefined && !bodiless && { body: text }) }
      return { url: new globalThis.Request(url, init).url, init }
    } catch {
      return undefined
    }
  }

  #key(who: string): string | undefined {
    switch (who) {
      case 'none':
        return undefined
      case 'mine':
        return this.#tenants.mine.key
      case 'my live mode':
        return this.#tenants.mineLive.key
      case 'foreign':
        return this.#tenants.theirs.key
      default:
        return who
    }
  }
}

function nested(depth: number): unknown {
  let value: unknown = {}
  for (let n = 0; n < depth; n++) value = n % 2 ? { a: value } : [value]
  return value
}
