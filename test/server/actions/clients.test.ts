import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureSandbox } from '../../../server/actions/accounts.ts'
import {
  authenticate,
  createClient,
  findClient,
  recordClientUses,
  revokeClient,
  rotateClient,
} from '../../../server/actions/clients.ts'
import type { KeyDeps } from '../../../server/actions/keys.ts'
import { randomLetters } from '../../../server/ids.ts'
import { secretsFrom } from '../../../server/secrets.ts'
import { insertToken, selectClient, selectClients } from '../../../server/store/oauth.ts'
import { openDirectory } from '../../../server/store/directory.ts'
import type { Store } from '../../../server/store/schema.ts'
import { databases, emptyStore } from '../../support/databases.ts'

let store: Store
let at: Date
let deps: KeyDeps
afterEach(() => store.close())

const wanted = { accountId: 'acct_sandbox', live: false, name: 'Old shop' }
const restart = (id = 'sandbox', secret = 'sandbox-secret') =>
  ensureSandbox(deps, {
    sandboxKeys: ['sk_test_sandbox'],
    sandboxClient: { id, secret },
    sandboxName: 'Sandbox',
    sandboxOrigins: [],
  })
const knows = async (id: string, secret: string) => (await authenticate(deps, id, secret)) !== undefined

describe.each(databases)('clients on %s', (on) => {
  beforeEach(async () => {
    store = await emptyStore(on)
    at = new Date('2026-11-20T12:00:00.000Z')
    deps = { store, now: () => at, secrets: secretsFrom('a secret for tests, of at least 32'), draw: randomLetters }
    await restart()
  })

  describe('createClient()', () => {
    it('gives the secret out once and keeps only its digest', async () => {
      const { client, secret } = await createClient(deps, wanted)
      expect([client.id, secret]).toEqual([expect.stringMatching(/^\w{40}$/), expect.stringMatching(/^\w{128}$/)])
      expect((await selectClient(store.db, client.id))?.client).toEqual(client)
      expect(client).toMatchObject({ ...wanted, last4: secret.slice(-4), madeBy: 'command', revokedAt: null })
      const rows = JSON.stringify(await store.db.selectFrom('oauth_clients').selectAll().execute())
      expect(rows).not.toContain(secret.slice(0, 20))
      expect(await knows(client.id, secret)).toBe(true)
      expect(await knows(client.id, `${secret}x`)).toBe(false)
      expect(await knows('sandbox', secret)).toBe(false)
    })

    it.each([
      [{ ...wanted, accountId: 'acct_none' }, 'There is no account acct_none'],
      [{ ...wanted, name: 'a\u001b[2Jb' }, 'A name has 1 to 100 characters'],
    ])('refuses %o and keeps nothing', async (asked, message) => {
      const before = await selectClients(store.db)
      await expect(createClient(deps, asked)).rejects.toThrow(message)
      expect(await selectClients(store.db)).toEqual(before)
    })
  })

  describe('rotateClient()', () => {
    it('keeps everything of a client but its secret', async () => {
      const { client, secret } = await createClient(deps, wanted)
      at = new Date('2026-11-20T13:00:00.000Z')
      const after = await rotateClient(deps, client.id)
      expect(after.client).toEqual({ ...client, last4: after.secret.slice(-4), rotatedAt: at.toISOString() })
      expect((await selectClient(store.db, client.id))?.client).toEqual(after.client)
      expect([await knows(client.id, secret), await knows(client.id, after.secret)]).toEqual([false, true])
    })

    it('gives one secret when it is asked twice at once, or the last of two', async () => {
      const { client } = await createClient(deps, wanted)
      const made = await Promise.all([rotateClient(deps, client.id), rotateClient(deps, client.id)])
      const known = await Promise.all(made.map(({ secret }) => knows(client.id, secret)))
      expect(known.filter(Boolean)).toHaveLength(1)
    })

    it('refuses revoked clients, unknown ones and those of the settings', async () => {
      const { client } = await createClient(deps, wanted)
      await revokeClient(deps, client.id)
      await expect(rotateClient(deps, client.id)).rejects.toThrow(
        `${client.id} was revoked on 2026-11-20T12:00:00.000Z`,
      )
      await expect(revokeClient(deps, client.id)).rejects.toThrow('was revoked on')
      await expect(rotateClient(deps, 'nobody')).rejects.toThrow('There is no client nobody')
      await expect(rotateClient(deps, 'sandbox')).rejects.toThrow('SANDBOX_CLIENT_SECRET')
      expect(await knows('sandbox', 'sandbox-secret')).toBe(true)
    })
  })

  describe('findClient()', () => {
    it('finds the one that a person means', async () => {
      const { client, secret } = await createClient(deps, wanted)
      for (const said of [client.id, client.id.slice(0, 6), secret.slice(-4), secret]) {
        expect((await findClient(deps, said)).id).toBe(client.id)
      }
      expect((await findClient(deps, 'sandbox')).id).toBe('sandbox')
      for (const said of ['', 'x', client.id.slice(0, 3), `${client.id}x`]) {
        await expect(findClient(deps, said)).rejects.toThrow('There is no client')
      }
    })

    it('prefers one that still counts, and asks back when that leaves several', async () => {
      const same = (letters: number) => (letters === 40 ? randomLetters(36) + 'tail' : 'x'.repeat(letters))
      const twins = { ...deps, draw: same }
      const [first, second] = [await createClient(twins, wanted), await createClient(twins, wanted)]
      await expect(findClient(deps, 'xxxx')).rejects.toThrow(/could be any of .*: say the whole id/)
      await revokeClient(deps, first.client.id)
      expect((await findClient(deps, 'xxxx')).id).toBe(second.client.id)
      await revokeClient(deps, second.client.id)
      await expect(findClient(deps, 'x'.repeat(128))).rejects.toThrow(/^"…xxxx" could be any of/)
    })
  })

  describe('the client of the settings', () => {
    it('follows them from start to start: secret, name, and back', async () => {
      at = new Date('2026-11-20T13:00:00.000Z')
      await restart('sandbox', 'another-secret')
      expect([await knows('sandbox', 'sandbox-secret'), await knows('sandbox', 'another-secret')]).toEqual([
        false,
        true,
      ])
      expect((await selectClient(store.db, 'sandbox'))?.client).toMatchObject({
        last4: 'cret',
        rotatedAt: at.toISOString(),
      })
      await restart('mine', 'another-secret')
      expect([await knows('sandbox', 'another-secret'), await knows('mine', 'another-secret')]).toEqual([false, true])
      await restart()
      expect([await knows('sandbox', 'sandbox-secret'), await knows('mine', 'another-secret')]).toEqual([true, false])
    })

    it('is written only when something changed', async () => {
      const rows = () => store.db.selectFrom('oauth_clients').selectAll().execute()
      const before = await rows()
      store = { ...store, transact: () => Promise.reject(new Error('written')) }
      deps = { ...deps, store }
      await restart()
      await expect(restart('sandbox', 'another-secret')).rejects.toThrow('written')
      expect(await rows()).toEqual(before)
    })

    it('is no other client than their own, also when they just named another', async () => {
      const { client, secret } = await createClient(deps, wanted)
      expect((await restart(client.id, 'another-secret')).clientTaken).toBe(true)
      expect([await knows(client.id, secret), await knows(client.id, 'another-secret')]).toEqual([true, false])
      expect(await knows('sandbox', 'sandbox-secret')).toBe(false)
    })

    it('is not taken back from who revoked it, nor taken from who made it', async () => {
      expect((await restart()).clientTaken).toBe(false)
      await revokeClient(deps, 'sandbox')
      expect((await restart()).clientTaken).toBe(true)
      expect((await restart('sandbox', 'another-secret')).clientTaken).toBe(true)
      expect(await knows('sandbox', 'another-secret')).toBe(false)
      const { client, secret } = await createClient(deps, { ...wanted, live: true })
      const found = (await authenticate(deps, client.id, secret))!
      await deps.store.transact((tx) =>
        insertToken(tx, {
          digest: 'd',
          client_id: client.id,
          secret_digest: found.secretDigest,
          scope: 'read',
          created_at: '',
          expires_at: '9',
        }),
      )
      expect((await restart(client.id, 'another-secret')).clientTaken).toBe(true)
      expect([await knows(client.id, secret), await knows(client.id, 'another-secret')]).toEqual([true, false])
      expect(await store.db.selectFrom('oauth_tokens').select('digest').execute()).toEqual([{ digest: 'd' }])
      // Nobody else's name is taken: the settings' client is back.
      expect((await restart('third', 'another-secret')).clientTaken).toBe(false)
      expect(await knows('third', 'another-secret')).toBe(true)
    })
  })

  describe('recordClientUses()', () => {
    it('writes a use at most once a minute, however many servers there are', async () => {
      await store.transact((tx) =>
        insertToken(tx, {
          digest: deps.secrets.oauthTokenDigest('token'),
          client_id: 'sandbox',
          secret_digest: deps.secrets.oauthSecretDigest('sandbox', 'sandbox-secret'),
          scope: 'read',
          created_at: at.toISOString(),
          expires_at: '2026-11-20T22:00:00.000Z',
        }),
      )
      const open = () => ({ store, accounts: openDirectory(store.db, deps.now, deps.secrets, []) })
      const servers = [open(), open()]
      const lastUse = async (now: string) => {
        at = new Date(now)
        for (const { accounts } of servers) await accounts.bearer('token')
        for (const server of servers) await recordClientUses(server)
        return (await selectClient(store.db, 'sandbox'))!.client.lastUsedAt
      }
      expect(await lastUse('2026-11-20T12:00:00.000Z')).toBe('2026-11-20T12:00:00.000Z')
      expect(await lastUse('2026-11-20T12:00:59.000Z')).toBe('2026-11-20T12:00:00.000Z')
      expect(await lastUse('2026-11-20T12:01:01.000Z')).toBe('2026-11-20T12:01:01.000Z')
      // A token that has ended is no use of its client.
      expect(await lastUse('2026-11-20T22:00:00.000Z')).toBe('2026-11-20T12:01:01.000Z')
    })
  })
})
