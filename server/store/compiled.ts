/**
 * Queries on the way of every request, built and compiled once for each database: Kysely then only runs them with other
 * parameters. Building the same query again costs more than SQLite needs to answer it.
 */
import type { CompiledQuery, Compilable, QueryResult } from 'kysely'
import type { Db, Tables, Tx } from './schema.ts'

/** `build` sees the schema and must put its parameters in the order in which they are later given. */
export function compiled<Row>(
  build: (db: Db | Tx) => Compilable<Row>,
): (db: Db | Tx, parameters: readonly unknown[]) => Promise<QueryResult<Row>> {
  const byDialect = new WeakMap<object, CompiledQuery<Row>>()
  return (db, parameters) => {
    const dialect = db.getExecutor().adapter
    let query = byDialect.get(dialect)
    if (!query) {
      query = build(db).compile()
      byDialect.set(dialect, query)
    }
    return db.executeQuery({ ...query, parameters })
  }
}

/** An insert of one whole row. */
export function compiledInsert<T extends keyof Tables & string>(
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
