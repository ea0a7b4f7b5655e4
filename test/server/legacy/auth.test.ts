import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureSandbox } from '../../../server/actions/accounts.ts'
import { revokeClient, rotateClient } from '../../../server/actions/clients.ts'
import type { ErrorBody } from '../../../server/contract/errors.ts'
import type { Merchant } from '../../../server/domain/account.ts'
import { randomIds, randomLetters } from '../../../server/ids.ts'
import { bearsToken, withToken } from '../../../server/legacy/auth.ts'
import { openToPages } from '../../../server/legacy/cors.ts'
import { reply } from '../../../server/wire/reply.ts'
import { databases } from '../../support/databases.ts'
import { apiKey, makeApp, shopOrigin, type TestApp } from '../../support/make-app.ts'

let shop: TestApp
afterEach(() => shop.deps.store.close())

/** An app with a path of the legacy face's kind, which answers whose the token is. */
async function open(given: Parameters<typeof makeApp>[0] = {}): Promise<TestApp> {
  shop = await makeApp({ ids: randomIds(() => shop?.clock.at ?? new Date(0)), ...given })
  shop.app.use('/probe', openToPages(shop.deps), withToken(shop.deps))
  shop.app.all('/probe', (c) => reply(c, c.get('merchant'), 200))
  shop.app.get('/kind', (c) => c.json(bearsToken(c)))
  return shop
}

const probe = (
  authorization: string | undefined,
  method = 'GET',
  headers: Record<string, string> = {},
  from?: string,
) =>
  shop.ask<Merchant & ErrorBody>(
    '/probe',
    { method, headers: { ...(authorization !== undefined && { Authorization: authorization }), ...headers } },
    from,
  )
const codeOf = async (authorization: string | undefined, method?: string, headers?: Record<string, string>) => {
  const { status, body } = await probe(authorization, method, headers)
  return status === 200 ? 200 : `${status} ${body.error.code}`
}
const pass = (ms: number) => void (shop.clock.at = new Date(shop.clock.at.getTime() + ms))
const clientDeps = () => ({ ...shop.deps, draw: randomLetters })

describe.each(databases)('withToken() on %s', (on) => {
  beforeEach(async () => void (await open({ on })))

  it('says whose the token is, with the scheme in any letter case', async () => {
    const token = await shop.newToken()
    for (const scheme of ['bearer', 'Bearer', 'BEARER', ' bearer ']) {
      const { status, body } = await probe(`${scheme} ${token}`)
      expect([status, body]).toEqual([200, { accountId: 'acct_sandbox', live: false, keyId: 'sandbox' }])
    }
  })

  it('knows the mode and the account of the client', async () => {
    await shop.deps.store.db.insertInto('accounts').values({ id: 'acct_2', name: 'Two', created_at: '' }).execute()
    const { client, secret } = await shop.newClient({ accountId: 'acct_2', live: true })
    const token = await shop.newToken({ client: { id: client.id, secret } })
    expect((await probe(`bearer ${token}`)).body).toEqual({ accountId: 'acct_2', live: true, keyId: client.id })
  })

  it('gives one same 401 for a missing, malformed, unknown, expired and revoked token', async () => {
    const { client, secret } = await shop.newClient()
    const revoked = await shop.newToken({ client: { id: client.id, secret } })
    await revokeClient(clientDeps(), client.id)
    const token = await shop.newToken()
    const answers = await Promise.all(
      [
        undefined,
        '',
        'bearer',
        'bearer ',
        `bearer ${token}x`,
        `bearer ${token.slice(0, -1)}`,
        `bearer ${token} ${token}`,
        `bearer,${token}`,
        `bearer "${token}"`,
        token,
        `token ${token}`,
        `Basic ${Buffer.from(`${token}:`).toString('base64')}`,
        `Basic ${Buffer.from('sandbox:sandbox-secret').toString('base64')}`,
        'bearer sandbox-secret',
        `bearer ${apiKey}`,
        `bearer ${'x'.repeat(5000)}`,
        `bearer ${revoked}`,
      ].map((authorization) => probe(authorization)),
    )
    pass(36_000_000)
    for (const { status, body } of [...answers, await probe(`bearer ${token}`)]) {
      expect([status, body.error.code, body.content]).toEqual([401, 'unauthorized', answers[0]!.body.content])
    }
  })

  it('takes a token for 36,000 seconds to the millisecond, also when it was seen a moment before', async () => {
    const token = await shop.newToken()
    pass(35_999_999)
    expect(await codeOf(`bearer ${token}`)).toBe(200)
    pass(1)
    expect(await codeOf(`bearer ${token}`)).toBe('401 unauthorized')
  })

  it('follows a rotation and a revocation within a second', async () => {
    const [rotated, revoked] = [await shop.newClient(), await shop.newClient()]
    const tokens = [
      await shop.newToken({ client: { id: rotated.client.id, secret: rotated.secret } }),
      await shop.newToken({ client: { id: revoked.client.id, secret: revoked.secret } }),
    ]
    const codes = () => Promise.all(tokens.map((token) => codeOf(`bearer ${token}`)))
    expect(await codes()).toEqual([200, 200])
    await rotateClient(clientDeps(), rotated.client.id)
    await revokeClient(clientDeps(), revoked.client.id)
    pass(1000)
    expect(await codes()).toEqual(['401 unauthorized', '401 unauthorized'])
  })

  it('ends the tokens of the settings’ client when the settings give it another secret, also when they come back', async () => {
    const settings = { sandboxKeys: [apiKey], sandboxName: 'Tostadora', sandboxOrigins: [shopOrigin] }
    const restart = (id: string, secret: string) =>
      ensureSandbox(shop.deps, { ...settings, sandboxClient: { id, secret } })
    const token = await shop.newToken()
    await restart('sandbox', 'another-secret')
    expect(await codeOf(`bearer ${token}`)).toBe('401 unauthorized')
    await restart('sandbox', 'sandbox-secret')
    pass(1000)
    expect(await codeOf(`bearer ${token}`)).toBe('401 unauthorized')
    const second = await shop.newToken()
    await restart('mine', 'another-secret')
    expect(await codeOf(`bearer ${second}`)).toBe('401 unauthorized')
    await restart('sandbox', 'sandbox-secret')
    expect(await codeOf(`bearer ${await shop.newToken()}`)).toBe(200)
  })
})

describe('withToken()', () => {
  beforeEach(async () => void (await open()))

  it.each([
    ['read', ['GET'], ['POST', 'PUT', 'PATCH', 'DELETE']],
    ['write', ['POST', 'PUT', 'PATCH', 'DELETE'], ['GET']],
    ['groups', [], ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']],
    ['read write groups', ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], []],
  ])('lets the scope %j do %j and not %j', async (scope, allowed, refused) => {
    const token = await shop.newToken({ scope })
    for (const method of allowed) expect(await codeOf(`bearer ${token}`, method)).toBe(200)
    for (const method of refused) expect(await codeOf(`bearer ${token}`, method)).toBe('403 insufficient_scope')
    const head = await shop.app.request('/probe', { method: 'HEAD', headers: { Authorization: `bearer ${token}` } })
    expect(head.status).toBe(scope.includes('read') ? 200 : 403)
  })

  it('asks the database once a second about a token, and never about what could be none', async () => {
    const token = await shop.newToken()
    let asked = 0
    const { oauthTokenDigest } = shop.deps.secrets
    const digested = (text: string) => (asked++, oauthTokenDigest(text))
    const { openDirectory } = await import('../../../server/store/directory.ts')
    const directory = openDirectory(
      shop.deps.store.db,
      shop.deps.now,
      { keyDigest: shop.deps.secrets.keyDigest, oauthTokenDigest: digested },
      [],
    )
    for (const text of ['', 'a b', 'ñ', 'x'.repeat(65), '../..', "'--"]) {
      expect(await directory.bearer(text)).toBeUndefined()
    }
    expect(asked).toBe(0)
    for (let n = 0; n < 50; n++) expect(await directory.bearer(token)).toBeDefined()
    expect(asked).toBe(1)
    pass(1000)
    await directory.bearer(token)
    expect(asked).toBe(2)
  })

  it('counts requests against the account, and wrong tokens against the address', async () => {
    await open({ limits: { key: 2, address: 3 } })
    const token = await shop.newToken()
    expect(await codeOf(`bearer ${token}`)).toBe(200)
    expect(await codeOf(`bearer ${token}`)).toBe(200)
    expect(await codeOf(`bearer ${token}`)).toBe('429 too_many_requests')
    pass(5000)
    for (let n = 0; n < 3; n++) expect((await probe(`bearer wrong${n}`, 'GET', {}, '192.0.2.1')).status).toBe(401)
    expect((await probe('bearer wrong3', 'GET', {}, '192.0.2.1')).status).toBe(429)
    expect((await probe('bearer wrong3', 'GET', {}, '192.0.2.2')).status).toBe(401)
    // Nothing that was sent is no guess.
    for (let n = 0; n < 9; n++) expect((await probe(undefined, 'GET', {}, '192.0.2.3')).status).toBe(401)
  })

  it('keeps the token out of the log', async () => {
    const token = await shop.newToken()
    await codeOf(`bearer ${token}`)
    await codeOf(`bearer ${token}x`)
    expect(shop.logged.join('')).not.toContain(token)
  })
})

describe('bearsToken()', () => {
  beforeEach(async () => void (await open()))

  it.each([
    [{ Authorization: 'bearer PdSKf04xi9LEcvcwIAdbWAXVg380Kz' }, true],
    [{ Authorization: 'BEARER x' }, true],
    [{ Authorization: 'bearer' }, true],
    [{ Authorization: `Bearer ${apiKey}` }, false],
    [{ Authorization: 'bearer x', 'X-Api-Key': apiKey }, false],
    [{ Authorization: 'Basic eA==' }, false],
    [{ Authorization: 'bearers x' }, false],
    [{ 'X-Api-Key': apiKey }, false],
    [{}, false],
  ])('says of %j: %s', async (headers, is) => {
    expect((await shop.ask('/kind', { headers: headers as Record<string, string> })).body).toBe(is)
  })
})

describe('a page that calls the legacy face', () => {
  beforeEach(async () => void (await open()))
  const page = { Origin: 'https://shop.example' }

  it('may call with a token of test mode, from any origin, and read refusals too', async () => {
    const token = await shop.newToken()
    for (const authorization of [`bearer ${token}`, 'bearer wrong', undefined]) {
      const { headers } = await probe(authorization, 'POST', page)
      expect(headers.get('access-control-allow-origin')).toBe('*')
      expect(headers.get('access-control-expose-headers')).toBe('Retry-After, X-Request-Id')
      expect(headers.get('access-control-allow-credentials')).toBeNull()
    }
    expect(await codeOf(`bearer ${token}`, 'POST', page)).toBe(200)
  })

  it('is refused with one of live mode', async () => {
    const { client, secret } = await shop.newClient({ live: true })
    const token = await shop.newToken({ client: { id: client.id, secret } })
    expect(await codeOf(`bearer ${token}`)).toBe(200)
    for (const headers of [page, { 'Sec-Fetch-Site': 'same-origin' }] as Record<string, string>[]) {
      expect(await codeOf(`bearer ${token}`, 'GET', headers)).toBe('403 secret_key_in_browser')
    }
    expect(shop.logged.join('')).toContain('a live token came from a browser')
  })

  it('is told by OPTIONS what it may, without a token or a database; one question too many is not to be kept', async () => {
    await open({ limits: { address: 2 } })
    const ask = () => shop.ask('/probe', { method: 'OPTIONS', headers: page }, '192.0.2.1')
    await shop.deps.store.close()
    const first = await ask()
    expect([first.status, first.text]).toEqual([204, ''])
    const said = Object.fromEntries([...first.headers].filter(([name]) => name.startsWith('access-control')))
    expect(said).toEqual({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
      'access-control-allow-headers':
        'Authorization, Content-Type, Idempotency-Key, Accept-Language, X-Sandbox-Namespace',
      'access-control-expose-headers': 'Retry-After, X-Request-Id',
      'access-control-max-age': '7200',
    })
    await ask()
    const third = await ask()
    expect([third.status, third.headers.get('access-control-max-age')]).toEqual([204, null])
    expect(third.headers.get('access-control-allow-origin')).toBe('*')
  })
})
