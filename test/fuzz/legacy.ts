/** The legacy API: requests are made of its table of operations, in every form of body, and every answer is held to it. */
import fc from 'fast-check'
import { z } from 'zod'
import { testCards } from '../../server/domain/test-cards.ts'
import { createClient } from '../../server/actions/clients.ts'
import { randomLetters } from '../../server/ids.ts'
import { type BodyForm, bodyForms, type Fields, withTextNumbers } from '../support/body-forms.ts'
import {
  legacyAddress,
  legacyError,
  type LegacyOperation,
  legacyOperations,
  legacyStatuses,
  plainPath,
  tokenOperation,
} from '../support/legacy-operations.ts'
import { type LegacyKind, type LegacyShop, legacyShopOf, Named } from '../support/legacy-shop.ts'
import type { TestApp } from '../support/make-app.ts'
import { openTenants } from '../support/tenants.ts'
import type { Face, Sent } from './fuzz.ts'
import { brokenText, huge, junk, mostly, nested, odd, oddHeaders, spoiled } from './requests.ts'

/** Stands for something that is only known when the request is sent, by one of its names. */
class Known {
  readonly kind: LegacyKind
  readonly whose: 'mine' | 'foreign'
  readonly nth: number
  readonly name: number
  readonly spoil: 'not' | 'cut' | 'case' | 'space'

  constructor(kind: LegacyKind, whose: Known['whose'], nth: number, name: number, spoil: Known['spoil']) {
    this.kind = kind
    this.whose = whose
    this.nth = nth
    this.name = name
    this.spoil = spoil
  }
}

type LegacyRequest = {
  operation: LegacyOperation
  method: string
  path: Record<string, unknown>
  query: [string, unknown][]
  slash: 'one' | 'none' | 'doubled'
  /** What is put behind the path. */
  tail: string
  headers: [string, unknown][]
  /** Whose token: one of those below, or this very text. */
  token: string
  form: BodyForm
  textNumbers: boolean
  /** Fields in that form, or this text as it is. */
  body: { fields: unknown } | { text: string } | { bytes: Uint8Array<ArrayBuffer> } | undefined
}

const kinds: LegacyKind[] = ['customer', 'charge', 'plan', 'subscription', 'refund']
const mostKnown = 60

const known = (kind: LegacyKind): fc.Arbitrary<Known> =>
  fc
    .tuple(
      mostly(fc.constant('mine' as const), fc.constant('foreign' as const), 8),
      fc.nat(60),
      fc.nat(1),
      mostly(fc.constant('not' as const), fc.constantFrom('cut', 'case', 'space'), 12),
    )
    .map(([whose, nth, name, spoil]) => new Known(kind, whose, nth, name, spoil))

const currencies = ['crc', 'USD', 'Usd', 'jpy', 'KWD', 'eur']
const text = fc.oneof(
  { weight: 12, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }) },
  { weight: 2, arbitrary: odd },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'Tarjeta 4242 4242 4242 4242',
      '42 5555-5555-5555-4444 1',
      '３７８２８２２４６３１０００５',
    ),
  },
)

/** Values that fields may well take, by their names; others take what the right request says. */
const likely: Record<string, fc.Arbitrary<unknown>> = {
  credit_card_number: fc.oneof(
    fc.constant(4_242_424_242_424_242),
    fc.constantFrom('4242424242424242', '5555-5555-5555-4444', '*************4242', null),
    fc.constantFrom(...testCards.map(({ number }) => number)),
  ),
  credit_card_security_code_number: mostly(fc.constant(123), fc.constantFrom('1234', '123', '***', '12', null), 8),
  exp_month: mostly(fc.constant(9), fc.constantFrom('09', '12', 1, 13, null), 8),
  exp_year: mostly(fc.constant(2034), fc.constantFrom('2034', 34, '34', 2020, null), 8),
  currency: fc.constantFrom(...currencies),
  name: text,
  description: text,
  entity_description: text,
  credit_card_description: text,
  reason: text,
  page: text,
  bank_name: text,
  bank_account_number: fc.constantFrom('15201001026284066', 15201001026284066, ''),
  test: fc.constantFrom(true, 'True', 'true', 1, false, 'FALSE', null),
  email: fc.constantFrom('tony@4geeks.io', 'luis+1@sub.example.co.cr'),
  id_name: fc.oneof(text, fc.constantFrom('a', 'b', 'mi-plan-id'), fc.nat()),
  trial_period_days: fc.constantFrom(0, 7, '30', ''),
  interval: fc.constantFrom('day', 'week', 'month', 'year', 'Month'),
  interval_count: fc.constantFrom(1, '6', 12, 1000),
  items: fc.array(fc.oneof(text, fc.record({ name: text, quantity: fc.nat(9) })), { maxLength: 4 }),
  return_url: fc.constantFrom(
    'https://shop.example/orders/42',
    'http://localhost:4243/',
    'https://ñandú.example/é?x=1#y',
  ),
}
const majorUnits = fc.constantFrom<unknown>(90.32, '90.32', 800.55, '0.01', 1, '12500', 5.5, '999999999.99', 1.234)
const minorUnits = fc.oneof(fc.integer({ min: 1, max: 3_000_000 }), fc.constantFrom('300000', '1', 99_999_999_999))
const refundUnits = fc.constantFrom<unknown>(0.01, '0.5', 1, 10.5, 5)

function valueOf({ id }: LegacyOperation, field: string, right: unknown): fc.Arbitrary<unknown> {
  if (right instanceof Named) return known(right.kind)
  if (field === 'amount') return id.endsWith('Plan') ? minorUnits : id === 'createRefund' ? refundUnits : majorUnits
  return likely[field] ?? fc.constant(right)
}

/** What requests name, before anything is there. */
const nobody = new Proxy({} as LegacyShop, {
  get: (_, property: string) => {
    const kind = kinds.find((one) => property.toLowerCase().includes(one)) ?? 'plan'
    if (property === 'planName') return () => 'plan'
    return () => Promise.resolve(new Named(property === 'customerCharge' ? 'charge' : kind))
  },
})

const slashes = mostly(fc.constant('one' as const), fc.constantFrom('none', 'doubled'), 3)
const tails = fc.constantFrom('/', '//', 'x', '/x', '/%2e%2e', '/../x', '%', '%20', ';x=1', '.json', '/__proto__', '?a')

async function requestsTo(operation: LegacyOperation): Promise<fc.Arbitrary<LegacyRequest>> {
  const right = await operation.right(nobody)
  const fields = Object.fromEntries(
    Object.entries(right.fields ?? {}).map(([name, value]) => [name, valueOf(operation, name, value)]),
  )
  const whole = mostly(
    fc.record(fields),
    fc.record(fields, { requiredKeys: [] }),
    operation.method === 'PUT' || operation.method === 'PATCH' ? 1 : 15,
  ) as fc.Arbitrary<Record<string, unknown>>
  const body: fc.Arbitrary<LegacyRequest['body']> = fc.oneof(
    { weight: 12, arbitrary: whole.map((one) => ({ fields: one })) },
    { weight: 8, arbitrary: spoiled(whole).map((one) => ({ fields: one })) },
    { weight: 1, arbitrary: junk.map((one) => ({ fields: one })) },
    { weight: 1, arbitrary: brokenText.map((one) => ({ text: one })) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((one) => ({ bytes: new Uint8Array(one) })) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  )
  return fc.record({
    operation: fc.constant(operation),
    method: mostly(
      fc.constant<string>(operation.method),
      fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'QUERY'),
      25,
    ),
    path: fc.record(
      Object.fromEntries(
        Object.entries(right.path ?? {}).map(([name, { kind }]) => [
          name,
          mostly<unknown, unknown>(known(kind), fc.oneof(odd, huge)),
        ]),
      ),
    ) as fc.Arbitrary<Record<string, unknown>>,
    query: fc
      .tuple(
        fc.tuple(
          ...Object.entries(right.query ?? {}).map(([name, { kind }]) =>
            fc.tuple(fc.constant(name), mostly<unknown, unknown>(known(kind), odd)),
          ),
        ),
        mostly(
          fc.constant([]),
          fc.array(fc.tuple(fc.oneof(odd, fc.constantFrom('customer', 'subscription_id')), odd), { maxLength: 2 }),
        ),
      )
      .map((lists) => lists.flat() as [string, unknown][]),
    slash: slashes,
    tail: mostly(fc.constant(''), tails, 30),
    headers: mostly(fc.constant([]), fc.array(oddHeaders, { maxLength: 3 }), 2) as fc.Arbitrary<[string, unknown][]>,
    token: mostly(
      fc.constant('mine'),
      fc.oneof(fc.constantFrom('reader', 'my live mode', 'foreign', 'none'), odd, huge),
      12,
    ),
    form: fc.constantFrom(...bodyForms),
    textNumbers: fc.boolean(),
    body: right.fields ? body : mostly(fc.constant(undefined), body, 10),
  })
}

/** Requests to every operation: what makes and charges most of all, what ends things seldom. */
async function allRequests(): Promise<fc.Arbitrary<LegacyRequest>> {
  const weights: Record<string, number> = {
    createSimpleCharge: 10,
    createCharge: 10,
    'create customers': 8,
    createRefund: 8,
  }
  const all = await Promise.all(
    [...legacyOperations, tokenOperation].map(async (operation) => ({
      weight: weights[operation.id] ?? (operation.method === 'DELETE' ? 1 : operation.method === 'POST' ? 4 : 2),
      arbitrary: await requestsTo(operation),
    })),
  )
  return fc.oneof(...all)
}

/** What answers tell of objects' names. */
type Told = Partial<{
  id: number
  key: string
  information: { id_name: string }
  subscription_id: string
  charge_id: string
  refund_id: string
}>

/** What there is by now, on either side of the walls. */
class World {
  readonly #app: TestApp
  readonly #objects = { mine: new Map<LegacyKind, Named[]>(), foreign: new Map<LegacyKind, Named[]>() }
  readonly #tokens = new Map<string, string>()
  #clients: [who: string, client: { id: string; secret: string } | undefined, scope: string][] = []

  constructor(app: TestApp) {
    this.#app = app
  }

  async begin(): Promise<void> {
    const { mineLive, theirs } = await openTenants(this.#app)
    const clientOf = async (tenant: { accountId: string; live: boolean }) => {
      const { client, secret } = await createClient(
        { ...this.#app.deps, draw: randomLetters },
        { ...tenant, name: null },
      )
      return { id: client.id, secret }
    }
    this.#clients = [
      ['mine', undefined, ''],
      ['reader', undefined, 'read'],
      ['my live mode', await clientOf(mineLive), ''],
      ['foreign', await clientOf(theirs), ''],
    ]
    await this.renew()
    for (const who of ['mine', 'foreign'] as const) {
      const token = this.#tokens.get(who)!
      const shop = legacyShopOf(this.#app, token)
      for (const kind of kinds) for (let n = 0; n < 3; n++) this.#add(who, await shop.one(kind))
    }
    for (const token of this.#tokens.values()) {
      // Its owner's details are kept from the first time that they are asked for.
      await this.#app.ask('/v1/accounts/me/', { headers: { Authorization: `bearer ${token}` } })
    }
  }

  async renew(): Promise<void> {
    for (const [who, client, scope] of this.#clients) {
      this.#tokens.set(who, await this.#app.newToken({ scope, ...(client && { client }) }))
    }
  }

  #add(who: 'mine' | 'foreign', object: Named): void {
    const objects = this.#objects[who].get(object.kind) ?? []
    if (!objects.some(({ names }) => names[0] === object.names[0])) objects.push(object)
    this.#objects[who].set(object.kind, objects.slice(-mostKnown))
  }

  /** Learns the names of what an answer tells of. */
  remember({ token }: LegacyRequest, answer: string): void {
    if (token !== 'mine' && token !== 'foreign') return
    const visit = (value: unknown): void => {
      if (value === null || typeof value !== 'object') return
      const { id, key, information, subscription_id, charge_id, refund_id } = value as Told
      if (subscription_id) this.#add(token, new Named('subscription', subscription_id, id!))
      else if (information) this.#add(token, new Named('plan', information.id_name, key!))
      else if (key && id) this.#add(token, new Named('customer', id, key))
      if (refund_id) this.#add(token, new Named('refund', refund_id))
      else if (charge_id) this.#add(token, new Named('charge', charge_id))
      Object.values(value).forEach(visit)
    }
    if (/^[{[]/.test(answer)) visit(JSON.parse(answer))
  }

  #nameOf({ kind, whose, nth, name, spoil }: Known): string | number {
    const objects = this.#objects[whose].get(kind)!
    // The newest are named most: what has just been made can still be charged, refunded, ended.
    const { names } = objects[objects.length - 1 - (nth % objects.length)]!
    const said = names[name % names.length]!
    switch (spoil) {
      case 'not':
        return said
      case 'cut':
        return String(said).slice(0, -1)
      case 'case':
        return String(said).toUpperCase()
      case 'space':
        return ` ${said}`
    }
  }

  #resolve(value: unknown): unknown {
    if (value instanceof Known) return this.#nameOf(value)
    if (Array.isArray(value)) return value.map((one) => this.#resolve(one))
    if (value === null || typeof value !== 'object') return value
    if ('deep' in value && typeof value.deep === 'number') return nested(value.deep)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.#resolve(inner)]))
  }

  /** The request as it goes out, or undefined when no client could send it. */
  toSend(request: LegacyRequest): Sent | undefined {
    const { operation, method, slash, tail } = request
    const named = Object.fromEntries(
      Object.entries(request.path).map(([name, value]) => [
        name,
        new Named('plan', String(this.#resolve(value)).toWellFormed()),
      ]),
    )
    const path = legacyAddress(operation, { path: named }, { slash })
    const query = new URLSearchParams(
      request.query.map(([name, value]) => [name.toWellFormed(), String(this.#resolve(value)).toWellFormed()]),
    ).toString()
    const headers = new Headers()
    try {
      const written = this.#write(request)
      for (const [name, value] of Object.entries(written?.headers ?? {})) headers.set(name, value)
      const token = this.#tokens.get(request.token) ?? request.token
      if (operation !== tokenOperation && token !== 'none') headers.set('Authorization', `bearer ${token}`)
      for (const [name, value] of request.headers) headers.set(name, String(this.#resolve(value)))
      const url = `http://localhost${path}${tail}${query && `?${query}`}`
      const bodiless = method === 'GET' || method === 'HEAD'
      const init = { method, headers, ...(written && !bodiless && { body: written.body }) }
      return { url: new Request(url, init).url, init }
    } catch {
      return undefined
    }
  }

  #write({ form, textNumbers, body }: LegacyRequest): { body: BodyInit; headers: Record<string, string> } | undefined {
    if (body === undefined) return undefined
    if ('bytes' in body) return { body: body.bytes, headers: form.write({}).headers }
    if ('text' in body) return { body: body.text, headers: form.write({}).headers }
    const value = this.#resolve(body.fields)
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      return { body: JSON.stringify(value), headers: form.write({}).headers }
    }
    return form.write(textNumbers ? withTextNumbers(value as Fields) : (value as Fields))
  }
}

/** The operation that an address and a method mean, if any. */
function operationAt({ url, init }: Sent): LegacyOperation | undefined {
  const { pathname, searchParams } = new URL(url)
  const steps = plainPath(pathname).split('/')
  const fits = ({ path }: LegacyOperation) => {
    const wanted = plainPath(path).split('/')
    return wanted.length === steps.length && wanted.every((step, n) => step.startsWith('{') || step === steps[n])
  }
  const literal = ({ path }: LegacyOperation) => path.split('{').length
  const found = [...legacyOperations, tokenOperation].filter((one) => one.method === init.method && fits(one))
  const [best, other] = found.toSorted((a, b) => literal(a) - literal(b))
  return best?.id === 'unsubscribe' && searchParams.has('subscription_id') ? other : best
}

const own = new Set([
  'accounts',
  'charges',
  'checkout',
  'create',
  'mine',
  'subscribe',
  'subscription',
  'subscriptions',
  'un-subscribe',
])

/** Whose words an address is answered in, where every credential is answered in the same. */
function faceOf(url: string): 'legacy' | 'token' | 'either' {
  const [, first, second, third] = plainPath(new URL(url).pathname).split('/')
  if (first === 'authentication' && second === 'token' && third === undefined) return 'token'
  if (first !== 'v1') return 'either'
  return own.has(second!) || (['plans', 'payments'].includes(second!) && own.has(third!)) ? 'legacy' : 'either'
}

const tokenError = z.strictObject({ error: z.string(), error_description: z.string().regex(/^[\x20-\x7e]{10,}$/) })

/** A customer whom the current API or the plugin made has no card yet. */
const asIfSaved = (_: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && 'credit_card_number' in value && value.credit_card_number === null
    ? {
        ...value,
        credit_card_number: '*************0000',
        credit_card_security_code_number: '***',
        exp_month: 1,
        exp_year: 2034,
      }
    : value

/** What is wrong with an answer, or undefined. */
function faultOf(sent: Sent, { status, headers }: Response, text: string): string | undefined {
  const { method } = sent.init
  const face = faceOf(sent.url)
  if (headers.get('x-request-id') === null) return 'no request id'
  if (face !== 'either' && !legacyStatuses.has(status)) return `the status ${status}`
  if (method === 'HEAD') return text === '' ? undefined : 'a body on HEAD'
  if (status === 204) {
    return text === '' && ['OPTIONS', 'DELETE'].includes(method) ? undefined : '204 without reason, or with a body'
  }
  if (headers.get('content-type') !== 'application/json') return `content type ${headers.get('content-type')}`
  if (/node_modules|\.ts:\d|SQLITE|syntax error|sk_(test|live)_\w/.test(text)) return 'tells of our insides'
  const body: unknown = JSON.parse(text, asIfSaved)
  if (status >= 400) {
    if (status === 405 && !headers.get('allow')) return '405 without Allow'
    if (face === 'either') return undefined
    const { error } = (face === 'token' ? tokenError : legacyError).safeParse(body)
    return error && z.prettifyError(error)
  }
  const operation = operationAt(sent)
  if (face === 'either' || (operation?.path === '/v1/refunds/' && !Array.isArray(body) && method === 'GET'))
    return undefined
  if (!operation) return `${status} where no operation is`
  if (status !== operation.status) return `${status} and not ${operation.status}`
  const { error } = operation.answer.safeParse(body)
  return error && z.prettifyError(error)
}

/** Opens both sides of the walls, and puts something of every kind on each. */
export async function legacyFace(app: TestApp): Promise<Face<LegacyRequest>> {
  const world = new World(app)
  await world.begin()
  return {
    requests: await allRequests(),
    toSend: (request) => world.toSend(request),
    remember: (request, text) => world.remember(request, text),
    renew: () => world.renew(),
    faultOf,
    operationAt: (sent) => operationAt(sent)?.id,
    // A card that was declined is an attempt to pay; where both faces answer, a secret key from a browser is announced.
    isStoring: (status, text) =>
      (status === 400 && text.includes('"type":"card_error"')) ||
      (status === 403 && (text === '' || text.includes('"secret_key_in_browser"'))),
  }
}
