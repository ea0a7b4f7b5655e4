/** Rows counted by status and block of numbers: what pages of a filtered list are found by. */
import { type Kysely, sql } from 'kysely'

/**
 * How many numbers of a list share one count, from the finest level up: 32 blocks of a level are one of the next. What is
 * stored depends on it, so it never changes.
 */
export const blockSizes = [256, 8_192, 262_144] as const

/** Counts the rows of a list by status and block, from what is there. */
export async function countBlocks<T>(db: Kysely<T>, name: string): Promise<void> {
  for (const [level, size] of blockSizes.entries()) {
    const block = sql`number / ${sql.lit(size)}`
    await sql`insert into list_blocks (account_id, live, list, status, level, block, total)
      select account_id, live, ${sql.lit(name)}, status, ${sql.lit(level)}, ${block}, count(*) from ${sql.table(name)}
      group by account_id, live, status, ${block}`.execute(db)
  }
}
