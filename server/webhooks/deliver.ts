/**
 * Empties the outbox: sends events on their way, tries what is due, and writes what came of it. Each endpoint has a few
 * places of its own, so that a slow one delays no other. Semantics B6.
 */
import { createHash } from 'node:crypto'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { letGo, letGoIfOvertaken, meetDelivery } from '../actions/switches.ts'
import { dispatch, lease, recordSpoiltTry, recordTry } from '../actions/webhooks.ts'
import type { DeliveryError } from '../contract/resources.ts'
import { type HandlerOutcome, handlerOutcomes } from '../contract/sandbox.ts'
import type { Deps } from '../deps.ts'
import { withoutCardNumbers } from '../domain/card.ts'
import { type Delivery, signingSecrets, type Tried, type WebhookEndpoint } from '../domain/webhook.ts'
import { LostRace } from '../store/guard.ts'
import { selectDueDeliveries, selectDueEndpoints } from '../store/webhooks.ts'
import { showEvent } from '../wire/show-event.ts'
import { checkUrl, guardedLookup, type Reach, RefusedAddress } from './reach.ts'
import { signatureHeaders } from './sign.ts'

/** How many tries of one endpoint, and of all, are under way in one process at a time. */
const mostOfOne = 8
const mostOfAll = 128
/** How long a try may take, from its first byte to the answer's last. */
const timeoutMs = 20_000
/** What is read of an answer at most, and what is kept. */
const mostRead = 64 * 1024
const mostKept = 500

/** Sends one try, and tells what came of it; it never throws. */
export type Send = (
  sent: Pick<Delivery, 'body'>,
  endpoint: Pick<WebhookEndpoint, 'id' | 'url'>,
  headers: Record<string, string>,
) => Promise<Outcome>
/** `said` is what the receiver says that it did. */
type Outcome = Omit<Tried, 'at'> & { said?: HandlerOutcome | undefined }

/** What delivers: `round` begins what is due now, and goes on with what is due after it for as long as there is something. */
export type Deliverer = {
  round(): Promise<void>
  /** Begins nothing more, and resolves once nothing is under way. */
  stop(): Promise<void>
  /** Resolves once nothing is under way. */
  idle(): Promise<void>
}

/** `real` is what signatures carry: receivers compare it with their own clocks, wherever the sandbox's own starts. */
export function openDelivery(deps: Deps, send: Send, real: () => Date): Deliverer {
  /** How many tries of each endpoint are under way. */
  const places = new Map<string, number>()
  const tries = new Set<Promise<void>>()
  const looking = new Map<string, Promise<void>>()
  let stopped = false

  /** Fills the free places of an endpoint. It is looked for by one at a time, so that nobody takes what another has found. */
  function fill(endpointId: string): Promise<void> {
    const before = looking.get(endpointId) ?? Promise.resolve()
    const one = before
      .then(() => begin(endpointId))
      .finally(() => {
        if (looking.get(endpointId) === one) looking.delete(endpointId)
      })
    looking.set(endpointId, one)
    return one
  }

  async function begin(endpointId: string): Promise<void> {
    const taken = places.get(endpointId) ?? 0
    const free = Math.min(mostOfOne - taken, mostOfAll - tries.size)
    if (free <= 0 || stopped) return
    const found = await selectDueDeliveries(deps.store.db, endpointId, deps.now().toISOString(), free)
    const leased = await Promise.all(found.map((due) => leaseOne(deps, due)))
    for (const taken of leased) {
      // One after the other, so that a switch meets the oldest.
      const due = taken && (await meetOne(deps, taken))
      if (!due) continue
      places.set(endpointId, (places.get(endpointId) ?? 0) + 1)
      const one = deliver(deps, send, real, due)
        .catch((error: unknown) => {
          // Its lease was over, and another process is at it.
          if (error instanceof LostRace) return
          deps.log.error({ err: error, id: due.delivery.id }, 'a webhook could not be delivered')
        })
        .finally(() => {
          tries.delete(one)
          places.set(endpointId, places.get(endpointId)! - 1)
        })
      tries.add(one)
      void one
        .then(() => fill(endpointId))
        .catch((error: unknown) => {
          deps.log.error({ err: error }, 'due webhooks could not be looked for')
        })
    }
  }

  const idle = async () => {
    while (tries.size > 0 || looking.size > 0) await Promise.all([...tries, ...looking.values()])
  }
  return {
    async round() {
      deps.switches.refreshSoon()
      while (await dispatch(deps, (event) => JSON.stringify(showEvent(event, deps.settings.publicUrl))));
      const endpoints = await selectDueEndpoints(deps.store.db, deps.now().toISOString())
      await Promise.all(endpoints.map(fill))
    },
    idle,
    stop() {
      stopped = true
      return idle()
    },
  }
}

/** A delivery that is to be tried; `isMet` says that a switch has just met it. */
type Leased = NonNullable<Awaited<ReturnType<typeof lease>>>
type Due = Leased & { isMet: boolean }

/** Takes a delivery, unless another process has. */
async function leaseOne(deps: Deps, due: Delivery): Promise<Leased | undefined> {
  try {
    return await lease(deps, due)
  } catch (error) {
    if (error instanceof LostRace) return undefined
    throw error
  }
}

/** What a switch makes of a delivery, if one is on that is for it; undefined when it is not to be tried now. */
async function meetOne(deps: Deps, one: Leased): Promise<Due | undefined> {
  if (deps.switches.forDeliveries().length === 0) return { ...one, isMet: false }
  try {
    const delivery = await meetDelivery(deps, one.delivery)
    if (delivery.leasedUntil !== null) return { ...one, delivery, isMet: delivery !== one.delivery }
    if (delivery.fault === 'webhook_reorder') await letGoIfOvertaken(deps, delivery)
  } catch (error) {
    // Its lease was over, and another process is at it.
    if (!(error instanceof LostRace)) throw error
  }
  return undefined
}

/** How long after the first the second of two deliveries is sent that a switch has asked for. */
const againAfterMs = 300

async function deliver(deps: Deps, send: Send, real: () => Date, { delivery, endpoint, isMet }: Due): Promise<void> {
  const trying = async (secrets: readonly string[]): Promise<Tried> => {
    const at = deps.now()
    const signed = { id: delivery.eventId, at: real(), body: delivery.body, secrets }
    const { said: _, ...outcome } = await send(delivery, endpoint, signatureHeaders(endpoint.signature, signed))
    return { at, ...outcome }
  }
  const fault = isMet ? delivery.fault : null
  if (fault === 'webhook_bad_signature') {
    return recordSpoiltTry(deps, delivery, await trying([deps.secrets.newWebhookSecret()]))
  }
  const secrets = signingSecrets(endpoint, deps.now()).map((sealed) => deps.secrets.unseal(sealed, endpoint.id))
  const first = await trying(secrets)
  if (fault === 'webhook_duplicate') {
    await sleep(againAfterMs)
    await recordTry(deps, delivery, [first, await trying(secrets)], jitterOf(delivery))
  } else await recordTry(deps, delivery, [first], jitterOf(delivery))
  await letGo(deps, delivery)
}

/** From -1 to 1, another one for each try, and the same for the same try: nothing is drawn. */
function jitterOf({ id, attempts }: Delivery): number {
  const digest = createHash('sha256').update(`${id} ${attempts}`).digest()
  return digest.readUInt32BE() / 2 ** 31 - 1
}

/** Over the network, to addresses that may be reached. Answers that lead elsewhere are not followed. */
export const overNetwork =
  (reach: Reach): Send =>
  ({ body }, { url: address }, headers) =>
    new Promise((resolve) => {
      const began = performance.now()
      const done = (come: Partial<Outcome>) =>
        resolve({
          httpStatus: null,
          error: null,
          response: null,
          retryAfterMs: null,
          ...come,
          ms: Math.round(performance.now() - began),
        })
      const url = new URL(address)
      try {
        checkUrl(url, reach)
      } catch (error) {
        return done({ error: errorOf(error) })
      }
      const begin = url.protocol === 'https:' ? requestHttps : requestHttp
      const asking = begin(
        url,
        {
          method: 'POST',
          lookup: guardedLookup(reach),
          signal: AbortSignal.timeout(timeoutMs),
          // A connection of its own each time: what it leads to is checked each time.
          agent: false,
          headers: {
            ...headers,
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
            'user-agent': 'fourgeeks-checkout-webhooks',
          },
        },
        (answer) => {
          const parts: Buffer[] = []
          let length = 0
          const finish = () => {
            const text = Buffer.concat(parts).toString('utf8').slice(0, mostKept)
            done({
              httpStatus: answer.statusCode ?? null,
              response: text === '' ? null : withoutCardNumbers(text.replaceAll('\0', '')),
              retryAfterMs: readRetryAfter(answer.headers['retry-after']),
              said: handlerOutcomes.find((one) => one === answer.headers['webhook-outcome']),
            })
          }
          answer.on('data', (part: Buffer) => {
            length += part.length
            parts.push(part)
            if (length < mostRead) return
            // Enough to know: the status has come, and the rest is of no interest.
            finish()
            answer.destroy()
          })
          answer.on('end', finish)
          answer.on('error', (error) => done({ error: errorOf(error) }))
        },
      )
      asking.on('error', (error) => done({ error: errorOf(error) }))
      asking.end(body)
    })

/** What is told of a failure: its kind, and nothing of what this server knows about its network. */
function errorOf(error: unknown): DeliveryError {
  const { name, code = '', cause } = error as { name: string; code?: string; cause?: unknown }
  if (error instanceof RefusedAddress || cause instanceof RefusedAddress) return 'address_refused'
  if (name === 'TimeoutError' || name === 'AbortError' || code === 'ETIMEDOUT' || code === 'ABORT_ERR') return 'timeout'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'name_not_found'
  if (/^(CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO)/.test(code)) return 'tls_failed'
  if (code === 'ECONNREFUSED' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'connection_failed'
  return 'no_answer'
}

/** Seconds, as almost everybody writes it. */
const readRetryAfter = (header: string | undefined): number | null =>
  header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : null
