import type { CancellationReason } from '../contract/checkout.ts'
import { showAmount } from '../contract/money.ts'
import type { Deps } from '../deps.ts'
import type { Account, Owner } from '../domain/account.ts'
import { cancelIntent, type Intent, isIdle } from '../domain/intent.ts'
import { cancelPayment } from '../domain/payment.ts'
import type { Plan } from '../domain/plan.ts'
import { noSuch, Problem, refuseFields } from '../domain/problem.ts'
import {
  expireSession as expire,
  isForgotten,
  type NewSession,
  newSession,
  type OwnSession,
  saveOnly,
  type Session,
  sessionClosed,
} from '../domain/session.ts'
import type { Subscription } from '../domain/subscription.ts'
import { couldBeId, idPrefixes } from '../ids.ts'
import { supersedeChallenges } from '../store/attempts.ts'
import { planRows } from '../store/catalog.ts'
import { customerRows } from '../store/customers.ts'
import { replaceIntent, selectIntentOfSession } from '../store/intents.ts'
import { replacePayment, selectPayment } from '../store/payments.ts'
import type { Db, Tx } from '../store/schema.ts'
import { insertSession, replaceSession, selectSession } from '../store/sessions.ts'
import { subscriptionRows } from '../store/subscriptions.ts'
import { endUnstarted } from './invoices.ts'
import { announce, type Command, commit, type Done } from './commit.ts'

/** What a shop asks for; a plan makes it the session of a subscription. */
export type WantedSession = NewSession & { planId: string | null }

/** Makes a checkout session for a shop's own server. */
export const createSession = (deps: Deps, by: Owner, command: Command<WantedSession>): Promise<Done<Session>> =>
  commit(deps, command, (tx, wanted) => makeSession(deps, tx, by, wanted, wanted.planId))

/** Where buyers land for whom no shop's page waits. */
export const donePage = (deps: Deps): string => `${deps.settings.publicUrl}/checkout/done`

/** The part of making a session that all who make one share. */
export async function makeSession(
  deps: Deps,
  tx: Tx,
  by: Owner,
  wanted: NewSession,
  planId: string | null = null,
  own: Pick<OwnSession, 'mode' | 'subscriptionId' | 'invoiceId' | 'ownReturnUrl'> = {},
): Promise<Session> {
  const id = deps.newId(idPrefixes.session[by.live ? 'live' : 'test'])
  const { accountId, live } = by
  let session = newSession(wanted, { id, accountId, live, now: deps.now(by), planId, ...own })
  if (session.customerId !== null && !(await customerRows.find(tx, by, session.customerId))) {
    throw noSuch('customer', 'customer_id')
  }
  if (session.mode === 'setup') {
    if (session.invoiceId === null) session = saveOnly(session)
  } else if (planId !== null) {
    const plan = await planRows.find(tx, by, planId)
    if (!plan) throw noSuch('plan', 'price_id')
    if (!plan.active) refuseRetired('price_id')
    refuseOtherPrice(plan, session)
    if (plan.trialPeriodDays) session = saveOnly(session)
  }
  await insertSession(tx, session)
  return session
}

/** Nobody new can subscribe to a plan that its shop has retired. */
export const refuseRetired = (field: string): never =>
  refuseFields([{ field, say: { en: 'is a plan that was retired', es: 'es un plan que fue retirado' } }])

/** A subscription's first payment is its plan's price: a session that says another is a mistake of the shop's. */
function refuseOtherPrice(plan: Plan, session: Session): void {
  if (plan.amount === session.amount && plan.currency === session.currency) return
  const price = `${showAmount(plan.amount, plan.currency)} ${plan.currency}`
  refuseFields([
    {
      field: plan.currency === session.currency ? 'amount' : 'currency',
      say: { en: `must be the plan's: ${price}`, es: `debe ser el del plan: ${price}` },
    },
  ])
}

export async function findSession(db: Db | Tx, id: string): Promise<Session> {
  const session = await lookForSession(db, id)
  if (!session) throw noSuch('session')
  return session
}

const lookForSession = async (db: Db | Tx, id: string): Promise<Session | undefined> =>
  couldBeId(id) ? selectSession(db, id) : undefined

/** A session, the account it pays and what it subscribes to: what a page shows; `isOwn` to whoever has the secret key. */
export type Shown = {
  session: Session
  account: Account
  plan: Plan | null
  subscription: Subscription | null
  isOwn: boolean
}

export async function findSessionToShow(deps: Deps, id: string, visitor?: Owner): Promise<Shown> {
  const shown = await lookForSessionToShow(deps, id, visitor)
  if (!shown) throw noSuch('session')
  return shown
}

/** The same for pages that have words of their own for an unknown session. */
export async function lookForSessionToShow(deps: Deps, id: string, visitor?: Owner): Promise<Shown | undefined> {
  const session = await lookForSession(deps.store.db, id)
  if (!session) return undefined
  const isOwn = visitor?.accountId === session.accountId && visitor.live === session.live
  return isForgotten(session, deps.now(session)) && !isOwn ? undefined : showable(deps, session, isOwn)
}

export async function showable(deps: Deps, session: Session, isOwn: boolean): Promise<Shown> {
  const { db } = deps.store
  const { planId, subscriptionId } = session
  const plan = planId === null ? undefined : await planRows.findAnyones(db, planId)
  const subscription = subscriptionId === null ? undefined : await subscriptionRows.findAnyones(db, subscriptionId)
  const account = await deps.accounts.account(session.accountId)
  return { session, account, plan: plan ?? null, subscription: subscription ?? null, isOwn }
}

/** Ends a session that nobody has paid, and with it its intent. One that is being paid right now is not ended. */
export const expireSession = (deps: Deps, by: Owner, command: Command<{ id: string }>): Promise<Done<Session>> =>
  commit(deps, command, async (tx, wanted) => {
    const session = await findSession(tx, wanted.id)
    if (session.accountId !== by.accountId || session.live !== by.live) throw noSuch('session')
    return endSession(deps, tx, session, 'expired')
  })

/** The part of a session's end that shop, time and too many cards share. Its intent is canceled for the reason given. */
export async function endSession(deps: Deps, tx: Tx, session: Session, reason: CancellationReason): Promise<Session> {
  if (session.status !== 'open') throw sessionClosed(session)
  const ended = expire(session)
  // First of all: an intent that is being made for this session is then either there to be seen, or finds the session over.
  await replaceSession(tx, session, ended)
  const intent = await selectIntentOfSession(tx, session.id)
  if (intent) {
    if (!isIdle(intent)) {
      throw new Problem(
        'session_busy',
        {
          en: 'This session is being paid right now; ask again for its result',
          es: 'Esta sesión se está pagando en este momento; consulte de nuevo su resultado',
        },
        { intent, retryAfterSeconds: 1 },
      )
    }
    await endIntent(deps, tx, intent, reason)
  }
  await announce(deps, tx, ['session.expired', ended])
  const subscription =
    session.subscriptionId === null ? undefined : await subscriptionRows.findAnyones(tx, session.subscriptionId)
  if (subscription) await endUnstarted(deps, tx, subscription)
  return ended
}

/** Cancels an intent that nothing is being tried for, and its payment with it. */
export async function endIntent(deps: Deps, tx: Tx, intent: Intent, reason: CancellationReason): Promise<Intent> {
  const canceled = cancelIntent(intent, reason)
  await replaceIntent(tx, intent, canceled)
  await supersedeChallenges(tx, intent.id)
  await announce(deps, tx, ['payment_intent.canceled', canceled])
  const payment = intent.paymentId === null ? undefined : await selectPayment(tx, intent.paymentId)
  if (payment) {
    const over = cancelPayment(payment)
    await replacePayment(tx, payment, over)
    await announce(deps, tx, ['payment.canceled', over])
  }
  return canceled
}
