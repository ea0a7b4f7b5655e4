/** Requests as nobody would send them, and some as everybody does: generated from the operations of the document. */
import fc from 'fast-check'
import { testCards } from '../../server/domain/test-cards.ts'
import type { Operation, Schema } from '../support/operations.ts'
import { namedBy } from '../support/right-requests.ts'
import type { Kind } from '../support/shop.ts'

/** Stands for an id that is only known when the request is sent. */
export class Id {
  readonly kind: Kind
  readonly whose: 'mine' | 'foreign'
  readonly nth: number
  /** How the id is spoiled on its way. */
  readonly spoil: 'not' | 'cut' | 'case' | 'space'

  constructor(kind: Kind, whose: Id['whose'], nth: number, spoil: Id['spoil']) {
    this.kind = kind
    this.whose = whose
    this.nth = nth
    this.spoil = spoil
  }
}

/** Stands for the client secret of an intent: of the one in the path, or of any other. */
export class Secret {
  readonly nth: number | 'same'

  constructor(nth: number | 'same') {
    this.nth = nth
  }
}

/** Stands for a moment so many minutes after the request is sent. */
export class Ahead {
  readonly minutes: number

  constructor(minutes: number) {
    this.minutes = minutes
  }
}

export type Request = {
  operation: Operation
  method: string
  path: Record<string, unknown>
  /** What is put behind the path. */
  tail: string
  query: [string, string][]
  headers: [string, unknown][]
  /** Whose key: `mine`, `my live mode`, `foreign`, `none`, or this very text. */
  key: string
  slash: boolean
  body: { json: unknown } | { text: string } | undefined
}

export const odd = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '\u202e',
    '\ud800',
    '\ufeff',
    '😀',
    'ñ',
    '0',
    '-1',
    'null',
    'undefined',
    'true',
    'NaN',
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    '../..',
    '..',
    '.',
    '%00',
    '%2f',
    '%zz',
    "' or 1=1 --",
    '${7*7}',
    '<script>alert(1)</script>',
    '4242424242424242',
    '１２３',
    '\r\nX-Injected: 1',
    'javascript:alert(1)',
    'https://a.example/\u0000',
  ),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
)
export const huge = fc
  .tuple(fc.constantFrom('x', '9', 'ñ', '😀', '\u0000', '"', '\\', '['), fc.constantFrom(300, 501, 2049, 5000, 70_000))
  .map(([letter, length]) => letter.repeat(length))
const oddNumber = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    -1,
    1.5,
    1e21,
    1e300,
    2 ** 31,
    2 ** 53,
    2 ** 53 - 1,
    -(2 ** 63),
    5e-324,
    99_999_999_999,
    100_000_000_000,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
)
const deep = fc.integer({ min: 1, max: 2000 }).map((depth) => ({ deep: depth }))

/** What `deep` stands for. */
export function nested(depth: number): unknown {
  let value: unknown = {}
  for (let n = 0; n < depth; n++) value = n % 2 ? { a: value } : [value]
  return value
}

const named = fc.dictionary(
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'length', '0', 'then', 'a'),
  fc.jsonValue({ maxDepth: 1 }),
  { maxKeys: 4 },
)

/** Anything that JSON can say. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: odd },
  { weight: 1, arbitrary: huge },
  { weight: 3, arbitrary: oddNumber },
  { weight: 3, arbitrary: fc.constantFrom(null, true, false, [], {}, [[]], [null], ['']) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 2, arbitrary: named },
  { weight: 1, arbitrary: deep },
)

const spoil = fc.oneof(
  { weight: 12, arbitrary: fc.constant('not' as const) },
  { weight: 1, arbitrary: fc.constantFrom('cut', 'case', 'space') },
)
const idOf = (kind: Kind): fc.Arbitrary<Id> =>
  fc
    .tuple(
      fc.oneof(
        { weight: 8, arbitrary: fc.constant('mine' as const) },
        { weight: 1, arbitrary: fc.constant('foreign' as const) },
      ),
      fc.nat(60),
      spoil,
    )
    .map(([whose, nth, spoiled]) => new Id(kind, whose, nth, spoiled))
const secret = fc
  .oneof({ weight: 9, arbitrary: fc.constant('same' as const) }, { weight: 1, arbitrary: fc.nat(20) })
  .map((nth) => new Secret(nth))

const amounts = ['12500.00', '1', '0.01', '999999999.99', '5', '10.5', '1250', '1.234']
const currencies = ['CRC', 'USD', 'usd', 'Eur', 'JPY', 'KWD']
const addresses = [
  'https://shop.example/orders/42',
  'http://localhost:4243/',
  'https://ñandú.example/é?x=1#y',
  'http://127.0.0.1:1/',
]

/** A value that a field may well take. */
function likely(operation: Operation, field: string, schema: Schema): fc.Arbitrary<unknown> {
  if (field === 'client_secret') return secret
  if (field === 'price_id') return mostly(fc.constant(null), idOf('plan'), 5)
  if (field.endsWith('_id')) return idOf(namedBy(operation, field))
  if (field === 'currency') return fc.constantFrom(...currencies)
  if (field === 'return_url') return fc.constantFrom(...addresses)
  if (field === 'email') return fc.constantFrom('ana@example.com', 'luis+1@sub.example.co.cr')
  if (field === 'number')
    return fc.oneof(fc.constant('4242424242424242'), fc.constantFrom(...testCards.map((card) => card.number)))
  if (field === 'exp_month') return mostly(fc.constant(12), fc.constantFrom('12', 1, '01', 13))
  if (field === 'exp_year') return mostly(fc.constant(2034), fc.constantFrom('2034', 34, '34', 2020))
  if (field === 'cvc') return mostly(fc.constant('123'), fc.constantFrom('1234', 123, '12'))
  if (field === 'expires_at') return fc.constantFrom(31, 60, 1439, 5, 2000).map((minutes) => new Ahead(minutes))
  // Where sessions still live when the clock has come there.
  if (field === 'now' || field === 'to') return fc.constantFrom(0, 1, 5, -5).map((minutes) => new Ahead(minutes))
  if (field === 'seconds') return fc.integer({ min: 1, max: 600 })
  if (field === 'days' || field === 'months') return mostly(fc.constant(undefined), fc.constantFrom(1, 40), 8)
  if (field === 'mode') return mostly(fc.constant('payment'), fc.constant('subscription'), 5)
  if (field === 'amount' && schema.type === 'string') return fc.constantFrom(...amounts)
  if (field === 'amount') return fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 2_000_000 }))
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => likely(operation, field, one)))
  const types = [schema.type].flat()
  if (types.includes('object')) return objectOf(operation, schema)
  if (types.includes('array')) return fc.array(likely(operation, field, schema.items!), { maxLength: 4 })
  if (types.includes('boolean')) return fc.boolean()
  if (types.includes('integer') || types.includes('number')) {
    return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 1000, 1_000_000) })
  }
  const text = fc.string({
    unit: 'grapheme',
    minLength: schema.minLength ?? 0,
    maxLength: Math.min(schema.maxLength ?? 50, 50),
  })
  return types.includes('null')
    ? fc.oneof({ weight: 5, arbitrary: text }, { weight: 1, arbitrary: fc.constant(null) })
    : text
}

function objectOf(operation: Operation, schema: Schema): fc.Arbitrary<Record<string, unknown>> {
  const required = schema.required ?? []
  const fields = Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([field, one]) => [field, likely(operation, field, one)]),
  )
  return fc.record(fields, { requiredKeys: required })
}

/** The same with a field or two taken out, added, or turned into something else. */
export const spoiled = (whole: fc.Arbitrary<Record<string, unknown>>): fc.Arbitrary<Record<string, unknown>> =>
  fc
    .tuple(
      whole,
      fc.array(fc.tuple(fc.nat(12), fc.constantFrom('drop', 'junk', 'add', 'wrap'), odd, junk), {
        minLength: 1,
        maxLength: 2,
      }),
    )
    .map(([body, changes]) => {
      const changed: Record<string, unknown> = { ...body }
      for (const [n, how, name, value] of changes) {
        const fields = Object.keys(changed)
        const field = how === 'add' || fields.length === 0 ? name : fields[n % fields.length]!
        if (how === 'drop') delete changed[field]
        else
          Object.defineProperty(changed, field, {
            value: how === 'wrap' ? [changed[field]] : value,
            enumerable: true,
            configurable: true,
            writable: true,
          })
      }
      return changed
    })

export const brokenText = fc.oneof(
  fc.constantFrom(
    '',
    '{',
    '}',
    '[',
    '{"a"',
    '{"a":1',
    "{'a':1}",
    'null',
    '"',
    '\u0000',
    '{}{}',
    '[1,]',
    'NaN',
    '﻿{}',
    '{"amount":1e9999}',
    '{"__proto__":{"live":true}}',
  ),
  odd,
  huge,
  fc.json({ maxDepth: 4 }),
)

const bodyOf = (operation: Operation): fc.Arbitrary<Request['body']> => {
  const right = objectOf(operation, operation.body ?? {})
  const asJson = <T>(arbitrary: fc.Arbitrary<T>) => arbitrary.map((json) => ({ json }))
  return fc.oneof(
    { weight: 10, arbitrary: asJson(right) },
    { weight: 8, arbitrary: asJson(spoiled(right)) },
    { weight: 1, arbitrary: asJson(junk) },
    { weight: 1, arbitrary: brokenText.map((text) => ({ text })) },
    { weight: operation.body ? 1 : 10, arbitrary: fc.constant(undefined) },
  )
}

export const oddHeaders: fc.Arbitrary<[string, unknown]> = fc.oneof(
  fc.tuple(
    fc.constant('Accept-Language'),
    fc.oneof(fc.constantFrom('es', 'es-CR,es;q=0.9', '*', 'en;q=0', 'x;q=y', ';;;,,,'), odd),
  ),
  fc.tuple(
    fc.constant('Content-Type'),
    fc.oneof(
      fc.constantFrom(
        'application/json; charset=utf-8',
        'APPLICATION/JSON',
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/problem+json',
        'application/jsonx',
      ),
      odd,
    ),
  ),
  fc.tuple(
    fc.constant('Idempotency-Key'),
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c', '"a"', 'a, a', 'a, b', '4242424242424242') },
      { weight: 1, arbitrary: fc.oneof(odd, huge) },
    ),
  ),
  fc.tuple(fc.constant('Content-Length'), fc.constantFrom('0', '1', '99999999', '-1', 'x', '65537')),
  fc.tuple(fc.constant('X-Client-Secret'), fc.oneof(secret, odd)),
  fc.tuple(
    fc.constant('Authorization'),
    fc.oneof(
      fc.constantFrom(
        'Bearer sk_test_sandbox',
        'Basic c2tfdGVzdF9zYW5kYm94Og==',
        'Basic !!!',
        'Basic',
        'Bearer',
        'Digest x',
      ),
      odd,
    ),
  ),
  fc.tuple(
    fc.constantFrom(
      'Origin',
      'Sec-Fetch-Site',
      'Referer',
      'X-Forwarded-For',
      'X-HTTP-Method-Override',
      'Accept',
      'Transfer-Encoding',
      'Expect',
      'If-None-Match',
      'Range',
      'Cookie',
    ),
    fc.oneof(fc.constantFrom('http://localhost:4243', 'DELETE', '127.0.0.1', '*/*', 'chunked'), odd),
  ),
)

const queryOf = (operation: Operation): fc.Arbitrary<[string, string][]> => {
  const known = Object.entries(operation.query).map(([name, schema]) =>
    fc.tuple(
      fc.constant(name),
      fc.oneof({ weight: 4, arbitrary: likely(operation, name, schema).map(String) }, { weight: 1, arbitrary: odd }),
    ),
  )
  const unknown = fc.tuple(odd, odd)
  return fc.array(
    known.length > 0
      ? fc.oneof({ weight: 5, arbitrary: fc.oneof(...known) }, { weight: 1, arbitrary: unknown })
      : unknown,
    {
      maxLength: known.length > 0 ? 4 : 1,
    },
  )
}

export const mostly = <T, U>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<U>, weight = 15): fc.Arbitrary<T | U> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: rare })

/** Requests to these operations, of every kind. */
export function requestsTo(operations: readonly Operation[]): fc.Arbitrary<Request> {
  const to = (operation: Operation): fc.Arbitrary<Request> =>
    fc.record({
      operation: fc.constant(operation),
      method: mostly(
        fc.constant(operation.method as string),
        fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'QUERY'),
        25,
      ),
      path: fc.record(
        Object.fromEntries(
          operation.pathParameters.map((name) => [
            name,
            mostly<unknown, unknown>(idOf(namedBy(operation, name)), fc.oneof(odd, huge)),
          ]),
        ),
      ) as fc.Arbitrary<Record<string, unknown>>,
      tail: mostly(
        fc.constant(''),
        fc.constantFrom(
          '/',
          '//',
          '/x',
          '/%2e%2e',
          '/../x',
          '%',
          '%20',
          ';x=1',
          '/confirm',
          '/cancel',
          '.json',
          '/__proto__',
        ),
        30,
      ),
      query: queryOf(operation),
      headers: fc
        .tuple(
          operation.id === 'getIntent'
            ? mostly(
                secret.map((one): [string, unknown][] => [['X-Client-Secret', one]]),
                fc.constant([]),
              )
            : fc.constant([]),
          fc.oneof(
            { weight: 3, arbitrary: fc.constant([]) },
            { weight: 2, arbitrary: fc.array(oddHeaders, { maxLength: 3 }) },
          ),
        )
        .map((lists) => lists.flat()) as fc.Arbitrary<[string, unknown][]>,
      key: mostly(fc.constant('mine'), fc.oneof(fc.constantFrom('my live mode', 'foreign', 'none'), odd, huge), 12),
      slash: fc.boolean(),
      body:
        operation.method === 'POST'
          ? bodyOf(operation)
          : mostly(
              fc.constant(undefined),
              brokenText.map((text) => ({ text })),
            ),
    })
  const weight = ({ id, method }: Operation): number => {
    // What moves money most of all; what ends things seldom, because then there is little left to do.
    if (['createSession', 'createIntent', 'confirmIntent', 'createRefund'].includes(id)) return 12
    if (/^(expire|cancel|deactivate)|TestClock$/.test(id)) return 1
    return method === 'POST' ? 3 : 2
  }
  return fc.oneof(...operations.map((operation) => ({ weight: weight(operation), arbitrary: to(operation) })))
}
