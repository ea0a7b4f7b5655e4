import { migrate } from './migrations.ts'
import type { Store } from './schema.ts'
import { openSqlite } from './sqlite.ts'

/**
 * Opens the database that an address names (`sqlite:./data/checkout.db`, `sqlite::memory:`, `postgres://…`) and brings it
 * to the newest step. The PostgreSQL driver is loaded only for a PostgreSQL address.
 */
export async function openStore(address: string, report: (error: Error) => void): Promise<Store> {
  const store = address.startsWith('sqlite:')
    ? openSqlite(address.slice('sqlite:'.length))
    : (await import('./postgres.ts')).openPostgres({ connectionString: address }, report)
  await migrate(store.db)
  return store
}
