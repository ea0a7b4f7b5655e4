/** A PostgreSQL database in which every step was taken: tests copy it, which is ten times as quick. */
import pg from 'pg'
import { migrate } from '../../server/store/migrations.ts'
import { openPostgres } from '../../server/store/postgres.ts'
import type { PostgresConfig } from './postgres.ts'

export const migratedDatabase = 'migrated'

/** As most databases are: what must be in the order of its bytes says so itself. */
export const inOrderOfLanguage = `locale_provider icu icu_locale 'es-CR'`

export async function makeMigrated(config: PostgresConfig): Promise<void> {
  const client = new pg.Client(config)
  await client.connect()
  await client.query(`create database ${migratedDatabase} template template0 ${inOrderOfLanguage}`)
  await client.end()
  const store = openPostgres({ ...config, database: migratedDatabase }, (error) => {
    throw error
  })
  await migrate(store.db)
  await store.close()
}
