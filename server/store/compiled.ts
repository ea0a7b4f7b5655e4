/**
 * Queries on the way of every request, built and compiled once for each database: Kysely then only runs them with other
 * parameters. Building the same query again costs more than SQLite needs to answer it.
 */
import type { CompiledQuery, Compilable, DialectAdapter, QueryResult } from 'kysely'
import type { Db, Tables, Tx } from './schema.ts'

/** The adapter of a database that answers while one waits: Kysely's connections and promises then cost more than the query. */
export interface PromptAdapter extends DialectAdapter {
  /** Runs a query by a short way, or gives undefined when it must take Kysely's. */
  answer(query: CompiledQuery, inTransaction: boolean): Promise<QueryResult<unknown>> | undefined
}

const isPrompt = (adapter: DialectAdapter): adapter is PromptAdapter => 'answer' in adapter

/** `build` sees the schema and must put its parameters in the order in which they are later given. */
export function compiled<Row>(
  build: (db: Db | Tx) => Compilable<Row>,
): (db: Db | Tx, parameters: readonly unknown[]) => Promise<QueryResult<Row>> {
  const byDialect = new WeakMap<object, CompiledQuery<Row>>()
  return (db, parameters) => {
    const { adapter } = db.getExecutor()
    let query = byDialect.get(adapter)
    if (!query) {
      query = build(db).compile()
      byDialect.set(adapter, query)
    }
    const wanted = { ...query, parameters }
    const answer = isPrompt(adapter) ? adapter.answer(wanted, db.isTransaction) : undefined
    // The rows are those of the query that was asked, which the adapter's type cannot say.
    return (answer as Promise<QueryResult<Row>> | undefined) ?? db.executeQuery(wanted)
  }
}

/** An insert of one whole row. */
export function compiledInsert<T extends keyof Tables>(
  table: T,
  columns: readonly (keyof Tables[T] & string)[],
): (tx: Tx, row: Tables[T]) => Promise<void> {
  // A row of which only the names count: its values are the ones each call gives.
  const names = Object.fromEntries(columns.map((column) => [column, column])) as never
  const insert = compiled((db) => db.insertInto(table).values(names))
  return async (tx, row) => {
    await insert(
      tx,
      columns.map((column) => row[column]),
    )
  }
}
