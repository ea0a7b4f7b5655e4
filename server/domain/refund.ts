/** Money on its way back: many refunds of one payment, together never more than was paid. Semantics B2, "Refunds". */
import type { RefundStatus } from '../contract/resources.ts'
import { firstVersion, type Maker, type Owned } from './account.ts'
import { keptText } from './card.ts'
import type { Payment } from './payment.ts'
import { Problem } from './problem.ts'

export type Refund = Owned & {
  paymentId: string
  /** The attempt whose money goes back. */
  attemptId: string
  /** Minor units. */
  amount: number
  currency: string
  status: RefundStatus
  reason: string | null
  /** The processor's word for why it failed. */
  failureReason: string | null
  /** Whose stored reply it completes. */
  replyScope: string | null
  replyKey: string | null
  /** When the processor is asked what became of it; null once nothing more can. */
  checkAt: string | null
}

const moves = {
  pending: ['pending', 'succeeded', 'failed'],
  requires_action: [],
  // A bank may send money back days after it took it.
  succeeded: ['succeeded', 'failed'],
  failed: [],
  canceled: [],
} as const satisfies Record<RefundStatus, readonly RefundStatus[]>

export type NewRefund = {
  paymentId: string
  /** Minor units; all that is left when absent. */
  amount: number | undefined
  reason: string | null
}

/** Checks what is left of the payment. */
export function newRefund(
  payment: Payment,
  wanted: NewRefund,
  maker: Maker,
  by: Pick<Refund, 'attemptId' | 'replyScope' | 'replyKey' | 'checkAt'>,
): Refund {
  const left = payment.amount - payment.refunded
  if (payment.status === 'refunded') {
    throw new Problem('charge_already_refunded', {
      en: 'This payment has been refunded already; nothing is left of it',
      es: 'Este pago ya fue reembolsado; no queda nada por reembolsar',
    })
  }
  if (payment.status !== 'succeeded' && payment.status !== 'partially_refunded') {
    throw new Problem('payment_unexpected_state', {
      en: `This payment is ${payment.status}; only one that succeeded can be refunded`,
      es: `Este pago está en estado ${payment.status}; solo se reembolsa uno que se completó`,
    })
  }
  const amount = wanted.amount ?? left
  if (amount > left) {
    const say = {
      en: `must be at most ${left}, which is what is left of this payment in minor units`,
      es: `debe ser como máximo ${left}, lo que queda de este pago en unidades menores`,
    }
    throw new Problem(
      'amount_too_large',
      { en: `amount ${say.en}`, es: `amount ${say.es}` },
      { faults: [{ field: 'amount', say }] },
    )
  }
  return {
    ...firstVersion(maker),
    paymentId: payment.id,
    amount,
    currency: payment.currency,
    status: 'pending',
    reason: keptText(wanted.reason),
    failureReason: null,
    ...by,
  }
}

/** What the processor said of it; `checkAt` when it may say more later. */
export function tellRefund(
  refund: Refund,
  said: { status: 'pending' | 'succeeded' | 'failed'; failureReason: string | null; checkAt: string | null },
): Refund {
  const open: readonly RefundStatus[] = moves[refund.status]
  if (!open.includes(said.status)) throw new Error(`${refund.id} is ${refund.status}, cannot become ${said.status}`)
  return { ...refund, ...said, version: refund.version + 1 }
}
