/** Both databases, each empty and migrated, for tests that must hold on both. */
import { sql } from 'kysely'
import pg from 'pg'
import { inject } from 'vitest'
import { migrate } from '../../server/store/migrations.ts'
import { openPostgres } from '../../server/store/postgres.ts'
import type { Store } from '../../server/store/schema.ts'
import { openSqlite } from '../../server/store/sqlite.ts'
import { inOrderOfLanguage, migratedDatabase } from './migrated-postgres.ts'

export const databases = ['sqlite', 'postgres'] as const
export type DatabaseKind = (typeof databases)[number]

let made = 0

/** A store of this kind with nothing in it. */
export async function emptyStore(kind: DatabaseKind, report = unexpected): Promise<Store> {
  if (kind === 'postgres') return emptyPostgres(report, migratedDatabase)
  const store = openSqlite(':memory:')
  for (const statement of await (migratedSchema ??= readMigratedSchema())) await sql.raw(statement).execute(store.db)
  return store
}

/** A database of this kind without a single table. */
export const emptyDatabase = async (kind: DatabaseKind, report = unexpected): Promise<Store> =>
  kind === 'sqlite' ? openSqlite(':memory:') : emptyPostgres(report, 'template0')

/** What the steps leave behind, as statements that make it at once: taking them all for each test took a third of the tests' time. */
let migratedSchema: Promise<string[]> | undefined

async function readMigratedSchema(): Promise<string[]> {
  const store = openSqlite(':memory:')
  await migrate(store.db)
  const made = await sql<{ name: string; sql: string }>`select name, sql from sqlite_master
    where sql is not null and name not like 'sqlite_%' order by rowid`.execute(store.db)
  const steps = await sql<{ name: string; timestamp: string }>`select * from kysely_migration`.execute(store.db)
  await store.close()
  return [
    ...made.rows.map((row) => row.sql),
    `insert into kysely_migration_lock (id, is_locked) values ('migration_lock', 0)`,
    ...steps.rows.map(
      ({ name, timestamp }) => `insert into kysely_migration (name, timestamp) values ('${name}', '${timestamp}')`,
    ),
  ]
}

const unexpected = (error: Error): void => {
  throw error
}

/** A copy of a database: of the one that every step was taken in, or of the one that has nothing at all. */
async function emptyPostgres(
  report: (error: Error) => void,
  template: typeof migratedDatabase | 'template0',
): Promise<Store> {
  const config = inject('postgres')
  const database = `t_${process.pid}_${++made}`
  const client = new pg.Client(config)
  await client.connect()
  await client.query(`create database ${database} template ${template} ${inOrderOfLanguage}`)
  await client.end()
  return openPostgres({ ...config, database }, report)
}
