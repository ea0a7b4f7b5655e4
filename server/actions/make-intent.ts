import type { Deps } from '../deps.ts'
import { type Intent, newIntent } from '../domain/intent.ts'
import type { Session } from '../domain/session.ts'
import { idPrefixes } from '../ids.ts'
import { LostRace } from '../store/guard.ts'
import { insertIntent } from '../store/intents.ts'
import type { Tx } from '../store/schema.ts'

/** The first intent of a session that this transaction holds. */
export async function makeIntent(deps: Deps, tx: Tx, session: Session): Promise<Intent> {
  const intent = newIntent(session, { id: deps.newId(idPrefixes.intent), now: deps.now(session) })
  if (!(await insertIntent(tx, intent))) throw new LostRace(session.id)
  return intent
}
