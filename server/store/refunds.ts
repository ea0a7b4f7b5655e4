import type { Refund } from '../domain/refund.ts'
import { commonFields, listOf } from './lists.ts'

export const refundRows = listOf('refunds', {
  toRow: (refund: Refund) => ({
    payment_id: refund.paymentId,
    attempt_id: refund.attemptId,
    amount: refund.amount,
    currency: refund.currency,
    status: refund.status,
    reason: refund.reason,
    failure_reason: refund.failureReason,
    reply_scope: refund.replyScope,
    reply_key: refund.replyKey,
    check_at: refund.checkAt,
  }),
  fromRow: (row) => ({
    ...commonFields(row),
    paymentId: row.payment_id,
    attemptId: row.attempt_id,
    amount: row.amount,
    currency: row.currency,
    status: row.status,
    reason: row.reason,
    failureReason: row.failure_reason,
    replyScope: row.reply_scope,
    replyKey: row.reply_key,
    checkAt: row.check_at,
  }),
})
