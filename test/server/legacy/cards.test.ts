/** Cards that come through the legacy face: what becomes of them, and how little of them stays. Semantics B3. */
import { beforeAll, describe, expect, it } from 'vitest'
import { testCards } from '../../../server/domain/test-cards.ts'
import { sandboxProcessor } from '../../../server/processors/sandbox.ts'
import { cardDigitsIn } from '../../support/card-digits.ts'
import { dumpRows } from '../../support/dump-rows.ts'
import { checkInvariants } from '../../support/invariants.ts'
import { type LegacyErrorBody, legacyError } from '../../support/legacy-operations.ts'
import { card, legacyShopOf, newCustomer } from '../../support/legacy-shop.ts'
import { type Answer, apiKey, makeApp, type TestApp } from '../../support/make-app.ts'
import { watchRows } from '../../support/watch-rows.ts'

type Customer = { id: number; key: string } & Record<string, unknown>
type Body = LegacyErrorBody & Customer & { charge_log: { status: string; card: object } }

/** Ids of letters alone, so that every run of digits in a row is somebody's number. */
function letterIds(): (prefix: string) => string {
  let count = 0
  return (prefix) => {
    const letters = (count++).toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)]!)
    return prefix + letters.padStart(32, 'A')
  }
}

async function open(given: Parameters<typeof makeApp>[0] = {}) {
  const app = await makeApp({ ids: letterIds(), ...given })
  const token = await app.newToken()
  return { app, token, ask: asking(app, token), shop: legacyShopOf(app, token) }
}
const asking =
  (app: TestApp, token: string) =>
  (method: string, path: string, sent?: object | string): Promise<Answer<Body>> =>
    app.ask<Body>(path, {
      method,
      headers: { Authorization: `bearer ${token}`, 'Content-Type': 'application/json' },
      ...(sent !== undefined && { body: typeof sent === 'string' ? sent : JSON.stringify(sent) }),
    })

/** What the bank says of each card, in the reference's words; the others of the table are paid. */
const declines = new Map<string, [code: string, reason: string | null]>([
  ['4000000000000002', ['card_declined', 'generic_decline']],
  ['4000000000009995', ['card_declined', 'insufficient_funds']],
  ['4000000000009987', ['card_declined', 'lost_card']],
  ['4000000000009979', ['card_declined', 'stolen_card']],
  ['4000000000000069', ['expired_card', null]],
  ['4000000000000127', ['incorrect_cvc', null]],
  ['4000000000000119', ['processing_error', null]],
  ['4000000000006975', ['card_declined', 'card_velocity_exceeded']],
  ['4000000000000341', ['card_declined', 'generic_decline']],
  ['4100000000000019', ['card_declined', 'fraudulent']],
  ['4000000000004954', ['card_declined', 'fraudulent']],
  ['4000008400000407', ['card_declined', 'fraudulent']],
  ['4000008400000159', ['card_declined', 'fraudulent']],
  ['4000008400001017', ['card_declined', 'fraudulent']],
  ['4000000000000101', ['incorrect_cvc', null]],
  ['4000058400307872', ['incorrect_cvc', null]],
  ['4000008400001280', ['card_declined', 'processing_error']],
  ...[
    '4000008405600003',
    '4000002500003155',
    '4000002760003184',
    '4000008260003178',
    '4000000000003220',
    '4000008400000027',
    '4000008400001629',
    '4000582600000094',
    '4000582600000045',
    '4000582600000102',
    '4000582600000110',
  ].map((number): [string, [string, string]] => [number, ['card_declined', 'authentication_required']]),
])
/** What an issuer declines is not kept either. */
const unsaved = [
  '4000000000000002',
  '4000000000009995',
  '4000000000009987',
  '4000000000009979',
  '4000000000000069',
  '4000000000000127',
  '4000000000000119',
  '4000000000006975',
]
/** Declined for their codes, which nobody types when a saved card is charged. */
const declinedForCode = ['4000000000000101', '4000058400307872']

type Tried = { simple: Answer<Body>; saved: Answer<Body>; charged: Answer<Body> | undefined }

/** Charges every card of the table, and saves and charges those that can be saved. */
async function tryAll(code: string) {
  const { app, ask } = await open()
  const tried = new Map<string, Tried>()
  const answers: string[] = []
  for (const { number, brand } of testCards) {
    const fields = {
      credit_card_number: number,
      credit_card_security_code_number: brand === 'american-express' ? `${code}${code[0]}` : code,
      exp_month: '09',
      exp_year: 2034,
    }
    const order = { amount: 90.32, description: 'Pedido 42', currency: 'usd' }
    const simple = await ask('POST', '/v1/charges/simple/create/', { ...order, ...fields })
    const saved = await ask('POST', '/v1/accounts/customers/', { ...newCustomer, ...fields })
    const charged =
      saved.status === 201
        ? await ask('POST', '/v1/charges/create/', { ...order, customer_key: saved.body.key })
        : undefined
    if (charged) {
      const masked = await ask('PUT', `/v1/accounts/customer/${saved.body.id}/`, {
        credit_card_number: saved.body['credit_card_number'],
        credit_card_security_code_number: fields.credit_card_security_code_number,
      })
      answers.push(masked.text)
    }
    tried.set(number, { simple, saved, charged })
    answers.push(...[simple, saved, charged].map((answer) => answer?.text ?? ''))
  }
  for (const path of ['/v1/accounts/customers/', '/v1/charges/logs/']) answers.push((await ask('GET', path)).text)
  for (const path of ['/v1/payments?limit=100', '/v1/payments/payment-attempts?limit=100', '/v1/customers?limit=100']) {
    answers.push((await app.ask(path, { headers: { 'X-Api-Key': apiKey } })).text)
  }
  await checkInvariants(app.deps.store.db)
  const rows = await dumpRows(app.deps.store)
  await app.deps.store.close()
  return {
    tried,
    artefacts: { rows, logged: app.logged.map((line) => line.replace(/"ms":[\d.]+/, '"ms":0')), answers },
  }
}

let first: Awaited<ReturnType<typeof tryAll>>
let second: Awaited<ReturnType<typeof tryAll>>
beforeAll(async () => {
  first = await tryAll('123')
  second = await tryAll('987')
})

describe.each(testCards.map(({ number, name, brand }) => [`${name} ${number}`, number, brand] as const))(
  '%s',
  (_, number, brand) => {
    const face = { last4: number.slice(-4), brand, cvc: '***', exp_month: 9, exp_year: 2034 }
    const paid = [201, { status: 'succeeded', card: face }]
    const refused = ([code, decline_code]: [string, string | null]) => [400, { code, decline_code }]
    const outcome = ({ status, body }: Answer<Body>) => [
      status,
      status === 201
        ? { status: body.charge_log.status, card: body.charge_log.card }
        : { code: body.error.code, decline_code: (body.error as { decline_code?: unknown }).decline_code },
    ]

    it('is charged as the table says', () => {
      const reason = declines.get(number)
      expect(outcome(first.tried.get(number)!.simple)).toEqual(reason ? refused(reason) : paid)
    })

    it('is saved unless its issuer declines it, is shown by its last four digits, and is charged without a code', () => {
      const { saved, charged } = first.tried.get(number)!
      const reason = declines.get(number)
      if (unsaved.includes(number)) {
        expect(outcome(saved)).toEqual(refused(reason!))
        return
      }
      expect([saved.status, saved.body]).toMatchObject([
        201,
        {
          credit_card_number: `*************${number.slice(-4)}`,
          credit_card_security_code_number: '***',
          exp_month: 9,
          exp_year: 2034,
        },
      ])
      expect(outcome(charged!)).toEqual(reason && !declinedForCode.includes(number) ? refused(reason) : paid)
    })
  },
)

describe('the table above', () => {
  it('knows no card that the sandbox does not', () => {
    const numbers = new Set(testCards.map(({ number }) => number))
    for (const number of [...declines.keys(), ...unsaved, ...declinedForCode]) expect(numbers, number).toContain(number)
  })
})

describe('what is kept of a card', () => {
  it('no row, no event, no log line and no answer holds more of a number than its last four digits', () => {
    const { rows, logged, answers } = first.artefacts
    for (const [table, text] of Object.entries(rows)) expect(cardDigitsIn(text), table).toBeUndefined()
    for (const text of [...logged, ...answers]) expect(cardDigitsIn(text), text).toBeUndefined()
    expect(rows['events']).toContain('"last4\\":\\"4242\\"')
  })

  it('other security codes leave exactly the same behind: nothing', () => {
    expect(second.artefacts.answers).toEqual(first.artefacts.answers)
    expect(second.artefacts.logged).toEqual(first.artefacts.logged)
    for (const [table, text] of Object.entries(second.artefacts.rows)) {
      expect(text === first.artefacts.rows[table], table).toBe(true)
    }
  })

  it('nor does what was refused, sent under a key, or written into other fields', async () => {
    const { app, token, ask, shop } = await open()
    const number = '4242424242424242'
    const said = `Tarjeta 4242 4242 4242 4242 (${number}), 4000-0000-0000-3220`
    const answers: string[] = []
    const tell = async (method: string, path: string, sent: object) => {
      for (const headers of [{}, { 'Idempotency-Key': `a-${path}` }, { 'Idempotency-Key': number }]) {
        const answer = await app.ask(path, {
          method,
          headers: { Authorization: `bearer ${token}`, 'User-Agent': number, ...headers },
          body: JSON.stringify(sent),
        })
        answers.push(answer.text)
      }
    }
    const charge = { amount: 90.32, description: said, entity_description: said, currency: 'usd', ...card }
    await tell('POST', '/v1/charges/simple/create/', charge)
    await tell('POST', '/v1/charges/simple/create/', { ...charge, exp_month: 13 })
    await tell('POST', '/v1/charges/simple/create/', { ...charge, amount: number, currency: number })
    await tell('POST', '/v1/charges/simple/create/', { ...charge, credit_card_number: '4012888888881881' })
    await tell('POST', '/v1/accounts/customers/', { ...newCustomer, name: said, test: number })
    await tell('POST', '/v1/accounts/customers/', { ...newCustomer, name: said })
    await tell('POST', '/v1/charges/create/', { customer_key: number, amount: 1, description: said })
    const plan = { name: said, amount: 300_000, currency: 'crc', interval: 'month', interval_count: 1 }
    await tell('POST', '/v1/plans/create/', { ...plan, credit_card_description: said })
    await tell('POST', '/v1/plans/create/', { ...plan, interval: number, interval_count: number })
    await tell('POST', '/v1/plans/create/', { ...plan, id_name: number })
    await tell('POST', '/v1/plans/create/', { ...plan, id_name: said })
    await tell('POST', '/v1/plans/subscribe/', { customer_key: number, plan_id_name: number })
    await tell('POST', '/v1/refunds/', { charge_id: (await shop.charge()).names[0], amount: 1, reason: said })
    await tell('PUT', '/v1/accounts/me/', { page: said })
    await tell('POST', '/v1/payments/checkout/', {
      amount: 1,
      currency: 'crc',
      return_url: 'https://shop.example/',
      description: said,
      items: [said, { name: said, quantity: number }],
      customer: { first_name: said, last_name: number, email: 'ana@example.com', phone: number },
    })
    for (const path of [
      `/v1/accounts/customer/${number}/`,
      `/v1/charges/logs/${number}/`,
      `/v1/plans/mine/${number}/`,
    ]) {
      answers.push((await ask('GET', path)).text)
    }
    for (const [table, text] of Object.entries(await dumpRows(app.deps.store))) {
      expect(cardDigitsIn(text), table).toBeUndefined()
    }
    for (const text of [...app.logged, ...answers]) expect(cardDigitsIn(text), text).toBeUndefined()
  })
})

describe('a number of JSON', () => {
  it.each(['6205500000000000004', '36227206271667', '378282246310005', '4242424242424242'])(
    '%s loses no digit',
    async (number) => {
      const { ask } = await open()
      const body = JSON.stringify({ ...newCustomer, credit_card_number: 0 }).replace(
        '"credit_card_number":0',
        `"credit_card_number":${number}`,
      )
      const made = await ask('POST', '/v1/accounts/customers/', body)
      expect([made.status, made.body['credit_card_number']]).toEqual([201, `*************${number.slice(-4)}`])
    },
  )
})

describe('masks that come back', () => {
  it.each(['4242424242424242', '378282246310005', '36227206271667', '6205500000000000004'])(
    'of %s mean the card that is there',
    async (number) => {
      const { app, ask, shop } = await open()
      const [id] = (await shop.customer({ credit_card_number: number })).names
      const path = `/v1/accounts/customer/${id}/`
      const before = (await ask('GET', path)).body
      const row = async () =>
        (await app.deps.store.db.selectFrom('customers').selectAll().executeTakeFirstOrThrow()).card_token
      const token = await row()
      for (const method of ['PUT', 'PATCH']) {
        for (const sent of [
          before,
          { credit_card_number: before['credit_card_number'], credit_card_security_code_number: '***' },
          { credit_card_number: null, credit_card_security_code_number: null, exp_month: null, exp_year: null },
          { ...before, credit_card_number: null },
          {},
        ]) {
          const answer = await ask(method, path, sent)
          expect([answer.status, answer.body]).toEqual([200, before])
        }
        const moved = await ask(method, path, { ...before, exp_month: 10, exp_year: '35' })
        expect([moved.status, moved.body]).toEqual([200, { ...before, exp_month: 10, exp_year: 2035 }])
        expect((await ask(method, path, before)).body).toEqual(before)
        expect(await row()).toBe(token)
      }
      expect((await ask('POST', '/v1/charges/create/', { customer_key: id, amount: 1, description: 'x' })).status).toBe(
        201,
      )
    },
  )

  it('of another card are no card, and a new number needs no mask', async () => {
    const { ask, shop } = await open()
    const [id] = (await shop.customer()).names
    const path = `/v1/accounts/customer/${id}/`
    const wrong = await ask('PUT', path, { credit_card_number: '*************4444' })
    expect([wrong.status, wrong.body.error.code]).toEqual([400, 'incorrect_number'])
    const right = await ask('PUT', path, { credit_card_number: '5555555555554444' })
    expect([right.status, right.body['credit_card_number']]).toEqual([200, '*************4444'])
    expect([right.body['exp_month'], right.body['exp_year']]).toEqual([card.exp_month, card.exp_year])
    const declined = await ask('PUT', path, { credit_card_number: '4000000000000002' })
    expect([declined.status, declined.body.error.code]).toEqual([400, 'card_declined'])
    expect((await ask('GET', path)).body).toEqual(right.body)
  })
})

describe('live credentials', () => {
  it('take no card number at any door, say where cards are taken, and keep nothing', async () => {
    const { app } = await open({ liveProcessor: sandboxProcessor })
    const { client, secret } = await app.newClient({ live: true })
    const live = asking(app, await app.newToken({ client: { id: client.id, secret } }))
    const key = await app.newKey({ live: true })
    const made = await app.post<{ id: string }>('/v1/customers', { email: 'ana@example.com' }, { 'X-Api-Key': key })
    const [{ id }] = (await live('GET', '/v1/accounts/customers/')).body as unknown as [{ id: number }]
    const written = await watchRows(app.deps.store)
    const before = await written()
    const path = `/v1/accounts/customer/${id}/`
    for (const [method, at, sent] of [
      ['POST', '/v1/accounts/customers/', { ...newCustomer, test: false }],
      ['POST', '/v1/accounts/customers/', newCustomer],
      ['POST', '/v1/accounts/customer/', newCustomer],
      ['POST', '/v1/charges/simple/create/', { amount: 1, currency: 'usd', description: 'x', ...card }],
      ['PUT', path, card],
      ['PATCH', path, card],
      ['PUT', path, { credit_card_number: card.credit_card_number }],
      ['PUT', path, { credit_card_security_code_number: '123' }],
    ] as const) {
      for (const language of ['en', 'es'] as const) {
        const answer = await live(method, at, sent)
        expect([method, at, answer.status, answer.body.error.code]).toEqual([method, at, 403, 'card_data_refused'])
        expect(legacyError.safeParse(answer.body).error).toBeUndefined()
        expect(answer.body.error[language]).toContain('<fourgeeks-checkout>')
        expect(answer.body.error[language]).toMatch(/widget/)
      }
    }
    expect(await written()).toBe(before)
    for (const text of [...app.logged, ...Object.values(await dumpRows(app.deps.store))]) {
      expect(cardDigitsIn(text)).toBeUndefined()
    }
    const renamed = await live('PUT', path, { name: 'Ana', credit_card_number: null })
    expect([renamed.status, renamed.body['name'], made.status]).toEqual([200, 'Ana', 200])
  })
})

describe('bank details', () => {
  const bank = {
    bank_name: 'Banco Ficticio de Heredia',
    bank_aba_route: 'ABA-77102',
    bank_account_number: '15201001026284066',
    bank_account_type: 'cuenta de ahorros',
    bank_sinpe: '85201001026284066',
  }

  it('are told at their own address, and nowhere else in the clear', async () => {
    const { app, token, ask, shop } = await open()
    const changed = await ask('PUT', '/v1/accounts/me/', { page: 'https://heredia.example', ...bank })
    expect([changed.status, changed.body]).toMatchObject([200, bank])
    expect((await ask('GET', '/v1/accounts/me/')).body).toMatchObject(bank)
    const [subscription] = (await shop.subscription()).names
    const answers = [
      await ask('GET', '/v1/plans/subscriptions/'),
      await ask('GET', `/v1/plans/subscription/${subscription}/`),
      await ask('POST', '/v1/plans/subscribe/', {
        customer_key: (await shop.customer()).names[1],
        plan_id_name: (await shop.plan()).names[0],
      }),
      await ask('GET', '/v1/charges/logs/'),
      await ask('PUT', '/v1/accounts/me/', { ...bank, bank_name: [], page: 7 }),
    ]
    expect(answers[0]!.text).toContain('"developer":{"developer_key":')
    const rows = await dumpRows(app.deps.store)
    const elsewhere = [
      ...answers.map(({ text }) => text),
      ...app.logged,
      ...Object.entries(rows).flatMap(([table, text]) => (table === 'developers' ? [] : [text])),
    ]
    expect(rows['events']).toContain('account.updated')
    for (const detail of Object.values(bank)) {
      expect(rows['developers']).toContain(detail)
      for (const text of elsewhere) expect(text).not.toContain(detail)
    }
    expect(token).toMatch(/^[A-Za-z]+$/)
  })
})
