/** Structured lines without secrets or card digits. */
import { type DestinationStream, pino } from 'pino'
import { passesLuhn } from './domain/card.ts'
import type { Settings } from './settings.ts'

export type Log = {
  info(about: object, message: string): void
  warn(about: object, message: string): void
  error(about: object, message: string): void
  /** One request's line: made of our own words alone, so it is not searched for what must not be there. */
  request(about: { requestId: string; method: string; route: string; status: number; ms: number }): void
}

/** A logger whose every line but the requests' is redacted by name, and scrubbed last of all whatever its names are. */
export function openLog(level: Settings['logLevel'], to: DestinationStream): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  const redact = ['card', '*.card', 'number', 'cvc', 'client_secret', 'apiKey', '*.authorization', '*["x-api-key"]']
  const log = pino({ ...options, redact }, { write: (line) => to.write(scrub(line)) })
  const requests = pino(options, to)
  return {
    info: (about, message) => log.info(about, message),
    warn: (about, message) => log.warn(about, message),
    error: (about, message) => log.error(about, message),
    request: (about) => requests.info(about, 'request'),
  }
}

/** 13 to 19 digits, ASCII or full-width, with single spaces, dashes or dots between them. */
const digitRun = /[0-9０-９](?:[ .\u00a0-]?[0-9０-９]){12,18}/g
const secret = /\b(sk_(?:test|live)_|whsec_|pi_[0-9A-Za-z]+_secret_)[0-9A-Za-z_-]+/g

/** Takes out whatever could be a card number (a run of digits that passes the Luhn check) or is a secret. */
export function scrub(text: string): string {
  return text.replace(secret, '$1[redacted]').replace(digitRun, (run) => {
    const digits = run.normalize('NFKC').replace(/\D/g, '')
    return passesLuhn(digits) ? '[redacted]' : run
  })
}
