/** What has happened, as its account reads it: one row a change, written by the transaction that made it. */
import type { Deps } from '../deps.ts'
import type { Owner } from '../domain/account.ts'
import { noSuch } from '../domain/problem.ts'
import { couldBeId } from '../ids.ts'
import { type EventFilter, selectEvent, selectEvents } from '../store/outbox.ts'
import type { EventRow } from '../store/schema.ts'

export const listEvents = (deps: Deps, by: Owner, filter: EventFilter, most: number): Promise<EventRow[]> =>
  selectEvents(deps.store.db, by, filter, most)

export async function findEvent(deps: Deps, by: Owner, id: string): Promise<EventRow> {
  const found = couldBeId(id) ? await selectEvent(deps.store.db, by, id) : undefined
  if (!found) throw noSuch('event')
  return found
}
