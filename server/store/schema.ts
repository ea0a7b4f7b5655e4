/**
 * The rows. Both databases hold the same columns: text, whole numbers, 0 or 1 for truth, JSON as text, moments as
 * ISO 8601 text in UTC (which compares in order). Money is whole minor units.
 */
import type { Kysely, Transaction } from 'kysely'
import type { AttemptStatus } from '../domain/attempt.ts'
import type { ChallengeStatus } from '../domain/challenge.ts'
import type { Caller } from '../contract/console.ts'
import type { EventType } from '../contract/events.ts'
import type { IntentPurpose } from '../domain/intent.ts'
import type {
  CancellationReason,
  IntentStatus,
  PaymentStatus,
  SessionMode,
  SessionPaymentStatus,
  SessionStatus,
} from '../contract/checkout.ts'
import type { Brand } from '../contract/card.ts'
import type {
  DeliveryError,
  DeliveryStatus,
  InvoiceReason,
  InvoiceStatus,
  LastResort,
  PlanInterval,
  RefundStatus,
  SignatureForm,
  SubscriptionStatus,
  TrialEnd,
  WebhookEndpointView,
} from '../contract/resources.ts'
import type { CardErrorCode, DeclineCode } from '../contract/errors.ts'
import type { DrillStatus, DrillVerdict, SwitchKind, WebhookFault } from '../contract/sandbox.ts'

export type Flag = 0 | 1

export type AccountRow = {
  id: string
  name: string
  created_at: string
  /** Of a namespace: whose it is. Its name and origins are then those of that account. */
  parent_id: string | null
  /** What a namespace is called. */
  namespace: string | null
  /** When a namespace was deleted; its next use opens it again. */
  closed_at: string | null
}
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
  name: string | null
  last_used_at: string | null
  /** When it last came from a browser and that was announced. */
  exposed_at: string | null
  /** A key that other settings had replaced comes back with them; one that somebody revoked never does. */
  revoked_by: 'settings' | 'command' | null
}

export type TestClockRow = {
  account_id: string
  at: string
  set_at: string
  running: Flag
  status: 'ready' | 'advancing'
  target: string | null
  reply_scope: string | null
  reply_key: string | null
  version: number
}

/** Text that was never written is empty. */
export type DeveloperRow = {
  account_id: string
  developer_key: string
  declared_test: Flag | null
  page: string
  bank_name: string
  bank_aba_route: string
  bank_account_number: string
  bank_account_type: string
  bank_sinpe: string
  version: number
}

/** A client of the legacy API: who may ask for tokens. */
export type OauthClientRow = {
  /** The `client_id`. */
  id: string
  account_id: string
  live: Flag
  /** HMAC of the secret; the secret itself is stored nowhere. */
  secret_digest: string
  secret_last4: string
  name: string | null
  made_by: 'settings' | 'command'
  created_at: string
  /** When it last got another secret. */
  rotated_at: string | null
  last_used_at: string | null
  revoked_at: string | null
  /** As with keys: what other settings had ended comes back with them, what somebody ended never does. */
  revoked_by: 'settings' | 'command' | null
}

export type OauthTokenRow = {
  /** HMAC of the token. */
  digest: string
  client_id: string
  /** The client's `secret_digest` when the token was given: the token counts only while the client still has it. */
  secret_digest: string
  scope: string
  created_at: string
  expires_at: string
}

export type SessionRow = {
  id: string
  account_id: string
  live: Flag
  status: SessionStatus
  payment_status: SessionPaymentStatus
  mode: SessionMode
  amount: number
  currency: string
  description: string | null
  items: string
  return_url: string
  customer_id: string | null
  plan_id: string | null
  subscription_id: string | null
  invoice_id: string | null
  created_at: string
  expires_at: string
  version: number
}

export type IntentRow = {
  id: string
  session_id: string | null
  account_id: string
  live: Flag
  purpose: IntentPurpose
  status: IntentStatus
  amount: number
  currency: string
  attempts: number
  payment_id: string | null
  challenge_id: string | null
  failure_code: CardErrorCode | null
  failure_decline_code: DeclineCode | null
  cancellation_reason: CancellationReason | null
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
  session_id: string | null
  account_id: string
  live: Flag
  status: PaymentStatus
  amount: number
  refunded: number
  currency: string
  description: string | null
  items: string
  customer_id: string | null
  subscription_id: string | null
  statement_descriptor: string | null
  created_at: string
  version: number
  number: number
}

export type AttemptRow = CardColumns & {
  id: string
  account_id: string
  live: Flag
  /** Null without a payment: it is then in no list. */
  number: number | null
  intent_id: string
  /** Null where a card is only saved. */
  payment_id: string | null
  status: AttemptStatus
  processor: string
  card_token: string | null
  reply_scope: string | null
  reply_key: string | null
  /** Keyed digest of the address that the card came from; null for this machine itself. */
  asker: string | null
  created_at: string
  lease_until: string
}

export type ChallengeRow = {
  id: string
  account_id: string
  live: Flag
  intent_id: string
  attempt_id: string
  status: ChallengeStatus
  created_at: string
  expires_at: string
  version: number
}

/** What every row of an account's list has: its place, counted from 1 without gaps, in the transaction that wrote it. */
type ListedRow = { id: string; account_id: string; live: Flag; number: number; created_at: string; version: number }

export type CustomerRow = ListedRow &
  Omit<CardColumns, 'failure_code' | 'failure_decline_code'> & {
    /** What stands for it in the legacy API: `shortKey` of its id. */
    key: string
    status: 'active' | 'deleted'
    email: string
    name: string | null
    description: string | null
    phone: string | null
    currency: string | null
    card_token: string | null
    declared_test: Flag | null
  }

export type ProductRow = ListedRow & { name: string; description: string | null; active: Flag }

export type PlanRow = ListedRow & {
  product_id: string
  amount: number
  currency: string
  interval: PlanInterval
  interval_count: number
  trial_period_days: number | null
  trial_without_card: TrialEnd | null
  after_last_retry: LastResort
  key: string
  id_name: string | null
  statement_descriptor: string | null
  active: Flag
}

export type LinkRow = ListedRow & { amount: number; currency: string; description: string | null; active: Flag }

export type SubscriptionRow = ListedRow & {
  customer_id: string
  plan_id: string
  /** The checkout session whose payment starts it; null where a saved card does. */
  session_id: string | null
  status: SubscriptionStatus
  current_period_start: string
  current_period_end: string
  canceled_at: string | null
  /** From which moment its periods are counted. */
  anchor: string
  /** How many periods have begun. */
  periods: number
  trial_end: string | null
  cancel_at_period_end: Flag
  /** When time has something to do with it next; null while a card is being tried, and once it is over. */
  due_at: string | null
}

export type InvoiceRow = ListedRow & {
  subscription_id: string
  customer_id: string
  plan_id: string
  /** The intent that its cards are tried for, once one is; there is one for each invoice at a time. */
  intent_id: string | null
  payment_id: string | null
  reason: InvoiceReason
  status: InvoiceStatus
  amount: number
  currency: string
  period_start: string
  period_end: string
  /** How often a card was tried for it, and when that is due again. */
  attempts: number
  first_failed_at: string | null
  next_attempt_at: string | null
  failure_code: CardErrorCode | null
  failure_decline_code: DeclineCode | null
  paid_at: string | null
}

export type RefundRow = ListedRow & {
  payment_id: string
  /** The attempt whose money goes back. */
  attempt_id: string
  amount: number
  currency: string
  status: RefundStatus
  reason: string | null
  failure_reason: string | null
  reply_scope: string | null
  reply_key: string | null
  /** When the processor is asked what became of it; null once nothing more can. */
  check_at: string | null
}

/** How many rows each list of an account has. */
export type ListRow = { account_id: string; live: Flag; list: string; total: number }

/** How many rows of a list have a status, by blocks of numbers: pages of a filtered list are found by adding up. */
export type ListBlockRow = ListRow & { status: string; level: number; block: number }

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
  /** 1 once it is on its way to every endpoint that wants it. */
  dispatched: Flag
}

export type WebhookEndpointRow = {
  id: string
  account_id: string
  live: Flag
  created_at: string
  version: number
  url: string
  description: string | null
  /** JSON: a list of types and families. */
  events: string
  signature: SignatureForm
  status: WebhookEndpointView['status']
  disabled_reason: WebhookEndpointView['disabled_reason']
  failing_since: string | null
  /** Sealed with a key that is not in the database; so is the former one. */
  secret: string
  former_secret: string | null
  former_until: string | null
  deleted_at: string | null
}

export type WebhookDeliveryRow = {
  id: string
  account_id: string
  live: Flag
  created_at: string
  version: number
  endpoint_id: string
  event_id: string
  event_type: EventType
  body: string
  status: DeliveryStatus
  tries: number
  attempts: number
  next_attempt_at: string | null
  leased_until: string | null
  /** Which switch of the sandbox has met it. */
  fault: WebhookFault | null
}

export type WebhookAttemptRow = {
  id: string
  delivery_id: string
  at: string
  ms: number
  http_status: number | null
  error: DeliveryError | null
  response: string | null
}

export type SwitchRow = {
  id: string
  account_id: string
  kind: SwitchKind
  key_id: string | null
  session_id: string | null
  endpoint_id: string | null
  times: number
  uses_left: number
  delay_ms: number | null
  method: string | null
  path: string | null
  created_at: string
  used_at: string | null
}

export type DrillRow = {
  id: string
  account_id: string
  endpoint_id: string
  status: DrillStatus
  verdict: DrillVerdict | null
  /** JSON. */
  checks: string
  created_at: string
  finished_at: string | null
  /** Whoever plays it has it until then; after it, others go on. */
  leased_until: string | null
  version: number
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

export type RequestRow = {
  id: string
  account_id: string
  live: Flag
  created_at: string
  method: string
  path: string
  route: string
  status: number
  ms: number
  caller: Caller
  idempotency_key: string | null
  replayed: Flag
  /** JSON of what the answer says to programs; null unless it was refused. */
  error: string | null
  fault: string | null
  /** JSON: a list of ids. */
  object_ids: string
  /** JSON of headers and body, as they may be kept; so is the answer. */
  request: string
  response: string
}

/** Which request was about which object. */
export type RequestObjectRow = { object_id: string; request_id: string; account_id: string; live: Flag }

/** Payments of one hour, `2026-11-20T12`: how many succeeded, their sum in minor units, and how many cards were declined. */
export type PaymentTotalRow = {
  account_id: string
  live: Flag
  currency: string
  hour: string
  succeeded: number
  amount: number
  declined: number
}

export type DeclineTotalRow = {
  account_id: string
  live: Flag
  currency: string
  hour: string
  code: string
  total: number
}

export type PaymentWordRow = { account_id: string; live: Flag; word: string; payment_id: string }

export type Tables = {
  accounts: AccountRow
  account_origins: OriginRow
  api_keys: ApiKeyRow
  developers: DeveloperRow
  test_clocks: TestClockRow
  invoices: InvoiceRow
  oauth_clients: OauthClientRow
  oauth_tokens: OauthTokenRow
  sessions: SessionRow
  intents: IntentRow
  payments: PaymentRow
  attempts: AttemptRow
  challenges: ChallengeRow
  idempotency: IdempotencyRow
  events: EventRow
  ledger: LedgerRow
  customers: CustomerRow
  products: ProductRow
  plans: PlanRow
  links: LinkRow
  subscriptions: SubscriptionRow
  refunds: RefundRow
  lists: ListRow
  list_blocks: ListBlockRow
  webhook_endpoints: WebhookEndpointRow
  webhook_deliveries: WebhookDeliveryRow
  webhook_attempts: WebhookAttemptRow
  requests: RequestRow
  request_objects: RequestObjectRow
  payment_totals: PaymentTotalRow
  decline_totals: DeclineTotalRow
  payment_words: PaymentWordRow
  switches: SwitchRow
  drills: DrillRow
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
  /** The same for units that come many at a time and that nobody waits for: those that wait share a transaction. */
  together: Transact
  close(): Promise<void>
}
