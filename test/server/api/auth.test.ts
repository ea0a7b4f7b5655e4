import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { revokeKey, rotateKey } from '../../../server/actions/keys.ts'
import { sweep } from '../../../server/actions/sweep.ts'
import type { ErrorBody } from '../../../server/contract/errors.ts'
import { writeKey } from '../../../server/domain/api-key.ts'
import { randomLetters } from '../../../server/ids.ts'
import { selectKeyById, selectKeys } from '../../../server/store/keys.ts'
import { apiKey, makeApp, type TestApp } from '../../support/make-app.ts'

let shop: TestApp
beforeEach(async () => {
  shop = await makeApp()
})
afterEach(() => shop.deps.store.close())

/** A payment that nobody has: 404 `not_found` for who may ask, and nothing else is behind the key check. */
const ask = (headers: Record<string, string>, query = '') =>
  shop.ask<ErrorBody>(`/v1/payments/pay_none${query}`, { headers })
const codeFor = async (headers: Record<string, string>, query = '') => {
  const { status, body } = await ask(headers, query)
  return `${status} ${body.error.code}`
}
const entered = '404 not_found'
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
const pass = (ms: number) => void (shop.clock.at = new Date(shop.clock.at.getTime() + ms))
const keyDeps = () => ({ ...shop.deps, draw: randomLetters })
const idOf = async (key: string) =>
  (await selectKeys(shop.deps.store.db)).find((row) => row.last4 === key.slice(-4) && row.revokedAt === null)!.id
const revoke = async (key: string) => revokeKey(keyDeps(), await idOf(key))
const events = () => shop.deps.store.db.selectFrom('events').selectAll().execute()
/** Every row of every table. */
const dump = async () => {
  const tables = await shop.deps.store.db.introspection.getTables()
  const rows = await Promise.all(
    tables.map((table) =>
      shop.deps.store.db
        .selectFrom(table.name as 'events')
        .selectAll()
        .execute(),
    ),
  )
  return JSON.stringify(rows)
}

describe('a secret key', () => {
  it('is taken in every documented form, with the scheme in any letter case', async () => {
    for (const key of [apiKey, await shop.newKey(), await shop.newKey({ live: true })]) {
      const unpadded = basic(`${key}:`).replaceAll('=', '')
      for (const value of [basic(`${key}:`), unpadded, `Api-Key ${key}`, `Bearer ${key}`]) {
        const [scheme, rest] = value.split(' ') as [string, string]
        for (const written of [scheme, scheme.toLowerCase(), scheme.toUpperCase()]) {
          expect(await codeFor({ Authorization: `${written} ${rest}` }), written).toBe(entered)
        }
      }
      expect(await codeFor({ 'X-Api-Key': key })).toBe(entered)
      expect(await codeFor({ 'X-Api-Key': ` ${key} ` })).toBe(entered)
      expect(await codeFor({ 'X-Api-Key': key, Authorization: basic(`${key}:`) })).toBe(entered)
    }
  })

  it('may stand beside the credentials of somebody else, such as a gate before the server', async () => {
    expect(await codeFor({ 'X-Api-Key': apiKey, Authorization: basic('staging:gate') })).toBe(entered)
  })

  it('is refused beside another one', async () => {
    const other = await shop.newKey()
    for (const value of [`Bearer ${other}`, basic(`${other}:`), `Api-Key ${other}`]) {
      expect(await codeFor({ 'X-Api-Key': apiKey, Authorization: value })).toBe('400 conflicting_credentials')
    }
  })

  it('is never read from the address', async () => {
    for (const name of ['api_key', 'apikey', 'key', 'X-Api-Key', 'x-api-key', 'access_token', 'authorization']) {
      expect(await codeFor({}, `?${name}=${apiKey}`), name).toBe('401 unauthorized')
    }
    expect(shop.logged.join('')).not.toContain(apiKey)
  })

  it('gets one same 401 when it is missing, malformed, unknown or revoked', async () => {
    const revoked = await shop.newKey()
    await revoke(revoked)
    const mistyped = revoked.slice(0, -1) + (revoked.endsWith('0') ? '1' : '0')
    const answers = await Promise.all([
      ask({}),
      ask({ 'X-Api-Key': '' }),
      ask({ 'X-Api-Key': 'hello' }),
      ask({ 'X-Api-Key': `${apiKey}, ${apiKey}` }),
      ask({ 'X-Api-Key': 'sk_test_unknown' }),
      ask({ 'X-Api-Key': 'sk_live_sandbox' }),
      ask({ 'X-Api-Key': writeKey(false, randomLetters(32)) }),
      ask({ 'X-Api-Key': mistyped }),
      ask({ 'X-Api-Key': revoked }),
      ask({ Authorization: basic(`${apiKey}:password`) }),
      ask({ Authorization: basic(apiKey) }),
      ask({ Authorization: basic(`:${apiKey}`) }),
      ask({ Authorization: `Digest ${apiKey}` }),
      ask({ Authorization: apiKey }),
      ask({ Authorization: 'Basic' }),
      ask({ Authorization: 'Basic %%%' }),
    ])
    for (const { status, body, headers } of answers) {
      expect({ ...body, error: { ...body.error, request_id: '' } }).toEqual({
        code: 401,
        title: 'Unauthorized',
        content: 'Send a valid secret key in the X-Api-Key header, such as X-Api-Key: sk_test_…',
        type: 'danger',
        error: { code: 'unauthorized', decline_code: null, param: null, request_id: '' },
      })
      expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('Basic')])
    }
  })

  it('stops working a second after it was revoked, and a rotated one at the end of its grace', async () => {
    const [revoked, rotated] = [await shop.newKey(), await shop.newKey()]
    const both = async () => [await codeFor({ 'X-Api-Key': revoked }), await codeFor({ 'X-Api-Key': rotated })]
    expect(await both()).toEqual([entered, entered])
    await revoke(revoked)
    const { secret } = await rotateKey(keyDeps(), await idOf(rotated), '24h')
    pass(1000)
    expect(await both()).toEqual(['401 unauthorized', entered])
    expect(await codeFor({ 'X-Api-Key': secret })).toBe(entered)
    pass(86_400_000)
    expect(await both()).toEqual(['401 unauthorized', '401 unauthorized'])
    expect(await codeFor({ 'X-Api-Key': secret })).toBe(entered)
  })

  it('has its last use written by the sweep, not by the request', async () => {
    const key = await shop.newKey()
    const id = await idOf(key)
    const lastUse = async () => (await selectKeyById(shop.deps.store.db, id))!.lastUsedAt
    await ask({ 'X-Api-Key': key })
    expect(await lastUse()).toBeNull()
    pass(5000)
    await sweep(shop.deps)
    expect(await lastUse()).toBe('2026-11-20T12:00:00.000Z')
  })

  it('sees nothing of the other mode, and nothing of another account', async () => {
    await shop.deps.store.db.insertInto('accounts').values({ id: 'acct_2', name: 'Other', created_at: '' }).execute()
    const intent = await shop.openIntent()
    const { payment_id } = (await shop.confirm(intent)).body
    const open = (await shop.createSession()).body.session_id
    const read = async (key: string) => {
      const payment = await shop.ask(`/v1/payments/${payment_id}`, { headers: { 'X-Api-Key': key } })
      const expired = await shop.post(`/v1/payments/session/${open}/expire`, '', { 'X-Api-Key': key })
      return [payment.status, expired.status]
    }
    expect(await read(await shop.newKey({ live: true }))).toEqual([404, 404])
    expect(await read(await shop.newKey({ accountId: 'acct_2' }))).toEqual([404, 404])
    expect(await read(await shop.newKey())).toEqual([200, 200])
  })

  it('for live data takes no test card: the sandbox pays no live session', async () => {
    const live = { 'X-Api-Key': await shop.newKey({ live: true }) }
    const made = await shop.createSession({ return_url: 'https://shop.example/' }, live)
    expect(made.body.session_id).toMatch(/^cs_live_/)
    const refused = await shop.createIntent(made.body.session_id)
    expect([refused.status, refused.body.error.code]).toEqual([403, 'live_mode_unavailable'])
    expect(await shop.deps.store.db.selectFrom('payments').select('id').execute()).toEqual([])
  })
})

describe('an account without a key that counts', () => {
  it('answers its former key with 404 and how to make one', async () => {
    await shop.deps.store.db.insertInto('accounts').values({ id: 'acct_2', name: 'Other', created_at: '' }).execute()
    const key = await shop.newKey({ accountId: 'acct_2' })
    await revoke(key)
    const refused = await ask({ 'X-Api-Key': key })
    expect([refused.status, refused.body.error.code]).toEqual([404, 'no_api_keys'])
    expect(refused.body.content).toContain('npm run keys -- create')
    const spanish = await ask({ 'X-Api-Key': key, 'Accept-Language': 'es' })
    expect(spanish.body.content).toMatch(/^Esta cuenta no tiene claves/)
    expect(await codeFor({}), 'others are not told so').toBe('401 unauthorized')
    await shop.newKey({ accountId: 'acct_2', live: true })
    pass(1000)
    expect(await codeFor({ 'X-Api-Key': key }), 'a key of either mode is a key').toBe('401 unauthorized')
  })

  it('is everyone on a server without any key, whatever is sent', async () => {
    await revoke(apiKey)
    for (const headers of [{}, { 'X-Api-Key': apiKey }, { 'X-Api-Key': 'hello' }, { Authorization: 'Bearer x' }]) {
      expect(await codeFor(headers as Record<string, string>)).toBe('404 no_api_keys')
    }
    const key = await shop.newKey()
    pass(1000)
    expect([await codeFor({ 'X-Api-Key': key }), await codeFor({})]).toEqual([entered, '401 unauthorized'])
  })

  it('is looked for once a second, and never for a key that works', async () => {
    const key = await shop.newKey()
    await revoke(apiKey)
    expect(await codeFor({})).toBe('401 unauthorized')
    await revoke(key)
    expect(await codeFor({})).toBe('401 unauthorized')
    pass(1000)
    expect(await codeFor({})).toBe('404 no_api_keys')
  })
})

describe('a secret key from a browser', () => {
  it.each([
    [{ 'X-Console': '1', 'Sec-Fetch-Site': 'same-origin' }],
    [{ 'X-Console': '1', 'Sec-Fetch-Site': 'same-origin', Origin: 'http://localhost:4242' }],
    [{ 'X-Console': '1', Origin: 'http://localhost:4242' }],
  ])('is accepted from the console of this origin: %o', async (headers) => {
    const key = await shop.newKey()
    expect(await codeFor({ ...(headers as Record<string, string>), 'X-Api-Key': key })).toBe(entered)
  })

  it.each([
    [{ Origin: 'http://localhost:4243' }, 'http://localhost:4243'],
    [{ Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }, 'https://evil.example'],
    [{ 'Sec-Fetch-Site': 'same-origin' }, null],
    [{ Origin: 'null' }, 'null'],
    [{ 'X-Console': '1', Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }, 'https://evil.example'],
    [{ 'X-Console': '1', Origin: 'https://evil.example' }, 'https://evil.example'],
    [{ 'X-Console': '1', 'Sec-Fetch-Site': 'same-site' }, null],
    [{ Origin: `https://${'x'.repeat(400)}.example` }, null],
  ])('is refused with the reason and announced: %o', async (headers, origin) => {
    const key = await shop.newKey()
    const refused = await ask({ ...(headers as Record<string, string>), 'X-Api-Key': key })
    expect([refused.status, refused.body.error.code]).toEqual([403, 'secret_key_in_browser'])
    expect(refused.body.content).toMatch(/came from a browser.*call this from your server, and rotate the key/)
    expect(refused.headers.get('access-control-allow-origin')).toBeNull()
    const id = await idOf(key)
    const [event, ...more] = await events()
    expect(more).toEqual([])
    expect(event).toMatchObject({ type: 'api_key.exposed', account_id: 'acct_sandbox', live: 0, version: 1 })
    expect(JSON.parse(event!.payload)).toEqual({
      id: event!.object_id,
      accountId: 'acct_sandbox',
      live: false,
      version: 1,
      keyId: id,
      last4: key.slice(-4),
      origin,
    })
    expect(await codeFor({ 'X-Api-Key': key }), 'it is refused, not revoked').toBe(entered)
  })

  it('is announced at most once a minute, by however many servers and requests at once', async () => {
    const second = await makeApp({ store: shop.deps.store, ids: shop.deps.newId })
    const key = await shop.newKey()
    const send = (app: TestApp) =>
      app.ask('/v1/payments/pay_none', { headers: { 'X-Api-Key': key, Origin: 'https://a.example' } })
    const burst = async () => {
      const answers = await Promise.all([shop, second, shop, second, shop].map(send))
      for (const answer of answers) expect(answer.status).toBe(403)
      return (await events()).length
    }
    expect(await burst()).toBe(1)
    for (const app of [shop, second]) app.clock.at = new Date('2026-11-20T12:00:59.999Z')
    expect(await burst()).toBe(1)
    for (const app of [shop, second]) app.clock.at = new Date('2026-11-20T12:01:00.000Z')
    expect(await burst()).toBe(2)
    const other = await shop.newKey()
    await ask({ 'X-Api-Key': other, Origin: 'https://a.example' })
    expect(await events()).toHaveLength(3)
  })

  it('is not announced when nobody knows it', async () => {
    expect(await codeFor({ 'X-Api-Key': 'sk_test_unknown', Origin: 'https://a.example' })).toBe('401 unauthorized')
    expect(await events()).toEqual([])
  })

  it('is in no row and no line, even where the origin itself holds it', async () => {
    const key = await shop.newKey()
    await ask({ 'X-Api-Key': key, Origin: key })
    await ask({ 'X-Api-Key': key, 'Sec-Fetch-Site': 'cross-site' })
    const kept = (await dump()) + shop.logged.join('')
    expect(kept).toContain('api_key.exposed')
    expect(kept).toContain('a secret key came from a browser')
    expect(kept).not.toContain(key)
    expect(kept).not.toContain(key.slice(8))
    expect(kept).not.toContain(apiKey)
  })
})
