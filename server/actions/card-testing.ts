import type { Deps } from '../deps.ts'
import type { Owner } from '../domain/account.ts'
import { dayMs, isCardTesting, mostDeclines, mostRecent } from '../domain/card-testing.ts'
import { Problem } from '../domain/problem.ts'
import { countUnpaid, selectRecentOutcomes } from '../store/attempts.ts'
import type { Tx } from '../store/schema.ts'

/** Stops whoever tries cards one after the other before the processor hears of the next. Semantics B3, "Card testing". */
export async function refuseCardTesting(
  deps: Deps,
  tx: Tx,
  owner: Owner,
  /** A keyed digest of where the card comes from; null for this machine itself. */
  asker: string | null,
  /** Whether that is one buyer's address: a shop's server sends many people's cards. */
  from: 'address' | 'server' = 'address',
): Promise<void> {
  if (asker === null) return
  const now = deps.now(owner)
  const since = new Date(now.getTime() - dayMs).toISOString()
  const byAddress = from === 'server' ? 0 : await countUnpaid(tx, asker, since, mostDeclines)
  const recent = await selectRecentOutcomes(tx, owner, mostRecent)
  const testing = isCardTesting({ byAddress, recent, now })
  if (!testing) return
  deps.log.warn({ account: owner.accountId, reason: testing }, 'card testing stopped')
  throw new Problem(
    'too_many_requests',
    {
      en: 'Too many cards have been declined; nothing more is tried for now',
      es: 'Se rechazaron demasiadas tarjetas; por ahora no se intenta con más',
    },
    { retryAfterSeconds: testing === 'address' ? 3600 : 300 },
  )
}
