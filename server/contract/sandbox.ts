/** What a sandbox is tested with, as it travels: its switches, its drills, its namespaces. */

export const requestFaults = [
  'delay',
  'rate_limit',
  'error_before_commit',
  'error_after_commit',
  'dropped_reply',
] as const
/** What a switch does to a request. */
export type RequestFault = (typeof requestFaults)[number]

export const webhookFaults = ['webhook_duplicate', 'webhook_delay', 'webhook_reorder', 'webhook_bad_signature'] as const
/** What a switch does to a delivery. */
export type WebhookFault = (typeof webhookFaults)[number]

export const switchKinds = [...requestFaults, ...webhookFaults] as const
export type SwitchKind = (typeof switchKinds)[number]

/** Whom a switch is for; nothing in it for the whole account or namespace. */
export type SwitchTarget = { key_id?: string; session_id?: string; endpoint_id?: string }

export type SwitchView = {
  id: string
  object: 'sandbox_switch'
  kind: SwitchKind
  times: number
  /** How often it will act yet. */
  left: number
  target: SwitchTarget
  delay_ms: number | null
  method: string | null
  path: string | null
  created_at: string
}

export const drillStatuses = ['running', 'finished'] as const
export type DrillStatus = (typeof drillStatuses)[number]
export const drillVerdicts = ['passed', 'failed'] as const
export type DrillVerdict = (typeof drillVerdicts)[number]

export const drillChecks = [
  'bad_signature',
  'old_timestamp',
  'duplicate',
  'duplicate_at_once',
  'reordered',
  'delayed',
] as const
export type DrillCheckName = (typeof drillChecks)[number]
/** `not_shown`: answered as it should be, by a handler that does not say what it did. */
export const checkStatuses = ['running', 'passed', 'failed', 'not_shown'] as const
export type CheckStatus = (typeof checkStatuses)[number]

/** What a handler may say in `Webhook-Outcome`: acted on it, knew it, knew newer, has nothing to do with it. */
export const handlerOutcomes = ['handled', 'duplicate', 'outdated', 'ignored'] as const
export type HandlerOutcome = (typeof handlerOutcomes)[number]

export type DrillCheckView = {
  name: DrillCheckName
  status: CheckStatus
  expected: string
  /** What came back; null while it is running. */
  seen: string | null
}

export type DrillView = {
  id: string
  object: 'webhook_drill'
  endpoint_id: string
  status: DrillStatus
  verdict: DrillVerdict | null
  checks: DrillCheckView[]
  created_at: string
  finished_at: string | null
}

export type NamespaceView = { name: string; object: 'sandbox_namespace'; created_at: string }

/** The ids of what a seed has made, by the names that its file gives. */
export type SeedView = {
  object: 'sandbox_seed'
  namespace: string | null
  /** What the test clock shows, ISO 8601. */
  now: string
  webhook_endpoints: Record<string, { id: string; secret: string | null }>
  switches: string[]
} & Record<SeedList, Record<string, string>>
export type SeedList =
  'customers' | 'products' | 'plans' | 'payment_links' | 'sessions' | 'payments' | 'subscriptions' | 'refunds'
