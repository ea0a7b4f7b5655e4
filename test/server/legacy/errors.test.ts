/** One body serves every reader. Source: the legacy API's reference, points 8 to 10. */
import { sql } from 'kysely'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { sweep } from '../../../server/actions/sweep.ts'
import { cardErrorCodes } from '../../../server/contract/errors.ts'
import { statusOf } from '../../../server/legacy/errors.ts'
import type { Charge, ChargeResult, Processor } from '../../../server/processors/processor.ts'
import { chargeTestCard, sandboxProcessor } from '../../../server/processors/sandbox.ts'
import { withTextNumbers } from '../../support/body-forms.ts'
import { databases } from '../../support/databases.ts'
import { checkInvariants } from '../../support/invariants.ts'
import {
  type LegacyErrorBody,
  legacyError,
  legacyOperations,
  legacyStatuses,
  sendLegacy,
} from '../../support/legacy-operations.ts'
import { card, type LegacyShop, legacyShopOf, newCustomer } from '../../support/legacy-shop.ts'
import { makeApp, type TestApp } from '../../support/make-app.ts'
import { watchRows } from '../../support/watch-rows.ts'

let app: TestApp
let token: string
let shop: LegacyShop
afterEach(() => app.deps.store.close())

async function open(given: Parameters<typeof makeApp>[0] = {}): Promise<void> {
  app = await makeApp(given)
  token = await app.newToken()
  shop = legacyShopOf(app, token)
}

const ask = (method: string, path: string, fields?: object, headers: Record<string, string> = {}) =>
  app.ask<LegacyErrorBody>(path, {
    method,
    headers: { Authorization: `bearer ${token}`, 'Content-Type': 'application/json', ...headers },
    ...(fields && { body: JSON.stringify(fields) }),
  })
const simpleCharge = { amount: 90.32, description: 'Pedido 42', currency: 'usd', ...card }

/** Word for word as a widespread plugin maps them. */
const texts = {
  declined: 'Your card was declined. Please review it with your Bank.',
  expired: 'Your card has expired. Please review it with your Bank.',
  year: "Card's expiration year is not valid.",
  month: "Card's expiration month is not valid.",
  wrongCode: "Card's security code is not correct.",
  invalidCode: "Card's security code is not valid.",
  number: 'Your card number is incorrect. Please check the values.',
}

const numberField = 'credit_card_number'
const codeField = 'credit_card_security_code_number'

describe('a refused card', () => {
  it.each<[string, object, keyof typeof texts, string, string | null]>([
    ['a declined card', { [numberField]: 4000000000000002 }, 'declined', 'card_declined', null],
    ['a card without money', { [numberField]: 4000000000009995 }, 'declined', 'card_declined', null],
    ['a card that nobody issued', { [numberField]: 4012888888881881 }, 'declined', 'card_declined', null],
    ['a card that has expired', { [numberField]: 4000000000000069 }, 'expired', 'expired_card', null],
    ['a wrong code', { [numberField]: 4000000000000127 }, 'wrongCode', 'incorrect_cvc', codeField],
    ['a year that is over', { exp_year: 2020 }, 'year', 'invalid_expiry_year', 'exp_year'],
    ['two digits of a year that is over', { exp_year: 25 }, 'year', 'invalid_expiry_year', 'exp_year'],
    ['a year too far ahead', { exp_year: 2099 }, 'year', 'invalid_expiry_year', 'exp_year'],
    ['month 13', { exp_month: 13 }, 'month', 'invalid_expiry_month', 'exp_month'],
    ['month 0', { exp_month: 0 }, 'month', 'invalid_expiry_month', 'exp_month'],
    [
      'a month of this year that is over',
      { exp_year: 2026, exp_month: 10 },
      'month',
      'invalid_expiry_month',
      'exp_month',
    ],
    ['a code of two digits', { [codeField]: 99 }, 'invalidCode', 'invalid_cvc', codeField],
    ['a code of four digits for a Visa', { [codeField]: 1234 }, 'invalidCode', 'invalid_cvc', codeField],
    ['a code of letters', { [codeField]: 'abc' }, 'invalidCode', 'invalid_cvc', codeField],
    ['a code that is empty', { [codeField]: '' }, 'invalidCode', 'invalid_cvc', codeField],
    ['a number with a wrong digit', { [numberField]: 4242424242424241 }, 'number', 'incorrect_number', numberField],
    ['half a number', { [numberField]: 42424242 }, 'number', 'incorrect_number', numberField],
    ['a number of letters', { [numberField]: 'four' }, 'number', 'incorrect_number', numberField],
    ['an empty number', { [numberField]: '' }, 'number', 'incorrect_number', numberField],
    ['a mask where no card is', { [numberField]: '*************4241' }, 'number', 'incorrect_number', numberField],
  ])('%s: 400 with its own words at every door, for every reader', async (_, change, text, code, param) => {
    await open()
    const customer = (await shop.customer({ [numberField]: 5555555555554444, currency: 'crc' })).names[1]
    const fields = { ...card, ...change }
    const doors: [method: string, path: string, fields: object][] = [
      ['POST', '/v1/charges/simple/create/', { ...simpleCharge, ...fields }],
      ['POST', '/v1/accounts/customers/', { ...newCustomer, ...fields }],
      ['PUT', `/v1/accounts/customer/${customer}/`, fields],
      ['PATCH', `/v1/accounts/customer/${customer}/`, fields],
    ]
    if (code.startsWith('invalid_')) doors.push(['PUT', `/v1/accounts/customer/${customer}/`, change])
    for (const [method, path, right] of doors) {
      for (const sent of [right, withTextNumbers(right as Record<string, unknown>)]) {
        const about = `${method} ${path} ${JSON.stringify(sent)}`
        const english = await ask(method, path, sent)
        const spanish = await ask(method, path, sent, { 'Accept-Language': 'es-CR,es;q=0.9,en;q=0.8' })
        expect([english.status, spanish.status], about).toEqual([400, 400])
        for (const { body } of [english, spanish]) expect(legacyError.safeParse(body).error, about).toBeUndefined()
        const wanted = { en: texts[text], code, param, type: 'card_error' }
        expect(english.body, about).toMatchObject({ detail: texts[text], error: { ...wanted, message: texts[text] } })
        const { es } = spanish.body.error
        expect(spanish.body, about).toMatchObject({ detail: es, error: { ...wanted, message: es } })
        expect(es, about).toMatch(/tarjeta/)
        expect(english.body.error.es, about).toBe(es)
        if (param !== null) expect([english.body[param], spanish.body[param]], about).toEqual([[texts[text]], [es]])
      }
    }
    const { rows } = await sql`select card_last4 from customers`.execute(app.deps.store.db)
    expect(rows).toEqual([{ card_last4: '4444' }])
    await checkInvariants(app.deps.store.db)
  })

  it('says why an issuer declined, beside the words', async () => {
    await open()
    for (const [number, reason] of [
      ['4000000000000002', 'generic_decline'],
      ['4000000000009995', 'insufficient_funds'],
      ['4000000000009987', 'lost_card'],
      ['4000000000006975', 'card_velocity_exceeded'],
      ['4000000000003220', 'authentication_required'],
      ['4012888888881881', 'test_mode_live_card'],
    ]) {
      const { body } = await ask('POST', '/v1/charges/simple/create/', { ...simpleCharge, [numberField]: number })
      expect(body.error).toMatchObject({ code: 'card_declined', decline_code: reason, en: texts.declined })
    }
  })
})

describe('every code', () => {
  it('has a status that clients of this face know, and a refused card is always 400', () => {
    for (const [code, status] of Object.entries(statusOf)) expect(legacyStatuses, code).toContain(status)
    for (const code of cardErrorCodes) expect([code, statusOf[code]]).toEqual([code, 400])
  })
})

describe('a refused field', () => {
  it('is named for every reader, with all the others that are wrong', async () => {
    await open()
    const sent = { ...simpleCharge, description: '', exp_month: 'May', credit_card_number: [] }
    const english = await ask('POST', '/v1/charges/simple/create/', sent)
    const spanish = await ask('POST', '/v1/charges/simple/create/', sent, { 'Accept-Language': 'es' })
    const en = {
      description: ['description must not be empty.'],
      credit_card_number: ['credit_card_number must be a string.'],
      exp_month: ['exp_month must be a number.'],
    }
    const es = {
      description: ['description no debe estar vacío.'],
      credit_card_number: ['credit_card_number debe ser un texto.'],
      exp_month: ['exp_month debe ser un número.'],
    }
    const all = (fields: Record<string, string[]>) => Object.values(fields).flat().join(' ')
    const error = { en: all(en), es: all(es), code: 'parameter_invalid', param: 'description', decline_code: null }
    const kind = { type: 'invalid_request_error', request_id: expect.any(String) as string }
    expect([english.status, english.body]).toEqual([
      400,
      { ...en, detail: all(en), content: all(en), code: 400, error: { ...error, ...kind, message: all(en) } },
    ])
    expect([spanish.status, spanish.body]).toEqual([
      400,
      { ...es, detail: all(es), content: all(es), code: 400, error: { ...error, ...kind, message: all(es) } },
    ])
  })
})

describe('too many requests', () => {
  it('429 that says when to come again', async () => {
    await open({ limits: { key: 1 } })
    const answers = []
    for (let n = 0; n < 10; n++) answers.push(await ask('GET', '/v1/accounts/me/'))
    const refused = answers.at(-1)!
    expect([refused.status, refused.body.error.type]).toEqual([429, 'rate_limit_error'])
    expect(legacyError.safeParse(refused.body).error).toBeUndefined()
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })
})

describe('a failure of our own', () => {
  const inside = 'select * from secrets where number = 4242424242424242'
  const fails = (): never => {
    throw new Error(inside)
  }

  /** What whoever asked may learn: that it was us, and under which number. */
  function expectBlank(answer: { status: number; text: string; body: LegacyErrorBody; headers: Headers }): void {
    const id = answer.headers.get('x-request-id')!
    expect([answer.status, legacyError.safeParse(answer.body).error]).toEqual([500, undefined])
    expect(answer.body).toEqual({
      detail: `Something went wrong on our side; quote request ${id} when you ask about it`,
      content: answer.body.detail,
      code: 500,
      error: {
        en: answer.body.detail,
        es: `Algo falló de nuestro lado; mencione la solicitud ${id} cuando consulte`,
        message: answer.body.detail,
        code: 'internal_error',
        decline_code: null,
        param: null,
        type: 'api_error',
        request_id: id,
      },
    })
    const line = app.logged.find((one) => one.includes(id) && one.includes('"err"'))!
    expect(line).toContain('from secrets')
    expect(line).not.toContain('4242424242')
  }

  it('undoes what a transaction has written when something in it fails', async () => {
    let broken = false
    let count = 0
    await open({ ids: (prefix) => (broken && prefix === 'evt_' ? fails() : `${prefix}${++count}`) })
    const [customer, plan, charge] = [await shop.customer(), await shop.plan(), await shop.charge()]
    await ask('GET', '/v1/accounts/me/')
    const written = await watchRows(app.deps.store)
    const before = await written()
    broken = true
    const customerPath = `/v1/accounts/customer/${customer.names[1]}/`
    for (const [method, path, fields] of [
      ['PUT', '/v1/accounts/me/', { bank_name: 'x' }],
      ['POST', '/v1/accounts/customers/', newCustomer],
      ['PUT', customerPath, { name: 'x' }],
      ['DELETE', customerPath, undefined],
      ['POST', '/v1/charges/simple/create/', simpleCharge],
      ['POST', '/v1/charges/create/', { customer_key: customer.names[1], amount: 1, description: 'x' }],
      ['POST', '/v1/plans/create/', { name: 'x', amount: 1, currency: 'crc', interval: 'day', interval_count: 1 }],
      ['POST', '/v1/plans/subscribe/', { customer_key: customer.names[1], plan_id_name: plan.names[0] }],
      ['DELETE', `/v1/plans/mine/${plan.names[1]}/`, undefined],
      ['POST', '/v1/refunds/', { charge_id: charge.names[0] }],
      ['POST', '/v1/payments/checkout/', { amount: 1, currency: 'crc', return_url: 'https://shop.example/' }],
    ] as const) {
      expectBlank(await ask(method, path, fields, { 'Idempotency-Key': path }))
      expect([path, await written()]).toEqual([path, before])
    }
    await checkInvariants(app.deps.store.db)
  })

  it('says only a request id when the store is broken, at every door', async () => {
    await open()
    await shop.customer()
    const rights = []
    for (const one of legacyOperations) rights.push(await one.right(shop))
    const { db } = app.deps.store
    await sql`pragma foreign_keys = off`.execute(db)
    for (const table of [
      'customers',
      'plans',
      'products',
      'payments',
      'sessions',
      'intents',
      'subscriptions',
      'refunds',
      'developers',
    ]) {
      await sql`drop table ${sql.table(table)}`.execute(db)
    }
    for (const [n, operation] of legacyOperations.entries()) {
      const answer = await sendLegacy<LegacyErrorBody>(app, operation, rights[n]!, { token })
      expect([operation.id, answer.status]).toEqual([operation.id, 500])
      expect(legacyError.safeParse(answer.body).error).toBeUndefined()
      expect(answer.body.error.en).toMatch(/^Something went wrong on our side; quote request req_\d+ when/)
      expect(answer.text).not.toMatch(/no such table|sqlite|select|\.ts/i)
    }
  })

  it('a database that is away: 503 with the time to come again', async () => {
    await open()
    await ask('GET', '/v1/accounts/me/')
    app.deps.store.db.getExecutor().executeQuery = () =>
      Promise.reject(Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' }))
    const answer = await ask('GET', '/v1/accounts/customers/')
    expect([answer.status, answer.body.error.code, answer.headers.get('retry-after')]).toEqual([
      503,
      'service_unavailable',
      '1',
    ])
    expect(legacyError.safeParse(answer.body).error).toBeUndefined()
    expect(answer.text).not.toContain('10.0.0.7')
  })
})

describe.each(databases)('a processor that never answers, on %s', (on) => {
  /** Charges, says nothing, and tells when it is asked later. */
  function silent(found: (charge: Charge) => ChargeResult | 'absent'): Processor & { charges: Charge[] } {
    const charges: Charge[] = []
    return {
      ...sandboxProcessor,
      charges,
      charge: (charge) => {
        charges.push(charge)
        return new Promise(() => {})
      },
      lookUp: (attemptId) => Promise.resolve(found(charges.find((one) => one.attemptId === attemptId)!)),
    }
  }

  /** Asks, and lets the processor's time pass. */
  async function askInVain(path: string, fields: object, key?: string) {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const answer = ask('POST', path, fields, key === undefined ? {} : { 'Idempotency-Key': key })
      let answered = false
      const done = answer.finally(() => (answered = true))
      while (!answered) {
        vi.advanceTimersByTime(1000)
        await new Promise((resolve) => setImmediate(resolve))
      }
      return await done
    } finally {
      vi.useRealTimers()
    }
  }
  const statusIn = ({ status, charge_log }: Record<string, unknown>) =>
    status ?? (charge_log as { status: string }).status
  const pass = (seconds: number) => void (app.clock.at = new Date(app.clock.at.getTime() + seconds * 1000))

  it('503 that says not to charge again; later the same key tells what came of it, and nothing was charged twice', async () => {
    const processor = silent(chargeTestCard)
    await open({ on, processor })
    const customer = await shop.customer()
    const doors: [string, object][] = [
      ['/v1/charges/simple/create/', simpleCharge],
      ['/v1/charges/create/', { customer_key: customer.names[1], amount: '3000.55', description: 'Pedido 42' }],
      ['/v1/plans/subscribe/', { customer_key: customer.names[1], plan_id_name: (await shop.plan()).names[0] }],
    ]
    for (const [n, [path, fields]] of doors.entries()) {
      const unsure = await askInVain(path, fields, path)
      expect([unsure.status, unsure.body.error?.code, legacyError.safeParse(unsure.body).error]).toEqual([
        503,
        'charge_unresolved',
        undefined,
      ])
      const address = /\/v1\/(?:charges\/logs|plans\/subscription)\/\w+\//.exec(unsure.body.detail)![0]
      const pending = await ask('GET', address)
      expect([pending.status, statusIn(pending.body)]).toEqual([200, n < 2 ? 'pending' : 'incomplete'])
      const again = await ask('POST', path, fields, { 'Idempotency-Key': path })
      expect([again.status, again.body.error.code]).toEqual([409, 'idempotency_key_in_use'])
      pass(31)
      await sweep(app.deps)
      const known = await ask('POST', path, fields, { 'Idempotency-Key': path })
      expect([known.status, known.headers.get('idempotent-replayed')]).toEqual([201, 'true'])
      const log = await ask('GET', address)
      expect([log.status, statusIn(log.body)]).toEqual([200, n < 2 ? 'succeeded' : 'active'])
      expect(processor.charges).toHaveLength(n + 1)
    }
    await checkInvariants(app.deps.store.db)
  })

  it('a charge that it never made is a refusal of the card in the end, under the same key', async () => {
    const processor = silent(() => 'absent')
    await open({ on, processor })
    expect((await askInVain('/v1/charges/simple/create/', simpleCharge, 'k')).status).toBe(503)
    pass(31)
    await sweep(app.deps)
    const known = await ask('POST', '/v1/charges/simple/create/', simpleCharge, { 'Idempotency-Key': 'k' })
    expect([known.status, known.body.error.code]).toEqual([400, 'processing_error'])
    expect(processor.charges).toHaveLength(1)
    await checkInvariants(app.deps.store.db)
  })
})
