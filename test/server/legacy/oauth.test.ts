import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { revokeClient, rotateClient } from '../../../server/actions/clients.ts'
import { sweep } from '../../../server/actions/sweep.ts'
import { randomIds, randomLetters } from '../../../server/ids.ts'
import { databases } from '../../support/databases.ts'
import { type Answer, makeApp, oauthClient, type TestApp } from '../../support/make-app.ts'

type Token = { access_token: string; token_type: string; expires_in: number; scope: string }
type Refusal = { error: string; error_description: string }

let shop: TestApp
afterEach(() => shop.deps.store.close())

const path = '/authentication/token/'
const right = { grant_type: 'client_credentials', client_id: oauthClient.id, client_secret: oauthClient.secret }
const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString()
const formType = { 'Content-Type': 'application/x-www-form-urlencoded' }
const basic = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString('base64')}` })
const ask = (body: unknown = right, headers: Record<string, string> = {}) =>
  shop.post<Token & Refusal>(path, body, headers)
const tokens = () => shop.deps.store.db.selectFrom('oauth_tokens').selectAll().execute()
const pass = (ms: number) => void (shop.clock.at = new Date(shop.clock.at.getTime() + ms))
const codeOf = ({ status, body }: Answer<Refusal>) => `${status} ${body.error}`

/** What no answer of this endpoint may go without, or beyond. */
function expectRefusal(answer: Answer<Refusal>, status: number, error: string): void {
  expect(codeOf(answer)).toBe(`${status} ${error}`)
  expect(Object.keys(answer.body)).toEqual(['error', 'error_description'])
  // RFC 6749, section 5.2.
  expect(answer.body.error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]{10,}$/)
  expect(answer.headers.get('content-type')).toBe('application/json')
  expect([answer.headers.get('cache-control'), answer.headers.get('pragma')]).toEqual(['no-store', 'no-cache'])
  expect(answer.headers.get('www-authenticate')).toBe(
    status === 401 ? 'Basic realm="4Geeks Payments", charset="UTF-8"' : null,
  )
}

describe.each(databases)('POST /authentication/token on %s', (on) => {
  beforeEach(async () => {
    shop = await makeApp({ on, ids: randomIds(() => new Date('2026-11-20T12:00:00.000Z')) })
  })

  it('gives a token of 36,000 seconds and keeps nothing of it but a digest', async () => {
    const { status, body, headers } = await ask()
    expect([status, body]).toEqual([
      200,
      {
        access_token: expect.stringMatching(/^[0-9A-Za-z]{30,64}$/) as string,
        token_type: 'Bearer',
        expires_in: 36_000,
        scope: 'read write groups',
      },
    ])
    expect([headers.get('cache-control'), headers.get('pragma')]).toEqual(['no-store', 'no-cache'])
    const [row] = await tokens()
    expect(row).toEqual({
      digest: shop.deps.secrets.oauthTokenDigest(body.access_token),
      client_id: 'sandbox',
      secret_digest: shop.deps.secrets.oauthSecretDigest('sandbox', 'sandbox-secret'),
      scope: 'read write groups',
      created_at: '2026-11-20T12:00:00.000Z',
      expires_at: '2026-11-20T22:00:00.000Z',
    })
    const kept = JSON.stringify([
      await tokens(),
      await shop.deps.store.db.selectFrom('oauth_clients').selectAll().execute(),
      shop.logged,
    ])
    for (const secret of [body.access_token, oauthClient.secret]) expect(kept).not.toContain(secret)
    expect((await ask()).body.access_token).not.toBe(body.access_token)
  })

  it('is found with and without the slash at its end', async () => {
    const answer = await shop.post<Token>('/authentication/token', right)
    expect([answer.status, answer.body.token_type]).toEqual([200, 'Bearer'])
  })

  it('takes the credentials in every form that clients send', async () => {
    // As the document's own example: JSON under curl's content type for forms.
    expect((await ask(JSON.stringify(right), formType)).status).toBe(200)
    expect((await ask(form(right), formType)).status).toBe(200)
    expect((await ask(form(right), { 'Content-Type': 'text/plain' })).status).toBe(200)
    const parts = Object.entries(right).map(
      ([name, value]) => `--b\r\nContent-Disposition: form-data; name=${name}\r\n\r\n${value}\r\n`,
    )
    expect((await ask(`${parts.join('')}--b--`, { 'Content-Type': 'multipart/form-data; boundary="b"' })).status).toBe(
      200,
    )
    const grant = { grant_type: 'client_credentials' }
    expect((await ask(grant, basic('sandbox:sandbox-secret'))).status).toBe(200)
    // Encoded as RFC 6749, section 2.3.1, has it.
    expect((await ask(grant, basic('sandbox:sandbox%2Dsecret'))).status).toBe(200)
    expect((await ask(right, basic('sandbox:sandbox-secret'))).status).toBe(200)
    expect((await ask({ ...grant, client_id: 'sandbox' }, basic('sandbox:sandbox-secret'))).status).toBe(200)
  })

  it.each([
    ['read', 'read'],
    ['write read', 'read write'],
    ['groups', 'groups'],
    ['  read   read ', 'read'],
    ['', 'read write groups'],
    [null, 'read write groups'],
  ])('grants the scope %j as %j', async (scope, granted) => {
    const { status, body } = await ask({ ...right, scope })
    expect([status, body.scope]).toEqual([200, granted])
  })

  it.each<[string, unknown, Record<string, string>, number, string]>([
    ['no body', '', {}, 400, 'invalid_request'],
    ['an empty object', {}, {}, 400, 'invalid_request'],
    ['broken JSON', '{"grant_type": ', {}, 400, 'invalid_request'],
    ['a list', [right], {}, 400, 'invalid_request'],
    ['words', 'give me a token', {}, 400, 'invalid_request'],
    ['a grant of another type', { ...right, grant_type: 7 }, {}, 400, 'invalid_request'],
    ['an empty grant', { ...right, grant_type: '' }, {}, 400, 'invalid_request'],
    ['the password grant', { ...right, grant_type: 'password' }, {}, 400, 'unsupported_grant_type'],
    ['the grant in other letters', { ...right, grant_type: 'Client_Credentials' }, {}, 400, 'unsupported_grant_type'],
    ['an unknown scope', { ...right, scope: 'read admin' }, {}, 400, 'invalid_scope'],
    ['a scope with commas', { ...right, scope: 'read,write' }, {}, 400, 'invalid_scope'],
    ['a scope that is a list', { ...right, scope: ['read'] }, {}, 400, 'invalid_request'],
    ['no credentials', { grant_type: 'client_credentials' }, {}, 401, 'invalid_client'],
    ['no secret', { ...right, client_secret: undefined }, {}, 401, 'invalid_client'],
    ['an empty secret', { ...right, client_secret: '' }, {}, 401, 'invalid_client'],
    ['no id', { ...right, client_id: null }, {}, 401, 'invalid_client'],
    ['a secret that is a number', { ...right, client_secret: 7 }, {}, 400, 'invalid_request'],
    ['a wrong secret', { ...right, client_secret: 'sandbox-secreT' }, {}, 401, 'invalid_client'],
    ['an unknown client', { ...right, client_id: 'nobody' }, {}, 401, 'invalid_client'],
    ['a client that could be none', { ...right, client_id: 'a b\u0000' }, {}, 401, 'invalid_client'],
    ['a wrong secret in Basic', { grant_type: 'client_credentials' }, basic('sandbox:no'), 401, 'invalid_client'],
    ['a Basic without a colon', { grant_type: 'client_credentials' }, basic('sandbox'), 401, 'invalid_client'],
    ['an empty Basic', { grant_type: 'client_credentials' }, { Authorization: 'Basic' }, 401, 'invalid_client'],
    ['two secrets', right, basic('sandbox:another-one'), 400, 'invalid_request'],
    ['two clients', right, basic('other:sandbox-secret'), 400, 'invalid_request'],
  ])('refuses %s', async (_, body, headers, status, error) => {
    expectRefusal(await ask(body, headers), status, error)
    const spanish = await ask(body, { ...headers, 'Accept-Language': 'es' })
    expectRefusal(spanish, status, error)
    expect(spanish.body.error_description).not.toBe((await ask(body, headers)).body.error_description)
    expect(await tokens()).toEqual([])
  })

  it('answers an unknown client, a revoked one and a wrong secret alike', async () => {
    const { client, secret } = await shop.newClient()
    await revokeClient({ ...shop.deps, draw: randomLetters }, client.id)
    const answers = [
      await ask({ ...right, client_id: 'nobody' }),
      await ask({ ...right, client_id: '../../etc' }),
      await ask({ ...right, client_secret: 'wrong' }),
      await ask({ ...right, client_id: client.id, client_secret: secret }),
    ]
    for (const { status, text, headers } of answers) {
      expect([status, text]).toEqual([answers[0]!.status, answers[0]!.text])
      expect([...headers].filter(([name]) => name !== 'x-request-id')).toEqual(
        [...answers[0]!.headers].filter(([name]) => name !== 'x-request-id'),
      )
    }
  })

  it('ends every token of a client with its secret, and no other client’s', async () => {
    const [mine, other] = [await shop.newClient(), await shop.newClient()]
    const credentials = ({ client, secret }: typeof mine) => ({ client: { id: client.id, secret } })
    const [first, second] = [await shop.newToken(credentials(mine)), await shop.newToken(credentials(mine))]
    const others = await shop.newToken(credentials(other))
    const known = async () =>
      [
        await shop.deps.accounts.bearer(first),
        await shop.deps.accounts.bearer(second),
        await shop.deps.accounts.bearer(others),
      ].map((found) => found?.merchant.keyId)
    expect(await known()).toEqual([mine.client.id, mine.client.id, other.client.id])
    const rotated = await rotateClient({ ...shop.deps, draw: randomLetters }, mine.client.id)
    pass(1000)
    expect(await known()).toEqual([undefined, undefined, other.client.id])
    expect(codeOf(await ask({ ...right, client_id: mine.client.id, client_secret: mine.secret }))).toBe(
      '401 invalid_client',
    )
    expect(await shop.newToken(credentials(rotated))).toMatch(/^\w{30,}$/)
  })

  it('gives nobody a token that outlives a rotation, even when both meet', async () => {
    const mine = await shop.newClient()
    const [asked, rotated] = await Promise.all([
      Promise.all(
        Array.from({ length: 5 }, () => shop.newToken({ client: { id: mine.client.id, secret: mine.secret } })),
      ),
      rotateClient({ ...shop.deps, draw: randomLetters }, mine.client.id),
    ])
    expect(rotated.client.last4).toBe(rotated.secret.slice(-4))
    pass(1000)
    for (const token of asked) if (token) expect(await shop.deps.accounts.bearer(token)).toBeUndefined()
  })

  it('has expired tokens swept away, and notes when a client was used', async () => {
    await ask()
    const client = () => shop.deps.store.db.selectFrom('oauth_clients').selectAll().executeTakeFirstOrThrow()
    expect((await client()).last_used_at).toBe('2026-11-20T12:00:00.000Z')
    const token = (await ask()).body.access_token
    pass(35_999_000)
    await shop.deps.accounts.bearer(token)
    await sweep(shop.deps)
    expect((await client()).last_used_at).toBe('2026-11-20T21:59:59.000Z')
    // A clock of test data may stand still while the real one goes on: a token is kept a month longer.
    pass(30 * 24 * 3_600_000)
    await sweep(shop.deps)
    expect(await tokens()).toHaveLength(2)
    pass(1001)
    await sweep(shop.deps)
    expect(await tokens()).toEqual([])
  })
})

describe('POST /authentication/token', () => {
  beforeEach(async () => {
    shop = await makeApp()
  })

  it('answers other methods with 405 and the one it takes', async () => {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await shop.ask<Refusal>(path, { method })
      expectRefusal(answer, 405, 'invalid_request')
      expect(answer.headers.get('allow')).toBe('POST, OPTIONS')
    }
    expect((await shop.app.request(path, { method: 'HEAD' })).status).toBe(405)
  })

  it('never reads credentials from the address', async () => {
    expect(codeOf(await shop.post<Refusal>(`${path}?${form(right)}`, ''))).toBe('400 invalid_request')
  })

  it('refuses a body over the limit by the length that it declares', async () => {
    const answer = await ask({ ...right, more: 'x'.repeat(65_536) }, { 'Content-Length': '65700' })
    expectRefusal(answer, 400, 'invalid_request')
    expect(answer.body.error_description).toBe('The body is larger than 64 kB')
  })

  it('refuses a chunked body over the limit while it is read', async () => {
    const body = new ReadableStream({
      start(to) {
        for (let n = 0; n < 9; n++) to.enqueue(new Uint8Array(8192).fill(0x61))
        to.close()
      },
    })
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit
    const answer = await shop.ask<Refusal>(path, init)
    expectRefusal(answer, 400, 'invalid_request')
    expect(answer.body.error_description).toBe('The body is larger than 64 kB')
  })

  it('says of our own failures nothing but the request id', async () => {
    shop.deps.store.db.getExecutor().executeQuery = () => Promise.reject(new Error('secret detail'))
    shop.deps.store.transact = () => Promise.reject(new Error('secret detail'))
    const answer = await ask()
    expectRefusal(answer, 500, 'server_error')
    expect(answer.body.error_description).toContain(answer.headers.get('x-request-id')!)
    expect(answer.text).not.toContain('secret detail')
    expect(shop.logged.join('')).toContain('secret detail')
  })

  it('answers 503 while the database is away', async () => {
    shop.deps.store.transact = () => Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }))
    const answer = await ask()
    expectRefusal(answer, 503, 'temporarily_unavailable')
    expect(answer.headers.get('retry-after')).toBe('1')
  })

  it('counts wrong secrets by address and looks up none beyond the limit; right ones count for nothing', async () => {
    const limited = await makeApp({ limits: { address: 3 } })
    const from = (address: string, body: unknown) =>
      limited.ask<Refusal>(path, { method: 'POST', body: JSON.stringify(body) }, address)
    for (let n = 0; n < 20; n++) expect((await from('192.0.2.1', right)).status).toBe(200)
    for (let n = 0; n < 3; n++) {
      expect((await from('192.0.2.1', { ...right, client_secret: 'wrong' })).status).toBe(401)
    }
    const over = await from('192.0.2.1', right)
    expectRefusal(over, 429, 'temporarily_unavailable')
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await from('192.0.2.2', right)).status).toBe(200)
    await limited.deps.store.close()
  })

  it('compares every client’s secret, also when there is no such client', async () => {
    const asked: (string | undefined)[] = []
    const { isOauthSecret } = shop.deps.secrets
    shop.deps.secrets.isOauthSecret = (digest, id, secret) => {
      asked.push(digest)
      return isOauthSecret(digest, id, secret)
    }
    await ask({ ...right, client_id: 'nobody' })
    await ask({ ...right, client_secret: 'wrong' })
    expect(asked).toEqual([undefined, expect.any(String)])
  })

  it('knows no client that has an empty secret', async () => {
    expect(shop.deps.secrets.isOauthSecret(undefined, '', '')).toBe(false)
  })
})

describe('a page that asks for a token', () => {
  beforeEach(async () => {
    shop = await makeApp()
  })
  const page = { Origin: 'https://shop.example' }

  it('may ask for one of test mode, and read every answer', async () => {
    for (const answer of [await ask(right, page), await ask({}, page), await shop.ask(path, { headers: page })]) {
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
      expect(answer.headers.get('access-control-expose-headers')).toBe('Retry-After, X-Request-Id')
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
    }
    expect((await ask(right, page)).status).toBe(200)
  })

  it('is told by OPTIONS that it may, without any database', async () => {
    await shop.deps.store.close()
    const answer = await shop.ask(path, { method: 'OPTIONS', headers: page })
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect(answer.headers.get('access-control-allow-methods')).toBe('POST, OPTIONS')
    shop = await makeApp()
  })

  it('gets no token with a live secret, and is told why; a wrong secret is only wrong', async () => {
    const { client, secret } = await shop.newClient({ live: true })
    const live = { ...right, client_id: client.id, client_secret: secret }
    for (const headers of [page, { 'Sec-Fetch-Site': 'cross-site' }] as Record<string, string>[]) {
      const answer = await ask(live, headers)
      expectRefusal(answer, 400, 'unauthorized_client')
      expect(answer.body.error_description).toContain('browser')
      expect(codeOf(await ask({ ...live, client_secret: 'wrong' }, headers))).toBe('401 invalid_client')
    }
    expect(shop.logged.join('')).toContain('a live client secret came from a browser')
    expect(await tokens()).toEqual([])
    expect((await ask(live)).status).toBe(200)
  })
})
