/** What the console asks the payment side: the public API, and what is made for the console beside it. */
import type { ErrorBody } from '../../server/contract/errors.ts'

/** The API answered, and the answer was no. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly status: number
  readonly code: string | null
  readonly fields: readonly { field: string; message: string }[]
  readonly requestId: string | null

  constructor(status: number, body: Partial<ErrorBody> | undefined, requestId: string | null) {
    super(body?.content ?? '')
    this.status = status
    this.code = body?.error?.code ?? null
    this.fields = body?.errors ?? []
    this.requestId = body?.error?.request_id ?? requestId
  }
}

/** No answer came: what was asked may still have happened. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

export type Query = Record<string, string | number | boolean | null | undefined>

export type Credentials = { key: string; namespace: string | null; language: string }

const tries = 3
const timeoutMs = 15_000
/** A clock that moves months may have years of renewals to do on the way. */
const longestMs = 120_000

export class Api {
  readonly #credentials: Credentials
  readonly #refused: (() => void) | undefined

  /** `refused` is told when the key no longer counts. */
  constructor(credentials: Credentials, refused?: () => void) {
    this.#credentials = credentials
    this.#refused = refused
  }

  get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    return this.#ask<T>('GET', path + queryOf(query), undefined, signal)
  }

  /** Acts once, however often it has to be sent: every call is one click and has a key of its own. */
  post<T>(path: string, body?: object): Promise<T> {
    return this.#ask<T>('POST', path, body)
  }

  patch<T>(path: string, body: object): Promise<T> {
    return this.#ask<T>('PATCH', path, body)
  }

  delete<T>(path: string): Promise<T> {
    return this.#ask<T>('DELETE', path)
  }

  async #ask<T>(method: string, path: string, body?: object, signal?: AbortSignal): Promise<T> {
    const { key, namespace, language } = this.#credentials
    const headers: Record<string, string> = {
      Accept: 'application/json',
      'Accept-Language': language,
      'X-Api-Key': key,
      'X-Console': '1',
    }
    if (namespace !== null) headers['X-Sandbox-Namespace'] = namespace
    if (method === 'POST') headers['Idempotency-Key'] = crypto.randomUUID()
    if (body !== undefined) headers['Content-Type'] = 'application/json'
    const sent = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
    for (let left = tries - 1; ; left--) {
      const answer = await once(path, sent, signal)
      if (answer instanceof Response) {
        const read = (await answer.json().catch(() => undefined)) as T | Partial<ErrorBody> | undefined
        if (answer.ok && read !== undefined) return read as T
        const problem = new ApiProblem(
          answer.status,
          read as Partial<ErrorBody> | undefined,
          answer.headers.get('x-request-id'),
        )
        if (answer.status === 401) this.#refused?.()
        if (left === 0 || !isWorthAnother(problem)) throw problem
        await wait(Number(answer.headers.get('retry-after') ?? 0) * 1000 || 400)
      } else {
        if (left === 0 || signal?.aborted) throw answer
        await wait(400)
      }
    }
  }
}

/** Limits, a key in use and a server that is stopping pass by; everything else is an answer. */
const isWorthAnother = ({ status, code }: ApiProblem): boolean =>
  status === 429 || status === 503 || (status === 409 && code === 'idempotency_key_in_use')

async function once(path: string, sent: RequestInit, signal?: AbortSignal): Promise<Response | Unreachable> {
  const limit = AbortSignal.timeout(sent.method === 'GET' ? timeoutMs : longestMs)
  try {
    return await fetch(path, {
      ...sent,
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      cache: 'no-store',
      // Or the browser asks for a name and a password itself where a key is refused.
      credentials: 'omit',
    })
  } catch (error) {
    return new Unreachable(error instanceof Error ? error.message : 'no answer')
  }
}

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, Math.min(ms, 5000)))

export function queryOf(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === null || value === undefined || value === '' ? [] : [[name, String(value)]],
  )
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}
