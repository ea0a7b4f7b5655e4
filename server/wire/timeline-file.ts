/** From a payment's story to the file that can be played again. */
import type { Given, Story } from '../actions/console.ts'
import type { RequestView } from '../contract/console.ts'
import { showAmount } from '../contract/money.ts'
import {
  type TimelineCard,
  type TimelineFile,
  timelineFormat,
  type TimelineGiven,
  type TimelineOutcome,
  type TimelineStep,
  timelineVersion,
} from '../contract/timeline.ts'
import type { Attempt } from '../domain/attempt.ts'
import type { Customer } from '../domain/customer.ts'
import { momentOfId } from '../ids.ts'
import { showPayment } from './show.ts'
import { showRequest } from './show-console.ts'
import { showRefund } from './show-resources.ts'

export function showTimelineFile(story: Story, given: Given, by: { now: Date; publicUrl: string }): TimelineFile {
  const { payment } = story
  const requests = story.requests.map(showRequest).filter(isPlayed)
  const madeAt = momentOfId(payment.id)
  return {
    format: timelineFormat,
    version: timelineVersion,
    exported_at: by.now.toISOString(),
    public_url: by.publicUrl,
    payment_id: payment.id,
    clock_ahead_ms: madeAt === undefined ? 0 : Date.parse(payment.createdAt) - madeAt.getTime(),
    given: showGiven(story, given, requests),
    steps: requests.map((request) => stepOf(request, story)),
    outcome: showOutcome(story),
  }
}

/** What changes something, or asks the API how it stands; pages are looked at by people. */
const isPlayed = ({ method, path }: RequestView): boolean =>
  path.startsWith('/v1/') || (method === 'POST' && path.startsWith('/3ds/'))

/** What stands behind an id's prefix, by which things of one payment are in order. */
const place = (id: string): string => id.slice(id.lastIndexOf('_') + 1)

function stepOf(request: RequestView, story: Story): TimelineStep {
  const { id, method, path, caller } = request
  const headers = request.request.headers
  const attempt = takesCard(path) ? (attemptOf(request, story) ?? attemptOfKey(request, story)) : undefined
  return {
    id,
    at: request.created_at,
    method,
    path,
    by: headers['authorization']?.toLowerCase().startsWith('bearer [')
      ? 'token'
      : caller === 'buyer'
        ? 'buyer'
        : 'server',
    idempotency_key: request.idempotency_key,
    client_secret: 'x-client-secret' in headers,
    body: path.startsWith('/3ds/') ? { answer: answerOf(path, story) } : request.request.body,
    card: attempt ? cardOf(attempt) : null,
    fault: request.fault,
    status: request.status,
    answer: request.response.body,
  }
}

const takesCard = (path: string): boolean => /\/confirm\/?$|^\/v1\/charges\//.test(path)

/** The attempt that a request began: the next one after it, before the next request of its kind. */
function attemptOf(request: { id: string }, { attempts, requests }: Story): Attempt | undefined {
  const next = requests.find((other) => takesCard(other.path) && place(other.id) > place(request.id))
  return attempts.find(({ id }) => place(id) > place(request.id) && (!next || place(id) < place(next.id)))
}

/** The attempt of a request that another one repeated with the same key: it was the same card. */
function attemptOfKey({ idempotency_key: key }: RequestView, story: Story): Attempt | undefined {
  if (key === null) return undefined
  const same = story.requests.filter((other) => other.idempotency_key === key && takesCard(other.path))
  return same.map((other) => attemptOf(other, story)).find((found) => found !== undefined)
}

const cardOf = ({ cardToken, card, failure }: Attempt): TimelineCard => ({
  name: cardToken,
  refused: cardToken === null ? (failure?.declineCode ?? failure?.code ?? null) : null,
  exp_month: card?.expMonth ?? 12,
  exp_year: card?.expYear ?? 2034,
})

/** What the buyer told their bank: its page's own words are not kept. */
function answerOf(path: string, { challenges }: Story): string {
  const challenge = challenges.find(({ id }) => path.includes(id))
  return challenge && ['passed', 'failed', 'canceled'].includes(challenge.status) ? challenge.status : ''
}

function showGiven(
  { session, payment }: Story,
  { customer, plan, product }: Given,
  requests: readonly RequestView[],
): TimelineGiven {
  const isMade =
    !session ||
    requests.some(
      ({ method, status, response }) =>
        method === 'POST' && status < 300 && JSON.stringify(response.body).includes(`/checkout/${session.id}`),
    )
  return {
    customer: customer && {
      id: customer.id,
      number: customer.number,
      // Who it was is not what is played again.
      email: `customer-${customer.number}@example.com`,
      name: null,
      currency: customer.currency ?? payment.currency,
      // Where a session asked for a card, the customer has it from there.
      card: session ? null : savedCard(customer),
    },
    product: product && { id: product.id, name: product.name, description: product.description },
    plan: plan && {
      id: plan.id,
      body: {
        product_id: plan.productId,
        amount: plan.amount,
        currency: plan.currency,
        interval: plan.interval,
        interval_count: plan.intervalCount,
        trial_period_days: plan.trialPeriodDays,
        trial_without_card: plan.trialWithoutCard,
        after_last_retry: plan.afterLastRetry,
      },
    },
    session: isMade
      ? null
      : {
          id: session.id,
          body: {
            mode: session.mode,
            return_url: session.returnUrl,
            description: session.description,
            items: session.items,
            customer_id: session.customerId,
            amount: showAmount(session.amount, session.currency),
            currency: session.currency,
            ...(session.planId !== null && { price_id: session.planId }),
          },
        },
  }
}

const savedCard = ({ card }: Customer): TimelineCard | null =>
  card && { name: card.token, refused: null, exp_month: card.expMonth, exp_year: card.expYear }

/** What came of it all. */
export const showOutcome = (story: Story): TimelineOutcome => ({
  payment: showPayment(story.payment, 'en'),
  session: story.session && { status: story.session.status, payment_status: story.session.paymentStatus },
  intent: story.intent && { status: story.intent.status, attempts: story.intent.attempts },
  attempts: story.attempts.map(({ status, card, failure }) => ({
    status,
    last4: card?.last4 ?? null,
    failure: failure && (failure.declineCode ?? failure.code),
  })),
  refunds: story.refunds.map(showRefund).map(({ amount, status }) => ({ amount, status })),
  events: story.events.map(({ type, version }) => ({ type, version })),
})
