/** Who buys, as the shop knows them; with the card that they let the shop keep, if any. */
import { firstVersion, type Maker, type Owned } from './account.ts'
import { keptText } from './card.ts'
import { currencyFault } from './currency.ts'
import type { CardFacts } from './payment.ts'
import { refuseFields } from './problem.ts'

/** A card that can be charged again: the processor's word for it, and what may be shown of it. */
export type SavedCard = CardFacts & { token: string }

export type NewCustomer = {
  email: string
  name: string | null
  description: string | null
  phone: string | null
  /** What their card is charged in unless a charge says otherwise. */
  currency: string | null
}

export type Customer = Owned &
  NewCustomer & {
    /** Their place among the account's customers, counted from 1: the legacy API's `id`. */
    number: number
    card: SavedCard | null
    /** What the shop last wrote in the legacy API's field `test`; which money moves, the credential alone decides. */
    declaredTest: boolean | null
    status: 'active' | 'deleted'
  }

export type CustomerChange = Partial<NewCustomer & Pick<Customer, 'card' | 'declaredTest'>>

export function newCustomer(
  wanted: NewCustomer,
  maker: Maker & { number: number },
  card: SavedCard | null = null,
): Customer {
  return {
    ...firstVersion(maker),
    ...kept(wanted),
    number: maker.number,
    card,
    declaredTest: null,
    status: 'active',
  }
}

/** What is not in the change stays as it is. */
export function changeCustomer(customer: Customer, change: CustomerChange): Customer {
  return { ...customer, ...change, ...kept({ ...customer, ...change }), version: customer.version + 1 }
}

/** Nothing of a person stays but that there was one: payments go on naming them. */
export const deleteCustomer = (customer: Customer): Customer => ({
  ...customer,
  email: '',
  name: null,
  description: null,
  phone: null,
  card: null,
  status: 'deleted',
  version: customer.version + 1,
})

function kept({ email, name, description, phone, currency }: NewCustomer): NewCustomer {
  const fault = currency === null ? undefined : currencyFault(currency)
  if (fault) return refuseFields([fault])
  return {
    email,
    name: keptText(name),
    description: keptText(description),
    phone: keptText(phone),
    currency: currency?.toUpperCase() ?? null,
  }
}
