import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LostRace } from '../../../server/store/guard.ts'
import { migrate } from '../../../server/store/migrations.ts'
import type { Store, Tx } from '../../../server/store/schema.ts'
import { openSqlite } from '../../../server/store/sqlite.ts'
import { insertSession, replaceSession, selectSession } from '../../../server/store/sessions.ts'
import { aSession } from '../../support/builders.ts'
import { databases, emptyStore } from '../../support/databases.ts'

let store: Store
afterEach(() => store.close())

const ids = async () =>
  (await store.db.selectFrom('sessions').select('id').orderBy('id').execute()).map((row) => row.id)
const insert = (id: string) => async (tx: Tx) => {
  await insertSession(tx, aSession({ id }))
  return id
}

const ways = databases.flatMap((on) => [['transact', on] as const, ['together', on] as const])
describe.each(ways)('%s() on %s', (way, on) => {
  beforeEach(async () => {
    const { [way]: transact, ...opened } = await emptyStore(on)
    store = { ...opened, together: transact, transact }
  })

  it('keeps what the work wrote and gives back what it returned', async () => {
    expect(await store.transact(insert('a'))).toBe('a')
    expect(await ids()).toEqual(['a'])
  })

  it('undoes one unit that throws, and no other', async () => {
    const results = await Promise.allSettled([
      store.transact(insert('a')),
      store.transact(async (tx) => {
        await insert('b')(tx)
        throw new Error('changed my mind')
      }),
      store.transact(insert('c')),
    ])
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await ids()).toEqual(['a', 'c'])
  })

  it('undoes a unit that breaks a constraint, and no other', async () => {
    const results = await Promise.allSettled(['a', 'a', 'b'].map((id) => store.transact(insert(id))))
    expect(results.filter((result) => result.status === 'rejected')).toHaveLength(1)
    expect(await ids()).toEqual(['a', 'b'])
  })

  it('runs a thousand units at once', async () => {
    await Promise.all(Array.from({ length: 1000 }, (_, n) => store.transact(insert(`s${n}`))))
    expect(await ids()).toHaveLength(1000)
  })

  it('lets a guarded write win once: the other finds the row changed', async () => {
    await store.transact(insert('a'))
    const before = (await selectSession(store.db, 'a'))!
    await store.transact((tx) => replaceSession(tx, before, { ...before, status: 'expired', version: 2 }))
    await expect(
      store.transact((tx) => replaceSession(tx, before, { ...before, status: 'complete', version: 2 })),
    ).rejects.toThrow(LostRace)
    expect((await selectSession(store.db, 'a'))?.status).toBe('expired')
  })

  it('reads back a session as it was written', async () => {
    const session = aSession({ description: 'Café', items: ['ñ', '"'], amount: 99_999_999_999 })
    await store.transact((tx) => insertSession(tx, session))
    expect(await selectSession(store.db, session.id)).toEqual(session)
  })

  it('can be migrated again without harm', async () => {
    await store.transact(insert('a'))
    await migrate(store.db)
    expect(await ids()).toEqual(['a'])
  })
})

describe('a SQLite file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'store-'))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('is opened in WAL mode with synchronous FULL, and keeps what was written', async () => {
    const path = join(folder, 'deep', 'checkout.db')
    store = openSqlite(path)
    await migrate(store.db)
    await store.transact(insert('a'))
    const { sql } = await import('kysely')
    const mode = await sql<{ journal_mode: string }>`pragma journal_mode`.execute(store.db)
    const sync = await sql<{ synchronous: number }>`pragma synchronous`.execute(store.db)
    expect([mode.rows[0]?.journal_mode, sync.rows[0]?.synchronous]).toEqual(['wal', 2])
    await store.close()
    store = openSqlite(path)
    expect(await ids()).toEqual(['a'])
  })

  it('shows a read outside nothing of a unit that is still open', async () => {
    store = openSqlite(join(folder, 'open.db'))
    await migrate(store.db)
    const seen: (string | undefined)[] = []
    await store.transact(async (tx) => {
      await insert('a')(tx)
      seen.push((await selectSession(store.db, 'a'))?.id, (await selectSession(tx, 'a'))?.id)
    })
    expect(seen).toEqual([undefined, 'a'])
  })

  it('shows a read what a unit wrote as soon as that unit is answered', async () => {
    store = openSqlite(join(folder, 'after.db'))
    await migrate(store.db)
    for (const id of ['a', 'b', 'c']) {
      expect(await selectSession(store.db, id)).toBeUndefined()
      await store.transact(insert(id))
      const found = await Promise.all(['a', id, 'z'].map((wanted) => selectSession(store.db, wanted)))
      expect(found.map((session) => session?.id)).toEqual(['a', id, undefined])
    }
  })

  it('fails one read alone when many are asked at once', async () => {
    store = openSqlite(join(folder, 'fails.db'))
    await migrate(store.db)
    await store.transact(insert('a'))
    const asked = ['a', new Date() as unknown as string, 'a'].map((id) => selectSession(store.db, id))
    const results = await Promise.allSettled(asked)
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })
})

describe('a PostgreSQL connection that is lost in the middle of a transaction', () => {
  it('fails that unit of work and nothing else', async () => {
    const reported: string[] = []
    store = await emptyStore('postgres', ({ message }) => reported.push(message))
    const { sql } = await import('kysely')
    const lost = store.transact(async (tx) => {
      await insert('a')(tx)
      await sql`select pg_sleep(5)`.execute(tx)
    })
    const refused = expect(lost).rejects.toThrow()
    await expect
      .poll(async () => {
        const ended = await sql<{ n: number }>`select count(pg_terminate_backend(pid)) as n from pg_stat_activity
          where query like 'select pg_sleep%' and datname = current_database()`.execute(store.db)
        return ended.rows[0]?.n
      })
      .toBe(1)
    await refused
    await expect.poll(() => reported).toEqual(['Connection terminated unexpectedly'])
    expect(await store.transact(insert('b'))).toBe('b')
    expect(await ids()).toEqual(['b'])
  })
})
