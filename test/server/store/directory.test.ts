import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeKey } from '../../../server/domain/api-key.ts'
import { randomLetters } from '../../../server/ids.ts'
import { openDirectory } from '../../../server/store/directory.ts'
import type { Db } from '../../../server/store/schema.ts'
import { apiKey, makeApp, type TestApp } from '../../support/make-app.ts'

let shop: TestApp
let asked: number
let watched: Db
beforeEach(async () => {
  shop = await makeApp()
  asked = 0
  watched = new Proxy(shop.deps.store.db, {
    get(db, name) {
      if (name === 'getExecutor' || name === 'selectFrom') asked++
      const value = Reflect.get(db, name) as unknown
      return typeof value === 'function' ? (value.bind(db) as unknown) : value
    },
  })
})
afterEach(() => shop.deps.store.close())

const open = () => openDirectory(watched, shop.deps.now, shop.deps.secrets, [apiKey])

describe('merchant()', () => {
  it('asks no database about a key with a wrong checksum, or of another shape than ours', async () => {
    const right = writeKey(false, randomLetters(32))
    const wrong = right.slice(0, -1) + (right.endsWith('0') ? '1' : '0')
    for (const key of [wrong, 'sk_test_unknown', 'sk_test_your_api_key_here', `${apiKey}x`]) {
      expect(await open().merchant(key)).toBeUndefined()
    }
    expect(asked).toBe(0)
    expect(await open().merchant(right)).toBeUndefined()
    expect(asked).toBeGreaterThan(0)
  })

  it('asks once a second about a key it knows', async () => {
    const directory = open()
    const found = { accountId: 'acct_sandbox', live: false, keyId: expect.stringMatching(/^key_sandbox_/) as string }
    expect(await directory.merchant(apiKey)).toEqual(found)
    const once = asked
    for (let n = 0; n < 100; n++) expect(await directory.merchant(apiKey)).toEqual(found)
    expect(asked).toBe(once)
    shop.clock.at = new Date(shop.clock.at.getTime() + 1000)
    await directory.merchant(apiKey)
    expect(asked).toBeGreaterThan(once)
  })

  it('no longer knows a revoked key a second later, and one with an end from that moment on', async () => {
    const directory = open()
    await directory.merchant(apiKey)
    const end = new Date(shop.clock.at.getTime() + 60_000).toISOString()
    await shop.deps.store.db.updateTable('api_keys').set({ revoked_at: end }).execute()
    const later = (ms: number) => {
      shop.clock.at = new Date(shop.clock.at.getTime() + ms)
      return directory.merchant(apiKey)
    }
    expect(await later(1000)).toBeDefined()
    expect(await later(58_999)).toBeDefined()
    expect(await later(1000)).toBeUndefined()
  })
})

describe('takeUses()', () => {
  it('tells of a key whose written last use is a minute old, once', async () => {
    const directory = open()
    await directory.merchant(apiKey)
    const [[id, at] = []] = [...directory.takeUses()]
    expect([id, at]).toEqual([expect.stringMatching(/^key_sandbox_/), '2026-11-20T12:00:00.000Z'])
    expect(directory.takeUses().size).toBe(0)
    await shop.deps.store.db.updateTable('api_keys').set({ last_used_at: at! }).execute()
    shop.clock.at = new Date('2026-11-20T12:00:59.000Z')
    await directory.merchant(apiKey)
    expect(directory.takeUses().size).toBe(0)
    shop.clock.at = new Date('2026-11-20T12:01:00.000Z')
    await directory.merchant(apiKey)
    expect(directory.takeUses().size).toBe(1)
  })
})
