/** When a delivery is tried again, and what an endpoint hears. */
import { describe, expect, it } from 'vitest'
import { eventTypes } from '../../../server/contract/events.ts'
import { Problem } from '../../../server/domain/problem.ts'
import {
  afterTry,
  changeEndpoint,
  type Delivery,
  isHopeless,
  newEndpoint,
  replayDelivery,
  rotateSecret,
  signingSecrets,
  type Tried,
  wants,
} from '../../../server/domain/webhook.ts'
import { aDelivery, anEndpoint } from '../../support/builders.ts'

const now = new Date('2026-12-20T11:00:00.000Z')
const tried = (change: Partial<Tried> = {}): Tried => ({
  at: now,
  ms: 0,
  httpStatus: 500,
  error: null,
  response: null,
  retryAfterMs: null,
  ...change,
})

describe('a delivery', () => {
  it('is tried at 0, 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h, and then given up, after 75 h 35 min', () => {
    const waits: number[] = []
    let one: Delivery = aDelivery()
    let at = now
    while (one.status === 'pending') {
      one = afterTry(one, tried({ at }), 0)
      if (one.nextAttemptAt === null) break
      waits.push((Date.parse(one.nextAttemptAt) - at.getTime()) / 1000)
      at = new Date(one.nextAttemptAt)
    }
    expect(waits).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400])
    expect([one.status, one.tries]).toEqual(['failed', 10])
    expect((at.getTime() - now.getTime()) / 1000).toBe(75 * 3600 + 35 * 60 + 5)
  })

  it('waits a tenth more or less than the schedule says', () => {
    const wait = (jitter: number) =>
      Date.parse(afterTry(aDelivery({ tries: 2 }), tried(), jitter).nextAttemptAt!) - now.getTime()
    expect([wait(-1), wait(0), wait(1)]).toEqual([1_620_000, 1_800_000, 1_980_000])
  })

  it.each([200, 201, 204, 299])('has arrived with %i', (httpStatus) => {
    expect(afterTry(aDelivery(), tried({ httpStatus }), 0)).toMatchObject({ status: 'succeeded', nextAttemptAt: null })
  })

  it.each([301, 302, 307, 400, 401, 404, 500, 503, null])('has not arrived with %s', (httpStatus) => {
    expect(afterTry(aDelivery(), tried({ httpStatus }), 0)).toMatchObject({ status: 'pending', tries: 1, attempts: 1 })
  })

  it('is given up at once by one that is gone', () => {
    expect(afterTry(aDelivery(), tried({ httpStatus: 410 }), 0)).toMatchObject({
      status: 'failed',
      nextAttemptAt: null,
    })
  })

  it('takes twice the time where it is asked for slowness, and what Retry-After asks for up to a day', () => {
    const wait = (change: Partial<Tried>) =>
      (Date.parse(afterTry(aDelivery(), tried(change), 0).nextAttemptAt!) - now.getTime()) / 1000
    expect([429, 502, 504].map((httpStatus) => wait({ httpStatus }))).toEqual([10, 10, 10])
    expect(wait({ retryAfterMs: 60_000 })).toBe(60)
    expect(wait({ retryAfterMs: 1000 })).toBe(5)
    expect(wait({ retryAfterMs: 999_999_000 })).toBe(86_400)
  })

  it('is replayed from the beginning of the schedule, and counts on', () => {
    const over = aDelivery({ status: 'failed', tries: 10, attempts: 10, nextAttemptAt: null })
    const again = replayDelivery(over, now)
    expect(again).toMatchObject({
      status: 'pending',
      tries: 0,
      attempts: 10,
      nextAttemptAt: now.toISOString(),
      body: over.body,
    })
    expect(afterTry(again, tried(), 0).attempts).toBe(11)
  })
})

describe('an endpoint', () => {
  const wanted = {
    url: 'https://shop.example/webhooks',
    description: null,
    events: ['*'],
    signature: 'standard',
  } as const
  const maker = { id: 'we_1', by: { accountId: 'acct_1', live: false }, now }

  it('hears of types, of families, or of everything', () => {
    const heard = (events: string[]) => eventTypes.filter((type) => wants({ events }, type))
    expect(heard(['*'])).toEqual(eventTypes)
    expect(heard(['payment.succeeded'])).toEqual(['payment.succeeded'])
    expect(heard(['refund.*', 'payment.failed'])).toEqual([
      'payment.failed',
      'refund.created',
      'refund.updated',
      'refund.failed',
    ])
    // A family is what stands before the dot, not what begins alike.
    expect(heard(['payment.*']).some((type) => type.startsWith('payment_'))).toBe(false)
  })

  it.each(['payment', 'payment.*.*', '**', 'payment.paid', '', 'PAYMENT.SUCCEEDED'])('cannot listen to %j', (type) => {
    expect(() => newEndpoint({ ...wanted, events: [type] }, 's', maker)).toThrow(Problem)
  })

  it.each(['http://shop.example/', 'ftp://shop.example/', '/webhooks', 'https://a:b@shop.example/'])(
    'cannot be at %s',
    (url) => expect(() => newEndpoint({ ...wanted, events: ['*'], url }, 's', maker)).toThrow(Problem),
  )

  it('cannot be on this machine for live data', () => {
    const live = { ...maker, by: { ...maker.by, live: true } }
    expect(() => newEndpoint({ ...wanted, events: ['*'], url: 'http://localhost:1/' }, 's', live)).toThrow(Problem)
    expect(newEndpoint({ ...wanted, events: ['*'], url: 'http://localhost:1/' }, 's', maker).url).toBe(
      'http://localhost:1/',
    )
  })

  it('signs with both secrets for a day after a rotation', () => {
    const rotated = rotateSecret(anEndpoint({ secret: 'old' }), 'new', now)
    const later = (hours: number) => new Date(now.getTime() + hours * 3_600_000)
    expect(signingSecrets(anEndpoint({ secret: 'old' }), now)).toEqual(['old'])
    expect(signingSecrets(rotated, later(23.99))).toEqual(['new', 'old'])
    expect(signingSecrets(rotated, later(24))).toEqual(['new'])
  })

  it('is hopeless after five days in which nothing arrived', () => {
    const failingSince = now.toISOString()
    const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000)
    expect([4.99, 5].map((days) => isHopeless({ failingSince }, inDays(days)))).toEqual([false, true])
    expect(isHopeless({ failingSince: null }, inDays(99))).toBe(false)
  })

  it('that is enabled again begins anew', () => {
    const over = anEndpoint({ status: 'disabled', disabledReason: 'failing', failingSince: now.toISOString() })
    expect(changeEndpoint(over, { enabled: true })).toMatchObject({
      status: 'enabled',
      disabledReason: null,
      failingSince: null,
    })
    expect(changeEndpoint(anEndpoint(), { enabled: false })).toMatchObject({
      status: 'disabled',
      disabledReason: 'requested',
    })
    expect(changeEndpoint(over, { description: 'x' })).toMatchObject({ status: 'disabled', disabledReason: 'failing' })
  })
})
