/** Structured lines without secrets or card digits. */
import { type DestinationStream, pino } from 'pino'
import { withoutCardDigits } from './domain/card.ts'
import type { Settings } from './settings.ts'

export type Log = {
  info(about: object, message: string): void
  warn(about: object, message: string): void
  error(about: object, message: string): void
  /** One request's line: made of our own words alone, so it is not searched for what must not be there. */
  request(about: { requestId: string; method: string; route: string; status: number; ms: number }): void
}

/** Where lines go. One that keeps them back for a while is asked to let go of them. */
export type LogTarget = DestinationStream & { flush?(): void }

/** How many lines leave together, and how long the first of them waits for the others. */
const mostLines = 256
const longestWaitMs = 100

/** Lets lines leave together: a write each costs several times what making the line does. */
export function inBatches(to: DestinationStream): Required<LogTarget> {
  let lines: string[] = []
  let waiting: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(waiting)
    waiting = undefined
    if (lines.length > 0) to.write(lines.join(''))
    lines = []
  }
  return {
    write(line) {
      if (lines.push(line) >= mostLines) return flush()
      waiting ??= setTimeout(flush, longestWaitMs).unref()
    },
    flush,
  }
}

/** A logger whose every line but the requests' is redacted by name, and scrubbed last of all whatever its names are. */
export function openLog(level: Settings['logLevel'], to: LogTarget, now: () => Date): Log {
  const options = { level, base: null, timestamp: () => `,"time":"${now().toISOString()}"` }
  const redact = [
    'card',
    '*.card',
    'number',
    'cvc',
    'client_secret',
    'access_token',
    'apiKey',
    '*.authorization',
    '*["x-api-key"]',
  ]
  const log = pino(
    { ...options, redact },
    {
      write(line) {
        to.write(scrub(line))
        to.flush?.()
      },
    },
  )
  let timed = NaN
  let time = ''
  // Many requests end in the same millisecond, and writing it down takes longer than looking.
  const timeNow = () => {
    const at = now()
    if (at.getTime() !== timed) {
      timed = at.getTime()
      time = at.toISOString()
    }
    return time
  }
  const tellsRequests = log.isLevelEnabled('info')
  return {
    info: (about, message) => log.info(about, message),
    warn: (about, message) => log.warn(about, message),
    error: (about, message) => log.error(about, message),
    request(about) {
      if (!tellsRequests) return
      // As pino writes it, without its general way there: this line alone cost as much as reading a row.
      to.write(`{"level":30,"time":"${timeNow()}",${JSON.stringify(about).slice(1, -1)},"msg":"request"}\n`)
    },
  }
}

const secret = /\b(sk_(?:test|live)_|cs_(?:test|live)_|whsec_|pi_[0-9A-Za-z]+_secret_)[0-9A-Za-z_-]+/g

/** Takes out whatever could be a card number, and tokens and secrets. */
export const scrub = (text: string): string => withoutCardDigits(text.replace(secret, '$1[redacted]'))
