/** The current API: requests are made of its document, and every answer is held to it. */
import { plainPath } from '../support/legacy-operations.ts'
import type { TestApp } from '../support/make-app.ts'
import { type Operation, operationsOf } from '../support/operations.ts'
import { type Kind, shopOf, testKinds } from '../support/shop.ts'
import { openTenants, type Tenants } from '../support/tenants.ts'
import type { Face, Sent } from './fuzz.ts'
import { Ahead, Id, nested, type Request, requestsTo, Secret } from './requests.ts'

const steering = new Set(['createSandboxSwitch', 'resetSandbox', 'seedSandbox'])

/** Opens both sides of the walls, and puts something of every kind on each. */
export async function currentFace(app: TestApp): Promise<Face<Request>> {
  const operations = await operationsOf(app)
  const world = new World(app, await openTenants(app))
  await world.begin()
  return {
    // A server that is told to fail does, and one that is emptied has nothing left to be asked for.
    requests: requestsTo(operations.filter(({ id }) => !steering.has(id))),
    toSend: (request) => world.toSend(request),
    remember: (request, text) => world.remember(request.key, text),
    faultOf: (sent, response, text) => faultOf(operations, sent, response, text),
    operationAt: (sent) => operationAt(operations, sent)?.id,
    isStoring,
  }
}

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
  event: /\bevt_\d+/g,
  endpoint: /\bwe_\d+/g,
  delivery: /\bwhd_\d+/g,
  drill: /\bdrill_\d+/g,
  switch: /\bsw_\d+/g,
  namespace: /\bacct_(?:sandbox|other)-\d+/g,
}
const mostKnown = 60

/** What is wrong with an answer, or undefined. */
function faultOf(operations: readonly Operation[], sent: Sent, response: Response, text: string): string | undefined {
  const { status, headers } = response
  const { method } = sent.init
  if (headers.get('x-request-id') === null) return 'no request id'
  if (method === 'HEAD') return text === '' ? undefined : 'a body on HEAD'
  if (status === 204) return method === 'OPTIONS' && text === '' ? undefined : '204 without reason'
  if (headers.get('content-type') !== 'application/json') return `content type ${headers.get('content-type')}`
  const body = JSON.parse(text) as { code?: number; error?: { request_id?: string } }
  const operation = operationAt(operations, sent)
  if (status >= 400) {
    if (body.code !== status) return 'the code is not the status'
    if (body.error?.request_id !== headers.get('x-request-id') && !headers.has('idempotent-replayed'))
      return 'another request id'
    if (/node_modules|\.ts:\d|SQLITE|syntax error|sk_(test|live)_\w/.test(text)) return 'tells of our insides'
  }
  // Where both faces have a path, a token that is no key is the legacy one's to refuse, in its own words.
  if (status === 401 && isForLegacy(sent)) return 'detail' in body ? undefined : 'a token is refused in other words'
  if (operation) return operation.faultOf(status, body)
  // Beside the document: a path that is not there, or one that does not take this method.
  if (![404, 405, 413].includes(status)) return `${status} where no operation is`
  if (status === 405 && !headers.get('allow')) return '405 without Allow'
  return operations[0]!.faultOf(404, body)
}

const isForLegacy = ({ url, init: { headers } }: Sent): boolean =>
  new URL(url).pathname.startsWith('/v1/refunds') &&
  !headers.has('x-api-key') &&
  /^bearer\b(?!\s+sk_)/i.test(headers.get('authorization') ?? '')

/** The operation that an address and a method mean, if any. */
function operationAt(operations: readonly Operation[], { url, init }: Sent): Operation | undefined {
  const { pathname } = new URL(url)
  // The one path that the legacy API has as well is taken as its clients write it.
  const steps = (/^\/+v1\/+refunds(?:\/|$)/.test(pathname) ? plainPath(pathname) : pathname)
    .replace(/(?<=.)\/$/, '')
    .split('/')
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
      for (const kind of Object.keys(kinds) as Kind[]) {
        if (!tenant.live || !testKinds.has(kind)) this.remember(name, `"${await one(kind)}"`)
      }
      this.remember(name, JSON.stringify(await intent()))
      await this.#app.ask('/v1/sandbox/switches', { method: 'DELETE', headers: { 'X-Api-Key': tenant.key } })
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
