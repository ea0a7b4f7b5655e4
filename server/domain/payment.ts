/** A payment: what the merchant sees of an intent once a card has been tried. */
import type { PaymentStatus } from '../contract/checkout.ts'
import type { Brand } from '../contract/card.ts'
import { Problem } from './problem.ts'
import type { Failure, Intent } from './intent.ts'
import type { Session } from './session.ts'

/** What is kept of a card: never its number or security code. */
export type CardFacts = { brand: Brand; last4: string; expMonth: number; expYear: number }

export type Payment = {
  id: string
  intentId: string
  sessionId: string
  accountId: string
  live: boolean
  status: PaymentStatus
  /** Minor units. */
  amount: number
  /** Minor units. */
  refunded: number
  currency: string
  description: string | null
  items: string[]
  card: CardFacts | null
  failure: Failure | null
  createdAt: string
  version: number
}

const moves = {
  pending: ['requires_action', 'succeeded', 'failed'],
  requires_action: ['pending', 'failed', 'canceled'],
  failed: ['pending', 'canceled'],
  succeeded: ['refunded', 'partially_refunded'],
  partially_refunded: ['partially_refunded', 'refunded'],
  refunded: [],
  canceled: [],
} as const satisfies Record<PaymentStatus, readonly PaymentStatus[]>

function move(payment: Payment, to: PaymentStatus): Payment {
  const open: readonly PaymentStatus[] = moves[payment.status]
  if (!open.includes(to)) {
    throw new Problem('payment_intent_unexpected_state', {
      en: `Payment ${payment.id} is ${payment.status} and cannot become ${to}`,
      es: `El pago ${payment.id} está en estado ${payment.status} y no puede pasar a ${to}`,
    })
  }
  return { ...payment, status: to, version: payment.version + 1 }
}

export const newPayment = (id: string, intent: Intent, session: Session, now: Date): Payment => ({
  id,
  intentId: intent.id,
  sessionId: session.id,
  accountId: intent.accountId,
  live: intent.live,
  status: 'pending',
  amount: intent.amount,
  refunded: 0,
  currency: intent.currency,
  description: session.description,
  items: session.items,
  card: null,
  failure: null,
  createdAt: now.toISOString(),
  version: 1,
})

/** Another card is tried for the same payment. */
export const tryAgain = (payment: Payment): Payment => ({ ...move(payment, 'pending'), card: null, failure: null })

export const settle = (payment: Payment, card: CardFacts | null): Payment => ({ ...move(payment, 'succeeded'), card })

export const awaitBuyer = (payment: Payment, card: CardFacts | null): Payment => ({
  ...move(payment, 'requires_action'),
  card,
})

export const fail = (payment: Payment, card: CardFacts | null, failure: Failure): Payment => ({
  ...move(payment, 'failed'),
  card,
  failure,
})

export const cancelPayment = (payment: Payment): Payment => move(payment, 'canceled')
