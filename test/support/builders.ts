/** Domain values with sensible contents; a test names only what it is about. */
import type { Delivery, WebhookEndpoint } from '../../server/domain/webhook.ts'
import type { Intent } from '../../server/domain/intent.ts'
import type { Invoice } from '../../server/domain/invoice.ts'
import type { Payment } from '../../server/domain/payment.ts'
import type { Plan } from '../../server/domain/plan.ts'
import type { Session } from '../../server/domain/session.ts'
import type { Subscription } from '../../server/domain/subscription.ts'
import type { TestClock } from '../../server/domain/test-clock.ts'

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
  challengeId: null,
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

export const aPlan = (change: Partial<Plan> = {}): Plan => ({
  id: 'plan_1',
  accountId: 'acct_sandbox',
  live: false,
  productId: 'prod_1',
  amount: 990_000,
  currency: 'CRC',
  interval: 'month',
  intervalCount: 1,
  trialPeriodDays: null,
  trialWithoutCard: null,
  afterLastRetry: 'cancel',
  idName: null,
  statementDescriptor: null,
  active: true,
  createdAt,
  version: 1,
  ...change,
})

/** In its first month, which began when it was made. */
export const aSubscription = (change: Partial<Subscription> = {}): Subscription => ({
  id: 'sub_1',
  accountId: 'acct_sandbox',
  live: false,
  number: 1,
  customerId: 'cus_1',
  planId: 'plan_1',
  sessionId: null,
  status: 'active',
  currentPeriodStart: createdAt,
  currentPeriodEnd: '2026-12-20T11:00:00.000Z',
  anchor: createdAt,
  periods: 1,
  trialEnd: null,
  cancelAtPeriodEnd: false,
  canceledAt: null,
  dueAt: '2026-12-20T11:00:00.000Z',
  createdAt,
  version: 1,
  ...change,
})

export const anInvoice = (change: Partial<Invoice> = {}): Invoice => ({
  id: 'in_1',
  accountId: 'acct_sandbox',
  live: false,
  number: 1,
  subscriptionId: 'sub_1',
  customerId: 'cus_1',
  planId: 'plan_1',
  intentId: 'pi_1',
  paymentId: 'pay_1',
  reason: 'subscription_cycle',
  status: 'open',
  amount: 990_000,
  currency: 'CRC',
  periodStart: createdAt,
  periodEnd: '2026-12-20T11:00:00.000Z',
  attempts: 0,
  firstFailedAt: null,
  nextAttemptAt: null,
  failure: null,
  paidAt: null,
  createdAt,
  version: 1,
  ...change,
})

/** Standing still. */
export const aTestClock = (change: Partial<TestClock> = {}): TestClock => ({
  accountId: 'acct_sandbox',
  at: createdAt,
  setAt: createdAt,
  running: false,
  status: 'ready',
  target: null,
  replyScope: null,
  replyKey: null,
  version: 1,
  ...change,
})

export const anEndpoint = (change: Partial<WebhookEndpoint> = {}): WebhookEndpoint => ({
  id: 'we_1',
  accountId: 'acct_sandbox',
  live: false,
  url: 'https://shop.example/webhooks',
  description: null,
  events: ['*'],
  signature: 'standard',
  status: 'enabled',
  disabledReason: null,
  failingSince: null,
  secret: 'sealed',
  formerSecret: null,
  formerUntil: null,
  createdAt,
  version: 1,
  ...change,
})

export const aDelivery = (change: Partial<Delivery> = {}): Delivery => ({
  id: 'whd_1',
  accountId: 'acct_sandbox',
  live: false,
  endpointId: 'we_1',
  eventId: 'evt_1',
  eventType: 'payment.succeeded',
  body: '{}',
  status: 'pending',
  tries: 0,
  attempts: 0,
  nextAttemptAt: createdAt,
  leasedUntil: null,
  fault: null,
  createdAt,
  version: 1,
  ...change,
})
