/** `npm run clients`: makes, lists, rotates and revokes OAuth clients of the legacy API, in the server's own database. */
import { sandboxAccountId } from './actions/accounts.ts'
import { createClient, findClient, revokeClient, rotateClient } from './actions/clients.ts'
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
import type { OauthClient } from './domain/oauth.ts'
import { selectClients } from './store/oauth.ts'

const help = `OAuth clients of the legacy API: a client_id and a client_secret for a token. A running server follows within a second.

  npm run clients -- create [--live] [--account ID] [--name "Old shop"]
  npm run clients -- list [--live] [--account ID]
  npm run clients -- rotate CLIENT     a new secret; the old one and every token end at once
  npm run clients -- revoke CLIENT     ends a client and its tokens

CLIENT is a client_id from the list, its first letters, or the last four characters of its secret.
Without --live a client is for test data, without --account it is the sandbox account's. --json prints for scripts.
Accounts are made with npm run keys -- create-account.

  npm run clients -- create --name "Old shop"
  npm run clients -- rotate 9aZ4

DATABASE_URL and SERVER_SECRET, from the environment or .env, must be those of the server.
`

const commands: CommandLine['commands'] = {
  create: {
    options: ['live', 'account', 'name'],
    async run(tool) {
      const { deps } = tool
      await ensureAccounts(tool)
      await warnUnlessFit(tool, 'secret')
      const { account: accountId = sandboxAccountId, live, name = null } = tool.options
      const { client, secret } = await createClient(deps, { accountId, live, name })
      return { text: secretText(client, secret), data: { ...showClient(client), client_secret: secret } }
    },
  },
  list: {
    options: ['live', 'account'],
    async run({ deps, settings, options: { account, live } }) {
      const clients = await selectClients(deps.store.db, { accountId: account, ...(live && { live }) })
      const rows = clients.map((client) => [
        client.id,
        client.accountId,
        modeOf(client),
        `…${client.last4}`,
        client.name ?? '',
        minute(client.createdAt),
        client.lastUsedAt === null ? 'never' : minute(client.lastUsedAt),
        stateOf(client),
      ])
      const head = ['CLIENT ID', 'ACCOUNT', 'MODE', 'SECRET', 'NAME', 'CREATED (UTC)', 'LAST USED', 'STATE']
      const text = clients.length > 0 ? table([head, ...rows]) : 'No clients: make one with npm run clients -- create\n'
      return {
        text: `${text}\n${count(clients.length, 'client')} in ${database(settings)}\n`,
        data: clients.map(showClient),
      }
    },
  },
  rotate: {
    takes: 'CLIENT',
    options: [],
    async run(tool, said) {
      const { deps } = tool
      await warnUnlessFit(tool, 'secret')
      const former = await findClient(deps, said)
      const { client, secret } = await rotateClient(deps, former.id)
      const text = `${secretText(client, secret)}\nThe old secret (…${former.last4}) and all tokens that it was given end now.\n`
      return { text, data: { ...showClient(client), client_secret: secret } }
    },
  },
  revoke: {
    takes: 'CLIENT',
    options: [],
    async run({ deps }, said) {
      const client = await revokeClient(deps, (await findClient(deps, said)).id)
      const text = `${client.id} is revoked: within a second no server takes it or its tokens any more.\n${settingNote(client)}`
      return { text, data: showClient(client) }
    },
  },
}

const secretText = (client: OauthClient, secret: string) => `
  client_id      ${client.id}
  client_secret  ${secret}

This is the only time the secret is shown: nobody can look it up later. Put both where your server
keeps its secrets, ask POST /authentication/token/ for a token with them, and never put them into a page.

  account  ${client.accountId}
  mode     ${client.live ? 'live: real data' : 'test: sandbox data'}
${client.name === null ? '' : `  name     ${client.name}\n`}`

/** A client of the settings has a second home, which the command cannot reach. */
const settingNote = (client: OauthClient) =>
  client.madeBy === 'settings'
    ? 'It came from SANDBOX_CLIENT_ID: put another name there, or the sandbox has no client any more.\n'
    : ''

/** A client as scripts read it. */
const showClient = (client: OauthClient) => ({
  client_id: client.id,
  account: client.accountId,
  mode: modeOf(client),
  last4: client.last4,
  name: client.name,
  created_at: client.createdAt,
  rotated_at: client.rotatedAt,
  last_used_at: client.lastUsedAt,
  revoked_at: client.revokedAt,
  active: client.revokedAt === null,
})

function stateOf({ rotatedAt, revokedAt }: OauthClient): string {
  if (revokedAt !== null) return `revoked ${minute(revokedAt)}`
  return rotatedAt === null ? 'active' : `active, secret of ${minute(rotatedAt)}`
}

await runCommand(
  { name: 'clients', help, commands },
  { env: process.env, args: process.argv.slice(2), now: () => new Date() },
)
