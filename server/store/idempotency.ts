import type { IdempotencyRow, Tx } from './schema.ts'

/** Claims a key with one atomic insert. False when somebody already has it. */
export async function claimKey(tx: Tx, claim: Omit<IdempotencyRow, 'result'>): Promise<boolean> {
  const made = await tx
    .insertInto('idempotency')
    .values({ ...claim, result: null })
    .onConflict((conflict) => conflict.columns(['scope', 'key']).doNothing())
    .executeTakeFirst()
  return made.numInsertedOrUpdatedRows === 1n
}

export async function selectClaim(tx: Tx, scope: string, key: string): Promise<IdempotencyRow | undefined> {
  return tx.selectFrom('idempotency').selectAll().where('scope', '=', scope).where('key', '=', key).executeTakeFirst()
}

/** Keeps what a claimed command came to, for every later request with its key. */
export async function keepResult(tx: Tx, scope: string, key: string, result: string): Promise<void> {
  await tx
    .updateTable('idempotency')
    .set({ result })
    .where('scope', '=', scope)
    .where('key', '=', key)
    .where('result', 'is', null)
    .execute()
}

/** Forgets finished keys made before a moment; unresolved ones are never forgotten. */
export async function forgetKeys(tx: Tx, before: string): Promise<void> {
  await tx.deleteFrom('idempotency').where('created_at', '<', before).where('result', 'is not', null).execute()
}
