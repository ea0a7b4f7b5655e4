/**
 * The examples of the legacy document as they are printed there, with host, credentials, token and ids changed: their
 * cards are good until 2020, 2022 and 2025, so the sandbox's clock starts in 2017.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Part, startPayments } from '../support/servers.ts'

let server: Part
beforeAll(async () => {
  server = await startPayments({ DATABASE_URL: 'sqlite::memory:', SANDBOX_CLOCK: '2017-08-01' })
})
afterAll(() => server.stop())

/** What curl sends for `-F name=value`. */
function form(fields: Record<string, string>): FormData {
  const body = new FormData()
  for (const [name, value] of Object.entries(fields)) body.append(name, value)
  return body
}

let token = ''
let customer = { id: 0, key: '' }
let subscription = ''

async function ask(method: string, path: string, fields?: Record<string, string>) {
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `bearer ${token}` },
    ...(fields && { body: form(fields) }),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) }
}

/** Exactly the names that the document prints, each with a value of its type; more may stand beside them. */
const any = (type: unknown): unknown => expect.any(type)
const developer = {
  developer_key: expect.stringMatching(/^[A-Za-z\d]{32}$/),
  test: any(Boolean),
  page: any(String),
  bank_name: any(String),
  bank_aba_route: any(String),
  bank_account_number: any(String),
  bank_account_type: any(String),
  bank_sinpe: any(String),
}
const tony = {
  id: any(Number),
  name: 'Tony Stark',
  email: 'tony@4geeks.io',
  currency: 'crc',
  credit_card_number: '*************4242',
  credit_card_security_code_number: '***',
  exp_month: 11,
  exp_year: 2022,
  test: true,
  key: expect.stringMatching(/^[A-Za-z\d]{32}$/),
}
const card = {
  credit_card_number: '4242424242424242',
  credit_card_security_code_number: '123',
  exp_month: '11',
}
const newTony = {
  name: 'Tony Stark',
  email: 'tony@4geeks.io',
  currency: 'crc',
  ...card,
  exp_year: '2022',
  test: 'true',
}
const plan = {
  id_name: 'mi-plan-id',
  currency: 'crc',
  amount: 300000,
  name: 'Mi Plan',
  created: any(Number),
  credit_card_description: 'Descripcion',
  trial_period_days: null,
  interval: 'month',
  interval_count: 1,
}

describe('the examples of the legacy document', () => {
  it('Authentication', async () => {
    const answer = await fetch(`${server.url}/authentication/token/`, {
      method: 'POST',
      // As `curl -d` sends it: JSON that calls itself a form.
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: '{\n "grant_type": "client_credentials",\n "client_id":"sandbox",\n "client_secret":"sandbox-secret"\n }',
    })
    const granted = (await answer.json()) as { access_token: string }
    expect([answer.status, granted]).toEqual([
      200,
      { access_token: any(String), token_type: 'Bearer', expires_in: 36000, scope: 'read write groups' },
    ])
    token = granted.access_token
  })

  it('Accounts: my information, read and changed', async () => {
    expect(await ask('GET', '/v1/accounts/me/')).toEqual({ status: 200, body: { ...developer, test: true } })
    const changed = { ...developer, test: false, bank_name: 'new_bank_name' }
    const fields = { bank_name: 'new_bank_name', test: 'false' }
    expect(await ask('PUT', '/v1/accounts/me/', fields)).toEqual({ status: 200, body: changed })
    expect(await ask('PATCH', '/v1/accounts/me/', fields)).toEqual({ status: 200, body: changed })
  })

  it('Accounts: a customer created, listed, retrieved, updated, deleted', async () => {
    const made = await ask('POST', '/v1/accounts/customers/', newTony)
    expect(made).toEqual({ status: 201, body: tony })
    customer = made.body as typeof customer
    expect(await ask('GET', '/v1/accounts/customers/')).toEqual({ status: 200, body: [tony] })
    const path = `/v1/accounts/customer/${customer.id}/`
    expect(await ask('GET', path)).toEqual({ status: 200, body: tony })
    const fields = { currency: 'usd', exp_month: '09', exp_year: '2025', test: 'false' }
    const updated = { ...tony, currency: 'usd', exp_month: 9, exp_year: 2025, test: false }
    expect(await ask('PUT', path, fields)).toEqual({ status: 200, body: updated })
    expect(await ask('PATCH', path, fields)).toEqual({ status: 200, body: updated })
    expect(await ask('DELETE', path)).toEqual({ status: 204, body: undefined })
    expect((await ask('GET', path)).status).toBe(404)
  })

  it('Charges: of a customer, of a card, and their logs', async () => {
    customer = (await ask('POST', '/v1/accounts/customers/', newTony)).body as typeof customer
    const charge = {
      customer_key: customer.key,
      amount: '90.32',
      description: 'some_description_here',
      entity_description: 'some_text_here',
      currency: 'usd',
    }
    expect((await ask('POST', '/v1/charges/create/', charge)).status).toBe(201)
    const simple = {
      amount: '800.55',
      description: 'Desc for Simple',
      entity_description: 'Desc for Simple',
      currency: 'usd',
      ...card,
      exp_year: '2020',
    }
    expect((await ask('POST', '/v1/charges/simple/create/', simple)).status).toBe(201)
    const logs = await ask('GET', '/v1/charges/logs/')
    expect(logs).toMatchObject({
      status: 200,
      body: [
        {
          customer: { ...tony, key: customer.key },
          charge_log: {
            status: 'succeeded',
            entity_description: 'some_text_here',
            amount: 90.32,
            date: expect.stringMatching(/^2017-08-01 \d\d:\d\d:\d\d$/),
            description: 'some_description_here',
          },
        },
        { customer: null, charge_log: { amount: 800.55 } },
      ],
    })
  })

  it('Plans: created and listed', async () => {
    const fields = {
      id_name: 'mi-plan-id',
      name: 'Mi Plan',
      amount: '300000',
      currency: 'crc',
      trial_period_days: '0',
      interval: 'month',
      interval_count: '1',
      credit_card_description: 'Descripción',
    }
    expect((await ask('POST', '/v1/plans/create/', fields)).status).toBe(201)
    expect(await ask('GET', '/v1/plans/mine/')).toEqual({
      status: 200,
      body: [{ key: any(String), information: plan }],
    })
  })

  it('Plans: subscribed to, listed, and left', async () => {
    const fields = { customer_key: customer.key, plan_id_name: 'mi-plan-id' }
    expect((await ask('POST', '/v1/plans/subscribe/', fields)).status).toBe(201)
    const listed = await ask('GET', '/v1/plans/subscriptions/')
    expect(listed).toMatchObject({
      status: 200,
      body: [{ id: 1, subscription_id: expect.stringMatching(/^sub_/), developer, customer: tony }],
    })
    subscription = (listed.body as { subscription_id: string }[])[0]!.subscription_id
    expect(await ask('DELETE', '/v1/plans/un-subscribe/', { subscription_id: subscription })).toEqual({
      status: 204,
      body: undefined,
    })
    expect(await ask('GET', '/v1/plans/subscriptions/')).toEqual({ status: 200, body: [] })
  })

  it.each([
    ['4242424242424242', 201, undefined],
    ['5555555555554444', 201, undefined],
    ['378282246310005', 201, undefined],
    ['4000000000000127', 400, "Card's security code is not correct."],
    ['4000000000000002', 400, 'Your card was declined. Please review it with your Bank.'],
    ['4000000000000069', 400, 'Your card has expired. Please review it with your Bank.'],
  ])('Testing Cards: %s', async (number, status, detail) => {
    const fields = { ...newTony, credit_card_number: number }
    const answer = await ask('POST', '/v1/accounts/customers/', fields)
    expect([answer.status, (answer.body as { detail?: string }).detail]).toEqual([status, detail])
  })
})
