/** OAuth clients as people meet them: the command as a process of its own beside a running server, on one database file. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Part, startPayments } from '../support/servers.ts'

const folder = mkdtempSync(join(tmpdir(), 'clients-'))
const env = { DATABASE_URL: `sqlite:${join(folder, 'checkout.db')}` }
let server: Part
beforeAll(async () => {
  server = await startPayments(env)
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

type Client = { id: string; secret: string }

/** All that the command has printed but the secrets it gave out. */
let printed = ''
const given: string[] = []
const tokens: string[] = []

function clients(args: string[], more: Record<string, string> = {}): SpawnSyncReturns<string> & Client {
  const all = { ...process.env, ...env, ...more }
  const ended = spawnSync(process.execPath, ['server/clients.ts', ...args], { env: all, encoding: 'utf8' })
  const [, secret = ''] = /client_secret\W+(\w{128})\b/.exec(ended.stdout) ?? []
  const [, id = ''] = /client_id\W+(\w{40})\b/.exec(ended.stdout) ?? []
  if (secret) given.push(secret)
  printed += ended.stdout.replace(secret, '') + ended.stderr
  return { ...ended, id, secret }
}

const ask = async ({ id, secret }: Client, url = server.url) => {
  const answer = await fetch(`${url}/authentication/token/`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
  })
  const said = (await answer.json()) as { access_token: string; error?: string }
  if (answer.ok) tokens.push(said.access_token)
  return { status: answer.status, ...said }
}

/** What the account is told that a token belongs to; the status alone when the token is not taken. */
async function account(token: string): Promise<{ test: boolean } | number> {
  const answer = await fetch(`${server.url}/v1/accounts/me/`, { headers: { Authorization: `bearer ${token}` } })
  return answer.ok ? ((await answer.json()) as { test: boolean }) : answer.status
}

/** How long a token went on being taken, in milliseconds. */
async function untilRefused(token: string): Promise<number> {
  const began = performance.now()
  while ((await account(token)) !== 401 && performance.now() - began < 5000) await sleep(20)
  return performance.now() - began
}

/** What the database says of clients, but for when they were used. */
function stored() {
  const database = new DatabaseSync(join(folder, 'checkout.db'), { readOnly: true })
  const rows = database.prepare('select id, name, secret_digest, revoked_at from oauth_clients').all()
  database.close()
  return rows
}

describe('npm run clients', () => {
  it('explains itself without arguments, and with --help', () => {
    for (const args of [[], ['--help'], ['help'], ['create', '--help']]) {
      const { status, stdout } = clients(args)
      expect(status).toBe(0)
      for (const word of ['create', 'list', 'rotate CLIENT', 'revoke CLIENT', 'client_secret', 'DATABASE_URL'])
        expect(stdout).toContain(word)
    }
  })

  it('makes a client that gets tokens at once, and shows its secret once', async () => {
    const made = clients(['create', '--name', 'Old shop'])
    for (const word of ['only time', 'acct_sandbox', 'Old shop', '/authentication/token/'])
      expect(made.stdout).toContain(word)
    expect([made.id, made.secret]).toEqual([expect.stringMatching(/^\w{40}$/), expect.stringMatching(/^\w{128}$/)])
    const { status, access_token } = await ask(made)
    expect([status, await account(access_token)]).toMatchObject([200, { test: true }])
    const list = clients(['list']).stdout
    expect(list).toMatch(
      new RegExp(`${made.id} +acct_sandbox +test +…${made.secret.slice(-4)} +Old shop +\\S+ \\S+ +\\S+ \\S+ +active\n`),
    )
    expect(list).toMatch(/sandbox +acct_sandbox +test +…cret +SANDBOX_CLIENT_ID/)
    expect(list).toContain(`in ${env.DATABASE_URL}`)
    expect(given).toHaveLength(1)
  })

  it('rotates: the old secret ends at once, and its tokens within a second', async () => {
    const before = clients(['create'])
    const { access_token } = await ask(before)
    expect(await account(access_token)).toMatchObject({ test: true })
    const after = clients(['rotate', before.secret.slice(-4)])
    expect(after.id).toBe(before.id)
    expect(await untilRefused(access_token)).toBeLessThan(1500)
    expect([(await ask(before)).error, (await ask(after)).status]).toEqual(['invalid_client', 200])
    const shown = JSON.parse(clients(['rotate', before.id.slice(0, 12), '--json']).stdout) as Record<string, unknown>
    expect(shown).toMatchObject({ client_id: before.id, mode: 'test', active: true, rotated_at: expect.any(String) })
    expect((await ask(after)).status).toBe(401)
  })

  it('revokes: neither the client nor its tokens are taken any more', async () => {
    const client = clients(['create'])
    const { access_token } = await ask(client)
    expect(await account(access_token)).toMatchObject({ test: true })
    expect(clients(['revoke', client.id]).stdout).toContain('is revoked')
    expect(await untilRefused(access_token)).toBeLessThan(1500)
    expect((await ask(client)).error).toBe('invalid_client')
    const again = clients(['revoke', client.id])
    expect([again.status, again.stderr]).toEqual([1, expect.stringMatching(/^\w{40} was revoked on \S+\n$/)])
  })

  it('makes clients of live mode', async () => {
    const client = clients(['create', '--live', '--json'])
    expect(JSON.parse(clients(['list', '--live', '--json']).stdout)).toMatchObject([
      { client_id: client.id, mode: 'live', active: true },
    ])
    expect(await account((await ask(client)).access_token)).toMatchObject({ test: false })
  })

  it.each([
    [['rotate', 'zzzz'], /^There is no client zzzz\n$/],
    [['rotate', 'x'.repeat(128)], /^There is no client …xxxx\n$/],
    [['rotate', 'sandbox'], /^sandbox has its secret from SANDBOX_CLIENT_SECRET: .*\n$/],
    [['revoke'], /^revoke needs to know which client; .*clients -- list.*\n$/],
    [['create', '--account', 'acct_none'], /^There is no account acct_none\n$/],
    [['create', '--keep', '24h'], /^create takes no --keep; .*\n$/],
    [['rotate', 'a', '--live'], /^rotate takes no --live; .*clients -- --help\n$/],
    [['create', '--lvie'], /^Unknown option '--lvie'; .*\n$/],
    [['create', '--name', 'a\u001b[2J'], /^A name has 1 to 100 characters.*\n$/],
    [['make'], /^There is no command "make"; .*\n$/],
    [['toString'], /^There is no command "toString"; .*\n$/],
  ])('says in one line what is wrong with %j, and changes nothing', (args, line) => {
    const before = stored()
    const { status, stdout, stderr } = clients(args)
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(line)
    expect(stored()).toEqual(before)
  })

  it('warns when its secret is not the server’s', () => {
    const { status, stderr } = clients(['create'], { SERVER_SECRET: 'x'.repeat(40) })
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^Careful: .* SERVER_SECRET .*\n$/)])
  })

  it('makes the first client of a database that no server has opened yet', async () => {
    const fresh = { DATABASE_URL: `sqlite:${join(folder, 'fresh.db')}` }
    const client = clients(['create'], fresh)
    const second = await startPayments(fresh)
    const { status } = await ask(client, second.url)
    await second.stop()
    expect(status).toBe(200)
  })

  it('ends what the settings made, and says so at the next start; the settings may name another', async () => {
    const mine = { DATABASE_URL: `sqlite:${join(folder, 'mine.db')}`, LOG_LEVEL: 'warn' }
    let said = ''
    const start = (more: Record<string, string> = {}) =>
      startPayments({ ...mine, ...more }, 'server/main.ts', (chunk) => void (said += chunk.toString()))
    const sandbox = { id: 'sandbox', secret: 'sandbox-secret' }
    const first = await start()
    expect((await ask(sandbox, first.url)).status).toBe(200)
    expect(clients(['revoke', 'sandbox'], mine).stdout).toContain('SANDBOX_CLIENT_ID')
    expect((await ask(sandbox, first.url)).status).toBe(401)
    await first.stop()
    const second = await start()
    expect((await ask(sandbox, second.url)).status).toBe(401)
    await second.stop()
    expect(said).toContain('SANDBOX_CLIENT_ID names a client that was made or revoked')
    const third = await start({ SANDBOX_CLIENT_ID: 'mine' })
    expect((await ask({ ...sandbox, id: 'mine' }, third.url)).status).toBe(200)
    await third.stop()
  })

  it('has left no secret and no token in the files, and shown none twice', () => {
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
    const everything = files.join('') + printed
    expect(everything).toContain(given[0]!.slice(-4))
    expect(given.length).toBeGreaterThan(6)
    expect(tokens.length).toBeGreaterThan(6)
    for (const secret of [...given, ...tokens]) expect(everything).not.toContain(secret.slice(0, 30))
  })
})
