/**
 * Pages on which the customer of a subscription gives another card. What is owed is paid there at once, under the buyer's
 * eyes; otherwise the card is saved for the charges to come.
 */
import { showAmount } from '../contract/money.ts'
import type { Deps } from '../deps.ts'
import type { Account, Owner } from '../domain/account.ts'
import { type Failure, type Intent, isIdle } from '../domain/intent.ts'
import { dueOf, type Invoice, payOnPage } from '../domain/invoice.ts'
import type { Plan } from '../domain/plan.ts'
import { noSuch, Problem } from '../domain/problem.ts'
import { type Session, sessionClosed } from '../domain/session.ts'
import { askAgain, fallBehind, owes, takesCard, type Subscription } from '../domain/subscription.ts'
import { couldBeId } from '../ids.ts'
import { planRows } from '../store/catalog.ts'
import { selectIntentOfSession } from '../store/intents.ts'
import { invoiceRows, selectOpenInvoice } from '../store/invoices.ts'
import type { Db, Tx } from '../store/schema.ts'
import { selectCardSessions } from '../store/sessions.ts'
import { subscriptionRows } from '../store/subscriptions.ts'
import { announce, type Command, commit, type Done } from './commit.ts'
import { isBeingTried, knownSubscription } from './invoices.ts'
import { donePage, endSession, makeSession } from './sessions.ts'

/** For a shop's own server; the buyer comes back to `returnUrl`, or to a page of the payment side. */
export const createCardSession = (
  deps: Deps,
  by: Owner,
  command: Command<{ id: string; returnUrl: string | undefined }>,
): Promise<Done<Session>> =>
  commit(deps, command, async (tx, { id, returnUrl }) => {
    const found = couldBeId(id) ? await subscriptionRows.find(tx, by, id) : undefined
    if (!found) throw noSuch('subscription')
    return open(deps, tx, found, returnUrl)
  })

/** For whoever follows the link of a subscription: its id is the token. */
export const openCardSession = (deps: Deps, id: string): Promise<Session> =>
  deps.store.transact(async (tx) => {
    const found = couldBeId(id) ? await subscriptionRows.findAnyones(tx, id) : undefined
    if (!found) throw noSuch('subscription')
    return open(deps, tx, found, undefined)
  })

/** A subscription as the page shows it whose link its buyer follows. */
export async function lookForSubscription(
  deps: Deps,
  id: string,
): Promise<{ subscription: Subscription; account: Account; plan: Plan; owed: Invoice | undefined } | undefined> {
  const { db } = deps.store
  const subscription = couldBeId(id) ? await subscriptionRows.findAnyones(db, id) : undefined
  const plan = subscription && (await planRows.findAnyones(db, subscription.planId))
  if (!plan) return undefined
  const account = await deps.accounts.account(subscription.accountId)
  return { subscription, account, plan, owed: await owedBy(db, subscription) }
}

/** What is to be paid on such a page: what a card was refused for already. */
const owedBy = async (db: Db | Tx, subscription: Subscription): Promise<Invoice | undefined> =>
  owes(subscription) ? selectOpenInvoice(db, subscription.id) : undefined

async function open(deps: Deps, tx: Tx, subscription: Subscription, returnUrl: string | undefined): Promise<Session> {
  if (!takesCard(subscription)) {
    throw new Problem('subscription_unexpected_state', {
      en: `This subscription is ${subscription.status}; it takes no other card`,
      es: `Esta suscripción está en estado ${subscription.status}; ya no recibe otra tarjeta`,
    })
  }
  const { plan } = await knownSubscription(tx, subscription.id)
  const owed = await owedBy(tx, subscription)
  const { amount, currency } = owed ?? plan
  return makeSession(
    deps,
    tx,
    subscription,
    {
      amount: showAmount(amount, currency),
      currency,
      returnUrl: returnUrl ?? '',
      description: null,
      items: [],
      expiresAt: undefined,
      customerId: subscription.customerId,
    },
    plan.id,
    {
      mode: 'setup',
      subscriptionId: subscription.id,
      invoiceId: owed?.id ?? null,
      ...(returnUrl === undefined && { ownReturnUrl: donePage(deps) }),
    },
  )
}

/** A card is about to be tried on such a page: from here on nobody else tries one for what is owed. */
export async function holdInvoice(deps: Deps, tx: Tx, session: Session, intent: Intent): Promise<void> {
  if (session.invoiceId === null) return
  const invoice = await invoiceRows.findAnyones(tx, session.invoiceId)
  // Paid by then, or not asked for any more.
  if (invoice?.status !== 'open') throw sessionClosed({ ...session, status: 'expired' })
  if (invoice.intentId !== intent.id && (await isBeingTried(tx, invoice))) throw beingTried(intent)
  const held = payOnPage(invoice, { intentId: intent.id, paymentId: intent.paymentId })
  await invoiceRows.replace(tx, invoice, held)
  await announce(deps, tx, ['invoice.updated', held])
}

/** The card did not pay on the page: the calendar goes on as it was, and says again when something is due. */
export async function releaseInvoice(deps: Deps, tx: Tx, session: Session, failure: Failure | null): Promise<void> {
  const { invoiceId, subscriptionId } = session
  const invoice = invoiceId === null ? undefined : await invoiceRows.findAnyones(tx, invoiceId)
  if (invoice?.status !== 'open' || subscriptionId === null) return
  if (failure) {
    const told = { ...invoice, failure, version: invoice.version + 1 }
    await invoiceRows.replace(tx, invoice, told)
    await announce(deps, tx, ['invoice.updated', told])
  }
  const { before } = await knownSubscription(tx, subscriptionId)
  if (!owes(before) || before.dueAt !== null) return
  const after =
    before.status === 'unpaid' ? askAgain(before, before.currentPeriodEnd) : fallBehind(before, dueOf(invoice))
  await subscriptionRows.replace(tx, before, after)
  await announce(deps, tx, ['subscription.updated', after])
}

/** Closes such pages once there is nothing to do on them; one on which a card is being saved this moment closes itself. */
export async function endCardSessions(
  deps: Deps,
  tx: Tx,
  subscriptionId: string,
  which: (session: Session) => boolean = () => true,
): Promise<void> {
  for (const session of await selectCardSessions(tx, subscriptionId)) {
    if (!which(session)) continue
    const intent = await selectIntentOfSession(tx, session.id)
    if (!intent || isIdle(intent)) await endSession(deps, tx, session, 'automatic')
  }
}

const beingTried = (intent: Intent): Problem =>
  new Problem(
    'session_busy',
    {
      en: 'The card on file is being charged right now; ask again in a moment',
      es: 'Se está cobrando la tarjeta guardada en este momento; consulte de nuevo en un instante',
    },
    { intent, retryAfterSeconds: 1 },
  )
