/** From a problem to the documented body: `{code, title, content, type}` with this project's `error` and `errors`. */
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { CardErrorCode, DeclineCode, ErrorBody, ErrorCode } from '../contract/errors.ts'
import { Problem } from '../domain/problem.ts'
import { type Env, languageFor, reply } from '../wire/reply.ts'
import { showIntent } from '../wire/show.ts'
import { cardText, titles } from '../wire/texts.ts'

/** Every code's status on this face; a new code does not compile until it has one. */
export const statusOf: Record<ErrorCode, ContentfulStatusCode> = {
  invalid_request: 400,
  invalid_json: 400,
  invalid_body: 400,
  parameter_missing: 400,
  parameter_invalid: 422,
  unauthorized: 401,
  insufficient_scope: 403,
  conflicting_credentials: 400,
  secret_key_in_browser: 403,
  no_api_keys: 404,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  idempotency_key_invalid: 400,
  idempotency_key_in_use: 409,
  idempotency_key_reused: 422,
  session_expired: 400,
  session_complete: 400,
  session_busy: 409,
  session_wrong_mode: 400,
  payment_intent_unexpected_state: 400,
  payment_intent_processing: 409,
  payment_unexpected_state: 400,
  charge_already_refunded: 400,
  amount_too_large: 422,
  payment_link_inactive: 400,
  subscription_unexpected_state: 400,
  live_mode_unavailable: 403,
  card_data_refused: 403,
  charge_unresolved: 503,
  test_clock_advancing: 409,
  invoice_unexpected_state: 400,
  body_too_large: 413,
  unsupported_media_type: 415,
  too_many_requests: 429,
  internal_error: 500,
  service_unavailable: 503,
  card_declined: 402,
  expired_card: 402,
  incorrect_cvc: 402,
  incorrect_number: 402,
  incorrect_zip: 402,
  invalid_cvc: 402,
  invalid_expiry_month: 402,
  invalid_expiry_year: 402,
  processing_error: 402,
  payment_intent_authentication_failure: 402,
}

/** Answers a problem in the documented body, in the caller's language. */
export function answerProblem(c: Context<Env>, problem: Problem): Response {
  const language = languageFor(c)
  const { faults, declineCode, intent, retryAfterSeconds, allow } = problem.about
  if (retryAfterSeconds !== undefined) c.get('headers')['Retry-After'] = String(retryAfterSeconds)
  if (allow) c.get('headers')['Allow'] = allow.join(', ')
  if (problem.code === 'unauthorized')
    c.get('headers')['WWW-Authenticate'] = 'Basic realm="4Geeks Payments", charset="UTF-8"'
  const status = statusOf[problem.code]
  const body: ErrorBody = {
    code: status,
    title: titles[status]?.[language] ?? titles[400]![language],
    content: problem.say[language],
    type: 'danger',
    ...(faults && { errors: faults.map(({ field, say }) => ({ field, message: say[language] })) }),
    error: {
      code: problem.code,
      decline_code: declineCode ?? null,
      param: faults?.[0]?.field ?? null,
      request_id: c.get('requestId'),
      ...(intent && { payment_intent: showIntent(intent, language) }),
    },
  }
  return reply(c, body, status)
}

/** A declined card, as someone without the secret key may read it. */
export function cardProblem(code: CardErrorCode, declineCode: DeclineCode | null, about: Problem['about']): Problem {
  return new Problem(code, cardText(code, declineCode), { ...about, ...(declineCode && { declineCode }) })
}

/** What went wrong, as a problem: Hono's own refusals are translated, and anything unknown is our fault. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error
  if (!(error instanceof HTTPException)) return undefined
  switch (error.status) {
    case 400:
      return new Problem('invalid_json', {
        en: 'The body is not readable JSON',
        es: 'El cuerpo no es JSON legible',
      })
    case 413:
      return bodyTooLarge()
    case 415:
      return new Problem('unsupported_media_type', {
        en: 'Send the body as JSON, with the header Content-Type: application/json',
        es: 'Envíe el cuerpo como JSON, con el encabezado Content-Type: application/json',
      })
    default:
      return undefined
  }
}

export const bodyTooLarge = (): Problem =>
  new Problem('body_too_large', {
    en: 'The body is larger than 64 kB',
    es: 'El cuerpo pasa de 64 kB',
  })
