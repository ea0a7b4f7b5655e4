/** Both databases, each empty and migrated, for tests that must hold on both. */
import pg from 'pg'
import { inject } from 'vitest'
import { migrate } from '../../server/store/migrations.ts'
import { openPostgres } from '../../server/store/postgres.ts'
import type { Store } from '../../server/store/schema.ts'
import { openSqlite } from '../../server/store/sqlite.ts'

export const databases = ['sqlite', 'postgres'] as const
export type DatabaseKind = (typeof databases)[number]

let made = 0

/** A store of this kind with nothing in it. */
export async function emptyStore(kind: DatabaseKind, report = unexpected): Promise<Store> {
  const store = await emptyDatabase(kind, report)
  await migrate(store.db)
  return store
}

/** A database of this kind without a single table. */
export const emptyDatabase = async (kind: DatabaseKind, report = unexpected): Promise<Store> =>
  kind === 'sqlite' ? openSqlite(':memory:') : emptyPostgres(report)

const unexpected = (error: Error): void => {
  throw error
}

async function emptyPostgres(report: (error: Error) => void): Promise<Store> {
  const config = inject('postgres')
  const database = `t_${process.pid}_${++made}`
  const client = new pg.Client(config)
  await client.connect()
  // In the order of a language, as most databases are: what must be in the order of its bytes says so itself.
  await client.query(`create database ${database} template template0 locale_provider icu icu_locale 'es-CR'`)
  await client.end()
  return openPostgres({ ...config, database }, report)
}
