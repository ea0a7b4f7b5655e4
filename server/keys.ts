/** `npm run keys`: makes, lists, rotates and revokes secret keys in the database, and under the secret, of the server's settings. */
import { createAccount, sandboxAccountId } from './actions/accounts.ts'
import { createKey, findKey, revokeKey, rotateKey, shownKey } from './actions/keys.ts'
import {
  type CommandLine,
  count,
  database,
  ensureAccounts,
  minute,
  modeOf,
  runCommand,
  table,
  warnUnlessFit,
} from './command-line.ts'
import type { Account } from './domain/account.ts'
import { type ApiKey, isActive } from './domain/api-key.ts'
import { exitWith } from './environment.ts'
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

const commands: CommandLine['commands'] = {
  create: {
    options: ['live', 'account', 'name'],
    async run(tool) {
      const { deps } = tool
      await ensureAccounts(tool)
      await warnUnlessFit(tool, 'key')
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
      await warnUnlessFit(tool, 'key')
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

function stateOf(key: ApiKey, now: Date): string {
  const seen = key.exposedAt === null ? '' : `, came from a browser ${minute(key.exposedAt)}`
  if (key.revokedAt === null) return `active${seen}`
  return `${isActive(key, now) ? 'until' : 'revoked'} ${minute(key.revokedAt)}${seen}`
}

await runCommand(
  { name: 'keys', help, commands },
  { env: process.env, args: process.argv.slice(2), now: () => new Date() },
)
