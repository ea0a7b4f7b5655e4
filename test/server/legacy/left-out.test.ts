/** What clients send for what they have not: `null` in a field that may be left out; and a processor that has no answer. */
import { describe, expect, it } from 'vitest'
import { sandboxProcessor } from '../../../server/processors/sandbox.ts'
import { makeApp } from '../../support/make-app.ts'

const card = {
  credit_card_number: '4242424242424242',
  credit_card_security_code_number: '123',
  exp_month: 12,
  exp_year: 2034,
}
const customer = { name: 'Ana Solís', email: 'ana@example.com', currency: 'crc', ...card }

describe('null', () => {
  it('is no value in whatever a POST may leave out', async () => {
    const app = await makeApp()
    const headers = { Authorization: `bearer ${await app.newToken()}` }
    const post = async (path: string, body: object) => {
      const answer = await app.post<Record<string, string>>(path, body, headers)
      expect([path, answer.status, answer.text.slice(0, 80)]).toEqual([
        path,
        expect.toBeOneOf([201, 202]),
        answer.text.slice(0, 80),
      ])
      return answer.body
    }
    const { key } = await post('/v1/accounts/customers/', { ...customer, test: null })
    const charged = await post('/v1/charges/create/', {
      customer_key: key,
      amount: 10,
      description: 'Café',
      entity_description: null,
      currency: null,
    })
    expect(charged).toMatchObject({ charge_log: { currency: 'crc', entity_description: '' } })
    await post('/v1/charges/simple/create/', {
      amount: 10,
      description: 'Café',
      currency: 'usd',
      entity_description: null,
      ...card,
    })
    const plan = await post('/v1/plans/create/', {
      id_name: null,
      name: 'Café',
      amount: 100,
      currency: 'usd',
      interval: 'month',
      interval_count: 1,
      trial_period_days: null,
      credit_card_description: null,
    })
    await post('/v1/plans/subscribe/', { customer_key: key, plan_id_name: null, plan_key: plan['key'] })
    await post('/v1/refunds/', { charge_id: charged['charge_id'], amount: 1, reason: null })
    await post('/v1/payments/checkout/', {
      amount: '25.50',
      currency: 'USD',
      return_url: 'https://shop.example/',
      description: null,
      items: [{ name: 'Café', quantity: null }],
      customer: { first_name: null, last_name: 'Solís', email: 'ana@example.com', phone: null, country: 'CR' },
    })
    // To give everything back is nothing that a sum which came to nothing should do.
    const all = await app.post('/v1/refunds/', { charge_id: charged['charge_id'], amount: null }, headers)
    expect(all.status).toBe(400)
    await app.deps.store.close()
  })
})

describe('a processor that cannot say whether it keeps a card', () => {
  it('is told of as such, and nothing is kept', async () => {
    const app = await makeApp({ processor: { ...sandboxProcessor, save: () => Promise.reject(new Error('gone')) } })
    const headers = { Authorization: `bearer ${await app.newToken()}` }
    const answer = await app.post('/v1/accounts/customers/', customer, headers)
    expect([answer.status, answer.headers.get('retry-after'), answer.body]).toMatchObject([
      503,
      '5',
      { error: { code: 'service_unavailable' } },
    ])
    expect(await app.deps.store.db.selectFrom('customers').selectAll().execute()).toEqual([])
    await app.deps.store.close()
  })
})
