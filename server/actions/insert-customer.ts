import type { Deps } from '../deps.ts'
import type { Owner } from '../domain/account.ts'
import { type Customer, type NewCustomer, newCustomer, type SavedCard } from '../domain/customer.ts'
import { idPrefixes } from '../ids.ts'
import { customerRows } from '../store/customers.ts'
import type { Tx } from '../store/schema.ts'
import { announce } from './commit.ts'

/** The part of making a customer that all who make one share. */
export async function insertCustomer(
  deps: Deps,
  tx: Tx,
  by: Owner,
  wanted: NewCustomer,
  card: SavedCard | null = null,
): Promise<Customer> {
  const id = deps.newId(idPrefixes.customer)
  const maker = { id, by, now: deps.now(by), number: await customerRows.nextNumber(tx, by) }
  const customer = newCustomer(wanted, maker, card)
  await customerRows.insert(tx, customer)
  await announce(deps, tx, ['customer.created', customer])
  return customer
}
