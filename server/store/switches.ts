/** The switches as every process knows them, and as they are counted down. */
import { type Switch, isWebhookFault } from '../domain/switch.ts'
import type { Db, SwitchRow, Tx } from './schema.ts'

/** How long another process may not know of a switch. */
const believedMs = 1000
/** How long after its last use a switch that holds deliveries back is remembered: longer than any is held. */
const heldMs = 120_000

/** What is to go wrong, known without asking the database: almost always nothing. */
export type Switches = {
  /** Those that act on requests, the oldest first. */
  forRequests(): readonly Switch[]
  /** Those that act on deliveries; of those that hold some back also the ones that have done so lately. */
  forDeliveries(): readonly Switch[]
  /** Reads all of them again. */
  refresh(): Promise<void>
  /** The same in its own time, when it was last done a second ago or more. */
  refreshSoon(): void
  /** What this process has just written counts at once. */
  put(one: Switch): void
  drop(isDropped: (one: Switch) => boolean): void
}

export function openSwitches(db: Db, now: () => Date): Switches {
  let requests: readonly Switch[] = []
  let deliveries: readonly Switch[] = []
  let readAt = -Infinity
  let written = 0
  const set = (all: readonly Switch[]): void => {
    requests = all.filter(({ kind }) => !isWebhookFault(kind))
    deliveries = all.filter(({ kind }) => isWebhookFault(kind))
  }
  const refresh = async (): Promise<void> => {
    readAt = performance.now()
    const before = written
    const read = await selectActive(db, new Date(now().getTime() - heldMs).toISOString())
    // What was written while this was read is newer than it.
    if (written === before) set(read)
    else readAt = -Infinity
  }
  const all = () => [...requests, ...deliveries]
  return {
    forRequests: () => requests,
    forDeliveries: () => deliveries,
    refresh,
    refreshSoon() {
      // Whoever asked has other questions to this database, and hears from them when it is away.
      if (performance.now() - readAt >= believedMs) void refresh().catch(() => undefined)
    },
    put(one) {
      written++
      const others = all().filter(({ id }) => id !== one.id)
      const stays = one.left > 0 || one.kind === 'webhook_reorder'
      set(stays ? [...others, one].toSorted((a, b) => (a.id < b.id ? -1 : 1)) : others)
    },
    drop(isDropped) {
      written++
      set(all().filter((one) => !isDropped(one)))
    },
  }
}

const fromRow = (row: SwitchRow): Switch => ({
  id: row.id,
  accountId: row.account_id,
  kind: row.kind,
  keyId: row.key_id,
  sessionId: row.session_id,
  endpointId: row.endpoint_id,
  times: row.times,
  left: row.uses_left,
  delayMs: row.delay_ms,
  method: row.method,
  path: row.path,
  createdAt: row.created_at,
  usedAt: row.used_at,
})

async function selectActive(db: Db, usedSince: string): Promise<Switch[]> {
  const rows = await db
    .selectFrom('switches')
    .selectAll()
    .where((where) =>
      where.or([
        where('uses_left', '>', 0),
        where.and([where('kind', '=', 'webhook_reorder'), where('used_at', '>', usedSince)]),
      ]),
    )
    .orderBy('id')
    .execute()
  return rows.map(fromRow)
}

/** Of one account, the newest first, those that have done their work too. */
export async function selectSwitches(db: Db | Tx, accountId: string): Promise<Switch[]> {
  const query = db.selectFrom('switches').selectAll().where('account_id', '=', accountId)
  return (await query.orderBy('id', 'desc').execute()).map(fromRow)
}

export async function insertSwitch(tx: Tx, one: Switch): Promise<void> {
  await tx
    .insertInto('switches')
    .values({
      id: one.id,
      account_id: one.accountId,
      kind: one.kind,
      key_id: one.keyId,
      session_id: one.sessionId,
      endpoint_id: one.endpointId,
      times: one.times,
      uses_left: one.left,
      delay_ms: one.delayMs,
      method: one.method,
      path: one.path,
      created_at: one.createdAt,
      used_at: one.usedAt,
    })
    .execute()
}

/** Counts a switch down by one: what it then is, or undefined when there was nothing left, whoever asked at the same time. */
export async function spendSwitch(tx: Tx, id: string, at: string): Promise<Switch | undefined> {
  const row = await tx
    .updateTable('switches')
    .set((one) => ({ uses_left: one('uses_left', '-', 1), used_at: at }))
    .where('id', '=', id)
    .where('uses_left', '>', 0)
    .returningAll()
    .executeTakeFirst()
  return row && fromRow(row)
}

/** Takes away those of these that are the account's, and says how many there were; without ids, all of it. */
export async function deleteSwitches(tx: Tx, accountId: string, ids?: readonly string[]): Promise<number> {
  let query = tx.deleteFrom('switches').where('account_id', '=', accountId)
  if (ids) query = query.where('id', 'in', ids)
  return Number((await query.executeTakeFirst()).numDeletedRows)
}
