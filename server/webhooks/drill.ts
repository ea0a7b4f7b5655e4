/**
 * Plays drills: signed events of a payment that never was, as a bad network and a bad sender would bring them. A process that
 * dies on the way leaves its lease, and any other goes on with the check that has no result yet.
 */
import { leaseDrill, recordCheck } from '../actions/drills.ts'
import type { PaymentView } from '../contract/checkout.ts'
import type { EventView } from '../contract/events.ts'
import type { DrillCheckName } from '../contract/sandbox.ts'
import type { Deps } from '../deps.ts'
import { type Answered, type Drill, judge } from '../domain/drill.ts'
import { signingSecrets, type WebhookEndpoint } from '../domain/webhook.ts'
import { selectDueDrills } from '../store/drills.ts'
import { LostRace } from '../store/guard.ts'
import type { Deliverer, Send } from './deliver.ts'
import { signatureHeaders } from './sign.ts'

/** `real` is what signatures carry. */
export function openDrills(deps: Deps, send: Send, real: () => Date): Deliverer {
  const playing = new Map<string, Promise<void>>()
  let stopped = false
  const begin = (drill: Drill): void => {
    const one = play(deps, send, real, drill, () => stopped)
      .catch((error: unknown) => {
        // Another process is at it, or it was taken away.
        if (error instanceof LostRace) return
        deps.log.error({ err: error, id: drill.id }, 'a drill could not go on')
      })
      .finally(() => playing.delete(drill.id))
    playing.set(drill.id, one)
  }
  const idle = async () => {
    while (playing.size > 0) await Promise.all(playing.values())
  }
  return {
    async round() {
      if (stopped) return
      const due = await selectDueDrills(deps.store.db, deps.now().toISOString())
      for (const drill of due) if (!playing.has(drill.id)) begin(drill)
    },
    idle,
    stop() {
      stopped = true
      return idle()
    },
  }
}

async function play(deps: Deps, send: Send, real: () => Date, drill: Drill, isOver: () => boolean): Promise<void> {
  let now = drill
  for (const { name, status } of drill.checks) {
    if (status !== 'running') continue
    if (isOver()) return
    const { drill: leased, endpoint } = await leaseDrill(deps, now)
    if (!endpoint) return
    now = await recordCheck(deps, leased, judge(name, await ask(deps, send, real, leased, endpoint, name)))
  }
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** Sends what a check is about, and gives the answers in the order of what was sent. */
async function ask(
  deps: Deps,
  send: Send,
  real: () => Date,
  drill: Drill,
  endpoint: WebhookEndpoint,
  name: DrillCheckName,
): Promise<Answered[]> {
  const right = signingSecrets(endpoint, deps.now()).map((sealed) => deps.secrets.unseal(sealed, endpoint.id))
  const now = deps.now({ accountId: drill.accountId, live: false })
  const sent = async (event: EventView, how: { secrets?: string[]; at?: Date } = {}): Promise<Answered> => {
    const { secrets = right, at = real() } = how
    const body = JSON.stringify(event)
    const headers = signatureHeaders(endpoint.signature, { id: event.id, at, body, secrets })
    const { httpStatus, error, said } = await send({ body }, endpoint, headers)
    return { httpStatus, error, outcome: said ?? null }
  }
  const payment = inventedPayment(deps, now)
  const event = eventOf(deps, payment, now)
  switch (name) {
    case 'bad_signature':
      return [await sent(event, { secrets: [deps.secrets.newWebhookSecret()] })]
    case 'old_timestamp':
      return [await sent(event, { at: new Date(real().getTime() - 10 * minuteMs) })]
    case 'duplicate':
      return [await sent(event), await sent(event)]
    case 'duplicate_at_once':
      return Promise.all([sent(event), sent(event)])
    case 'reordered': {
      const older = { ...eventOf(deps, { ...payment, status: 'pending' }, now), version: event.version - 1 }
      return [await sent(event), await sent(older)]
    }
    case 'delayed': {
      const earlier = new Date(now.getTime() - 6 * hourMs)
      return [await sent(eventOf(deps, { ...payment, created_at: earlier.toISOString() }, earlier))]
    }
  }
}

/** Ids of what was never there begin so, after the prefix of their kind: no order and no payment has such a one. */
const mark = 'drill_'

/** A payment that looks like any other, but that none of its ids leads anywhere, and that it says what it is. */
const inventedPayment = ({ newId }: Deps, at: Date): PaymentView => ({
  id: newId(`pay_${mark}`),
  object: 'payment',
  amount: '1.00',
  currency: 'USD',
  status: 'succeeded',
  amount_refunded: '0.00',
  description: 'Webhook drill',
  items: ['Webhook drill'],
  customer_id: null,
  session_id: newId(`cs_test_${mark}`),
  subscription_id: null,
  card: { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2034 },
  failure: null,
  test: true,
  created_at: at.toISOString(),
})

const eventOf = (
  { newId }: Deps,
  payment: PaymentView,
  at: Date,
): EventView<'payment.succeeded'> | EventView<'payment.pending'> => ({
  id: newId(`evt_${mark}`),
  object: 'event',
  type: payment.status === 'succeeded' ? 'payment.succeeded' : 'payment.pending',
  object_id: payment.id,
  version: 2,
  test: true,
  created_at: at.toISOString(),
  data: { object: payment },
})
