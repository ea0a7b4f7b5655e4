/** A checkout session: what is to be paid, by whom it was asked, until when. Semantics B2. */
import { readAmount } from '../contract/money.ts'
import { amountFault, currencyFault } from './currency.ts'
import type { SessionMode, SessionPaymentStatus, SessionStatus } from '../contract/checkout.ts'
import { type Fault, Problem, refuseFields } from './problem.ts'
import { readAddress } from './address.ts'
import { keptText, withoutCardNumbers } from './card.ts'

export type Session = {
  id: string
  accountId: string
  live: boolean
  status: SessionStatus
  paymentStatus: SessionPaymentStatus
  mode: SessionMode
  /** Minor units. */
  amount: number
  currency: string
  description: string | null
  items: string[]
  returnUrl: string
  customerId: string | null
  /** What is subscribed to, in mode `subscription`. */
  planId: string | null
  /** The subscription that it starts, once there is one, or gives another card, in mode `setup`. */
  subscriptionId: string | null
  /** What it pays for, in mode `setup`, when a subscription owes something. */
  invoiceId: string | null
  createdAt: string
  expiresAt: string
  /** Raised by one with every change; a guarded write names the one it read. */
  version: number
}

const moves = {
  open: ['complete', 'expired'],
  complete: [],
  expired: [],
} as const satisfies Record<SessionStatus, readonly SessionStatus[]>

function move(session: Session, to: SessionStatus): Session {
  const open: readonly SessionStatus[] = moves[session.status]
  if (!open.includes(to)) throw sessionClosed(session)
  return { ...session, status: to, version: session.version + 1 }
}

/** What a shop asks for. The amount is a decimal string in major units. */
export type NewSession = {
  amount: string
  currency: string
  returnUrl: string
  description: string | null
  items: string[]
  /** ISO 8601; a day from now when absent. */
  expiresAt: string | undefined
  customerId: string | null
}

/** What only our own pages and subscriptions ask for. */
export type OwnSession = {
  id: string
  accountId: string
  live: boolean
  now: Date
  /** Makes it a session in mode `subscription`, unless another mode is named. */
  planId: string | null
  mode?: SessionMode
  subscriptionId?: string
  invoiceId?: string | null
  /** A page of the payment side, for sessions that no shop's page waits for; it needs no check. */
  ownReturnUrl?: string
}

const hour = 3_600_000
const shortestLifeMs = hour / 2
const longestLifeMs = 24 * hour

/** Checks every field and says all that is wrong at once. */
export function newSession(wanted: NewSession, by: OwnSession): Session {
  const faults: Fault[] = []
  const currency = wanted.currency.toUpperCase()
  const unknownCurrency = currencyFault(wanted.currency)
  if (unknownCurrency) faults.push(unknownCurrency)
  const amount = readAmount(wanted.amount, currency)
  if (typeof amount === 'string') faults.push(amountFault(amount, currency))
  const address =
    by.ownReturnUrl === undefined ? readAddress(wanted.returnUrl, { live: by.live }) : { href: by.ownReturnUrl }
  if ('fault' in address) faults.push({ field: 'return_url', say: address.fault })
  const expiresAt = wanted.expiresAt === undefined ? by.now.getTime() + longestLifeMs : readMoment(wanted.expiresAt)
  const life = expiresAt - by.now.getTime()
  if (!(life >= shortestLifeMs && life <= longestLifeMs)) {
    faults.push({
      field: 'expires_at',
      say: {
        en: 'must be an ISO 8601 moment between 30 minutes and 24 hours from now',
        es: 'debe ser un momento ISO 8601 entre 30 minutos y 24 horas a partir de ahora',
      },
    })
  }
  if (faults.length > 0 || typeof amount === 'string' || 'fault' in address) return refuseFields(faults)
  return {
    id: by.id,
    accountId: by.accountId,
    live: by.live,
    status: 'open',
    paymentStatus: 'unpaid',
    mode: by.mode ?? (by.planId === null ? 'payment' : 'subscription'),
    amount,
    currency,
    description: keptText(wanted.description),
    items: wanted.items.map(withoutCardNumbers),
    returnUrl: address.href,
    customerId: wanted.customerId,
    planId: by.planId,
    subscriptionId: by.subscriptionId ?? null,
    invoiceId: by.invoiceId ?? null,
    createdAt: by.now.toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
    version: 1,
  }
}

/** A moment with its offset from UTC; one without would mean another moment on another machine. */
function readMoment(text: string): number {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : NaN
}

/** An open session past its moment is over, whether or not the sweep has said so yet. */
export const statusAt = (session: Session, now: Date): SessionStatus =>
  session.status === 'open' && Date.parse(session.expiresAt) <= now.getTime() ? 'expired' : session.status

/** A day after its end a session's id opens nothing any more, but to its own shop. Semantics B4. */
export const isForgotten = (session: Session, now: Date): boolean =>
  Date.parse(session.expiresAt) + 24 * hour <= now.getTime()

export const expireSession = (session: Session): Session => move(session, 'expired')

export const completeSession = (session: Session): Session => ({
  ...move(session, 'complete'),
  paymentStatus: savesOnly(session) ? 'no_payment_required' : 'paid',
})

/** Its card is saved, and nothing is charged now. */
export const saveOnly = (session: Session): Session => ({ ...session, paymentStatus: 'no_payment_required' })

/** Whether its card is saved and nothing is charged now. */
export const savesOnly = ({ paymentStatus }: Pick<Session, 'paymentStatus'>): boolean =>
  paymentStatus === 'no_payment_required'

/** The session's subscription is made: there is one for each session. */
export const subscribeSession = (session: Session, by: { customerId: string; subscriptionId: string }): Session => ({
  ...session,
  ...by,
  version: session.version + 1,
})

/** The problem of asking something of a session that is over. */
export function sessionClosed(session: Session): Problem {
  return session.status === 'complete'
    ? new Problem('session_complete', {
        en: 'This checkout session has already been paid',
        es: 'Esta sesión de pago ya fue pagada',
      })
    : new Problem('session_expired', {
        en: 'This checkout session has expired; create a new one',
        es: 'Esta sesión de pago expiró; cree una nueva',
      })
}
