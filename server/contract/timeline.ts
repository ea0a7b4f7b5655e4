/**
 * A payment's story as a file: what was asked, what was answered and what came of it, so that `npm run replay -- FILE` can
 * ask the same of a fresh sandbox and compare. No card digit and no secret is in it: cards are named as the sandbox's table
 * names them.
 */

export const timelineFormat = 'fourgeeks-timeline'
export const timelineVersion = 1

export type TimelineFile = {
  format: typeof timelineFormat
  version: typeof timelineVersion
  /** ISO 8601, as are all moments here. */
  exported_at: string
  /** The payment side's address, which stands in links. */
  public_url: string
  payment_id: string
  /** How far the clock of the data was ahead of the real one, in milliseconds; below zero when it was behind. */
  clock_ahead_ms: number
  given: TimelineGiven
  steps: TimelineStep[]
  outcome: TimelineOutcome
}

/** What was there before the first request, with the ids by which requests name it. */
export type TimelineGiven = {
  customer: {
    id: string
    number: number
    email: string
    name: string | null
    currency: string | null
    card: TimelineCard | null
  } | null
  product: { id: string; name: string; description: string | null } | null
  /** As `POST /v1/plans` takes it. */
  plan: { id: string; body: Record<string, unknown> } | null
  /** As `POST /v1/payments/session` takes it; null where a request of the story makes it. */
  session: { id: string; body: Record<string, unknown> } | null
}

/** A card of the sandbox's table by its row's name; without one, what was wrong with it. */
export type TimelineCard = { name: string | null; refused: string | null; exp_month: number; exp_year: number }

export type TimelineStep = {
  /** The id of the request that it was. */
  id: string
  /** When it was asked, by the real clock. */
  at: string
  method: string
  path: string
  by: 'server' | 'token' | 'buyer'
  idempotency_key: string | null
  /** Whether the header `X-Client-Secret` was sent. */
  client_secret: boolean
  /** As it was kept: `[redacted]` stands for a client secret, which the replay has another of, and for the card. */
  body: unknown
  card: TimelineCard | null
  /** A sandbox switch that changed what came of it. */
  fault: string | null
  status: number
  answer: unknown
}

export type TimelineOutcome = {
  payment: Record<string, unknown>
  session: { status: string; payment_status: string } | null
  intent: { status: string; attempts: number } | null
  attempts: { status: string; last4: string | null; failure: string | null }[]
  refunds: { amount: unknown; status: string }[]
  /** Every event of it in order: its type and the version of the object. */
  events: { type: string; version: number }[]
}
