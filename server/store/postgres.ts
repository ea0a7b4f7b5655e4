/** PostgreSQL through a pool: the same tables and steps, any number of server processes beside each other. */
import { Kysely, PostgresDialect, sql } from 'kysely'
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
  const transact = retrying(db)
  return { kind: 'postgres', db, transact, together: sharing(db, transact), close: () => db.destroy() }
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

/** Units that share a transaction at the most: whoever else wants the rows that they hold waits for all of them. */
const mostTogether = 25

type Waiting = {
  run(tx: Tx): Promise<void>
  /** Tells the caller how it went: only after the commit. */
  tell(): void
  /** Runs it in a transaction of its own, because nothing of it was kept. */
  alone(): void
  lose(reason: unknown): void
}

/**
 * One commit for all that wait, one unit after the other, each undone alone when it throws. Rows of an account meet in the
 * counts of its lists, so that its units would wait for each other's commits.
 */
function sharing(db: Db, transact: Transact): Transact {
  let waiting: Waiting[] = []
  let running = false

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const units = waiting.splice(0, mostTogether)
      try {
        await db.transaction().execute(async (tx) => {
          for (const unit of units) await unit.run(tx)
        })
      } catch (error) {
        const undone = error instanceof pg.DatabaseError && again.has(error.code ?? '')
        for (const unit of units) {
          if (undone) unit.alone()
          else unit.lose(error)
        }
        continue
      }
      for (const unit of units) unit.tell()
    }
    running = false
  }

  return <T>(work: (tx: Tx) => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      const alone = () => void transact(work).then(resolve, reject)
      let tell: () => void = alone
      waiting.push({
        async run(tx) {
          await sql`savepoint unit`.execute(tx)
          try {
            const value = await work(tx)
            await sql`release savepoint unit`.execute(tx)
            tell = () => resolve(value)
          } catch (error) {
            // Of these the database has chosen this transaction to end: there is nothing to go back to.
            if (error instanceof pg.DatabaseError && again.has(error.code ?? '')) throw error
            await sql`rollback to savepoint unit`.execute(tx)
            tell = error instanceof LostRace ? alone : () => reject(error)
          }
        },
        tell: () => tell(),
        alone,
        lose: reject,
      })
      if (!running) {
        running = true
        setImmediate(() => void drain())
      }
    })
}
