/**
 * The OpenAPI document: made from the schemas that validate, completed with what every operation shares. What the vendor's
 * own document does not describe carries `x-extension: true`.
 */
import type { ErrorBody } from '../contract/errors.ts'
import type { Face } from './face.ts'

type Operation = {
  tags?: string[]
  security?: unknown[]
  parameters?: unknown[]
  requestBody?: unknown
  responses: Record<string, unknown>
  'x-extension'?: boolean
  description?: string
}
type Document = { paths: Record<string, Record<string, Operation>>; components?: Record<string, unknown> }

const example: ErrorBody = {
  code: 422,
  title: 'Validation error',
  content: 'amount must be more than zero',
  type: 'danger',
  errors: [{ field: 'amount', message: 'must be more than zero' }],
  error: {
    code: 'parameter_invalid',
    decline_code: null,
    param: 'amount',
    request_id: 'req_0VQmK2dE8mJ3yC6xT1vWb9KzHnRs5LqPf4g',
  },
}

const problem = {
  type: 'object',
  required: ['code', 'title', 'content', 'type', 'error'],
  properties: {
    code: { type: 'integer', description: 'The HTTP status again.' },
    title: { type: 'string' },
    content: {
      type: 'string',
      description: 'What is wrong, where, and what would be right; Spanish on `Accept-Language: es`.',
    },
    type: { const: 'danger' },
    errors: {
      type: 'array',
      description: 'One entry a field, when fields are to blame (extension).',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: { field: { type: 'string' }, message: { type: 'string' } },
      },
    },
    error: {
      type: 'object',
      description: 'For programs (extension).',
      required: ['code', 'decline_code', 'param', 'request_id'],
      properties: {
        code: { type: 'string' },
        decline_code: { type: ['string', 'null'] },
        param: { type: ['string', 'null'] },
        request_id: { type: 'string' },
        payment_intent: { $ref: '#/components/schemas/Intent' },
      },
    },
  },
}

const refusals: Record<string, string> = {
  400: 'Something required is missing, the JSON is unreadable, or the state of an object does not allow it',
  401: 'The secret key is missing, malformed or unknown',
  402: 'The card was declined',
  403: 'A secret key came from a browser, or live payments are not available',
  404: 'There is no such object for this key',
  409: 'Another request is at it: `Retry-After` says when to ask again',
  413: 'The body is larger than 64 kB',
  415: 'The body is not JSON',
  422: 'A field is there and cannot be accepted',
  429: 'Too many requests: `Retry-After` says when to come back',
  500: 'Our own failure; quote the request id',
  503: 'The database is away: `Retry-After` says when to come back',
}

const answers = (status: string) => ({ $ref: `#/components/responses/Problem${status}` })

/** Which refusals an operation knows. */
function refusalsOf(method: string, path: string, operation: Operation): string[] {
  const posts = method === 'post'
  const known: Record<string, boolean> = {
    400: true,
    401: (operation.security?.length ?? 0) > 0,
    402: path.endsWith('/confirm'),
    403: true,
    404: true,
    409: posts,
    413: posts,
    415: posts,
    422: true,
    429: true,
    500: true,
    503: true,
  }
  return Object.keys(known).filter((status) => known[status])
}

const tags: [RegExp, string][] = [
  [/^\/v1\/payments\/session/, 'Sessions'],
  [/^\/v1\/payments\/(intent|subscription)/, 'Payment intents'],
  [/^\/v1\/payments/, 'Payments'],
  [/^\/v1\/customers/, 'Customers'],
  [/^\/v1\/payment-links/, 'Payment links'],
  [/^\/v1\/products/, 'Products'],
  [/^\/v1\/plans/, 'Plans'],
  [/^\/v1\/subscriptions/, 'Subscriptions'],
  [/^\/v1\/refunds/, 'Refunds'],
]

const about = `Every path answers with and without a trailing slash. Money is a decimal string in major units (\`"12500.00"\`) for sessions and
payments, and whole minor units (\`1250000\`) for plans, links and refunds. Fields that are not described are ignored.
Any POST takes an \`Idempotency-Key\`: repeated with the same key, it is done once and answered with the first answer's bytes.
Operations and fields marked *extension* are this project's own; the vendor's document does not describe them.`

/** The document of the current API. */
export function apiDocument(api: Face, publicUrl: string): object {
  const document = api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: '4Geeks Payments API', version: '1', description: about },
    servers: [{ url: publicUrl }],
    tags: [...new Set(tags.map(([, name]) => name))].map((name) => ({ name })),
  }) as unknown as Document
  const paths: Document['paths'] = {}
  for (const [path, operations] of Object.entries(document.paths)) {
    // Written as the vendor's document writes it.
    const full = path === '/payments' ? '/v1/payments/' : `/v1${path}`
    paths[full] = Object.fromEntries(
      Object.entries(operations).map(([method, operation]) => [method, complete(method, full, operation)]),
    )
  }
  return {
    ...document,
    paths,
    components: {
      ...document.components,
      schemas: { ...(document.components?.['schemas'] as object), Problem: problem },
      parameters: {
        IdempotencyKey: {
          name: 'Idempotency-Key',
          in: 'header',
          description: 'Any 1 to 255 printable ASCII characters: the same request with the same key is done once.',
          schema: { type: 'string', minLength: 1, maxLength: 255 },
        },
        ClientSecret: {
          name: 'X-Client-Secret',
          in: 'header',
          required: true,
          description: 'The client secret that creating the intent answered.',
          schema: { type: 'string' },
        },
      },
      responses: Object.fromEntries(
        Object.entries(refusals).map(([status, description]) => [
          `Problem${status}`,
          {
            description,
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' }, example } },
          },
        ]),
      ),
      securitySchemes: {
        SecretKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: '`sk_test_…` or `sk_live_…`' },
        Basic: { type: 'http', scheme: 'basic', description: 'The key as user name, an empty password.' },
        Bearer: { type: 'http', scheme: 'bearer', description: 'The key as bearer token; `Api-Key` is read as well.' },
      },
    },
  }
}

function complete(method: string, path: string, operation: Operation): Operation {
  const parameters = [...(operation.parameters ?? [])]
  if (method === 'post') parameters.push({ $ref: '#/components/parameters/IdempotencyKey' })
  if (method === 'get' && path.startsWith('/v1/payments/intent/')) {
    parameters.push({ $ref: '#/components/parameters/ClientSecret' })
  }
  return {
    ...operation,
    ...(operation['x-extension'] && { description: [operation.description, '*Extension.*'].filter(Boolean).join(' ') }),
    tags: [tags.find(([pattern]) => pattern.test(path))?.[1] ?? 'Other'],
    parameters,
    responses: {
      ...operation.responses,
      ...Object.fromEntries(refusalsOf(method, path, operation).map((status) => [status, answers(status)])),
    },
  }
}
