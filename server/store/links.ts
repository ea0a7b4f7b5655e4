import type { Link } from '../domain/link.ts'
import { commonFields, flag, listOf } from './lists.ts'

export const linkRows = listOf('links', {
  toRow: ({ amount, currency, description, active }: Link) => ({ amount, currency, description, active: flag(active) }),
  fromRow: (row) => ({
    ...commonFields(row),
    amount: row.amount,
    currency: row.currency,
    description: row.description,
    active: row.active === 1,
  }),
})
