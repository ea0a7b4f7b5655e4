/**
 * One click on Pay, from the card to its outcome. A request that left without an answer may have charged the card,
 * so nothing here reports a failure before the payment side has said that there is no charge.
 */
import type { IntentView } from '../../server/contract/checkout.ts'
import {
  cardErrorCodes,
  declineCodes,
  type CardErrorCode,
  type DeclineCode,
  type ErrorBody,
} from '../../server/contract/errors.ts'
import { isPaymentId, type FrameFailure } from '../channel.ts'

export type CardDetails = { number: string; exp_month: string; exp_year: string; cvc: string }

export type Outcome =
  | { is: 'paid'; paymentId: string | null }
  | { is: 'declined'; code: CardErrorCode; declineCode: DeclineCode | null }
  /** The bank wants to hear from the buyer, on a page of the payment side. */
  | { is: 'challenge'; path: string }
  | { is: 'expired' }
  | { is: 'failed'; reason: FrameFailure }

/** No charge exists and none is under way; `last` is why the last card was refused, if one was. */
export type Untouched = { is: 'untouched'; last: Outcome | null }

export type Intent = { id: string; clientSecret: string }

export type Means = {
  fetch: typeof fetch
  /** Waits; given, so that a test need not. */
  sleep(delayMs: number): Promise<unknown>
  newKey(): string
  /** Told when it will take longer to learn what happened. */
  onChecking(): void
}

type Tried = Outcome | 'unknown' | 'busy' | 'limited' | 'reused'

const tries = 3
const patienceMs = 30_000

/**
 * Confirms an intent. `key` is this click's idempotency key: every automatic retry carries the same one.
 * Answers the outcome, and the key to use again when this click was never answered.
 */
export async function confirm(
  intent: Intent,
  card: CardDetails,
  key: string,
  means: Means,
): Promise<{ outcome: Outcome; openKey: string | null }> {
  let mayExist = false
  const settled = (outcome: Outcome) => ({ outcome, openKey: null })

  /** Up to three requests under one key; undefined when none was answered for good. */
  const send = async (): Promise<Outcome | undefined> => {
    let minted = false
    for (let tried = 0; tried < tries; tried++) {
      const { answer, pauseMs } = await post(intent, card, key, means)
      if (answer === 'reused' && !minted) {
        minted = true
        key = means.newKey()
        tried--
        continue
      }
      if (typeof answer === 'object') {
        if (answer.is !== 'failed' || !mayExist) return answer
        return undefined
      }
      if (answer === 'unknown' || answer === 'busy') mayExist = true
      else if (answer === 'reused') return mayExist ? undefined : { is: 'failed', reason: 'refused' }
      if (tried + 1 < tries) await means.sleep(pauseMs ?? 400 * 3 ** tried)
    }
    return mayExist ? undefined : { is: 'failed', reason: 'limited' }
  }

  let outcome = await send()
  if (outcome) return settled(outcome)
  for (let isResent = false; ; isResent = true) {
    const found = await findOut(intent, means)
    if (found.is !== 'untouched') return settled(found)
    // The request never arrived, or its answer was a refusal that got lost. The same key learns which, at no risk.
    if (isResent) return { outcome: { is: 'failed', reason: 'network' }, openKey: key }
    outcome = await send()
    if (outcome) return settled(outcome)
  }
}

/** Asks until it is known what became of a card that was sent, by this page or by one before it. */
export async function findOut(intent: Intent, means: Means): Promise<Outcome | Untouched> {
  for (let asked = 0; ; asked++) {
    const found = await look(intent, means)
    if (found) return found
    if (asked === 0) means.onChecking()
    await means.sleep(Math.min(1000 * 1.5 ** asked, 15_000))
  }
}

async function post(
  intent: Intent,
  card: CardDetails,
  key: string,
  means: Means,
): Promise<{ answer: Tried; pauseMs?: number }> {
  try {
    const response = await means.fetch(`/v1/payments/intent/${intent.id}/confirm`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ client_secret: intent.clientSecret, card }),
      signal: AbortSignal.timeout(patienceMs),
    })
    const answer = read(response.status, await response.json())
    const seconds = Number(response.headers.get('retry-after'))
    return seconds > 0 ? { answer, pauseMs: Math.min(seconds, 5) * 1000 } : { answer }
  } catch {
    return { answer: 'unknown' }
  }
}

function read(status: number, body: unknown): Tried {
  if (status < 300) return readIntent(body as IntentView) ?? 'unknown'
  if (status >= 500) return 'unknown'
  if (status === 429) return 'limited'
  if (status === 409) return 'busy'
  const error = (body as Partial<ErrorBody> | null)?.error
  if (status === 402) return declined(error?.code, error?.decline_code)
  if (error?.code === 'idempotency_key_reused') return 'reused'
  if (error?.code === 'session_expired') return { is: 'expired' }
  if (error?.code === 'session_complete') return 'unknown'
  if (error?.payment_intent) return readIntent(error.payment_intent) ?? 'unknown'
  const code = fieldCodes.find(([field]) => error?.param?.endsWith(field))?.[1]
  return code && status === 422 ? declined(code, null) : { is: 'failed', reason: 'refused' }
}

const fieldCodes: [string, CardErrorCode][] = [
  ['number', 'incorrect_number'],
  ['exp_month', 'invalid_expiry_month'],
  ['exp_year', 'invalid_expiry_year'],
  ['cvc', 'invalid_cvc'],
]

function declined(code: unknown, declineCode: unknown): Outcome {
  return {
    is: 'declined',
    code: cardErrorCodes.find((known) => known === code) ?? 'card_declined',
    declineCode: declineCodes.find((known) => known === declineCode) ?? null,
  }
}

/** What an intent's state means for a click that confirmed it, or null while that is open. */
function readIntent(intent: IntentView | null): Outcome | null {
  switch (intent?.status) {
    case 'succeeded':
      return { is: 'paid', paymentId: isPaymentId(intent.payment_id) ? intent.payment_id : null }
    case 'requires_action':
      return intent.next_action && { is: 'challenge', path: new URL(intent.next_action.url).pathname }
    case 'canceled':
      return { is: 'expired' }
    case 'requires_payment_method': {
      const error = intent.last_payment_error
      return error ? declined(error.code, error.decline_code) : null
    }
    default:
      return null
  }
}

/** Asks once what became of the intent; null while that is open, or nobody answers. */
export async function look(intent: Intent, means: Pick<Means, 'fetch'>): Promise<Outcome | Untouched | null> {
  try {
    const response = await means.fetch(`/v1/payments/intent/${intent.id}`, {
      headers: { 'x-client-secret': intent.clientSecret },
      cache: 'no-store',
      signal: AbortSignal.timeout(patienceMs),
    })
    if (!response.ok) return null
    const view = (await response.json()) as IntentView
    const found = readIntent(view)
    return view.status.startsWith('requires') && found?.is !== 'challenge' ? { is: 'untouched', last: found } : found
  } catch {
    return null
  }
}
