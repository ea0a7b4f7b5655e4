/** How a route of this face is made: the schema that validates is the schema that documents. */
import { createRoute, OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import type { Command, Done } from '../actions/commit.ts'
import type { Deps } from '../deps.ts'
import type { Merchant } from '../domain/account.ts'
import { type Fault, Problem, refuseFields } from '../domain/problem.ts'
import type { Env } from '../wire/reply.ts'
import { faultOf, isMissing } from './faults.ts'

/** A router whose refused bodies become the documented answers: 400 for what is missing, 422 for what is not acceptable. */
export const face = () =>
  new OpenAPIHono<Env>({
    strict: false,
    defaultHook: (result) => {
      if (result.success) return undefined
      // The validator hands over what was sent; the hook's type does not say so.
      const given = (result as { data?: unknown }).data
      const faults = result.error.issues.map((issue) => faultOf(issue))
      const missing = result.error.issues
        .filter((issue) => isMissing(issue, given))
        .map((issue) => faultOf(issue, true))
      if (missing.length === 0) refuseFields(faults)
      throw missingFields(missing)
    },
  })

function missingFields(faults: readonly Fault[]): Problem {
  const names = faults.map((fault) => fault.field).join(', ')
  return new Problem('parameter_missing', { en: `Missing: ${names}`, es: `Falta: ${names}` }, { faults })
}

type Wanted<Body extends z.ZodType, Path extends z.ZodObject, Query extends z.ZodObject> = {
  summary: string
  /** Not in the vendor's document: marked so in ours. */
  extension?: true
  middleware?: MiddlewareHandler<Env>[]
  params?: Path
  query?: Query
  body?: Body
  answer: z.ZodType
  status?: 200 | 201 | 202
}

/** A route with its schemas, in the words of the OpenAPI document. */
export function route<
  M extends RouteConfig['method'],
  const P extends string,
  Body extends z.ZodType = z.ZodNever,
  Path extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Query extends z.ZodObject = z.ZodObject<Record<never, never>>,
>(method: M, path: P, wanted: Wanted<Body, Path, Query>) {
  return createRoute({
    method,
    path,
    summary: wanted.summary,
    ...(wanted.extension && { 'x-extension': true }),
    ...(wanted.middleware && { middleware: wanted.middleware }),
    // A part that is not there must not be validated, and its type is then that of nothing at all.
    request: {
      ...(wanted.params && { params: wanted.params }),
      ...(wanted.query && { query: wanted.query }),
      ...(wanted.body && {
        body: { required: true, content: { 'application/json': { schema: wanted.body } } },
      }),
    } as { params: Path; query: Query; body: { required: true; content: { 'application/json': { schema: Body } } } },
    responses: {
      [wanted.status ?? 200]: {
        description: wanted.summary,
        content: { 'application/json': { schema: wanted.answer } },
      },
    },
  })
}

/** The request as a command: what is wanted, and its idempotency key with a fingerprint of everything that was sent. */
export function command<T>(c: Context<Env>, deps: Deps, scope: string, sent: unknown, wanted: T): Command<T> {
  const key = idempotencyKey(c.req.header('idempotency-key'))
  if (key === undefined) return { wanted, reply: null }
  const fingerprint = deps.secrets.fingerprint(`${c.req.method} ${c.req.path} ${canonical(sent)}`)
  return { wanted, reply: { scope, key, fingerprint } }
}

/** The scope of a key that came with a secret key: it outlives the rotation of that key. */
export const merchantScope = ({ accountId, live }: Merchant): string => `${accountId} ${live ? 'live' : 'test'}`

/** Tells the caller that an answer is the first one again. */
export function marked<T>(c: Context<Env>, done: Done<T>): T {
  if (done.replayed) c.get('headers')['Idempotent-Replayed'] = 'true'
  return done.value
}

/** Reads the header of semantics B1: 1 to 255 printable ASCII characters, one pair of surrounding quotes dropped. */
function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header
  // Two headers of this name arrive joined by a comma and a space.
  const values = new Set(key.split(', '))
  if (!/^[\x20-\x7e]{1,255}$/.test(key) || (key.includes(', ') && values.size > 1)) {
    throw new Problem('idempotency_key_invalid', {
      en: 'Idempotency-Key must be one value of 1 to 255 printable ASCII characters',
      es: 'Idempotency-Key debe ser un solo valor de 1 a 255 caracteres ASCII imprimibles',
    })
  }
  return key.includes(', ') ? [...values][0]! : key
}

/** JSON with its keys in order, so that the same request written in another order is the same request. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
