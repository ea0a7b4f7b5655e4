/** Domain values with sensible contents; a test names only what it is about. */
import type { Intent } from '../../server/domain/intent.ts'
import type { Payment } from '../../server/domain/payment.ts'
import type { Session } from '../../server/domain/session.ts'

const createdAt = '2026-11-20T11:00:00.000Z'

export const aSession = (change: Partial<Session> = {}): Session => ({
  id: 'cs_test_1',
  accountId: 'acct_sandbox',
  live: false,
  status: 'open',
  paymentStatus: 'unpaid',
  mode: 'payment',
  amount: 1_250_000,
  currency: 'CRC',
  description: null,
  items: [],
  returnUrl: 'http://localhost:4243/orders/1',
  customerId: null,
  planId: null,
  subscriptionId: null,
  invoiceId: null,
  createdAt,
  expiresAt: '2026-11-21T11:00:00.000Z',
  version: 1,
  ...change,
})

export const anIntent = (change: Partial<Intent> = {}): Intent => ({
  id: 'pi_1',
  sessionId: 'cs_test_1',
  accountId: 'acct_sandbox',
  live: false,
  purpose: 'payment',
  status: 'requires_payment_method',
  amount: 1_250_000,
  currency: 'CRC',
  attempts: 0,
  paymentId: null,
  lastFailure: null,
  cancellationReason: null,
  createdAt,
  version: 1,
  ...change,
})

export const aPayment = (change: Partial<Payment> = {}): Payment => ({
  id: 'pay_1',
  intentId: 'pi_1',
  sessionId: 'cs_test_1',
  accountId: 'acct_sandbox',
  live: false,
  status: 'pending',
  amount: 1_250_000,
  refunded: 0,
  currency: 'CRC',
  description: null,
  items: [],
  customerId: null,
  subscriptionId: null,
  statementDescriptor: null,
  card: null,
  failure: null,
  createdAt,
  version: 1,
  ...change,
})
