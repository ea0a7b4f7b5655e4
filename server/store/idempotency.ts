import { compiled } from './compiled.ts'
import type { Db, IdempotencyRow, Tx } from './schema.ts'

const insert = compiled((db) =>
  db
    .insertInto('idempotency')
    .values({ scope: '', key: '', fingerprint: '', request_id: '', language: 'en', created_at: '' })
    .onConflict((conflict) => conflict.columns(['scope', 'key']).doNothing()),
)

const update = compiled((db) =>
  db
    .updateTable('idempotency')
    .set({ result: '' })
    .where('scope', '=', '')
    .where('key', '=', '')
    .where('result', 'is', null),
)

/** Claims a key with one atomic insert. False when somebody already has it. */
export async function claimKey(tx: Tx, claim: Omit<IdempotencyRow, 'result'>): Promise<boolean> {
  const made = await insert(tx, [
    claim.scope,
    claim.key,
    claim.fingerprint,
    claim.request_id,
    claim.language,
    claim.created_at,
  ])
  return made.numAffectedRows === 1n
}

export async function selectClaim(db: Db | Tx, scope: string, key: string): Promise<IdempotencyRow | undefined> {
  return db.selectFrom('idempotency').selectAll().where('scope', '=', scope).where('key', '=', key).executeTakeFirst()
}

/** Keeps what a claimed command came to, for every later request with its key. */
export async function keepResult(tx: Tx, scope: string, key: string, result: string): Promise<void> {
  await update(tx, [result, scope, key])
}

/** Forgets finished keys made before a moment; unresolved ones are never forgotten. */
export async function forgetKeys(tx: Tx, before: string): Promise<void> {
  await tx.deleteFrom('idempotency').where('created_at', '<', before).where('result', 'is not', null).execute()
}

/** Gives a key back whose command came to nothing: the same request may be sent with it again. */
export async function releaseKey(tx: Tx, scope: string, key: string): Promise<void> {
  await tx
    .deleteFrom('idempotency')
    .where('scope', '=', scope)
    .where('key', '=', key)
    .where('result', 'is', null)
    .execute()
}
