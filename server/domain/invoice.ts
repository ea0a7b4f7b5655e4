/** What a subscription costs for one period: exactly one invoice a period, and at most one charge for it. Semantics B2. */
import type { DeclineCode } from '../contract/errors.ts'
import type { InvoiceReason, InvoiceStatus } from '../contract/resources.ts'
import { firstVersion, type Maker, type Owned } from './account.ts'
import type { Failure } from './intent.ts'
import type { Plan } from './plan.ts'
import { Problem } from './problem.ts'
import type { Subscription } from './subscription.ts'

export type Invoice = Owned & {
  number: number
  subscriptionId: string
  customerId: string
  planId: string
  /** What its cards are tried for, once one is. */
  intentId: string | null
  paymentId: string | null
  reason: InvoiceReason
  status: InvoiceStatus
  /** Minor units. */
  amount: number
  currency: string
  periodStart: string
  periodEnd: string
  /** How many cards were refused for it. */
  attempts: number
  firstFailedAt: string | null
  /** When a card is tried again; null while none will be without the buyer. */
  nextAttemptAt: string | null
  failure: Failure | null
  paidAt: string | null
}

const moves = {
  draft: ['open', 'void'],
  open: ['paid', 'uncollectible', 'void'],
  // A buyer may pay what nobody counted on any more.
  uncollectible: ['paid', 'void'],
  paid: [],
  void: [],
} as const satisfies Record<InvoiceStatus, readonly InvoiceStatus[]>

function move(invoice: Invoice, to: InvoiceStatus): Invoice {
  const open: readonly InvoiceStatus[] = moves[invoice.status]
  if (!open.includes(to)) {
    throw new Problem('invoice_unexpected_state', {
      en: `This invoice is ${invoice.status} and cannot become ${to}`,
      es: `Esta factura está en estado ${invoice.status} y no puede pasar a ${to}`,
    })
  }
  return { ...invoice, status: to, version: invoice.version + 1 }
}

/** The invoice of the subscription's current period. */
export const newInvoice = (
  subscription: Subscription,
  plan: Pick<Plan, 'amount' | 'currency'>,
  reason: InvoiceReason,
  maker: Maker & { number: number },
): Invoice => ({
  ...firstVersion(maker),
  number: maker.number,
  subscriptionId: subscription.id,
  customerId: subscription.customerId,
  planId: subscription.planId,
  intentId: null,
  paymentId: null,
  reason,
  status: 'open',
  amount: plan.amount,
  currency: plan.currency,
  periodStart: subscription.currentPeriodStart,
  periodEnd: subscription.currentPeriodEnd,
  attempts: 0,
  firstFailedAt: null,
  nextAttemptAt: null,
  failure: null,
  paidAt: null,
})

/** A card is about to be tried for it. */
export const tryInvoice = (invoice: Invoice, of: { intentId: string; paymentId: string }): Invoice => ({
  ...invoice,
  ...of,
  nextAttemptAt: null,
  version: invoice.version + 1,
})

/** A card is tried for it then, whatever the calendar says. */
export const tryInvoiceAt = (invoice: Invoice, moment: string): Invoice => ({
  ...invoice,
  nextAttemptAt: moment,
  version: invoice.version + 1,
})

/** The buyer is about to pay it on a page; the calendar stays as it is. */
export const payOnPage = (invoice: Invoice, of: Pick<Invoice, 'intentId' | 'paymentId'>): Invoice => ({
  ...invoice,
  ...of,
  version: invoice.version + 1,
})

/** Paid; a first one is for the period that began with its payment. */
export const payInvoice = (
  invoice: Invoice,
  by: Pick<Invoice, 'intentId' | 'paymentId'>,
  period: Pick<Subscription, 'currentPeriodStart' | 'currentPeriodEnd'>,
  now: Date,
): Invoice => ({
  ...move(invoice, 'paid'),
  ...by,
  ...(invoice.reason === 'subscription_create' && {
    periodStart: period.currentPeriodStart,
    periodEnd: period.currentPeriodEnd,
  }),
  nextAttemptAt: null,
  failure: null,
  paidAt: now.toISOString(),
})

const dayMs = 86_400_000

/** On which days after the first refusal a card is tried again. */
export const retryDays = [1, 3, 5, 7, 9, 11, 13, 14] as const

/** Reasons after which the same card is not tried again: the networks forbid it, or only the buyer can help. */
const needsAnotherCard: ReadonlySet<DeclineCode> = new Set([
  'lost_card',
  'stolen_card',
  'pickup_card',
  'fraudulent',
  'authentication_required',
])

const neverAgain = ({ code, declineCode }: Failure): boolean =>
  code === 'incorrect_number' || (declineCode !== null && needsAnotherCard.has(declineCode))

const dayAfter = (moment: string, days: number): string => new Date(Date.parse(moment) + days * dayMs).toISOString()

/** A card was refused for it, or there was none to try: the calendar says when the next try is. */
export function failInvoice(invoice: Invoice, failure: Failure | null, now: Date): Invoice {
  const attempts = invoice.attempts + 1
  const firstFailedAt = invoice.firstFailedAt ?? now.toISOString()
  const days = retryDays[attempts - 1]
  const again = failure !== null && !neverAgain(failure) && days !== undefined
  return {
    ...invoice,
    attempts,
    firstFailedAt,
    failure,
    nextAttemptAt: again ? dayAfter(firstFailedAt, days) : null,
    version: invoice.version + 1,
  }
}

/** When everybody stops waiting for it: with the last day of the calendar. */
const givenUpAt = (invoice: Invoice): string => dayAfter(invoice.firstFailedAt ?? invoice.createdAt, retryDays.at(-1)!)

/** When something is to be done about it: another try, or giving up. */
export const dueOf = (invoice: Invoice): string => invoice.nextAttemptAt ?? givenUpAt(invoice)

/** Nobody counts on it any more. */
export const giveUpInvoice = (invoice: Invoice): Invoice => ({ ...move(invoice, 'uncollectible'), nextAttemptAt: null })

/** It will never be asked for. */
export const voidInvoice = (invoice: Invoice): Invoice => ({ ...move(invoice, 'void'), nextAttemptAt: null })
