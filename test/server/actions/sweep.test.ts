import { sandboxProcessor } from '../../../server/processors/sandbox.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { sweep } from '../../../server/actions/sweep.ts'
import type { ChargeResult, Processor } from '../../../server/processors/processor.ts'
import { databases } from '../../support/databases.ts'
import { checkInvariants } from '../../support/invariants.ts'
import { makeApp, type TestApp } from '../../support/make-app.ts'

let shop: TestApp
afterEach(async () => {
  await checkInvariants(shop.deps.store.db)
  await shop.deps.store.close()
})

/** A processor that never answers a charge and knows `found` of it later. */
const silent = (
  found: (charge: { attemptId: string }) => ChargeResult | 'absent' | 'unknown',
): Processor & { charges: number } => ({
  name: 'silent',
  charges: 0,
  charge() {
    this.charges++
    return Promise.reject(new Error('timeout'))
  },
  lookUp: (attemptId) => Promise.resolve(found({ attemptId })),
  refund: sandboxProcessor.refund,
  save: sandboxProcessor.save,
  resume: sandboxProcessor.resume,
  resumeSave: sandboxProcessor.resumeSave,
})

const later = (seconds: number) => {
  shop.clock.at = new Date(shop.clock.at.getTime() + seconds * 1000)
}

describe.each(databases)('sweep() on %s', (on) => {
  it('finds out what became of a charge that was never heard back from, and charges nothing again', async () => {
    const processor = silent(({ attemptId }) => ({
      outcome: 'succeeded',
      attemptId,
      amount: 1_250_000,
      currency: 'CRC',
    }))
    shop = await makeApp({ on, processor })
    const intent = await shop.openIntent()
    const confirm = () => shop.confirm(intent, {}, { 'Idempotency-Key': 'k' })
    const unsure = await confirm()
    expect([unsure.status, unsure.body.status]).toEqual([200, 'processing'])
    expect((await confirm()).body.error.code).toBe('idempotency_key_in_use')

    await sweep(shop.deps)
    expect((await confirm()).status).toBe(409)
    later(31)
    await sweep(shop.deps)
    const known = await confirm()
    expect([known.status, known.body.status, known.headers.get('idempotent-replayed')]).toEqual([
      200,
      'succeeded',
      'true',
    ])
    expect(processor.charges).toBe(1)
    expect((await shop.readSession(intent.session_id)).body.status).toBe('complete')
  })

  it('gives the buyer another try when the processor surely never charged', async () => {
    const processor = silent(() => 'absent')
    shop = await makeApp({ on, processor })
    const intent = await shop.openIntent()
    await shop.confirm(intent, {}, { 'Idempotency-Key': 'k' })
    later(31)
    await sweep(shop.deps)
    const known = await shop.confirm(intent, {}, { 'Idempotency-Key': 'k' })
    expect([known.status, known.body.error.code]).toEqual([402, 'processing_error'])
    expect(known.body.error.payment_intent?.status).toBe('requires_payment_method')
    expect(processor.charges).toBe(1)
  })

  it('leaves an attempt alone that nobody can tell about, and says so in the log', async () => {
    shop = await makeApp({ on, processor: silent(() => 'unknown') })
    const intent = await shop.openIntent()
    await shop.confirm(intent)
    later(3600)
    await sweep(shop.deps)
    expect((await shop.confirm(intent)).body.error.code).toBe('payment_intent_processing')
    expect(shop.logged.join('')).toContain('does not know what became of this attempt')
  })

  it('ends sessions at their moment, but not while they are being paid', async () => {
    shop = await makeApp({ on, processor: silent(() => 'unknown') })
    const idle = await shop.openIntent()
    const paying = await shop.openIntent()
    const declined = await shop.openIntent()
    await shop.confirm(declined, { number: '4242424242424241' })
    await shop.confirm(paying)
    later(24 * 3600)
    await sweep(shop.deps)
    const rows = await shop.deps.store.db.selectFrom('sessions').select(['id', 'status']).execute()
    expect(Object.fromEntries(rows.map((row) => [row.id, row.status]))).toEqual({
      [idle.session_id]: 'expired',
      [paying.session_id]: 'open',
      [declined.session_id]: 'expired',
    })
  })

  it('forgets finished keys after three days and keeps unresolved ones', async () => {
    shop = await makeApp({ on, processor: silent(() => 'unknown') })
    await shop.createSession({}, { 'Idempotency-Key': 'finished' })
    await shop.confirm(await shop.openIntent(), {}, { 'Idempotency-Key': 'unresolved' })
    later(73 * 3600)
    await sweep(shop.deps)
    const keys = await shop.deps.store.db.selectFrom('idempotency').select('key').execute()
    expect(keys).toEqual([{ key: 'unresolved' }])
  })

  it.each([
    ['found it paid', 'succeeded', 200],
    ['found it absent', 'absent', 402],
  ] as const)('has the first word when it %s, and the late answer changes nothing', async (_, found, status) => {
    let answer: (result: ChargeResult) => void = () => {}
    let began: () => void = () => {}
    const charging = new Promise<void>((resolve) => (began = resolve))
    const paid = (attemptId: string): ChargeResult => ({
      outcome: 'succeeded',
      attemptId,
      amount: 1_250_000,
      currency: 'CRC',
    })
    shop = await makeApp({
      on,
      processor: {
        name: 'late',
        charge: ({ attemptId }) => {
          began()
          return new Promise((resolve) => (answer = () => resolve(paid(attemptId))))
        },
        lookUp: (attemptId) => Promise.resolve(found === 'absent' ? found : paid(attemptId)),
        refund: sandboxProcessor.refund,
        save: sandboxProcessor.save,
        resume: sandboxProcessor.resume,
        resumeSave: sandboxProcessor.resumeSave,
      },
    })
    const intent = await shop.openIntent()
    const confirming = shop.confirm(intent, {}, { 'Idempotency-Key': 'k' })
    await charging
    later(31)
    await sweep(shop.deps)
    answer(paid(''))
    const answered = await confirming
    expect(answered.status).toBe(status)
    expect((await shop.confirm(intent, {}, { 'Idempotency-Key': 'k' })).status).toBe(status)
    expect(shop.logged.join('').includes('after its attempt was given up')).toBe(found === 'absent')
  })

  it('may run in several processes at once', async () => {
    shop = await makeApp({ on, processor: silent(() => 'absent') })
    for (let n = 0; n < 5; n++) await shop.confirm(await shop.openIntent())
    later(24 * 3600)
    await Promise.all([sweep(shop.deps), sweep(shop.deps), sweep(shop.deps)])
    await sweep(shop.deps)
    const open = await shop.deps.store.db.selectFrom('sessions').selectAll().where('status', '=', 'open').execute()
    expect(open).toEqual([])
  })
})
