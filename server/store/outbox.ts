import type { EventRow, LedgerRow, Tx } from './schema.ts'

/** Events are rows of the transaction that caused them; whoever delivers them reads them later. */
export async function insertEvents(tx: Tx, events: readonly EventRow[]): Promise<void> {
  if (events.length > 0) await tx.insertInto('events').values(events).execute()
}

/** Entries of the double-entry ledger; the ones of one call must add up to nothing. */
export async function insertEntries(tx: Tx, entries: readonly LedgerRow[]): Promise<void> {
  if (entries.reduce((sum, entry) => sum + entry.amount, 0) !== 0) throw new Error('Ledger entries do not balance')
  await tx.insertInto('ledger').values(entries).execute()
}
