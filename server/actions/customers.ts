import type { Deps } from '../deps.ts'
import type { Owner } from '../domain/account.ts'
import { type Customer, type NewCustomer, newCustomer } from '../domain/customer.ts'
import { idPrefixes } from '../ids.ts'
import { customerRows } from '../store/customers.ts'
import { announce, type Command, commit, type Done } from './commit.ts'

export const createCustomer = (deps: Deps, by: Owner, command: Command<NewCustomer>): Promise<Done<Customer>> =>
  commit(deps, command, async (tx, wanted) => {
    const customer = newCustomer(wanted, { id: deps.newId(idPrefixes.customer), by, now: deps.now() })
    await customerRows.insert(tx, customer)
    await announce(deps, tx, ['customer.created', customer])
    return customer
  })
