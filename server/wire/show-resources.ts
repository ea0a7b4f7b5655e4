/** From the domain to the wire: what a shop keeps besides payments. */
import type {
  CustomerView,
  HostedPaymentView,
  InvoiceView,
  LinkView,
  PlanView,
  ProductView,
  RefundView,
  SubscriptionView,
  TestClockView,
} from '../contract/resources.ts'
import type { Customer } from '../domain/customer.ts'
import type { Invoice } from '../domain/invoice.ts'
import type { Link } from '../domain/link.ts'
import type { Plan } from '../domain/plan.ts'
import type { Product } from '../domain/product.ts'
import type { Refund } from '../domain/refund.ts'
import { owes, type Subscription } from '../domain/subscription.ts'
import type { TestClock } from '../domain/test-clock.ts'
import type { Language } from './locale.ts'
import { showCard, showFailure } from './show.ts'

export const showCustomer = (customer: Customer): CustomerView => ({
  id: customer.id,
  object: 'customer',
  email: customer.email,
  name: customer.name,
  phone: customer.phone,
  description: customer.description,
  card: showCard(customer.card),
  test: !customer.live,
  created_at: customer.createdAt,
})

export const showProduct = (product: Product): ProductView => ({
  id: product.id,
  object: 'product',
  name: product.name,
  description: product.description,
  active: product.active,
  test: !product.live,
  created_at: product.createdAt,
})

export const showPlan = (plan: Plan): PlanView => ({
  id: plan.id,
  object: 'plan',
  product_id: plan.productId,
  amount: plan.amount,
  currency: plan.currency,
  interval: plan.interval,
  interval_count: plan.intervalCount,
  trial_period_days: plan.trialPeriodDays,
  trial_without_card: plan.trialWithoutCard,
  after_last_retry: plan.afterLastRetry,
  statement_descriptor: plan.statementDescriptor,
  active: plan.active,
  test: !plan.live,
  created_at: plan.createdAt,
})

export const showLink = (link: Link, publicUrl: string): LinkView => ({
  id: link.id,
  object: 'payment_link',
  url: `${publicUrl}/link/${link.id}`,
  amount: link.amount,
  currency: link.currency,
  description: link.description,
  active: link.active,
  test: !link.live,
  created_at: link.createdAt,
})

export const showNewSession = (id: string, publicUrl: string) => ({
  session_id: id,
  checkout_url: `${publicUrl}/checkout/${id}`,
})

/** Where the buyer of a subscription that has begun gives another card: the page opens a session of its own each time. */
const cardPage = (subscriptionId: string, publicUrl: string): string => `${publicUrl}/subscription/${subscriptionId}`

export const showSubscription = (subscription: Subscription, publicUrl: string): SubscriptionView => ({
  id: subscription.id,
  object: 'subscription',
  customer_id: subscription.customerId,
  plan_id: subscription.planId,
  status: subscription.status,
  current_period_end: Math.floor(Date.parse(subscription.currentPeriodEnd) / 1000),
  checkout_url:
    subscription.status === 'incomplete' && subscription.sessionId !== null
      ? `${publicUrl}/checkout/${subscription.sessionId}`
      : owes(subscription)
        ? cardPage(subscription.id, publicUrl)
        : null,
  trial_end: subscription.trialEnd,
  cancel_at_period_end: subscription.cancelAtPeriodEnd,
  canceled_at: subscription.canceledAt,
  test: !subscription.live,
  created_at: subscription.createdAt,
})

export const showInvoice = (invoice: Invoice, language: Language, publicUrl: string): InvoiceView => ({
  id: invoice.id,
  object: 'invoice',
  subscription_id: invoice.subscriptionId,
  customer_id: invoice.customerId,
  plan_id: invoice.planId,
  payment_id: invoice.paymentId,
  status: invoice.status,
  reason: invoice.reason,
  amount: invoice.amount,
  currency: invoice.currency,
  period_start: invoice.periodStart,
  period_end: invoice.periodEnd,
  attempt_count: invoice.attempts,
  next_attempt_at: invoice.nextAttemptAt,
  failure: showFailure(invoice.failure, language),
  checkout_url:
    invoice.status === 'open' && invoice.reason === 'subscription_cycle'
      ? cardPage(invoice.subscriptionId, publicUrl)
      : null,
  paid_at: invoice.paidAt,
  test: !invoice.live,
  created_at: invoice.createdAt,
})

export const showTestClock = (now: string, clock: TestClock | undefined): TestClockView => ({
  object: 'test_clock',
  now,
  own: clock !== undefined,
  frozen: clock !== undefined && !clock.running,
  status: clock?.status ?? 'ready',
  target: clock?.target ?? null,
})

export const showRefund = (refund: Refund): RefundView => ({
  id: refund.id,
  object: 'refund',
  payment_id: refund.paymentId,
  amount: refund.amount,
  currency: refund.currency,
  status: refund.status,
  reason: refund.reason,
  failure_reason: refund.failureReason,
  test: !refund.live,
  created_at: refund.createdAt,
})

const hosted = {
  en: { title: 'Action required', content: 'Send the buyer to the address in data.redirect to pay' },
  es: { title: 'Acción requerida', content: 'Envíe a quien compra a la dirección de data.redirect para pagar' },
}

/** Where to send the buyer, for clients of the document and for shop plugins, which read `code` and `data`. */
export function showHostedPayment(id: string, redirect: string, language: Language): HostedPaymentView {
  return { id, redirect_url: redirect, code: 202, ...hosted[language], type: 'success', data: { id, redirect } }
}
