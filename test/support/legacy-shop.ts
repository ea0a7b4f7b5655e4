/** A shop of the legacy API, that makes what requests are about; its values are those of the document's examples. */
import type { Answer, TestApp } from './make-app.ts'

/** What a request names, by each of its names; the document's own comes first. */
export class Named {
  readonly kind: LegacyKind
  readonly names: readonly (string | number)[]

  constructor(kind: LegacyKind, ...names: readonly (string | number)[]) {
    this.kind = kind
    this.names = names
  }
}

export type LegacyKind = 'customer' | 'charge' | 'plan' | 'subscription' | 'refund'
export type LegacyShop = ReturnType<typeof legacyShopOf>

/** Of the documented test cards the first, in JSON's own numbers. */
export const card = {
  credit_card_number: 4_242_424_242_424_242,
  credit_card_security_code_number: 123,
  exp_month: 9,
  exp_year: 2034,
}
export const newCustomer = { name: 'Tony Stark', email: 'tony@4geeks.io', currency: 'crc', ...card }
export const newPlan = { name: 'Mi Plan', amount: 300_000, currency: 'crc', interval: 'month', interval_count: 1 }

export function legacyShopOf({ post }: TestApp, token: string) {
  let plans = 0
  async function made<T>(path: string, fields: object): Promise<T> {
    const answer: Answer<T> = await post<T>(path, fields, { Authorization: `bearer ${token}` })
    if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${answer.text}`)
    return answer.body
  }
  const customer = async (change: object = {}) => {
    const { id, key } = await made<{ id: number; key: string }>('/v1/accounts/customers/', {
      ...newCustomer,
      ...change,
    })
    return new Named('customer', id, key)
  }
  const charge = async (change: object = {}) => {
    const fields = { amount: 90.32, description: 'Pedido 42', currency: 'usd', ...card, ...change }
    return new Named('charge', (await made<{ charge_id: string }>('/v1/charges/simple/create/', fields)).charge_id)
  }
  const customerCharge = async (of: Named, change: object = {}) => {
    const fields = { customer_key: of.names[1], amount: 90.32, description: 'Pedido 42', ...change }
    return new Named('charge', (await made<{ charge_id: string }>('/v1/charges/create/', fields)).charge_id)
  }
  const planName = () => `plan-${token.slice(-6)}-${++plans}`
  const plan = async (change: object = {}) => {
    const fields = { id_name: planName(), ...newPlan, ...change }
    const { key, information } = await made<{ key: string; information: { id_name: string } }>(
      '/v1/plans/create/',
      fields,
    )
    return new Named('plan', information.id_name, key)
  }
  const subscription = async (of?: Named, to?: Named) => {
    const fields = {
      customer_key: (of ?? (await customer())).names[1],
      plan_id_name: (to ?? (await plan())).names[0],
    }
    const { id, subscription_id } = await made<{ id: number; subscription_id: string }>('/v1/plans/subscribe/', fields)
    return new Named('subscription', subscription_id, id)
  }
  const refund = async () => {
    const fields = { charge_id: (await charge()).names[0], amount: 10.5, reason: 'requested_by_customer' }
    return new Named('refund', (await made<{ refund_id: string }>('/v1/refunds/', fields)).refund_id)
  }
  return {
    token,
    customer,
    charge,
    customerCharge,
    planName,
    plan,
    subscription,
    refund,
    one: (kind: LegacyKind): Promise<Named> => {
      switch (kind) {
        case 'customer':
          return customer()
        case 'charge':
          return charge()
        case 'plan':
          return plan()
        case 'subscription':
          return subscription()
        case 'refund':
          return refund()
      }
    },
  }
}
