/** Drills: what a webhook handler must stand, and whether it did. */
import {
  type CheckStatus,
  type DrillCheckName,
  drillChecks,
  type DrillStatus,
  type DrillVerdict,
  type HandlerOutcome,
} from '../contract/sandbox.ts'
import type { DeliveryError } from '../contract/resources.ts'
import type { Say } from './problem.ts'

export type DrillCheck = { name: DrillCheckName; status: CheckStatus; seen: Say | null }

export type Drill = {
  id: string
  accountId: string
  endpointId: string
  status: DrillStatus
  verdict: DrillVerdict | null
  checks: DrillCheck[]
  createdAt: string
  finishedAt: string | null
  leasedUntil: string | null
  version: number
}

/** What a handler answered: its status, or why there is none, and what it says it did. */
export type Answered = {
  httpStatus: number | null
  error: DeliveryError | null
  outcome: HandlerOutcome | null
}

export const newDrill = (given: { id: string; accountId: string; endpointId: string; now: Date }): Drill => ({
  id: given.id,
  accountId: given.accountId,
  endpointId: given.endpointId,
  status: 'running',
  verdict: null,
  checks: drillChecks.map((name) => ({ name, status: 'running', seen: null })),
  createdAt: given.now.toISOString(),
  finishedAt: null,
  leasedUntil: null,
  version: 1,
})

export const expected: Record<DrillCheckName, Say> = {
  bad_signature: {
    en: 'An event that is signed with another secret is refused, never answered 2xx.',
    es: 'Un evento firmado con otro secreto se rechaza, nunca se responde 2xx.',
  },
  old_timestamp: {
    en: 'An event whose signature is ten minutes old is refused, never answered 2xx.',
    es: 'Un evento cuya firma tiene diez minutos se rechaza, nunca se responde 2xx.',
  },
  duplicate: {
    en: 'An event that comes twice is answered 2xx twice, and handled once.',
    es: 'Un evento que llega dos veces se responde 2xx las dos veces y se procesa una sola.',
  },
  duplicate_at_once: {
    en: 'An event that comes twice at the same time is answered 2xx twice, and handled once.',
    es: 'Un evento que llega dos veces a la vez se responde 2xx las dos veces y se procesa una sola.',
  },
  reordered: {
    en: 'An older event that comes after a newer one of the same payment is answered 2xx, and not acted on.',
    es: 'Un evento anterior que llega después de uno más nuevo del mismo pago se responde 2xx y no produce efecto.',
  },
  delayed: {
    en: 'An event of six hours ago that is sent now is answered 2xx, and handled.',
    es: 'Un evento de hace seis horas que se envía ahora se responde 2xx y se procesa.',
  },
}

const isOk = ({ httpStatus }: Answered): boolean => httpStatus !== null && httpStatus >= 200 && httpStatus < 300

/** What a check came to, from the answers in the order in which they were asked for. */
export function judge(name: DrillCheckName, answers: readonly Answered[]): DrillCheck {
  const seen = sayOf(answers)
  const result = (status: CheckStatus): DrillCheck => ({ name, status, seen })
  if (answers.some(({ httpStatus }) => httpStatus === null)) return result('failed')
  if (name === 'bad_signature' || name === 'old_timestamp') return result(answers.some(isOk) ? 'failed' : 'passed')
  if (!answers.every(isOk)) return result('failed')
  const outcomes = answers.map(({ outcome }) => outcome)
  return result(isWrong(name, outcomes) ? 'failed' : shows(outcomes) ? 'passed' : 'not_shown')
}

/** Whether a handler says of itself that it did what it must not. */
function isWrong(name: DrillCheckName, outcomes: readonly (HandlerOutcome | null)[]): boolean {
  const [first, second] = outcomes
  switch (name) {
    case 'reordered':
      return first === 'outdated' || first === 'duplicate' || second === 'handled'
    case 'delayed':
      return first === 'outdated' || first === 'duplicate'
    default:
      return (
        outcomes.filter((outcome) => outcome === 'handled').length > 1 || outcomes.every((one) => one === 'duplicate')
      )
  }
}

/** Whether it says of everything what it did, and has done anything. */
const shows = (outcomes: readonly (HandlerOutcome | null)[]): boolean =>
  outcomes.every((outcome) => outcome !== null) && outcomes.includes('handled')

function sayOf(answers: readonly Answered[]): Say {
  const each = answers.map(({ httpStatus, error, outcome }) => {
    if (httpStatus === null) return { en: `no answer (${error})`, es: `sin respuesta (${error})` }
    return outcome === null
      ? { en: `${httpStatus}`, es: `${httpStatus}` }
      : { en: `${httpStatus} (${outcome})`, es: `${httpStatus} (${outcome})` }
  })
  return { en: each.map(({ en }) => en).join(', '), es: each.map(({ es }) => es).join(', ') }
}

/** The drill with what a check came to; the last one brings the verdict. What the handler does not show does not fail it. */
export function withCheck(drill: Drill, check: DrillCheck, now: Date): Drill {
  const checks = drill.checks.map((one) => (one.name === check.name ? check : one))
  const after = { ...drill, checks, version: drill.version + 1 }
  if (checks.some(({ status }) => status === 'running')) return after
  const verdict = checks.some(({ status }) => status === 'failed') ? 'failed' : 'passed'
  return { ...after, status: 'finished', verdict, finishedAt: now.toISOString(), leasedUntil: null }
}

/** A drill that cannot go on: what was not asked yet has failed, and says why. */
export const giveUp = (drill: Drill, seen: Say, now: Date): Drill =>
  drill.checks
    .filter(({ status }) => status === 'running')
    .reduce((one, { name }) => withCheck(one, { name, status: 'failed', seen }, now), drill)
