import { sql } from 'kysely'
import type { Drill } from '../domain/drill.ts'
import { mustHaveChanged } from './guard.ts'
import type { Db, DrillRow, Tx } from './schema.ts'

const fromRow = (row: DrillRow): Drill => ({
  id: row.id,
  accountId: row.account_id,
  endpointId: row.endpoint_id,
  status: row.status,
  verdict: row.verdict,
  checks: JSON.parse(row.checks) as Drill['checks'],
  createdAt: row.created_at,
  finishedAt: row.finished_at,
  leasedUntil: row.leased_until,
  version: row.version,
})

const toRow = (drill: Drill): DrillRow => ({
  id: drill.id,
  account_id: drill.accountId,
  endpoint_id: drill.endpointId,
  status: drill.status,
  verdict: drill.verdict,
  checks: JSON.stringify(drill.checks),
  created_at: drill.createdAt,
  finished_at: drill.finishedAt,
  leased_until: drill.leasedUntil,
  version: drill.version,
})

/** Keeps a new one; false while another of the same endpoint is running. */
export async function insertDrill(tx: Tx, drill: Drill): Promise<boolean> {
  const made = await tx
    .insertInto('drills')
    .values(toRow(drill))
    .onConflict((conflict) => conflict.column('endpoint_id').where('status', '=', sql.lit('running')).doNothing())
    .executeTakeFirst()
  return made.numInsertedOrUpdatedRows === 1n
}

/** Writes what it became, only while the row is still as it was read. */
export async function replaceDrill(tx: Tx, before: Drill, after: Drill): Promise<void> {
  const changed = await tx
    .updateTable('drills')
    .set(toRow(after))
    .where('id', '=', before.id)
    .where('version', '=', before.version)
    .executeTakeFirst()
  mustHaveChanged(changed, before.id)
}

export async function selectDrill(db: Db | Tx, accountId: string, id: string): Promise<Drill | undefined> {
  const query = db.selectFrom('drills').selectAll().where('id', '=', id).where('account_id', '=', accountId)
  const row = await query.executeTakeFirst()
  return row && fromRow(row)
}

/** Of one account, the newest first. */
export async function selectDrills(db: Db | Tx, accountId: string, most: number): Promise<Drill[]> {
  const query = db.selectFrom('drills').selectAll().where('account_id', '=', accountId)
  return (await query.orderBy('id', 'desc').limit(most).execute()).map(fromRow)
}

/** Forgets those that are finished and older than a given one. */
export async function deleteDrills(tx: Tx, accountId: string, olderThan: string): Promise<void> {
  await tx
    .deleteFrom('drills')
    .where('account_id', '=', accountId)
    .where('id', '<', olderThan)
    .where('status', '=', 'finished')
    .execute()
}

/** Those that are to be played and that nobody plays. */
export async function selectDueDrills(db: Db, moment: string): Promise<Drill[]> {
  const rows = await db
    .selectFrom('drills')
    .selectAll()
    .where('status', '=', sql.lit('running'))
    .where((where) => where.or([where('leased_until', 'is', null), where('leased_until', '<=', moment)]))
    .execute()
  return rows.map(fromRow)
}
