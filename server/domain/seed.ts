/**
 * A seed: a shop's test data as a file tells it, in which things have names and name each other. It is checked whole before
 * anything is made, by the very rules that make each thing.
 */
import { readAmount } from '../contract/money.ts'
import type { LastResort, PlanInterval, SignatureForm, TrialEnd } from '../contract/resources.ts'
import type { SwitchKind } from '../contract/sandbox.ts'
import { newCustomer } from './customer.ts'
import { newLink } from './link.ts'
import { newPlan } from './plan.ts'
import { type Fault, Problem, type Say } from './problem.ts'
import { newSession } from './session.ts'
import { mostSwitches, newSwitch } from './switch.ts'
import { findCardByName, type TestCard } from './test-cards.ts'
import { later, setClock, type TestClock } from './test-clock.ts'
import { newEndpoint } from './webhook.ts'

type Named<T> = Record<string, T> | undefined
type Text = string | null | undefined

/** What is to be paid, where no session says so. */
export type SeedOrder = {
  amount?: string | undefined
  currency?: string | undefined
  return_url?: string | undefined
  description?: Text
  items?: string[] | undefined
  customer?: string | undefined
}
export type SeedSession = SeedOrder & {
  plan?: string | undefined
  expires_at?: string | undefined
  expired?: boolean | undefined
}
/** How a card goes that asks for 3-D Secure; `open` leaves the question unanswered. */
export const seedChallenges = ['passed', 'failed', 'open'] as const
export type SeedChallenge = (typeof seedChallenges)[number]
type SeedCard = { declined_cards?: string[] | undefined; challenge?: SeedChallenge | undefined }
export type SeedPayment = SeedOrder & SeedCard & { session?: string | undefined; card: string }
export type SeedSubscription = SeedCard & { customer: string; plan: string; card?: string | undefined }
export type SeedPlan = {
  product: string
  amount: number
  currency: string
  interval: PlanInterval
  interval_count?: number | undefined
  trial_period_days?: number | null | undefined
  trial_without_card?: TrialEnd | null | undefined
  after_last_retry?: LastResort | undefined
  statement_descriptor?: Text
}
export type SeedSwitch = {
  kind: SwitchKind
  times?: number | undefined
  target?: { session?: string | undefined; endpoint?: string | undefined } | undefined
  delay_ms?: number | null | undefined
  method?: Text
  path?: Text
}
type Step = { months?: number | undefined; days?: number | undefined; seconds?: number | undefined }

export type Seed = {
  clock?: { now?: string | undefined; frozen?: boolean | undefined } | undefined
  webhook_endpoints?: Named<{
    url: string
    description?: Text
    events?: string[] | undefined
    signature?: SignatureForm | undefined
  }>
  customers?: Named<{ email: string; name?: Text; description?: Text; phone?: Text }>
  products?: Named<{ name: string; description?: Text; active?: boolean | undefined }>
  plans?: Named<SeedPlan>
  payment_links?: Named<{ amount: number; currency: string; description?: Text }>
  sessions?: Named<SeedSession>
  payments?: Named<SeedPayment>
  subscriptions?: Named<SeedSubscription>
  refunds?: Named<{ payment: string; amount?: number | undefined; reason?: Text }>
  switches?: SeedSwitch[] | undefined
  /** How far the clock goes on when all of it is there. */
  advance?: Step | undefined
}

/** What is there already, as far as a seed has to fit in. */
export type Ground = {
  accountId: string
  now: Date
  real: Date
  clock: TestClock | undefined
  endpoints: number
  mostEndpoints: number
  switches: number
}

/** The card that a seed calls by its name in the table. */
export const seedCard = (name: string): TestCard | undefined => findCardByName(`tc_${name}`)

/** The order of a payment, of its own or of its session. */
export const orderOf = (seed: Seed, payment: SeedPayment): SeedOrder =>
  payment.session === undefined ? payment : (seed.sessions?.[payment.session] ?? {})

/** In the words of what makes a session. */
export const wantedSession = (order: SeedOrder & { expires_at?: string | undefined }) => ({
  amount: order.amount ?? '',
  currency: order.currency ?? '',
  returnUrl: order.return_url ?? 'https://example.com/',
  description: order.description ?? null,
  items: order.items ?? [],
  expiresAt: order.expires_at,
  customerId: null,
})

export const wantedPlan = (plan: SeedPlan, productId: string) => ({
  productId,
  amount: plan.amount,
  currency: plan.currency,
  interval: plan.interval,
  intervalCount: plan.interval_count ?? 1,
  trialPeriodDays: plan.trial_period_days ?? null,
  trialWithoutCard: plan.trial_without_card ?? null,
  afterLastRetry: plan.after_last_retry ?? 'cancel',
  idName: null,
  statementDescriptor: plan.statement_descriptor || null,
})

export const wantedSwitch = (one: SeedSwitch, target: { session_id?: string; endpoint_id?: string }) => ({
  kind: one.kind,
  times: one.times ?? 1,
  target,
  delayMs: one.delay_ms ?? null,
  method: one.method ?? null,
  path: one.path ?? null,
})

/** Whether a card pays, typed with its security code and without a postal code. */
function pays({ behaviour }: TestCard, challenge: SeedChallenge): boolean {
  switch (behaviour.does) {
    case 'succeeds':
      return true
    case 'declines':
      return behaviour.only === 'with_postal_code'
    case 'challenges':
      return challenge === 'passed' && behaviour.afterwards === 'succeeds'
  }
}

/** All that keeps a seed from being made, each with the way to it. */
export function faultsOf(seed: Seed, ground: Ground): Fault[] {
  const faults: Fault[] = []
  const refuse = (field: string, en: string, es: string): void =>
    void faults.push({ field, say: { en, es } satisfies Say })
  /** What the rules of a thing say of it, under its own name. */
  const tryOut = (at: string, make: () => unknown, rename = (field: string) => field): void => {
    try {
      make()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const { faults: found = [] } = error.about
      if (found.length === 0) faults.push({ field: at, say: error.say })
      for (const { field, say } of found) faults.push({ field: at === '' ? field : `${at}.${rename(field)}`, say })
    }
  }
  const refer = (at: string, list: string, named: Named<unknown>, name: string | undefined): void => {
    if (name === undefined || Object.hasOwn(named ?? {}, name)) return
    refuse(at, `must be a name under "${list}"`, `debe ser un nombre de "${list}"`)
  }
  const checkCards = (
    at: string,
    { card, declined_cards = [], challenge = 'passed' }: SeedCard & { card?: string | undefined },
  ) => {
    for (const [field, name] of [
      ...(card === undefined ? [] : [['card', card]]),
      ...declined_cards.map((one, n) => [`declined_cards.${n}`, one]),
    ] as [string, string][]) {
      const known = seedCard(name)
      if (!known) {
        refuse(
          `${at}.${field}`,
          'must be the name of a test card, such as visa, insufficient_funds or 3ds_required',
          'debe ser el nombre de una tarjeta de prueba, como visa, insufficient_funds o 3ds_required',
        )
      } else if (field !== 'card' && pays(known, 'failed')) {
        refuse(`${at}.${field}`, 'is a card that is not declined', 'es una tarjeta que no se rechaza')
      } else if (field === 'card' && challenge !== 'passed' && known.behaviour.does !== 'challenges') {
        refuse(`${at}.challenge`, 'is for cards that ask for 3-D Secure', 'es para tarjetas que piden 3-D Secure')
      }
    }
  }
  const by = { accountId: ground.accountId, live: false }
  const target = seed.clock?.now === undefined ? ground.now : new Date(seed.clock.now)
  const start = target < ground.now ? ground.now : target
  const maker = { id: '', by, now: start }
  const { accountId, clock, real } = ground
  tryOut('clock', () => {
    if (seed.clock) setClock(clock, { accountId, target, running: false, field: 'now' }, ground.now, real)
  })
  if (seed.advance) {
    const { advance } = seed
    const field = Object.keys(advance)[0] ?? 'months'
    tryOut('advance', () =>
      setClock(undefined, { accountId, target: later(start, advance), running: false, field }, start, real),
    )
  }
  const endpoints = Object.entries(seed.webhook_endpoints ?? {})
  if (ground.endpoints + endpoints.length > ground.mostEndpoints) {
    const left = ground.mostEndpoints - ground.endpoints
    refuse('webhook_endpoints', `holds too many: there is room for ${left}`, `tiene demasiados: hay lugar para ${left}`)
  }
  for (const [name, { url, events = ['*'] }] of endpoints) {
    tryOut(`webhook_endpoints.${name}`, () =>
      newEndpoint({ url, events, description: null, signature: 'standard' }, '', maker),
    )
  }
  for (const [name, { email }] of Object.entries(seed.customers ?? {})) {
    tryOut(`customers.${name}`, () =>
      newCustomer({ email, name: null, description: null, phone: null, currency: null }, { ...maker, number: 1 }),
    )
  }
  for (const [name, plan] of Object.entries(seed.plans ?? {})) {
    refer(`plans.${name}.product`, 'products', seed.products, plan.product)
    tryOut(`plans.${name}`, () => newPlan(wantedPlan(plan, ''), maker))
  }
  for (const [name, { amount, currency }] of Object.entries(seed.payment_links ?? {})) {
    tryOut(`payment_links.${name}`, () => newLink({ amount, currency, description: null }, maker))
  }
  const checkOrder = (at: string, order: SeedSession): void => {
    refer(`${at}.customer`, 'customers', seed.customers, order.customer)
    for (const field of ['amount', 'currency'] as const) {
      if (order[field] === undefined) refuse(`${at}.${field}`, 'is required', 'es obligatorio')
    }
    if (order.amount === undefined || order.currency === undefined) return
    tryOut(at, () => newSession(wantedSession(order), { id: '', ...by, now: start, planId: null }))
  }
  for (const [name, session] of Object.entries(seed.sessions ?? {})) {
    const at = `sessions.${name}`
    refer(`${at}.plan`, 'plans', seed.plans, session.plan)
    if (session.plan === undefined) {
      checkOrder(at, session)
      continue
    }
    for (const field of ['amount', 'currency'] as const) {
      if (session[field] !== undefined) refuse(`${at}.${field}`, "is the plan's", 'es el del plan')
    }
    refer(`${at}.customer`, 'customers', seed.customers, session.customer)
    const { expires_at, return_url } = session
    tryOut(at, () =>
      newSession(wantedSession({ amount: '1', currency: 'USD', expires_at, return_url }), {
        id: '',
        ...by,
        now: start,
        planId: null,
      }),
    )
  }
  const paid = new Set<string>()
  const left = new Map<string, number>()
  for (const [name, payment] of Object.entries(seed.payments ?? {})) {
    const at = `payments.${name}`
    checkCards(at, payment)
    if (payment.session === undefined) checkOrder(at, payment)
    else {
      for (const field of ['amount', 'currency', 'return_url', 'description', 'items', 'customer'] as const) {
        if (payment[field] !== undefined) refuse(`${at}.${field}`, "is the session's", 'es el de la sesión')
      }
      refer(`${at}.session`, 'sessions', seed.sessions, payment.session)
      const session = seed.sessions?.[payment.session]
      if (session?.plan !== undefined || session?.expired === true) {
        refuse(`${at}.session`, 'is one that cannot be paid so', 'es una que no se puede pagar así')
      }
      if (paid.has(payment.session)) {
        refuse(`${at}.session`, 'is paid by another payment already', 'ya la paga otro pago')
      }
      paid.add(payment.session)
    }
    const card = seedCard(payment.card)
    const { amount = '', currency = '' } = orderOf(seed, payment)
    const minor = readAmount(amount, currency.toUpperCase())
    if (card && pays(card, payment.challenge ?? 'passed') && typeof minor === 'number') left.set(name, minor)
  }
  for (const [name, subscription] of Object.entries(seed.subscriptions ?? {})) {
    const at = `subscriptions.${name}`
    refer(`${at}.customer`, 'customers', seed.customers, subscription.customer)
    refer(`${at}.plan`, 'plans', seed.plans, subscription.plan)
    checkCards(at, subscription)
    const { card, declined_cards, challenge } = subscription
    if (declined_cards && (card === undefined || seed.plans?.[subscription.plan]?.trial_period_days)) {
      refuse(
        `${at}.declined_cards`,
        'is for plans without a trial, before a card that counts',
        'es para planes sin prueba, antes de una tarjeta que cuenta',
      )
    }
    if (challenge !== undefined && card === undefined) {
      refuse(`${at}.challenge`, 'is for a card', 'es para una tarjeta')
    }
  }
  for (const [name, refund] of Object.entries(seed.refunds ?? {})) {
    const at = `refunds.${name}`
    refer(`${at}.payment`, 'payments', seed.payments, refund.payment)
    if (!Object.hasOwn(seed.payments ?? {}, refund.payment)) continue
    const rest = left.get(refund.payment) ?? 0
    if (rest === 0) refuse(`${at}.payment`, 'is one with nothing left to give back', 'es uno sin nada por devolver')
    else if ((refund.amount ?? rest) > rest) {
      refuse(`${at}.amount`, `is more than the ${rest} that are left of it`, `es más que los ${rest} que quedan`)
    } else left.set(refund.payment, rest - (refund.amount ?? rest))
  }
  const switches = seed.switches ?? []
  if (ground.switches + switches.length > mostSwitches) {
    const room = mostSwitches - ground.switches
    refuse('switches', `holds too many: there is room for ${room}`, `tiene demasiados: hay lugar para ${room}`)
  }
  for (const [n, one] of switches.entries()) {
    const at = `switches.${n}`
    refer(`${at}.target.session`, 'sessions', seed.sessions, one.target?.session)
    refer(`${at}.target.endpoint`, 'webhook_endpoints', seed.webhook_endpoints, one.target?.endpoint)
    const { session, endpoint } = one.target ?? {}
    const to = {
      ...(session !== undefined && { session_id: session }),
      ...(endpoint !== undefined && { endpoint_id: endpoint }),
    }
    tryOut(
      at,
      () => newSwitch(wantedSwitch(one, to), { id: '', accountId, now: start }),
      (field) => field.replace(/_id$/, ''),
    )
  }
  return faults
}
