/** Who buys, as the shop knows them. */
import { firstVersion, type Maker, type Owned } from './account.ts'
import { keptText } from './card.ts'

export type NewCustomer = { email: string; name: string | null; description: string | null; phone: string | null }

export type Customer = Owned & NewCustomer

export const newCustomer = (wanted: NewCustomer, maker: Maker): Customer => ({
  ...firstVersion(maker),
  email: wanted.email,
  name: keptText(wanted.name),
  description: keptText(wanted.description),
  phone: keptText(wanted.phone),
})
