/**
 * From a card to money. Semantics B2, "Exactly once": an attempt begins durably, the processor is asked outside any
 * transaction, what it said is written, and only then is anybody answered.
 */
import type { Deps } from '../deps.ts'
import type { Attempt } from '../domain/attempt.ts'
import { newChallenge } from '../domain/challenge.ts'
import { askBuyer, failTrying, type Failure, type Intent, isTriedOut, succeed } from '../domain/intent.ts'
import { awaitBuyer, fail, type Payment, settle } from '../domain/payment.ts'
import { Problem } from '../domain/problem.ts'
import { completeSession, type Session } from '../domain/session.ts'
import { isOver, type Subscription } from '../domain/subscription.ts'
import { idPrefixes } from '../ids.ts'
import type { Charge, ChargeResult, Processor } from '../processors/processor.ts'
import { endAttempt, insertAttempt, selectAttempt } from '../store/attempts.ts'
import { insertChallenge } from '../store/challenges.ts'
import { replaceIntent, selectIntent } from '../store/intents.ts'
import { insertEntries } from '../store/outbox.ts'
import { replacePayment, selectPayment } from '../store/payments.ts'
import type { Tx } from '../store/schema.ts'
import { replaceSession } from '../store/sessions.ts'
import { within } from '../within.ts'
import { endCardSessions, releaseInvoice } from './card-sessions.ts'
import { announce, keep, type ReplyTo } from './commit.ts'
import { missInvoice, settleInvoice } from './invoices.ts'
import { endSession, findSession } from './sessions.ts'

/** What an attempt came to; `failure` when the card did not pay. */
export type Confirmed = {
  intent: Intent
  payment: Payment
  failure: Failure | null
  /** The subscription that it began, or that never began because of it. */
  subscription?: Subscription
}

/** How long a process may work on an attempt before others look up what became of it. */
const leaseMs = 30_000

/** How long a processor may take: well below the lease, after which others would ask what became of it. */
export const processorMs = 20_000

/** Whoever moves the money of an object's mode. */
export function processorFor(deps: Deps, { live }: { live: boolean }): Processor {
  if (!live) return deps.processor
  if (deps.liveProcessor) return deps.liveProcessor
  throw new Problem('live_mode_unavailable', {
    en: 'This server has no processor for live payments, so nothing can be charged; use credentials for test data, such as a key that starts with sk_test_',
    es: 'Este servidor no tiene procesador para pagos reales, así que no se puede cobrar; use credenciales de prueba, como una clave que empiece con sk_test_',
  })
}

/** Begins an attempt of an intent that has just become `processing`. */
export async function beginAttempt(
  deps: Deps,
  tx: Tx,
  of: {
    intent: Intent
    /** Null where the card is only saved. */
    payment: Payment | null
    card: Pick<Attempt, 'cardToken' | 'card'>
    reply: ReplyTo | null
    asker: string | null
    /** Whether nobody waits for it, and it is tried again by itself when it is lost. */
    isRepeated?: boolean
  },
): Promise<Attempt> {
  const { intent, payment, card, reply, asker, isRepeated = false } = of
  const processor = processorFor(deps, intent)
  const lookUpMs = isRepeated ? (processor.settledAfterMs ?? leaseMs) : leaseMs
  const attempt: Attempt = {
    id: deps.newId(idPrefixes.attempt),
    accountId: intent.accountId,
    live: intent.live,
    intentId: intent.id,
    paymentId: payment?.id ?? null,
    status: 'processing',
    processor: processor.name,
    ...card,
    failure: null,
    replyScope: reply?.scope ?? null,
    replyKey: reply?.key ?? null,
    asker,
    createdAt: deps.now(intent).toISOString(),
    leaseUntil: leaseFrom(deps, lookUpMs),
  }
  await insertAttempt(tx, attempt)
  await announce(deps, tx, ['payment_intent.processing', intent])
  return attempt
}

/** Until when a process that begins now is believed to be at work. It dies in real time, whatever the clock of the data says. */
export const leaseFrom = (deps: Deps, ms = leaseMs): string => new Date(deps.now().getTime() + ms).toISOString()

/** Asks the processor for the money of an attempt that has begun, and writes what it said. */
export const chargeAttempt = (deps: Deps, charge: Charge, begun: Confirmed): Promise<Confirmed> =>
  settleAttempt(deps, charge.attemptId, begun, (processor) => processor.charge(charge))

/** Asks the processor what an attempt that has begun comes to, and writes what it said. */
export async function settleAttempt(
  deps: Deps,
  attemptId: string,
  begun: Confirmed,
  ask: (processor: Processor) => Promise<ChargeResult>,
): Promise<Confirmed> {
  let result: ChargeResult
  try {
    result = await within(processorMs, ask(processorFor(deps, begun.intent)))
  } catch (error) {
    // Whether it was charged is not known: the sweep asks the processor, and until then the truth is "processing".
    deps.log.error({ err: error, attempt: attemptId }, 'the processor did not answer')
    return begun
  }
  return deps.store.transact((tx) => conclude(deps, tx, attemptId, result))
}

/**
 * Writes what a processor said of an attempt: attempt, intent, payment, session, ledger, events and the kept reply, all in
 * one transaction. The request that began the attempt and the sweep both end here; whoever comes second changes nothing.
 */
export async function conclude(
  deps: Deps,
  tx: Tx,
  attemptId: string,
  result: ChargeResult,
  /** Whether nobody knows of the charge, so that it was surely never made. */
  lost = false,
): Promise<Confirmed> {
  const attempt = await selectAttempt(tx, attemptId)
  const before = attempt && (await selectIntent(tx, attempt.intentId))
  if (!attempt || !before) throw new Error(`Attempt ${attemptId} does not exist`)
  if (attempt.status !== 'processing') {
    if (result.outcome === 'succeeded' && attempt.status !== 'succeeded') {
      deps.log.error({ attempt: attempt.id }, 'a charge succeeded after its attempt was given up: needs a person')
    }
    return { intent: before, payment: await knownPayment(tx, before), failure: attempt.failure }
  }

  const value = await apply(deps, tx, { attempt, before, result, lost })
  if (value.intent.status !== 'processing' && attempt.replyScope !== null && attempt.replyKey !== null) {
    await keep(tx, { scope: attempt.replyScope, key: attempt.replyKey }, value)
  }
  return value
}

async function apply(
  deps: Deps,
  tx: Tx,
  { attempt, before, result, lost }: { attempt: Attempt; before: Intent; result: ChargeResult; lost: boolean },
): Promise<Confirmed> {
  const payment = await knownPayment(tx, before)
  const session = before.sessionId === null ? null : await findSession(tx, before.sessionId)
  switch (result.outcome) {
    case 'succeeded': {
      const fits =
        result.attemptId === attempt.id && result.amount === before.amount && result.currency === before.currency
      if (!fits || (session && session.status !== 'open')) {
        deps.log.error({ attempt: attempt.id }, 'a charge does not fit what was asked for: needs a person')
        await endAttempt(tx, attempt, 'needs_review', null)
        return { intent: before, payment, failure: null }
      }
      return applyPaid(deps, tx, { attempt, before, payment, session }, result.keptAs)
    }
    case 'challenge': {
      // Whose card was charged without them cannot be shown a challenge.
      if (!session) return applyDecline(deps, tx, { attempt, before, payment, session }, needsOwner)
      const intent = await openChallenge(deps, tx, attempt, before, session)
      const waiting = awaitBuyer(payment, attempt.card)
      await replacePayment(tx, payment, waiting)
      await announce(deps, tx, ['payment.requires_action', waiting])
      await releaseInvoice(deps, tx, session, null)
      return { intent, payment: waiting, failure: null }
    }
    case 'declined':
      return applyDecline(deps, tx, { attempt, before, payment, session }, result.failure, lost)
  }
}

/** The bank of the card that is being tried wants to hear from the buyer, for as long as a challenge waits. */
export async function openChallenge(
  deps: Deps,
  tx: Tx,
  attempt: Attempt,
  before: Intent,
  session: Session,
): Promise<Intent> {
  const intent = askBuyer(before, deps.newId(idPrefixes.challenge))
  const { accountId, live } = intent
  await replaceIntent(tx, before, intent)
  await endAttempt(tx, attempt, 'requires_action', null)
  const of = { id: intent.challengeId!, accountId, live, intentId: intent.id, attemptId: attempt.id }
  await insertChallenge(tx, newChallenge(of, session, deps.now(intent)))
  await announce(deps, tx, ['payment_intent.requires_action', intent])
  return intent
}

const needsOwner: Failure = { code: 'card_declined', declineCode: 'authentication_required' }

type Trying = { attempt: Attempt; before: Intent; payment: Payment; session: Session | null }

async function applyPaid(
  deps: Deps,
  tx: Tx,
  { attempt, before, payment, session }: Trying,
  keptAs = attempt.cardToken,
): Promise<Confirmed> {
  const intent = succeed(before)
  const paid = settle(payment, attempt.card)
  await replaceIntent(tx, before, intent)
  await replacePayment(tx, payment, paid)
  await endAttempt(tx, attempt, 'succeeded', null)
  await book(deps, tx, paid, { processor: attempt.processor, amount: paid.amount })
  const subscriptionId = paid.subscriptionId ?? session?.subscriptionId ?? null
  const subscription =
    subscriptionId === null
      ? undefined
      : await settleInvoice(deps, tx, subscriptionId, paid, { ...attempt, cardToken: keptAs })
  // Nothing is left to pay on other pages for the same.
  if (subscription) await endCardSessions(deps, tx, subscription.id, isOther(session))
  const complete = session && completeSession(session)
  if (complete) await replaceSession(tx, session, complete)
  await announce(
    deps,
    tx,
    ['payment_intent.succeeded', intent],
    ['payment.succeeded', paid],
    ...(complete ? [['session.completed', complete] as const] : []),
  )
  return { intent, payment: paid, failure: null, ...(subscription && { subscription }) }
}

/** The card of an attempt did not pay. */
export async function applyDecline(
  deps: Deps,
  tx: Tx,
  { attempt, before, payment, session }: Trying,
  failure: Failure,
  lost = false,
): Promise<Confirmed> {
  const intent = failTrying(before, failure)
  const failed = fail(payment, attempt.card, failure)
  await replaceIntent(tx, before, intent)
  await replacePayment(tx, payment, failed)
  await endAttempt(tx, attempt, 'failed', failure)
  await announce(deps, tx, ['payment_intent.payment_failed', intent], ['payment.failed', failed])
  if (!session) {
    const { subscriptionId } = payment
    const subscription =
      subscriptionId === null
        ? undefined
        : await missInvoice(deps, tx, subscriptionId, failure, lost ? attempt.createdAt : undefined)
    if (subscription && isOver(subscription)) await endCardSessions(deps, tx, subscription.id)
    return { intent, payment: failed, failure, ...(subscription && { subscription }) }
  }
  await releaseInvoice(deps, tx, session, failure)
  if (!isTriedOut(intent)) return { intent, payment: failed, failure }
  // Too many cards have failed: nothing more is tried, and the shop makes a new session if it wants to.
  await endSession(deps, tx, session, 'automatic')
  const ended = (await selectIntent(tx, intent.id))!
  return { intent: ended, payment: await knownPayment(tx, ended), failure }
}

const isOther = (session: Session | null) => (other: Session) => other.invoiceId !== null && other.id !== session?.id

/** What the processor holds for us, we owe the merchant; an amount below zero goes back. */
export async function book(
  deps: Deps,
  tx: Tx,
  payment: Payment,
  { processor, amount }: { processor: string; amount: number },
): Promise<void> {
  const entry = (account: string, signed: number) => ({
    id: deps.newId(idPrefixes.entry),
    payment_id: payment.id,
    account,
    amount: signed,
    currency: payment.currency,
    created_at: deps.now(payment).toISOString(),
  })
  await insertEntries(tx, [entry(`processor:${processor}`, amount), entry(`merchant:${payment.accountId}`, -amount)])
}

export async function knownPayment(tx: Tx, intent: Intent): Promise<Payment> {
  const payment = intent.paymentId === null ? undefined : await selectPayment(tx, intent.paymentId)
  if (!payment) throw new Error(`Intent ${intent.id} has no payment`)
  return payment
}
