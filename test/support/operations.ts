/** The operations of `/openapi.json`, as tests walk them: references resolved, answers ready to be checked. */
import { z } from 'zod'
import type { TestApp } from './make-app.ts'

/** A JSON schema, as far as the document uses them. */
export type Schema = {
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  maxItems?: number
  pattern?: string
  format?: string
  additionalProperties?: boolean
}

export type Operation = {
  id: string
  method: 'GET' | 'POST'
  /** As the document writes it, such as `/v1/customers/{id}`. */
  path: string
  /** Whether it wants a secret key. */
  keyed: boolean
  pathParameters: string[]
  query: Record<string, Schema>
  body: Schema | undefined
  example: { body: Record<string, unknown> | undefined; answer: Record<string, unknown> }
  /** The status when all is well. */
  success: number
  /** Every status that the document names. */
  statuses: ReadonlySet<number>
  /** What is wrong with the body of an answer, or undefined. */
  faultOf(status: number, body: unknown): string | undefined
}

type Parameter = { in: string; name: string; schema: Schema }
type Content = { 'application/json': { schema: Schema; example: Record<string, unknown> } }
type Documented = {
  operationId: string
  security: unknown[]
  parameters?: Parameter[]
  requestBody?: { content: Content }
  responses: Record<string, { content: Content }>
}

/** Every operation of the document that a server shows. */
export async function operationsOf({ ask }: TestApp): Promise<Operation[]> {
  const { body: document } = await ask<{ paths: Record<string, Record<string, unknown>> }>('/openapi.json')
  const paths = resolved(document.paths, document) as Record<string, Record<string, Documented>>
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, documented]) => operationOf(method, path, documented)),
  )
}

function operationOf(method: string, path: string, documented: Documented): Operation {
  const { parameters = [], requestBody, responses } = documented
  const success = Number(Object.keys(responses).find((status) => status.startsWith('2')))
  const sent = requestBody?.content['application/json']
  const checks = new Map<number, z.ZodType>()
  const checkOf = (status: number): z.ZodType | undefined => {
    const schema = responses[status]?.content['application/json'].schema
    if (schema && !checks.has(status)) checks.set(status, z.fromJSONSchema(closed(schema) as never))
    return checks.get(status)
  }
  return {
    id: documented.operationId,
    method: method.toUpperCase() as Operation['method'],
    path,
    keyed: documented.security.length > 0,
    pathParameters: parameters.filter((one) => one.in === 'path').map((one) => one.name),
    query: Object.fromEntries(parameters.filter((one) => one.in === 'query').map((one) => [one.name, one.schema])),
    body: sent?.schema,
    example: { body: sent?.example, answer: responses[success]!.content['application/json'].example },
    success,
    statuses: new Set(Object.keys(responses).map(Number)),
    faultOf(status, body) {
      const check = checkOf(status)
      if (!check) return `status ${status} is not documented`
      const { error } = check.safeParse(body)
      return error && z.prettifyError(error)
    },
  }
}

/** The same without references: nothing in the document refers to itself. */
function resolved(value: unknown, document: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => resolved(one, document))
  if (value === null || typeof value !== 'object') return value
  const { $ref } = value as { $ref?: unknown }
  if (typeof $ref === 'string') {
    const steps = $ref.slice('#/'.length).split('/')
    const found = steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], document)
    return resolved(found, document)
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, resolved(inner, document)]))
}

/** A schema of an answer that takes no field besides the documented ones. */
function closed(schema: Schema): Schema {
  return {
    ...schema,
    ...(schema.properties && {
      properties: Object.fromEntries(Object.entries(schema.properties).map(([name, one]) => [name, closed(one)])),
      additionalProperties: false,
    }),
    ...(schema.items && { items: closed(schema.items) }),
    ...(schema.anyOf && { anyOf: schema.anyOf.map(closed) }),
  }
}
