/** `npm run keys`: makes, lists, rotates and revokes secret keys in the database, and under the secret, of the server's settings. */
import { parseArgs } from 'node:util'
import { createAccount, ensureSandbox, sandboxAccountId } from './actions/accounts.ts'
import { createKey, findKey, fitsServer, type KeyDeps, revokeKey, rotateKey, shownKey } from './actions/keys.ts'
import type { Account } from './domain/account.ts'
import { type ApiKey, isActive } from './domain/api-key.ts'
import { Problem } from './domain/problem.ts'
import { exitWith, settingsOrExit, storeOrExit } from './environment.ts'
import { randomLetters } from './ids.ts'
import { secretsFrom } from './secrets.ts'
import type { Settings } from './settings.ts'
import { selectAccounts } from './store/accounts.ts'
import { isFromSettings, selectKeys } from './store/keys.ts'

const help = `Secret keys of the payment side. A running server follows within a second.

  npm run keys -- create [--live] [--account ID] [--name "Web server"]
  npm run keys -- list [--live] [--account ID]
  npm run keys -- rotate KEY [--keep 24h]      a new key; the old one ends at once, or goes on for up to 7d
  npm run keys -- revoke KEY                   ends a key
  npm run keys -- accounts
  npm run keys -- create-account --name "Café" [--origin https://cafe.example]

KEY is an id from the list, its first letters, or the last four characters of the key itself.
Without --live a key is for test data, without --account it is the sandbox account's. --json prints for scripts.

  npm run keys -- create --name "Web server"
  npm run keys -- rotate 9aZ4 --keep 24h

DATABASE_URL and SERVER_SECRET, from the environment or .env, must be those of the server.
`

const options = {
  live: { type: 'boolean', default: false },
  account: { type: 'string' },
  name: { type: 'string' },
  origin: { type: 'string', multiple: true },
  keep: { type: 'string', default: '0' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Options = ReturnType<typeof read>['values']
type Tool = { deps: KeyDeps; settings: Settings; options: Options }
type Command = {
  /** What must stand after the command's name, if anything. */
  takes?: 'KEY'
  options: readonly (keyof Options)[]
  /** Gives what is printed: for people, and for scripts. */
  run(tool: Tool, word: string): Promise<{ text: string; data: unknown }>
}

const commands: Partial<Record<string, Command>> = {
  create: {
    options: ['live', 'account', 'name'],
    async run(tool) {
      const { deps, settings } = tool
      // On an empty database, the server's first start would make this account.
      if ((await selectAccounts(deps.store.db)).length === 0) await ensureSandbox(deps, settings)
      await warnUnlessFit(tool)
      const { account: accountId = sandboxAccountId, live, name = null } = tool.options
      const { key, secret } = await createKey(deps, { accountId, live, name })
      return { text: newKeyText(key, secret), data: { ...showKey(key, deps.now()), key: secret } }
    },
  },
  list: {
    options: ['live', 'account'],
    async run({ deps, settings, options: { account, live } }) {
      const keys = await selectKeys(deps.store.db, { accountId: account, ...(live && { live }) })
      const now = deps.now()
      const rows = keys.map((key) => [
        key.id,
        key.accountId,
        modeOf(key),
        shownKey(key),
        key.name ?? '',
        minute(key.createdAt),
        key.lastUsedAt === null ? 'never' : minute(key.lastUsedAt),
        stateOf(key, now),
      ])
      const head = ['ID', 'ACCOUNT', 'MODE', 'KEY', 'NAME', 'CREATED (UTC)', 'LAST USED', 'STATE']
      const text = keys.length > 0 ? table([head, ...rows]) : 'No keys: make one with npm run keys -- create\n'
      return {
        text: `${text}\n${count(keys.length, 'key')} in ${database(settings)}\n`,
        data: keys.map((key) => showKey(key, now)),
      }
    },
  },
  rotate: {
    takes: 'KEY',
    options: ['keep'],
    async run(tool, said) {
      const { deps } = tool
      await warnUnlessFit(tool)
      const { key, secret, former } = await rotateKey(deps, (await findKey(deps, said)).id, tool.options.keep)
      const end = isActive(former, deps.now())
        ? `goes on until ${minute(former.revokedAt!)} UTC, then it ends.`
        : 'ends now (--keep 24h would have let it go on for a day).'
      const text = `${newKeyText(key, secret)}\nThe old key ${former.id} (${shownKey(former)}) ${end}\n${settingNote(former)}`
      return { text, data: { ...showKey(key, deps.now()), key: secret, former: showKey(former, deps.now()) } }
    },
  },
  revoke: {
    takes: 'KEY',
    options: [],
    async run({ deps }, said) {
      const key = await revokeKey(deps, (await findKey(deps, said)).id)
      const text = `${key.id} (${shownKey(key)}) is revoked: within a second no server takes it any more.\n${settingNote(key)}`
      return { text, data: showKey(key, deps.now()) }
    },
  },
  accounts: {
    options: [],
    async run({ deps, settings }) {
      const accounts = await selectAccounts(deps.store.db)
      const rows = accounts.map(({ id, name, origins }) => [id, name, origins.join(' ') || 'none'])
      const text =
        accounts.length > 0 ? table([['ID', 'NAME', 'PAGES THAT MAY SHOW ITS ELEMENT'], ...rows]) : 'No accounts yet\n'
      return { text: `${text}\n${count(accounts.length, 'account')} in ${database(settings)}\n`, data: accounts }
    },
  },
  'create-account': {
    options: ['name', 'origin'],
    async run({ deps, options: { name, origin } }) {
      if (name === undefined) exitWith('create-account needs a name, as buyers read it: --name "Café"')
      const account = await createAccount(deps, { name, origins: origin ?? [] })
      return { text: newAccountText(account), data: account }
    },
  },
}

const newKeyText = (key: ApiKey, secret: string) => `
  ${secret}

This is the only time the key is shown: nobody can look it up later. Put it where your server
keeps its secrets (an environment variable), send it as X-Api-Key, and never put it into a page.

  id       ${key.id}   (for rotate and revoke; ${key.last4} will do as well)
  account  ${key.accountId}
  mode     ${key.live ? 'live: real data' : 'test: sandbox data'}
${key.name === null ? '' : `  name     ${key.name}\n`}`

const newAccountText = ({ id, name, origins }: Account) => `Account ${id} (${name}) is made.
${
  origins.length > 0
    ? `Pages that may show its element: ${origins.join(' ')}\n`
    : 'No page may show its element yet: that takes an --origin, such as --origin https://shop.example\n'
}Its first key:  npm run keys -- create --account ${id}
`

/** A key of the settings has a second home, which the command cannot reach. */
const settingNote = (key: ApiKey) =>
  isFromSettings(key)
    ? 'It came from SANDBOX_API_KEY: put another key there (and into the demo shop), or nothing there works any more.\n'
    : ''

/** A key as scripts read it. */
const showKey = (key: ApiKey, now: Date) => ({
  id: key.id,
  account: key.accountId,
  mode: modeOf(key),
  last4: key.last4,
  name: key.name,
  created_at: key.createdAt,
  last_used_at: key.lastUsedAt,
  exposed_at: key.exposedAt,
  revoked_at: key.revokedAt,
  active: isActive(key, now),
})

const modeOf = (key: ApiKey) => (key.live ? 'live' : 'test')

function stateOf(key: ApiKey, now: Date): string {
  const seen = key.exposedAt === null ? '' : `, came from a browser ${minute(key.exposedAt)}`
  if (key.revokedAt === null) return `active${seen}`
  return `${isActive(key, now) ? 'until' : 'revoked'} ${minute(key.revokedAt)}${seen}`
}

const minute = (at: string) => at.slice(0, 16).replace('T', ' ')
const count = (many: number, what: string) => `${many} ${what}${many === 1 ? '' : 's'}`

/** The database without its password. */
const database = ({ databaseUrl }: Settings) => databaseUrl.replace(/(:\/\/[^/@]*?):[^@]*@/, '$1:…@')

function table(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, n) => cell.padEnd(widths[n]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

async function warnUnlessFit({ deps, settings }: Tool): Promise<void> {
  if (await fitsServer(deps, settings)) return
  process.stderr.write(
    'Careful: a server with another SERVER_SECRET or SANDBOX_API_KEY has used this database. Under another SERVER_SECRET this key will not work.\n',
  )
}

function read(args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true, tokens: true })
  } catch (error) {
    return exitWith(
      `${error instanceof Error ? error.message.split('. ')[0] : 'Not understood'}; npm run keys -- --help`,
    )
  }
}

/** Without the two dashes, npm keeps options for itself, and what is left would be done without them. */
function kept(env: NodeJS.ProcessEnv): string | undefined {
  return ['live', 'account', 'name', 'origin', 'keep'].find((name) => env[`npm_config_${name}`] !== undefined)
}

async function main(env: NodeJS.ProcessEnv, args: string[]): Promise<void> {
  const lost = kept(env)
  if (lost)
    exitWith(
      `npm kept --${lost} for itself: write two dashes first, as in npm run keys -- ${args.join(' ')} --${lost} …`,
    )
  const { values, positionals, tokens } = read(args)
  const [name, word, ...more] = positionals
  if (name === undefined || name === 'help' || values.help) {
    process.stdout.write(help)
    return
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) exitWith(`There is no command "${name}"; npm run keys -- --help shows them all`)
  if (command.takes && word === undefined) exitWith(`${name} needs to know which key; npm run keys -- list shows them`)
  const surplus = command.takes ? more[0] : word
  if (surplus !== undefined) exitWith(`${name} does not know what to do with "${surplus}"; npm run keys -- --help`)
  const taken: readonly string[] = [...command.options, 'json']
  const foreign = tokens.find((token) => token.kind === 'option' && !taken.includes(token.name))
  if (foreign?.kind === 'option') exitWith(`${name} takes no --${foreign.name}; npm run keys -- --help`)

  const settings = settingsOrExit(env)
  if (settings.databaseUrl === 'sqlite::memory:')
    exitWith('DATABASE_URL is sqlite::memory:, which only the server itself can see')
  const store = await storeOrExit(settings.databaseUrl, () => undefined)
  try {
    const deps = { store, now: () => new Date(), secrets: secretsFrom(settings.serverSecret), draw: randomLetters }
    const { text, data } = await command.run({ deps, settings, options: values }, word ?? '')
    process.stdout.write(values.json ? `${JSON.stringify(data, null, 2)}\n` : text)
  } finally {
    await store.close()
  }
}

await main(process.env, process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof Problem) exitWith(error.message)
  const { message, code } = error as { message?: string; code?: string }
  exitWith(`The database cannot be used: ${message || code || 'unknown error'}`)
})
