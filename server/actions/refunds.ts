/**
 * Money back. As with a charge: begin durably (the amount is reserved, so that no two refunds pass what was paid), ask the
 * processor outside any transaction, write what it said, and only then answer.
 */
import type { Deps } from '../deps.ts'
import type { Owner } from '../domain/account.ts'
import { giveBack, type Payment, takeBack } from '../domain/payment.ts'
import { noSuch } from '../domain/problem.ts'
import { type NewRefund, newRefund, type Refund, tellRefund } from '../domain/refund.ts'
import { couldBeId, idPrefixes } from '../ids.ts'
import type { RefundResult } from '../processors/processor.ts'
import { selectAttempt, selectSucceededAttempt } from '../store/attempts.ts'
import { holdPayment, replacePayment, selectPayment } from '../store/payments.ts'
import { refundRows } from '../store/refunds.ts'
import type { Tx } from '../store/schema.ts'
import { within } from '../within.ts'
import { announce, claim, type Command, type Done, keep } from './commit.ts'
import { book, processorFor, processorMs } from './attempts.ts'

/** How long whoever began a refund is believed to be at work on it; then the sweep asks the processor. */
const leaseMs = 30_000

/** Gives back a part of a payment, or all that is left. */
export async function refundPayment(deps: Deps, by: Owner, command: Command<NewRefund>): Promise<Done<Refund>> {
  const begun = await deps.store.transact(async (tx) => {
    const kept = await claim<Refund>(deps, tx, command.reply)
    if (kept) return { done: { value: kept.result, asker: kept.asker } }
    return { refund: await beginRefund(deps, tx, by, command) }
  })
  if ('done' in begun) return begun.done
  return { value: await askProcessor(deps, begun.refund) }
}

async function beginRefund(deps: Deps, tx: Tx, by: Owner, { wanted, reply }: Command<NewRefund>): Promise<Refund> {
  if (!couldBeId(wanted.paymentId)) throw noSuch('payment', 'payment_id')
  // Held before it is read: refunds of one payment take turns, and each decides on what the one before it left.
  await holdPayment(tx, by, wanted.paymentId)
  const before = await selectPayment(tx, wanted.paymentId)
  if (!before || before.accountId !== by.accountId || before.live !== by.live) throw noSuch('payment', 'payment_id')
  const attempt = await selectSucceededAttempt(tx, before.intentId)
  const now = deps.now(by)
  const refund = newRefund(
    before,
    wanted,
    { id: deps.newId(idPrefixes.refund), by, now },
    {
      attemptId: attempt?.id ?? '',
      replyScope: reply?.scope ?? null,
      replyKey: reply?.key ?? null,
      checkAt: new Date(now.getTime() + leaseMs).toISOString(),
    },
  )
  if (!attempt) throw new Error(`Payment ${before.id} has no attempt that succeeded`)
  const after = giveBack(before, refund.amount)
  await replacePayment(tx, before, after)
  await refundRows.insert(tx, refund)
  await book(deps, tx, after, { processor: attempt.processor, amount: -refund.amount })
  await announce(
    deps,
    tx,
    [after.status === 'refunded' ? 'payment.refunded' : 'payment.partially_refunded', after],
    ['refund.created', refund],
  )
  return refund
}

/** Asks the processor how a refund stands, and writes it down. The sweep does the same for refunds that wait. */
export async function askProcessor(deps: Deps, refund: Refund): Promise<Refund> {
  const attempt = await selectAttempt(deps.store.db, refund.attemptId)
  if (!attempt?.cardToken) throw new Error(`Refund ${refund.id} has no card to go back to`)
  let result: RefundResult
  try {
    const asked = processorFor(deps, refund).refund({
      refundId: refund.id,
      attemptId: attempt.id,
      amount: refund.amount,
      currency: refund.currency,
      cardToken: attempt.cardToken,
      ageMs: deps.now(refund).getTime() - Date.parse(refund.createdAt),
    })
    result = await within(processorMs, asked)
  } catch (error) {
    // Nobody knows whether it went: it stays pending, its amount reserved, and the sweep asks again.
    deps.log.error({ err: error, refund: refund.id }, 'the processor did not answer')
    return refund
  }
  return deps.store.transact((tx) => conclude(deps, tx, refund, result))
}

async function conclude(deps: Deps, tx: Tx, refund: Refund, result: RefundResult): Promise<Refund> {
  await holdPayment(tx, refund, refund.paymentId)
  const before = await refundRows.findAnyones(tx, refund.id)
  if (!before) throw new Error(`Refund ${refund.id} does not exist`)
  const after = await apply(deps, tx, before, result)
  if (after.replyScope !== null && after.replyKey !== null) {
    await keep(tx, { scope: after.replyScope, key: after.replyKey }, after)
  }
  return after
}

async function apply(deps: Deps, tx: Tx, before: Refund, result: RefundResult): Promise<Refund> {
  // Somebody else has asked meanwhile, and nothing more is to come.
  if (before.checkAt === null) return before
  const { status, failureReason, checkAfterMs } = result
  const checkAt = checkAfterMs === null ? null : new Date(deps.now(before).getTime() + checkAfterMs).toISOString()
  const after = tellRefund(before, { status, failureReason, checkAt })
  await refundRows.replace(tx, before, after)
  await announce(deps, tx, [status === 'failed' ? 'refund.failed' : 'refund.updated', after])
  if (status !== 'failed') return after
  const payment = await selectPayment(tx, before.paymentId)
  const attempt = await selectAttempt(tx, before.attemptId)
  if (!payment || !attempt) throw new Error(`Refund ${before.id} has no payment`)
  await restore(deps, tx, payment, attempt.processor, before.amount)
  return after
}

/** A failed refund gives its amount back to the payment. */
async function restore(deps: Deps, tx: Tx, before: Payment, processor: string, amount: number): Promise<void> {
  const after = takeBack(before, amount)
  await replacePayment(tx, before, after)
  await book(deps, tx, after, { processor, amount })
  await announce(deps, tx, ['payment.refund_failed', after])
}
