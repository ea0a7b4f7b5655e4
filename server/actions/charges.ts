/** Cards that a shop charges by itself, without a checkout session: one that its server was given, or a customer's saved one. */
import { readAmount } from '../contract/money.ts'
import type { Deps } from '../deps.ts'
import type { Owner } from '../domain/account.ts'
import { expiryFault, keptText, type ReadCard, readCard, type TypedCard } from '../domain/card.ts'
import { amountFault, currencyFault } from '../domain/currency.ts'
import type { Customer, SavedCard } from '../domain/customer.ts'
import { type Intent, isTriedOut, newDirectIntent, startTrying } from '../domain/intent.ts'
import { newPayment, type Order, type Payment, tryAgain } from '../domain/payment.ts'
import { type Fault, refuseFields } from '../domain/problem.ts'
import { statementText } from '../domain/statement.ts'
import { idPrefixes } from '../ids.ts'
import type { Charge } from '../processors/processor.ts'
import { insertIntent, replaceIntent, selectIntent } from '../store/intents.ts'
import { insertPayment, replacePayment } from '../store/payments.ts'
import type { Tx } from '../store/schema.ts'
import { beginAttempt, chargeAttempt, conclude, type Confirmed, knownPayment, processorFor } from './attempts.ts'
import { refuseCardTesting } from './card-testing.ts'
import { refusedCard } from './cards.ts'
import { announce, claim, type Command, type Done, type ReplyTo } from './commit.ts'
import { findCustomer } from './read.ts'

export type NewCharge = {
  /** A decimal in major units, as it was written. */
  amount: string
  /** An ISO 4217 code in any case; the customer's own when there is none. */
  currency: string | undefined
  description: string
  statementDescriptor: string | null
  from: { card: TypedCard } | { customer: string }
  /** A keyed digest of the server that sends cards; null for this machine itself. */
  asker: string | null
}

/** Charges at once. A decline is a value; a card that is malformed or unknown is a problem, and nothing is kept of it. */
export async function createCharge(deps: Deps, by: Owner, command: Command<NewCharge>): Promise<Done<Confirmed>> {
  const { wanted, reply } = command
  processorFor(deps, by)
  const begun = await deps.store.transact(async (tx) => {
    const kept = await claim<Confirmed>(deps, tx, reply)
    if (kept) return { done: { value: kept.result, asker: kept.asker } }
    const { card, customer } = await payerOf(deps, tx, by, wanted.from)
    if ('card' in wanted.from) await refuseCardTesting(deps, tx, by, wanted.asker, 'server')
    const order = {
      ...readMoney(wanted.amount, wanted.currency ?? customer?.currency ?? undefined),
      description: keptText(wanted.description),
      items: [],
      customerId: customer?.id ?? null,
      subscriptionId: null,
      statementDescriptor: wanted.statementDescriptor === null ? null : statementText(wanted.statementDescriptor),
    }
    return beginCharge(deps, tx, by, { order, card, reply, asker: 'card' in wanted.from ? wanted.asker : null })
  })
  if ('done' in begun) return begun.done
  return { value: await finishCharge(deps, begun) }
}

/** A card as it goes to the processor. */
type Charged = { saved: SavedCard; cvcGiven: boolean }

async function payerOf(
  deps: Deps,
  tx: Tx,
  by: Owner,
  from: NewCharge['from'],
): Promise<{ card: Charged; customer: Customer | undefined }> {
  if ('card' in from) return { card: typedCard(readCard(from.card, deps.now(by))), customer: undefined }
  const customer = await findCustomer(tx, by, from.customer, 'customer_key')
  if (customer.card) return { card: { saved: customer.card, cvcGiven: false }, customer }
  const say = {
    en: 'has no saved card; let this customer pay on a checkout page',
    es: 'no tiene tarjeta guardada; deje que este cliente pague en una página de pago',
  }
  return refuseFields([{ field: 'customer_key', say }])
}

function typedCard(card: ReadCard): Charged {
  if ('refused' in card) throw refusedCard(card.refused)
  return { saved: { ...card.facts, token: card.token }, cvcGiven: card.cvcGiven }
}

function readMoney(text: string, currency: string | undefined): { amount: number; currency: string } {
  if (currency === undefined) {
    const say = { en: 'is required: the customer has none', es: 'es obligatoria: el cliente no tiene una' }
    return refuseFields([{ field: 'currency', say }])
  }
  const code = currency.toUpperCase()
  const amount = readAmount(text, code)
  const faults: (Fault | undefined)[] = [
    currencyFault(currency),
    typeof amount === 'string' ? amountFault(amount, code) : undefined,
  ]
  const found = faults.filter((fault) => fault !== undefined)
  if (found.length > 0 || typeof amount === 'string') return refuseFields(found)
  return { amount, currency: code }
}

/** A charge that has begun durably: what the processor is to be asked, unless the card is over by now. */
export type BegunCharge = { charge: Charge; expired: boolean; begun: Confirmed }

/** Begins a charge of a card whose owner is not asked. */
export async function beginCharge(
  deps: Deps,
  tx: Tx,
  by: Owner,
  of: {
    order: Order & { amount: number; currency: string }
    card: Charged
    reply: ReplyTo | null
    asker: string | null
    isRepeated?: boolean
  },
): Promise<BegunCharge> {
  const now = deps.now(by)
  const { order, reply, asker } = of
  const { amount, currency } = order
  const made = newDirectIntent(
    { accountId: by.accountId, live: by.live, amount, currency },
    { id: deps.newId(idPrefixes.intent), now },
  )
  const intent = startTrying(made, null, { paymentId: deps.newId(idPrefixes.payment), now })
  await insertIntent(tx, intent)
  const payment = newPayment(intent.paymentId!, intent, order, now)
  await insertPayment(tx, payment)
  await announce(deps, tx, ['payment.pending', payment])
  return beginTry(deps, tx, { intent, payment, card: of.card, reply, asker, isRepeated: of.isRepeated ?? false })
}

/** Tries another time what a card was refused for; undefined when its intent takes no more cards. */
export async function beginAgain(
  deps: Deps,
  tx: Tx,
  intentId: string,
  card: Charged,
): Promise<BegunCharge | undefined> {
  const before = await selectIntent(tx, intentId)
  if (!before || before.sessionId !== null || before.status !== 'requires_payment_method' || isTriedOut(before)) {
    return undefined
  }
  const now = deps.now(before)
  const known = await knownPayment(tx, before)
  const intent = startTrying(before, null, { paymentId: known.id, now })
  await replaceIntent(tx, before, intent)
  const payment = tryAgain(known)
  if (payment !== known) {
    await replacePayment(tx, known, payment)
    await announce(deps, tx, ['payment.pending', payment])
  }
  return beginTry(deps, tx, { intent, payment, card, reply: null, asker: null, isRepeated: true })
}

/** The part of every try that the first and the later ones share. */
async function beginTry(
  deps: Deps,
  tx: Tx,
  of: {
    intent: Intent
    payment: Payment
    card: Charged
    reply: ReplyTo | null
    asker: string | null
    isRepeated: boolean
  },
): Promise<BegunCharge> {
  const { intent, payment, reply, asker, isRepeated } = of
  const { token, ...facts } = of.card.saved
  const attempt = await beginAttempt(deps, tx, {
    intent,
    payment,
    card: { cardToken: token, card: facts },
    reply,
    asker,
    isRepeated,
  })
  return {
    charge: {
      attemptId: attempt.id,
      amount: intent.amount,
      currency: intent.currency,
      cardToken: token,
      cvcGiven: of.card.cvcGiven,
      postalCodeGiven: false,
      offSession: true,
    },
    expired: expiryFault(facts, deps.now(intent)) !== undefined,
    begun: { intent, payment, failure: null },
  }
}

/** Asks for the money, and writes what became of it. */
export const finishCharge = (deps: Deps, { charge, expired, begun }: BegunCharge): Promise<Confirmed> =>
  expired
    ? deps.store.transact((tx) =>
        conclude(deps, tx, charge.attemptId, {
          outcome: 'declined',
          failure: { code: 'expired_card', declineCode: null },
        }),
      )
    : chargeAttempt(deps, charge, begun)
