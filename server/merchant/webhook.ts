/**
 * Webhooks as a shop receives them: checked against its secret, each event handled once.
 * ```ts
 * app.route('/webhooks', webhookHandler({
 *   secret: process.env.WEBHOOK_SECRET,
 *   on: { 'payment.succeeded': (payment) => ship(payment.session_id), 'payment.refunded': (payment) => callBack(payment) },
 * }))
 * ```
 */
import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { type EventObject, type EventType, eventTypes, type EventView } from '../contract/events.ts'
import type { HandlerOutcome } from '../contract/sandbox.ts'

export type { EventObject, EventType, EventView }

/** What came is not from the payment side, is too old, or was changed on its way. */
export class WebhookRefused extends Error {
  override readonly name = 'WebhookRefused'
}

/**
 * The event of a webhook, once its signature and its time (five minutes either way) are right. `body` is the text as it came:
 * a body that was parsed and written again is another one. Several secrets, while one is being replaced, may all be right.
 * Throws `WebhookRefused`.
 */
export function verifyWebhook(
  body: string,
  headers: Headers | Record<string, string | undefined>,
  secret: string | readonly string[],
): EventView {
  const read = (name: string): string => (headers instanceof Headers ? headers.get(name) : headers[name]) ?? ''
  const signed = {
    'webhook-id': read('webhook-id'),
    'webhook-timestamp': read('webhook-timestamp'),
    'webhook-signature': read('webhook-signature'),
  }
  for (const one of [secret].flat()) {
    try {
      const event = new Webhook(one).verify(body, signed)
      if (isEvent(event)) return event
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) throw error
    }
  }
  throw new WebhookRefused('This is no event that the payment side signed in the last five minutes')
}

function isEvent(value: unknown): value is EventView {
  const { id, type, object_id, version, data } = (value ?? {}) as Partial<EventView>
  return (
    typeof id === 'string' &&
    typeof object_id === 'string' &&
    typeof version === 'number' &&
    (eventTypes as readonly unknown[]).includes(type) &&
    typeof data?.object === 'object'
  )
}

/** Which events were handled: two small functions over the shop's own database. */
export type HandledPort = {
  isHandled(event: EventView): boolean | Promise<boolean>
  /** Called when everything was done; best in the transaction of what was done. */
  remember(event: EventView): void | Promise<void>
  /**
   * Whether an event with a higher `version` of the same `object_id` was remembered. Asked only of events that say no more than
   * how an object is (`subscription.updated`, `payment.pending`): one that is older news is not acted on. Left out, all are.
   */
  isOutdated?(event: EventView): boolean | Promise<boolean>
}

/** Whether an event says only how its object is: a newer one of that object says it better. Others tell what happened, and count each. */
const isSnapshot = ({ type }: EventView): boolean => /\.(?:updated|pending|processing|requires_action)$/.test(type)

/** For one process that may forget when it ends: what comes again after that is handled again. */
export function handledInMemory(most = 10_000): HandledPort {
  const ids = new Set<string>()
  const versions = new Map<string, number>()
  return {
    isHandled: ({ id }) => ids.has(id),
    isOutdated: ({ object_id, version }) => (versions.get(object_id) ?? 0) > version,
    remember({ id, object_id, version }) {
      ids.add(id)
      const oldest = ids.values().next().value
      if (ids.size > most && oldest !== undefined) ids.delete(oldest)
      const newest = Math.max(version, versions.get(object_id) ?? 0)
      // Put at the end: what was heard of longest ago is forgotten first.
      versions.delete(object_id)
      versions.set(object_id, newest)
      const stalest = versions.keys().next().value
      if (versions.size > most && stalest !== undefined) versions.delete(stalest)
    },
  }
}

/**
 * What to do about which event. Events may come late and in another order: the object is as it was when the event happened,
 * and `event.version` says which of two is newer.
 */
export type WebhookActions = {
  [T in EventType]?: (object: EventObject<T>, event: EventView<T>) => void | Promise<void>
}

export type WebhookOptions = {
  /** The endpoint's secret, shown when it was made; several while it is being replaced; a function where it is learnt later. */
  secret: string | readonly string[] | (() => string | readonly string[] | undefined)
  on: WebhookActions
  /** In memory by default. */
  handled?: HandledPort
  /** Hears of what was refused and of what failed; writes one line by default. */
  onTrouble?: (trouble: Error) => void
}

/** Bodies of events are smaller than 20 kB. */
const largestBody = 64 * 1024

/**
 * Answers 200 once the event was handled, now or before, or is of no interest; 400 when it is not from the payment side; 500
 * when handling it failed, and then it comes again. The header `Webhook-Outcome` says which it was: `handled`, `duplicate`,
 * `outdated` or `ignored`.
 */
export function webhookHandler(options: WebhookOptions): Hono {
  const { on, handled = handledInMemory(), onTrouble = (trouble) => console.error(trouble.message) } = options
  const app = new Hono()
  // Two deliveries of one event at once, of which the second waits for what the first comes to.
  const underWay = new Map<string, Promise<HandlerOutcome>>()

  app.post('/', bodyLimit({ maxSize: largestBody, onError: (c) => c.json({ error: 'body_too_large' }, 413) }), (c) =>
    receive(c, onTrouble),
  )
  app.onError((error, c) => {
    onTrouble(error)
    return c.json({ error: 'internal_error' }, 500)
  })

  async function receive(c: Context, trouble: (trouble: Error) => void): Promise<Response> {
    const secret = typeof options.secret === 'function' ? options.secret() : options.secret
    if (secret === undefined) return c.json({ error: 'not_ready' }, 503)
    let event: EventView
    try {
      event = verifyWebhook(await c.req.text(), c.req.raw.headers, secret)
    } catch (error) {
      if (!(error instanceof WebhookRefused)) throw error
      trouble(error)
      return c.json({ error: 'signature_invalid' }, 400)
    }
    const first = underWay.get(event.id)
    const running = first ?? handle(event).finally(() => underWay.delete(event.id))
    underWay.set(event.id, running)
    const outcome = await running
    c.header('Webhook-Outcome', first && outcome === 'handled' ? 'duplicate' : outcome)
    return c.json({ received: true })
  }

  async function handle(event: EventView): Promise<HandlerOutcome> {
    if (await handled.isHandled(event)) return 'duplicate'
    // Which object the type goes with is said by the table's type, and lost where the type is only known at run time.
    const act = on[event.type] as ((object: unknown, event: EventView) => void | Promise<void>) | undefined
    const outcome = act ? ((await isOldNews(event)) ? 'outdated' : 'handled') : 'ignored'
    if (outcome === 'handled') await act?.(event.data.object, event)
    await handled.remember(event)
    return outcome
  }

  const isOldNews = async (event: EventView): Promise<boolean> =>
    isSnapshot(event) && ((await handled.isOutdated?.(event)) ?? false)

  return app
}
