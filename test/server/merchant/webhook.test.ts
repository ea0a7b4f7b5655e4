/** Webhooks as a shop receives them: only the payment side's own, each once, and again when handling one failed. */
import { Webhook } from 'standardwebhooks'
import { beforeEach, describe, expect, it } from 'vitest'
import type { EventView } from '../../../server/contract/events.ts'
import { handledInMemory, verifyWebhook, webhookHandler, WebhookRefused } from '../../../server/merchant/webhook.ts'

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const other = `whsec_${Buffer.alloc(32, 8).toString('base64')}`

const anEvent = (change: Partial<EventView> = {}) => ({
  id: 'evt_1',
  object: 'event',
  type: 'payment.succeeded',
  object_id: 'pay_1',
  version: 2,
  test: true,
  created_at: '2026-11-20T12:00:00.000Z',
  data: { object: { id: 'pay_1', session_id: 'cs_test_1', amount: '12500.00', currency: 'CRC' } },
  ...change,
})

function signed(event: object, by = secret, at = new Date()): { body: string; headers: Record<string, string> } {
  const body = JSON.stringify(event)
  const id = (event as { id: string }).id
  return {
    body,
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(by).sign(id, at, body),
    },
  }
}

describe('verifyWebhook()', () => {
  it('gives the event that the payment side signed', () => {
    const { body, headers } = signed(anEvent())
    expect(verifyWebhook(body, headers, secret)).toEqual(anEvent())
    expect(verifyWebhook(body, new Headers(headers), [other, secret])).toEqual(anEvent())
  })

  it.each([
    ['another body', () => ({ ...signed(anEvent()), body: JSON.stringify(anEvent({ version: 3 })) })],
    ['another secret', () => signed(anEvent(), other)],
    ['a time six minutes ago', () => signed(anEvent(), secret, new Date(Date.now() - 360_000))],
    ['a time to come', () => signed(anEvent(), secret, new Date(Date.now() + 360_000))],
    ['no signature', () => ({ ...signed(anEvent()), headers: {} })],
    ['what is no event', () => signed({ id: 'evt_1', hello: 'world' })],
    ['an event that nobody knows', () => signed(anEvent({ type: 'payment.doubled' as 'payment.failed' }))],
  ])('refuses %s', (_, make) => {
    const { body, headers } = make()
    expect(() => verifyWebhook(body, headers, secret)).toThrow(WebhookRefused)
  })

  it('takes a signature among others, as while a secret is replaced', () => {
    const { body, headers } = signed(anEvent())
    headers['webhook-signature'] = `v1,bm9wZQ== ${headers['webhook-signature']}`
    expect(verifyWebhook(body, headers, secret)).toEqual(anEvent())
  })
})

describe('webhookHandler()', () => {
  let done: string[]
  let troubles: Error[]
  let fails = false
  let app: ReturnType<typeof webhookHandler>
  beforeEach(() => {
    done = []
    troubles = []
    fails = false
    app = webhookHandler({
      secret,
      on: {
        async 'payment.succeeded'(payment, event) {
          await new Promise((resolve) => setTimeout(resolve, 5))
          if (fails) throw new Error('the database is away')
          done.push(`${payment.id} ${event.version}`)
        },
      },
      onTrouble: (trouble) => troubles.push(trouble),
    })
  })
  const send = async ({ body, headers }: { body: string; headers: Record<string, string> }) =>
    (await app.request('/', { method: 'POST', body, headers })).status

  it('handles an event once, however often it comes, one after the other or at once', async () => {
    const one = signed(anEvent())
    expect(await Promise.all([send(one), send(one), send(one)])).toEqual([200, 200, 200])
    expect(await send(signed(anEvent(), secret, new Date(Date.now() - 60_000)))).toBe(200)
    expect(done).toEqual(['pay_1 2'])
  })

  it('handles it when it comes again after handling it failed', async () => {
    fails = true
    expect(await send(signed(anEvent()))).toBe(500)
    expect(troubles.map(({ message }) => message)).toEqual(['the database is away'])
    fails = false
    expect([await send(signed(anEvent())), done]).toEqual([200, ['pay_1 2']])
  })

  it('takes what is of no interest, and refuses what is not signed', async () => {
    expect(await send(signed(anEvent({ id: 'evt_2', type: 'payment.failed' })))).toBe(200)
    expect(await send(signed(anEvent(), other))).toBe(400)
    expect(await send({ ...signed(anEvent()), body: 'x'.repeat(70_000) })).toBe(413)
    expect(done).toEqual([])
  })

  it('says in a header what it did', async () => {
    const outcome = async (event: object) => {
      const { body, headers } = signed(event)
      const answer = await app.request('/', { method: 'POST', body, headers })
      return [answer.status, answer.headers.get('webhook-outcome')]
    }
    const one = anEvent()
    const together = await Promise.all([outcome(one), outcome(one)])
    expect(together.toSorted()).toEqual([
      [200, 'duplicate'],
      [200, 'handled'],
    ])
    expect(await outcome(one)).toEqual([200, 'duplicate'])
    expect(await outcome(anEvent({ id: 'evt_2', type: 'payment.failed' }))).toEqual([200, 'ignored'])
    expect(await outcome({ ...one, type: 'no such type' })).toEqual([400, null])
    fails = true
    expect(await outcome(anEvent({ id: 'evt_3' }))).toEqual([500, null])
  })

  it('does not act on how an object was before it became what is known of it, and does on whatever happened', async () => {
    const heard: string[] = []
    const note = (_: object, { id }: EventView) => void heard.push(id)
    app = webhookHandler({
      secret,
      on: { 'subscription.updated': note, 'subscription.renewed': note, 'payment.pending': note },
    })
    const of = (id: string, type: EventView['type'], version: number) =>
      send(signed(anEvent({ id, type, object_id: 'sub_1', version })))
    await of('a', 'subscription.renewed', 5)
    await of('b', 'subscription.updated', 4)
    await of('c', 'subscription.renewed', 3)
    await of('d', 'subscription.updated', 6)
    await of('e', 'payment.pending', 2)
    await send(signed(anEvent({ id: 'f', type: 'subscription.updated', object_id: 'sub_2', version: 1 })))
    expect(heard).toEqual(['a', 'c', 'd', 'f'])
  })

  it('asks for patience while its secret is not known', async () => {
    app = webhookHandler({ secret: () => undefined, on: {} })
    expect(await send(signed(anEvent()))).toBe(503)
  })

  it('forgets the oldest events in memory, not the newest', () => {
    const handled = handledInMemory(2)
    for (const id of ['a', 'b', 'c']) void handled.remember(anEvent({ id }) as EventView)
    expect(['a', 'b', 'c'].map((id) => handled.isHandled(anEvent({ id }) as EventView))).toEqual([false, true, true])
  })
})
