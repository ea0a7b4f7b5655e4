/** SQLite through Node's own `node:sqlite`, in Kysely's shape, and the group commit of all writes. */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type DatabaseSyncOptions, type SQLInputValue, type StatementSync } from 'node:sqlite'
import {
  type CompiledQuery,
  type DialectAdapter,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  type SqliteStatement,
} from 'kysely'
import type { PromptAdapter } from './compiled.ts'
import type { Db, Store, Tables, Transact, Tx } from './schema.ts'

/** Opens a file, or `:memory:`. Every commit reaches the disk before it is answered (WAL, synchronous FULL). */
export function openSqlite(path: string): Store {
  const inMemory = path === ':memory:'
  if (!inMemory) mkdirSync(dirname(path), { recursive: true })
  const writer = new Connection(path, { timeout: 5000 })
  writer.database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
  const reader = inMemory ? undefined : new Reader(path)
  const db: Db = new Kysely<Tables>({ dialect: new NodeSqliteDialect(writer, reader) })
  const transact = groupCommit(db, writer.database)
  return {
    kind: 'sqlite',
    db,
    transact,
    together: transact,
    async close() {
      reader?.close()
      await db.destroy()
    },
  }
}

/** Kysely's own dialect over the writing connection, and a short way for compiled queries around it. */
class NodeSqliteDialect extends SqliteDialect {
  readonly #writer: Connection
  readonly #reader: Reader | undefined

  constructor(writer: Connection, reader: Reader | undefined) {
    super({ database: writer })
    this.#writer = writer
    this.#reader = reader
  }

  override createAdapter(): DialectAdapter {
    return new NodeSqliteAdapter(this.#writer, this.#reader)
  }
}

/**
 * Inside a transaction a compiled query runs at once, on the connection that holds it. Outside, a compiled select of a file
 * goes to a second connection. In memory there is only one connection, so there a read waits until no transaction is open.
 */
class NodeSqliteAdapter extends SqliteAdapter implements PromptAdapter {
  readonly #writer: Connection
  readonly #reader: Reader | undefined

  constructor(writer: Connection, reader: Reader | undefined) {
    super()
    this.#writer = writer
    this.#reader = reader
  }

  answer(query: CompiledQuery, inTransaction: boolean): Promise<QueryResult<unknown>> | undefined {
    if (!inTransaction) return query.query.kind === 'SelectQueryNode' ? this.#reader?.answer(query) : undefined
    if (!this.#writer.database.isTransaction) return undefined
    return new Promise((resolve) => resolve(this.#writer.answer(query)))
  }
}

type Read = { query: CompiledQuery; resolve(answer: QueryResult<unknown>): void; reject(reason: unknown): void }

/**
 * Reads outside transactions, on a connection of their own: in WAL mode it sees what has been committed, which is what the
 * disk has, and nothing else. All that one turn of the loop asks for is read under one lock, taken after the last of them
 * was asked: taking it costs as much as reading a row.
 */
class Reader {
  readonly #connection: Connection
  #waiting: Read[] = []

  constructor(path: string) {
    this.#connection = new Connection(path, { timeout: 5000, readOnly: true })
  }

  answer(query: CompiledQuery): Promise<QueryResult<unknown>> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ query, resolve, reject }) === 1) setImmediate(() => this.#read())
    })
  }

  #read(): void {
    const reads = this.#waiting
    this.#waiting = []
    const { database } = this.#connection
    const many = reads.length > 1
    try {
      if (many) database.exec('begin')
      for (const read of reads) this.#answer(read)
    } catch (error) {
      for (const { reject } of reads) reject(error)
    } finally {
      // Left open, it would go on seeing what was committed up to now.
      if (database.isOpen && database.isTransaction) database.exec('rollback')
    }
  }

  #answer({ query, resolve, reject }: Read): void {
    try {
      resolve(this.#connection.answer(query))
    } catch (error) {
      reject(error)
    }
  }

  close(): void {
    this.#connection.close()
  }
}

const mostStatements = 500

/** One `node:sqlite` connection with its prepared statements. */
class Connection implements SqliteDatabase {
  readonly database: DatabaseSync
  readonly #prepared = new Map<string, Statement>()

  constructor(path: string, options: DatabaseSyncOptions) {
    this.database = new DatabaseSync(path, options)
  }

  close(): void {
    this.database.close()
  }

  prepare(sql: string): Statement {
    let statement = this.#prepared.get(sql)
    if (!statement) {
      // Kysely begins deferred, and a read that turns into a write would then meet SQLITE_BUSY at once.
      statement = new Statement(this.database.prepare(sql === 'begin' ? 'begin immediate' : sql))
      if (this.#prepared.size >= mostStatements) this.#prepared.delete(this.#prepared.keys().next().value!)
      this.#prepared.set(sql, statement)
    }
    return statement
  }

  answer({ sql, parameters }: CompiledQuery): QueryResult<unknown> {
    const statement = this.prepare(sql)
    if (statement.reader) return { rows: statement.all(parameters) }
    const { changes } = statement.run(parameters)
    return { rows: [], numAffectedRows: BigInt(changes) }
  }
}

/**
 * A prepared statement in Kysely's shape. It takes rows as arrays and names their columns itself: the objects that
 * `node:sqlite` makes cost twice as much to make and to read.
 */
class Statement implements SqliteStatement {
  /** Whether it gives rows. */
  readonly reader: boolean
  readonly #statement: StatementSync
  #names: string[]

  constructor(statement: StatementSync) {
    this.#statement = statement
    this.#names = columnNames(statement)
    this.reader = this.#names.length > 0
    statement.setReturnArrays(true)
  }

  all(parameters: readonly unknown[]): unknown[] {
    return this.#statement.all(...bindable(parameters)).map((values) => this.#row(values))
  }

  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return this.#statement.run(...bindable(parameters))
  }

  *iterate(parameters: readonly unknown[]): IterableIterator<unknown> {
    for (const values of this.#statement.iterate(...bindable(parameters))) yield this.#row(values)
  }

  #row(given: unknown): Record<string, unknown> {
    // The types do not follow setReturnArrays.
    const values = given as unknown[]
    // A migration in the meantime may have given the table another column.
    if (values.length !== this.#names.length) this.#names = columnNames(this.#statement)
    const row: Record<string, unknown> = {}
    for (let n = 0; n < values.length; n++) row[this.#names[n]!] = values[n]
    return row
  }
}

const columnNames = (statement: StatementSync): string[] => statement.columns().map((column) => column.name)

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
