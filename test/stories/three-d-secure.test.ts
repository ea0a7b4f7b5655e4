/** 3-D Secure on the server: every row of the card table that has to do with it, whatever its buyer answers, and late. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { answerChallenge } from '../../server/actions/challenges.ts'
import { sweep, sweepChallenges } from '../../server/actions/sweep.ts'
import type { IntentView, NewIntentView } from '../../server/contract/checkout.ts'
import type { ErrorBody } from '../../server/contract/errors.ts'
import type { SubscriptionView } from '../../server/contract/resources.ts'
import { testCards } from '../../server/domain/test-cards.ts'
import { sandboxProcessor } from '../../server/processors/sandbox.ts'
import { databases } from '../support/databases.ts'
import { checkInvariants } from '../support/invariants.ts'
import { apiKey, makeApp, shopOrigin, type TestApp } from '../support/make-app.ts'
import { subscriberOf } from '../support/subscriber.ts'

type Ending = 'paid' | 'unpaid' | 'declined'
/** Every row of the table's section on 3-D Secure, and those of section 4 that ask something: what its buyer meets. */
const rows: [number: string, asks: boolean, passed: Ending, reason?: string][] = [
  ['4000002500003155', true, 'paid'],
  ['4000002760003184', true, 'paid'],
  ['4000003800000446', true, 'paid'],
  ['4000008260003178', true, 'declined', 'insufficient_funds'],
  ['4000000000003220', true, 'paid'],
  ['4000008400000027', true, 'paid'],
  ['4000008400001629', true, 'declined', 'generic_decline'],
  ['4000008400001280', false, 'declined', 'processing_error'],
  ['4000000000003055', false, 'paid'],
  ['4000000000003097', false, 'paid'],
  ['4000000032200000', false, 'paid'],
  ['4242424242424242', false, 'paid'],
  ['378282246310005', false, 'paid'],
  ['4000582600000094', true, 'paid'],
  ['4000582600000045', true, 'paid'],
  ['4000582600000102', true, 'paid'],
  ['4000582600000110', true, 'paid'],
  ['4000008405600003', true, 'paid'],
  ['4000000000001208', true, 'paid'],
  ['4000000000003725', true, 'paid'],
]
const asking = rows.filter(([, asks]) => asks)
const captchas = ['4000000000001208', '4000000000003725']
const answers = ['passed', 'failed', 'canceled', 'timed_out'] as const
type Answer = (typeof answers)[number]
const card3ds = '4000000000003220'
const minute = 60_000

describe('the card table', () => {
  it('has no other row that asks for a challenge', () => {
    const known = testCards.filter(({ behaviour }) => behaviour.does === 'challenges').map(({ number }) => number)
    expect(known.toSorted()).toEqual(asking.map(([number]) => number).toSorted())
  })
})

describe.each(databases)('3-D Secure on %s', (on) => {
  let app: TestApp
  const start = async (given: Parameters<typeof makeApp>[0] = {}) => (app = await makeApp({ on, ...given }))
  const stop = async () => {
    await checkInvariants(app.deps.store.db)
    await app.deps.store.close()
  }

  type Opened = NewIntentView & { session_id: string }
  const pathOf = (view: IntentView) => new URL(view.next_action!.url).pathname
  const challenged = async (number = card3ds, given?: Opened) => {
    const intent = given ?? (await app.openIntent())
    const code = number.startsWith('37') ? '1234' : '123'
    const answer = await app.confirm(intent, { number, cvc: code }, { 'Idempotency-Key': `try ${number}` })
    return { intent, view: answer.body }
  }
  /** As the page's buttons send it. */
  const send = (path: string, answer: string, headers: Record<string, string> = {}) =>
    app.ask<string>(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams({ answer }).toString(),
    })
  const page = async (path: string, language = 'en') =>
    (await app.ask<string>(path, { headers: { 'Accept-Language': language } })).text
  const later = (ms: number) => void (app.clock.at = new Date(app.clock.at.getTime() + ms))
  const read = async (intent: NewIntentView) =>
    (
      await app.ask<IntentView>(`/v1/payments/intent/${intent.id}`, {
        headers: { 'X-Client-Secret': intent.client_secret },
      })
    ).body
  const give = async (view: IntentView, answer: Answer) => {
    if (answer !== 'timed_out') return void (await send(pathOf(view), answer))
    later(10 * minute)
    await sweepChallenges(app.deps)
  }
  /** How an intent and all around it stand. */
  const statuses = async ({ id }: { id: string }) => {
    const { db } = app.deps.store
    const of = async (table: 'attempts' | 'payments' | 'challenges') =>
      (
        await db
          .selectFrom(table as 'attempts')
          .select('status')
          .where('intent_id', '=', id)
          .orderBy('created_at')
          .orderBy('id')
          .execute()
      )
        .map(({ status }) => status)
        .join()
    const intent = await db.selectFrom('intents').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    const session = await db
      .selectFrom('sessions')
      .select('status')
      .where('id', '=', intent.session_id!)
      .executeTakeFirstOrThrow()
    return [session.status, intent.status, await of('payments'), await of('attempts'), await of('challenges')]
  }
  /** How often money was taken for it. */
  const captured = async ({ id }: { id: string }) =>
    (
      await app.deps.store.db
        .selectFrom('ledger')
        .innerJoin('payments', 'payments.id', 'ledger.payment_id')
        .select('ledger.id')
        .where('payments.intent_id', '=', id)
        .execute()
    ).length / 2

  describe('each row of the table', () => {
    beforeAll(() => start())
    afterAll(stop)

    it.each(rows.filter(([, asks]) => !asks))('%s is not challenged', async (number, _, ending, reason) => {
      const { intent, view } = await challenged(number)
      if (ending === 'paid') expect([view.status, view.next_action]).toEqual(['succeeded', null])
      else {
        expect((await read(intent)).last_payment_error).toMatchObject({ code: 'card_declined', decline_code: reason })
      }
      expect((await statuses(intent))[4]).toBe('')
    })

    it.each(
      asking.flatMap(([number, , ending, reason]) =>
        answers.map((answer) => [number, answer, ending, reason] as const),
      ),
    )('%s, %s', async (number, answer, passed, reason) => {
      const { intent, view } = await challenged(number)
      expect(view).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect_to_url' } })
      expect(await statuses(intent)).toEqual(['open', 'requires_action', 'requires_action', 'requires_action', 'open'])
      expect((await app.readPayment(view.payment_id!)).body.status).toBe('requires_action')
      expect(await page(pathOf(view))).toContain(captchas.includes(number) ? 'Are you a person?' : 'Is this you?')
      await give(view, answer)
      const after = await read(intent)
      const ending = answer === 'passed' ? passed : 'unpaid'
      expect(after.next_action).toBeNull()
      if (ending === 'paid') {
        expect(await statuses(intent)).toEqual(['complete', 'succeeded', 'succeeded', 'succeeded', 'passed'])
        expect([after.status, await captured(intent)]).toEqual(['succeeded', 1])
        expect(await page(pathOf(view))).toContain('Your payment was made')
        return
      }
      expect(await statuses(intent)).toEqual(['open', 'requires_payment_method', 'failed', 'failed', answer])
      expect(after.last_payment_error).toMatchObject(
        ending === 'declined'
          ? { code: 'card_declined', decline_code: reason }
          : { code: 'payment_intent_authentication_failure', decline_code: null },
      )
      expect(await captured(intent)).toBe(0)
      const told = { passed: 'declined', failed: 'could not confirm', canceled: 'Cancelled', timed_out: 'Too late' }
      expect(await page(pathOf(view))).toContain(told[answer])
      // Another card pays in the same session.
      expect((await app.confirm(intent)).body.status).toBe('succeeded')
      expect(await captured(intent)).toBe(1)
    })
  })

  describe('with an account of its own', () => {
    beforeEach(() => start())
    afterEach(stop)

    describe('an answer', () => {
      it('that comes twice, or many times at once, is heard once', async () => {
        const { intent, view } = await challenged()
        await Promise.all(
          ['passed', 'passed', 'failed', 'canceled', 'passed'].map((answer) => send(pathOf(view), answer)),
        )
        const { status } = await read(intent)
        expect(['succeeded', 'requires_payment_method']).toContain(status)
        expect(await captured(intent)).toBe(status === 'succeeded' ? 1 : 0)
        const before = await statuses(intent)
        await send(pathOf(view), status === 'succeeded' ? 'failed' : 'passed')
        expect(await statuses(intent)).toEqual(before)
      })

      it('after the buyer turned back changes nothing, and the page says so', async () => {
        const { intent, view } = await challenged()
        await send(pathOf(view), 'canceled')
        const before = await statuses(intent)
        const answered = await send(pathOf(view), 'passed')
        expect([answered.status, answered.headers.get('location')]).toEqual([303, pathOf(view)])
        expect(await statuses(intent)).toEqual(before)
        expect(await page(pathOf(view))).toContain('Cancelled')
      })

      it('that is late times out, whether or not the sweep was there before it', async () => {
        const { intent, view } = await challenged()
        later(10 * minute)
        expect(await page(pathOf(view))).toContain('Too late')
        await send(pathOf(view), 'passed')
        expect((await read(intent)).last_payment_error?.code).toBe('payment_intent_authentication_failure')
        expect(await captured(intent)).toBe(0)
      })

      it('after the session’s end charges nothing: everything is over', async () => {
        const { intent } = await (async () => {
          const given = await app.openIntent({
            expires_at: new Date(app.clock.at.getTime() + 30 * minute).toISOString(),
          })
          later(25 * minute)
          return { intent: given }
        })()
        const { view } = await challenged(card3ds, intent)
        later(5 * minute)
        await send(pathOf(view), 'passed')
        expect(await statuses(intent)).toEqual(['expired', 'canceled', 'canceled', 'superseded', 'superseded'])
        expect((await read(intent)).cancellation_reason).toBe('expired')
        expect(await page(pathOf(view))).toContain('No longer needed')
        await sweep(app.deps)
        expect(await captured(intent)).toBe(0)
      })

      it('after another card was tried is dead: the other one’s outcome counts', async () => {
        const { intent, view } = await challenged()
        const second = await challenged('4000002760003184', intent)
        expect(second.view.next_action!.url).not.toBe(view.next_action!.url)
        await send(pathOf(view), 'passed')
        expect((await read(intent)).next_action).toEqual(second.view.next_action)
        expect(await page(pathOf(view))).toContain('No longer needed')
        await send(pathOf(second.view), 'passed')
        expect((await read(intent)).status).toBe('succeeded')
        expect(await captured(intent)).toBe(1)
      })

      it.each(['cancel', 'expire'])('after the shop’s %s is dead', async (how) => {
        const { intent, view } = await challenged()
        const path =
          how === 'cancel'
            ? `/v1/payments/intent/${intent.id}/cancel`
            : `/v1/payments/session/${intent.session_id}/expire`
        expect((await app.post(path, {}, { 'X-Api-Key': apiKey })).status).toBe(200)
        await send(pathOf(view), 'passed')
        expect(await statuses(intent)).toEqual(['expired', 'canceled', 'canceled', 'superseded', 'superseded'])
      })

      it('and another card at the same moment end in one payment at most', async () => {
        const { intent, view } = await challenged()
        await Promise.all([send(pathOf(view), 'passed'), app.confirm(intent), send(pathOf(view), 'passed')])
        expect((await read(intent)).status).toBe('succeeded')
        expect(await captured(intent)).toBe(1)
      })

      it('of a page elsewhere is not heard, nor one that is none', async () => {
        const { intent, view } = await challenged()
        for (const [answer, from] of [
          ['passed', 'cross-site'],
          ['passed', 'same-site'],
          ['maybe', 'same-origin'],
        ] as const) {
          await send(pathOf(view), answer, { 'Sec-Fetch-Site': from })
        }
        expect((await statuses(intent))[4]).toBe('open')
        await send(pathOf(view), 'passed', { 'Sec-Fetch-Site': 'same-origin' })
        expect((await statuses(intent))[4]).toBe('passed')
      })
    })

    it('answers a repeated confirm with the bytes of the first, whatever the buyer has answered since', async () => {
      const intent = await app.openIntent()
      const key = { 'Idempotency-Key': 'once' }
      const first = await app.confirm(intent, { number: card3ds }, key)
      await send(pathOf(first.body), 'passed')
      const again = await app.confirm(intent, { number: card3ds }, key)
      expect([again.status, again.text]).toEqual([first.status, first.text])
      expect(await captured(intent)).toBe(1)
    })

    it('stays “processing” while nobody knows what a passed challenge came to, and is then looked up', async () => {
      let found: 'absent' | 'paid' = 'absent'
      await app.deps.store.close()
      await start({
        processor: {
          ...sandboxProcessor,
          resume: () => Promise.reject(new Error('reset')),
          lookUp: (attemptId) =>
            Promise.resolve(
              found === 'absent' ? found : { outcome: 'succeeded', attemptId, amount: 1_250_000, currency: 'CRC' },
            ),
        },
      })
      const { intent, view } = await challenged()
      await send(pathOf(view), 'passed')
      expect(await statuses(intent)).toEqual(['open', 'processing', 'pending', 'processing', 'passed'])
      expect(await page(pathOf(view))).toContain('being processed')
      expect((await app.confirm(intent)).status).toBe(409)
      found = 'paid'
      later(minute)
      await sweep(app.deps)
      expect(await statuses(intent)).toEqual(['complete', 'succeeded', 'succeeded', 'succeeded', 'passed'])
    })

    it('ends the session with the tenth card that its buyer does not confirm', async () => {
      const intent = await app.openIntent()
      for (let n = 0; n < 10; n++) {
        const answer = await app.confirm(intent, { number: card3ds })
        await send(pathOf(answer.body), 'failed')
      }
      expect((await read(intent)).status).toBe('canceled')
      expect((await app.readSession(intent.session_id)).body.status).toBe('expired')
    })

    it('times out on the clock of the account’s test data', async () => {
      const clock = (body: object, path = '') => app.post(`/v1/test-clock${path}`, body, { 'X-Api-Key': apiKey })
      await clock({ now: app.clock.at.toISOString(), frozen: true })
      const { intent } = await challenged()
      later(60 * minute)
      await sweep(app.deps)
      expect((await read(intent)).status).toBe('requires_action')
      expect((await clock({ seconds: 600 }, '/advance')).status).toBe(200)
      expect((await read(intent)).last_payment_error?.code).toBe('payment_intent_authentication_failure')
    })

    describe('of subscriptions', () => {
      let shop: ReturnType<typeof subscriberOf>
      beforeEach(() => (shop = subscriberOf(app)))
      type Begun = NewIntentView & { subscription_id: string } & ErrorBody

      /** Subscribes on a page, to a plan with or without a trial. */
      const begin = async (trial: boolean) => {
        const product = await shop.made<{ id: string }>('/v1/products', { name: 'Café del mes' })
        const { id } = await shop.made<{ id: string }>('/v1/plans', {
          product_id: product.id,
          amount: 990_000,
          currency: 'CRC',
          interval: 'month',
          ...(trial && { trial_period_days: 14 }),
        })
        const session = await app.createSession({ mode: 'subscription', price_id: id, amount: '9900.00' })
        const sent = { session_id: session.body.session_id, email: 'ana@example.com' }
        const begun = (await app.post<Begun>('/v1/payments/subscription', sent)).body
        return { ...begun, session_id: session.body.session_id }
      }
      const inTime = async (id: string) => (await shop.read<SubscriptionView>(`/v1/subscriptions/${id}`)).status
      /** To a day on which the second payment, or the one after a trial, was tried. */
      const goOn = (days = 40) =>
        shop.clock({ now: new Date(app.clock.at.getTime() + days * 24 * 60 * minute).toISOString() })

      it.each(
        asking
          // On one database all of them, on the other one of each kind.
          .filter(([number]) => on === 'sqlite' || /(3155|3184|3178)$/.test(number))
          .flatMap(([number, , ending]) => [false, true].map((trial) => [number, trial, ending] as const)),
      )(
        '%s is challenged where its customer is, trial %s, and charged later as the table says',
        async (number, trial, ending) => {
          const intent = await begin(trial)
          const { view } = await challenged(number, intent)
          expect(view.status).toBe('requires_action')
          expect(await inTime(intent.subscription_id)).toBe('incomplete')
          await send(pathOf(view), 'passed')
          // What its bank declines money for may be kept all the same.
          if (!trial && ending === 'declined') return expect(await inTime(intent.subscription_id)).toBe('incomplete')
          expect(await inTime(intent.subscription_id)).toBe(trial ? 'trialing' : 'active')
          if (trial)
            expect([await captured(intent), await page(pathOf(view))]).toEqual([0, expect.stringContaining('is saved')])
          await goOn(trial ? 20 : 40)
          const unasked = ['4000002500003155', '4000003800000446', ...captchas].includes(number)
          expect(await inTime(intent.subscription_id)).toBe(unasked ? 'active' : 'past_due')
        },
      )

      it.each(['failed', 'canceled', 'timed_out'] as const)(
        'a card is not kept when its challenge is %s',
        async (answer) => {
          const intent = await begin(true)
          const { view } = await challenged('4000002500003155', intent)
          await give(view, answer)
          const after = await read(intent)
          expect(after).toMatchObject({
            status: 'requires_payment_method',
            last_payment_error: { code: 'payment_intent_authentication_failure' },
          })
          expect(await inTime(intent.subscription_id)).toBe('incomplete')
          expect((await app.confirm(intent)).body.status).toBe('succeeded')
          expect(await inTime(intent.subscription_id)).toBe('trialing')
        },
      )

      it('is not asked for where the question itself fails', async () => {
        const intent = await begin(true)
        const answer = await app.confirm(intent, { number: '4000008400001280' })
        expect([answer.status, answer.body.error.decline_code]).toEqual([402, 'processing_error'])
      })

      it.each([
        ['passed', 'active'],
        ['canceled', 'past_due'],
      ])('what is owed on its page: %s', async (answer, status) => {
        const customer = await shop.customer()
        const { id } = await shop.subscribe(customer, await shop.plan())
        await shop.replaceCard(customer, '4000002760003184')
        await goOn()
        expect(await inTime(id)).toBe('past_due')
        const made = await shop.made<{ session_id: string }>(`/v1/subscriptions/${id}/card-session`, {
          return_url: `${shopOrigin}/`,
        })
        const intent = { ...(await app.createIntent(made.session_id)).body, session_id: made.session_id }
        const { view } = await challenged('4000002500003155', intent)
        // The calendar goes on beside a challenge that may never be answered.
        expect((await shop.invoices())[0]).toMatchObject({ status: 'open' })
        await send(pathOf(view), answer)
        expect(await inTime(id)).toBe(status)
        if (status === 'active') await goOn()
      })
    })

    it('knows no challenge by another id', async () => {
      await expect(answerChallenge(app.deps, '3ds_unknown', 'passed')).rejects.toThrow('no such')
      const answer = await app.ask<string>('/3ds/3ds_unknown', { headers: { 'Accept-Language': 'en' } })
      expect([answer.status, answer.text.includes('There is no such confirmation')]).toEqual([404, true])
      expect((await send('/3ds/3ds_unknown', 'passed')).status).toBe(303)
    })

    it('asks in three languages whether there is a person, where the card asks for a captcha', async () => {
      const { view } = await challenged(captchas[0])
      for (const [language, words] of [
        ['en', 'I am a person'],
        ['es-CR', 'Soy una persona'],
        ['pt-BR', 'Sou uma pessoa'],
      ] as const)
        expect(await page(pathOf(view), language)).toContain(words)
    })

    it('has a page in three languages that runs no script and is framed by the account’s pages only', async () => {
      const { view } = await challenged()
      for (const [language, words] of [
        ['en', 'Yes, it is me'],
        ['es-CR', 'Sí, soy yo'],
        ['pt-BR', 'Sim, sou eu'],
      ] as const) {
        const html = await page(pathOf(view), language)
        expect(html).toContain(`<html lang="${language}">`)
        expect(html).toContain(words)
        expect(html).toContain('•••• 3220')
        expect(html).not.toContain('<script')
        expect(html).not.toContain(card3ds)
      }
      const { headers } = await app.ask(pathOf(view))
      const policy = headers.get('content-security-policy')!
      expect(policy).toContain(`default-src 'none'`)
      expect(policy).toContain(`form-action 'self'`)
      expect(policy).toContain(`frame-ancestors 'self' ${shopOrigin};`)
      expect(policy).toContain(`trusted-types 'none'`)
      expect([headers.get('cache-control'), headers.get('referrer-policy')]).toEqual(['no-store', 'no-referrer'])
    })
  })
})
