/**
 * The rows. Both databases hold the same columns: text, whole numbers, 0 or 1 for truth, JSON as text, moments as
 * ISO 8601 text in UTC (which compares in order). Money is whole minor units.
 */
import type { Kysely, Transaction } from 'kysely'
import type { AttemptStatus } from '../domain/attempt.ts'
import type { EventType } from '../domain/event.ts'
import type { IntentStatus, PaymentStatus, SessionMode, SessionStatus } from '../contract/checkout.ts'
import type { Brand } from '../contract/card.ts'
import type { CardErrorCode, DeclineCode } from '../contract/errors.ts'

export type Flag = 0 | 1

export type AccountRow = { id: string; name: string; created_at: string }
export type OriginRow = { account_id: string; origin: string }
export type ApiKeyRow = {
  id: string
  account_id: string
  live: Flag
  /** HMAC of the key; the key itself is stored nowhere. */
  digest: string
  prefix: string
  last4: string
  created_at: string
  revoked_at: string | null
}

export type SessionRow = {
  id: string
  account_id: string
  live: Flag
  status: SessionStatus
  payment_status: 'unpaid' | 'paid'
  mode: SessionMode
  amount: number
  currency: string
  description: string | null
  items: string
  return_url: string
  created_at: string
  expires_at: string
  version: number
}

export type IntentRow = {
  id: string
  session_id: string
  account_id: string
  live: Flag
  status: IntentStatus
  amount: number
  currency: string
  attempts: number
  payment_id: string | null
  failure_code: CardErrorCode | null
  failure_decline_code: DeclineCode | null
  created_at: string
  version: number
}

/** Columns that a card and a failure take wherever they are kept. */
type CardColumns = {
  card_brand: Brand | null
  card_last4: string | null
  card_exp_month: number | null
  card_exp_year: number | null
  failure_code: CardErrorCode | null
  failure_decline_code: DeclineCode | null
}

export type PaymentRow = CardColumns & {
  id: string
  intent_id: string
  session_id: string
  account_id: string
  live: Flag
  status: PaymentStatus
  amount: number
  refunded: number
  currency: string
  description: string | null
  items: string
  created_at: string
  version: number
}

export type AttemptRow = CardColumns & {
  id: string
  intent_id: string
  payment_id: string
  status: AttemptStatus
  processor: string
  card_token: string | null
  reply_scope: string | null
  reply_key: string | null
  created_at: string
  lease_until: string
}

export type IdempotencyRow = {
  scope: string
  key: string
  fingerprint: string
  /** What the command came to, as JSON; null while it is still under way. */
  result: string | null
  /** Who asked first, and in which language: a repeated request is answered with the same words. */
  request_id: string
  language: 'en' | 'es'
  created_at: string
}

export type EventRow = {
  id: string
  account_id: string
  live: Flag
  type: EventType
  object_id: string
  version: number
  payload: string
  created_at: string
}

export type LedgerRow = {
  id: string
  payment_id: string
  /** `processor:<name>` or `merchant:<account>`. */
  account: string
  /** Minor units; a debit is positive, a credit negative. One payment's entries add up to nothing. */
  amount: number
  currency: string
  created_at: string
}

export type Tables = {
  accounts: AccountRow
  account_origins: OriginRow
  api_keys: ApiKeyRow
  sessions: SessionRow
  intents: IntentRow
  payments: PaymentRow
  attempts: AttemptRow
  idempotency: IdempotencyRow
  events: EventRow
  ledger: LedgerRow
}

/** Reads outside a transaction. */
export type Db = Kysely<Tables>
/** The only handle that a unit of work may use. */
export type Tx = Transaction<Tables>

/** Runs one unit of work durably: when it resolves, what it wrote survives a crash; when it throws, it wrote nothing. */
export type Transact = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>

export type Store = {
  kind: 'sqlite' | 'postgres'
  db: Db
  transact: Transact
  close(): Promise<void>
}
