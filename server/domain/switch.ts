/** The sandbox's switches: what is to go wrong with the next requests or deliveries, whose, and how often. */
import {
  requestFaults,
  type SwitchKind,
  type SwitchTarget,
  type WebhookFault,
  webhookFaults,
} from '../contract/sandbox.ts'
import { type Fault, type Say, refuseFields } from './problem.ts'

export type Switch = {
  id: string
  accountId: string
  kind: SwitchKind
  /** Whom it is for: at most one of the three. */
  keyId: string | null
  sessionId: string | null
  endpointId: string | null
  times: number
  left: number
  delayMs: number | null
  method: string | null
  /** A path in which each `*` stands for anything. */
  path: string | null
  createdAt: string
  usedAt: string | null
}

export type NewSwitch = {
  kind: SwitchKind
  times: number
  target: SwitchTarget
  delayMs: number | null
  method: string | null
  path: string | null
}

export const mostTimes = 1000
export const longestDelayMs = 60_000
/** How many may be on at a time; as many that have done their work are kept to be read. */
export const mostSwitches = 100
const mostStars = 5

/** How long they wait that wait, unless they say so; a delivery that is held waits no longer for a later one. */
const usualDelayMs: Partial<Record<SwitchKind, number>> = {
  delay: 3000,
  webhook_delay: 3000,
  webhook_reorder: 10_000,
}

export const isWebhookFault = (kind: SwitchKind): kind is WebhookFault =>
  (webhookFaults as readonly SwitchKind[]).includes(kind)

export function newSwitch(
  wanted: NewSwitch,
  { id, accountId, now }: { id: string; accountId: string; now: Date },
): Switch {
  const { kind, target } = wanted
  const faults: Fault[] = []
  const refuse = (field: string, en: string, es: string) => faults.push({ field, say: { en, es } satisfies Say })
  if (Object.values(target).filter((one) => one !== undefined).length > 1) {
    refuse(
      'target',
      'must name one of key_id, session_id, endpoint_id',
      'debe nombrar uno de key_id, session_id, endpoint_id',
    )
  }
  if (isWebhookFault(kind)) {
    const only = [`is for ${requestFaults.join(', ')}`, `es para ${requestFaults.join(', ')}`] as const
    if (target.key_id !== undefined) refuse('target.key_id', ...only)
    if (target.session_id !== undefined) refuse('target.session_id', ...only)
    if (wanted.method !== null) refuse('method', ...only)
    if (wanted.path !== null) refuse('path', ...only)
  } else if (target.endpoint_id !== undefined) {
    refuse('target.endpoint_id', `is for ${webhookFaults.join(', ')}`, `es para ${webhookFaults.join(', ')}`)
  }
  const usual = usualDelayMs[kind]
  if (wanted.delayMs !== null && usual === undefined) {
    const waiting = Object.keys(usualDelayMs).join(', ')
    refuse('delay_ms', `is for ${waiting}`, `es para ${waiting}`)
  }
  if (wanted.path !== null && (!wanted.path.startsWith('/') || wanted.path.split('*').length > mostStars + 1)) {
    refuse(
      'path',
      `must begin with / and hold at most ${mostStars} *, such as /v1/payments/intent/*/confirm`,
      `debe empezar con / y tener como máximo ${mostStars} *, como /v1/payments/intent/*/confirm`,
    )
  }
  if (faults.length > 0) refuseFields(faults)
  return {
    id,
    accountId,
    kind,
    keyId: target.key_id ?? null,
    sessionId: target.session_id ?? null,
    endpointId: target.endpoint_id ?? null,
    times: wanted.times,
    left: wanted.times,
    delayMs: wanted.delayMs ?? usual ?? null,
    method: wanted.method,
    path: wanted.path,
    createdAt: now.toISOString(),
    usedAt: null,
  }
}

/** A request as switches look at it: whose data it is about, by which key it came if any, about which session if one. */
export type AskedOf = {
  accountId: string
  keyId: string | undefined
  sessionId: string | undefined
  method: string
  path: string
}

export const isForRequest = (one: Switch, asked: AskedOf): boolean =>
  one.left > 0 &&
  one.accountId === asked.accountId &&
  (one.keyId === null || one.keyId === asked.keyId) &&
  (one.sessionId === null || one.sessionId === asked.sessionId) &&
  (one.method === null || one.method === asked.method) &&
  (one.path === null || fitsPath(one.path, asked.path))

/** Whether a path is one that a pattern means: each `*` is as little as it can be, so that this takes no longer than reading both. */
export function fitsPath(pattern: string, path: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return path === pattern
  if (!path.startsWith(first)) return false
  let at = first.length
  for (const part of rest) {
    const found = path.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return path.length - last.length >= at && path.endsWith(last)
}
