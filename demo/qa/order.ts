/** The session that a shop would open for what a tester has set, with the customer and the plan that it needs. */
import type { Client } from '../../server/merchant/client.ts'
import type { Wanted } from './requests.ts'

export async function orderOf(
  client: Client,
  wanted: Wanted,
  price: number,
): Promise<Parameters<Client['sessions']['create']>[0]> {
  const { amount, currency, description, items, minutes, email, return_url } = wanted
  const listed = items.filter(Boolean)
  const session = {
    amount,
    currency,
    return_url,
    ...(description && { description }),
    ...(listed.length > 0 && { items: listed }),
    ...(email && { customer_id: await customerOf(client, email) }),
    ...(minutes !== null && { expires_at: await inTime(client, minutes) }),
  }
  return wanted.mode === 'payment'
    ? session
    : { ...session, mode: 'subscription', price_id: await planOf(client, wanted, price) }
}

/** Sessions end by the clock of the test data, wherever it stands. */
async function inTime({ testClock }: Client, minutes: number): Promise<string> {
  const { now } = await testClock.get()
  // A little more than asked: the clock goes on while the session is made.
  return new Date(Date.parse(now) + minutes * 60_000 + (minutes < 1440 ? 2000 : 0)).toISOString()
}

async function customerOf({ customers }: Client, email: string): Promise<string> {
  const known = (await customers.list({ limit: 100 })).items.find((one) => one.email === email)
  return (known ?? (await customers.create({ email }))).id
}

const product = { name: 'Mesa de pruebas', description: 'QA' }

async function planOf({ products, plans }: Client, wanted: Wanted, amount: number): Promise<string> {
  const sold = (await products.list({ limit: 100 })).items.find(({ name }) => name === product.name)
  const { id: product_id } = sold ?? (await products.create(product))
  const { currency, interval, trial_days } = wanted
  const found = (await plans.list({ limit: 100 })).items.find(
    (plan) =>
      plan.product_id === product_id &&
      plan.amount === amount &&
      plan.currency === currency &&
      plan.interval === interval &&
      (plan.trial_period_days ?? 0) === trial_days,
  )
  const made = { product_id, amount, currency, interval, ...(trial_days > 0 && { trial_period_days: trial_days }) }
  return (found ?? (await plans.create(made))).id
}
