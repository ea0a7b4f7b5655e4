/** From the domain to the wire: what each object looks like in the current API. */
import type { IntentView, NewIntentView, PaymentView, SessionView } from '../contract/checkout.ts'
import { formatMoney, showAmount } from '../contract/money.ts'
import type { Account } from '../domain/account.ts'
import { type Failure, type Intent, publicFailure } from '../domain/intent.ts'
import type { CardFacts, Payment } from '../domain/payment.ts'
import type { Plan } from '../domain/plan.ts'
import { type Session, statusAt } from '../domain/session.ts'
import { nextChargeAt, type Subscription } from '../domain/subscription.ts'
import type { Language } from './locale.ts'
import { showPrice } from './price.ts'
import { cardText } from './texts.ts'

export const showFailure = (failure: Failure | null, language: Language): IntentView['last_payment_error'] =>
  failure && {
    code: failure.code,
    decline_code: failure.declineCode,
    message: cardText(failure.code, failure.declineCode)[language],
  }

/** Text as a page may show it: without the characters that turn the direction of what follows them. Semantics B4. */
export const forDisplay = (text: string): string => text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')

export type ShownSession = {
  session: Session
  account: Account
  plan: Plan | null
  subscription: Subscription | null
  isOwn: boolean
}

export const showSession = (
  { session, account, plan, subscription, isOwn }: ShownSession,
  by: { now: Date; locale: string },
): SessionView => ({
  session_id: session.id,
  status: statusAt(session, by.now),
  mode: session.mode,
  payment_status: session.paymentStatus,
  needs_email: session.mode === 'subscription' && session.customerId === null,
  amount: showAmount(session.amount, session.currency),
  currency: session.currency,
  description: session.description === null ? null : forDisplay(session.description),
  items: session.items.map(forDisplay),
  return_url: session.returnUrl,
  test: !session.live,
  expires_at: session.expiresAt,
  merchant: { name: account.name },
  subscription: plan && {
    id: isOwn ? session.subscriptionId : null,
    interval: plan.interval,
    interval_count: plan.intervalCount,
    trial_period_days: plan.trialPeriodDays,
    next_charge_at: nextChargeAt(subscription, plan, by.now),
    statement_descriptor: plan.statementDescriptor,
  },
  processor: { name: 'sandbox', publishable_key: null },
  display: {
    amount: formatMoney(session.amount, session.currency, by.locale),
    price: plan && showPrice(plan, by.locale),
  },
})

/** The page on which a buyer answers their bank. */
export const challengeAddress = (challengeId: string, publicUrl: string): string => `${publicUrl}/3ds/${challengeId}`

/**
 * The public view: reasons that only the merchant may know read as a plain decline. Without `publicUrl` for an intent that is
 * the reason of a problem: none of those waits for its buyer.
 */
export const showIntent = (intent: Intent, language: Language, publicUrl?: string): IntentView => ({
  id: intent.id,
  object: 'payment_intent',
  status: intent.status,
  amount: showTaken(intent),
  currency: intent.currency,
  payment_id: intent.paymentId,
  session_id: intent.sessionId,
  next_action:
    intent.challengeId !== null && publicUrl !== undefined
      ? { type: 'redirect_to_url', url: challengeAddress(intent.challengeId, publicUrl) }
      : null,
  cancellation_reason: intent.cancellationReason,
  last_payment_error: showFailure(intent.lastFailure && publicFailure(intent.lastFailure), language),
  test: !intent.live,
})

export const showNewIntent = (intent: Intent, clientSecret: string): NewIntentView => ({
  client_secret: clientSecret,
  id: intent.id,
  status: intent.status,
  amount: showTaken(intent),
  currency: intent.currency,
})

/** What is taken now: of a card that is only saved, nothing. */
const showTaken = ({ purpose, amount, currency }: Intent): string =>
  showAmount(purpose === 'setup' ? 0 : amount, currency)

export const showCard = (card: CardFacts | null): PaymentView['card'] =>
  card && { brand: card.brand, last4: card.last4, exp_month: card.expMonth, exp_year: card.expYear }

export const showPayment = (payment: Payment, language: Language): PaymentView => ({
  id: payment.id,
  object: 'payment',
  amount: showAmount(payment.amount, payment.currency),
  currency: payment.currency,
  status: payment.status,
  amount_refunded: showAmount(payment.refunded, payment.currency),
  description: payment.description,
  items: payment.items,
  customer_id: payment.customerId,
  session_id: payment.sessionId,
  subscription_id: payment.subscriptionId,
  card: showCard(payment.card),
  failure: showFailure(payment.failure, language),
  test: !payment.live,
  created_at: payment.createdAt,
})
