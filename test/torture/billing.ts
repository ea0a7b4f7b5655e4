/**
 * Years of renewals on the test clock of a real server that is killed without warning, again and again. Some customers have
 * a card that is refused for a while. At the end every subscription has one invoice for each of its periods, and exactly one
 * charge for each invoice. Semantics B2 and C.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { periodAfter } from '../../server/domain/plan.ts'
import type { Db } from '../../server/store/schema.ts'
import { sandboxKey, startPayments } from '../support/servers.ts'
import { checkBilling, countWhatHappened } from './check-billing.ts'
import { Finding } from './finding.ts'
import { type Random, randomFrom } from './random.ts'

export type Wanted = {
  subscriptions: number
  months: number
  kills: number
  seed: number
  databaseUrl: string
  /** The same database, for whoever checks it: asked for when no server is writing. */
  open: () => { db: Db; close(): Promise<void> }
  script?: string
  progress?: (line: string) => void
  stopped?: () => boolean
}

export type Report = {
  invoices: number
  /** How many charges a kill cut off, so that they were begun anew. */
  cutOff: number
  kills: number
  setUpSeconds: number
  seconds: number
  stopped: boolean
}

/** Long enough before the fourteenth day that whose card is refused for one step gets another in time. */
const stepDays = 10
const atOnce = 16
const beginsAt = '2027-01-31T12:00:00.000Z'
const goodCard = '4242424242424242'
/** Can be saved, and is never charged. */
const refusedCard = '4000000000000341'

export async function tortureBilling(wanted: Wanted): Promise<Report> {
  const { subscriptions, months, seed, progress = () => {}, stopped = () => false } = wanted
  const random = randomFrom(seed)
  const printed: string[] = []
  // A build in this process has called it production.
  const env = { DATABASE_URL: wanted.databaseUrl, NODE_ENV: 'development' }
  const server = await startPayments(env, wanted.script, (chunk) => {
    printed.push(...chunk.toString().split('\n').filter(Boolean))
  })
  const shop = new Shop(() => server.url)
  const began = performance.now()
  const seconds = (since = began) => (performance.now() - since) / 1000
  let kills = 0
  try {
    await shop.ask('POST', '/v1/test-clock', { now: beginsAt, frozen: true }, 'set')
    const customers = await subscribeAll(shop, random, subscriptions, stopped)
    const setUpSeconds = seconds()
    progress(`${customers.length} subscriptions in ${setUpSeconds.toFixed(1)} s`)

    const steps = daysOf(months) / stepDays
    const busy = busySteps(months)
    const killsAt = Array.from({ length: wanted.kills }, () => busy[random.below(busy.length)]!)
    const renewing = performance.now()
    let longestMs = 10
    for (let step = 0; step < steps && !stopped(); step++) {
      const refused = customers.filter(() => random.next() < 0.02)
      await shop.each(refused, (customer) => shop.replaceCard(customer, refusedCard))
      const moved = moveOn(shop, step, Math.min(stepDays, daysOf(months) - step * stepDays))
      for (const at of killsAt) {
        if (at !== step) continue
        await Promise.race([sleep(random.next() * longestMs), moved.done])
        await server.kill()
        kills++
        await server.start()
      }
      const since = performance.now()
      await moved.done
      if (!killsAt.includes(step)) longestMs = Math.max(performance.now() - since, longestMs)
      await shop.each(refused, (customer) => shop.replaceCard(customer, goodCard))
      if (step % 6 === 5 || step + 1 >= steps) {
        const total = await shop.invoices()
        progress(
          `${step + 1} of ${Math.ceil(steps)} steps, ${total} invoices, ${kills} kills, ${seconds(renewing).toFixed(0)} s`,
        )
      }
    }
    // Whose card came back last is charged now.
    await moveOn(shop, Infinity, 1).done
    const spent = seconds(renewing)
    await server.stop()

    const { db, close } = wanted.open()
    try {
      const faults = await checkBilling(db, stopped() ? undefined : { subscriptions, months })
      if (faults.length > 0) throw new Finding(`seed ${seed}: ${faults.join('\n')}`)
      const errors = printed.filter((line) => /"level":[56]0/.test(line))
      if (errors.length > 0) throw new Finding(`seed ${seed}: the server complained\n${errors.slice(0, 5).join('\n')}`)
      return { ...(await countWhatHappened(db)), kills, setUpSeconds, seconds: spent, stopped: stopped() }
    } finally {
      await close()
    }
  } finally {
    shop.isOver = true
    await server.kill()
  }
}

/** Up to the last renewal of whoever began last, and not to the one after it. */
const daysOf = (months: number): number =>
  Math.ceil((Date.UTC(2027, months - 1, 28) - Date.parse(beginsAt)) / 86_400_000) + 7

/** The steps on which renewals are due: on the others there is little to interrupt. */
function busySteps(months: number): number[] {
  const monthly = { interval: 'month', intervalCount: 1 } as const
  const renewals = Array.from({ length: months - 1 }, (_, n) => periodAfter(monthly, new Date(beginsAt), n + 1))
  return renewals.map((at) => Math.floor((at.getTime() - Date.parse(beginsAt)) / (stepDays * 86_400_000)))
}

/** Moves the clock on, however often the server dies on the way: the same request until it is answered. */
function moveOn(shop: Shop, step: number, days: number): { done: Promise<void> } {
  return { done: shop.ask('POST', '/v1/test-clock/advance', { days }, `step ${step}`).then(() => undefined) }
}

/** Customers with a saved card and a subscription each, begun over an hour of the clock. Gives the customers' ids. */
async function subscribeAll(shop: Shop, random: Random, count: number, stopped: () => boolean): Promise<string[]> {
  await shop.signIn()
  const plans = [await shop.plan(990_000), await shop.plan(1_250_000)]
  const customers: string[] = []
  const groups = 6
  for (let group = 0; group < groups && !stopped(); group++) {
    const from = Math.floor((count * group) / groups)
    const numbers = Array.from({ length: Math.floor((count * (group + 1)) / groups) - from }, (_, n) => from + n)
    const ofPlan = numbers.map((n) => ({ n, plan: plans[random.below(plans.length)]! }))
    await shop.each(ofPlan, ({ n }) => shop.customer(n))
    const made = await shop.newest(ofPlan.length)
    customers.push(...made)
    await shop.each(ofPlan, async ({ n, plan }) => {
      const customer = made[n - from]!
      await shop.ask('POST', '/v1/subscriptions', { customer_id: customer, plan_id: plan }, `subscribe ${n}`)
    })
    await shop.ask('POST', '/v1/test-clock/advance', { seconds: 600 }, `group ${group}`)
  }
  return customers
}

type Reply = { status: number; body: Record<string, unknown> }

/** A shop that asks until it is answered. */
class Shop {
  /** Nobody will answer any more. */
  isOver = false
  readonly #url: () => string
  #token = ''

  constructor(url: () => string) {
    this.#url = url
  }

  async ask(method: string, path: string, body?: object, key?: string, token?: string): Promise<Reply['body']> {
    while (!this.isOver) {
      const reply = await this.#once(method, path, body, key, token).catch(() => undefined)
      if (reply && reply.status < 300) return reply.body
      // Away, still at it, or on its way: all of that passes.
      if (reply && reply.status !== 409 && reply.status !== 503) {
        throw new Finding(`${method} ${path} answered ${reply.status} ${JSON.stringify(reply.body)}`)
      }
      await sleep(100)
    }
    throw new Error('The run is over')
  }

  async #once(method: string, path: string, body?: object, key?: string, token?: string): Promise<Reply> {
    const answer = await fetch(`${this.#url()}${path}`, {
      method,
      headers: {
        ...(token === undefined ? { 'X-Api-Key': sandboxKey } : { Authorization: `bearer ${token}` }),
        ...(body && { 'Content-Type': 'application/json' }),
        ...(key !== undefined && { 'Idempotency-Key': `torture ${key}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    return { status: answer.status, body: (await answer.json()) as Reply['body'] }
  }

  /** Tokens end on the clock: a new one for each step. */
  async signIn(): Promise<void> {
    const credentials = { grant_type: 'client_credentials', client_id: 'sandbox', client_secret: 'sandbox-secret' }
    this.#token = (await this.ask('POST', '/authentication/token/', credentials))['access_token'] as string
  }

  #card(number: string): object {
    return {
      credit_card_number: number,
      credit_card_security_code_number: '123',
      exp_month: 12,
      exp_year: 2060,
    }
  }

  async customer(n: number): Promise<void> {
    const who = { name: `Ana ${n}`, email: `ana${n}@example.com`, currency: 'crc', ...this.#card(goodCard) }
    await this.ask('POST', '/v1/accounts/customers/', who, undefined, this.#token)
  }

  /** The ids of the newest customers: the legacy API, which saves cards, has names of its own for them. */
  async newest(count: number): Promise<string[]> {
    const ids: string[] = []
    for (let offset = 0; offset < count; offset += 100) {
      const { items } = await this.ask('GET', `/v1/customers?limit=100&offset=${offset}`)
      ids.push(...(items as { id: string }[]).map(({ id }) => id))
    }
    return ids.slice(0, count)
  }

  async replaceCard(customer: string, number: string): Promise<void> {
    await this.ask('PUT', `/v1/accounts/customer/${customer}/`, this.#card(number), undefined, this.#token)
  }

  async plan(amount: number): Promise<string> {
    const product = await this.ask('POST', '/v1/products', { name: 'Café' })
    const wanted = { product_id: product['id'], amount, currency: 'CRC', interval: 'month' }
    return (await this.ask('POST', '/v1/plans', wanted))['id'] as string
  }

  async invoices(): Promise<number> {
    return (await this.ask('GET', '/v1/invoices?limit=1'))['total_items'] as number
  }

  /** Does the same with each, a few at a time. */
  async each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const left = [...items]
    if (left.length > 0) await this.signIn()
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
      }),
    )
  }
}
