/**
 * A typed client of the payments API for a shop's backend. It holds the secret key, so it never belongs in a page.
 * ```ts
 * const payments = createClient({ api: 'http://localhost:4242', apiKey: process.env.PAYMENTS_KEY })
 * const session = await payments.sessions.create({ amount: '12.50', currency: 'USD', return_url: 'https://shop.example/thanks' })
 * ```
 */
import { z } from 'zod'
import type { PaymentView, SessionView } from '../contract/checkout.ts'

export type ClientOptions = {
  /** Where the payments API is, such as `http://localhost:4242` or the vendor's own host. A trailing slash is fine. */
  api: string
  /** The secret key. It travels in one header and appears in no error. */
  apiKey: string
  fetch?: typeof fetch
  /** Waits between two tries; a test passes one that does not. */
  sleep?: (ms: number) => Promise<void>
}

/** What `POST /v1/payments/session` wants. */
export type NewSession = {
  /** Decimal string in major units, such as "12.50". */
  amount: string
  /** ISO 4217. */
  currency: string
  /** Where the buyer lands after paying. */
  return_url: string
  description?: string
  items?: string[]
}

export type CreatedSession = { session_id: string; checkout_url: string }

export type Client = ReturnType<typeof createClient>

const timeoutMs = 10_000
const tries = 4
const longestWaitMs = 5_000

const errorBody = z.object({
  title: z.string().catch(''),
  content: z.string().catch(''),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).catch([]),
  error: z
    .object({ code: z.string().nullable().catch(null), request_id: z.string().nullable().catch(null) })
    .nullish()
    .catch(null),
})

/** The API answered, and the answer was no. `code` is the API's own word for why; `requestId` is what its support asks for. */
export class PaymentsApiError extends Error {
  override readonly name = 'PaymentsApiError'
  readonly status: number
  readonly title: string
  readonly code: string | null
  readonly content: string
  readonly errors: readonly { field: string; message: string }[]
  readonly requestId: string | null

  constructor(status: number, body: unknown, requestId: string | null = null) {
    const said = errorBody.safeParse(body).data
    const title = said?.title || 'Unexpected answer'
    super([`${status} ${title}`, said?.content].filter(Boolean).join(': '))
    this.status = status
    this.title = title
    this.code = said?.error?.code ?? null
    this.content = said?.content ?? ''
    this.errors = said?.errors ?? []
    this.requestId = said?.error?.request_id ?? requestId
  }
}

/** No answer came: the network, a name that does not resolve, or ten seconds of silence. What was asked may still have happened. */
export class PaymentsUnreachable extends Error {
  override readonly name = 'PaymentsUnreachable'
}

/** Makes a client. Every POST carries an Idempotency-Key, so the tries it repeats by itself act once. */
export function createClient({ api, apiKey, fetch: ask = fetch, sleep = wait }: ClientOptions) {
  const base = readBase(api)
  // Checked here because the platform's own complaint about a bad header value quotes the value.
  if (!/^[\x21-\x7e]+$/.test(apiKey))
    throw new TypeError('apiKey must be a secret key: printable characters, no spaces')

  async function once(method: 'GET' | 'POST', path: string, headers: Record<string, string>, body?: string) {
    try {
      const answer = await ask(`${base}${path}`, {
        method,
        headers,
        // Followed redirects would carry the key to wherever they point.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === undefined ? {} : { body }),
      })
      return { answer, text: (await answer.text()).replaceAll(apiKey, '[key]') }
    } catch (error) {
      return new PaymentsUnreachable(`The payments API at ${base} did not answer (${reasonOf(error)})`)
    }
  }

  async function call<T>(
    method: 'GET' | 'POST',
    path: string,
    shape: z.ZodType<T>,
    body?: unknown,
    key?: string,
  ): Promise<T> {
    const headers: Record<string, string> = { accept: 'application/json', 'x-api-key': apiKey }
    if (method === 'POST') headers['idempotency-key'] = key ?? crypto.randomUUID()
    if (body !== undefined) headers['content-type'] = 'application/json'
    const sent = body === undefined ? undefined : JSON.stringify(body)

    for (let left = tries - 1; ; left--) {
      const reply = await once(method, path, headers, sent)
      const backoffMs = 250 * 2 ** (tries - 1 - left)
      if (reply instanceof PaymentsUnreachable) {
        if (left === 0) throw reply
        await sleep(backoffMs)
        continue
      }
      const { answer, text } = reply
      const json = parse(text)
      if (answer.ok) {
        const read = shape.safeParse(json)
        if (read.success) return read.data
      }
      const error = new PaymentsApiError(
        answer.status,
        answer.ok ? undefined : json,
        answer.headers.get('x-request-id'),
      )
      if (left === 0 || !isWorthAnother(error)) throw error
      await sleep(readRetryAfter(answer.headers.get('retry-after')) ?? backoffMs)
    }
  }

  return {
    sessions: {
      /** Opens a checkout session. Give `idempotencyKey` when the same order may ask twice: it gets the same session twice. */
      create: (input: NewSession, options: { idempotencyKey?: string } = {}): Promise<CreatedSession> =>
        call('POST', '/v1/payments/session', createdSession, input, options.idempotencyKey),
      get: (id: string): Promise<SessionView> => call('GET', `/v1/payments/session/${segment(id)}`, sessionView),
      /** Closes an open session, so that nobody pays it any more. */
      expire: (id: string): Promise<SessionView> =>
        call('POST', `/v1/payments/session/${segment(id)}/expire`, sessionView),
    },
    payments: {
      get: (id: string): Promise<PaymentView> => call('GET', `/v1/payments/${segment(id)}`, paymentView),
    },
  }
}

const createdSession = z.object({ session_id: z.string().min(1), checkout_url: z.url({ protocol: /^https?$/ }) })

// The fields that decisions about money stand on are checked; the rest is typed as the contract says and passed on.
const sessionView = z.custom<SessionView>(
  isShapedAs(z.object({ session_id: z.string(), status: z.string(), amount: z.string(), currency: z.string() })),
)
const paymentView = z.custom<PaymentView>(
  isShapedAs(
    z.object({ id: z.string(), status: z.string(), session_id: z.string(), amount: z.string(), currency: z.string() }),
  ),
)

function isShapedAs(shape: z.ZodType): (value: unknown) => boolean {
  return (value) => shape.safeParse(value).success
}

function readBase(api: string): string {
  const url = URL.parse(api)
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    throw new TypeError('api must be an http or https address without credentials or query')
  return url.href.replace(/\/+$/, '')
}

/** An id as one step of a path: `..` or a slash would ask another address with the secret key. */
function segment(id: string): string {
  if (!/^[\w-]{1,255}$/.test(id)) throw new TypeError('Not an id of the payments API')
  return id
}

function isWorthAnother(error: PaymentsApiError): boolean {
  return error.status === 429 || error.status === 503 || error.code === 'idempotency_key_in_use'
}

function readRetryAfter(header: string | null): number | undefined {
  return header && /^\d{1,9}$/.test(header) ? Math.min(Number(header) * 1000, longestWaitMs) : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A system's word such as ECONNREFUSED, never a free sentence: those may quote what was sent. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no reason given'
  if (error.name === 'TimeoutError') return `nothing for ${timeoutMs / 1000} s`
  const cause = error.cause
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return /^[A-Z_]{3,40}$/.test(code) ? code : 'network failure'
}

function wait(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}
