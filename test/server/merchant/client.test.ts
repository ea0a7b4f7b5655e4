import { describe, expect, it } from 'vitest'
import { createClient, PaymentsApiError, PaymentsUnreachable } from '../../../server/merchant/client.ts'
import { created, json, refusal, scripted } from './payments-stub.ts'

const apiKey = 'sk_test_do_not_tell'
const order = { amount: '12.50', currency: 'USD', return_url: 'http://shop.test/thanks' }

function aClient(world: ReturnType<typeof scripted>, api = 'http://payments.test') {
  const waits: number[] = []
  const sleep = async (ms: number) => void waits.push(ms)
  return { client: createClient({ api, apiKey, fetch: world.fetch, sleep }), waits }
}

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable('was not refused'),
    (error: unknown) => error,
  )

describe('createClient()', () => {
  it('sends the key in its header, the order as JSON and a key of its own against doubles', async () => {
    const world = scripted(created())
    const made = await aClient(world).client.sessions.create(order)
    expect(made).toEqual({ session_id: 'cs_test_1', checkout_url: 'http://payments.test/checkout/cs_test_1' })
    const [asked] = world.asked
    expect(asked).toMatchObject({ method: 'POST', path: '/v1/payments/session', body: order })
    expect(asked?.headers.get('x-api-key')).toBe(apiKey)
    expect(asked?.headers.get('content-type')).toBe('application/json')
    expect(asked?.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('sends the idempotency key it was given', async () => {
    const world = scripted(created())
    await aClient(world).client.sessions.create(order, { idempotencyKey: 'order-7' })
    expect(world.asked[0]?.headers.get('idempotency-key')).toBe('order-7')
  })

  it('gives two orders two keys', async () => {
    const world = scripted(created())
    const { client } = aClient(world)
    await client.sessions.create(order)
    await client.sessions.create(order)
    expect(new Set(world.asked.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(2)
  })

  it('sends no idempotency key with a question', async () => {
    const world = scripted(json(200, { session_id: 'cs_test_1', status: 'open', amount: '1.00', currency: 'USD' }))
    await aClient(world).client.sessions.get('cs_test_1')
    expect(world.asked[0]?.headers.has('idempotency-key')).toBe(false)
  })

  it.each(['http://payments.test', 'http://payments.test/', 'http://payments.test//'])(
    'joins paths to %s',
    async (api) => {
      const world = scripted(created())
      await aClient(world, api).client.sessions.create(order)
      expect(world.asked[0]?.path).toBe('/v1/payments/session')
    },
  )

  it.each(['', 'payments.test', 'ftp://payments.test', 'http://user:pass@payments.test', 'http://payments.test/?x=1'])(
    'refuses %j as the address of the API',
    (api) => expect(() => createClient({ api, apiKey })).toThrow(TypeError),
  )

  it.each(['', 'sk test', 'sk_test\n', 'sk_tést'])('refuses the key %j without repeating it', (bad) => {
    const making = () => createClient({ api: 'http://payments.test', apiKey: bad })
    expect(making).toThrow(TypeError)
    if (bad) expect(making).not.toThrow(bad)
  })

  it.each(['', '..', '.', 'a/b', 'a?b', 'a%2fb', 'x'.repeat(256)])('never asks for the id %j', async (id) => {
    const world = scripted(json(200, {}))
    expect(await rejection((async () => aClient(world).client.payments.get(id))())).toBeInstanceOf(TypeError)
    expect(world.asked).toEqual([])
  })

  it('asks for one path at a time', async () => {
    const world = scripted(json(404, {}))
    const { client } = aClient(world)
    await rejection(client.sessions.get('cs_test_1'))
    await rejection(client.sessions.expire('cs_test_1'))
    await rejection(client.payments.get('pay_1'))
    expect(world.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/payments/session/cs_test_1',
      'POST /v1/payments/session/cs_test_1/expire',
      'GET /v1/payments/pay_1',
    ])
  })
})

describe('trying again', () => {
  const passing = [
    ['the network fails', new TypeError('fetch failed')],
    ['its key is still in use', refusal(409, 'idempotency_key_in_use', { 'retry-after': '1' })],
    ['it asks too much', refusal(429, 'too_many_requests', { 'retry-after': '1' })],
    ['the service is busy', refusal(503, 'service_unavailable', { 'retry-after': '1' })],
  ] as const

  it.each(passing)('repeats the same request with the same key when %s', async (_when, trouble) => {
    const world = scripted(trouble, trouble, trouble, created())
    await aClient(world).client.sessions.create(order)
    expect(world.asked).toHaveLength(4)
    expect(new Set(world.asked.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(1)
    expect(world.asked.every(({ body }) => JSON.stringify(body) === JSON.stringify(order))).toBe(true)
  })

  it.each(passing)('gives up after three repeats when %s', async (_when, trouble) => {
    const world = scripted(trouble)
    const error = await rejection(aClient(world).client.sessions.create(order))
    expect(error).toBeInstanceOf(trouble instanceof Error ? PaymentsUnreachable : PaymentsApiError)
    expect(world.asked).toHaveLength(4)
  })

  it.each([
    [400, 'parameter_missing'],
    [401, 'unauthorized'],
    [402, 'card_declined'],
    [404, 'not_found'],
    [409, 'payment_intent_processing'],
    [422, 'idempotency_key_reused'],
    [500, 'internal_error'],
  ])('takes %i %s for an answer', async (status, code) => {
    const world = scripted(refusal(status, code))
    await rejection(aClient(world).client.sessions.create(order))
    expect(world.asked).toHaveLength(1)
  })

  it('waits as long as it is told, and never longer than five seconds', async () => {
    const world = scripted(
      refusal(429, 'too_many_requests', { 'retry-after': '2' }),
      refusal(429, 'too_many_requests', { 'retry-after': '3600' }),
      refusal(429, 'too_many_requests', { 'retry-after': 'soon' }),
      created(),
    )
    const { client, waits } = aClient(world)
    await client.sessions.create(order)
    expect(waits).toEqual([2000, 5000, 1000])
  })

  it('waits longer each time when it is not told', async () => {
    const { client, waits } = aClient(scripted(new TypeError('fetch failed')))
    await rejection(client.sessions.create(order))
    expect(waits).toEqual([250, 500, 1000])
  })
})

describe('errors', () => {
  it('carry what the documented body says', async () => {
    const body = {
      code: 422,
      title: 'Invalid amount',
      content: 'The amount has too many decimals.',
      type: 'danger',
      errors: [{ field: 'amount', message: 'too many decimals' }],
      error: { code: 'parameter_invalid', decline_code: null, param: 'amount', request_id: 'req_9' },
    }
    const error = await rejection(aClient(scripted(json(422, body))).client.sessions.create(order))
    expect(error).toMatchObject({
      name: 'PaymentsApiError',
      message: '422 Invalid amount: The amount has too many decimals.',
      status: 422,
      title: 'Invalid amount',
      code: 'parameter_invalid',
      content: 'The amount has too many decimals.',
      errors: [{ field: 'amount', message: 'too many decimals' }],
      requestId: 'req_9',
    })
  })

  it.each([
    [
      'a page of a proxy',
      new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'x-request-id': 'req_2' } }),
      502,
    ],
    ['an empty answer', new Response(null, { status: 500 }), 500],
    ['another body', json(400, ['no']), 400],
    [
      'a redirect, which would carry the key away',
      new Response(null, { status: 302, headers: { location: 'http://else.test' } }),
      302,
    ],
    ['a success that is no session', json(201, { session_id: 'cs_test_1' }), 201],
    [
      'a checkout address that runs as a script',
      json(201, { session_id: 'cs_test_1', checkout_url: 'javascript:alert(1)' }),
      201,
    ],
  ])('are made of %s', async (_what, answer, status) => {
    const error = await rejection(aClient(scripted(answer)).client.sessions.create(order))
    expect(error).toBeInstanceOf(PaymentsApiError)
    expect(error).toMatchObject({ status, title: 'Unexpected answer', code: null, errors: [] })
  })

  it('refuse a payment without the fields that decide', async () => {
    const world = scripted(json(200, { id: 'pay_1', status: 'succeeded' }))
    expect(await rejection(aClient(world).client.payments.get('pay_1'))).toBeInstanceOf(PaymentsApiError)
  })

  it.each([
    ['the answer repeats it', refusal(401, 'unauthorized', {}, `No such key: ${apiKey}`)],
    ['the network error quotes it', new TypeError(`Invalid header ${apiKey}`, { cause: new Error(apiKey) })],
    [
      'the network error has it as its code',
      Object.assign(new TypeError('x'), { cause: Object.assign(new Error(), { code: apiKey }) }),
    ],
  ])('never hold the key, even when %s', async (_when, trouble) => {
    const error = await rejection(aClient(scripted(trouble)).client.sessions.create(order))
    expect(error).toBeInstanceOf(Error)
    const { message, stack, cause } = error as Error
    expect(JSON.stringify([Object.entries(error as Error), message, stack, cause])).not.toContain(apiKey)
  })

  it('name the reason the system gives when nothing answers', async () => {
    const refused = new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) })
    const error = await rejection(aClient(scripted(refused)).client.payments.get('pay_1'))
    expect(error).toMatchObject({
      name: 'PaymentsUnreachable',
      message: 'The payments API at http://payments.test did not answer (ECONNREFUSED)',
    })
  })

  it('say so when ten seconds pass without an answer', async () => {
    const error = await rejection(
      aClient(scripted(new DOMException('The operation timed out', 'TimeoutError'))).client.payments.get('pay_1'),
    )
    expect(error).toBeInstanceOf(PaymentsUnreachable)
    expect((error as Error).message).toContain('nothing for 10 s')
  })
})
