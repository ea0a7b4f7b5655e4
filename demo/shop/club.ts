/** The shop's one subscription: a bag of coffee every month, as plans of the payment side. */
import type { Client } from '../../server/merchant/client.ts'
import { club, type Currency } from './catalogue.ts'

const product = { name: 'La bolsa del mes', description: 'Tostadora Barú: 340 g, un lote distinto cada mes' }

/** The plan's id in a currency, with a trial or without; made when somebody first wants it, and found again later. */
export function clubPlans({ products, plans }: Client): (currency: Currency, trial: boolean) => Promise<string> {
  const known = new Map<string, Promise<string>>()

  async function findOrMake(currency: Currency, trial: boolean): Promise<string> {
    const sold = (await products.list({ limit: 100 })).items.find(
      ({ name, description }) => name === product.name && description === product.description,
    )
    const { id: product_id } = sold ?? (await products.create(product))
    const wanted = { product_id, amount: club.price[currency], currency, interval: 'month' as const }
    const days = trial ? club.trialDays : null
    const found = (await plans.list({ limit: 100 })).items.find(
      (plan) =>
        plan.product_id === product_id &&
        plan.amount === wanted.amount &&
        plan.currency === currency &&
        plan.trial_period_days === days,
    )
    return (found ?? (await plans.create(days === null ? wanted : { ...wanted, trial_period_days: days }))).id
  }

  return (currency, trial) => {
    const name = `${currency} ${trial}`
    let plan = known.get(name)
    if (!plan) {
      plan = findOrMake(currency, trial)
      known.set(name, plan)
      // Asked for again when the payment side is back.
      plan.catch(() => known.delete(name))
    }
    return plan
  }
}
