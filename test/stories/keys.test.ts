/** Keys as people meet them: the command as a process of its own beside a running server, on one database file. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { confirm, createIntent, createSession } from '../support/http.ts'
import { type Part, startPayments } from '../support/servers.ts'

const folder = mkdtempSync(join(tmpdir(), 'keys-'))
const env = { DATABASE_URL: `sqlite:${join(folder, 'checkout.db')}` }
let server: Part
let payment: string
beforeAll(async () => {
  server = await startPayments(env)
  const session = await createSession(server.url)
  const intent = await createIntent(server.url, session.body['session_id'] as string)
  payment = (await confirm(server.url, intent.body, 'k')).body['payment_id'] as string
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

/** All that the command has printed but the keys it gave out. */
let printed = ''
const given: string[] = []

function keys(args: string[], more: Record<string, string> = {}): SpawnSyncReturns<string> & { key: string } {
  const all = { ...process.env, ...env, ...more }
  const ended = spawnSync(process.execPath, ['server/keys.ts', ...args], { env: all, encoding: 'utf8' })
  const [key = ''] = /sk_(test|live)_[0-9A-Za-z]{38}/.exec(ended.stdout) ?? []
  if (key) given.push(key)
  printed += ended.stdout.replace(key, '') + ended.stderr
  return { ...ended, key }
}

/** The command keeps this process waiting, and the server ends a connection that was idle for so long: a turn tells of it before the next. */
async function ask(headers: Record<string, string>): Promise<Response> {
  await turn()
  return fetch(`${server.url}/v1/payments/${payment}`, { headers })
}
const read = async (key: string) => (await ask({ 'X-Api-Key': key })).status

/** What the database says of keys and accounts, but for when a key was used. */
function stored() {
  const database = new DatabaseSync(join(folder, 'checkout.db'), { readOnly: true })
  const rows = ['select id, name, revoked_at from api_keys', 'select * from accounts'].map((sql) =>
    database.prepare(sql).all(),
  )
  database.close()
  return rows
}

/** How long a key went on answering 200, in milliseconds. */
async function untilRefused(key: string): Promise<number> {
  const began = performance.now()
  while ((await read(key)) === 200 && performance.now() - began < 5000) await sleep(20)
  return performance.now() - began
}

describe('npm run keys', () => {
  it('explains itself without arguments, and with --help', () => {
    for (const args of [[], ['--help'], ['help'], ['create', '--help']]) {
      const { status, stdout } = keys(args)
      expect(status).toBe(0)
      for (const word of ['create', 'list', 'rotate KEY', 'revoke KEY', 'create-account', '--keep 24h', 'DATABASE_URL'])
        expect(stdout).toContain(word)
    }
  })

  it('makes a key that works at once, and shows it once', async () => {
    const { key, stdout, status } = keys(['create', '--name', 'Web server'])
    expect([status, await read(key)]).toEqual([0, 200])
    for (const word of ['only time', 'X-Api-Key', 'key_', 'acct_sandbox', 'Web server']) expect(stdout).toContain(word)
    const list = keys(['list']).stdout
    expect(list).toMatch(
      new RegExp(`key_\\w{10} +acct_sandbox +test +sk_test_…${key.slice(-4)} +Web server +\\S+ \\S+ +never +active\n`),
    )
    expect(list).toContain(`in ${env.DATABASE_URL}`)
    const headers = { 'X-Api-Key': key, Origin: 'https://shop.example' }
    expect((await ask(headers)).status).toBe(403)
    expect(keys(['list']).stdout).toMatch(new RegExp(`…${key.slice(-4)} .* active, came from a browser \\S+ \\S+\n`))
  })

  it('makes live keys, which see nothing of test data', async () => {
    const { key } = keys(['create', '--live'])
    expect([key.slice(0, 8), await read(key)]).toEqual(['sk_live_', 404])
    expect(keys(['list', '--live']).stdout).not.toContain('sk_test_')
  })

  it('rotates with a grace in which both work, or at once', async () => {
    const { key } = keys(['create'])
    const kept = keys(['rotate', key.slice(-4), '--keep', '24h'])
    expect(kept.stdout).toContain('goes on until')
    expect([await read(key), await read(kept.key)]).toEqual([200, 200])
    await sleep(1100)
    expect([await read(key), await read(kept.key)]).toEqual([200, 200])
    const { id } = JSON.parse(keys(['rotate', kept.key.slice(-4), '--json']).stdout) as { id: string }
    expect(await untilRefused(kept.key)).toBeLessThan(1500)
    expect(keys(['list']).stdout).toMatch(new RegExp(`${id}.*active`))
  })

  it('revokes: a running server refuses the key within a second', async () => {
    const { key } = keys(['create'])
    expect(await read(key)).toBe(200)
    const revoked = keys(['revoke', key.slice(-4)])
    expect(await untilRefused(key)).toBeLessThan(1500)
    expect(await read(key)).toBe(401)
    expect(revoked.stdout).toContain('is revoked')
    const again = keys(['revoke', key.slice(-4)])
    expect([again.status, again.stderr]).toEqual([1, expect.stringMatching(/^key_\w+ was revoked on \S+\n$/)])
  })

  it('makes accounts, each with keys of its own that see nothing of the others', async () => {
    const made = keys(['create-account', '--name', 'Café', '--origin', 'https://cafe.example'])
    const account = /acct_\w{12}/.exec(made.stdout)![0]
    const { key } = keys(['create', '--account', account])
    expect(await read(key)).toBe(404)
    expect(keys(['accounts']).stdout).toMatch(new RegExp(`${account} +Café +https://cafe.example\n`))
    expect(keys(['list', '--account', account]).stdout).toContain('1 key in')
    const [row] = JSON.parse(keys(['list', '--account', account, '--json']).stdout) as Record<string, unknown>[]
    expect(row).toMatchObject({ account, mode: 'test', last4: key.slice(-4), active: true })
    keys(['revoke', key.slice(-4)])
    await untilRefused(key)
    await sleep(1000)
    const refused = await fetch(`${server.url}/v1/payments/${payment}`, { headers: { 'X-Api-Key': key } })
    expect([refused.status, ((await refused.json()) as { content: string }).content]).toEqual([
      404,
      expect.stringContaining('npm run keys -- create'),
    ])
  })

  it.each([
    [['rotate', 'zzzz'], /^There is no key zzzz\n$/],
    [['revoke'], /^revoke needs to know which key; .*list.*\n$/],
    [['rotate', 'dbox', '--keep', '8d'], /^An old key may be kept for 0 to 7 days.*\n$/],
    [['create', '--account', 'acct_none'], /^There is no account acct_none\n$/],
    [['create', '--keep', '24h'], /^create takes no --keep; .*\n$/],
    [['create', '--lvie'], /^Unknown option '--lvie'; .*\n$/],
    [['create', 'Web'], /^create does not know what to do with "Web"; .*\n$/],
    [['create-account'], /^create-account needs a name.*\n$/],
    [['make'], /^There is no command "make"; .*\n$/],
    [['toString'], /^There is no command "toString"; .*\n$/],
  ])('says in one line what is wrong with %j, and changes nothing', (args, line) => {
    const before = stored()
    const { status, stdout, stderr } = keys(args)
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(line)
    expect(stored()).toEqual(before)
  })

  it.each([
    [{ DATABASE_URL: 'sqlite::memory:' }, /^DATABASE_URL is sqlite::memory:, .*\n$/],
    [{ DATABASE_URL: 'mysql://x' }, /^DATABASE_URL must be .*\n$/],
    [{ NODE_ENV: 'production' }, /^SERVER_SECRET must be set .*\n$/],
    [{ DATABASE_URL: 'postgres://u:geheim@127.0.0.1:1/x' }, /^(?!.*geheim)DATABASE_URL: .+ cannot be used: .+\n$/],
    // What npm does with an option that no "--" stands before.
    [{ npm_config_live: 'true' }, /^npm kept --live for itself: .*\n$/],
  ])('stops at %o with one line', (more, line) => {
    const { status, stderr } = keys(['create'], more as Record<string, string>)
    expect([status, stderr]).toEqual([1, expect.stringMatching(line)])
  })

  it('warns when its secret is not the server’s', () => {
    const { status, stderr } = keys(['create'], { SERVER_SECRET: 'x'.repeat(40) })
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^Careful: .* SERVER_SECRET .*\n$/)])
  })

  it('makes the first key of a database that no server has opened yet', async () => {
    const fresh = { DATABASE_URL: `sqlite:${join(folder, 'fresh.db')}` }
    const { key } = keys(['create'], fresh)
    const second = await startPayments(fresh)
    const answer = await fetch(`${second.url}/v1/payments/pay_none`, { headers: { 'X-Api-Key': key } })
    await second.stop()
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ error: { code: 'not_found' } })
  })

  it('has left no key in the files, and shown none twice', () => {
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
    const everything = files.join('') + printed
    expect(everything).toContain(given[0]!.slice(-4))
    expect(given.length).toBeGreaterThan(8)
    for (const key of [...given, 'sk_test_sandbox']) {
      expect(everything.includes(key)).toBe(false)
      expect(everything.includes(key.slice(8, -4)) && given.includes(key)).toBe(false)
    }
  })
})

describe('the vendor’s printed examples', () => {
  const customer = (url: string) =>
    fetch(`${url}/v1/payments/pay_none`, { headers: { 'X-Api-Key': 'sk_test_your_api_key_here' } })

  it('run as they are on a sandbox of one’s own', async () => {
    expect(await (await customer(server.url)).json()).toMatchObject({ error: { code: 'not_found' } })
  })

  it('open nothing where the key is one’s own', async () => {
    const own = await startPayments({ DATABASE_URL: 'sqlite::memory:', SANDBOX_API_KEY: 'sk_test_mine1' })
    const { status } = await customer(own.url)
    await own.stop()
    expect(status).toBe(401)
  })
})
