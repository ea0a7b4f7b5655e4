/** The clock of test data, through the front door: what lives on it, what does not, and who may move it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sweepClocks } from '../../server/actions/clock.ts'
import { sweep } from '../../server/actions/sweep.ts'
import type { ErrorBody } from '../../server/contract/errors.ts'
import type { RefundView, TestClockView } from '../../server/contract/resources.ts'
import { databases } from '../support/databases.ts'
import { checkInvariants } from '../support/invariants.ts'
import { ledgerProcessor } from '../support/ledger-processor.ts'
import { apiKey, makeApp, type TestApp } from '../support/make-app.ts'
import { shopOf } from '../support/shop.ts'
import { subscriberOf } from '../support/subscriber.ts'
import { openTenants } from '../support/tenants.ts'

const begun = '2027-01-31T12:00:00.000Z'
const key = { 'X-Api-Key': apiKey }

describe.each(databases)('a test clock on %s', (on) => {
  let app: TestApp
  let shop: ReturnType<typeof subscriberOf>
  let processor: ReturnType<typeof ledgerProcessor>
  let expected: RegExp
  beforeEach(async () => {
    processor = ledgerProcessor()
    expected = /^$/
    app = await makeApp({ on, at: begun, processor, liveProcessor: ledgerProcessor() })
    shop = subscriberOf(app)
  })
  afterEach(async () => {
    await checkInvariants(app.deps.store.db)
    expect(app.logged.filter((line) => /"level":50/.test(line) && !expected.test(line))).toEqual([])
    await app.deps.store.close()
  })

  const post = (path: string, body: object, headers: Record<string, string> = key) =>
    app.post<TestClockView & ErrorBody>(`/v1/test-clock${path}`, body, headers)
  const read = () => shop.read<TestClockView>('/v1/test-clock')
  /** Real time. */
  const passes = (seconds: number) => (app.clock.at = new Date(app.clock.at.getTime() + seconds * 1000))

  it('is the real one until there is one, stands still, goes on, and is the real one again', async () => {
    expect(await read()).toMatchObject({ now: begun, own: false, frozen: false, status: 'ready', target: null })
    await shop.clock({})
    passes(60)
    expect(await read()).toMatchObject({ now: begun, own: true, frozen: true })
    await shop.clock({ frozen: false })
    passes(60)
    expect(await read()).toMatchObject({ now: '2027-01-31T12:01:00.000Z', own: true, frozen: false })
    await shop.advance({ days: 1, seconds: 30 })
    passes(30)
    expect(await read()).toMatchObject({ now: '2027-02-01T12:02:00.000Z', own: true, frozen: false })
    await shop.made('/v1/test-clock/reset', {})
    expect(await read()).toMatchObject({ now: app.clock.at.toISOString(), own: false })
  })

  it('is not there for live data: every call of a live key is refused', async () => {
    const { mineLive } = await openTenants(app)
    const live = { 'X-Api-Key': mineLive.key }
    const read = await app.ask<ErrorBody>('/v1/test-clock', { headers: live })
    const answers = [
      read,
      await post('', {}, live),
      await post('/advance', { days: 1 }, live),
      await post('/reset', {}, live),
    ]
    for (const { status, body } of answers) expect([status, body.error.code]).toEqual([403, 'live_mode_unavailable'])
    await shop.advance({ months: 1 })
    const made = await app.createSession({ return_url: 'https://shop.example/' }, live)
    const row = await app.deps.store.db
      .selectFrom('sessions')
      .select('created_at')
      .where('id', '=', made.body.session_id)
      .executeTakeFirstOrThrow()
    expect(row.created_at).toBe(begun)
  })

  it.each([
    ['', { now: '2027-01-31T11:59:59.999Z' }, 'now'],
    ['/advance', { to: '2027-01-31T11:59:59.999Z' }, 'to'],
    ['/advance', { months: 120, seconds: 1 }, 'seconds'],
    ['', { now: '2037-02-01T00:00:00Z' }, 'now'],
  ])('never goes back, nor too far: %s %o', async (path, body, field) => {
    const refused = await post(path, body)
    expect([refused.status, refused.body.error.param]).toEqual([422, field])
    expect((await read()).own).toBe(false)
  })

  it('does not go back behind what has happened on it, though the real clock is behind', async () => {
    await shop.advance({ months: 1 })
    expect((await post('', { now: begun })).status).toBe(422)
  })

  it('ends sessions, whose intents can then no longer be paid', async () => {
    const { session_id, ...intent } = await app.openIntent()
    await shop.advance({ seconds: 24 * 3600 - 1 })
    expect((await app.readSession(session_id)).body.status).toBe('open')
    await shop.advance({ seconds: 1 })
    expect((await app.readSession(session_id)).body.status).toBe('expired')
    expect((await app.confirm(intent)).status).toBe(400)
    const row = await app.deps.store.db.selectFrom('sessions').select('status').executeTakeFirstOrThrow()
    expect(row.status).toBe('expired')
  })

  it('ends tokens of the legacy API after ten hours of its own', async () => {
    const token = { Authorization: `bearer ${await app.newToken()}` }
    const listed = () => app.ask('/v1/accounts/customers/', { headers: token })
    await shop.advance({ seconds: 35_999 })
    expect((await listed()).status).toBe(200)
    await shop.advance({ seconds: 1 })
    expect((await listed()).status).toBe(401)
  })

  it.each([
    ['4000000000007726', 'pending', 'succeeded'],
    ['4000000000005126', 'succeeded', 'failed'],
  ])('changes refunds of %s from %s to %s on the way', async (number, before, after) => {
    const paid = await app.confirm(await app.openIntent(), { number })
    const refund = await shop.made<RefundView>('/v1/refunds', { payment_id: paid.body.payment_id })
    expect(refund.status).toBe(before)
    await shop.advance({ seconds: 2 })
    expect((await shop.read<RefundView>(`/v1/refunds/${refund.id}`)).status).toBe(before)
    await shop.advance({ seconds: 2 })
    expect((await shop.read<RefundView>(`/v1/refunds/${refund.id}`)).status).toBe(after)
  })

  it('moves no data of another account, and is moved by no real time', async () => {
    const { theirs } = await openTenants(app)
    const other = shopOf(app, theirs)
    const [mine, foreign] = [(await app.createSession()).body.session_id, await other.session()]
    await shop.advance({ days: 1 })
    await sweep(app.deps)
    const status = async (id: string) => (await app.readSession(id)).body.status
    expect([await status(mine), await status(foreign)]).toEqual(['expired', 'open'])
    const later = (await app.createSession()).body.session_id
    passes(25 * 3600)
    await sweep(app.deps)
    expect([await status(later), await status(foreign)]).toEqual(['open', 'expired'])
  })

  it('does what is due in the order of time, each as of its moment', async () => {
    const plans = [await shop.plan({ interval: 'week' }), await shop.plan({ interval: 'day', interval_count: 5 })]
    for (const plan of plans) await shop.subscribe(await shop.customer(), plan)
    await shop.clock({ now: '2027-02-21T12:00:00Z' })
    const rows = await app.deps.store.db
      .selectFrom('invoices')
      .select(['period_start', 'created_at', 'paid_at'])
      .orderBy('number')
      .execute()
    expect(rows.map((row) => row.period_start)).toEqual(rows.map((row) => row.period_start).toSorted())
    for (const row of rows) expect([row.created_at, row.paid_at]).toEqual([row.period_start, row.period_start])
    expect(rows).toHaveLength(2 + 3 + 4)
  })

  it('is moved by one of two who ask at once; the other is told to come back', async () => {
    await shop.subscribe(await shop.customer(), await shop.plan())
    await shop.clock({})
    const answers = await Promise.all([post('/advance', { months: 1 }), post('/advance', { months: 1 })])
    const refused = answers.filter((answer) => answer.status === 409)
    // Whoever asks after the first has arrived moves it on once more.
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(2 - refused.length)
    for (const { body, headers } of refused) {
      expect(body.error.code).toBe('test_clock_advancing')
      expect(headers.get('retry-after')).toBe('1')
    }
    const months = 2 - refused.length
    expect((await read()).now).toBe(['', '2027-02-28T12:00:00.000Z', '2027-03-28T12:00:00.000Z'][months])
    expect(await shop.invoices()).toHaveLength(2)
  })

  it('moves once for a repeated request, which is answered as the first was', async () => {
    const keyed = { ...key, 'Idempotency-Key': 'a month' }
    const first = await post('/advance', { months: 1 }, keyed)
    const again = await post('/advance', { months: 1 }, keyed)
    expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([first.text, 'true'])
    expect((await read()).now).toBe('2027-02-28T12:00:00.000Z')
  })

  it('brings back the real clock, and what has happened stays so', async () => {
    const { id } = await shop.subscribe(await shop.customer(), await shop.plan())
    await shop.advance({ months: 2 })
    const before = await shop.invoices()
    expect(before).toHaveLength(3)
    await shop.made('/v1/test-clock/reset', {})
    expect((await read()).now).toBe(begun)
    await sweep(app.deps)
    expect(await shop.invoices()).toEqual(before)
    // Real time has to come to the next renewal first.
    passes(90 * 86_400)
    await sweep(app.deps)
    expect([(await shop.invoices()).length, (await shop.subscription(id)).status]).toEqual([4, 'active'])
  })

  describe('on its way', () => {
    const until = async (truth: () => boolean): Promise<void> => {
      while (!truth()) await sleep(5)
    }
    const waitOnTheWay = async () => {
      await shop.subscribe(await shop.customer(), await shop.plan())
      await shop.clock({})
      processor.manner = 'waits'
      const tried = processor.asked.length
      const moved = post('/advance', { months: 1 }, { ...key, 'Idempotency-Key': 'the way' })
      await until(() => processor.asked.length > tried)
      return { moved }
    }

    it('says where it goes, and is neither set, nor moved, nor given up', async () => {
      const { moved } = await waitOnTheWay()
      expect(await read()).toMatchObject({ now: begun, status: 'advancing', target: '2027-02-28T12:00:00.000Z' })
      for (const [path, body] of [
        ['', {}],
        ['/advance', { days: 1 }],
        ['/reset', {}],
      ] as const) {
        const refused = await post(path, body)
        expect([path, refused.status, refused.body.error?.code]).toEqual([path, 409, 'test_clock_advancing'])
      }
      processor.answer()
      expect((await moved).body).toMatchObject({ now: '2027-02-28T12:00:00.000Z', status: 'ready' })
    })

    it('is brought to its target by another process when the one that moved it has died', async () => {
      const { moved } = await waitOnTheWay()
      expected = /did not answer|needs a person/
      // Another process, which has read the clock and knows nothing else.
      processor.manner = 'answers'
      await sweepClocks(app.deps)
      expect((await read()).status).toBe('advancing')
      passes(4)
      await sweepClocks(app.deps)
      expect(await read()).toMatchObject({ now: '2027-02-28T12:00:00.000Z', status: 'ready' })
      const repeated = await post('/advance', { months: 1 }, { ...key, 'Idempotency-Key': 'the way' })
      expect([repeated.status, repeated.body.now]).toEqual([200, '2027-02-28T12:00:00.000Z'])
      expect((await shop.invoices()).map((one) => [one.status, one.attempt_count])).toEqual([
        ['paid', 0],
        ['paid', 0],
      ])
      processor.answer()
      expect((await moved).body.now).toBe('2027-02-28T12:00:00.000Z')
      expect((await read()).now).toBe('2027-02-28T12:00:00.000Z')
    })
  })
})
