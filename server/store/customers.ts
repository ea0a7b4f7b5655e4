import type { Customer } from '../domain/customer.ts'
import { shortKey } from '../domain/short-key.ts'
import { cardColumns, cardOf } from './columns.ts'
import { commonFields, flag, listOf } from './lists.ts'
import type { CustomerRow } from './schema.ts'

/** Deleted customers are in no list and found by nobody, but payments go on naming them. */
export const customerRows = listOf('customers', {
  toRow: ({ id, status, email, name, description, phone, currency, card, declaredTest }: Customer) => ({
    key: shortKey(id),
    status,
    email,
    name,
    description,
    phone,
    currency,
    card_token: card?.token ?? null,
    ...cardColumns(card),
    declared_test: declaredTest === null ? null : flag(declaredTest),
  }),
  fromRow: (row) => ({
    ...commonFields(row),
    number: row.number,
    status: row.status,
    email: row.email,
    name: row.name,
    description: row.description,
    phone: row.phone,
    currency: row.currency,
    card: savedCardOf(row),
    declaredTest: row.declared_test === null ? null : row.declared_test === 1,
  }),
  shown: 'active',
  hidden: 'deleted',
})

function savedCardOf(row: CustomerRow): Customer['card'] {
  const facts = cardOf(row)
  return facts && row.card_token !== null ? { ...facts, token: row.card_token } : null
}
