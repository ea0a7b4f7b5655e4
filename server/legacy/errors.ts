/** From a problem to the one body that every reader of this face understands. Source: the legacy API's reference, "Errors". */
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { type CardErrorCode, cardErrorCodes, type ErrorCode } from '../contract/errors.ts'
import type { Fault, Problem, Say } from '../domain/problem.ts'
import { type Env, languageFor, reply } from '../wire/reply.ts'

/**
 * Every code's status on this face; a new code does not compile until it has one. Its clients know few: a refused card is
 * 400, and so is whatever else they sent that cannot be accepted. Only a repeated key that is still at work is 409, for
 * those who send keys at all.
 */
export const statusOf: Record<ErrorCode, ContentfulStatusCode> = {
  invalid_request: 400,
  invalid_json: 400,
  parameter_missing: 400,
  parameter_invalid: 400,
  unauthorized: 401,
  insufficient_scope: 403,
  invalid_body: 400,
  conflicting_credentials: 400,
  secret_key_in_browser: 403,
  no_api_keys: 404,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 400,
  idempotency_key_invalid: 400,
  idempotency_key_in_use: 409,
  idempotency_key_reused: 400,
  session_expired: 400,
  session_complete: 400,
  session_busy: 400,
  session_wrong_mode: 400,
  payment_intent_unexpected_state: 400,
  payment_intent_processing: 400,
  payment_unexpected_state: 400,
  charge_already_refunded: 400,
  amount_too_large: 400,
  payment_link_inactive: 400,
  subscription_unexpected_state: 400,
  live_mode_unavailable: 403,
  card_data_refused: 403,
  charge_unresolved: 503,
  test_clock_advancing: 400,
  invoice_unexpected_state: 400,
  body_too_large: 400,
  unsupported_media_type: 400,
  too_many_requests: 429,
  internal_error: 500,
  service_unavailable: 503,
  card_declined: 400,
  expired_card: 400,
  incorrect_cvc: 400,
  incorrect_number: 400,
  incorrect_zip: 400,
  invalid_cvc: 400,
  invalid_expiry_month: 400,
  invalid_expiry_year: 400,
  processing_error: 400,
  payment_intent_authentication_failure: 400,
}

/** The English ones are read word for word by shop plugins. */
const cardTexts: Record<CardErrorCode, Say> = {
  card_declined: {
    en: 'Your card was declined. Please review it with your Bank.',
    es: 'Su tarjeta fue rechazada. Por favor, consúltelo con su banco.',
  },
  expired_card: {
    en: 'Your card has expired. Please review it with your Bank.',
    es: 'Su tarjeta está vencida. Por favor, consúltelo con su banco.',
  },
  incorrect_cvc: {
    en: "Card's security code is not correct.",
    es: 'El código de seguridad de la tarjeta no es correcto.',
  },
  incorrect_number: {
    en: 'Your card number is incorrect. Please check the values.',
    es: 'El número de su tarjeta es incorrecto. Por favor, revise los datos.',
  },
  incorrect_zip: { en: 'Your postal code is not correct.', es: 'Su código postal no es correcto.' },
  invalid_cvc: { en: "Card's security code is not valid.", es: 'El código de seguridad de la tarjeta no es válido.' },
  invalid_expiry_month: {
    en: "Card's expiration month is not valid.",
    es: 'El mes de vencimiento de la tarjeta no es válido.',
  },
  invalid_expiry_year: {
    en: "Card's expiration year is not valid.",
    es: 'El año de vencimiento de la tarjeta no es válido.',
  },
  processing_error: {
    en: 'Your card could not be processed, and nothing was charged. Please try again in a moment.',
    es: 'No se pudo procesar su tarjeta y no se cobró nada. Por favor, intente de nuevo en un momento.',
  },
  payment_intent_authentication_failure: {
    en: 'Your bank could not confirm that the card is yours.',
    es: 'Su banco no pudo confirmar que la tarjeta es suya.',
  },
}

/** Which field a card's fault lies in, where it lies in one. */
const cardFields: Partial<Record<ErrorCode, string>> = {
  incorrect_number: 'credit_card_number',
  incorrect_cvc: 'credit_card_security_code_number',
  invalid_cvc: 'credit_card_security_code_number',
  invalid_expiry_month: 'exp_month',
  invalid_expiry_year: 'exp_year',
}

const isCardCode = (code: ErrorCode): code is CardErrorCode => cardErrorCodes.some((one) => one === code)

/** The kinds that client libraries make their exceptions of. */
function kindOf(code: ErrorCode, status: number): string {
  if (isCardCode(code)) return 'card_error'
  switch (status) {
    case 401:
    case 403:
      return 'authentication_error'
    case 429:
      return 'rate_limit_error'
    case 500:
    case 503:
      return 'api_error'
    default:
      return code.startsWith('idempotency') ? 'idempotency_error' : 'invalid_request_error'
  }
}

/** Answers a problem: `detail` and `error.message` in the caller's language, `error.en` and `error.es` in both. */
export function answerLegacyProblem(c: Context<Env>, problem: Problem): Response {
  const { code, about } = problem
  const language = languageFor(c)
  const status = statusOf[code]
  const headers = c.get('headers')
  if (about.retryAfterSeconds !== undefined) headers['Retry-After'] = String(about.retryAfterSeconds)
  if (about.allow) headers['Allow'] = about.allow.join(', ')
  if (code === 'unauthorized') headers['WWW-Authenticate'] = 'Bearer realm="4Geeks Payments"'
  const faults = faultsOf(problem)
  const say = isCardCode(code) ? cardTexts[code] : sayAll(problem.say, faults)
  const body = {
    // First, so that no field of that name could hide what the others are read for.
    ...Object.fromEntries(faults.map(({ field, say: fault }) => [field, [fault[language]]])),
    detail: say[language],
    error: {
      en: say.en,
      es: say.es,
      message: say[language],
      code,
      decline_code: about.declineCode ?? null,
      param: faults[0]?.field ?? null,
      type: kindOf(code, status),
      request_id: c.get('requestId'),
    },
    code: status,
    content: say[language],
  }
  return reply(c, body, status)
}

function faultsOf({ code, about }: Problem): readonly Fault[] {
  if (about.faults) return about.faults.map(({ field, say }) => ({ field, say: sentence(field, say) }))
  const field = cardFields[code]
  return field !== undefined && isCardCode(code) ? [{ field, say: cardTexts[code] }] : []
}

/** What is wrong with a field is written to follow its name. */
const sentence = (field: string, say: Say): Say =>
  /^\p{Lu}/u.test(say.en) ? say : { en: `${field} ${say.en}.`, es: `${field} ${say.es}.` }

/** Readers of `detail` alone learn of every field. */
const sayAll = (say: Say, faults: readonly Fault[]): Say =>
  faults.length > 1
    ? { en: faults.map((one) => one.say.en).join(' '), es: faults.map((one) => one.say.es).join(' ') }
    : (faults[0]?.say ?? say)
