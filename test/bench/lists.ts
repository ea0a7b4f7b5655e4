/**
 * Pages of a list of 1,000 payments beside pages of a list of 1,000,000, on both databases. The rows are written straight
 * into the database, as the server itself would have left them: the same numbers, counts and indexes.
 */
import { join } from 'node:path'
import pg from 'pg'
import { openPostgres } from '../../server/store/postgres.ts'
import type { Store } from '../../server/store/schema.ts'
import { openSqlite } from '../../server/store/sqlite.ts'
import { seedPayments } from '../support/many-payments.ts'
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
    ['found by order number', '/console/api/search?q=order%20500000'],
    ['found by amount', '/console/api/search?q=12%20500'],
    ['found by the last four digits', '/console/api/search?q=4242'],
    ['where a day begins', '/console/api/payments/offset?until=2025-11-20T16:00:00Z'],
    ["thirty days' totals", '/console/api/totals?from=2025-11-20T00:00:00Z&to=2025-12-20T00:00:00Z'],
    ['the story of one', `/console/api/payments/pay_${'500000'.padStart(12, '0')}benchbenchbenchbenchbench/timeline`],
  ] as const
  try {
    const rows: ListRow[] = []
    for (const [page, path] of pages) {
      const small = path.replace('000000500000', '000000000500').replace('500000', '500').replace('50000', '50')
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
    await seedPayments(store, count)
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
