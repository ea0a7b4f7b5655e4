/** Every state beside every action: what is not named as allowed must be refused. */
import { describe, expect, it } from 'vitest'
import {
  type IntentStatus,
  intentStatuses,
  type PaymentStatus,
  paymentStatuses,
} from '../../../server/contract/checkout.ts'
import * as intents from '../../../server/domain/intent.ts'
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
    askBuyer: { do: intents.askBuyer, from: ['processing'] },
    failTrying: { do: (intent) => intents.failTrying(intent, failure), from: ['processing', 'requires_action'] },
    cancelIntent: { do: intents.cancelIntent, from: ['requires_payment_method', 'requires_action'] },
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
    tryAgain: { do: payments.tryAgain, from: ['failed', 'requires_action'] },
    settle: { do: (payment) => payments.settle(payment, null), from: ['pending'] },
    awaitBuyer: { do: (payment) => payments.awaitBuyer(payment, null), from: ['pending'] },
    fail: { do: (payment) => payments.fail(payment, null, failure), from: ['pending', 'requires_action'] },
    cancelPayment: { do: payments.cancelPayment, from: ['failed', 'requires_action'] },
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
