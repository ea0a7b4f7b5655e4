import type { Challenge } from '../domain/challenge.ts'
import { mustHaveChanged } from './guard.ts'
import { flag } from './lists.ts'
import type { ChallengeRow, Db, Tx } from './schema.ts'

const toRow = (challenge: Challenge): ChallengeRow => ({
  id: challenge.id,
  account_id: challenge.accountId,
  live: flag(challenge.live),
  intent_id: challenge.intentId,
  attempt_id: challenge.attemptId,
  status: challenge.status,
  created_at: challenge.createdAt,
  expires_at: challenge.expiresAt,
  version: challenge.version,
})

export const fromRow = (row: ChallengeRow): Challenge => ({
  id: row.id,
  accountId: row.account_id,
  live: row.live === 1,
  intentId: row.intent_id,
  attemptId: row.attempt_id,
  status: row.status,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  version: row.version,
})

/** The unique index refuses a second open one of the same intent. */
export async function insertChallenge(tx: Tx, challenge: Challenge): Promise<void> {
  await tx.insertInto('challenges').values(toRow(challenge)).execute()
}

export async function selectChallenge(db: Db | Tx, id: string): Promise<Challenge | undefined> {
  const row = await db.selectFrom('challenges').selectAll().where('id', '=', id).executeTakeFirst()
  return row && fromRow(row)
}

/** Writes what the challenge became, only while the row is still as it was read. */
export async function replaceChallenge(tx: Tx, before: Challenge, after: Challenge): Promise<void> {
  const changed = await tx
    .updateTable('challenges')
    .set({ status: after.status, version: after.version })
    .where('id', '=', before.id)
    .where('version', '=', before.version)
    .executeTakeFirst()
  mustHaveChanged(changed, before.id)
}
