import type { Deps } from '../deps.ts'
import { cancelIntent, isIdle } from '../domain/intent.ts'
import { cancelPayment } from '../domain/payment.ts'
import { Problem } from '../domain/problem.ts'
import { expireSession as expire, type NewSession, newSession, type Session, sessionClosed } from '../domain/session.ts'
import { couldBeId, idPrefixes } from '../ids.ts'
import type { Account, Merchant } from '../domain/account.ts'
import { supersedeChallenges } from '../store/attempts.ts'
import { replaceIntent, selectIntentOfSession } from '../store/intents.ts'
import { replacePayment, selectPayment } from '../store/payments.ts'
import type { Db, Tx } from '../store/schema.ts'
import { insertSession, replaceSession, selectSession } from '../store/sessions.ts'
import { announce, type Command, commit, type Done } from './commit.ts'

/** Makes a checkout session for a shop's own server. */
export const createSession = (deps: Deps, by: Merchant, command: Command<NewSession>): Promise<Done<Session>> =>
  commit(deps, command, async (tx, wanted) => {
    const id = deps.newId(idPrefixes.session[by.live ? 'live' : 'test'])
    const session = newSession(wanted, { ...by, id, now: deps.now() })
    await insertSession(tx, session)
    return session
  })

export async function findSession(db: Db | Tx, id: string): Promise<Session> {
  const session = await lookForSession(db, id)
  if (!session) throw noSuchSession()
  return session
}

const lookForSession = async (db: Db | Tx, id: string): Promise<Session | undefined> =>
  couldBeId(id) ? selectSession(db, id) : undefined

/** A session and the account it pays: what a public page shows. */
export type Shown = { session: Session; account: Account }

export async function findSessionToShow(deps: Deps, id: string): Promise<Shown> {
  const shown = await lookForSessionToShow(deps, id)
  if (!shown) throw noSuchSession()
  return shown
}

/** The same for pages that have words of their own for an unknown session. */
export async function lookForSessionToShow(deps: Deps, id: string): Promise<Shown | undefined> {
  const session = await lookForSession(deps.store.db, id)
  return session && { session, account: await deps.accounts.account(session.accountId) }
}

/** Ends a session that nobody has paid, and with it its intent. One that is being paid right now is not ended. */
export const expireSession = (deps: Deps, by: Merchant, command: Command<{ id: string }>): Promise<Done<Session>> =>
  commit(deps, command, async (tx, wanted) => {
    const session = await findSession(tx, wanted.id)
    if (session.accountId !== by.accountId || session.live !== by.live) throw noSuchSession()
    return endSession(deps, tx, session)
  })

/** The part of expiry that shop and time share. */
export async function endSession(deps: Deps, tx: Tx, session: Session): Promise<Session> {
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
    const canceled = cancelIntent(intent)
    await replaceIntent(tx, intent, canceled)
    await supersedeChallenges(tx, intent.id)
    await announce(deps, tx, ['payment_intent.canceled', canceled])
    const payment = intent.paymentId === null ? undefined : await selectPayment(tx, intent.paymentId)
    if (payment) {
      const over = cancelPayment(payment)
      await replacePayment(tx, payment, over)
      await announce(deps, tx, ['payment.canceled', over])
    }
  }
  await announce(deps, tx, ['session.expired', ended])
  return ended
}

const noSuchSession = () =>
  new Problem('not_found', {
    en: 'There is no such checkout session',
    es: 'No existe esa sesión de pago',
  })
