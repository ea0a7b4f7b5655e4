/**
 * Every operation of the document × everything that can be wrong with a request to it. Each refusal is asked for in both
 * languages, with and without a trailing slash, and must leave every row as it was.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import type { ErrorBody, ErrorCode } from '../../../server/contract/errors.ts'
import { sandboxProcessor } from '../../../server/processors/sandbox.ts'
import { makeApp, type TestApp } from '../../support/make-app.ts'
import { type Operation, operationsOf } from '../../support/operations.ts'
import { type Asked, namedBy, rightRequests, send } from '../../support/right-requests.ts'
import { type Kind, type Shop, shopOf, testKinds } from '../../support/shop.ts'
import { openTenants, type Tenants } from '../../support/tenants.ts'
import { watchRows } from '../../support/watch-rows.ts'

/** What can be wrong with the fields of one operation; what every operation shares is not repeated. */
type Row = {
  /** Fields that must be there: without one of them 400. `card.number` is a field within a field. */
  missing?: string[]
  /** Values that no field takes: 422, naming the field. Every field of the document is here. */
  wrong?: Record<string, unknown[]>
  /** Values that are too long or too large: 422. */
  huge?: Record<string, unknown>
  /** The same for the query, where everything is text. */
  query?: Record<string, string[]>
  /** Fields, of the path or the body, that name another object: 404 for what is not this key's. */
  names?: string[]
  /** What else the request needs before `names` and `missing` are looked at. */
  along?: Record<string, Record<string, unknown>>
}

const long = (length: number) => 'x'.repeat(length)
const id = [7, true, null, ['cus_1'], { id: 'cus_1' }]
const optionalId = [7, true, ['cus_1'], { id: 'cus_1' }]
const text = [7, false, ['a'], { a: 1 }, 'a\u0000b', 'a\u0085b']
const amountText = [12500, null, ['1.00'], '', '0', '-1', '1,00', '1e3', '1.005', '0.001', ' 1', '１', 'NaN', '0x10']
const currency = [188, null, ['CRC'], '', 'CR', 'CRCC', 'XXX', 'ZZZ', '₡', 'c\u0000c']
const address = [1, null, ['https://a.example'], '', 'shop', '/orders', 'http://shop.example', 'javascript:alert(1)']
const addresses = [...address, 'data:text/html,x', 'https://u:p@shop.example', 'https://shop.example/\n', 'ftp://a.b']
const minorUnits = ['9999', 1.5, 0, -1, true, [1], {}, '']
const moments = [1, null, 'tomorrow', '', '2027-01-01', '2027-01-01T00:00:00', '2027-02-30T00:00:00Z', ['now']]
const steps = ['1', 0, -1, 1.5, null, [1], true]
const items = ['Café', [1], [null], [['a']], { 0: 'a' }, ['a\u0000']]
const pages = {
  limit: ['0', '101', '-1', '1.5', '1e1', 'ten', '', ' 1', '0x1', '9'.repeat(400)],
  offset: ['-1', '0.5', '1e3', 'x', '', '1000000001', '9'.repeat(400)],
}
const paymentPages = {
  ...pages,
  status: ['paid', 'SUCCEEDED', '', 'succeeded,failed'],
  test: ['1', 'TRUE', '', 'false'],
}
const named = [1, 'ana', null, [], true]
const cursors = ['', "' or 1=1", long(500), 'a\u0000']
const endpointFields = {
  description: text,
  events: ['payment.*', [], ['payment'], ['payment.paid'], [''], null, {}],
  signature: ['v1', '', 1, null, ['standard']],
}
const endpointHuge = {
  url: `https://shop.example/${long(3000)}`,
  description: long(201),
  events: Array.from({ length: 101 }, () => 'payment.*'),
  signature: long(1000),
}
const order: Row = {
  missing: ['amount', 'currency', 'return_url'],
  wrong: {
    amount: amountText,
    currency,
    return_url: addresses,
    description: text,
    items,
    customer_id: optionalId,
  },
  huge: {
    amount: '9'.repeat(31),
    currency: long(1000),
    return_url: `https://shop.example/${long(3000)}`,
    description: long(501),
    items: [long(201)],
  },
  names: ['customer_id'],
}

const table: Record<string, Row> = {
  createSession: {
    ...order,
    wrong: {
      ...order.wrong,
      mode: ['setup', '', 1, null, ['payment']],
      price_id: [...optionalId, 'plan_1'],
      expires_at: [
        1,
        null,
        'tomorrow',
        '2026-11-21',
        '2026-11-21T11:00:00',
        '2026-11-20T12:29:59Z',
        '2026-11-21T12:00:01Z',
      ],
    },
    huge: { ...order.huge, expires_at: `2026-11-21T11:00:00.${'0'.repeat(60)}Z` },
    missing: [...order.missing!, 'price_id'],
    names: ['customer_id', 'price_id'],
    along: { price_id: { mode: 'subscription' } },
  },
  getSession: { names: ['session_id'], query: { locale: [long(36), long(5000)] } },
  expireSession: { names: ['session_id'] },
  createIntent: { missing: ['session_id'], wrong: { session_id: id }, names: ['session_id'] },
  createSubscriptionIntent: {
    missing: ['session_id', 'email'],
    wrong: {
      session_id: id,
      email: [7, null, '', 'ana', 'ana@', '@example.com', 'a b@example.com', ['ana@example.com']],
    },
    huge: { email: `${long(400)}@example.com` },
    names: ['session_id'],
  },
  confirmIntent: {
    missing: ['client_secret', 'card', 'card.number', 'card.exp_month', 'card.exp_year'],
    wrong: {
      client_secret: [7, null, ['a']],
      card: ['4242424242424242', 4242, null, []],
      'card.number': [null, true, ['4242'], {}, 4.2],
      'card.exp_month': [null, 'May', '', 1.5, [12], '12345'],
      'card.exp_year': [null, 'soon', '', 20.34, {}],
      'card.cvc': [null, true, [123], 1.5],
      postal_code: [10101, null, ['10101']],
      email: [7, null, ['ana@example.com']],
      name: [7, null, { first: 'Ana' }],
    },
    huge: {
      client_secret: long(301),
      'card.number': '4'.repeat(41),
      'card.exp_month': '1'.repeat(5),
      'card.exp_year': 1e300,
      'card.cvc': '1'.repeat(41),
      postal_code: long(21),
      email: long(321),
      name: long(201),
    },
    names: ['id'],
  },
  getIntent: { names: ['id'] },
  cancelIntent: {
    wrong: { cancellation_reason: ['because', '', 1, null, ['duplicate'], 'automatic', 'expired'] },
    huge: { cancellation_reason: long(5000) },
    names: ['id'],
  },
  createHostedPayment: order,
  listPayments: { query: paymentPages },
  listPaymentAttempts: { query: paymentPages },
  getPublicPayment: { names: ['id'] },
  getPayment: { names: ['id'] },
  createCustomer: {
    missing: ['email'],
    wrong: {
      email: [7, null, '', 'ana', 'ana@', 'ana@example', 'a\u0000@example.com', ['ana@example.com'], {}],
      name: text,
      description: text,
      phone: text,
    },
    huge: { email: `${long(400)}@example.com`, name: long(201), description: long(501), phone: long(41) },
  },
  listCustomers: { query: pages },
  getCustomer: { names: ['id'] },
  createPaymentLink: {
    missing: ['amount', 'currency'],
    wrong: { amount: minorUnits, currency, description: text },
    huge: { amount: 99_999_999_999 + 1, currency: long(1000), description: long(501) },
  },
  listPaymentLinks: { query: pages },
  getPaymentLink: { names: ['id'] },
  deactivatePaymentLink: { names: ['id'] },
  createProduct: {
    missing: ['name'],
    wrong: { name: [...text, null, ''], description: text, active: ['true', 1, 0, null, []] },
    huge: { name: long(201), description: long(501) },
  },
  listProducts: { query: pages },
  getProduct: { names: ['id'] },
  createPlan: {
    missing: ['product_id', 'amount', 'currency', 'interval'],
    wrong: {
      product_id: id,
      amount: [...minorUnits, null],
      currency,
      interval: ['hour', 'MONTH', '', 1, null, ['month']],
      interval_count: [0, -1, 1.5, '1', null, [1]],
      trial_period_days: [0, -1, 1.5, '14', [14]],
      trial_without_card: ['void', 'PAUSE', '', 1, ['pause']],
      after_last_retry: ['pause', 'CANCEL', '', 1, null, ['cancel']],
      statement_descriptor: [1, true, ['Café'], {}],
    },
    huge: {
      amount: Number.MAX_SAFE_INTEGER,
      currency: long(1000),
      interval: long(1000),
      interval_count: 366,
      trial_period_days: 731,
      statement_descriptor: long(201),
    },
    names: ['product_id'],
  },
  listPlans: { query: pages },
  getPlan: { names: ['id'] },
  createSubscription: {
    missing: ['customer_id', 'plan_id'],
    wrong: { customer_id: id, plan_id: id },
    names: ['customer_id', 'plan_id'],
  },
  listSubscriptions: { query: pages },
  getSubscription: { names: ['id'] },
  cancelSubscription: { wrong: { at_period_end: ['true', 'false', 1, 0, null, []] }, names: ['id'] },
  resumeSubscription: { names: ['id'] },
  listInvoices: { query: { ...pages, subscription_id: ['', long(1000)] } },
  getInvoice: { names: ['id'] },
  createCardSession: {
    wrong: { return_url: [...addresses].filter((one) => one !== null) },
    huge: { return_url: `https://shop.example/${long(3000)}` },
    names: ['id'],
  },
  createRefund: {
    missing: ['payment_id'],
    wrong: { payment_id: id, amount: minorUnits, reason: text },
    huge: { amount: 1_250_001, reason: long(201) },
    names: ['payment_id'],
  },
  listRefunds: { query: pages },
  getRefund: { names: ['id'] },
  getTestClock: {},
  setTestClock: {
    wrong: { now: [...moments, '2026-11-20T11:59:59Z', '2037-01-01T00:00:00Z'], frozen: ['true', 1, null, []] },
    huge: { now: `2026-11-21T11:00:00.${'0'.repeat(60)}Z` },
  },
  advanceTestClock: {
    missing: ['to'],
    wrong: {
      to: [...moments, '2026-11-20T11:59:59Z', '2037-01-01T00:00:00Z'],
      seconds: steps,
      days: steps,
      months: steps,
    },
    huge: { to: `2026-11-21T11:00:00.${'0'.repeat(60)}Z`, seconds: 315_360_001, days: 3651, months: 121 },
  },
  resetTestClock: {},
  listEvents: {
    query: {
      limit: pages.limit,
      type: ['payment', 'payment.paid', '', 'payment.*,', '*'],
      object_id: cursors,
      before: cursors,
      after: cursors,
    },
  },
  getEvent: { names: ['id'] },
  createWebhookEndpoint: {
    missing: ['url'],
    wrong: { ...endpointFields, url: [...addresses, 'http://127.0.0.2.example/'] },
    huge: endpointHuge,
  },
  listWebhookEndpoints: { query: pages },
  getWebhookEndpoint: { names: ['id'] },
  updateWebhookEndpoint: {
    wrong: { ...endpointFields, url: addresses, enabled: ['true', 1, null, []] },
    huge: endpointHuge,
    names: ['id'],
  },
  deleteWebhookEndpoint: { names: ['id'] },
  rotateWebhookSecret: { names: ['id'] },
  pingWebhookEndpoint: { names: ['id'] },
  listWebhookDeliveries: {
    query: {
      limit: pages.limit,
      endpoint_id: cursors,
      event_id: cursors,
      status: ['sent', 'PENDING', ''],
      before: cursors,
    },
  },
  getWebhookDelivery: { names: ['id'] },
  replayWebhookDelivery: { names: ['id'] },
  createSandboxSwitch: {
    missing: ['kind'],
    wrong: {
      kind: ['late', 'DELAY', '', 1, null, ['delay']],
      times: [0, -1, 1.5, '1', null, [1]],
      target: ['key', 1, null, ['key_1']],
      delay_ms: [0, -1, 1.5, '1', [1]],
      method: ['get', 'OPTIONS', '', 1],
      path: ['', 'v1/customers', '/*1*2*3*4*5*6', 1, ['/']],
    },
    huge: { kind: long(1000), times: 1001, delay_ms: 60_001, method: long(1000), path: `/${long(200)}` },
  },
  listSandboxSwitches: {},
  deleteSandboxSwitches: {},
  deleteSandboxSwitch: { names: ['id'] },
  listSandboxNamespaces: {},
  deleteSandboxNamespace: { names: ['name'] },
  createWebhookDrill: { missing: ['endpoint_id'], wrong: { endpoint_id: id }, names: ['endpoint_id'] },
  listWebhookDrills: {},
  getWebhookDrill: { names: ['id'] },
  seedSandbox: {
    wrong: {
      clock: ['now', 1, null, []],
      webhook_endpoints: named,
      customers: named,
      products: named,
      plans: named,
      payment_links: named,
      sessions: named,
      payments: named,
      subscriptions: named,
      refunds: named,
      switches: [1, 'delay', null, {}],
      advance: [1, 'a month', null, []],
    },
  },
  resetSandbox: {},
}

let app: TestApp
let tenants: Tenants
let shop: Shop
let written: () => Promise<number>
let operations: Map<string, Operation>

beforeAll(async () => {
  app = await makeApp({ liveProcessor: sandboxProcessor })
  tenants = await openTenants(app)
  shop = shopOf(app, tenants.mine)
  operations = new Map((await operationsOf(app)).map((one) => [one.id, one]))
  written = await watchRows(app.deps.store)
})

type Way = Parameters<typeof send>[3]
type Refusal = { status: number; code: ErrorCode; field?: string | null }

/** Asks in four ways for the same refusal. */
async function expectRefusal(
  operation: Operation,
  asked: Asked,
  way: Way,
  { status, code, field = null }: Refusal,
): Promise<ErrorBody> {
  const before = await written()
  const ask = async (language: string, slash: boolean): Promise<ErrorBody> => {
    const headers = { ...way?.headers, 'Accept-Language': language }
    const answer = await send<ErrorBody>(app, operation, asked, { key: tenants.mine.key, ...way, headers, slash })
    const { body } = answer
    expect(answer.status, `${JSON.stringify(asked)} answered ${answer.text}`).toBe(status)
    expect(operation.faultOf(status, body)).toBeUndefined()
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(body).toMatchObject({ code: status, type: 'danger', error: { code, decline_code: null, param: field } })
    expect(body.errors?.[0]?.field ?? null).toBe(field)
    expect(body.error.request_id).toBe(answer.headers.get('x-request-id'))
    for (const said of [body.title, body.content, ...(body.errors ?? []).map((one) => one.message)]) {
      expect(said).toMatch(/\p{L}{3}/u)
    }
    return body
  }
  const [english, spanish] = [await ask('en', false), await ask('es', false)]
  expect({ ...(await ask('en', true)), error: null }).toEqual({ ...english, error: null })
  expect({ ...(await ask('es', true)), error: null }).toEqual({ ...spanish, error: null })
  expect(spanish.title).not.toBe(english.title)
  expect(spanish.content).not.toBe(english.content)
  for (const [n, { message }] of (english.errors ?? []).entries()) expect(spanish.errors![n]!.message).not.toBe(message)
  expect(await written(), 'rows written by refused requests').toBe(before)
  return english
}

/** A copy with another value in a field, which may be one within a field; `undefined` takes it out. */
function changed(asked: Asked, field: string, value: unknown, along: Record<string, unknown> = {}): Asked {
  const body = { ...structuredClone(asked.body), ...along }
  const steps = field.split('.')
  const holder = steps
    .slice(0, -1)
    .reduce<Record<string, unknown>>((at, step) => at[step] as Record<string, unknown>, body)
  holder[steps.at(-1)!] = value
  return { ...asked, body }
}

/** A copy that names another object. */
const naming = (operation: Operation, asked: Asked, field: string, other: string, along = {}): Asked =>
  operation.pathParameters.includes(field)
    ? { ...asked, path: { ...asked.path, [field]: other } }
    : changed(asked, field, other, along)

describe('the table', () => {
  it('has a row for every operation of the document, and no other', () => {
    expect(Object.keys(table).toSorted()).toEqual([...operations.keys()].toSorted())
    expect(Object.keys(rightRequests).toSorted()).toEqual([...operations.keys()].toSorted())
  })

  it('has wrong values for every field and every parameter of the document', () => {
    for (const [name, operation] of operations) {
      const row = table[name]!
      const top = Object.keys(row.wrong ?? {}).map((field) => field.split('.')[0]!)
      expect([...new Set(top)].toSorted(), name).toEqual(Object.keys(operation.body?.properties ?? {}).toSorted())
      expect(Object.keys(row.query ?? {}).toSorted(), name).toEqual(Object.keys(operation.query).toSorted())
      for (const field of operation.body?.required ?? []) expect(row.missing, name).toContain(field)
      for (const field of operation.pathParameters) expect(row.names, name).toContain(field)
    }
  })
})

describe.each(Object.entries(table))('%s', (name, row) => {
  const operation = () => operations.get(name)!
  const right = () => rightRequests[name]!(shop)

  it('right: the documented status and exactly the documented fields, with and without a trailing slash', async () => {
    for (const slash of [false, true]) {
      for (const headers of [{}, { 'Accept-Language': 'es' }]) {
        const answer = await send(app, operation(), await right(), { key: tenants.mine.key, slash, headers })
        expect(answer.status, answer.text).toBe(operation().success)
        expect(operation().faultOf(answer.status, answer.body)).toBeUndefined()
      }
    }
  })

  it('no key, bad key: 401 where one is wanted, and no matter where none is', async () => {
    const asked = await right()
    const basic = (user: string) => ({ Authorization: `Basic ${Buffer.from(user).toString('base64')}` })
    const ways: Way[] = [
      { key: undefined },
      { key: 'sk_test_unknown' },
      { key: 'sk_live_unknown' },
      { key: `${tenants.mine.key}x` },
      { key: tenants.mine.key.toUpperCase() },
      { key: 'pk_test_sandbox' },
      { key: long(5000) },
      { key: undefined, headers: { Authorization: 'Bearer sk_test_unknown' } },
      { key: undefined, headers: { Authorization: `Digest ${tenants.mine.key}` } },
      { key: undefined, headers: basic('sk_test_unknown:') },
      { key: undefined, headers: basic(`${tenants.mine.key}:password`) },
    ]
    for (const way of ways) {
      if (operation().keyed) {
        await expectRefusal(operation(), asked, way, { status: 401, code: 'unauthorized' })
      } else {
        const headers = { ...way!.headers, ...(way!.key !== undefined && { 'X-Api-Key': way!.key }) }
        const answer = await send(app, operation(), await right(), { headers })
        expect(answer.status, answer.text).toBe(operation().success)
      }
    }
  })

  it("another account's object, the other mode's, one that is not there: 404 alike, unless its id is the token", async () => {
    for (const field of row.names ?? []) {
      const along = row.along?.[field]
      const kind: Kind = namedBy(operation(), field)
      const asked = await right()
      const refusal = {
        status: 404,
        code: 'not_found',
        field: operation().pathParameters.includes(field) || !operation().keyed ? null : field,
      } as const
      const said = new Set<string>()
      for (const unknown of [
        'unknown',
        'x_1',
        '__proto__',
        "' or 1=1 --",
        long(5000),
        '\u0000',
        '../..',
        '%2e',
        '😀',
      ]) {
        const { content } = await expectRefusal(
          operation(),
          naming(operation(), asked, field, unknown, along),
          {},
          refusal,
        )
        said.add(content)
      }
      for (const tenant of [tenants.mineLive, tenants.theirs, tenants.theirsLive]) {
        if (tenant.live && testKinds.has(kind)) continue
        const other = shopOf(app, tenant)
        const foreign = naming(operation(), asked, field, await other.one(kind), along)
        if (operation().keyed || name === 'confirmIntent' || name === 'getIntent') {
          said.add((await expectRefusal(operation(), foreign, {}, refusal)).content)
        } else {
          const answer = await send(app, operation(), await rightRequests[name]!(other), { key: tenants.mine.key })
          expect(answer.status, answer.text).toBe(operation().success)
        }
      }
      expect(said.size, 'ways to say that it is not there').toBe(1)
    }
  })

  it('a missing field: 400 that names it', async () => {
    const asked = await right()
    for (const field of row.missing ?? []) {
      await expectRefusal(
        operation(),
        changed(asked, field, undefined, row.along?.[field]),
        {},
        {
          status: 400,
          code: 'parameter_missing',
          field,
        },
      )
    }
    const first = operation().body?.required?.[0]
    if (first === undefined) return
    const bodies: Way[] = [{ body: '{}' }, { body: '', headers: { 'Content-Type': 'application/json' } }]
    await expectRefusal(operation(), asked, bodies[0], { status: 400, code: 'parameter_missing', field: first })
    const { body: _, ...bare } = asked
    await expectRefusal(operation(), bare, {}, { status: 400, code: 'parameter_missing', field: first })
    await expectRefusal(operation(), asked, bodies[1], { status: 400, code: 'invalid_json' })
  })

  it('a wrong type or value: 422 that names the field', async () => {
    const asked = await right()
    for (const [field, values] of Object.entries(row.wrong ?? {})) {
      for (const value of values) {
        const answered = await expectRefusal(
          operation(),
          changed(asked, field, value),
          {},
          {
            status: 422,
            code: 'parameter_invalid',
            field: Array.isArray(value) && field === 'items' && value.length > 0 ? 'items.0' : field,
          },
        )
        expect(answered.content).toContain(field)
      }
    }
    for (const [field, values] of Object.entries(row.query ?? {})) {
      for (const value of values) {
        const refusal = { status: 422, code: 'parameter_invalid', field } as const
        await expectRefusal(operation(), { ...asked, query: { [field]: value } }, {}, refusal)
      }
    }
  })

  it('a body that is no object, no JSON, not said to be JSON: 422, 400, 415', async () => {
    if (!operation().body) return
    const asked = await right()
    for (const body of ['[]', 'null', '"text"', '7', 'true', '[{}]']) {
      await expectRefusal(operation(), asked, { body }, { status: 422, code: 'parameter_invalid', field: 'body' })
    }
    for (const body of ['{', '{"a":1,}', "{'a':1}", '\u0000', 'a=1', '{}{}', '<a/>', '{"a":NaN}']) {
      await expectRefusal(operation(), asked, { body }, { status: 400, code: 'invalid_json' })
    }
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'text/json',
      'json',
      '',
    ]) {
      const headers = { 'Content-Type': type }
      await expectRefusal(operation(), asked, { headers }, { status: 415, code: 'unsupported_media_type' })
    }
  })

  it('a huge value: 422 that names the field; a huge body: 413', async () => {
    const asked = await right()
    for (const [field, value] of Object.entries(row.huge ?? {})) {
      const code = name === 'createRefund' && field === 'amount' ? 'amount_too_large' : 'parameter_invalid'
      await expectRefusal(
        operation(),
        changed(asked, field, value),
        {},
        {
          status: 422,
          code,
          field: field === 'items' ? 'items.0' : field,
        },
      )
    }
    if (operation().method !== 'POST') return
    const body = JSON.stringify({ ...asked.body, extra: long(64 * 1024) })
    const declared = { body, headers: { 'Content-Length': String(body.length) } }
    for (const way of [{ body }, declared]) {
      await expectRefusal(operation(), asked, way, { status: 413, code: 'body_too_large' })
    }
  })

  it('an unknown field or parameter: ignored', async () => {
    const asked = await right()
    const body = asked.body && {
      ...asked.body,
      unknown: { deep: [1] },
      constructor: 'x',
      toString: null,
      account_id: 'acct_other',
      live: true,
      test: false,
      id: 'mine_1',
      status: 'paid',
    }
    const text = body && JSON.stringify(body).replace('{', '{"__proto__":{"amount":1},')
    const odd = { ...asked, query: { ...asked.query, unknown: '1', __proto__: '2', api_key: 'x' } }
    const answer = await send<Record<string, unknown>>(app, operation(), odd, {
      key: tenants.mine.key,
      ...(text !== undefined && { body: text }),
    })
    expect(answer.status, answer.text).toBe(operation().success)
    expect(operation().faultOf(answer.status, answer.body)).toBeUndefined()
    if ('test' in answer.body) expect(answer.body['test']).toBe(true)
    expect(answer.body['id']).not.toBe('mine_1')
  })

  it('an Idempotency-Key that is none: 400', async () => {
    if (operation().method !== 'POST') return
    const asked = await right()
    for (const key of ['', '""', long(256), 'ñ', 'a, b', 'a\tb']) {
      const headers = { 'Idempotency-Key': key }
      await expectRefusal(operation(), asked, { headers }, { status: 400, code: 'idempotency_key_invalid' })
    }
  })

  it('a wrong method: 405 that names the right ones', async () => {
    const path = operation().path
    const asked = await right()
    const documented = [...operations.values()].filter((one) => one.path === path).map((one) => one.method)
    const allowed = documented.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    const before = await written()
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY', 'PROPFIND']) {
      if (allowed.includes(method)) continue
      // Pages of other origins may ask what a public path takes, and are told by CORS.
      if (method === 'OPTIONS' && !operation().keyed && !path.endsWith('/confirm')) continue
      const wrong = { ...operation(), method: method as 'GET' }
      for (const key of [undefined, tenants.mine.key]) {
        const { body: _, ...bare } = asked
        const answer = await send<ErrorBody>(app, wrong, bare, { key })
        expect([method, answer.status, answer.body.error?.code]).toEqual([method, 405, 'method_not_allowed'])
        expect(answer.headers.get('allow')?.split(', ').toSorted()).toEqual(allowed.toSorted())
        expect(answer.body.content).toContain(method)
      }
    }
    expect(await written()).toBe(before)
  })
})

describe('a path that the document does not know', () => {
  it.each([
    '/v1',
    '/v1/',
    '/v1/nothing',
    '/v1/customer',
    '/v2/customers',
    '/V1/customers',
    '/v1/Customers',
    '/v1/customers/cus_1/cards',
    '/v1/customers//cards',
    '/v1/payments/session/a/b',
    '/v1/payments/intent/a/refund',
    '/v1/payments/public/a/b',
    '/v1/payments/a/b/c',
    '/v1/payment-links/a/activate',
    '/v1/subscriptions/a/pause',
    '/v1/invoices/a/pay',
    '/v1/test-clock/a',
    '/v1/test-clock/advance/a',
    '/v1/refunds/a/cancel',
    '/v1/customers%2fcus_1/x',
    '/v1/%00/x',
    '/v1/%ff%fe/x',
  ])('%s answers 404 in the documented body, whatever the method and the key', async (path) => {
    const before = await written()
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
      for (const key of [undefined, tenants.mine.key, 'sk_test_unknown']) {
        const answer = await app.ask<ErrorBody>(path, { method, ...(key && { headers: { 'X-Api-Key': key } }) })
        expect([method, answer.status]).toEqual([method, 404])
        expect(answer.body).toMatchObject({ code: 404, type: 'danger', error: { code: 'not_found', param: null } })
      }
    }
    expect(await written()).toBe(before)
  })
})
