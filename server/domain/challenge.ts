/** A 3-D Secure challenge: a bank's question to the buyer whose card is being tried, answered once or never. Semantics B2. */
import type { Owner } from './account.ts'
import type { Session } from './session.ts'

/** How the buyer may answer. `canceled`: they turned back. */
export const challengeAnswers = ['passed', 'failed', 'canceled'] as const
export type ChallengeAnswer = (typeof challengeAnswers)[number]

/** `superseded`: another card took its place, or what it was for has ended. */
export type ChallengeStatus = 'open' | ChallengeAnswer | 'timed_out' | 'superseded'

export type Challenge = Owner & {
  /** Also the token of its page: who holds it may answer. */
  id: string
  intentId: string
  attemptId: string
  status: ChallengeStatus
  createdAt: string
  /** After that the bank waits no longer. */
  expiresAt: string
  version: number
}

/** How long a bank waits for an answer; the 3-D Secure protocol's own figure. */
const patienceMs = 10 * 60_000

/** A challenge is over with its session at the latest: nothing may be charged after that. */
export function newChallenge(
  of: Pick<Challenge, 'id' | 'accountId' | 'live' | 'intentId' | 'attemptId'>,
  session: Pick<Session, 'expiresAt'>,
  now: Date,
): Challenge {
  const until = new Date(now.getTime() + patienceMs).toISOString()
  return {
    ...of,
    status: 'open',
    createdAt: now.toISOString(),
    expiresAt: until < session.expiresAt ? until : session.expiresAt,
    version: 1,
  }
}

/** Whether its bank still waits. */
export const isWaiting = (challenge: Challenge, now: Date): boolean =>
  challenge.status === 'open' && now.getTime() < Date.parse(challenge.expiresAt)

/** Ends one that is open; the guarded write decides who of several did. */
export function endChallenge(challenge: Challenge, status: Exclude<ChallengeStatus, 'open'>): Challenge {
  if (challenge.status !== 'open') throw new Error(`${challenge.id} is ${challenge.status} already`)
  return { ...challenge, status, version: challenge.version + 1 }
}
