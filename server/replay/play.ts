/** Plays a payment's story again: the same requests to a fresh sandbox, at the same moments, and compares what comes of it. */
import { sandboxAccountId } from '../actions/accounts.ts'
import { paymentStory } from '../actions/console.ts'
import type { TimelineCard, TimelineFile, TimelineGiven, TimelineStep } from '../contract/timeline.ts'
import { notKept } from '../domain/kept-request.ts'
import { findCardByName } from '../domain/test-cards.ts'
import { showOutcome } from '../wire/timeline-file.ts'
import { type Difference, differences, Ids, isObject } from './compare.ts'
import { type Fresh, freshSandbox } from './fresh.ts'

/** One request as it was answered this time. */
export type Played = { step: TimelineStep; number: number; status: number; differences: number }

/** What is different this time; an empty list when nothing is. `tell` hears of each request as it is played. */
export async function play(file: TimelineFile, tell: (played: Played) => void): Promise<Difference[]> {
  const first = file.steps[0]?.at ?? file.exported_at
  const moment = (at: string) => new Date(Date.parse(at) + file.clock_ahead_ms)
  const said: string[] = []
  const sandbox = await freshSandbox({
    at: moment(first),
    publicUrl: file.public_url,
    say: (line) => void said.push(line),
  })
  try {
    const player = new Player(sandbox)
    await player.prepare(file.given)
    const found: Difference[] = []
    for (const [n, step] of file.steps.entries()) {
      await sandbox.goTo(moment(step.at))
      const { status, answer } = await player.send(step)
      const number = n + 1
      const here = differences({ status: step.status, answer: step.answer }, { status, answer }, player.ids)
      found.push(...here.map((one) => ({ step: number, ...one })))
      tell({ step, number, status, differences: here.length })
    }
    await sandbox.goTo(moment(file.exported_at))
    const by = { accountId: sandboxAccountId, live: false }
    const story = await paymentStory(sandbox.deps, by, player.ids.toNow(file.payment_id)).catch(() => undefined)
    if (!story) found.push({ step: null, where: 'payment', recorded: file.payment_id, replayed: null })
    else {
      const came = differences(file.outcome, showOutcome(story), player.ids)
      found.push(...came.map((one) => ({ step: null, ...one })))
    }
    if (said.length > 0) found.push({ step: null, where: 'log', recorded: [], replayed: said })
    return found
  } finally {
    await sandbox.close()
  }
}

/** Sends what was sent then, with the ids, secrets and cards of now. */
class Player {
  readonly ids = new Ids()
  readonly #sandbox: Fresh
  /** Client secrets of now, by the ids of their intents. */
  readonly #secrets = new Map<string, string>()
  #token = ''
  /** What stands for the customer in the legacy API. */
  #customerKey = ''

  constructor(sandbox: Fresh) {
    this.#sandbox = sandbox
  }

  /** Makes what was there before the first request. */
  async prepare({ customer, product, plan, session }: TimelineGiven): Promise<void> {
    if (customer) {
      const { email, currency, card } = customer
      const made = card
        ? await this.#make('/v1/accounts/customers/', { name: email, email, currency, ...flat(typed(card)) }, 'token')
        : await this.#make('/v1/customers/', { email })
      this.#customerKey = typeof made['key'] === 'string' ? made['key'] : ''
      const id = card ? await this.#idOfCustomer() : made['id']
      if (typeof id === 'string') this.ids.learn(customer.id, id)
    }
    if (product) {
      const made = await this.#make('/v1/products/', { name: product.name, description: product.description })
      this.ids.learn(product.id, String(made['id']))
    }
    if (plan) this.ids.learn(plan.id, String((await this.#make('/v1/plans/', this.#withIds(plan.body)))['id']))
    if (session) {
      const made = await this.#make('/v1/payments/session', this.#withIds(session.body))
      this.ids.learn(session.id, String(made['session_id']))
    }
  }

  async send(step: TimelineStep): Promise<{ status: number; answer: unknown }> {
    const path = this.ids.toNow(step.path)
    const body = this.#bodyOf(step, path)
    const isForm = !step.path.startsWith('/v1/')
    if (step.fault !== null) {
      // No time is waited for a second time.
      await this.#make('/v1/sandbox/switches', { kind: step.fault, ...(step.fault === 'delay' && { delay_ms: 1 }) })
    }
    const response = await this.#sandbox.ask(path, {
      method: step.method,
      redirect: 'manual',
      headers: {
        ...(await this.#credentials(step.by)),
        ...(step.idempotency_key !== null && step.idempotency_key !== notKept
          ? { 'Idempotency-Key': step.idempotency_key }
          : {}),
        ...(step.client_secret && { 'X-Client-Secret': this.#secretFor(path) }),
        ...(body === null ? {} : { 'Content-Type': isForm ? 'application/x-www-form-urlencoded' : 'application/json' }),
      },
      ...(body !== null && {
        body: isForm ? new URLSearchParams(body as Record<string, string>).toString() : JSON.stringify(body),
      }),
    })
    const answer = await readJson(response)
    this.ids.learnFrom(step.answer, answer)
    this.#keepSecret(answer)
    return { status: response.status, answer: isForm ? null : answer }
  }

  async #make(path: string, body: unknown, by: TimelineStep['by'] = 'server'): Promise<Record<string, unknown>> {
    const response = await this.#sandbox.ask(path, {
      method: 'POST',
      headers: { ...(await this.#credentials(by)), 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    const answer = await readJson(response)
    if (!response.ok || !isObject(answer)) {
      throw new Error(`What was there before could not be made: ${path} answered ${response.status}`)
    }
    return answer
  }

  /** The current API's id of the one customer that there is. */
  async #idOfCustomer(): Promise<unknown> {
    const response = await this.#sandbox.ask('/v1/customers/', { headers: await this.#credentials('server') })
    const page = (await readJson(response)) as { items?: { id: string }[] } | null
    return page?.items?.[0]?.id
  }

  async #credentials(by: TimelineStep['by']): Promise<Record<string, string>> {
    if (by === 'buyer') return {}
    if (by === 'server') return { 'X-Api-Key': this.#sandbox.apiKey }
    if (this.#token === '') {
      const { id: client_id, secret: client_secret } = this.#sandbox.client
      const response = await this.#sandbox.ask('/authentication/token/', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ grant_type: 'client_credentials', client_id, client_secret }),
      })
      this.#token = String(((await readJson(response)) as Record<string, unknown>)['access_token'])
    }
    return { Authorization: `bearer ${this.#token}` }
  }

  #withIds(body: Record<string, unknown>): unknown {
    return JSON.parse(this.ids.toNow(JSON.stringify(body)))
  }

  /** The body as it was, with what was not kept of it. */
  #bodyOf(step: TimelineStep, path: string): unknown {
    if (!isObject(step.body)) return null
    const body = this.#withIds(step.body) as Record<string, unknown>
    if ('client_secret' in body) body['client_secret'] = this.#secretFor(path)
    if ('customer_key' in body) body['customer_key'] = this.#customerKey
    // A card that nobody tried is any card.
    const untried = body['card'] === notKept ? { name: null, refused: null, exp_month: 12, exp_year: 2034 } : null
    const of = step.card ?? untried
    if (!of) return body
    const card = typed(of)
    return path.endsWith('/confirm') ? { ...body, card } : 'customer_key' in body ? body : { ...body, ...flat(card) }
  }

  /** Of the intent in a path. */
  #secretFor(path: string): string {
    return this.#secrets.get(path.split(/[/?]/)[4] ?? '') ?? notKept
  }

  #keepSecret(answer: unknown): void {
    if (!isObject(answer)) return
    const { id, client_secret: secret } = answer
    if (typeof id === 'string' && typeof secret === 'string') this.#secrets.set(id, secret)
  }
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text()
  return response.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as unknown) : null
}

type Typed = { number: string; exp_month: number; exp_year: number; cvc: string }

/** The digits of a card as the buyer typed them, or of one that is refused for the same reason. */
function typed({ name, refused, exp_month, exp_year }: TimelineCard): Typed {
  const row = name === null ? undefined : findCardByName(name)
  if (row) {
    return { number: row.number, exp_month, exp_year, cvc: row.brand === 'american-express' ? '1234' : '123' }
  }
  const visa = { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' }
  switch (refused) {
    case 'incorrect_number':
      return { ...visa, number: '4242424242424241' }
    case 'invalid_expiry_month':
      return { ...visa, exp_month: 13 }
    case 'invalid_expiry_year':
      return { ...visa, exp_year: 2020 }
    case 'invalid_cvc':
      return { ...visa, cvc: '12' }
    case 'test_mode_live_card':
      // Right by its check digit, and in no table.
      return { ...visa, number: '4000000000000051' }
    default:
      return visa
  }
}

/** A card in the legacy API's words. */
const flat = ({ number, exp_month, exp_year, cvc }: Typed) => ({
  credit_card_number: number,
  credit_card_security_code_number: cvc,
  exp_month,
  exp_year,
})
