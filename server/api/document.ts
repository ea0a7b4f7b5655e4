/**
 * The OpenAPI document: made from the schemas that validate, completed with what every operation shares. What the vendor's
 * own document does not describe carries `x-extension: true`.
 */
import type { ErrorBody, ErrorCode } from '../contract/errors.ts'
import { titles } from '../wire/texts.ts'
import type { Face } from './face.ts'

type Operation = {
  summary?: string
  tags?: string[]
  security?: unknown[]
  parameters?: unknown[]
  requestBody?: unknown
  responses: Record<string, { $ref: string } | { description?: string }>
  'x-extension'?: boolean
  description?: string
}
type Document = { paths: Record<string, Record<string, Operation>>; components?: Record<string, unknown> }

const problem = {
  type: 'object',
  description: 'What every refusal says.',
  required: ['code', 'title', 'content', 'type', 'error'],
  properties: {
    code: { type: 'integer', description: 'The HTTP status again.' },
    title: { type: 'string', description: 'The status in words.' },
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
        code: { type: 'string', description: 'What went wrong, in one word to branch on.' },
        decline_code: { type: ['string', 'null'], description: 'Why the bank said no, when it said so.' },
        param: { type: ['string', 'null'], description: 'The first field to blame.' },
        request_id: {
          type: 'string',
          description: 'The same as the header `X-Request-Id`; quote it when you ask for help.',
        },
        payment_intent: { $ref: '#/components/schemas/Intent' },
      },
    },
  },
}

type Refusal = {
  says: string
  code: ErrorCode
  content: string
  decline?: 'insufficient_funds'
  field?: [string, string]
}

/** What each status means, and one answer of it as it comes. */
const refusals: Record<string, Refusal> = {
  400: {
    says: 'Something required is missing, the JSON cannot be read, or the object is in a state that does not allow this.',
    code: 'parameter_missing',
    content: 'Missing: amount',
    field: ['amount', 'is required'],
  },
  401: {
    says: 'The secret key is missing, malformed, unknown or revoked.',
    code: 'unauthorized',
    content: 'Send a valid secret key in the X-Api-Key header, such as X-Api-Key: sk_test_…',
  },
  402: {
    says: 'The card was declined. The intent waits for another card.',
    code: 'card_declined',
    content: 'The card has insufficient funds',
    decline: 'insufficient_funds',
  },
  403: {
    says: 'A secret key came from a browser, or this server does not take live payments.',
    code: 'secret_key_in_browser',
    content:
      'This secret key came from a browser, where anyone can read it: call this from your server, and rotate the key',
  },
  404: {
    says: 'There is no such object, or it is not one that this key may see.',
    code: 'not_found',
    content: 'There is no such payment',
  },
  409: {
    says: 'Another request is at it. `Retry-After` says in how many seconds to ask again.',
    code: 'idempotency_key_in_use',
    content: 'The first request with this Idempotency-Key is still under way; repeat this one in a moment',
  },
  413: {
    says: 'The body is larger than 64 kB.',
    code: 'body_too_large',
    content: 'The body is larger than 64 kB',
  },
  415: {
    says: 'The body is not JSON, or does not say that it is.',
    code: 'unsupported_media_type',
    content: 'Send the body as JSON, with the header Content-Type: application/json',
  },
  422: {
    says: 'A field is there and its value cannot be accepted.',
    code: 'parameter_invalid',
    content: 'amount must be more than zero',
    field: ['amount', 'must be more than zero'],
  },
  429: {
    says: 'Too many requests. `Retry-After` says in how many seconds to come back.',
    code: 'too_many_requests',
    content: "This account's secret keys may make 100 requests a second; wait a moment and repeat the request",
  },
  500: {
    says: 'Our own failure. Quote the request id, and repeat the request with the same `Idempotency-Key`.',
    code: 'internal_error',
    content:
      'Something went wrong on our side; quote request req_0VQmK2dE8mJ3yC6xT1vWb9KzHnRs5LqPf4g when you ask about it',
  },
  503: {
    says: 'The database is away. `Retry-After` says in how many seconds to come back.',
    code: 'service_unavailable',
    content: 'The database is not answering; repeat the request in a moment, with the same Idempotency-Key',
  },
}

function exampleOf(status: string, { code, content, decline, field }: Refusal): ErrorBody {
  return {
    code: Number(status),
    title: titles[Number(status)]!.en,
    content,
    type: 'danger',
    ...(field && { errors: [{ field: field[0], message: field[1] }] }),
    error: {
      code,
      decline_code: decline ?? null,
      param: field?.[0] ?? null,
      request_id: 'req_0VQmK2dE8mJ3yC6xT1vWb9KzHnRs5LqPf4g',
    },
  }
}

/** What went well, in a word: a route's summary says the rest. */
const successes: Record<string, string> = { 200: 'Done', 201: 'Created', 202: 'Accepted' }

const answers = (status: string) => ({ $ref: `#/components/responses/Problem${status}` })

/** Which refusals an operation knows. */
function refusalsOf(method: string, path: string, operation: Operation): string[] {
  const posts = method === 'post'
  const sends = posts || method === 'patch'
  const known: Record<string, boolean> = {
    400: true,
    401: (operation.security?.length ?? 0) > 0,
    402: path.endsWith('/confirm') || (method === 'post' && path === '/v1/subscriptions'),
    403: true,
    404: true,
    409: posts,
    // A body that is too large is refused wherever one can be sent.
    413: method !== 'get',
    415: sends,
    422: true,
    429: true,
    500: true,
    503: true,
  }
  return Object.keys(known).filter((status) => known[status])
}

/** The sections of the document, each with the paths that belong to it: a path belongs to the first that fits. */
const sections: { name: string; paths: RegExp; description: string }[] = [
  {
    name: 'Sessions',
    paths: /^\/v1\/payments\/session/,
    description: `A session is one checkout: what is to be paid, and where the buyer comes back to. Your server creates it with the secret key; the
page that takes the card holds nothing but its id.`,
  },
  {
    name: 'Payment intents',
    paths: /^\/v1\/payments\/(intent|subscription)/,
    description: `An intent is the paying itself. The element and the hosted page make these calls for you; they are described for those who write a
page of their own. An intent goes from \`requires_payment_method\` through \`processing\` to \`succeeded\`, and back when a card is declined. After ten
declined cards, or when its session ends, it is \`canceled\`.

When the buyer's bank asks for 3-D Secure, the intent is \`requires_action\`, and \`next_action.url\` is where the buyer answers: within ten minutes, and once. Passed, it goes on to
\`processing\`; failed, turned back from or left alone, it is \`requires_payment_method\` with \`payment_intent_authentication_failure\`. Another card makes the
challenge dead. The vendor's document does not describe this (extension).`,
  },
  {
    name: 'Payments',
    paths: /^\/v1\/payments/,
    description: `What was paid, or is to be paid on a page of ours. Before you ship an order, ask for its payment here: what a browser brings back
is a hint, never a proof.`,
  },
  {
    name: 'Customers',
    paths: /^\/v1\/customers/,
    description: 'Who pays. Subscriptions need a customer; single payments do not.',
  },
  {
    name: 'Payment links',
    paths: /^\/v1\/payment-links/,
    description: 'An address to share, in a chat or on a poster. Every visit opens a checkout of its own.',
  },
  {
    name: 'Products',
    paths: /^\/v1\/products/,
    description: 'What you sell again and again. Its prices are plans.',
  },
  {
    name: 'Plans',
    paths: /^\/v1\/plans/,
    description: 'What a product costs, and how often: an amount in minor units for each interval.',
  },
  {
    name: 'Subscriptions',
    paths: /^\/v1\/subscriptions/,
    description: 'A customer on a plan. It begins with a first payment, which the buyer makes at its `checkout_url`.',
  },
  {
    name: 'Refunds',
    paths: /^\/v1\/refunds/,
    description: 'Money that goes back to the card it came from, all at once or in parts.',
  },
  {
    name: 'Invoices',
    paths: /^\/v1\/invoices/,
    description: 'What subscriptions cost: one invoice a period, with what became of its card.',
  },
  {
    name: 'Events',
    paths: /^\/v1\/events/,
    description: `One row for each change of an object, written with it: what it was, and the object as it became. An event with a lower \`version\` than one
that was seen of the same object is older news.`,
  },
  {
    name: 'Webhooks',
    paths: /^\/v1\/webhook-endpoints/,
    description: `Events, sent to addresses of yours: signed, tried again for three days, each time with the same id and bytes. \`webhook-signature\` is that of
Standard Webhooks.`,
  },
  {
    name: 'Webhook deliveries',
    paths: /^\/v1\/webhook-deliveries/,
    description: 'What was sent or is on its way, what each try came to, and a way to send it once more.',
  },
  {
    name: 'Test clock',
    paths: /^\/v1\/test-clock/,
    description:
      'A clock for your test data, to see in a second what months would bring: renewals, refusals, the end of trials.',
  },
  {
    name: 'Sandbox',
    paths: /^\/v1\/sandbox/,
    description: `What your tests steer: the next requests and deliveries that go wrong, parts of the test data that see nothing of each other, a fresh
start. For keys that begin with \`sk_test_\`.`,
  },
]

const about = `Take a payment inside your own page, or on one of ours.

1. Your server creates a [session](#tag/sessions) and gets \`session_id\` and \`checkout_url\`.
2. Your page shows \`<fourgeeks-checkout session-id="…">\`, or sends the buyer to \`checkout_url\`. The card is typed into a frame of the payment side
   and never passes through your page.
3. The buyer comes back to your \`return_url\` with \`id_payment\` in its query. Your server reads that [payment](#tag/payments), and ships.

Operations marked **Extension**, and fields that say so, are this project's own: the vendor's document does not describe them.

## Authentication

Your secret key names your account and its mode. Keys that begin with \`sk_test_\` see test data and take test cards only; keys that begin with
\`sk_live_\` see live data. The two never meet. Send the key in one of four forms:

| form | header |
| --- | --- |
| preferred | \`X-Api-Key: sk_test_…\` |
| Basic, the key as user name and no password | \`Authorization: Basic c2tfdGVzdF8…\` (curl: \`-u sk_test_…:\`) |
| Bearer | \`Authorization: Bearer sk_test_…\` |
| Api-Key | \`Authorization: Api-Key sk_test_…\` |

Two different keys in one request are refused with 400. A secret key that arrives from a browser is refused with 403, because everyone can read
it there: that is why this page sends no requests. Operations without a key are open to whoever holds the session's id or the intent's client secret.

## Money

Sessions and payments carry a decimal string in major units, as the vendor's API does: \`"12500.00"\` with \`"currency": "CRC"\`. Send text, not a
number, and no more decimals than the currency has. Plans, links and refunds carry whole minor units: \`1250000\` is the same sum. Currencies are ISO
4217, in any case.

## Idempotency

Any POST takes an \`Idempotency-Key\`, such as your order's number. The same request with the same key is done once, however often it is sent:
later ones get the first answer's very bytes and \`Idempotent-Replayed: true\`. Keys are kept for 72 hours. Another request with a used key is
refused with 422, and while the first is still running the answer is 409. When a reply is lost, repeat the request with its key.

## Lists

Lists take \`limit\` (1 to 100, 10 without it) and \`offset\`, begin with the newest, and answer \`items\`, \`total_items\`, \`limit\` and \`offset\`.

## Errors

Every refusal has the same body. \`content\` is a sentence for a person, in Spanish on \`Accept-Language: es\`; \`error.code\` is the word for programs,
\`errors\` names the fields. Every answer carries \`X-Request-Id\`: quote it when you ask for help. On 409, 429 and 503 wait for the seconds of \`Retry-After\`
and repeat. Paths answer with and without a trailing slash, and fields that are not described are ignored.

## Test cards

With a test key nothing is charged, and only test cards are taken: with any date to come and any security code.

| number | what happens |
| --- | --- |
| \`4242424242424242\` | succeeds |
| \`5555555555554444\` | succeeds, as a Mastercard |
| \`4000000000000002\` | is declined |
| \`4000000000009995\` | is declined: \`insufficient_funds\` |
| \`4000000000000069\` | is refused as expired |
| \`4000000000000127\` | is refused for its security code |
| \`4000000000003220\` | asks for 3-D Secure, and succeeds when it is passed |
| \`4000008260003178\` | asks for 3-D Secure, and is then declined |
| \`4000002500003155\` | asks for 3-D Secure; saved for a subscription, it is charged later without asking |
| \`4000000000007726\` | succeeds; its refund is pending first |
| \`4000000000005126\` | succeeds; its refund fails later |
`

/** The document of the current API. */
export function apiDocument(api: Face, publicUrl: string): object {
  const document = api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: '4Geeks Payments API', version: '1', description: about },
    servers: [{ url: publicUrl }],
    tags: sections.map(({ name, description }) => ({ name, description })),
  }) as unknown as Document
  const paths: Document['paths'] = {}
  for (const [path, operations] of Object.entries(document.paths)) {
    // Written as the vendor's document writes it.
    const full = path === '/payments' ? '/v1/payments/' : `/v1${path}`
    paths[full] = Object.fromEntries(
      // What makes a thing stands before what lists it.
      Object.entries(operations)
        .toSorted(([a], [b]) => b.localeCompare(a))
        .map(([method, operation]) => [method, complete(method, full, operation)]),
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
          description: 'The same request with the same key is done once: 1 to 255 printable ASCII characters.',
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
        Object.entries(refusals).map(([status, refusal]) => [
          `Problem${status}`,
          {
            description: refusal.says,
            content: {
              'application/json': {
                schema: { $ref: '#/components/schemas/Problem' },
                example: exampleOf(status, refusal),
              },
            },
          },
        ]),
      ),
      securitySchemes: {
        SecretKey: {
          type: 'apiKey',
          in: 'header',
          name: 'X-Api-Key',
          description: 'Your secret key: `sk_test_…` or `sk_live_…`.',
        },
        Basic: { type: 'http', scheme: 'basic', description: 'The secret key as user name, and an empty password.' },
        Bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'The secret key as a bearer token; the scheme `Api-Key` is read as well.',
        },
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
  const { title, more } = titleOf(operation.summary ?? '')
  const isExtension = operation['x-extension']
  const description = [more, operation.description, isExtension && '*Extension.*'].filter(Boolean).join(' ')
  return {
    ...operation,
    summary: title,
    ...(description && { description }),
    // The mark again, as the reference at `/docs` draws it.
    ...(isExtension && { 'x-badges': [{ name: 'Extension' }] }),
    tags: [sections.find(({ paths }) => paths.test(path))?.name ?? 'Other'],
    parameters,
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.responses).map(([status, response]) => [
          status,
          { ...response, ...(status in successes && { description: successes[status] }) },
        ]),
      ),
      ...Object.fromEntries(refusalsOf(method, path, operation).map((status) => [status, answers(status)])),
    },
  }
}

/** A summary's first clause, which is short enough for a table of contents and knows no code; what follows it opens the description. */
function titleOf(summary: string): { title: string; more?: string } {
  const [, first, rest] = /^([^;:]+)[;:] (.+)$/.exec(summary) ?? []
  const title = (first ?? summary).replaceAll('`', '')
  return rest === undefined ? { title } : { title, more: `${rest[0]!.toUpperCase()}${rest.slice(1)}.` }
}
