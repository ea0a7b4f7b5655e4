/** Plays a seed: each thing by the action that makes it, in the order in which they name each other. */
import { showAmount } from '../contract/money.ts'
import type { Deps } from '../deps.ts'
import type { Merchant } from '../domain/account.ts'
import type { Intent } from '../domain/intent.ts'
import { refuseFields } from '../domain/problem.ts'
import {
  faultsOf,
  type Seed,
  seedCard,
  type SeedOrder,
  type SeedPayment,
  type SeedSubscription,
  wantedPlan,
  wantedSession,
  wantedSwitch,
} from '../domain/seed.ts'
import { later } from '../domain/test-clock.ts'
import { releaseKey } from '../store/idempotency.ts'
import { selectClock } from '../store/clocks.ts'
import { selectSwitches } from '../store/switches.ts'
import { selectEndpoints } from '../store/webhooks.ts'
import { createPlan, createProduct } from './catalog.ts'
import { answerChallenge } from './challenges.ts'
import { readClock, setTestClock } from './clock.ts'
import { claim, type Command, type Done, keep } from './commit.ts'
import { createCustomer } from './customers.ts'
import { createLink } from './links.ts'
import { confirmIntent, createIntent } from './payments.ts'
import { refundPayment } from './refunds.ts'
import { createSession, expireSession } from './sessions.ts'
import { createSubscription, subscribe } from './subscriptions.ts'
import { createSwitch, refuseLiveSandbox } from './switches.ts'
import { createEndpoint, mostEndpoints, secretOf } from './webhooks.ts'

type Ids = Record<string, string>

/** What a seed has become: the ids behind its names. */
export type Seeded = {
  now: string
  customers: Ids
  products: Ids
  plans: Ids
  payment_links: Ids
  sessions: Ids
  payments: Ids
  subscriptions: Ids
  refunds: Ids
  webhook_endpoints: Ids
  switches: string[]
}

/** `secrets` are those of the webhook endpoints, by their names: shown once, and kept nowhere. */
export type Sown = { seeded: Seeded; secrets: Ids }

/**
 * Checks a seed whole and then makes all of it. It is no one transaction, because cards are charged on the way: a server that
 * dies leaves what it had made, and an Idempotency-Key that stays in use until a reset.
 */
export async function seedSandbox(deps: Deps, by: Merchant, command: Command<Seed>): Promise<Done<Sown>> {
  refuseLiveSandbox(by)
  const { wanted: seed, reply } = command
  const begun = await deps.store.transact(async (tx) => {
    const kept = await claim<Seeded>(deps, tx, reply)
    if (kept) return { value: { seeded: kept.result, secrets: {} }, asker: kept.asker }
    const clock = await selectClock(tx, by.accountId)
    const faults = faultsOf(seed, {
      accountId: by.accountId,
      now: deps.now(by),
      real: deps.now(),
      clock,
      endpoints: (await selectEndpoints(tx, by)).length,
      mostEndpoints,
      switches: (await selectSwitches(tx, by.accountId)).filter(({ left }) => left > 0).length,
    })
    if (faults.length > 0) refuseFields(faults)
    return undefined
  })
  if (begun) return begun
  try {
    const sown = await sow(deps, by, seed)
    await deps.store.transact((tx) => keep(tx, reply, sown.seeded))
    return { value: sown }
  } catch (error) {
    if (reply) await deps.store.transact((tx) => releaseKey(tx, reply.scope, reply.key))
    throw error
  }
}

/** A command without a key of its own: the seed's is for all of it. */
const plain = <T>(wanted: T): Command<T> => ({ wanted, reply: null })

async function sow(deps: Deps, by: Merchant, seed: Seed): Promise<Sown> {
  const seeded: Seeded = {
    now: '',
    customers: {},
    products: {},
    plans: {},
    payment_links: {},
    sessions: {},
    payments: {},
    subscriptions: {},
    refunds: {},
    webhook_endpoints: {},
    switches: [],
  }
  const secrets: Ids = {}
  if (seed.clock) {
    const { now, frozen } = seed.clock
    const to = now === undefined ? undefined : () => new Date(now)
    await setTestClock(deps, by, plain({ to, running: frozen === false, field: 'now' }))
  }
  // Before whatever they are to hear of.
  for (const [name, endpoint] of Object.entries(seed.webhook_endpoints ?? {})) {
    const { url, description = null, events = ['*'], signature = 'standard' } = endpoint
    const { value } = await createEndpoint(deps, by, plain({ url, description, events, signature }))
    seeded.webhook_endpoints[name] = value.id
    secrets[name] = secretOf(deps, value)
  }
  for (const [name, { email, name: called = null, description = null, phone = null }] of Object.entries(
    seed.customers ?? {},
  )) {
    const wanted = { email, name: called, description, phone, currency: null }
    seeded.customers[name] = (await createCustomer(deps, by, plain(wanted))).value.id
  }
  for (const [name, { name: called, description = null, active = true }] of Object.entries(seed.products ?? {})) {
    const { value } = await createProduct(deps, by, plain({ name: called, description, active }))
    seeded.products[name] = value.id
  }
  for (const [name, plan] of Object.entries(seed.plans ?? {})) {
    const { value } = await createPlan(deps, by, plain(wantedPlan(plan, seeded.products[plan.product]!)))
    seeded.plans[name] = value.id
  }
  for (const [name, { amount, currency, description = null }] of Object.entries(seed.payment_links ?? {})) {
    const { value } = await createLink(deps, by, plain({ amount, currency, description }))
    seeded.payment_links[name] = value.id
  }
  const open = async (order: SeedOrder & { expires_at?: string | undefined; plan?: string | undefined }) => {
    const { customer, plan } = order
    const { value } = await createSession(
      deps,
      by,
      plain({
        ...wantedSession({ ...order, ...(plan !== undefined && priceOf(seed, plan)) }),
        customerId: customer === undefined ? null : seeded.customers[customer]!,
        planId: plan === undefined ? null : seeded.plans[plan]!,
      }),
    )
    return value.id
  }
  for (const [name, session] of Object.entries(seed.sessions ?? {})) {
    const id = await open(session)
    seeded.sessions[name] = id
    if (session.expired) await expireSession(deps, by, plain({ id }))
  }
  for (const [name, payment] of Object.entries(seed.payments ?? {})) {
    const sessionId = payment.session === undefined ? await open(payment) : seeded.sessions[payment.session]!
    const intent = (await createIntent(deps, plain({ sessionId }))).value
    seeded.payments[name] = (await pay(deps, intent, payment)).paymentId!
  }
  for (const [name, subscription] of Object.entries(seed.subscriptions ?? {})) {
    const customerId = seeded.customers[subscription.customer]!
    if (subscription.card === undefined) {
      const wanted = { customerId, planId: seeded.plans[subscription.plan]! }
      seeded.subscriptions[name] = (await createSubscription(deps, by, plain(wanted))).value.subscription.id
      continue
    }
    // As its buyer begins it: on a page, with a card that is then kept.
    const sessionId = await open({ customer: subscription.customer, plan: subscription.plan })
    const begun = (await subscribe(deps, plain({ sessionId, email: undefined }))).value
    await pay(deps, begun.intent, { ...subscription, card: subscription.card })
    seeded.subscriptions[name] = begun.subscription.id
  }
  for (const [name, { payment, amount, reason = null }] of Object.entries(seed.refunds ?? {})) {
    const wanted = { paymentId: seeded.payments[payment]!, amount, reason }
    seeded.refunds[name] = (await refundPayment(deps, by, plain(wanted))).value.id
  }
  if (seed.advance) {
    const { advance } = seed
    const wanted = { to: (from: Date) => later(from, advance), running: undefined, field: 'advance' }
    await setTestClock(deps, by, plain(wanted))
  }
  // Last of all, or they would act on what is made here.
  for (const one of seed.switches ?? []) {
    const { session, endpoint } = one.target ?? {}
    const target = {
      ...(session !== undefined && { session_id: seeded.sessions[session]! }),
      ...(endpoint !== undefined && { endpoint_id: seeded.webhook_endpoints[endpoint]! }),
    }
    seeded.switches.push((await createSwitch(deps, by, plain(wantedSwitch(one, target)))).value.id)
  }
  seeded.now = (await readClock(deps, by)).now
  return { seeded, secrets }
}

/** A session of a plan says its price. */
function priceOf(seed: Seed, plan: string): { amount: string; currency: string } {
  const { amount, currency } = seed.plans![plan]!
  return { amount: showAmount(amount, currency.toUpperCase()), currency }
}

/** Types cards one after the other, as a buyer would: those that are declined, and then the one that counts. */
async function pay(
  deps: Deps,
  intent: Intent,
  {
    card,
    declined_cards = [],
    challenge = 'passed',
  }: Pick<SeedPayment | SeedSubscription, 'declined_cards' | 'challenge'> & {
    card: string
  },
): Promise<Intent> {
  let after = intent
  const cards = [...declined_cards, card]
  for (const [n, name] of cards.entries()) {
    const { number, brand } = seedCard(name)!
    const typed = {
      number,
      expMonth: 12,
      expYear: deps.now(intent).getUTCFullYear() + 8,
      cvc: brand === 'american-express' ? '1234' : '123',
      postalCode: undefined,
    }
    const clientSecret = deps.secrets.clientSecret(intent.id)
    const confirmed = await confirmIntent(deps, plain({ intentId: intent.id, clientSecret, card: typed, asker: null }))
    after = confirmed.value.intent
    const answer = n === cards.length - 1 ? challenge : 'failed'
    if (after.challengeId !== null && answer !== 'open') await answerChallenge(deps, after.challengeId, answer)
  }
  return after
}
