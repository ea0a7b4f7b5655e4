/** Where an account's events are sent, and when a delivery is tried again. Semantics B6. */
import { eventTypes, type EventType } from '../contract/events.ts'
import type { DeliveryError, DeliveryStatus, SignatureForm, WebhookEndpointView } from '../contract/resources.ts'
import type { WebhookFault } from '../contract/sandbox.ts'
import { firstVersion, type Maker, type Owned, type Owner } from './account.ts'
import { readAddress } from './address.ts'
import { withoutCardNumbers } from './card.ts'
import { type Fault, type Say, refuseFields } from './problem.ts'

export type WebhookEndpoint = Owned & {
  url: string
  description: string | null
  /** Types, families such as `payment.*`, or `*`. */
  events: string[]
  signature: SignatureForm
  status: WebhookEndpointView['status']
  disabledReason: WebhookEndpointView['disabled_reason']
  /** Since when nothing has arrived. */
  failingSince: string | null
  /** Sealed: only the server's own secret opens it. */
  secret: string
  /** The one before, sealed, and until when it signs as well. */
  formerSecret: string | null
  formerUntil: string | null
}

export type NewEndpoint = {
  url: string
  description: string | null
  events: string[]
  signature: SignatureForm
}

/** What may be changed of it; what is left out stays. */
export type EndpointChange = Partial<NewEndpoint> & { enabled?: boolean }

const families = new Set(eventTypes.map((type) => `${type.split('.')[0]}.*`))
const known = new Set<string>(eventTypes)

const unknownType: Say = {
  en: 'must be types such as payment.succeeded, families such as payment.*, or *',
  es: 'debe tener tipos como payment.succeeded, familias como payment.*, o *',
}

function check({ url, events }: Partial<NewEndpoint>, live: boolean): string | undefined {
  const faults: Fault[] = []
  const read = url === undefined ? undefined : readAddress(url, { live })
  if (read && 'fault' in read) faults.push({ field: 'url', say: read.fault })
  if (events && !events.every((one) => one === '*' || known.has(one) || families.has(one))) {
    faults.push({ field: 'events', say: unknownType })
  }
  if (faults.length > 0) return refuseFields(faults)
  return read && 'href' in read ? read.href : undefined
}

const cleaned = (description: string | null): string | null =>
  description === null ? null : withoutCardNumbers(description)

export function newEndpoint(wanted: NewEndpoint, secret: string, maker: Maker): WebhookEndpoint {
  const url = check(wanted, maker.by.live)!
  return {
    ...firstVersion(maker),
    ...wanted,
    url,
    description: cleaned(wanted.description),
    events: [...new Set(wanted.events)],
    status: 'enabled',
    disabledReason: null,
    failingSince: null,
    secret,
    formerSecret: null,
    formerUntil: null,
  }
}

/** One that is enabled again begins anew: what kept it from arriving is forgotten. */
export function changeEndpoint(endpoint: WebhookEndpoint, change: EndpointChange): WebhookEndpoint {
  const { enabled, ...fields } = change
  const url = check(fields, endpoint.live)
  const after = {
    ...endpoint,
    ...fields,
    ...(url !== undefined && { url }),
    ...(fields.description !== undefined && { description: cleaned(fields.description) }),
    ...(fields.events && { events: [...new Set(fields.events)] }),
    version: endpoint.version + 1,
  }
  if (enabled === undefined || enabled === (endpoint.status === 'enabled')) return after
  return enabled
    ? { ...after, status: 'enabled', disabledReason: null, failingSince: null }
    : { ...after, status: 'disabled', disabledReason: 'requested' }
}

export const disable = (
  endpoint: WebhookEndpoint,
  reason: NonNullable<WebhookEndpoint['disabledReason']>,
): WebhookEndpoint => ({ ...endpoint, status: 'disabled', disabledReason: reason, version: endpoint.version + 1 })

/** How long both secrets sign after a rotation. */
const rotationMs = 24 * 3_600_000

export const rotateSecret = (endpoint: WebhookEndpoint, secret: string, now: Date): WebhookEndpoint => ({
  ...endpoint,
  secret,
  formerSecret: endpoint.secret,
  formerUntil: new Date(now.getTime() + rotationMs).toISOString(),
  version: endpoint.version + 1,
})

/** The sealed secrets that sign now, the newest first. */
export const signingSecrets = (endpoint: WebhookEndpoint, now: Date): string[] =>
  endpoint.formerSecret !== null && endpoint.formerUntil !== null && endpoint.formerUntil > now.toISOString()
    ? [endpoint.secret, endpoint.formerSecret]
    : [endpoint.secret]

/** Whether it wants to hear of this. */
export const wants = ({ events }: Pick<WebhookEndpoint, 'events'>, type: EventType): boolean =>
  events.includes('*') || events.includes(type) || events.includes(`${type.split('.')[0]}.*`)

/** After so long without anything arriving it is disabled. */
const patienceMs = 5 * 24 * 3_600_000

export const isHopeless = ({ failingSince }: Pick<WebhookEndpoint, 'failingSince'>, now: Date): boolean =>
  failingSince !== null && now.getTime() - Date.parse(failingSince) >= patienceMs

/** One event on its way to one endpoint. */
export type Delivery = Owner & {
  id: string
  endpointId: string
  eventId: string
  eventType: EventType
  /** What is sent, the same bytes each time. */
  body: string
  status: DeliveryStatus
  /** How often it was tried since it was last put on the schedule. */
  tries: number
  /** How often it was tried at all. */
  attempts: number
  nextAttemptAt: string | null
  /** Whoever tries it has until then; after it, others may. */
  leasedUntil: string | null
  /** Which switch of the sandbox has met it: none meets it again. */
  fault: WebhookFault | null
  createdAt: string
  version: number
}

/** What a try came to. */
export type Tried = {
  at: Date
  ms: number
  httpStatus: number | null
  error: DeliveryError | null
  /** The beginning of the answer, without what could be a card number. */
  response: string | null
  /** What the answer asked for in `Retry-After`. */
  retryAfterMs: number | null
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** How long after each failed try the next one is: ten tries in 75 hours and 35 minutes. */
export const retryDelaysMs = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
] as const

/** Answers that ask for slowness. */
const slowDown = new Set([429, 502, 504])

export const hasArrived = ({ httpStatus }: Pick<Tried, 'httpStatus'>): boolean =>
  httpStatus !== null && httpStatus >= 200 && httpStatus < 300

/**
 * What becomes of a delivery after a try: arrived, tried again on the schedule, or given up. `jitter` is from -1 to 1 and
 * moves the moment by at most a tenth; `Retry-After` may only make it later, and not by more than a day.
 */
export function afterTry(delivery: Delivery, tried: Tried, jitter: number): Delivery {
  const tries = delivery.tries + 1
  const after = {
    ...delivery,
    tries,
    attempts: delivery.attempts + 1,
    leasedUntil: null,
    version: delivery.version + 1,
  }
  if (hasArrived(tried)) return { ...after, status: 'succeeded', nextAttemptAt: null }
  const delay = retryDelaysMs[tries - 1]
  if (tried.httpStatus === 410 || delay === undefined) return { ...after, status: 'failed', nextAttemptAt: null }
  const usual = delay * (1 + jitter / 10) * (slowDown.has(tried.httpStatus ?? 0) ? 2 : 1)
  const waits = Math.max(usual, Math.min(tried.retryAfterMs ?? 0, 24 * hour))
  return { ...after, nextAttemptAt: new Date(tried.at.getTime() + tried.ms + Math.round(waits)).toISOString() }
}

/** One that a switch has met, and that goes its way. */
export const markDelivery = (delivery: Delivery, fault: WebhookFault): Delivery => ({
  ...delivery,
  fault,
  version: delivery.version + 1,
})

/** One that a switch holds back. */
export const holdDelivery = (delivery: Delivery, fault: WebhookFault, until: Date): Delivery => ({
  ...markDelivery(delivery, fault),
  nextAttemptAt: until.toISOString(),
  leasedUntil: null,
})

/**
 * After a try that carried a wrong signature on purpose: whatever it came to, the delivery is yet to be sent rightly, and its
 * schedule begins then.
 */
export const afterSpoiltTry = (delivery: Delivery, tried: Tried): Delivery => ({
  ...delivery,
  attempts: delivery.attempts + 1,
  nextAttemptAt: new Date(tried.at.getTime() + tried.ms + retryDelaysMs[0]).toISOString(),
  leasedUntil: null,
  version: delivery.version + 1,
})

/** It is sent once more, now, and then on the schedule from its beginning: the same id, the same bytes. */
export const replayDelivery = (delivery: Delivery, now: Date): Delivery => ({
  ...delivery,
  status: 'pending',
  tries: 0,
  nextAttemptAt: now.toISOString(),
  leasedUntil: null,
  fault: null,
  version: delivery.version + 1,
})
