/**
 * What may be kept of a request and its answer, so that people can look at them later: of what was sent only fields that this
 * API knows and that hold nothing to hide, of what was answered all but its secrets, and of neither what could be a card
 * number. Semantics B3 and A10.
 */
import { withoutCardNumbers } from './card.ts'

/** Stands for what was there and is not kept. */
export const notKept = '[redacted]'

/** Texts, lists and objects beyond these are cut: enough for every request that makes sense. */
const longestText = 2000
const mostItems = 20
const deepest = 6

/**
 * Fields of requests whose values are kept, in the words of both APIs. Everything else is named and its value not kept: who
 * writes a card number into a field of another name finds it in no row.
 */
const plainFields = new Set(
  `active after_last_retry amount answer amount_details at_period_end after before billing_cycle_anchor cancel_at_period_end
  cancellation_reason charge charge_id clock comment currency customer customer_id customer_email customer_key days declared_test description
  email enabled endpoint_id entity_description events expires_at failure_reason family_name first_name frozen given_name hours id
  id_name id_payment id_plan interval interval_count items kind last_name limit locale metadata method minutes mode months name
  notes now object_id offset order_id page path payment_id payment_intent phone plan plan_id postal_code price_id product_id
  quantity reason redirect return_url running seconds session_id signature source statement_descriptor status subscription
  subscription_id target test times title to total trial_period_days trial_without_card type unit_amount url user user_id version
  delay_ms key_id left namespace q from until step state`.split(/\s+/),
)

/** Names whose values are secret in any answer. */
const secretName =
  /secret(?!_until$)|token|password|^key$|api_?key|bank|sinpe|account_number|routing|cvc|cvv|^number$|^state$/i
/** Texts that are secrets whatever they are called. */
const secretText = /(?:_secret_|\b(?:sk|rk|whsec)_)[0-9A-Za-z]/

const plainName = /^[A-Za-z][A-Za-z0-9_]{0,39}$/

/** A text as it may be kept. */
export function keptText(text: string, longest = longestText): string {
  if (secretText.test(text)) return notKept
  const safe = withoutCardNumbers(text.replaceAll('\0', ''))
  return safe.length <= longest ? safe : `${safe.slice(0, longest)}… (${text.length} characters)`
}

/** The JSON of a request as it may be kept. */
export const keptSent = (body: unknown): unknown =>
  isObject(body) ? keep(body, 1, (name) => plainFields.has(name)) : body === undefined ? null : notKept

/** The JSON of an answer as it may be kept. */
export const keptAnswer = (body: unknown): unknown =>
  body === undefined || body === null ? null : keep(body, 0, (name) => !secretName.test(name))

function keep(value: unknown, depth: number, isPlain: (name: string) => boolean): unknown {
  if (typeof value === 'string') return keptText(value)
  if (typeof value === 'number') return keptNumber(value)
  if (value === null || typeof value === 'boolean') return value
  if (depth > deepest) return '…'
  if (Array.isArray(value)) {
    const kept = value.slice(0, mostItems).map((inner) => keep(inner, depth + 1, isPlain))
    return value.length <= mostItems ? kept : [...kept, `… (${value.length} items)`]
  }
  if (!isObject(value)) return notKept
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 100)
      .map(([name, inner]) => {
        if (!plainName.test(name)) return [notKept, notKept]
        return [name, isPlain(name) ? keep(inner, depth + 1, isPlain) : notKept]
      }),
  )
}

/** Digits of a card may come as a number too. */
const keptNumber = (value: number): unknown => (keptText(String(value)) === String(value) ? value : notKept)

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A form as it may be kept: `card[number]` is no field of a name that is. */
export const keptForm = (text: string): unknown => keptSent(Object.fromEntries(new URLSearchParams(text)))

/** Headers whose values help whoever looks for a mistake. */
const plainHeaders = new Set([
  'accept',
  'accept-language',
  'cache-control',
  'content-length',
  'content-type',
  'host',
  'idempotency-key',
  'idempotent-replayed',
  'origin',
  'retry-after',
  'sec-fetch-site',
  'user-agent',
  'vary',
  'www-authenticate',
  'x-content-type-options',
  'x-request-id',
  'x-sandbox-namespace',
  'allow',
  'access-control-allow-origin',
])
/** Headers that nobody has to know of. */
const silentHeaders = /^(?:sec-(?!fetch-site)|connection|upgrade|cookie|priority|x-forwarded|forwarded|accept-encoding)/

/** Headers as they may be kept: credentials by their kind and their last four characters, which keys are known by. */
export function keptHeaders(headers: Iterable<readonly [string, string]>): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [written, value] of headers) {
    const name = written.toLowerCase()
    if (!/^[a-z][a-z0-9-]{0,39}$/.test(name) || /\d{8}/.test(name) || silentHeaders.test(name)) continue
    if (name === 'x-api-key' || name === 'authorization') kept[name] = keptCredential(value)
    else kept[name] = plainHeaders.has(name) ? keptText(value, 300) : notKept
  }
  return kept
}

function keptCredential(value: string): string {
  const [, scheme = ''] = /^((?:basic|bearer|api-key) +)/i.exec(value) ?? []
  const key = value.slice(scheme.length)
  const [, kind] = /^(sk_(?:test|live)_)\w{4,}$/.exec(key) ?? []
  return kind === undefined ? `${scheme}${notKept}` : `${scheme}${kind}…${key.slice(-4)}`
}

/** Ids as this server makes them; of a session's, the mode stands in its prefix. */
const idPattern =
  /^(?:cs_(?:test|live)|pi|pay|cus|prod|plan|plink|sub|ref|in|att|3ds|evt|req|we|whd|sw|drill)_[0-9A-Za-z]{1,60}$/

export const isId = (value: unknown): value is string => typeof value === 'string' && idPattern.test(value)

/** A path as it may be kept: words of its route, ids and small numbers; in its query, fields that are kept in a body. */
export function keptPath(url: string, route: string): string {
  const { pathname, searchParams } = new URL(url)
  const words = new Set(route.split('/'))
  const path = pathname
    .split('/')
    .map((part) => (words.has(part) || isId(part) || /^[0-9]{1,9}$/.test(part) ? part : keptPart(part)))
    .join('/')
  const query = [...searchParams]
    .slice(0, 20)
    .map(([name, value]) =>
      plainName.test(name) ? `${name}=${plainFields.has(name) ? encodeURIComponent(keptText(value, 200)) : '…'}` : '…',
    )
  return query.length === 0 ? path : `${path}?${query.join('&')}`
}

/** Short keys of the legacy API and words that are none of the route's. */
const keptPart = (part: string): string => (/^[0-9A-Za-z_-]{1,40}$/.test(part) && keptText(part) === part ? part : '…')

/** Most ids that one request is found by. */
const mostIds = 12

/** The ids of objects that a request was about: in its path, and at the top of what was sent and answered. */
export function idsIn(path: string, ...bodies: readonly unknown[]): string[] {
  const ids = new Set<string>(path.split(/[/?]/).filter(isId))
  for (const body of bodies) {
    if (!isObject(body)) continue
    const error = isObject(body['error']) ? body['error'] : {}
    for (const value of [body, body['data'], error['payment_intent']].filter(isObject)) {
      for (const inner of Object.values(value)) if (isId(inner)) ids.add(inner)
    }
  }
  return [...ids].slice(0, mostIds)
}
