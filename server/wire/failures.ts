import type { Context } from 'hono'
import type { Deps } from '../deps.ts'
import { Problem } from '../domain/problem.ts'
import { isAway } from '../store/guard.ts'
import type { Env } from './reply.ts'

/** What whoever asked is told of anything that was thrown: our own failures are logged, and say only a request id. */
export function problemFor(error: unknown, c: Context<Env>, deps: Pick<Deps, 'log'>): Problem {
  if (error instanceof Problem) return error
  const requestId = c.get('requestId')
  if (isAway(error)) {
    deps.log.error({ requestId, reason: (error as Error).message }, 'the database is away')
    return away()
  }
  deps.log.error({ err: error, requestId }, 'request failed')
  return new Problem('internal_error', {
    en: `Something went wrong on our side; quote request ${requestId} when you ask about it`,
    es: `Algo falló de nuestro lado; mencione la solicitud ${requestId} cuando consulte`,
  })
}

export const away = (): Problem =>
  new Problem(
    'service_unavailable',
    {
      en: 'The database is not answering; repeat the request in a moment, with the same Idempotency-Key',
      es: 'La base de datos no responde; repita la solicitud en un momento, con la misma Idempotency-Key',
    },
    { retryAfterSeconds: 1 },
  )
