import fc from 'fast-check'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { limitBody, withBody } from '../../../server/body-limit.ts'
import { Problem } from '../../../server/domain/problem.ts'
import { bodyTooLarge, readBody, readBytes } from '../../../server/legacy/body.ts'
import type { Env } from '../../../server/wire/reply.ts'

const json = 'application/json'
const formType = 'application/x-www-form-urlencoded'
const bytesOf = (body: string | Uint8Array) => (typeof body === 'string' ? new TextEncoder().encode(body) : body)
const read = (body: string | Uint8Array, type = '') => readBytes(bytesOf(body), type)

/** The code that a body is refused with. */
function refusal(body: string | Uint8Array, type = ''): string {
  try {
    return JSON.stringify(read(body, type))
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
}

/** Parts as they stand in a body, each with its header lines and its text. */
const multipart = (boundary: string, ...parts: [headers: string, text: string][]) =>
  `${parts.map(([headers, text]) => `--${boundary}\r\n${headers}\r\n\r\n${text}\r\n`).join('')}--${boundary}--\r\n`
const quoted = (name: string) => `Content-Disposition: form-data; name="${name}"`
const bare = (name: string) => `Content-Disposition: form-data; name=${name}`

describe('readBytes()', () => {
  const charge = { amount: 90, description: 'Café', test: true, nothing: null, items: [{ n: 1 }] }

  it.each([
    json,
    `${json}; charset=utf-8`,
    'text/json',
    formType,
    'text/plain;charset=UTF-8',
    '',
    'multipart/form-data',
  ])('reads JSON under the content type %j, its values as they are', (type) => {
    const text = JSON.stringify(charge)
    expect(read(text, type)).toEqual(charge)
    expect(read(`\ufeff${text}`, type)).toEqual(charge)
    expect(read(` \r\n\t${JSON.stringify(charge, null, 4)}\n`, type)).toEqual(charge)
  })

  it.each<[string, unknown]>([
    ['9', 9],
    ['-0', -0],
    ['1e3', 1000],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', '9007199254740993'],
    ['6205500000000000004', '6205500000000000004'],
    ['90.32', '90.32'],
    ['90.30', '90.30'],
    ['0.1000000000000000055', '0.1000000000000000055'],
    ['1e999', '1e999'],
    ['"90.32"', '90.32'],
  ])('reads %s in JSON without losing a digit', (text, value) => {
    expect(read(`{"a":${text},"b":[{"c":${text}}]}`)).toEqual({ a: value, b: [{ c: value }] })
  })

  it.each<[string, Record<string, string>]>([
    ['amount=90.32&currency=usd', { amount: '90.32', currency: 'usd' }],
    ['name=Tony+Stark&name=Ana%20Mar%C3%ADa', { name: 'Ana María' }],
    ['name=Tony Stark&email=tony@4geeks.io', { name: 'Tony Stark', email: 'tony@4geeks.io' }],
    ['descripci%C3%B3n=Caf%C3%A9&año=2020', { descripción: 'Café', año: '2020' }],
    ['items[0][name]=a&items%5B1%5D=b', { 'items[0][name]': 'a', 'items[1]': 'b' }],
    ['page=https://a.example/?b=c&empty=', { page: 'https://a.example/?b=c', empty: '' }],
    ['discount=100%&x=%zz', { discount: '100%', x: '%zz' }],
    ['\n  grant_type=client_credentials&\n  client_id=a\n', { grant_type: 'client_credentials', client_id: 'a' }],
    ['a=\ufffd&b=%EF%BF%BD', { a: '\ufffd', b: '\ufffd' }],
    ['&&a=1&&', { a: '1' }],
    ['html=<b>&quote="x"', { html: '<b>', quote: '"x"' }],
  ])('reads the form %j under any content type', (text, fields) => {
    for (const type of [formType, '', 'text/plain', json]) expect(read(text, type)).toEqual(fields)
  })

  it('takes one word as a form only when it is said to be one', () => {
    expect(read('test', formType)).toEqual({ test: '' })
    expect(refusal('test')).toBe('invalid_body')
  })

  it.each<[string, string, string, Record<string, string>]>([
    [
      'as curl -F sends it',
      'multipart/form-data; boundary=------------------------5d1b2c',
      multipart('------------------------5d1b2c', [quoted('name'), 'Tony Stark'], [quoted('exp_month'), '09']),
      { name: 'Tony Stark', exp_month: '09' },
    ],
    [
      'with names without quotes and a boundary with them',
      'multipart/form-data; boundary="9a63f0e1-8e4c"',
      multipart('9a63f0e1-8e4c', [`Content-Type: text/plain; charset=utf-8\r\n${bare('amount')}`, '90.32']),
      { amount: '90.32' },
    ],
    [
      'with another boundary than its header says',
      'multipart/form-data; boundary=x',
      multipart('b', [bare('a'), '1']),
      { a: '1' },
    ],
    ['with no boundary in its header', 'multipart/form-data', multipart('b', [quoted('a'), '1']), { a: '1' }],
    ['with no content type', '', multipart('b', [quoted('a'), '1']), { a: '1' }],
    ['said to be JSON', json, multipart('b', [quoted('a'), '1']), { a: '1' }],
    [
      'with words of other languages',
      '',
      multipart('b', [quoted('año'), 'Ñandú 🥐'], [bare('descripción'), 'é']),
      { año: 'Ñandú 🥐', descripción: 'é' },
    ],
    [
      'with lines in a value',
      '',
      multipart('b', [quoted('a'), 'one\r\ntwo\r\n--c\r\n']),
      { a: 'one\r\ntwo\r\n--c\r\n' },
    ],
    ['with an empty value', '', multipart('b', [quoted('a'), '']), { a: '' }],
    ['with a name that comes twice', '', multipart('b', [quoted('a'), '1'], [bare('a'), '2']), { a: '2' }],
    [
      'with header names in other letters',
      '',
      multipart('b', ['CONTENT-DISPOSITION: Form-Data; name=a', '1']),
      { a: '1' },
    ],
    [
      'with JSON in a part',
      '',
      multipart('b', [`${quoted('a')}\r\nContent-Type: application/json`, '{"b":1}']),
      { a: '{"b":1}' },
    ],
    ['with an escaped quote in a name', '', multipart('b', [quoted('a\\"b'), '1']), { 'a"b': '1' }],
    ['with spaces and marks in its boundary', '', multipart("a b'()+_,-./:=?c", [quoted('a'), '1']), { a: '1' }],
    ['with something after its end', '', `${multipart('b', [quoted('a'), '1'])}the end`, { a: '1' }],
    ['with blank lines before it', '', `\r\n${multipart('b', [quoted('a'), '1'])}`, { a: '1' }],
    ['with no part at all', 'multipart/form-data; boundary=b', '--b--\r\n', {}],
  ])('reads a multipart body %s', (_, type, body, fields) => expect(read(body, type)).toEqual(fields))

  it.each(['', ' ', '\r\n', '\ufeff'])('reads nothing from %j', (text) => {
    for (const type of ['', json, formType, 'multipart/form-data; boundary=b']) expect(read(text, type)).toEqual({})
  })

  it.each<[string, string | Uint8Array, string]>([
    ['broken JSON', '{"amount": 90.32', 'invalid_json'],
    ['JSON in single quotes', "{'amount': 90.32}", 'invalid_json'],
    ['two objects', '{"a":1}{"b":2}', 'invalid_json'],
    ['an open list', '[1', 'invalid_json'],
    ['a list', '[{"amount": 1}]', 'invalid_body'],
    ['a text', '"amount=1"', 'invalid_body'],
    ['a number', '90.32', 'invalid_body'],
    ['null', 'null', 'invalid_body'],
    ['true', 'true', 'invalid_body'],
    ['a shell’s quotes around JSON', `'{"url": "https://a.example/?b=c"}'`, 'invalid_body'],
    ['XML', '<?xml version="1.0"?><a/>', 'invalid_body'],
    ['bytes that are no text', new Uint8Array([0x61, 0x3d, 0xff]), 'invalid_body'],
    ['JSON in Latin-1', Buffer.from('{"a": "café"}', 'latin1'), 'invalid_body'],
    ['escapes that are no UTF-8', 'name=caf%E9', 'invalid_body'],
    ['control characters', 'a\u0000b=1', 'invalid_body'],
    ['101 fields', Array.from({ length: 101 }, (_, n) => `f${n}=1`).join('&'), 'invalid_body'],
    [
      '101 parts',
      multipart('b', ...Array.from({ length: 101 }, (): [string, string] => [quoted('a'), '1'])),
      'invalid_body',
    ],
    ['a multipart body without its end', '--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n', 'invalid_body'],
    ['a multipart body cut off in its header', '--b\r\nContent-Disposition: form-', 'invalid_body'],
    ['a multipart body cut off in its boundary', '--b', 'invalid_body'],
    ['a part without a name', multipart('b', ['Content-Disposition: form-data', '1']), 'invalid_body'],
    ['a part without a header', multipart('b', ['X: y', '1']), 'invalid_body'],
    ['a file', multipart('b', [`${quoted('a')}; filename="a.txt"`, '1']), 'invalid_body'],
    ['a file without a name', multipart('b', [`${bare('a')}; filename=""`, '1']), 'invalid_body'],
    [
      'a file of bytes',
      Buffer.from(multipart('b', [`${bare('a')}; filename*=UTF-8''%e2%82`, '\u00ff']), 'latin1'),
      'invalid_body',
    ],
    ['a part in Latin-1', Buffer.from(multipart('b', [quoted('a'), 'café']), 'latin1'), 'invalid_body'],
    ['objects in objects without end', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`, 'invalid_body'],
    ['lists in lists without end', `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, 'invalid_body'],
  ])('refuses %s with %s', (_, body, code) => {
    for (const type of ['', json, formType, 'multipart/form-data; boundary=b']) expect(refusal(body, type)).toBe(code)
  })

  it('takes exactly a hundred fields', () => {
    const fields = Array.from({ length: 100 }, (_, n) => `f${n}`)
    expect(Object.keys(read(fields.map((name) => `${name}=1`).join('&')))).toEqual(fields)
    const parts = fields.map((name): [string, string] => [bare(name), '1'])
    expect(Object.keys(read(multipart('b', ...parts)))).toEqual(fields)
  })

  it.each([
    '{"__proto__": {"admin": true}, "a": {"__proto__": {"admin": true}, "b": [{"__proto__": 1}]}}',
    '__proto__=1&a=1&constructor=2',
    multipart('b', [quoted('__proto__'), '1'], [bare('a'), '1']),
  ])('drops the names that reach a prototype: %j', (body) => {
    const sent = read(body)
    const copied = Object.assign({}, sent, sent['a'] as object)
    for (const value of [sent, copied, sent['a']]) {
      expect((value as { admin?: boolean }).admin).toBeUndefined()
      expect(Object.keys(value as object)).not.toContain('__proto__')
    }
    expect(Object.getPrototypeOf(copied)).toBe(Object.prototype)
    expect(sent['a']).toBeDefined()
  })

  it('answers whatever comes with an object or a problem', () => {
    const types = fc.constantFrom('', json, formType, 'text/plain', 'multipart/form-data; boundary=b', 'multipart/x')
    const pieces = fc.constantFrom(
      ...`--b|--b--|${bare('a')}|${quoted('é')}|; filename=x|{|}|[|]|"|:|,|=|&|%|%ff|+|__proto__|null|1e999|'|charset="`.split(
        '|',
      ),
      '\r\n',
      '\n',
      '\ufeff',
      '\u0000',
      '\ud800',
    )
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
      fc.array(fc.oneof(pieces, fc.string())).map((parts) => `--b\r\n${parts.join('')}`),
    )
    const bodies = fc.oneof(
      texts.map(bytesOf),
      fc.uint8Array(),
      fc.uint8Array().map((tail) => Buffer.concat([bytesOf('--b\r\n'), tail])),
    )
    fc.assert(
      fc.property(bodies, types, (body, type) => {
        try {
          const sent = readBytes(body, type)
          return typeof sent === 'object' && sent !== null && !Array.isArray(sent)
        } catch (error) {
          return error instanceof Problem && /^invalid_(body|json)$/.test(error.code)
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('gives back what a form or JSON was made of', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => text === text.trim() && text !== '__proto__')
    const fields = fc.dictionary(name, fc.string({ unit: 'grapheme' }), { maxKeys: 20, noNullPrototype: true })
    fc.assert(
      fc.property(fields, (sent) => {
        expect(read(JSON.stringify(sent))).toEqual(sent)
        expect(read(new URLSearchParams(sent).toString(), formType)).toEqual(sent)
      }),
    )
  })
})

describe('readBody()', () => {
  const app = new Hono<Env>()
  app.on(withBody, '*', limitBody(64 * 1024, bodyTooLarge))
  app.all('/', async (c) => c.json(await readBody(c)))
  app.onError((error) => new Response(error instanceof Problem ? error.code : String(error), { status: 400 }))
  const ask = async (init: RequestInit) => {
    const answer = await app.request('/', init)
    return answer.status === 200 ? (answer.json() as Promise<unknown>) : answer.text()
  }
  const chunked = (...chunks: string[]) => ({
    body: new ReadableStream({
      start(to) {
        for (const chunk of chunks) to.enqueue(bytesOf(chunk))
        to.close()
      },
    }),
    duplex: 'half',
  })

  it('reads the body of every method that has one, and none of the others', async () => {
    for (const method of withBody) {
      expect(await ask({ method, body: '{"a":1}' })).toEqual({ a: 1 })
      expect(await ask({ method, headers: { 'Content-Type': json } })).toEqual({})
    }
    expect(await ask({ method: 'GET', headers: { 'Content-Type': json } })).toEqual({})
  })

  it('reads what the platform’s own forms become', async () => {
    const form = new FormData()
    form.set('name', 'Ana "la" María')
    form.set('exp_month', '09')
    expect(await ask({ method: 'POST', body: form })).toEqual({ name: 'Ana "la" María', exp_month: '09' })
    expect(await ask({ method: 'PUT', body: new URLSearchParams({ test: 'True' }) })).toEqual({ test: 'True' })
    form.set('file', new Blob(['x']))
    expect(await ask({ method: 'POST', body: form })).toBe('invalid_body')
  })

  it('reads bodies that come in pieces, up to the limit', async () => {
    const boundary = '--b\r\nContent-Disposition: form-data; na'
    const init = { method: 'POST', ...chunked(boundary, 'me=a\r\n\r\n1\r', '\n--b--') } as RequestInit
    expect(await ask(init)).toEqual({ a: '1' })
    const tooLarge = { method: 'POST', ...chunked('a=', 'x'.repeat(40_000), 'x'.repeat(40_000)) } as RequestInit
    expect(await ask(tooLarge)).toBe('body_too_large')
  })

  it('says of a body that stops arriving that it cannot be read, unless it was stopped for a reason', async () => {
    const unlimited = new Hono<Env>()
    unlimited.post('/', async (c) => c.json(await readBody(c).catch((error: Problem) => error.code)))
    const post = async (error: Error) => {
      const body = new ReadableStream({ pull: (to) => to.error(error) })
      return (await unlimited.request('/', { method: 'POST', body, duplex: 'half' } as RequestInit)).json()
    }
    expect(await post(new Error('aborted'))).toBe('invalid_body')
    expect(await post(bodyTooLarge())).toBe('body_too_large')
  })
})
