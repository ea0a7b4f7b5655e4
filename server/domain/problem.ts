import type { DeclineCode, ErrorCode } from '../contract/errors.ts'
import type { Intent } from './intent.ts'

/** A sentence in the languages that answers are given in. */
export type Say = { en: string; es: string }

/** One field of a request that cannot be accepted, and what would be right. */
export type Fault = { field: string; say: Say }

/** What a face may add to a problem's code and sentence. */
export type About = {
  faults?: readonly Fault[]
  declineCode?: DeclineCode
  /** The intent whose state is the reason; faces show its public view. */
  intent?: Intent
  retryAfterSeconds?: number
}

/** A caller's mistake, a lost race or a met limit. Anything else that is thrown is our own bug. */
export class Problem extends Error {
  readonly code: ErrorCode
  readonly say: Say
  readonly about: About

  constructor(code: ErrorCode, say: Say, about: About = {}) {
    super(say.en)
    this.name = 'Problem'
    this.code = code
    this.say = say
    this.about = about
  }
}

/** Fields that are present and cannot be accepted; the first one gives the sentence. */
export function refuseFields(faults: readonly Fault[]): never {
  const first = faults[0]!
  throw new Problem(
    'parameter_invalid',
    { en: `${first.field} ${first.say.en}`, es: `${first.field} ${first.say.es}` },
    { faults },
  )
}
