import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAccount, ensureSandbox } from '../../../server/actions/accounts.ts'
import {
  createKey,
  findKey,
  fitsServer,
  type KeyDeps,
  recordUses,
  revokeKey,
  rotateKey,
} from '../../../server/actions/keys.ts'
import { isWrittenKey } from '../../../server/domain/api-key.ts'
import { randomLetters } from '../../../server/ids.ts'
import { secretsFrom } from '../../../server/secrets.ts'
import { openDirectory } from '../../../server/store/directory.ts'
import { selectKeyById, selectKeys } from '../../../server/store/keys.ts'
import type { Store } from '../../../server/store/schema.ts'
import { databases, emptyStore } from '../../support/databases.ts'

let store: Store
let at: Date
let deps: KeyDeps
afterEach(() => store.close())

const test = { accountId: 'acct_sandbox', live: false, name: 'Web server' }
const sandbox = (...sandboxKeys: string[]) =>
  ensureSandbox(deps, {
    sandboxKeys,
    sandboxClient: { id: 'sandbox', secret: 'sandbox-secret' },
    sandboxName: 'Sandbox',
    sandboxOrigins: [],
  })
const ofSettings = async () => {
  const keys = await selectKeys(store.db)
  return Object.fromEntries(keys.map((key) => [key.last4, key.revokedAt === null ? 'active' : 'revoked']))
}

describe.each(databases)('keys on %s', (on) => {
  beforeEach(async () => {
    store = await emptyStore(on)
    at = new Date('2026-11-20T12:00:00.000Z')
    deps = { store, now: () => at, secrets: secretsFrom('a secret for tests, of at least 32'), draw: randomLetters }
    await sandbox('sk_test_sandbox')
  })

  describe('createKey()', () => {
    it('gives the key out once and keeps only its digest', async () => {
      const { key, secret } = await createKey(deps, test)
      expect(isWrittenKey(secret)).toBe(true)
      expect(await selectKeyById(store.db, key.id)).toEqual(key)
      expect(key).toMatchObject({ ...test, prefix: 'sk_test_', last4: secret.slice(-4), revokedAt: null })
      const rows = JSON.stringify(await store.db.selectFrom('api_keys').selectAll().execute())
      expect(rows).not.toContain(secret.slice(8, -4))
      expect(rows).toContain(deps.secrets.keyDigest(secret))
    })

    it('makes live keys for live data', async () => {
      const { key, secret } = await createKey(deps, { ...test, live: true })
      expect([key.live, secret.slice(0, 8)]).toEqual([true, 'sk_live_'])
    })

    it.each([
      [{ ...test, accountId: 'acct_none' }, 'There is no account acct_none'],
      [{ ...test, name: 'a\u001b[2Jb' }, 'A name has 1 to 100 characters'],
      [{ ...test, name: '\u202eabc' }, 'A name has 1 to 100 characters'],
      [{ ...test, name: ' ' }, 'A name has 1 to 100 characters'],
      [{ ...test, name: 'x'.repeat(101) }, 'A name has 1 to 100 characters'],
    ])('refuses %o', async (wanted, words) => {
      await expect(createKey(deps, wanted)).rejects.toThrow(words)
      expect(await selectKeys(store.db)).toHaveLength(1)
    })
  })

  describe('rotateKey()', () => {
    it.each([
      ['0', '2026-11-20T12:00:00.000Z'],
      ['24h', '2026-11-21T12:00:00.000Z'],
      ['7d', '2026-11-27T12:00:00.000Z'],
    ])('makes a key like the old one, which ends after %s', async (keep, end) => {
      const { key: old } = await createKey(deps, { ...test, live: true })
      const { key, secret, former } = await rotateKey(deps, old.id, keep)
      expect(key).toMatchObject({ accountId: old.accountId, live: true, name: 'Web server', revokedAt: null })
      expect([former.id, former.revokedAt, secret.slice(-4)]).toEqual([old.id, end, key.last4])
      expect(await selectKeyById(store.db, old.id)).toEqual(former)
    })

    it('changes nothing when more than seven days are wanted, or the key is over', async () => {
      const { key } = await createKey(deps, test)
      await expect(rotateKey(deps, key.id, '8d')).rejects.toThrow('0 to 7 days')
      expect(await selectKeyById(store.db, key.id)).toEqual(key)
      await revokeKey(deps, key.id)
      await expect(rotateKey(deps, key.id, '0')).rejects.toThrow(`${key.id} was revoked on 2026-11-20`)
      expect(await selectKeys(store.db)).toHaveLength(2)
    })

    it('makes one new key however often it is asked at once', async () => {
      const { key } = await createKey(deps, test)
      const results = await Promise.allSettled(Array.from({ length: 10 }, () => rotateKey(deps, key.id, '0')))
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
      expect(await selectKeys(store.db)).toHaveLength(3)
    })
  })

  describe('revokeKey()', () => {
    it('ends a key, also one that has days left', async () => {
      const { key } = await createKey(deps, test)
      await rotateKey(deps, key.id, '7d')
      at = new Date('2026-11-20T13:00:00.000Z')
      expect((await revokeKey(deps, key.id)).revokedAt).toBe('2026-11-20T13:00:00.000Z')
      await expect(revokeKey(deps, key.id)).rejects.toThrow('was revoked on')
      await expect(revokeKey(deps, 'key_none')).rejects.toThrow('There is no key key_none')
    })
  })

  describe('findKey()', () => {
    it('finds a key by its id, the beginning of its id, its last four, as lists show it, or itself', async () => {
      const { key, secret } = await createKey(deps, test)
      for (const said of [key.id, key.id.slice(0, 9), key.last4, `sk_test_…${key.last4}`, secret]) {
        expect((await findKey(deps, said)).id, said).toBe(key.id)
      }
    })

    it.each(['key_none', 'zzzz', 'key_', '', 'sk_test_…zzzz'])('does not find "%s"', async (said) => {
      await expect(findKey(deps, said)).rejects.toThrow('There is no key')
    })

    it('does not repeat a key that it does not know', async () => {
      await expect(findKey(deps, 'sk_live_ofAnotherDatabase')).rejects.toThrow(/^There is no key sk_live_…base$/)
    })

    it('asks back when several fit, and prefers what still counts', async () => {
      const draw = ((count) => (n: number) => (n === 10 ? `same${++count}`.padEnd(10, 'x') : randomLetters(n)))(0)
      const [one, two] = [await createKey({ ...deps, draw }, test), await createKey({ ...deps, draw }, test)]
      await expect(findKey(deps, 'key_same')).rejects.toThrow(
        `"key_same" could be any of ${one.key.id}, ${two.key.id}: say the whole id`,
      )
      await revokeKey(deps, one.key.id)
      expect((await findKey(deps, 'key_same')).id).toBe(two.key.id)
      await revokeKey(deps, two.key.id)
      await expect(findKey(deps, 'key_same')).rejects.toThrow('say the whole id')
    })
  })

  describe('recordUses()', () => {
    it('writes the last use once a minute, and not for each of several servers', async () => {
      const key = await createKey(deps, test)
      const open = () => ({ store, accounts: openDirectory(store.db, deps.now, deps.secrets, []) })
      const servers = [open(), open()]
      const use = async (time: string) => {
        at = new Date(time)
        for (const server of servers) {
          await server.accounts.merchant(key.secret)
          at = new Date(at.getTime() + 500)
        }
        for (const server of servers) await recordUses(server)
        return (await selectKeyById(store.db, key.key.id))!.lastUsedAt
      }
      expect(await use('2026-11-20T12:00:05.000Z')).toBe('2026-11-20T12:00:05.000Z')
      expect(await use('2026-11-20T12:01:04.000Z')).toBe('2026-11-20T12:00:05.000Z')
      expect(await use('2026-11-20T12:01:06.000Z')).toBe('2026-11-20T12:01:06.000Z')
    })
  })

  describe('the keys of the settings', () => {
    it('go when other settings come, and come back with them', async () => {
      expect(await ofSettings()).toEqual({ dbox: 'active' })
      await sandbox('sk_test_mine1')
      expect(await ofSettings()).toEqual({ dbox: 'revoked', ine1: 'active' })
      await sandbox('sk_test_sandbox', 'sk_test_your_api_key_here')
      expect(await ofSettings()).toEqual({ dbox: 'active', ine1: 'revoked', here: 'active' })
    })

    it('stay revoked once somebody has revoked them, and the start says so', async () => {
      const { id } = await findKey(deps, 'dbox')
      await revokeKey(deps, id)
      expect((await sandbox('sk_test_sandbox')).revokedKeys).toMatchObject([{ id }])
      await sandbox('sk_test_mine1')
      expect((await sandbox('sk_test_sandbox')).revokedKeys).toMatchObject([{ id }])
      expect(await ofSettings()).toEqual({ dbox: 'revoked', ine1: 'revoked' })
    })

    it('keep the end they were given by a rotation', async () => {
      const { id } = await findKey(deps, 'dbox')
      await rotateKey(deps, id, '24h')
      expect((await sandbox('sk_test_sandbox')).revokedKeys).toEqual([])
      await sandbox('sk_test_mine1')
      expect((await selectKeyById(store.db, id))!.revokedAt).toBe('2026-11-21T12:00:00.000Z')
    })

    it('may be one that was made by the command: it then stays that account’s', async () => {
      const { key, secret } = await createKey(deps, test)
      await sandbox(secret)
      await sandbox('sk_test_sandbox')
      expect(await selectKeyById(store.db, key.id)).toEqual(key)
    })

    it('show a command with another secret that its keys would not work', async () => {
      const settings = { sandboxKeys: ['sk_test_sandbox'] }
      expect(await fitsServer(deps, settings)).toBe(true)
      expect(await fitsServer({ ...deps, secrets: secretsFrom('x'.repeat(40)) }, settings)).toBe(false)
    })
  })

  describe('createAccount()', () => {
    it('makes an account with the origins of its pages, and keys of its own', async () => {
      const account = await createAccount(deps, { name: ' Café ', origins: ['https://cafe.example/'] })
      expect(account).toMatchObject({ name: 'Café', origins: ['https://cafe.example'] })
      expect((await createKey(deps, { ...test, accountId: account.id })).key.accountId).toBe(account.id)
    })

    it.each([
      [{ name: '', origins: [] }, 'A name has'],
      [{ name: 'Café', origins: ['https://cafe.example/shop'] }, 'is no origin'],
      [{ name: 'Café', origins: ['cafe.example'] }, 'is no origin'],
    ])('refuses %o', async (wanted, words) => {
      await expect(createAccount(deps, wanted)).rejects.toThrow(words)
    })
  })
})
