/**
 * Pages of a list of 1,000 payments beside pages of a list of 1,000,000, on both databases. The rows are written straight
 * into the database, as the server itself would have left them: the same numbers, counts and indexes.
 */
import { join } from 'node:path'
import { sql } from 'kysely'
import pg from 'pg'
import { countBlocks, migrate } from '../../server/store/migrations.ts'
import { openPostgres } from '../../server/store/postgres.ts'
import type { Store } from '../../server/store/schema.ts'
import { openSqlite } from '../../server/store/sqlite.ts'
import { startPostgres } from '../support/postgres.ts'
import { request, run } from './load.ts'
import { type Running, startServer } from './process.ts'

export type ListRow = { database: string; page: string; ms: number; ratio: number }

type Given = {
  script: string
  folder: string
  key: Record<string, string>
  env: Record<string, string>
  rounds: number
  seconds: number
  say: (line: string) => void
}

const few = 1_000
const many = 1_000_000
const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN

/** Payments 1 to `count` of the sandbox's account, one in ten of them failed, with the counts that go with them. */
async function seed(store: Store, count: number): Promise<void> {
  await migrate(store.db)
  // Sessions and intents of their own would be three times the rows, and no page of payments reads them.
  const numbers =
    store.kind === 'sqlite'
      ? sql`with recursive n(number) as (select 1 union all select number + 1 from n where number < ${sql.lit(count)})`
      : sql`with n(number) as (select generate_series(1, ${sql.lit(count)}))`
  const padded = store.kind === 'sqlite' ? sql`printf('%012d', number)` : sql`lpad(number::text, 12, '0')`
  const foreignKeys = (on: boolean) =>
    store.kind === 'sqlite'
      ? sql`pragma foreign_keys = ${sql.lit(on ? 'on' : 'off')}`
      : sql`set session_replication_role = ${sql.lit(on ? 'origin' : 'replica')}`
  await store.db.connection().execute(async (db) => {
    await foreignKeys(false).execute(db)
    await sql`insert into payments (id, intent_id, session_id, account_id, live, status, amount, refunded, currency,
        description, items, card_brand, card_last4, card_exp_month, card_exp_year, created_at, version, number)
      ${numbers} select 'pay_' || ${padded} || 'benchbenchbenchbenchbench', 'pi_' || ${padded}, 'cs_test_' || ${padded},
        'acct_sandbox', 0, case when number % 10 = 0 then 'failed' else 'succeeded' end, 1250000, 0, 'CRC', 'Order',
        '["Coffee"]', 'visa', '4242', 12, 2034, '2026-11-20T12:00:00.000Z', 2, number from n`.execute(db)
    await foreignKeys(true).execute(db)
    await sql`insert into lists (account_id, live, list, total) values ('acct_sandbox', 0, 'payments', ${count})`.execute(
      db,
    )
    await countBlocks(db, 'payments')
    await (store.kind === 'sqlite' ? sql`analyze` : sql`vacuum analyze`).execute(db)
  })
}

/** What a page costs: milliseconds of the server's time, one request after the other on a few connections. */
async function pageMs(server: Running, path: string, given: Given, seconds: number): Promise<number> {
  const read = request('GET', path, given.key)
  const { perSecond } = await run({
    port: server.port,
    request: () => read,
    connections: 4,
    seconds,
    warmUpSeconds: 0.3,
  })
  return 1000 / perSecond
}

async function compare(
  database: string,
  given: Given,
  addressOf: (count: number) => Promise<string>,
): Promise<ListRow[]> {
  const servers: [Running, Running] = [
    await startServer(given.script, [], { ...given.env, DATABASE_URL: await addressOf(few) }),
    await startServer(given.script, [], { ...given.env, DATABASE_URL: await addressOf(many) }),
  ]
  const pages = [
    ['offset 0', '/v1/payments/?limit=10&offset=0'],
    ['offset 500,000', '/v1/payments/?limit=10&offset=500000'],
    ['100 at offset 500,000', '/v1/payments/?limit=100&offset=500000'],
    ['failed ones, offset 50,000', '/v1/payments/?limit=10&offset=50000&status=failed'],
  ] as const
  try {
    const rows: ListRow[] = []
    for (const [page, path] of pages) {
      const small = path.replace('500000', '500').replace('50000', '50')
      const times: [number[], number[]] = [[], []]
      for (let round = 1; round <= given.rounds; round++) {
        times[0].push(await pageMs(servers[0], small, given, given.seconds / 2))
        times[1].push(await pageMs(servers[1], path, given, given.seconds / 2))
        given.say(
          `${database}, ${page}, round ${round} of ${given.rounds}: ${times[1].at(-1)!.toFixed(3)} ms beside ${times[0].at(-1)!.toFixed(3)}`,
        )
      }
      rows.push({
        database,
        page,
        ms: median(times[1]),
        ratio: median(times[1].map((ms, n) => ms / times[0][n]!)),
      })
    }
    return rows
  } finally {
    await servers[0].stop()
    await servers[1].stop()
  }
}

/** Measures both databases; seeding a million rows takes a while, and says so. */
export async function compareLists(given: Given): Promise<ListRow[]> {
  const seeded = async (store: Store, name: string, count: number) => {
    given.say(`writing ${count} payments into ${name}`)
    await seed(store, count)
    await store.close()
  }
  const onSqlite = await compare('SQLite', given, async (count) => {
    const path = join(given.folder, `list-${count}.db`)
    await seeded(openSqlite(path), 'SQLite', count)
    return `sqlite:${path}`
  })
  const postgres = await startPostgres()
  try {
    const onPostgres = await compare('PostgreSQL', given, async (count) => {
      const client = new pg.Client(postgres.config)
      await client.connect()
      await client.query(`create database list_${count}`)
      await client.end()
      const config = { ...postgres.config, database: `list_${count}`, statement_timeout: 0 }
      await seeded(
        openPostgres(config, (error) => given.say(error.message)),
        'PostgreSQL',
        count,
      )
      return `postgres://${config.user}@localhost/${config.database}?host=${encodeURIComponent(config.host)}`
    })
    return [...onSqlite, ...onPostgres]
  } finally {
    await postgres.stop()
  }
}
