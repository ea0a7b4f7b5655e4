import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Problem } from './domain/problem.ts'

/** The methods whose bodies are read at all. */
export const withBody = ['POST', 'PUT', 'PATCH', 'DELETE']

/** Refuses a body over the limit: by its declared length at once, a chunked one while it is read. */
export function limitBody(most: number, refuse: () => Problem): MiddlewareHandler {
  const onError = (): never => {
    throw refuse()
  }
  const whileReading = bodyLimit({ maxSize: most, onError })
  return (c, next) => {
    const declared = c.req.header('content-length')
    // A declared length is checked here, without touching the body; the server itself holds the sender to it.
    if (declared !== undefined && c.req.header('transfer-encoding') === undefined) {
      return Number(declared) > most ? onError() : next()
    }
    return whileReading(c, next)
  }
}
