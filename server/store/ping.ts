import { sql } from 'kysely'
import { compiled } from './compiled.ts'
import type { Db } from './schema.ts'

const trivial = compiled((db) => db.selectFrom('accounts').select('id').limit(sql.lit(1)))

/** Resolves once the database has answered a trivial query. */
export async function ping(db: Db): Promise<void> {
  await trivial(db, [])
}
