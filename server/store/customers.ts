import type { Customer } from '../domain/customer.ts'
import { commonFields, listOf } from './lists.ts'

export const customerRows = listOf('customers', {
  toRow: ({ email, name, description, phone }: Customer) => ({ email, name, description, phone }),
  fromRow: (row) => ({
    ...commonFields(row),
    email: row.email,
    name: row.name,
    description: row.description,
    phone: row.phone,
  }),
})
