/** Somebody tries stolen cards: what reaches the processor, and that honest buyers are left alone. Semantics A13. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { NewIntentView } from '../../../server/contract/checkout.ts'
import type { ErrorBody } from '../../../server/contract/errors.ts'
import { chargeTestCard, sandboxProcessor } from '../../../server/processors/sandbox.ts'
import { databases } from '../../support/databases.ts'
import { makeApp, type TestApp } from '../../support/make-app.ts'

let shop: TestApp
let charges = 0

const declined = '4000000000000002'
const paying = '4242424242424242'

/** Opens a session and tries a card for it, from an address. */
async function tryCard(number: string, from: string, given?: NewIntentView) {
  const intent = given ?? (await shop.openIntent())
  const card = { number, exp_month: 12, exp_year: 2034, cvc: '123' }
  const body = JSON.stringify({ client_secret: intent.client_secret, card })
  const headers = { 'Content-Type': 'application/json' }
  return shop.ask<ErrorBody>(`/v1/payments/intent/${intent.id}/confirm`, { method: 'POST', headers, body }, from)
}

const repeat = async (times: number, act: (n: number) => Promise<unknown>) => {
  for (let n = 0; n < times; n++) await act(n)
}

describe.each(databases)('declined cards on %s', (on) => {
  beforeEach(async () => {
    charges = 0
    shop = await makeApp({
      on,
      processor: {
        ...sandboxProcessor,
        charge: (charge) => {
          charges++
          return Promise.resolve(chargeTestCard(charge))
        },
      },
    })
  })

  it('after 30 of one address in a day, no further card of it reaches the processor', async () => {
    // Spread over hours: it is the address that is stopped, not the account.
    await repeat(30, async () => {
      shop.clock.at = new Date(shop.clock.at.getTime() + 15 * 60_000)
      expect((await tryCard(declined, '203.0.113.9')).status).toBe(402)
    })
    const stopped = await tryCard(paying, '203.0.113.9')
    expect([stopped.status, stopped.body.error.code]).toEqual([429, 'too_many_requests'])
    expect(Number(stopped.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(charges).toBe(30)
    expect((await tryCard(paying, '203.0.113.10')).status).toBe(200)
    shop.clock.at = new Date(shop.clock.at.getTime() + 24 * 3_600_000)
    expect((await tryCard(paying, '203.0.113.9')).status).toBe(200)
  })

  it('a thousand addresses do not help against one account: 30 declines within five minutes stop it, then it goes on', async () => {
    await repeat(30, (n) => tryCard(declined, `198.51.100.${n}`))
    const stopped = await tryCard(paying, '198.51.100.99')
    expect([stopped.status, stopped.headers.get('retry-after')]).toEqual([429, '300'])
    expect(charges).toBe(30)
    shop.clock.at = new Date(shop.clock.at.getTime() + 5 * 60_001)
    expect((await tryCard(paying, '198.51.100.99')).status).toBe(200)
  })

  it('what is tried at once counts before its answers are there', async () => {
    const intents = await Promise.all(Array.from({ length: 60 }, () => shop.openIntent()))
    const answers = await Promise.all(intents.map((intent) => tryCard(declined, '203.0.113.50', intent)))
    const stopped = answers.filter(({ status }) => status === 429).length
    // PostgreSQL runs as many at once as it has connections, and none of those sees the others yet.
    expect(charges).toBeLessThanOrEqual(on === 'sqlite' ? 30 : 50)
    expect(stopped).toBe(60 - charges)
  })

  it('a session takes ten cards and no more, and a refusal writes nothing', async () => {
    const intent = await shop.openIntent()
    await repeat(10, async () => expect((await tryCard(declined, '203.0.113.20', intent)).status).toBe(402))
    expect((await tryCard(paying, '203.0.113.20', intent)).status).toBe(400)
    expect(charges).toBe(10)
    await repeat(20, () => tryCard(declined, '203.0.113.20'))
    const events = async () => (await shop.deps.store.db.selectFrom('events').select('id').execute()).length
    const open = await shop.openIntent()
    const before = await events()
    expect((await tryCard(paying, '203.0.113.20', open)).status).toBe(429)
    expect(await events()).toBe(before)
  })

  it('50 honest buyers behind one address with three mistyped numbers each are all served', async () => {
    await repeat(50, async () => {
      const intent = await shop.openIntent()
      await repeat(3, async () => expect((await tryCard('4242424242424241', '203.0.113.30', intent)).status).toBe(402))
      expect((await tryCard(paying, '203.0.113.30', intent)).status).toBe(200)
    })
    expect(charges).toBe(50)
  })

  it('the machine itself may try every card of the table', async () => {
    await repeat(60, async () => expect((await tryCard(declined, '127.0.0.1')).status).toBe(402))
    expect((await tryCard(paying, '::1')).status).toBe(200)
    expect((await tryCard(paying, '::ffff:127.0.0.1')).status).toBe(200)
  })

  it('no address is kept as it is', async () => {
    await tryCard(declined, '203.0.113.40')
    const rows = await shop.deps.store.db.selectFrom('attempts').selectAll().execute()
    expect(rows[0]?.asker).toMatch(/^[\w-]{20,}$/)
    expect(JSON.stringify(rows) + shop.logged.join('')).not.toContain('203.0.113')
  })
})
