/** A payment intent: the one purchase of one session, through as many cards as the buyer tries. Semantics B2. */
import type { CancellationReason, IntentStatus } from '../contract/checkout.ts'
import type { CardErrorCode, DeclineCode } from '../contract/errors.ts'
import { Problem } from './problem.ts'
import { savesOnly, type Session, sessionClosed, statusAt } from './session.ts'

/** Why a card did not pay. */
export type Failure = { code: CardErrorCode; declineCode: DeclineCode | null }

/** What its cards are tried for: money now, or to be kept for charges to come. */
export type IntentPurpose = 'payment' | 'setup'

export type Intent = {
  id: string
  /** The checkout session whose purchase it is; null for a card that the shop charges by itself. */
  sessionId: string | null
  accountId: string
  live: boolean
  purpose: IntentPurpose
  status: IntentStatus
  /** Minor units, copied from the session and never changed: of a set-up, what is charged later. */
  amount: number
  currency: string
  /** How many cards have been tried. */
  attempts: number
  /** The payment that the first attempt made; a set-up has none. */
  paymentId: string | null
  /** The 3-D Secure challenge that its buyer is to answer, while it waits for one. */
  challengeId: string | null
  lastFailure: Failure | null
  cancellationReason: CancellationReason | null
  createdAt: string
  version: number
}

/** The moves of a card payment; the states not named are reached by no card payment of ours. */
const moves = {
  requires_payment_method: ['processing', 'canceled'],
  requires_confirmation: [],
  requires_action: ['processing', 'requires_payment_method', 'canceled'],
  processing: ['succeeded', 'requires_payment_method', 'requires_action'],
  requires_capture: [],
  succeeded: [],
  canceled: [],
} as const satisfies Record<IntentStatus, readonly IntentStatus[]>

function move(intent: Intent, to: IntentStatus): Intent {
  const open: readonly IntentStatus[] = moves[intent.status]
  if (!open.includes(to)) throw unexpectedState(intent)
  return { ...intent, status: to, challengeId: null, version: intent.version + 1 }
}

/** An intent is canceled, and its session over, when this many cards have failed. */
export const mostAttempts = 10

/** The intent of a session, made when a page first asks for it. */
export function newIntent(session: Session, by: { id: string; now: Date }): Intent {
  const status = statusAt(session, by.now)
  if (status !== 'open') throw sessionClosed({ ...session, status })
  return intentFor({ ...session, sessionId: session.id, purpose: savesOnly(session) ? 'setup' : 'payment' }, by)
}

/** The intent of a charge that no session asks for. */
export const newDirectIntent = (
  order: Pick<Intent, 'accountId' | 'live' | 'amount' | 'currency'>,
  by: { id: string; now: Date },
): Intent => intentFor({ ...order, sessionId: null, purpose: 'payment' }, by)

function intentFor(
  order: Pick<Intent, 'accountId' | 'live' | 'amount' | 'currency' | 'sessionId' | 'purpose'>,
  by: { id: string; now: Date },
): Intent {
  return {
    id: by.id,
    sessionId: order.sessionId,
    accountId: order.accountId,
    live: order.live,
    purpose: order.purpose,
    status: 'requires_payment_method',
    amount: order.amount,
    currency: order.currency,
    attempts: 0,
    paymentId: null,
    challengeId: null,
    lastFailure: null,
    cancellationReason: null,
    createdAt: by.now.toISOString(),
    version: 1,
  }
}

/** A card is about to be tried: the payment it belongs to, if it is to pay, is known from here on. */
export function startTrying(intent: Intent, session: Session | null, by: { paymentId: string; now: Date }): Intent {
  if (intent.status === 'processing') throw stillProcessing(intent)
  if (intent.status === 'succeeded' || intent.status === 'canceled') throw unexpectedState(intent)
  const status = session && statusAt(session, by.now)
  if (session && status && status !== 'open') throw sessionClosed({ ...session, status })
  if (intent.attempts >= mostAttempts) {
    throw new Problem(
      'payment_intent_unexpected_state',
      {
        en: `${mostAttempts} cards have been tried; create a new session for another try`,
        es: `Ya se intentó con ${mostAttempts} tarjetas; cree una sesión nueva para intentar otra vez`,
      },
      { intent },
    )
  }
  return {
    ...move(intent, 'processing'),
    attempts: intent.attempts + 1,
    paymentId: intent.paymentId ?? (intent.purpose === 'payment' ? by.paymentId : null),
    lastFailure: null,
  }
}

export const succeed = (intent: Intent): Intent => move(intent, 'succeeded')

/** The buyer's bank wants to hear from the buyer. */
export const askBuyer = (intent: Intent, challengeId: string): Intent => ({
  ...move(intent, 'requires_action'),
  challengeId,
})

/** The buyer has answered their bank: the same card is asked for its money now. */
export function goOnTrying(intent: Intent): Intent {
  if (intent.status !== 'requires_action') throw unexpectedState(intent)
  return move(intent, 'processing')
}

/** The card did not pay; another may. */
export const failTrying = (intent: Intent, failure: Failure): Intent => ({
  ...move(intent, 'requires_payment_method'),
  lastFailure: failure,
})

/** Ends it. What is being tried is waited for, and what is over stays as it is. */
export function cancelIntent(intent: Intent, cancellationReason: CancellationReason): Intent {
  if (intent.status === 'processing') throw stillProcessing(intent)
  return { ...move(intent, 'canceled'), cancellationReason }
}

/** Whether time or the shop may end this intent now; one that is being tried waits for its result. */
export const isIdle = (intent: Intent): boolean =>
  intent.status === 'requires_payment_method' || intent.status === 'requires_action'

export const isTriedOut = (intent: Intent): boolean => isIdle(intent) && intent.attempts >= mostAttempts

const stillProcessing = (intent: Intent): Problem =>
  new Problem(
    'payment_intent_processing',
    {
      en: 'Another attempt to pay this is under way; ask for its result',
      es: 'Hay otro intento de pago en curso; consulte su resultado',
    },
    { intent, retryAfterSeconds: 1 },
  )

function unexpectedState(intent: Intent): Problem {
  return new Problem(
    'payment_intent_unexpected_state',
    {
      en: `This payment intent is ${intent.status}; nothing more can be done with it`,
      es: `Este intento de pago está en estado ${intent.status}; ya no admite más acciones`,
    },
    { intent },
  )
}

/** Reasons that would tell a card tester too much: only the merchant reads them. Source: the card table, section 9. */
const secretReasons: ReadonlySet<DeclineCode> = new Set(['lost_card', 'stolen_card', 'pickup_card', 'fraudulent'])

/** A failure as someone without the secret key may read it. */
export const publicFailure = (failure: Failure): Failure =>
  failure.declineCode && secretReasons.has(failure.declineCode)
    ? { ...failure, declineCode: 'generic_decline' }
    : failure
