/** Reading what an account keeps: one object by its id, or a page of them. */
import type { Deps } from '../deps.ts'
import type { Owner } from '../domain/account.ts'
import type { Customer } from '../domain/customer.ts'
import type { Invoice } from '../domain/invoice.ts'
import { isOver, type Subscription } from '../domain/subscription.ts'
import { noSuch, type Thing } from '../domain/problem.ts'
import { couldBeId } from '../ids.ts'
import { customerRows } from '../store/customers.ts'
import { planRows, productRows } from '../store/catalog.ts'
import { invoiceRows, selectInvoicesOf } from '../store/invoices.ts'
import { linkRows } from '../store/links.ts'
import type { Page, Slice } from '../store/lists.ts'
import { refundRows } from '../store/refunds.ts'
import type { Db, Tx } from '../store/schema.ts'
import { subscriptionRows } from '../store/subscriptions.ts'

type Rows<T> = {
  find(db: Db, owner: Owner, id: string): Promise<T | undefined>
  page(db: Db, owner: Owner, slice: Slice): Promise<Page<T>>
  after(db: Db, owner: Owner, number: number, most: number): Promise<{ number: number; value: T }[]>
  many(db: Db, ids: readonly string[]): Promise<Map<string, T>>
}

export type Reads<T> = {
  find(deps: Deps, by: Owner, id: string): Promise<T>
  page(deps: Deps, by: Owner, slice: Slice): Promise<Page<T>>
  /** What follows a number, the oldest first: for a whole list, a part at a time. */
  after(deps: Deps, by: Owner, number: number, most: number): Promise<{ number: number; value: T }[]>
  /** What other objects of the same owner name by their ids. */
  many(deps: Deps, ids: readonly string[]): Promise<Map<string, T>>
}

const reading = <T>(thing: Thing, rows: Rows<T>): Reads<T> => ({
  /** Another account's, and the other mode's, answer as an unknown one does. */
  async find(deps, by, id) {
    const found = couldBeId(id) ? await rows.find(deps.store.db, by, id) : undefined
    if (!found) throw noSuch(thing)
    return found
  },
  page: (deps, by, slice) => rows.page(deps.store.db, by, slice),
  after: (deps, by, number, most) => rows.after(deps.store.db, by, number, most),
  many: (deps, ids) => rows.many(deps.store.db, ids),
})

export const reads = {
  customers: reading('customer', customerRows),
  products: reading('product', productRows),
  plans: reading('plan', planRows),
  links: reading('link', linkRows),
  subscriptions: reading('subscription', subscriptionRows),
  refunds: reading('refund', refundRows),
  invoices: reading('invoice', invoiceRows),
}

/** A page of one subscription's invoices, the newest first. */
export async function invoicesOf(deps: Deps, by: Owner, subscriptionId: string, slice: Slice): Promise<Page<Invoice>> {
  const { db } = deps.store
  const found = couldBeId(subscriptionId) ? await subscriptionRows.find(db, by, subscriptionId) : undefined
  if (!found) throw noSuch('subscription', 'subscription_id')
  return selectInvoicesOf(db, found.id, slice)
}

/** A customer by any of their names: the id, the legacy API's key of 32 letters, or its whole number. */
export async function findCustomer(db: Db | Tx, by: Owner, said: string, field?: string): Promise<Customer> {
  const customer = /^\d{1,15}$/.test(said)
    ? await customerRows.findBy(db, by, 'number', Number(said))
    : /^[A-Za-z\d]{32}$/.test(said)
      ? await customerRows.findBy(db, by, 'key', said)
      : couldBeId(said)
        ? await customerRows.find(db, by, said)
        : undefined
  if (!customer) throw noSuch('customer', field)
  return customer
}

/** A subscription that is not over, by its id or the legacy API's whole number. */
export async function findOpenSubscription(deps: Deps, by: Owner, said: string, field?: string): Promise<Subscription> {
  const { db } = deps.store
  const found = /^\d{1,15}$/.test(said)
    ? await subscriptionRows.findBy(db, by, 'number', Number(said))
    : couldBeId(said)
      ? await subscriptionRows.find(db, by, said)
      : undefined
  if (!found || isOver(found)) throw noSuch('subscription', field)
  return found
}
