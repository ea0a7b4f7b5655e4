/** PostgreSQL through a pool: the same tables and steps, any number of server processes beside each other. */
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { LostRace } from './guard.ts'
import type { Db, Store, Tables, Transact, Tx } from './schema.ts'

/** Reads bigint columns as numbers, as SQLite does: every amount stays far below 2^53. */
const wholeNumbers: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)),
}

/** How long a connection, and a statement on it, may take before the caller is told to come back. */
const waits = { connectionTimeoutMillis: 5000, statement_timeout: 10_000 }

export function openPostgres(config: pg.PoolConfig, report: (error: Error) => void): Store {
  const pool = new pg.Pool({ max: 20, ...waits, ...config, types: wholeNumbers })
  // A client that loses its server emits, at work or idle, and an error without a listener would end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', ({ message }) => report(new Error(message))))
  const db: Db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return { kind: 'postgres', db, transact: retrying(db), close: () => db.destroy() }
}

/** Deadlock and serialization failure: the database chose one of two writers to try again. */
const again = new Set(['40001', '40P01'])
const mostTries = 5

/** Runs a unit again when another writer was faster: it then reads what that writer left, and decides anew. */
function retrying(db: Db): Transact {
  return async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await db.transaction().execute(work)
      } catch (error) {
        const lost = error instanceof LostRace || (error instanceof pg.DatabaseError && again.has(error.code ?? ''))
        if (!lost || attempt === mostTries) throw error
      }
    }
  }
}
