/** The rules of subscriptions, invoices and clocks: every state beside every action, and properties of the calendar. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CardErrorCode, DeclineCode } from '../../../server/contract/errors.ts'
import {
  type InvoiceStatus,
  invoiceStatuses,
  planIntervals,
  type SubscriptionStatus,
  subscriptionStatuses,
} from '../../../server/contract/resources.ts'
import * as invoices from '../../../server/domain/invoice.ts'
import { periodAfter } from '../../../server/domain/plan.ts'
import { Problem } from '../../../server/domain/problem.ts'
import * as subscriptions from '../../../server/domain/subscription.ts'
import * as clocks from '../../../server/domain/test-clock.ts'
import { anInvoice, aPlan, aSubscription, aTestClock } from '../../support/builders.ts'

const now = new Date('2026-12-20T11:00:00.000Z')
const inDays = (days: number, from = now) => new Date(from.getTime() + days * 86_400_000).toISOString()

describe('a subscription', () => {
  type Action = {
    do: (subscription: subscriptions.Subscription) => subscriptions.Subscription
    /** From which states it leads to which. */
    leads: Partial<Record<SubscriptionStatus, SubscriptionStatus>>
  }
  const actions: Record<string, Action> = {
    activate: {
      do: (one) => subscriptions.activate(one, aPlan(), now),
      leads: {
        incomplete: 'active',
        trialing: 'active',
        active: 'active',
        past_due: 'active',
        unpaid: 'active',
        paused: 'active',
      },
    },
    keepUp: {
      do: subscriptions.keepUp,
      leads: {
        incomplete: 'active',
        trialing: 'active',
        active: 'active',
        past_due: 'active',
        unpaid: 'active',
        paused: 'active',
      },
    },
    pause: { do: subscriptions.pause, leads: { trialing: 'paused' } },
    leaveUnpaid: { do: subscriptions.leaveUnpaid, leads: { past_due: 'unpaid' } },
    fallBehind: {
      do: (one) => subscriptions.fallBehind(one, inDays(1)),
      leads: { trialing: 'past_due', active: 'past_due', past_due: 'past_due', paused: 'past_due' },
    },
    giveUp: { do: subscriptions.giveUp, leads: { incomplete: 'incomplete_expired' } },
    cancelSubscription: {
      do: (one) => subscriptions.cancelSubscription(one, now),
      leads: {
        incomplete: 'incomplete_expired',
        trialing: 'canceled',
        active: 'canceled',
        past_due: 'canceled',
        unpaid: 'canceled',
        paused: 'canceled',
      },
    },
    cancelAtPeriodEnd: {
      do: (one) => subscriptions.cancelAtPeriodEnd(one, true),
      leads: { trialing: 'trialing', active: 'active', past_due: 'past_due', unpaid: 'unpaid', paused: 'paused' },
    },
  }
  for (const [name, action] of Object.entries(actions)) {
    it.each(subscriptionStatuses)(`${name} from %s`, (status) => {
      const before = aSubscription({ status })
      const to = action.leads[status]
      if (to === undefined) expect(() => action.do(before)).toThrow(Problem)
      else expect(action.do(before)).toMatchObject({ status: to, version: before.version + 1 })
    })
  }

  it('waits for nothing once it is over', () => {
    for (const over of [
      subscriptions.giveUp(aSubscription({ status: 'incomplete' })),
      subscriptions.cancelSubscription(aSubscription(), now),
    ]) {
      expect([over.dueAt, subscriptions.isOver(over)]).toEqual([null, true])
    }
  })

  const unpaid = { nextAttemptAt: inDays(1) }
  const nobodyTries = { nextAttemptAt: null }
  it.each([
    ['active', false, undefined, 'bill'],
    ['active', true, undefined, 'end'],
    ['active', false, unpaid, 'retry'],
    ['active', true, unpaid, 'end'],
    ['trialing', false, undefined, 'bill'],
    ['trialing', true, undefined, 'end'],
    ['past_due', false, unpaid, 'retry'],
    ['past_due', false, nobodyTries, 'give_up'],
    ['past_due', true, unpaid, 'end'],
    ['paused', false, unpaid, 'retry'],
    ['unpaid', false, nobodyTries, 'bill_untried'],
    ['unpaid', true, nobodyTries, 'end'],
  ] as const)('%s, ending: %s, owing %o, at the end of its period: %s', (status, cancelAtPeriodEnd, owed, step) => {
    expect(subscriptions.stepOf(aSubscription({ status, cancelAtPeriodEnd }), owed, now)).toBe(step)
  })

  it('that is to end with its period is tried again before that, and not after', () => {
    const ending = aSubscription({ cancelAtPeriodEnd: true })
    const before = new Date(now.getTime() - 1)
    expect(subscriptions.stepOf({ ...ending, status: 'past_due' }, unpaid, before)).toBe('retry')
    expect(subscriptions.fallBehind(ending, inDays(-1)).dueAt).toBe(inDays(-1))
    expect(subscriptions.fallBehind(ending, inDays(1)).dueAt).toBe(ending.currentPeriodEnd)
    const behind = aSubscription({ status: 'past_due', dueAt: inDays(3) })
    expect(subscriptions.cancelAtPeriodEnd(behind, true, inDays(3)).dueAt).toBe(behind.currentPeriodEnd)
    const marked = { ...behind, cancelAtPeriodEnd: true, dueAt: behind.currentPeriodEnd }
    expect(subscriptions.cancelAtPeriodEnd(marked, false, inDays(3)).dueAt).toBe(inDays(3))
    expect(subscriptions.cancelAtPeriodEnd({ ...behind, dueAt: null }, true, inDays(3)).dueAt).toBeNull()
  })

  it('that is to end already is not changed by the same wish', () => {
    const before = aSubscription({ cancelAtPeriodEnd: true })
    expect(subscriptions.cancelAtPeriodEnd(before, true)).toBe(before)
    expect(subscriptions.cancelAtPeriodEnd(aSubscription(), false)).toEqual(aSubscription())
  })

  it('has periods that follow each other, whatever its plan', () => {
    fc.assert(
      fc.property(anInterval, fc.integer({ min: 1, max: 12 }), aMoment, (interval, intervalCount, anchor) => {
        const plan = aPlan({ interval, intervalCount })
        let one = subscriptions.activate(aSubscription({ status: 'incomplete' }), plan, anchor)
        for (let n = 0; n < 15; n++) {
          const next = subscriptions.beginPeriod(one, plan)
          expect(next.currentPeriodStart).toBe(one.currentPeriodEnd)
          expect(next.currentPeriodEnd > next.currentPeriodStart).toBe(true)
          one = next
        }
      }),
      { numRuns: 300 },
    )
  })

  it('that was paused has a period that begins when it is resumed, and no wish to end', () => {
    const paused = aSubscription({ status: 'paused', periods: 0, dueAt: null, cancelAtPeriodEnd: true })
    expect(subscriptions.resumePaused(paused, aPlan(), now)).toMatchObject({
      status: 'paused',
      anchor: inDays(0),
      currentPeriodStart: inDays(0),
      currentPeriodEnd: '2027-01-20T11:00:00.000Z',
      periods: 1,
      dueAt: null,
      cancelAtPeriodEnd: false,
    })
    expect(() => subscriptions.resumePaused(aSubscription(), aPlan(), now)).toThrow(/not paused/)
  })

  it('that is unpaid has periods that nobody tries, and tells nobody of a next charge', () => {
    const unpaid = subscriptions.leaveUnpaid(aSubscription({ status: 'past_due', dueAt: null }))
    expect(unpaid.dueAt).toBe(unpaid.currentPeriodEnd)
    const next = subscriptions.beginUnpaidPeriod(unpaid, aPlan())
    expect([next.status, next.currentPeriodStart, next.dueAt]).toEqual([
      'unpaid',
      unpaid.currentPeriodEnd,
      next.currentPeriodEnd,
    ])
    expect(subscriptions.nextChargeAt(next, aPlan(), now)).toBeNull()
  })

  it('in a trial has its first period when the trial is over', () => {
    const trial = subscriptions.newTrial(aSubscription({ status: 'incomplete', periods: 1 }), 14)
    expect(trial).toMatchObject({ status: 'trialing', periods: 0, dueAt: trial.trialEnd })
    const first = subscriptions.beginPeriod(trial, aPlan())
    expect([first.currentPeriodStart, first.currentPeriodEnd]).toEqual([trial.trialEnd, '2027-01-04T11:00:00.000Z'])
  })
})

describe('an invoice', () => {
  const failure = { code: 'card_declined', declineCode: 'generic_decline' } as const
  const period = { currentPeriodStart: inDays(0), currentPeriodEnd: inDays(31) }
  const payer = { intentId: 'pi_2', paymentId: 'pay_2' }
  const actions: Record<string, { do: (invoice: invoices.Invoice) => invoices.Invoice; from: InvoiceStatus[] }> = {
    payInvoice: { do: (one) => invoices.payInvoice(one, payer, period, now), from: ['open', 'uncollectible'] },
    giveUpInvoice: { do: invoices.giveUpInvoice, from: ['open'] },
    voidInvoice: { do: invoices.voidInvoice, from: ['draft', 'open', 'uncollectible'] },
  }
  for (const [name, action] of Object.entries(actions)) {
    it.each(invoiceStatuses)(`${name} from %s`, (status) => {
      const before = anInvoice({ status, nextAttemptAt: inDays(1) })
      if (action.from.includes(status)) {
        expect(action.do(before)).toMatchObject({ version: before.version + 1, nextAttemptAt: null })
      } else expect(() => action.do(before)).toThrow(Problem)
    })
  }

  it('for a renewal keeps its period when it is paid late, and a first one takes the period that it began', () => {
    const renewal = invoices.payInvoice(anInvoice(), payer, period, now)
    expect(renewal).toMatchObject({ ...payer, periodStart: anInvoice().periodStart, paidAt: now.toISOString() })
    const first = invoices.payInvoice(anInvoice({ reason: 'subscription_create' }), payer, period, now)
    expect([first.periodStart, first.periodEnd]).toEqual([inDays(0), inDays(31)])
  })

  it('is tried on days 1, 3, 5, 7, 9, 11, 13 and 14 after its first refusal, however late each try was', () => {
    let invoice = anInvoice()
    let at = now
    const days: number[] = []
    for (;;) {
      invoice = invoices.failInvoice(invoice, failure, at)
      if (invoice.nextAttemptAt === null) break
      days.push((Date.parse(invoice.nextAttemptAt) - now.getTime()) / 86_400_000)
      at = new Date(Date.parse(invoice.nextAttemptAt) + 5 * 3_600_000)
    }
    expect(days).toEqual([...invoices.retryDays])
    expect([invoice.attempts, invoice.firstFailedAt]).toEqual([9, now.toISOString()])
    expect(invoices.dueOf(invoice)).toBe(inDays(14))
  })

  it.each<[CardErrorCode, DeclineCode | null, tried: boolean]>([
    ['card_declined', 'generic_decline', true],
    ['card_declined', 'insufficient_funds', true],
    ['card_declined', 'card_velocity_exceeded', true],
    ['card_declined', 'processing_error', true],
    ['processing_error', null, true],
    ['expired_card', null, true],
    ['incorrect_cvc', null, true],
    ['incorrect_number', null, false],
    ['card_declined', 'lost_card', false],
    ['card_declined', 'stolen_card', false],
    ['card_declined', 'pickup_card', false],
    ['card_declined', 'fraudulent', false],
    ['card_declined', 'authentication_required', false],
  ])('that failed with %s %s is tried again with the same card: %s', (code, declineCode, tried) => {
    const failed = invoices.failInvoice(anInvoice(), { code, declineCode }, now)
    expect(failed.nextAttemptAt).toBe(tried ? inDays(1) : null)
    expect(invoices.dueOf(failed)).toBe(tried ? inDays(1) : inDays(14))
  })

  it('of a customer without a card is not tried, and waited for as long', () => {
    const failed = invoices.failInvoice(anInvoice(), null, now)
    expect([failed.nextAttemptAt, failed.attempts, invoices.dueOf(failed)]).toEqual([null, 1, inDays(14)])
  })
})

const anInterval = fc.constantFrom(...planIntervals)
const aMoment = fc.date({ min: new Date('2020-01-01'), max: new Date('2399-12-31'), noInvalidDate: true })
const lastDayOf = (year: number, month: number) => new Date(Date.UTC(year, month + 1, 0)).getUTCDate()

describe('periodAfter()', () => {
  it('keeps the day and the time, or takes the last day of a shorter month', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('month', 'year'),
        fc.integer({ min: 1, max: 12 }),
        aMoment,
        fc.nat(60),
        (interval, intervalCount, anchor, periods) => {
          const end = periodAfter({ interval, intervalCount }, anchor, periods)
          const months = periods * intervalCount * (interval === 'year' ? 12 : 1)
          const counted = anchor.getUTCFullYear() * 12 + anchor.getUTCMonth() + months
          expect(end.getUTCFullYear() * 12 + end.getUTCMonth()).toBe(counted)
          const last = lastDayOf(end.getUTCFullYear(), end.getUTCMonth())
          expect(end.getUTCDate()).toBe(Math.min(anchor.getUTCDate(), last))
          expect(end.toISOString().slice(11)).toBe(anchor.toISOString().slice(11))
        },
      ),
    )
  })

  it('counts days and weeks of 24 hours', () => {
    fc.assert(
      fc.property(fc.constantFrom('day', 'week'), fc.integer({ min: 1, max: 365 }), aMoment, fc.nat(60), (...of) => {
        const [interval, intervalCount, anchor, periods] = of
        const days =
          (periodAfter({ interval, intervalCount }, anchor, periods).getTime() - anchor.getTime()) / 86_400_000
        expect(days).toBe(periods * intervalCount * (interval === 'week' ? 7 : 1))
      }),
    )
  })

  it('is later for more periods, and the anchor itself for none', () => {
    fc.assert(
      fc.property(anInterval, fc.integer({ min: 1, max: 365 }), aMoment, fc.nat(20), (interval, count, anchor, n) => {
        const plan = { interval, intervalCount: count }
        expect(periodAfter(plan, anchor, 0)).toEqual(anchor)
        expect(periodAfter(plan, anchor, n + 1) > periodAfter(plan, anchor, n)).toBe(true)
      }),
    )
  })

  it('comes back to 29 February in leap years only: 2100 is none, 2400 is one', () => {
    const years = (anchor: string, n: number) =>
      periodAfter({ interval: 'year', intervalCount: 1 }, new Date(anchor), n).toISOString().slice(0, 10)
    expect([4, 8, 72, 76, 372].map((n) => years('2028-02-29T00:00:00Z', n))).toEqual([
      '2032-02-29',
      '2036-02-29',
      '2100-02-28',
      '2104-02-29',
      '2400-02-29',
    ])
  })
})

describe('a test clock', () => {
  const real = new Date('2026-11-20T11:00:30.000Z')
  const shown = new Date(aTestClock().at)
  const set = (target: Date, before = undefined as clocks.TestClock | undefined) =>
    clocks.setClock(before, { accountId: 'acct_sandbox', target, running: false, field: 'now' }, shown, real)

  it('stands still, goes on by itself, and stands still while it is on its way', () => {
    expect(clocks.momentOf(aTestClock(), real)).toEqual(shown)
    expect(clocks.momentOf(aTestClock({ running: true }), real).getTime()).toBe(shown.getTime() + 30_000)
    expect(clocks.momentOf(aTestClock({ running: true, status: 'advancing' }), real)).toEqual(shown)
  })

  it('goes forward only, to the millisecond', () => {
    expect(set(shown)).toMatchObject({ at: shown.toISOString(), status: 'ready' })
    expect(() => set(new Date(shown.getTime() - 1))).toThrow(/forward only/)
  })

  it('goes ten years at once and not beyond 2999', () => {
    const furthest = clocks.later(shown, { months: clocks.furthestMonths })
    expect(set(furthest).at).toBe(shown.toISOString())
    expect(() => set(new Date(furthest.getTime() + 1))).toThrow(/120 months/)
    const late = new Date('2995-01-01T00:00:00Z')
    const from = (target: string) => () =>
      clocks.setClock(
        aTestClock({ at: late.toISOString() }),
        { accountId: 'acct_sandbox', target: new Date(target), running: false, field: 'to' },
        late,
        real,
      )
    expect(from('2999-12-31T23:59:59Z')).not.toThrow()
    expect(from('3000-01-01T00:00:00Z')).toThrow(/2999/)
  })

  it('is neither set nor given up while it is on its way', () => {
    const moving = aTestClock({ status: 'advancing', target: inDays(1) })
    expect(() => set(shown, moving)).toThrow(Problem)
    expect(() => clocks.refuseAdvancing(moving)).toThrow(Problem)
    expect(() => clocks.refuseAdvancing(aTestClock())).not.toThrow()
  })

  it('shows its target when it arrives, and goes on if it went on before', () => {
    for (const running of [false, true]) {
      const moving = clocks.startAdvancing(aTestClock({ running }), new Date(inDays(1)), real, { scope: 's', key: 'k' })
      expect(moving).toMatchObject({ status: 'advancing', replyScope: 's', replyKey: 'k' })
      const there = clocks.arrive(moving, real)
      expect(there).toMatchObject({ at: inDays(1), status: 'ready', target: null, running, replyKey: null })
      expect(there.version).toBe(moving.version + 1)
    }
  })

  it('is later by months, then days, then seconds: never earlier, and never by less than was asked', () => {
    const steps = fc.record(
      { months: fc.integer({ min: 1, max: 120 }), days: fc.integer({ min: 1, max: 3650 }), seconds: fc.nat(10 ** 8) },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(aMoment, steps, (from, by) => {
        const to = clocks.later(from, by)
        const least = (by.months ?? 0) * 28 * 86_400_000 + (by.days ?? 0) * 86_400_000 + (by.seconds ?? 0) * 1000
        expect(to.getTime() - from.getTime()).toBeGreaterThanOrEqual(least)
        expect(to.getTime() - from.getTime() - least).toBeLessThanOrEqual((by.months ?? 0) * 3 * 86_400_000)
      }),
    )
    expect(clocks.later(new Date('2027-01-31T12:00:00Z'), { months: 1, days: 1 }).toISOString()).toBe(
      '2027-03-01T12:00:00.000Z',
    )
  })
})
