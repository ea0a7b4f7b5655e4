/** A short run of `npm run torture -- billing`, another one each time; a failure tells the seed that does the same again. */
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, inject, it } from 'vitest'
import { openPostgres } from '../../server/store/postgres.ts'
import { openSqlite } from '../../server/store/sqlite.ts'
import { type DatabaseKind, databases } from '../support/databases.ts'
import { checkInvariants } from '../support/invariants.ts'
import { tortureBilling, type Wanted } from '../torture/billing.ts'

const folder = mkdtempSync(join(tmpdir(), 'torture-'))

async function databaseOf(kind: DatabaseKind): Promise<Pick<Wanted, 'databaseUrl' | 'open'>> {
  if (kind === 'sqlite') {
    const file = join(folder, 'checkout.db')
    return { databaseUrl: `sqlite:${file}`, open: () => openSqlite(file) }
  }
  const database = `torture_${process.pid}`
  const config = inject('postgres')
  const client = new pg.Client(config)
  await client.connect()
  await client.query(`create database ${database}`)
  await client.end()
  const fail = (error: Error) => {
    throw error
  }
  return {
    databaseUrl: `postgres://${config.user}@localhost/${database}?host=${encodeURIComponent(config.host)}`,
    open: () => openPostgres({ ...config, database }, fail),
  }
}

// Most of it is waiting for leases of processes that were killed: both at once.
it.concurrent.each(databases)(
  'a year of renewals on %s with five kills: every period is invoiced once, and charged once',
  async (kind) => {
    const seed = randomInt(2 ** 31)
    const database = await databaseOf(kind)
    const report = await tortureBilling({ subscriptions: 40, months: 12, kills: 5, seed, ...database })
    console.log(`torture: seed ${seed} on ${kind}, ${report.cutOff} charges cut off, ${report.seconds.toFixed(1)} s`)
    expect([report.invoices, report.kills]).toEqual([480, 5])
    const { db, close } = database.open()
    await checkInvariants(db)
    await close()
    if (kind === 'sqlite') rmSync(folder, { recursive: true })
  },
  120_000,
)
