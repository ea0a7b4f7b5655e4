/** The promise that an intent is paid at most once, told through the front door on both databases, by racing. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Charge, Processor } from '../../server/processors/processor.ts'
import { chargeTestCard, sandboxProcessor } from '../../server/processors/sandbox.ts'
import { databases } from '../support/databases.ts'
import { checkInvariants } from '../support/invariants.ts'
import { makeApp, type TestApp } from '../support/make-app.ts'

let shop: TestApp | undefined
afterEach(async () => {
  if (!shop) return
  await checkInvariants(shop.deps.store.db)
  await shop.deps.store.close()
  shop = undefined
})

/** A processor with a ledger of its own, slow enough to be raced. */
function watchedProcessor(): Processor & { charges: Charge[] } {
  const charges: Charge[] = []
  return {
    name: 'sandbox',
    charges,
    async charge(charge) {
      charges.push(charge)
      await new Promise((resolve) => setTimeout(resolve, 5))
      return chargeTestCard(charge)
    },
    lookUp: sandboxProcessor.lookUp,
    refund: sandboxProcessor.refund,
    save: sandboxProcessor.save,
    resume: sandboxProcessor.resume,
    resumeSave: sandboxProcessor.resumeSave,
  }
}

describe.each(databases)('on %s', (on) => {
  it('50 confirms of one intent at once, each with a key and a card of its own, charge once', async () => {
    const processor = watchedProcessor()
    shop = await makeApp({ on, processor })
    const intent = await shop.openIntent()
    const cards = ['4242424242424242', '5555555555554444', '378282246310005', '6011111111111117', '3566002020360505']
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        shop!.confirm(
          intent,
          { number: cards[n % cards.length], cvc: n % 5 === 2 ? '1234' : '123' },
          { 'Idempotency-Key': `k${n}` },
        ),
      ),
    )
    expect(processor.charges).toHaveLength(1)
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
    const refused = answers.filter((answer) => answer.status !== 200)
    expect(refused).toHaveLength(49)
    for (const answer of refused) {
      expect([400, 409]).toContain(answer.status)
      expect(['payment_intent_processing', 'payment_intent_unexpected_state']).toContain(answer.body.error.code)
      expect(answer.body.error.payment_intent?.id).toBe(intent.id)
    }
  })

  it('50 confirms at once with one key charge once, and all that are answered with success say the same', async () => {
    const processor = watchedProcessor()
    shop = await makeApp({ on, processor })
    const intent = await shop.openIntent()
    const confirm = () => shop!.confirm(intent, {}, { 'Idempotency-Key': 'one' })
    const answers = await Promise.all(Array.from({ length: 50 }, confirm))
    expect(processor.charges).toHaveLength(1)
    const paid = answers.filter((answer) => answer.status === 200)
    expect(new Set(paid.map((answer) => answer.text)).size).toBe(1)
    for (const answer of answers)
      if (answer.status !== 200) expect(answer.body.error.code).toBe('idempotency_key_in_use')
    expect((await confirm()).text).toBe(paid[0]!.text)
  })

  it('50 askers for the intent of one session get the same one', async () => {
    shop = await makeApp({ on })
    const session = await shop.createSession()
    const answers = await Promise.all(Array.from({ length: 50 }, () => shop!.createIntent(session.body.session_id)))
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1)
    expect(answers[0]!.status).toBe(201)
  })

  it('50 creates at once with one key make one session', async () => {
    shop = await makeApp({ on })
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => shop!.createSession({}, { 'Idempotency-Key': 'order' })),
    )
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1)
    expect(await shop.deps.store.db.selectFrom('sessions').selectAll().execute()).toHaveLength(1)
  })

  it('a decline is kept: the same click again is the same decline, a new click tries anew', async () => {
    const processor = watchedProcessor()
    shop = await makeApp({ on, processor })
    const intent = await shop.openIntent()
    const declined = (language: string) =>
      shop!.confirm(
        intent,
        { number: '4000000000009995' },
        { 'Idempotency-Key': 'click-1', 'Accept-Language': language },
      )
    const first = await declined('es')
    const second = await declined('en')
    expect([first.status, second.status, second.headers.get('idempotent-replayed')]).toEqual([402, 402, 'true'])
    expect(second.text).toBe(first.text)
    expect(processor.charges).toHaveLength(1)
    expect((await shop.confirm(intent, {}, { 'Idempotency-Key': 'click-2' })).status).toBe(200)
  })

  it('a key that was used with another card runs nothing', async () => {
    const processor = watchedProcessor()
    shop = await makeApp({ on, processor })
    const intent = await shop.openIntent()
    await shop.confirm(intent, { number: '4000000000000002' }, { 'Idempotency-Key': 'k' })
    const other = await shop.confirm(intent, {}, { 'Idempotency-Key': 'k' })
    expect([other.status, other.body.error.code]).toEqual([422, 'idempotency_key_reused'])
    expect(processor.charges).toHaveLength(1)
  })

  it('a session that expires while its intent is being made is either paid or over', async () => {
    shop = await makeApp({ on, processor: watchedProcessor() })
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const { session_id } = (await shop!.createSession()).body
        const pay = async () => {
          const made = await shop!.createIntent(session_id)
          return made.status === 201 ? (await shop!.confirm(made.body)).status : made.status
        }
        const paying = pay()
        if (n % 2) await new Promise((resolve) => setTimeout(resolve, n % 5))
        const expiring = shop!.post(`/v1/payments/session/${session_id}/expire`, '', { 'X-Api-Key': 'sk_test_sandbox' })
        const [paid, expired] = await Promise.all([paying, expiring])
        return { paid: paid === 200, expired: expired.status === 200 }
      }),
    )
    for (const { paid, expired } of outcomes) expect(paid).toBe(!expired)
  })

  it('a race between paying and expiring has one winner', async () => {
    shop = await makeApp({ on, processor: watchedProcessor() })
    for (let round = 0; round < 10; round++) {
      const intent = await shop.openIntent()
      const expire = shop.post(`/v1/payments/session/${intent.session_id}/expire`, '', {
        'X-Api-Key': 'sk_test_sandbox',
      })
      const [paid, expired] = await Promise.all([shop.confirm(intent), expire])
      const status = (await shop.readSession(intent.session_id)).body.status
      expect(status).toBe(paid.status === 200 ? 'complete' : 'expired')
      expect(expired.status === 200).toBe(status === 'expired')
    }
  })
})
