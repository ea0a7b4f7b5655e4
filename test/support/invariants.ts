/** What must be true of every database at every moment. Semantics B2, "Invariants checked after every test". */
import { expect } from 'vitest'
import type { Db } from '../../server/store/schema.ts'

export async function checkInvariants(db: Db): Promise<void> {
  const [sessions, intents, payments, attempts, events, ledger] = await Promise.all([
    db.selectFrom('sessions').selectAll().execute(),
    db.selectFrom('intents').selectAll().execute(),
    db.selectFrom('payments').selectAll().execute(),
    db.selectFrom('attempts').selectAll().execute(),
    db.selectFrom('events').selectAll().execute(),
    db.selectFrom('ledger').selectAll().execute(),
  ])
  const settled = new Set(['succeeded', 'partially_refunded', 'refunded'])
  for (const intent of intents) {
    const session = sessions.find((row) => row.id === intent.session_id)!
    const payment = payments.find((row) => row.intent_id === intent.id)
    const own = attempts.filter((row) => row.intent_id === intent.id)
    const succeeded = own.filter((row) => row.status === 'succeeded')
    expect(succeeded.length, 'succeeded attempts of one intent').toBe(intent.status === 'succeeded' ? 1 : 0)
    expect(session.payment_status === 'paid', 'a session is paid exactly when its intent succeeded').toBe(
      intent.status === 'succeeded',
    )
    if (session.status === 'expired') expect(intent.status, 'the intent of an ended session').toBe('canceled')
    expect([intent.amount, intent.currency], 'amounts never change').toEqual([session.amount, session.currency])
    expect(own.length, 'attempts are counted').toBe(intent.attempts)
    expect(payment?.id ?? null, 'a payment exists once a card was tried').toBe(intent.payment_id)
    if (payment) {
      expect(settled.has(payment.status), 'a payment is settled exactly when its intent succeeded').toBe(
        intent.status === 'succeeded',
      )
      const entries = ledger.filter((row) => row.payment_id === payment.id)
      expect(
        entries.reduce((sum, row) => sum + row.amount, 0),
        'debits equal credits',
      ).toBe(0)
      const held = entries
        .filter((row) => row.account.startsWith('processor:'))
        .reduce((sum, row) => sum + row.amount, 0)
      expect(held, 'what is booked is what was captured and not given back').toBe(
        settled.has(payment.status) ? payment.amount - payment.refunded : 0,
      )
      expect(payment.refunded).toBeLessThanOrEqual(payment.amount)
    }
  }
  const announced = (id: string) =>
    events
      .filter((row) => row.object_id === id)
      .map((row) => row.version)
      .sort((a, b) => a - b)
  const upTo = (version: number, from: number) => Array.from({ length: version - from + 1 }, (_, n) => n + from)
  for (const row of sessions) expect(announced(row.id), `events of ${row.id}`).toEqual(upTo(row.version, 2))
  for (const row of intents) expect(announced(row.id), `events of ${row.id}`).toEqual(upTo(row.version, 2))
  for (const row of payments) expect(announced(row.id), `events of ${row.id}`).toEqual(upTo(row.version, 1))
}
