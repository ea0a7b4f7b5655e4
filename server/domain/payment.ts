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
  /** Null for a card that the shop charged by itself. */
  sessionId: string | null
  accountId: string
  live: boolean
  status: PaymentStatus
  /** Minor units. */
  amount: number
  /** Minor units given back or on their way: refunds that succeeded and those that are pending. */
  refunded: number
  currency: string
  description: string | null
  items: string[]
  customerId: string | null
  subscriptionId: string | null
  /** What the buyer's card statement says, where the shop chose it. */
  statementDescriptor: string | null
  card: CardFacts | null
  failure: Failure | null
  createdAt: string
  version: number
}

const moves = {
  // Pending is being tried, or not tried yet: only the latter is ever canceled, because what is being tried is waited for.
  pending: ['requires_action', 'succeeded', 'failed', 'canceled'],
  requires_action: ['pending', 'failed', 'canceled'],
  failed: ['pending', 'canceled'],
  succeeded: ['refunded', 'partially_refunded'],
  partially_refunded: ['partially_refunded', 'refunded'],
  refunded: [],
  canceled: [],
} as const satisfies Record<PaymentStatus, readonly PaymentStatus[]>

function move(payment: Payment, to: PaymentStatus): Payment {
  const open: readonly PaymentStatus[] = moves[payment.status]
  if (!open.includes(to)) throw cannotBecome(payment, to)
  return { ...payment, status: to, version: payment.version + 1 }
}

const cannotBecome = (payment: Payment, to: PaymentStatus): Problem =>
  new Problem('payment_unexpected_state', {
    en: `Payment ${payment.id} is ${payment.status} and cannot become ${to}`,
    es: `El pago ${payment.id} está en estado ${payment.status} y no puede pasar a ${to}`,
  })

/** What is paid for, as the shop put it. */
export type Order = Pick<Session, 'description' | 'items' | 'customerId' | 'subscriptionId'> & {
  statementDescriptor?: string | null
}

export const newPayment = (id: string, intent: Intent, order: Order, now: Date): Payment => ({
  id,
  intentId: intent.id,
  sessionId: intent.sessionId,
  accountId: intent.accountId,
  live: intent.live,
  status: 'pending',
  amount: intent.amount,
  refunded: 0,
  currency: intent.currency,
  description: order.description,
  items: order.items,
  customerId: order.customerId,
  subscriptionId: order.subscriptionId,
  statementDescriptor: order.statementDescriptor ?? null,
  card: null,
  failure: null,
  createdAt: now.toISOString(),
  version: 1,
})

/** Another card is tried for the same payment; one that waits for its first card is pending already. */
export const tryAgain = (payment: Payment): Payment =>
  payment.status === 'pending' ? payment : { ...move(payment, 'pending'), card: null, failure: null }

export const settle = (payment: Payment, card: CardFacts | null): Payment => ({ ...move(payment, 'succeeded'), card })

export const awaitBuyer = (payment: Payment, card: CardFacts | null): Payment => ({
  ...move(payment, 'requires_action'),
  card,
})

/** Its buyer has answered their bank, and the same card is asked for its money. */
export function goOn(payment: Payment): Payment {
  if (payment.status !== 'requires_action') throw cannotBecome(payment, 'pending')
  return move(payment, 'pending')
}

export const fail = (payment: Payment, card: CardFacts | null, failure: Failure): Payment => ({
  ...move(payment, 'failed'),
  card,
  failure,
})

export const cancelPayment = (payment: Payment): Payment => move(payment, 'canceled')

/** So much of it goes back, or is on its way: never more than was paid. */
export function giveBack(payment: Payment, amount: number): Payment {
  const refunded = payment.refunded + amount
  if (amount < 1 || refunded > payment.amount) throw new Error(`${amount} is not left of ${payment.id}`)
  return { ...move(payment, refunded === payment.amount ? 'refunded' : 'partially_refunded'), refunded }
}

/** A refund failed: its amount is paid again. The one way back, and only for what was on its way. */
export function takeBack(payment: Payment, amount: number): Payment {
  const refunded = payment.refunded - amount
  if (amount < 1 || refunded < 0) throw new Error(`${amount} was not given back of ${payment.id}`)
  const status = refunded === 0 ? 'succeeded' : 'partially_refunded'
  return { ...payment, status, refunded, version: payment.version + 1 }
}
