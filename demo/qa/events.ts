/** What the payment side announced about one session: its own events, and those of everything that came of it. */
import type { Client } from '../../server/merchant/client.ts'

type EventView = Awaited<ReturnType<Client['events']['get']>>

/** The fields by which one object names another. A customer is told of, but leads on to nothing: they may have other orders. */
const names = ['session_id', 'payment_id', 'subscription_id', 'invoice_id', 'intent_id'] as const

/** The oldest first. Found among the session's own and the newest of the account; whoever asks again and again misses none. */
export async function eventsAround({ events }: Client, session: string): Promise<EventView[]> {
  const [own, newest] = await Promise.all([
    events.list({ object_id: session, limit: 100 }),
    events.list({ limit: 100 }),
  ])
  const all = new Map([...own.items, ...newest.items].map((event) => [event.id, event]))
  const related = new Set([session])
  const customers = new Set<string>()
  for (let before = -1; before !== related.size;) {
    before = related.size
    for (const { object_id, data } of all.values()) {
      const fields = data.object as Record<string, unknown>
      const isOurs = related.has(object_id) || names.some((name) => related.has(String(fields[name])))
      if (!isOurs) continue
      related.add(object_id)
      for (const name of ['payment_id', 'subscription_id'] as const) {
        const named = fields[name]
        if (typeof named === 'string') related.add(named)
      }
      if (typeof fields['customer_id'] === 'string') customers.add(fields['customer_id'])
    }
  }
  return [...all.values()]
    .filter(({ object_id }) => related.has(object_id) || customers.has(object_id))
    .toSorted((one, other) => one.created_at.localeCompare(other.created_at) || one.id.localeCompare(other.id))
}
