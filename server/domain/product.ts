/** What may be sold. */
import { firstVersion, type Maker, type Owned } from './account.ts'
import { keptText, withoutCardNumbers } from './card.ts'

export type NewProduct = { name: string; description: string | null; active: boolean }

export type Product = Owned & NewProduct

export const newProduct = (wanted: NewProduct, maker: Maker): Product => ({
  ...firstVersion(maker),
  name: withoutCardNumbers(wanted.name),
  description: keptText(wanted.description),
  active: wanted.active,
})
