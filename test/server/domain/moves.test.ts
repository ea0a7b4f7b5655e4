/** Every state beside every action: what is not named as allowed must be refused. */
import { describe, expect, it } from 'vitest'
import {
  type IntentStatus,
  intentStatuses,
  type PaymentStatus,
  paymentStatuses,
} from '../../../server/contract/checkout.ts'
import * as intents from '../../../server/domain/intent.ts'
import { refundStatuses } from '../../../server/contract/resources.ts'
import { isCardTesting } from '../../../server/domain/card-testing.ts'
import { periodAfter } from '../../../server/domain/plan.ts'
import { newRefund, tellRefund } from '../../../server/domain/refund.ts'
import * as payments from '../../../server/domain/payment.ts'
import { Problem } from '../../../server/domain/problem.ts'
import * as sessions from '../../../server/domain/session.ts'
import { aSession, anIntent, aPayment } from '../../support/builders.ts'

const now = new Date('2026-11-20T12:00:00Z')
const failure = { code: 'card_declined', declineCode: null } as const

describe('an intent', () => {
  const actions: Record<string, { do: (intent: intents.Intent) => intents.Intent; from: IntentStatus[] }> = {
    startTrying: {
      do: (intent) => intents.startTrying(intent, aSession(), { paymentId: 'pay_1', now }),
      from: ['requires_payment_method', 'requires_action'],
    },
    succeed: { do: intents.succeed, from: ['processing'] },
    askBuyer: { do: (intent) => intents.askBuyer(intent, '3ds_1'), from: ['processing'] },
    goOnTrying: { do: intents.goOnTrying, from: ['requires_action'] },
    failTrying: { do: (intent) => intents.failTrying(intent, failure), from: ['processing', 'requires_action'] },
    cancelIntent: {
      do: (intent) => intents.cancelIntent(intent, 'expired'),
      from: ['requires_payment_method', 'requires_action'],
    },
  }
  for (const [name, action] of Object.entries(actions)) {
    it.each(intentStatuses)(`${name} from %s`, (status) => {
      const before = anIntent({ status })
      if (action.from.includes(status)) expect(action.do(before).version).toBe(before.version + 1)
      else expect(() => action.do(before)).toThrow(Problem)
    })
  }

  it('is not tried on a session that is over', () => {
    for (const session of [aSession({ status: 'expired' }), aSession({ expiresAt: now.toISOString() })]) {
      expect(() => intents.startTrying(anIntent(), session, { paymentId: 'pay_1', now })).toThrow(/expired/)
    }
  })

  it('keeps the payment of its first try', () => {
    const tried = intents.startTrying(anIntent({ paymentId: 'pay_first' }), aSession(), { paymentId: 'pay_2', now })
    expect(tried.paymentId).toBe('pay_first')
  })
})

describe('a payment', () => {
  const actions: Record<string, { do: (payment: payments.Payment) => payments.Payment; from: PaymentStatus[] }> = {
    tryAgain: {
      // Of a payment that waits for its first card nothing changes.
      do: (payment) => (payment.status === 'pending' ? payments.settle(payment, null) : payments.tryAgain(payment)),
      from: ['pending', 'failed', 'requires_action'],
    },
    goOn: { do: payments.goOn, from: ['requires_action'] },
    settle: { do: (payment) => payments.settle(payment, null), from: ['pending'] },
    awaitBuyer: { do: (payment) => payments.awaitBuyer(payment, null), from: ['pending'] },
    fail: { do: (payment) => payments.fail(payment, null, failure), from: ['pending', 'requires_action'] },
    cancelPayment: { do: payments.cancelPayment, from: ['pending', 'failed', 'requires_action'] },
    giveBack: { do: (payment) => payments.giveBack(payment, 1), from: ['succeeded', 'partially_refunded'] },
  }
  for (const [name, action] of Object.entries(actions)) {
    it.each(paymentStatuses)(`${name} from %s`, (status) => {
      const before = aPayment({ status })
      if (action.from.includes(status)) expect(action.do(before).version).toBe(before.version + 1)
      else expect(() => action.do(before)).toThrow(Problem)
    })
  }
})

describe('a session', () => {
  it.each(['open', 'complete', 'expired'] as const)('completes and expires only while open: %s', (status) => {
    const before = aSession({ status })
    if (status === 'open') {
      expect(sessions.completeSession(before)).toMatchObject({ status: 'complete', paymentStatus: 'paid' })
      expect(sessions.expireSession(before)).toMatchObject({ status: 'expired', paymentStatus: 'unpaid' })
    } else {
      expect(() => sessions.completeSession(before)).toThrow(Problem)
      expect(() => sessions.expireSession(before)).toThrow(Problem)
    }
  })
})

describe('a refund', () => {
  const payment = aPayment({ status: 'succeeded', amount: 500 })
  const maker = { id: 'ref_1', by: { accountId: 'acct_sandbox', live: false }, now }
  const of = (paid: payments.Payment, amount?: number) =>
    newRefund(paid, { paymentId: paid.id, amount, reason: null }, maker, {
      attemptId: 'att_1',
      replyScope: null,
      replyKey: null,
      checkAt: null,
    })

  it.each(paymentStatuses)('is made of a payment that is %s only when money was taken and some is left', (status) => {
    const paid = { ...payment, status, refunded: status === 'partially_refunded' ? 200 : 0 }
    if (status === 'succeeded') expect(of(paid).amount).toBe(500)
    else if (status === 'partially_refunded') expect(of(paid).amount).toBe(300)
    else expect(() => of(paid)).toThrow(Problem)
  })

  it('is never larger than what is left, to the last unit', () => {
    const left = payments.giveBack(payment, 499)
    expect(of(left, 1).amount).toBe(1)
    expect(() => of(left, 2)).toThrow(/at most 1/)
    const none = payments.giveBack(left, 1)
    expect(none.status).toBe('refunded')
    expect(() => of(none, 1)).toThrow(/already/)
  })

  it('gives its amount back to the payment when it fails', () => {
    const half = payments.giveBack(payment, 200)
    expect(half.status).toBe('partially_refunded')
    expect(payments.takeBack(half, 200)).toMatchObject({ status: 'succeeded', refunded: 0 })
    expect(payments.takeBack(payments.giveBack(half, 300), 200)).toMatchObject({
      status: 'partially_refunded',
      refunded: 300,
    })
    expect(() => payments.takeBack(half, 201)).toThrow()
  })

  it.each(refundStatuses)('that is %s hears what the processor says later only when more can come', (status) => {
    const hears = (to: 'succeeded' | 'failed') => () =>
      tellRefund({ ...of(payment), status }, { status: to, failureReason: null, checkAt: null })
    if (status === 'pending' || status === 'succeeded') expect(hears('failed')().status).toBe('failed')
    else expect(hears('failed')).toThrow()
    if (status === 'pending' || status === 'succeeded') expect(hears('succeeded')().status).toBe('succeeded')
    else expect(hears('succeeded')).toThrow()
  })
})

describe('a period of a plan', () => {
  it.each([
    ['month', 1, '2026-01-31T12:00:00.000Z', 1, '2026-02-28T12:00:00.000Z'],
    ['month', 1, '2026-01-31T12:00:00.000Z', 2, '2026-03-31T12:00:00.000Z'],
    ['month', 1, '2027-12-31T23:59:59.000Z', 2, '2028-02-29T23:59:59.000Z'],
    ['year', 1, '2028-02-29T00:00:00.000Z', 1, '2029-02-28T00:00:00.000Z'],
    ['year', 1, '2028-02-29T00:00:00.000Z', 4, '2032-02-29T00:00:00.000Z'],
    ['week', 2, '2026-11-20T12:00:00.000Z', 1, '2026-12-04T12:00:00.000Z'],
    ['day', 1, '2026-11-30T12:00:00.000Z', 1, '2026-12-01T12:00:00.000Z'],
  ] as const)('of %s × %i from %s, %i later: %s', (interval, intervalCount, anchor, periods, end) => {
    expect(periodAfter({ interval, intervalCount }, new Date(anchor), periods).toISOString()).toBe(end)
  })
})

describe('card testing', () => {
  const at = (minutesAgo: number) => new Date(now.getTime() - minutesAgo * 60_000).toISOString()
  const outcomes = (declined: number, paid: number, minutesAgo = 1) => [
    ...Array.from({ length: declined }, () => ({ declined: true, createdAt: at(minutesAgo) })),
    ...Array.from({ length: paid }, () => ({ declined: false, createdAt: at(minutesAgo) })),
  ]
  it.each([
    ['29 declines of an address', 29, [], undefined],
    ['30 declines of an address', 30, [], 'address'],
    ['29 declines of an account', 0, outcomes(29, 21), undefined],
    ['30 declines of an account in a minute', 0, outcomes(30, 20), 'account'],
    ['30 declines spread over an hour', 0, outcomes(30, 20, 60), undefined],
    ['30 declines among many that paid', 0, [...outcomes(25, 25), ...outcomes(5, 45)], undefined],
  ] as const)('%s: %s', (_, byAddress, recent, expected) => {
    expect(isCardTesting({ byAddress, recent, now })).toBe(expected)
  })
})
