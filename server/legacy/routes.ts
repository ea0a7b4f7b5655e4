/** How a path of this face is served: who may ask, what is read, and what every other method answers. */
import type { Context, Handler, Hono, MiddlewareHandler } from 'hono'
import type { z } from 'zod'
import { Problem } from '../domain/problem.ts'
import { refuse } from '../wire/faults.ts'
import type { Env } from '../wire/reply.ts'
import { readBody } from './body.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

type Serves = (c: Context<Env>) => Response | Promise<Response>

/** Serves one path; methods that are not named are refused with those that are. `only` may leave a request to others. */
export function serve(
  app: Hono<Env>,
  path: string,
  methods: Partial<Record<Method, Serves>>,
  only: (handler: MiddlewareHandler<Env>) => Handler<Env> = (handler) => handler,
): void {
  const allow = Object.keys(methods).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  for (const [method, handler] of Object.entries(methods))
    app.on(
      method,
      path,
      only((c) => Promise.resolve(handler(c))),
    )
  const refuseMethod = (c: Context<Env>): never => {
    throw new Problem(
      'method_not_allowed',
      {
        en: `This path takes ${allow.join(', ')}, not ${c.req.method}`,
        es: `Esta ruta acepta ${allow.join(', ')}, no ${c.req.method}`,
      },
      { allow },
    )
  }
  app.all(
    path,
    only((c) => refuseMethod(c)),
  )
}

/**
 * The body's fields as a schema wants them, and as they were sent, by which a repeated request is known. Where something is
 * changed, a field that is `null` stays as it is.
 */
export async function readFields<T extends z.ZodType>(
  c: Context<Env>,
  schema: () => T,
): Promise<{ fields: z.output<T>; sent: Record<string, unknown> }> {
  const body = await readBody(c)
  const changes = c.req.method === 'PUT' || c.req.method === 'PATCH'
  const sent = changes ? Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null)) : body
  const result = schema().safeParse(sent)
  return result.success ? { fields: result.data, sent } : refuse(result.error.issues, sent)
}
