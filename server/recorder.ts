/**
 * Writes requests down for whoever looks for a mistake: what was sent and answered, as it may be kept. Nobody waits for it,
 * and when more come than is worth writing, some are left out: a store under load has better things to write.
 */
import type { Caller, RequestSummary } from './contract/console.ts'
import type { Owner } from './domain/account.ts'
import { idsIn, keptAnswer, keptForm, keptHeaders, keptPath, keptSent, keptText } from './domain/kept-request.ts'
import type { Log } from './log.ts'
import { insertRequests, selectOwners } from './store/requests.ts'
import type { RequestRow, Store } from './store/schema.ts'

export type Recorder = {
  /** Whether requests of this owner are written down. */
  keeps(owner: Owner): boolean
  /** Notes a request that was just answered. It returns at once. */
  note(seen: Seen): void
  /** Resolves once everything noted so far is written. */
  flush(): Promise<void>
}

/** A request that was just answered. */
export type Seen = {
  id: string
  at: Date
  ms: number
  /** The pattern that matched. */
  route: string
  request: Request
  /** What a handler has read of its body. */
  body: Promise<string | ArrayBuffer | FormData | undefined>
  status: number
  /** The answer's headers, and what it is made of, before it became text. */
  headers: Record<string, string>
  answer: unknown
  /** Whose it is, where a key or token said so. */
  owner: Owner | undefined
  caller: Caller
  fault: string | undefined
}

/** How long a request waits at most until it can be read. */
const everyMs = 250
/** How many are written in that time; the others are left out. */
const mostAtOnce = 250
/** How often it is told that some were left out. */
const sayEveryMs = 60_000
/** Most of a body: no request of this API makes sense beyond it. */
const longestBody = 16_384

/** A request without a key belongs to whoever its objects belong to, which is asked for when it is written. */
type Noted = Omit<RequestRow, 'account_id' | 'live' | 'object_ids'> & { owner: Owner | undefined; objectIds: string[] }

/** `keeps` says whose requests are written down. */
export function openRecorder(store: Store, log: Log, keeps: (owner: Owner) => boolean): Recorder {
  let noted: Promise<Noted>[] = []
  let leftOut = 0
  let saidAt = -Infinity
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()

  async function write(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const taken = noted
    noted = []
    if (leftOut > 0 && performance.now() - saidAt > sayEveryMs) {
      log.warn({ requests: leftOut }, 'more requests came than are written down for the console')
      leftOut = 0
      saidAt = performance.now()
    }
    if (taken.length === 0) return
    try {
      const rows = await Promise.all(taken)
      const unowned = rows.filter((row) => !row.owner).flatMap((row) => row.objectIds)
      const owners = unowned.length === 0 ? new Map<string, Owner>() : await selectOwners(store.db, unowned)
      const owned = rows.flatMap(({ owner, objectIds, ...row }) => {
        const by = owner ?? objectIds.map((id) => owners.get(id)).find((found) => found !== undefined)
        return by && keeps(by) ? [{ ...row, account_id: by.accountId, live: by.live ? 1 : 0, objectIds } as const] : []
      })
      if (owned.length > 0) await store.together((tx) => insertRequests(tx, owned))
    } catch (error) {
      log.error({ err: error, requests: taken.length }, 'requests could not be written down for the console')
    }
  }

  return {
    keeps,
    note(seen) {
      const { owner, caller, route } = seen
      const { method } = seen.request
      if ((owner && !keeps(owner)) || method === 'OPTIONS' || method === 'HEAD' || !isRecorded(route)) return
      // The console's own reading would fill the list that it reads.
      if (caller === 'console' && method === 'GET') return
      if (noted.length >= mostAtOnce) {
        leftOut++
        return
      }
      noted.push(describe(seen))
      timer ??= setTimeout(() => (writing = writing.then(write)), everyMs).unref()
    },
    async flush() {
      await writing
      await write()
    },
  }
}

/** Files, health and what was not found for nobody are of no interest. */
const isRecorded = (route: string): boolean =>
  !/^\/(?:assets|element|docs|console|frame|healthz|readyz|metrics|openapi|fourgeeks)/.test(route)

async function describe(seen: Seen): Promise<Noted> {
  const { request, route, status } = seen
  // What is to be read of the request is read now: it is not kept.
  const path = keptPath(request.url, route)
  const headers = keptHeaders(request.headers)
  const answered = { headers: keptHeaders(Object.entries(seen.headers)), body: keptAnswer(seen.answer) }
  const key = request.headers.get('idempotency-key')
  const body = keptBody(await seen.body, headers['content-type'] ?? '')
  return {
    id: seen.id,
    owner: seen.owner && { accountId: seen.owner.accountId, live: seen.owner.live },
    created_at: seen.at.toISOString(),
    method: request.method,
    path,
    route,
    status,
    ms: Math.round(seen.ms),
    caller: seen.caller,
    idempotency_key: key === null ? null : keptText(key, 255),
    replayed: answered.headers['idempotent-replayed'] === 'true' ? 1 : 0,
    error: status >= 400 ? errorIn(answered.body) : null,
    fault: seen.fault ?? null,
    objectIds: idsIn(path, body, answered.body),
    request: JSON.stringify({ headers, body }),
    response: JSON.stringify(answered),
  }
}

/** What was sent, as it may be kept; a body that no handler has read is not read for this. */
function keptBody(sent: string | ArrayBuffer | FormData | undefined, type: string): unknown {
  if (sent === undefined) return null
  if (sent instanceof FormData) return keptSent(Object.fromEntries(sent))
  const written = typeof sent === 'string' ? sent : new TextDecoder().decode(sent)
  if (written.trim() === '') return null
  if (written.length > longestBody) return `… (${written.length} characters)`
  if (/^\s*[{[]/.test(written)) {
    try {
      return keptSent(JSON.parse(written))
    } catch {
      return '… (not readable as JSON)'
    }
  }
  return type.startsWith('application/x-www-form-urlencoded') ? keptForm(written) : `… (${written.length} characters)`
}

/** What a refusal says to programs. */
function errorIn(body: unknown): string | null {
  const said = (body as { error?: Partial<NonNullable<RequestSummary['error']>> } | null)?.error
  if (typeof said?.code !== 'string') return null
  return JSON.stringify({ code: said.code, decline_code: said.decline_code ?? null, param: said.param ?? null })
}
