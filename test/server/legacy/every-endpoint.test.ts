/**
 * Every operation of the legacy API × every way in which its clients write the same request, and × everything that can be
 * wrong with one. What is refused must leave every row as it was.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { createClient } from '../../../server/actions/clients.ts'
import type { ErrorBody, ErrorCode } from '../../../server/contract/errors.ts'
import { shortKey } from '../../../server/domain/short-key.ts'
import { randomLetters } from '../../../server/ids.ts'
import { sandboxProcessor } from '../../../server/processors/sandbox.ts'
import { asFormText, bodyForms } from '../../support/body-forms.ts'
import {
  type LegacyAsked,
  legacyAddress,
  type LegacyErrorBody,
  legacyError,
  type LegacyOperation,
  legacyOperations,
  legacyStatuses,
  sendLegacy,
  tokenOperation,
  type Way,
} from '../../support/legacy-operations.ts'
import { type LegacyKind, type LegacyShop, legacyShopOf, Named } from '../../support/legacy-shop.ts'
import { type Answer, apiKey, makeApp, type TestApp } from '../../support/make-app.ts'
import { shopOf } from '../../support/shop.ts'
import { openTenants, type Tenant, type Tenants } from '../../support/tenants.ts'
import { watchRows } from '../../support/watch-rows.ts'

/** What can be wrong with the fields of one operation. */
type Row = {
  /** Fields that must be there. */
  missing?: string[]
  /** Values that no field takes. Every field of the operation is here. */
  wrong: Record<string, unknown[]>
  /** Values that are too long or too large. */
  huge: Record<string, unknown>
}

const long = (length: number) => 'x'.repeat(length)
/** What is no text and no number. */
const neither = [true, [], {}, ['a'], { a: 1 }, null]
const text = [...neither, 'a\u0000b', 'a\u0085b']
const filled = [...text, '', '  ']
/** Of a field that may be left out `null` leaves it out. */
const orNull = (values: readonly unknown[]) => values.filter((value) => value !== null)
const truth = [2, '', 'yes', [], {}, null]
const currency = [...neither, '', 'cr', 'crcc', 'xxx', 188, '₡', 'c\u0000c']
const whole = [...neither, '', 'x', 1.5, '1.5', -1, '-1', '1e3', '０']
const decimal = [
  ...neither,
  null,
  '',
  '0',
  0,
  '-1',
  -90.32,
  '1,00',
  '1e3',
  '90.321',
  0.001,
  'NaN',
  '0x10',
  '１',
  '1e999',
]
const date = [...neither, 'May', '', '1.5', 12345, -1]
const card = {
  missing: ['credit_card_number', 'credit_card_security_code_number', 'exp_month', 'exp_year'],
  wrong: {
    credit_card_number: neither,
    credit_card_security_code_number: neither,
    exp_month: date,
    exp_year: date,
  },
  huge: {
    credit_card_number: '4'.repeat(41),
    credit_card_security_code_number: '1'.repeat(41),
    exp_month: '1'.repeat(5),
    exp_year: 1e300,
  },
}
const email = [...neither, '', 'tony', 'tony@', '@4geeks.io', 'a b@4geeks.io', 'a\u0000@4geeks.io', 7]
const bank = ['page', 'bank_name', 'bank_aba_route', 'bank_account_number', 'bank_account_type', 'bank_sinpe']
/** In a change, `null` leaves a field as it is. */
const change = ({ wrong, huge }: Row): Row => ({
  wrong: Object.fromEntries(Object.entries(wrong).map(([field, values]) => [field, orNull(values)])),
  huge,
})
const account: Row = change({
  wrong: { test: truth, ...Object.fromEntries(bank.map((field) => [field, text])) },
  huge: { test: long(5000), ...Object.fromEntries(bank.map((field) => [field, long(2049)])) },
})
const customer: Row = {
  missing: ['name', 'email', 'currency', ...card.missing],
  wrong: { name: filled, email, currency, ...card.wrong, test: [...orNull(truth), false] },
  huge: { name: long(201), email: `${long(400)}@4geeks.io`, currency: long(1000), ...card.huge, test: long(5000) },
}
const customerChange = change({ ...customer, wrong: { ...customer.wrong, test: truth } })
const charge = {
  missing: ['amount', 'description'],
  wrong: { amount: decimal, description: filled, entity_description: orNull(text) },
  huge: { amount: '9'.repeat(41), description: long(501), entity_description: long(201) },
}
const planRow: Row = {
  missing: ['name', 'amount', 'currency', 'interval', 'interval_count'],
  wrong: {
    id_name: orNull(text),
    name: filled,
    amount: [...whole, 0],
    currency,
    interval: [...neither, '', 'hour', 1],
    interval_count: [...whole, 0],
    trial_period_days: orNull(whole),
    credit_card_description: orNull(text),
  },
  huge: {
    id_name: long(101),
    name: long(201),
    amount: 100_000_000_000,
    currency: long(1000),
    interval: long(1000),
    interval_count: 1e300,
    trial_period_days: 731,
    credit_card_description: long(201),
  },
}
const subscribing = (field: string): Row => ({
  missing: ['customer_key', field],
  wrong: { customer_key: neither, [field]: orNull(neither) },
  huge: { customer_key: long(201), [field]: long(201) },
})

const table: Record<string, Row> = {
  'PUT account': account,
  'PATCH account': account,
  'create customers': customer,
  'create customer': customer,
  'PUT customer': customerChange,
  'PATCH customer': customerChange,
  createCharge: {
    missing: [...charge.missing, 'customer_key'],
    wrong: { ...charge.wrong, customer_key: neither, currency: orNull(currency) },
    huge: { ...charge.huge, customer_key: long(201), currency: long(1000) },
  },
  createSimpleCharge: {
    missing: [...charge.missing, 'currency', ...card.missing],
    wrong: { ...charge.wrong, currency, ...card.wrong },
    huge: { ...charge.huge, currency: long(1000), ...card.huge },
  },
  createPlan: planRow,
  createNamelessPlan: planRow,
  'subscribe by plan_id_name': subscribing('plan_id_name'),
  'subscribe by plan_key': subscribing('plan_key'),
  unsubscribe: {
    missing: ['subscription_id'],
    wrong: { subscription_id: neither },
    huge: { subscription_id: long(201) },
  },
  createRefund: {
    missing: ['charge_id'],
    wrong: { charge_id: neither, amount: decimal, reason: orNull(text) },
    huge: { charge_id: long(201), amount: '9'.repeat(41), reason: long(201) },
  },
  createCheckout: {
    missing: ['amount', 'currency', 'return_url'],
    wrong: {
      amount: decimal,
      currency,
      return_url: [...filled, 'shop', '/orders', 'http://shop.example', 'javascript:alert(1)', 'https://u:p@a.example'],
      description: orNull(text),
      items: ['Café', true, [1], [null], [['a']], { 0: 'a' }, ['a\u0000'], '[1'],
      customer: ['Ana', 7, true, [], { email: 'ana' }, { first_name: {} }, '{"email":"ana"}'],
    },
    huge: {
      amount: '9'.repeat(41),
      currency: long(1000),
      return_url: `https://shop.example/${long(3000)}`,
      description: long(501),
      items: [long(201)],
      customer: { first_name: long(101) },
    },
  },
}

let app: TestApp
let tenants: Tenants
let token: string
let shop: LegacyShop
let written: () => Promise<number>

beforeAll(async () => {
  app = await makeApp({ liveProcessor: sandboxProcessor })
  tenants = await openTenants(app)
  token = await app.newToken()
  shop = legacyShopOf(app, token)
  await shop.subscription()
  written = await watchRows(app.deps.store)
})

async function send<T>(operation: LegacyOperation, asked: LegacyAsked, way: Way = {}): Promise<Answer<T>> {
  const answer = await sendLegacy<T>(app, operation, asked, { token, ...way })
  expect(legacyStatuses, `${operation.id} answered ${answer.status}: ${answer.text}`).toContain(answer.status)
  return answer
}

async function expectRight(operation: LegacyOperation, way: Way, asked?: LegacyAsked): Promise<void> {
  const answer = await send(operation, asked ?? (await operation.right(shop)), way)
  const about = `${JSON.stringify({ ...way, form: way.form?.name })} answered ${answer.text}`
  expect(answer.status, about).toBe(operation.status)
  for (const schema of [operation.answer, operation.effect]) {
    expect(schema?.safeParse(answer.body).error?.issues, about).toBeUndefined()
  }
  if (answer.status === 204) expect([answer.text, answer.headers.get('content-type')]).toEqual(['', null])
}

type Refusal = { status: number; code: ErrorCode; field?: string | null }

/** Asks in both languages, and with every slash, for the same refusal. */
async function expectRefusal(
  operation: LegacyOperation,
  asked: LegacyAsked,
  way: Way,
  { status, code, field = null }: Refusal,
): Promise<LegacyErrorBody> {
  const before = await written()
  const ask = async (language: string, slash: 'one' | 'none' | 'doubled'): Promise<LegacyErrorBody> => {
    const headers = { ...way.headers, 'Accept-Language': language }
    const {
      body,
      headers: answered,
      ...answer
    } = await send<LegacyErrorBody>(operation, asked, { ...way, slash, headers })
    const about = `${JSON.stringify(asked)} answered ${answer.text}`
    expect(answer.status, about).toBe(status)
    expect(legacyError.safeParse(body).error?.issues, about).toBeUndefined()
    expect(answered.get('content-type')).toBe('application/json')
    expect([body.error.code, body.error.param], about).toEqual([code, field])
    expect([body.detail, body.error.message]).toEqual([body.error[language as 'en'], body.error[language as 'en']])
    if (field !== null) expect(body[field], about).toEqual([expect.stringMatching(/\p{L}{3}/u)])
    return { ...body, error: { ...body.error, request_id: null } as LegacyErrorBody['error'] }
  }
  const [english, spanish] = [await ask('en', 'one'), await ask('es', 'one')]
  for (const slash of ['none', 'doubled'] as const) expect(await ask('en', slash)).toEqual(english)
  expect(spanish.detail).not.toBe(english.detail)
  expect(spanish.error).toEqual({ ...english.error, message: english.error.es })
  expect(await written(), 'rows written by refused requests').toBe(before)
  return english
}

const changed = (asked: LegacyAsked, field: string, value: unknown): LegacyAsked => ({
  ...asked,
  fields: { ...asked.fields, [field]: value },
})

/** Where a request names another object. */
const places = (asked: LegacyAsked) =>
  (['path', 'query', 'fields'] as const).flatMap((place) =>
    Object.entries(asked[place] ?? {})
      .filter((entry): entry is [string, Named] => entry[1] instanceof Named)
      .map(([name, { kind }]) => ({
        kind,
        /** What an answer calls it, when that is anything. */
        field: place === 'path' ? null : name,
        with: (other: string | number): LegacyAsked => ({
          ...asked,
          [place]: { ...asked[place], [name]: new Named(kind, other) },
        }),
      })),
  )

/** The objects behind the three walls, by every name they go by over there; numbers that nobody has over here. */
async function objectsOf(tenant: Tenant): Promise<Record<LegacyKind, Named>> {
  const { db } = app.deps.store
  const of = { account_id: tenant.accountId, live: tenant.live ? 1 : 0, total: 5000 } as const
  for (const list of ['customers', 'subscriptions']) {
    await db
      .insertInto('lists')
      .values({ ...of, list })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
  const theirs = shopOf(app, tenant)
  const [customerId, planId, subscriptionId] = [
    await theirs.customer(),
    await theirs.plan(),
    await theirs.subscription(),
  ]
  const numberOf = async (table: 'customers' | 'subscriptions', id: string) =>
    (await db.selectFrom(table).select('number').where('id', '=', id).executeTakeFirstOrThrow()).number
  const client = await createClient({ ...app.deps, draw: randomLetters }, { ...tenant, name: null })
  const theirToken = await app.newToken({ client: { id: client.client.id, secret: client.secret } })
  return {
    customer: new Named('customer', await numberOf('customers', customerId), shortKey(customerId), customerId),
    charge: new Named('charge', await theirs.payment()),
    plan: new Named('plan', (await legacyShopOf(app, theirToken).plan()).names[0]!, shortKey(planId), planId),
    subscription: new Named('subscription', subscriptionId, await numberOf('subscriptions', subscriptionId)),
    refund: new Named('refund', await theirs.refund()),
  }
}

const bodied = new Set(['POST', 'PUT', 'PATCH'])
const isShared = ({ path }: LegacyOperation) => path.startsWith('/v1/refunds/')

describe('the table', () => {
  it('has wrong and huge values for every field that an operation takes', async () => {
    for (const operation of legacyOperations) {
      const { fields } = await operation.right(shop)
      const row = table[operation.id]
      if (!fields || !row) {
        expect([operation.id, row, fields]).toEqual([operation.id, undefined, undefined])
        continue
      }
      for (const field of [...Object.keys(fields), ...(row.missing ?? [])]) {
        expect(Object.keys(row.wrong), operation.id).toContain(field)
      }
      expect(Object.keys(row.huge).toSorted(), operation.id).toEqual(Object.keys(row.wrong).toSorted())
    }
    expect(legacyOperations.map(({ id }) => id)).toEqual([...new Set(legacyOperations.map(({ id }) => id))])
  })
})

describe.each(legacyOperations.map((one) => [`${one.method} ${one.path} (${one.id})`, one] as const))(
  '%s',
  (_, operation) => {
    const right = () => operation.right(shop)

    it('right: the documented status and fields, however it is written', async () => {
      const { fields } = await right()
      for (const slash of ['one', 'none', 'doubled'] as const) {
        for (const nth of [0, 1]) {
          if (!fields) {
            for (const headers of [{}, { 'Content-Type': 'application/json' }] as Record<string, string>[]) {
              await expectRight(operation, { slash, nth, headers })
            }
            continue
          }
          for (const form of bodyForms) {
            for (const textNumbers of form.typed ? [false, true] : [true]) {
              await expectRight(operation, { slash, nth, form, textNumbers })
            }
          }
        }
      }
    })

    it('right with two slashes or three at its end alone', async () => {
      for (const slashes of ['/', '//']) {
        const path = operation.path + slashes
        await expectRight({ ...operation, path }, {})
      }
    })

    it('HEAD and OPTIONS: as GET without a body, and what a page may do', async () => {
      const asked = await right()
      const { fields: _fields, ...bare } = asked
      const before = await written()
      const head = await send(operation, bare, { method: 'HEAD' })
      expect([head.status, head.text]).toEqual([operation.method === 'GET' ? 200 : headStatus(operation), ''])
      for (const slash of ['one', 'none', 'doubled'] as const) {
        const headers = { Origin: 'https://shop.example', 'Access-Control-Request-Headers': 'authorization' }
        const answer = await send(operation, bare, { method: 'OPTIONS', token: undefined, headers, slash })
        expect([answer.status, answer.text]).toEqual([204, ''])
        expect(answer.headers.get('access-control-allow-origin')).toBe('*')
        expect(answer.headers.get('access-control-allow-methods')).toContain(operation.method)
        expect(answer.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('authorization')
      }
      expect(await written()).toBe(before)
    })

    it('without a token that is known: 401, and with a secret key in its place', async () => {
      const asked = await right()
      const refusal = { status: 401, code: 'unauthorized' } as const
      const ways: Way[] = [
        { token: '' },
        { token: 'unknown' },
        { token: `${token}x` },
        { token: 'sandbox-secret' },
        { token: long(5000) },
      ]
      for (const way of ways) await expectRefusal(operation, asked, way, refusal)
      // Without a token, the shared paths are the current API's.
      if (isShared(operation)) return
      const basic = `Basic ${Buffer.from('sandbox:sandbox-secret').toString('base64')}`
      const others: Way[] = [
        { token: undefined },
        { token: apiKey },
        { token: undefined, headers: { 'X-Api-Key': apiKey } },
        { token: undefined, headers: { Authorization: `Token ${token}` } },
        { token: undefined, headers: { Authorization: token } },
        { token: undefined, headers: { Authorization: basic } },
      ]
      for (const way of others) await expectRefusal(operation, asked, way, refusal)
    })

    it('with a token that may only read: 403 where something would change', async () => {
      const reader = await app.newToken({ scope: 'read' })
      const writer = await app.newToken({ scope: 'write' })
      const [may, mayNot] = operation.method === 'GET' ? [reader, writer] : [writer, reader]
      await expectRefusal(operation, await right(), { token: mayNot }, { status: 403, code: 'insufficient_scope' })
      await expectRight(operation, { token: may })
    })

    it("another account's object, the other mode's, one that is not there: 404, to the byte", async () => {
      const asked = await right()
      for (const { kind, field, with: naming } of places(asked)) {
        const refusal = { status: 404, code: 'not_found', field: fieldOf(operation, field) } as const
        const said = new Set<string>()
        for (const unknown of [
          'unknown',
          '0',
          '999999',
          '0'.repeat(31) + 'x',
          'cus_999999',
          "' or 1=1 --",
          '__proto__',
          '😀',
        ])
          said.add(JSON.stringify(await expectRefusal(operation, naming(unknown), {}, refusal)))
        for (const tenant of [tenants.mineLive, tenants.theirs, tenants.theirsLive]) {
          const foreign = await objectsOf(tenant)
          for (const name of foreign[kind].names)
            said.add(JSON.stringify(await expectRefusal(operation, naming(name), {}, refusal)))
          for (const other of Object.values(foreign)) {
            said.add(JSON.stringify(await expectRefusal(operation, naming(other.names[0]!), {}, refusal)))
          }
        }
        expect([...said]).toHaveLength(1)
      }
    })

    it('a field missing, or all of them: 400 that names it', async () => {
      const row = table[operation.id]
      const asked = await right()
      for (const missing of row?.missing ?? []) {
        const field = missing === 'plan_key' ? 'plan_id_name' : missing
        const without = changed(asked, missing, undefined)
        await expectRefusal(operation, without, {}, { status: 400, code: 'parameter_missing', field })
        // Forms would write what is undefined.
        const { [missing]: _gone, ...fields } = asked.fields!
        const form = bodyForms.at(-1)!
        await expectRefusal(
          operation,
          { ...asked, fields },
          { form },
          { status: 400, code: 'parameter_missing', field },
        )
      }
      if (!row?.missing) return
      for (const body of ['', '{}', ' ']) {
        const answer = await send<LegacyErrorBody>(operation, asked, { body })
        expect([answer.status, answer.body.error.code]).toEqual([400, 'parameter_missing'])
        if (operation.id.startsWith('subscribe')) continue
        for (const field of row.missing) expect(answer.body.detail).toContain(field)
      }
    })

    it('a wrong type or value, and a huge one: 400 that names the field', async () => {
      const asked = await right()
      const { wrong = {}, huge = {} } = table[operation.id] ?? {}
      const rows = [
        ...Object.entries(wrong),
        ...Object.entries(huge).map(([field, value]) => [field, [value]] as const),
      ]
      for (const [field, values] of rows) {
        for (const value of values) {
          const before = await written()
          const answer = await send<LegacyErrorBody>(operation, changed(asked, field, value))
          const about = `${field} ${JSON.stringify(value)?.slice(0, 100)} answered ${answer.text}`
          expect([answer.status, answer.body.error?.code], about).toEqual([400, 'parameter_invalid'])
          expect(legacyError.safeParse(answer.body).error, about).toBeUndefined()
          const { param } = answer.body.error
          expect(param === field || param?.startsWith(`${field}.`), about).toBe(true)
          expect(answer.body[param!], about).toEqual([expect.any(String)])
          expect(answer.body.detail).toContain(field)
          expect(await written(), about).toBe(before)
        }
      }
    })

    it('a body that is no object and no form, and one of more than 64 kB, chunked too: 400', async () => {
      if (!table[operation.id]) return
      const asked = await right()
      for (const body of ['[]', 'null', '"text"', '7', 'true', '[{}]', 'word', '<a/>']) {
        await expectRefusal(operation, asked, { body }, { status: 400, code: 'invalid_body' })
      }
      for (const body of ['{', '{"a":1,}', "{'a':1}", '{}{}', '{"a":NaN}']) {
        await expectRefusal(operation, asked, { body }, { status: 400, code: 'invalid_json' })
      }
      const large = JSON.stringify({ extra: long(64 * 1024) })
      const declared = { body: large, headers: { 'Content-Length': String(large.length) } }
      for (const way of [{ body: large }, declared]) {
        await expectRefusal(operation, asked, way, { status: 400, code: 'body_too_large' })
      }
      const pieces = new ReadableStream({
        pull: (to) => to.enqueue(new TextEncoder().encode(`{"a":"${long(10_000)}"`)),
      })
      const chunked = await send<LegacyErrorBody>(operation, asked, { body: pieces })
      expect([chunked.status, chunked.body.error.code]).toEqual([400, 'body_too_large'])
    })

    it('null, in any field or all of them: left as it is where something is changed', async () => {
      if (operation.method !== 'PUT' && operation.method !== 'PATCH') return
      const { path = {} } = await right()
      const before = await send(operation, { path, fields: {} })
      const nulls = Object.keys(table[operation.id]!.wrong).map((field): [string, null] => [field, null])
      for (const fields of [...nulls.map((one) => [one]), nulls]) {
        const answer = await send(operation, { path, fields: Object.fromEntries(fields) })
        expect([answer.status, answer.body]).toEqual([200, before.body])
      }
    })

    it('an unknown field: ignored', async () => {
      const asked = await right()
      const fields = {
        ...asked.fields,
        unknown: { deep: [1] },
        constructor: 'x',
        toString: null,
        account_id: 'acct_other',
        live: true,
        id: 'mine_1',
        status: 'paid',
      }
      if (asked.fields) await expectRight(operation, {}, { ...asked, fields })
      const { query = {} } = asked
      const odd = { ...asked, query: { ...query, unknown: new Named('plan', '1'), api_key: new Named('plan', 'x') } }
      await expectRight(operation, {}, asked.fields ? { ...odd, ...(await right()) } : odd)
    })

    it('an Idempotency-Key that is none: 400', async () => {
      if (operation.method !== 'POST') return
      const asked = await right()
      for (const key of ['', '""', long(256), 'ñ', 'a, b', 'a\tb']) {
        const headers = { 'Idempotency-Key': key }
        await expectRefusal(operation, asked, { headers }, { status: 400, code: 'idempotency_key_invalid' })
      }
    })

    it('a wrong method: 405 that names the right ones', async () => {
      const asked = await right()
      const allowed = allowedAt(operation)
      const before = await written()
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'PROPFIND']) {
        if (allowed.includes(method)) continue
        const { fields: _fields, ...bare } = asked
        for (const slash of ['one', 'none', 'doubled'] as const) {
          const answer = await send<LegacyErrorBody>(operation, bodied.has(method) ? asked : bare, { method, slash })
          expect([method, answer.status, answer.body.error?.code]).toEqual([method, 405, 'method_not_allowed'])
          expect(legacyError.safeParse(answer.body).error).toBeUndefined()
          expect(answer.headers.get('allow')?.split(', ').toSorted()).toEqual(allowed.toSorted())
          expect(answer.body.detail).toContain(method)
        }
      }
      expect(await written()).toBe(before)
    })
  },
)

/** Which methods the path of an operation takes. */
const allowedAt = ({ path }: LegacyOperation): string[] => [
  ...new Set(
    legacyOperations
      .filter((one) => one.path === path)
      .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])),
  ),
]
const headStatus = (operation: LegacyOperation): number => (allowedAt(operation).includes('HEAD') ? 200 : 405)

/** How a refusal calls an unknown object. */
const fieldOf = ({ id }: LegacyOperation, field: string | null): string | null =>
  id === 'unsubscribeByPath'
    ? 'subscription_id'
    : id === 'subscribe by plan_key' && field === 'plan_id_name'
      ? null
      : field

describe('POST /authentication/token/', () => {
  it('gives a token, however it is asked', async () => {
    for (const form of bodyForms) {
      for (const slash of ['one', 'none', 'doubled'] as const) {
        await expectRight(tokenOperation, { form, slash, token: undefined })
      }
    }
  })

  it('says what is wrong in the words of RFC 6749, and nothing else', async () => {
    const asked = await tokenOperation.right(shop)
    const rows: [LegacyAsked, number, string][] = [
      [changed(asked, 'grant_type', 'password'), 400, 'unsupported_grant_type'],
      [changed(asked, 'grant_type', undefined), 400, 'invalid_request'],
      [changed(asked, 'client_id', undefined), 401, 'invalid_client'],
      [changed(asked, 'client_id', 'x'), 401, 'invalid_client'],
      [changed(asked, 'client_secret', 'x'), 401, 'invalid_client'],
      [changed(asked, 'client_secret', 7), 400, 'invalid_request'],
      [changed(asked, 'scope', 'admin'), 400, 'invalid_scope'],
    ]
    for (const [wrong, status, error] of rows) {
      for (const slash of ['one', 'none', 'doubled'] as const) {
        const answer = await send<{ error: string }>(tokenOperation, wrong, { token: undefined, slash })
        expect([answer.status, answer.body]).toEqual([
          status,
          { error, error_description: expect.any(String) as string },
        ])
      }
    }
    const wrongMethod = await send(tokenOperation, {}, { token: undefined, method: 'GET' })
    expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
  })
})

describe('a path that both faces have', () => {
  it('is answered by the face of the credential: /v1/refunds', async () => {
    const charge = (await shop.charge()).names[0]
    const legacy = await app.post(
      '/v1/refunds/',
      { charge_id: charge, amount: '10.50' },
      { Authorization: `bearer ${token}` },
    )
    const current = await app.post('/v1/refunds/', { payment_id: charge, amount: 1050 }, { 'X-Api-Key': apiKey })
    const bearer = { Authorization: `Bearer ${apiKey}` }
    expect([legacy.status, current.status]).toEqual([201, 200])
    expect(legacy.body).toMatchObject({ charge_id: charge, amount: 10.5, status: 'succeeded' })
    expect(current.body).toMatchObject({ payment_id: charge, amount: 1050, status: 'succeeded' })
    expect(Array.isArray((await app.ask('/v1/refunds', { headers: { Authorization: `bearer ${token}` } })).body)).toBe(
      true,
    )
    expect((await app.ask('/v1/refunds', { headers: bearer })).body).toHaveProperty('items')
    const nobody = await app.ask<ErrorBody>('/v1/refunds')
    expect([nobody.status, nobody.body.title]).toEqual([401, expect.any(String)])
  })

  it('is not another one beside it: /v1/plans and its objects belong to secret keys alone', async () => {
    for (const path of ['/v1/plans', '/v1/plans/plan_1', '/v1/customers', '/v1/payments']) {
      const answer = await app.ask<ErrorBody>(path, { headers: { Authorization: `bearer ${token}` } })
      expect([path, answer.status, answer.body.type]).toEqual([path, 401, 'danger'])
    }
  })
})

describe('a path that nobody knows', () => {
  it.each([
    '/v1/accounts/',
    '/v1/accounts/me/x/',
    '/v1/accounts/you/',
    '/v1/accounts/customers/1/',
    '/v1/accounts/customer/1/cards/',
    '/v1/charges/',
    '/v1/charges/1/',
    '/v1/charges/simple/',
    '/v1/charges/logs/1/2/',
    '/v1/plans/create/x/',
    '/v1/plans/subscribe/x/',
    '/v1/plans/un-subscribe/1/2/',
    '/v1/refunds/1/2/',
    '/v1/payments/checkout/x/',
    '/v1/charges/logs/%2f/x/',
    '/v1/charges/%00/x/',
  ])('%s answers 404 in this face’s body with a token, and 401 without', async (path) => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      const unknown = await app.ask<LegacyErrorBody>(path, { method, headers: { Authorization: `bearer ${token}` } })
      expect([method, unknown.status, unknown.body.error?.code]).toEqual([method, 404, 'not_found'])
      expect(legacyError.safeParse(unknown.body).error).toBeUndefined()
      const nobody = await app.ask<LegacyErrorBody>(path, { method, headers: { Authorization: 'bearer x' } })
      expect([method, nobody.status, nobody.body.error?.code]).toEqual([method, 401, 'unauthorized'])
    }
  })
})

describe("the vendor's shop plugin", () => {
  it('sends a buyer to the page it is given, and reads there without credentials how it went', async () => {
    const operation = legacyOperations.find((one) => one.id === 'createCheckout')!
    const answer = await send<{ data: { id: string; redirect: string } }>(operation, await operation.right(shop))
    const { id, redirect } = answer.body.data
    expect(redirect).toMatch(/^http:\/\/localhost:4242\/checkout\/cs_test_/)
    const page = await app.ask<{ status: string }>(`/v1/payments/public/${id}/`)
    expect([page.status, page.body.status]).toEqual([200, 'pending'])
    const refused = await send<{ content: string }>(operation, { fields: { amount: 'x' } })
    expect([refused.status, refused.body.content.length > 10]).toEqual([400, true])
  })

  it('writes its body in any of the forms', () => {
    expect(bodyForms.map(({ write }) => write({ a: true }).body.length > 0)).not.toContain(false)
    expect(asFormText({ a: [1] })).toBe('{"a":[1]}')
    expect(legacyAddress(legacyOperations[0]!, {}, { slash: 'doubled' })).toBe('/v1//accounts//me//')
  })
})
