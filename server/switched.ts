/**
 * Requests that a switch of the sandbox meets: late, refused, failed before or after what they do, or never answered. Asked of
 * a request only while some switch is on.
 */
import type { Context, Next } from 'hono'
import { setTimeout as sleep } from 'node:timers/promises'
import { meetRequest } from './actions/switches.ts'
import { consoleHeader, presentedKey } from './api/auth.ts'
import { answerProblem } from './api/errors.ts'
import type { Deps } from './deps.ts'
import type { Merchant } from './domain/account.ts'
import { namespaceHeader } from './domain/namespace.ts'
import { Problem, type Say } from './domain/problem.ts'
import type { AskedOf, Switch } from './domain/switch.ts'
import { couldBeId } from './ids.ts'
import { bearsToken, sentToken } from './legacy/auth.ts'
import { answerLegacyProblem } from './legacy/errors.ts'
import { selectIntent } from './store/intents.ts'
import { selectPayment } from './store/payments.ts'
import { selectSession } from './store/sessions.ts'
import type { Env } from './wire/reply.ts'

/** Goes on with a request, or lets the switch that meets it have its way. */
export function switched(deps: Deps): (c: Context<Env>, next: Next) => Promise<void> {
  return async (c, next) => {
    const asked = mayMeet(c) ? await askedOf(c, deps) : undefined
    const met = asked && (await meetRequest(deps, asked))
    if (!met) return next()
    c.set('fault', met.kind)
    c.set('met', asked)
    c.get('headers')['X-Sandbox-Switch'] = met.id
    // Pages learn of a refusal that comes before the route knows them; it tells of nobody.
    const isOpen = asked.keyId === undefined || bearsToken(c)
    switch (met.kind) {
      case 'delay':
        await wait(deps, met.delayMs ?? 0)
        return next()
      case 'rate_limit':
        return refuse(c, isOpen, tooMany())
      case 'error_before_commit':
        return refuse(c, isOpen, failed(met))
      case 'error_after_commit':
        return instead(c, next, failed(met))
      default:
        return drop(c, next)
    }
  }
}

/** The API alone, without what steers the sandbox and without our own console; browsers' questions whether they may ask do not count. */
function mayMeet(c: Context<Env>): boolean {
  const { path, method } = c.req
  const isSteering = path === '/v1/sandbox' || path.startsWith('/v1/sandbox/')
  return path.startsWith('/v1/') && !isSteering && method !== 'OPTIONS' && c.req.header(consoleHeader) === undefined
}

/** Whose data a request is about; undefined where nobody knows, and for live data. */
async function askedOf(c: Context<Env>, deps: Deps): Promise<AskedOf | undefined> {
  const { method, path } = c.req
  const merchant = await whoAsks(c, deps)
  if (merchant?.live) return undefined
  const isByKey = merchant !== undefined
  if (!isByKey && (c.req.header('x-api-key') ?? c.req.header('authorization')) !== undefined) return undefined
  // Of requests with a key the session matters only to switches that are for one.
  const wantsSession = !isByKey || deps.switches.forRequests().some(({ sessionId }) => sessionId !== null)
  const session = wantsSession ? await sessionOf(c, deps) : undefined
  if (session?.live) return undefined
  const accountId = merchant?.accountId ?? session?.accountId
  if (accountId === undefined) return undefined
  return { accountId, keyId: merchant?.keyId, sessionId: session?.id, method, path }
}

/** Who sent the request, without counting it: that is for whoever answers it, and so is what is wrong with it. */
async function whoAsks(c: Context<Env>, { accounts }: Deps): Promise<Merchant | undefined> {
  const found = bearsToken(c)
    ? (await accounts.bearer(sentToken(c) ?? ''))?.merchant
    : await accounts.merchant(keyOf(c) ?? '')
  const namespace = c.req.header(namespaceHeader)
  if (!found || found.live || namespace === undefined) return found
  // One that is not there yet has no switches.
  const accountId = await accounts.namespace(found.accountId, namespace)
  return accountId === undefined ? undefined : { ...found, accountId }
}

function keyOf(c: Context<Env>): string | undefined {
  try {
    return presentedKey(c)
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}

/** The session that a request names: by its id, that of its intent or of its payment, in the path or in the body. */
async function sessionOf(c: Context<Env>, { store: { db } }: Deps) {
  for (const word of c.req.path.split('/')) {
    if (!couldBeId(word)) continue
    let id = word.startsWith('cs_') ? word : undefined
    if (word.startsWith('pi_')) id = (await selectIntent(db, word))?.sessionId ?? undefined
    if (word.startsWith('pay_')) id = (await selectPayment(db, word))?.sessionId ?? undefined
    if (id !== undefined) return selectSession(db, id)
  }
  if (c.req.method !== 'POST') return undefined
  const named = sessionIn(await beginningOf(c.req.raw))
  return named === undefined ? undefined : selectSession(db, named)
}

function sessionIn(text: string): string | undefined {
  const [, id] = /"session_id"\s*:\s*"([^"\\]*)"/.exec(text) ?? []
  return id !== undefined && couldBeId(id) ? id : undefined
}

/** Bodies that are longer are refused. */
const mostRead = 64 * 1024

/** The beginning of a body, which is left to whoever answers. */
async function beginningOf(request: Request): Promise<string> {
  const reader = request.clone().body?.getReader()
  if (!reader) return ''
  const parts: Uint8Array[] = []
  let length = 0
  try {
    while (length < mostRead) {
      const { done, value } = await reader.read()
      if (done) break
      parts.push(value)
      length += value.length
    }
  } catch {
    // A sender that hangs up has named no session; whoever answers finds out, and says so.
    return ''
  }
  // Not waited for: the other reader of the same body has not begun yet.
  void reader.cancel().catch(() => undefined)
  return Buffer.concat(parts).toString('utf8')
}

const stepMs = 250

/** A server that is to stop waits for nobody any longer. */
async function wait({ running }: Deps, ms: number): Promise<void> {
  const until = performance.now() + ms
  for (let left = ms; left > 0 && !running.stopping; left = until - performance.now()) {
    await sleep(Math.min(left, stepMs))
  }
}

function answer(c: Context<Env>, problem: Problem): Response {
  return bearsToken(c) ? answerLegacyProblem(c, problem) : answerProblem(c, problem)
}

function refuse(c: Context<Env>, isOpen: boolean, problem: Problem): void {
  if (isOpen) {
    const headers = c.get('headers')
    headers['Vary'] = 'Origin'
    headers['Access-Control-Allow-Origin'] = '*'
    headers['Access-Control-Expose-Headers'] = 'Retry-After, X-Request-Id'
  }
  c.res = answer(c, problem)
}

/** Everything happens, and its answer is another one. Which page may read it was decided by the route. */
async function instead(c: Context<Env>, next: Next, problem: Problem): Promise<void> {
  const requestId = c.get('requestId')
  await next()
  // A repeated request has taken the id of the first.
  c.set('requestId', requestId)
  const kept = Object.entries(c.get('headers')).filter(([name]) => /^(?:access-control-|x-|vary$|cache-)/i.test(name))
  c.set('headers', Object.fromEntries(kept))
  // Or the headers of the true answer would be among those of this one.
  c.res = undefined
  c.res = answer(c, problem)
}

/**
 * Everything happens, and nobody hears of it. One letter is sent all the same: a browser whose connection was used before and
 * is cut without any takes it for one that was too old, and sends its request again by itself.
 * https://source.chromium.org/chromium/chromium/src/+/main:net/http/http_network_transaction.cc (ShouldResendRequest)
 */
async function drop(c: Context<Env>, next: Next): Promise<void> {
  const socket = c.env?.incoming?.socket
  await next()
  if (socket?.write && socket.destroy) {
    await new Promise((sent) => socket.write?.('H', sent))
    socket.destroy()
    return
  }
  const { status } = c.res
  c.res = undefined
  c.res = answer(
    c,
    new Problem('internal_error', {
      en: `This request came over no socket that could be cut; its answer was ${status}`,
      es: `Esta solicitud no llegó por un socket que se pudiera cortar; su respuesta era ${status}`,
    }),
  )
}

const tooMany = () =>
  new Problem(
    'too_many_requests',
    {
      en: 'Too many requests, as a switch of this sandbox has it; wait a moment and repeat the request',
      es: 'Demasiadas solicitudes, por un interruptor de este sandbox; espere un momento y repita la solicitud',
    },
    { retryAfterSeconds: 1 },
  )

const failed = ({ id }: Switch) => {
  const say: Say = {
    en: `Something went wrong on our side, as the switch ${id} of this sandbox has it; repeat the request with the same Idempotency-Key`,
    es: `Algo falló de nuestro lado, por el interruptor ${id} de este sandbox; repita la solicitud con la misma Idempotency-Key`,
  }
  return new Problem('internal_error', say)
}
