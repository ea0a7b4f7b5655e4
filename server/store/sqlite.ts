/** SQLite through Node's own `node:sqlite`, in Kysely's shape, and the group commit of all writes. */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { Kysely, SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely'
import type { Db, Store, Tables, Transact, Tx } from './schema.ts'

/** Opens a file, or `:memory:`. Every commit reaches the disk before it is answered (WAL, synchronous FULL). */
export function openSqlite(path: string): Store {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
  const connection = new DatabaseSync(path, { timeout: 5000 })
  connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
  const db: Db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: inKyselyShape(connection) }) })
  return {
    kind: 'sqlite',
    db,
    transact: groupCommit(db, connection),
    close: () => db.destroy(),
  }
}

const mostStatements = 500

function inKyselyShape(connection: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>()
  return {
    close: () => connection.close(),
    prepare(sql) {
      let statement = prepared.get(sql)
      if (!statement) {
        // Kysely begins deferred, and a read that turns into a write would then meet SQLITE_BUSY at once.
        statement = adapt(connection.prepare(sql === 'begin' ? 'begin immediate' : sql))
        if (prepared.size >= mostStatements) prepared.delete(prepared.keys().next().value!)
        prepared.set(sql, statement)
      }
      return statement
    },
  }
}

const adapt = (statement: StatementSync): SqliteStatement => ({
  reader: statement.columns().length > 0,
  all: (parameters) => statement.all(...bindable(parameters)),
  run: (parameters) => statement.run(...bindable(parameters)),
  iterate: (parameters) => statement.iterate(...bindable(parameters)),
})

/** An object in first place means named parameters to `node:sqlite`: a Date there would silently bind NULL. */
function bindable(parameters: readonly unknown[]): SQLInputValue[] {
  for (const value of parameters) {
    if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
      throw new TypeError('SQLite cannot bind an object')
    }
  }
  return parameters as SQLInputValue[]
}

type Unit = {
  /** Runs the work in its own savepoint and remembers how it went. */
  run(tx: Tx): Promise<void>
  /** Tells the caller how it went: only after the commit. */
  tell(): void
  /** Tells the caller that nothing was kept. */
  lose(reason: unknown): void
}

/** Units that one transaction may take at the most: a bound on how long the first of them waits for the sync. */
const mostUnits = 512

/**
 * One sync for all that wait: units of work run one after the other, each in a savepoint, inside one transaction, and each
 * caller hears only after that transaction is on the disk. A unit that throws is rolled back alone.
 */
function groupCommit(db: Db, connection: DatabaseSync): Transact {
  const savepoint = connection.prepare('savepoint unit')
  const release = connection.prepare('release unit')
  const rollback = connection.prepare('rollback to unit')
  let waiting: Unit[] = []
  let running = false

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const units = waiting.splice(0, mostUnits)
      try {
        await db.transaction().execute(async (tx) => {
          for (const unit of units) await unit.run(tx)
        })
      } catch (error) {
        for (const unit of units) unit.lose(error)
        continue
      }
      for (const unit of units) unit.tell()
    }
    running = false
  }

  return <T>(work: (tx: Tx) => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      let tell = () => reject(new Error('This unit of work was never run'))
      waiting.push({
        async run(tx) {
          savepoint.run()
          try {
            const value = await work(tx)
            release.run()
            tell = () => resolve(value)
          } catch (error) {
            rollback.run()
            release.run()
            tell = () => reject(error)
          }
        },
        tell: () => tell(),
        lose: reject,
      })
      if (!running) {
        running = true
        // Not at once: the requests that the same turn of the loop has read join this commit.
        setImmediate(() => void drain())
      }
    })
}
