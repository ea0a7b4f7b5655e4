/** How a route of this face is made: the schema that validates is the schema that documents. */
import { createRoute, OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi'
import type { Context, Handler, MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { Problem } from '../domain/problem.ts'
import { NoRouter } from '../router.ts'
import { refuse } from '../wire/faults.ts'
import type { Env } from '../wire/reply.ts'

/**
 * A router whose refused requests become the documented answers: 400 for what is missing, 422 for what is not acceptable.
 * A route's parts are checked in one step, at once: the library's own way is a middleware of several promises for each.
 */
export function face(): Face {
  const app = new OpenAPIHono<Env>({ strict: false, router: new NoRouter() })
  const openapi = ({ middleware = [], ...wanted }: RouteConfig, handler: Handler<Env>) => {
    app.openAPIRegistry.registerPath(wanted)
    app.on([wanted.method], [honoPath(wanted.path)], ...[middleware].flat(), checked(wanted.request ?? {}, handler))
    return app
  }
  // The types stay the library's: from the schemas to what `c.req.valid` gives.
  app.openapi = openapi as typeof app.openapi
  return app
}

export type Face = OpenAPIHono<Env>

const honoPath = (path: string): string => path.replaceAll(/\{(.+?)\}/g, ':$1')

/**
 * A face whose paths answer every other method with 405 and `Allow`. Mounted before another one, it also keeps its own
 * words from being taken for ids there: `/payments/session` is no payment.
 */
export function closed(app: Face): Face {
  const methods = new Map<string, string[]>()
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue
    const path = honoPath(definition.route.path)
    const method = definition.route.method.toUpperCase()
    methods.set(path, [...(methods.get(path) ?? []), method, ...(method === 'GET' ? ['HEAD'] : [])])
  }
  for (const [path, allow] of methods) {
    app.all(path, (c) => {
      throw new Problem(
        'method_not_allowed',
        {
          en: `This path takes ${allow.join(', ')}, not ${c.req.method}`,
          es: `Esta ruta acepta ${allow.join(', ')}, no ${c.req.method}`,
        },
        { allow },
      )
    })
  }
  return app
}

/** The handler, once what the route asks for has been checked: query, path, body, in the library's order. */
function checked({ query, params, body }: NonNullable<RouteConfig['request']>, handler: Handler<Env>): Handler<Env> {
  const json = body?.content['application/json']
  return async (c, next) => {
    if (query instanceof z.ZodType) accept(c, 'query', query, sentQuery(c))
    if (params instanceof z.ZodType) accept(c, 'param', params, c.req.param())
    if (json && 'schema' in json && json.schema instanceof z.ZodType)
      accept(c, 'json', json.schema, await sentJson(c, json.schema))
    return handler(c, next)
  }
}

function accept(c: Context<Env>, part: 'query' | 'param' | 'json', schema: z.ZodType, sent: unknown): void {
  const result = schema.safeParse(sent)
  if (!result.success) return refuse(result.error.issues, sent)
  // Schemas of these parts are of objects.
  c.req.addValidatedData(part, result.data as object)
}

/** The query's values; one that is given twice is a list, and fits no schema of ours. */
function sentQuery(c: Context<Env>): Record<string, unknown> {
  const sent: Record<string, unknown> = c.req.queries()
  for (const name in sent) {
    const values = sent[name]
    if (Array.isArray(values) && values.length === 1) sent[name] = values[0]
  }
  return sent
}

const jsonType = /^application\/(?:[a-z.-]+\+)?json\s*(?:;|$)/i

/** The body as JSON. Nothing at all is an object with nothing in it, so that what is missing is named. */
async function sentJson(c: Context<Env>, schema: z.ZodType): Promise<unknown> {
  const type = c.req.header('content-type')
  if (type !== undefined && !jsonType.test(type)) throw new HTTPException(415)
  const text = await c.req.text().catch((error: unknown) => {
    // A sender that hangs up has sent no body that could be read; a body over the limit is a problem of its own.
    throw error instanceof Problem ? error : new HTTPException(400)
  })
  if (type === undefined) {
    if (text === '') return {}
    throw new HTTPException(415)
  }
  // Libraries announce JSON whether they send any or not; where everything may be left out, nothing is enough.
  if (text === '' && schema.safeParse({}).success) return {}
  try {
    return JSON.parse(text)
  } catch {
    throw new HTTPException(400)
  }
}

type Wanted<
  Body extends z.ZodType,
  Path extends z.ZodObject,
  Query extends z.ZodObject,
  Answer extends z.ZodType = z.ZodType,
> = {
  /** The operation's name in the OpenAPI document, and of the method that generated clients get. */
  id: string
  summary: string
  description?: string
  /** Not in the vendor's document: marked so in ours. */
  extension?: true
  /** The key check, on routes that need a secret key. */
  keyed?: MiddlewareHandler<Env>
  params?: Path
  query?: Query
  body?: () => Body
  answer: () => Answer
  status?: 200 | 201 | 202
  /** What is sent and what comes back; a test plays it against the server. */
  example: { body?: z.input<Body>; answer: unknown }
}

/** A route with its schemas, in the words of the OpenAPI document. */
export function route<
  M extends RouteConfig['method'],
  const P extends string,
  Body extends z.ZodType = z.ZodNever,
  Path extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Query extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Answer extends z.ZodType = z.ZodType,
>(method: M, path: P, wanted: Wanted<Body, Path, Query, Answer>) {
  const { example } = wanted
  return createRoute({
    method,
    path,
    operationId: wanted.id,
    summary: wanted.summary,
    ...(wanted.description !== undefined && { description: wanted.description }),
    ...(wanted.extension && { 'x-extension': true }),
    ...(wanted.keyed && { middleware: [wanted.keyed] }),
    security: wanted.keyed ? keySchemes : [],
    // A part that is not there must not be validated, and its type is then that of nothing at all.
    request: {
      ...(wanted.params && { params: wanted.params }),
      ...(wanted.query && { query: wanted.query }),
      ...(wanted.body && {
        body: { required: true, content: { 'application/json': lazily(wanted.body, example.body) } },
      }),
    } as { params: Path; query: Query; body: { required: true; content: { 'application/json': { schema: Body } } } },
    responses: {
      [wanted.status ?? 200]: {
        description: wanted.summary,
        content: { 'application/json': lazily(wanted.answer, example.answer) },
      },
    },
  })
}

/** A schema that is made when it is first read. */
const lazily = <T>(make: () => T, example: unknown): { readonly schema: T; example: unknown } => ({
  get schema() {
    return make()
  },
  example,
})

/** The ways a secret key may be sent; the document describes them by these names. */
const keySchemes = [{ SecretKey: [] }, { Basic: [] }, { Bearer: [] }]
