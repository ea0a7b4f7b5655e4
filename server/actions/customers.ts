import type { Deps } from '../deps.ts'
import type { Owner } from '../domain/account.ts'
import { couldBeCode, expiryFault, fullYear, type TypedCard } from '../domain/card.ts'
import {
  changeCustomer,
  type Customer,
  type CustomerChange,
  deleteCustomer as forget,
  type NewCustomer,
  type SavedCard,
} from '../domain/customer.ts'
import { refuseFields } from '../domain/problem.ts'
import { customerRows } from '../store/customers.ts'
import { forgetRequestsAbout } from '../store/requests.ts'
import { selectSubscriptionsOf } from '../store/subscriptions.ts'
import { insertCustomer } from './insert-customer.ts'
import { tryWithNewCard } from './invoices.ts'
import { readSavedCard, refusedCard } from './cards.ts'
import { bill } from './billing.ts'
import { announce, type Command, commit, type Done, keptBefore } from './commit.ts'
import { findCustomer } from './read.ts'
import { endSubscription } from './subscriptions.ts'

/** Keeps a customer, with their card when the shop has it; a card that cannot be kept keeps nothing. */
export async function createCustomer(
  deps: Deps,
  by: Owner,
  command: Command<NewCustomer & { card?: TypedCard }>,
): Promise<Done<Customer>> {
  const { card: typed } = command.wanted
  if (typed === undefined) return keepCustomer(deps, by, command, null)
  // Asked first: a processor must not be, once the answer is known, nor while a transaction is open.
  const kept = await keptBefore<Customer>(deps, command.reply)
  return kept ?? keepCustomer(deps, by, command, await readSavedCard(deps, by, typed))
}

const keepCustomer = (
  deps: Deps,
  by: Owner,
  command: Command<NewCustomer>,
  card: SavedCard | null,
): Promise<Done<Customer>> => commit(deps, command, (tx, wanted) => insertCustomer(deps, tx, by, wanted, card))

/** What is to become of a customer's card: another one, or the same with another date. Anything left out stays. */
export type CardChange = Partial<TypedCard>

/** Changes what is named and leaves the rest. */
export async function updateCustomer(
  deps: Deps,
  by: Owner,
  before: Customer,
  change: Omit<CustomerChange, 'card'>,
  cardChange: CardChange,
): Promise<Customer> {
  const card = await changedCard(deps, by, before.card, cardChange)
  const { after, owing } = await deps.store.transact(async (tx) => {
    const now = await findCustomer(tx, by, before.id)
    const after = changeCustomer(now, { ...change, ...(card && { card }) })
    await customerRows.replace(tx, now, after)
    await announce(deps, tx, ['customer.updated', after])
    return { after, owing: card ? await tryWithNewCard(deps, tx, after.id) : [] }
  })
  for (const id of owing) await bill(deps, id)
  return after
}

async function changedCard(
  deps: Deps,
  by: Owner,
  known: SavedCard | null,
  { number, expMonth = known?.expMonth, expYear = known?.expYear, cvc, postalCode }: CardChange,
): Promise<SavedCard | undefined> {
  // A code is never kept; one without a number is refused all the same when the known card could not have it.
  if (number === undefined && cvc !== undefined && known && !couldBeCode(cvc, known)) {
    throw refusedCard({ code: 'invalid_cvc', declineCode: null })
  }
  if (number === undefined && expMonth === known?.expMonth && expYear === known?.expYear) return undefined
  if (expMonth === undefined || expYear === undefined) {
    const say = { en: 'is required with a new card', es: 'es obligatorio con una tarjeta nueva' }
    return refuseFields([{ field: expMonth === undefined ? 'exp_month' : 'exp_year', say }])
  }
  if (number !== undefined) return readSavedCard(deps, by, { number, expMonth, expYear, cvc, postalCode })
  if (!known) {
    const say = {
      en: 'is required: this customer has no card yet',
      es: 'es obligatorio: este cliente aún no tiene tarjeta',
    }
    return refuseFields([{ field: 'credit_card_number', say }])
  }
  const date = { expMonth, expYear: fullYear(expYear, deps.now(by)) }
  const fault = expiryFault(date, deps.now(by))
  if (fault) throw refusedCard({ code: fault, declineCode: null })
  return { ...known, ...date }
}

/** Forgets a person: their subscriptions end, and nothing about them stays. Their payments do. */
export const deleteCustomer = (deps: Deps, by: Owner, said: string): Promise<Customer> =>
  deps.store.transact(async (tx) => {
    const before = await findCustomer(tx, by, said)
    for (const subscription of await selectSubscriptionsOf(tx, before.id)) {
      await endSubscription(deps, tx, subscription)
    }
    const after = forget(before)
    await customerRows.replace(tx, before, after)
    await forgetRequestsAbout(tx, before.id)
    await announce(deps, tx, ['customer.deleted', after])
    return after
  })
