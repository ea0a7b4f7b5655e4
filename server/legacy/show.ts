/** From the domain to the words of the legacy API. Source: its document and its reference. */
import { showAmount } from '../contract/money.ts'
import type { CardFacts, Payment } from '../domain/payment.ts'
import type { Customer } from '../domain/customer.ts'
import { type Developer, withoutBankDetails } from '../domain/developer.ts'
import type { Plan } from '../domain/plan.ts'
import type { Product } from '../domain/product.ts'
import type { Refund } from '../domain/refund.ts'
import { shortKey } from '../domain/short-key.ts'
import type { Subscription } from '../domain/subscription.ts'

/** Thirteen asterisks for every brand, and nothing that was not kept. */
export const maskedNumber = (card: Pick<CardFacts, 'last4'>): string => `${'*'.repeat(13)}${card.last4}`
export const maskedCode = '***'

/** Major units as a JSON number; JSON has no decimals of its own, and these are exact to the last céntimo. */
const decimal = (minor: number, currency: string): number => Number(showAmount(minor, currency))

export const showCustomer = (customer: Customer) => ({
  id: customer.number,
  name: customer.name ?? '',
  email: customer.email,
  currency: customer.currency?.toLowerCase() ?? null,
  credit_card_number: customer.card && maskedNumber(customer.card),
  credit_card_security_code_number: customer.card && maskedCode,
  exp_month: customer.card?.expMonth ?? null,
  exp_year: customer.card?.expYear ?? null,
  test: customer.declaredTest ?? !customer.live,
  key: shortKey(customer.id),
})

export const showDeveloper = (developer: Developer, live: boolean) => ({
  developer_key: developer.developerKey,
  test: developer.declaredTest ?? !live,
  page: developer.page,
  bank_name: developer.bankName,
  bank_aba_route: developer.bankAbaRoute,
  bank_account_number: developer.bankAccountNumber,
  bank_account_type: developer.bankAccountType,
  bank_sinpe: developer.bankSinpe,
})

/** The payment's status in a word that readers of charges know: money that went back was charged all the same. */
const chargeStatus = ({ status }: Payment): string =>
  status === 'refunded' || status === 'partially_refunded' ? 'succeeded' : status

/** `2017-07-13 22:26:41`, in UTC. */
const pretty = (moment: string): string => moment.slice(0, 19).replace('T', ' ')

const showCharge = (payment: Payment) => ({
  charge_id: payment.id,
  charge_by_customer: payment.customerId !== null,
  charge_log: {
    status: chargeStatus(payment),
    description: payment.description ?? '',
    entity_description: payment.statementDescriptor ?? '',
    currency: payment.currency.toLowerCase(),
    amount: decimal(payment.amount, payment.currency),
    refunded: payment.status === 'refunded',
    amount_refunded: decimal(payment.refunded, payment.currency),
    date: pretty(payment.createdAt),
    card: payment.card && {
      last4: payment.card.last4,
      brand: payment.card.brand,
      cvc: maskedCode,
      exp_month: payment.card.expMonth,
      exp_year: payment.card.expYear,
    },
  },
  created_on: payment.createdAt,
  created_on_pretty: pretty(payment.createdAt),
  created_on_date: payment.createdAt.slice(0, 10),
  test: !payment.live,
})

/** The answer of both charge calls: the customer by their key. */
export const showNewCharge = (payment: Payment) => ({
  ...showCharge(payment),
  customer: payment.customerId === null ? null : shortKey(payment.customerId),
})

/** A charge in the logs: with its customer, unless there was none or they have been deleted. */
export const showLog = (payment: Payment, customer: Customer | undefined) => ({
  ...showCharge(payment),
  customer: customer?.status === 'active' ? showCustomer(customer) : null,
})

export const showPlan = (plan: Plan, product: Pick<Product, 'name'>) => ({
  key: shortKey(plan.id),
  information: {
    id_name: plan.idName ?? plan.id,
    currency: plan.currency.toLowerCase(),
    amount: plan.amount,
    name: product.name,
    created: Math.floor(Date.parse(plan.createdAt) / 1000),
    credit_card_description: plan.statementDescriptor,
    trial_period_days: plan.trialPeriodDays,
    interval: plan.interval,
    interval_count: plan.intervalCount,
  },
})

/** Where the account's money goes is told at its own address alone. */
export const showSubscription = (
  subscription: Subscription,
  of: { developer: Developer; customer: Customer | undefined; plan: Plan },
) => ({
  id: subscription.number,
  subscription_id: subscription.id,
  developer: showDeveloper(withoutBankDetails(of.developer), subscription.live),
  customer: of.customer?.status === 'active' ? showCustomer(of.customer) : null,
  plan: { key: shortKey(of.plan.id), id_name: of.plan.idName ?? of.plan.id },
  status: subscription.status,
})

export const showRefund = (refund: Refund) => ({
  refund_id: refund.id,
  charge_id: refund.paymentId,
  amount: decimal(refund.amount, refund.currency),
  currency: refund.currency.toLowerCase(),
  reason: refund.reason,
  status: refund.status,
  test: !refund.live,
})
