/** A customer with a saved card, a plan and a subscription of the sandbox's account, and the clock that they live on. */
import type { NewIntentView } from '../../server/contract/checkout.ts'
import type { ErrorBody } from '../../server/contract/errors.ts'
import type { InvoiceView, SubscriptionView, TestClockView } from '../../server/contract/resources.ts'
import { apiKey, type TestApp } from './make-app.ts'

const key = { 'X-Api-Key': apiKey }

export function subscriberOf(app: TestApp) {
  /** A token ends with its clock's time as well: each call takes a fresh one. */
  const token = async () => ({ Authorization: `bearer ${await app.newToken()}` })
  async function made<T>(path: string, body: object, headers: Record<string, string> = key): Promise<T> {
    const answer = await app.post<T>(path, body, headers)
    if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${answer.text}`)
    return answer.body
  }
  const read = async <T>(path: string): Promise<T> => (await app.ask<T>(path, { headers: key })).body
  const card = (number: string, exp_year = 2040) => ({
    credit_card_number: number,
    // American Express prints four.
    credit_card_security_code_number: number.startsWith('37') ? '1234' : '123',
    exp_month: 12,
    exp_year,
  })
  return {
    token,
    made,
    read,
    /** A customer whose card is saved, by its id in the current API. */
    async customer(number = '4242424242424242', expYear?: number): Promise<string> {
      const who = { name: 'Ana Solís', email: 'ana@example.com', currency: 'crc', ...card(number, expYear) }
      const { key: short } = await made<{ key: string }>('/v1/accounts/customers/', who, await token())
      const row = await app.deps.store.db
        .selectFrom('customers')
        .select('id')
        .where('key', '=', short)
        .executeTakeFirstOrThrow()
      return row.id
    },
    /** Gives a customer another card. */
    async replaceCard(customer: string, number: string): Promise<void> {
      const answer = await this.sendCard(customer, number)
      if (answer.status !== 200) throw new Error(`The card was not taken: ${answer.text}`)
    },
    /** The same, for cards that may be refused. */
    sendCard: async (customer: string, number: string) =>
      app.ask(`/v1/accounts/customer/${customer}/`, {
        method: 'PUT',
        headers: { ...(await token()), 'Content-Type': 'application/json' },
        body: JSON.stringify(card(number)),
      }),
    async plan(change: object = {}): Promise<string> {
      const wanted = { name: 'Café', amount: 990_000, currency: 'crc', interval: 'month', interval_count: 1, ...change }
      return (await made<{ information: { id_name: string } }>('/v1/plans/create/', wanted, await token())).information
        .id_name
    },
    /** A plan of the current API, with what the legacy one has no words for. */
    async planWith(change: object): Promise<string> {
      const product = await made<{ id: string }>('/v1/products', { name: 'Café' })
      const wanted = { product_id: product.id, amount: 990_000, currency: 'CRC', interval: 'month', ...change }
      return (await made<{ id: string }>('/v1/plans', wanted)).id
    },
    /** A customer without a card. */
    cardless: async (): Promise<string> =>
      (await made<{ id: string }>('/v1/customers', { email: 'ana@example.com' })).id,
    subscribe: (customer_id: string, plan_id: string) =>
      made<SubscriptionView>('/v1/subscriptions', { customer_id, plan_id }),
    cancel: (id: string, at_period_end = false) =>
      app.post<SubscriptionView & ErrorBody>(`/v1/subscriptions/${id}/cancel`, { at_period_end }, key),
    subscription: (id: string) => read<SubscriptionView>(`/v1/subscriptions/${id}`),
    resume: (id: string, headers: Record<string, string> = {}) =>
      app.post<SubscriptionView & ErrorBody>(`/v1/subscriptions/${id}/resume`, '', { ...key, ...headers }),
    /** A page on which the buyer pays what is owed with a card, or saves it: its answer's status. */
    async giveCardOnPage(id: string, number: string): Promise<number> {
      const { session_id } = await made<{ session_id: string }>(`/v1/subscriptions/${id}/card-session`, {})
      const intent = await app.post<NewIntentView>('/v1/payments/intent', { session_id })
      return (await app.confirm(intent.body, { number })).status
    },
    /** The newest first. */
    invoices: async (limit = 100) => (await read<{ items: InvoiceView[] }>(`/v1/invoices?limit=${limit}`)).items,
    clock: (body: object) => made<TestClockView>('/v1/test-clock', body),
    advance: (by: object) => made<TestClockView>('/v1/test-clock/advance', by),
  }
}
