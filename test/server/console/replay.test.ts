/** A payment's story as a file, and what comes of it when it is played again. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TimelineFile } from '../../../server/contract/timeline.ts'
import { sweep } from '../../../server/actions/sweep.ts'
import { randomIds } from '../../../server/ids.ts'
import { play } from '../../../server/replay/play.ts'
import { apiKey, makeApp, type TestApp } from '../../support/make-app.ts'

let shop: TestApp
let ms: number

beforeEach(async () => {
  ms = Date.parse('2026-11-20T12:00:00.000Z')
  shop = await makeApp({ records: true, ids: (prefix) => randomIds(() => new Date(ms++))(prefix) })
})
afterEach(() => shop.deps.store.close())

const key = { 'X-Api-Key': apiKey }

/** Lets time go on, for ids too. */
function wait(seconds: number): void {
  ms += seconds * 1000
  shop.clock.at = new Date(shop.clock.at.getTime() + seconds * 1000)
}

async function exported(paymentId: string): Promise<TimelineFile> {
  await shop.deps.recorder!.flush()
  const answer = await shop.ask<TimelineFile>(`/console/api/payments/${paymentId}/export`, { headers: key })
  expect(answer.status, answer.text).toBe(200)
  expect(answer.headers.get('content-disposition')).toContain(`${paymentId}.timeline.json`)
  return answer.body
}

const again = (file: TimelineFile) => play(file, () => undefined)

async function aStory(): Promise<TimelineFile> {
  const intent = await shop.openIntent({ description: 'Pedido 42' })
  wait(40)
  await shop.confirm(intent, { number: '4000000000009995' })
  wait(200)
  await shop.confirm(intent, { number: '4242424242424241' })
  wait(1)
  const { body } = await shop.confirm(intent, { number: '5555555555554444', exp_month: 3, exp_year: 2031 })
  wait(3600)
  await shop.post(
    '/v1/refunds/',
    { payment_id: body.payment_id, amount: 250_000, reason: 'late' },
    { ...key, 'Idempotency-Key': 'r1' },
  )
  wait(1)
  await shop.post(
    '/v1/refunds/',
    { payment_id: body.payment_id, amount: 250_000, reason: 'late' },
    { ...key, 'Idempotency-Key': 'r1' },
  )
  return exported(body.payment_id!)
}

describe('a payment’s story, played again', () => {
  it('comes out the same: declines, a payment, a refund and its repetition', async () => {
    const file = await aStory()
    expect(file.steps.map(({ card }) => card && (card.name ?? card.refused))).toEqual([
      null,
      null,
      'tc_insufficient_funds',
      'incorrect_number',
      'tc_mastercard',
      null,
      null,
    ])
    expect(await again(file)).toEqual([])
  })

  it.each(['passed', 'failed', 'canceled'] as const)('comes out the same after a challenge that %s', async (answer) => {
    const intent = await shop.openIntent()
    const { body: asked } = await shop.confirm(intent, { number: '4000002500003155' })
    const page = new URL(asked.next_action!.url).pathname
    wait(20)
    const body = new URLSearchParams({ answer }).toString()
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    await shop.ask(page, { method: 'POST', headers, body })
    await shop.ask(`/v1/payments/intent/${intent.id}`, { headers: { 'X-Client-Secret': intent.client_secret } })
    const file = await exported(asked.payment_id!)
    expect(file.steps.find(({ path }) => path.startsWith('/3ds/'))?.body).toEqual({ answer })
    expect(await again(file)).toEqual([])
  })

  it('comes out the same for a session that nobody paid in time', async () => {
    const intent = await shop.openIntent()
    const { body } = await shop.confirm(intent, { number: '4000000000000002' })
    wait(25 * 3600)
    await sweep(shop.deps)
    const file = await exported(body.error.payment_intent!.payment_id!)
    expect(file.outcome.session?.status).toBe('expired')
    expect(await again(file)).toEqual([])
  })

  it('comes out the same for a subscription and for a charge of the legacy API', async () => {
    const made = async (path: string, body: unknown) => (await shop.post<{ id: string }>(path, body, key)).body.id
    const product = await made('/v1/products/', { name: 'Club' })
    const plan = { product_id: product, amount: 990_000, currency: 'CRC', interval: 'month' }
    const session = await shop.createSession({
      amount: '9900.00',
      mode: 'subscription',
      price_id: await made('/v1/plans/', plan),
      customer_id: await made('/v1/customers/', { email: 'ana@example.com' }),
    })
    const { body: intent } = await shop.post<{ id: string; client_secret: string }>('/v1/payments/subscription', {
      session_id: session.body.session_id,
    })
    const { body: paid } = await shop.confirm(intent as Parameters<typeof shop.confirm>[0])
    expect(paid.status, JSON.stringify([session.body, intent, paid])).toBe('succeeded')
    const subscribed = await exported(paid.payment_id!)
    expect(JSON.stringify(subscribed)).not.toContain('ana@')
    expect(await again(subscribed)).toEqual([])

    const bearer = { Authorization: `bearer ${await shop.newToken()}` }
    const card = {
      credit_card_number: '4242424242424242',
      credit_card_security_code_number: '123',
      exp_month: 12,
      exp_year: 2034,
    }
    const customer = await shop.post<{ key: string }>(
      '/v1/accounts/customers/',
      { name: 'Luis', email: 'luis@example.com', currency: 'crc', ...card },
      bearer,
    )
    for (const [path, body] of [
      [
        '/v1/charges/create/',
        { amount: 90.32, description: 'Mesa 4', currency: 'usd', customer_key: customer.body.key },
      ],
      ['/v1/charges/simple/create/', { amount: '12500', description: 'Mesa 5', currency: 'crc', ...card }],
    ] as const) {
      wait(1)
      const charge = await shop.post<{ charge_id: string }>(path, body, bearer)
      expect(charge.status, charge.text).toBe(201)
      const file = await exported(charge.body.charge_id)
      expect(file.steps).toHaveLength(1)
      expect(await again(file)).toEqual([])
    }
  })

  it('comes out the same when what went wrong was asked to', async () => {
    const intent = await shop.openIntent()
    for (const kind of ['rate_limit', 'error_before_commit', 'error_after_commit']) {
      await shop.post('/v1/sandbox/switches', { kind, target: { session_id: intent.session_id } }, key)
      await shop.confirm(intent, {}, { 'Idempotency-Key': 'click-1' })
      wait(1)
    }
    const { body } = await shop.confirm(intent, {}, { 'Idempotency-Key': 'click-1' })
    const file = await exported(body.payment_id!)
    expect(file.steps.map(({ fault, status }) => [fault, status])).toEqual([
      [null, 201],
      [null, 201],
      ['rate_limit', 429],
      ['error_before_commit', 500],
      ['error_after_commit', 500],
      [null, 200],
    ])
    expect(await again(file)).toEqual([])
  })

  it('shows what is different, and where', async () => {
    const file = await aStory()
    file.steps[2]!.card!.name = 'tc_lost_card'
    file.steps[5]!.body = { payment_id: file.payment_id, amount: 100 }
    file.outcome.events.pop()
    const found = await again(file)
    expect(found).toContainEqual({
      step: 3,
      where: 'answer.error.decline_code',
      recorded: 'insufficient_funds',
      replayed: 'generic_decline',
    })
    expect(found).toContainEqual({ step: 6, where: 'answer.amount', recorded: 250_000, replayed: 100 })
    expect(found.filter(({ step }) => step === null).map(({ where }) => where)).toContain('payment.amount_refunded')
    expect(found.filter(({ step }) => step === null).map(({ where }) => where)).toContain(
      `events.${file.outcome.events.length}`,
    )
  })

  it('has no digit of a card and no secret in its file', async () => {
    const text = JSON.stringify(await aStory())
    expect(text).not.toMatch(/\d{12,19}/)
    expect(text).not.toMatch(/_secret_|sk_test_sandbox/)
  })

  it('cannot be exported of live data, nor where no request is kept', async () => {
    const { body } = await shop.confirm(await shop.openIntent())
    await shop.deps.recorder!.flush()
    await shop.deps.store.db.deleteFrom('requests').execute()
    const answer = await shop.ask<{ content: string }>(`/console/api/payments/${body.payment_id}/export`, {
      headers: key,
    })
    expect([answer.status, answer.body.content]).toEqual([
      400,
      expect.stringMatching(/^No request of this payment is kept/),
    ])
  })
})

describe('npm run replay', () => {
  const folder = mkdtempSync(join(tmpdir(), 'replay-'))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const run = async (file: unknown, ...more: string[]) => {
    const path = join(folder, 'story.json')
    writeFileSync(path, typeof file === 'string' ? file : JSON.stringify(file))
    try {
      const { stdout } = await promisify(execFile)(process.execPath, ['server/replay.ts', path, ...more])
      return { code: 0, stdout, stderr: '' }
    } catch (error) {
      return error as { code: number; stdout: string; stderr: string }
    }
  }

  it('plays a file, and ends with 1 when something is different or the file is none', async () => {
    const file = await aStory()
    const same = await run(file)
    expect(same.stdout).toContain('7 of 7  POST /v1/refunds')
    expect(same.stdout).toContain('everything came out as it was recorded')
    expect(same.code).toBe(0)
    const { code, stdout } = await run(
      { ...file, steps: [...file.steps.slice(0, 6), { ...file.steps[6]!, status: 500 }] },
      '--json',
    )
    expect([code, JSON.parse(stdout)]).toEqual([
      1,
      { differences: [{ step: 7, where: 'status', recorded: 500, replayed: 200 }] },
    ])
    const none = await run({ ...file, steps: [{ ...file.steps[0]!, status: 'teapot' }] })
    expect([none.code, none.stderr]).toEqual([1, expect.stringMatching(/can be played: steps\.0\.status: /)])
  })
})
