/**
 * Interleavings of a purchase in a real browser: double clicks, second tabs, reloads and ways back in the middle, replies
 * that are lost or come as 500, before and after the server has committed. A buyer who does not give up plays each of them
 * to its end: one succeeded payment, and a screen that says so. Nothing that was ever said on the way may be untrue.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseSync } from 'node:sqlite'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { type BadNetwork, openBadNetwork, type Wire, wires } from './bad-network.ts'
import { startPayments } from '../support/servers.ts'
import { Finding } from './finding.ts'
import { type Random, randomFrom } from './random.ts'

export type Wanted = {
  count: number
  seed: number
  browser: Browser
  apiKey: string
  /** Starts a payment side that browsers know under this address. */
  start(publicUrl: string): Promise<PaymentSide>
  progress?: (line: string) => void
  stopped?: () => boolean
}

/** Where it is, and the file of its database. */
type PaymentSide = { url: string; file: string; stop(): Promise<void> }

export type Report = { played: number; disturbances: Record<Disturbance, number>; seconds: number; stopped: boolean }

const habits = ['double click', 'second tab', 'back', 'reload'] as const
type Habit = (typeof habits)[number] | 'reload in the challenge'
export type Disturbance = Wire | Habit

/** How many are played at once, and how many times as fast as it says the page's time runs. */
const lanes = 5
const haste = 8
const patienceMs = 60_000

const cards = {
  good: '4242424242424242',
  asks: '4000002760003184',
  declined: '4000000000009995',
  asksInVain: '4000008260003178',
}
type Card = keyof typeof cards

/** What one seed does: the cards in their order, the answers to the bank, and what happens at which step. */
type Plan = {
  cards: Card[]
  answers: ('passed' | 'failed' | 'canceled')[]
  /** By the number of the action that they come with. */
  habits: Map<number, Exclude<Habit, 'reload in the challenge'>>
  /** How often the page is loaded anew while the bank asks. */
  reloads: number
  /** By the number of the request of that kind. */
  wires: Map<string, Wire>
}

function planOf(random: Random): Plan {
  const pick = <T>(of: readonly T[]): T => of[random.below(of.length)]!
  const some = <T>(most: number, make: () => T) => Array.from({ length: random.below(most + 1) }, make)
  const plan: Plan = {
    cards: [...some(2, () => pick(Object.keys(cards) as Card[])), pick(['good', 'asks', 'asks'] as const)],
    answers: some(2, () => pick(['passed', 'failed', 'canceled'] as const)),
    habits: new Map(),
    reloads: random.next() < 0.2 ? 1 : 0,
    wires: new Map(),
  }
  const wanted = 1 + random.below(4)
  for (let n = 0; n < wanted; n++) {
    if (random.next() < 0.5) plan.habits.set(random.below(4), pick(habits))
    else plan.wires.set(`${pick(['confirm', 'confirm', 'look', 'bank'])} ${random.below(3)}`, pick(wires))
  }
  return plan
}

/** A payment side over a database file of its own, as built. */
export async function startPaymentSide(env: Record<string, string>): Promise<PaymentSide> {
  const folder = mkdtempSync(join(tmpdir(), 'torture-'))
  const file = join(folder, 'checkout.db')
  const part = await startPayments({ DATABASE_URL: `sqlite:${file}`, ...env }, 'dist/server/main.mjs')
  return {
    url: part.url,
    file,
    async stop() {
      await part.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Plays as many as are wanted, several at once; the first finding ends the run. */
export async function torturePage(wanted: Wanted): Promise<Report> {
  const { count, seed, progress = () => {}, stopped = () => false } = wanted
  const buyers = new Map<string, Buyer>()
  const network = await openBadNetwork((method, path) => {
    const [kind, id] = kindOf(method, path)
    const table = id.startsWith('pi_') ? 'id' : 'challenge_id'
    const row = kind && (db.prepare(`select session_id from intents where ${table} = ?`).get(id) as Owned | undefined)
    return row ? buyers.get(row.session_id)?.wire(kind) : undefined
  })
  const side = await wanted.start(network.url)
  network.leadTo(side.url)
  const db = new DatabaseSync(side.file, { readOnly: true, timeout: 5000 })
  const disturbances = Object.fromEntries(
    [...wires, ...habits, 'reload in the challenge'].map((name) => [name, 0]),
  ) as Report['disturbances']
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1000
  let next = 0
  let played = 0
  let finding: Finding | undefined
  const lane = async () => {
    // Small and still: what is drawn costs more than what is done.
    const context = await wanted.browser.newContext({
      locale: 'en-US',
      viewport: { width: 400, height: 700 },
      reducedMotion: 'reduce',
    })
    await context.addInitScript(hurry, haste)
    // They are used again: a purchase keeps what it must not forget under its own name.
    const pages: Page[] = []
    try {
      while (next < count && !finding && !stopped()) {
        const own = seed + next++
        const random = randomFrom(own)
        const buyer = new Buyer({ context, pages, db, network, buyers, apiKey: wanted.apiKey, random, disturbances })
        try {
          await buyer.play()
        } catch (error) {
          const why = error instanceof Finding ? error.message : String((error as Error).stack ?? error)
          finding ??= new Finding(`seed ${own}: ${why}\n${buyer.diary.join('\n')}`)
        }
        if (++played % 50 === 0) progress(`${played} of ${count}, ${seconds().toFixed(0)} s`)
      }
    } finally {
      await context.close()
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane))
  } finally {
    db.close()
    await network.close()
    await side.stop()
  }
  if (finding) throw finding
  return { played, disturbances, seconds: seconds(), stopped: stopped() }
}

type Owned = { session_id: string }

/** Which request of the card frame, or of the bank's page inside it, this is, and what it is about. */
function kindOf(method: string, path: string): ['confirm' | 'look' | 'bank' | null, string] {
  const [, id = '', confirm] = /^\/v1\/payments\/intent\/(\w+)(\/confirm)?$/.exec(path) ?? []
  if (id !== '') return [confirm === undefined ? 'look' : 'confirm', id]
  return method === 'POST' && path.startsWith('/3ds/') ? ['bank', path.slice(5)] : [null, '']
}

/** Runs in every document: its time passes faster, and nobody leaves a page that says paid. */
function hurry(times: number): void {
  const real = globalThis.setTimeout
  globalThis.setTimeout = ((work: () => void, ms = 0, ...rest: never[]) =>
    real(work, ms / times, ...rest)) as typeof setTimeout
  const told: string[] = []
  Object.assign(globalThis, { told })
  for (const name of ['declined', 'failed', 'paid', 'expired']) {
    document.addEventListener(`checkout-${name}`, (event) => {
      event.preventDefault()
      told.push(name)
    })
  }
}

/** What a buyer sees of a page, and can do there. */
type Seen = { at: string; can: 'pay' | 'answer' | 'retry' | 'nothing'; told: string[] }

/** Looks at the hosted page, which shares its origin with its frames, until there is something to do there. */
async function lookAt({ sessionId, patienceMs }: { sessionId: string; patienceMs: number }): Promise<Seen> {
  const { told = [] } = globalThis as { told?: string[] }
  const until = performance.now() + patienceMs
  for (;;) {
    const element = document.querySelector('fourgeeks-checkout') as (Element & { view?: { at: string } }) | null
    // On the way back and forth there are pages of other purchases.
    const at = location.pathname.endsWith(sessionId) ? (element?.view?.at ?? 'loading') : 'elsewhere'
    const frame = element?.shadowRoot?.querySelector('iframe')?.contentDocument
    const form = frame?.querySelector('form.card')
    const bank = frame?.querySelector<HTMLIFrameElement>('.bank iframe')?.contentDocument
    const isFree = at === 'ready' && form && form.ariaBusy !== 'true'
    const isAsked = at === 'challenge' && bank?.readyState === 'complete' && bank.forms.length > 0
    const can = isFree ? 'pay' : isAsked ? 'answer' : at === 'away' ? 'retry' : 'nothing'
    if (can !== 'nothing' || /paid|expired|unknown|refused/.test(at) || performance.now() > until) {
      return { at, can, told }
    }
    await new Promise((done) => setTimeout(done, 120))
  }
}

/** Types a card and pays, so many times in a row. */
function payWith({ number, times }: { number: string; times: number }): void {
  const frame = document.querySelector('fourgeeks-checkout')?.shadowRoot?.querySelector('iframe')?.contentDocument
  for (const [id, text] of [
    ['number', number],
    ['expiry', '1234'],
    ['cvc', '123'],
  ] as const) {
    const input = frame?.querySelector<HTMLInputElement>(`#${id}`)
    if (!input) return
    input.value = text
    input.dispatchEvent(new InputEvent('input', { inputType: 'insertText', bubbles: true }))
  }
  for (let n = 0; n < times; n++) frame?.querySelector<HTMLButtonElement>('button.pay')?.click()
}

/** Answers the bank, so many times in a row. */
function answerBank({ answer, times }: { answer: string; times: number }): void {
  const frame = document.querySelector('fourgeeks-checkout')?.shadowRoot?.querySelector('iframe')?.contentDocument
  const bank = frame?.querySelector<HTMLIFrameElement>('.bank iframe')?.contentDocument
  for (let n = 0; n < times; n++) bank?.querySelector<HTMLButtonElement>(`button[value=${answer}]`)?.click()
}

type Means = {
  context: BrowserContext
  pages: Page[]
  db: DatabaseSync
  network: BadNetwork
  /** By their sessions. */
  buyers: Map<string, Buyer>
  apiKey: string
  random: Random
  disturbances: Report['disturbances']
}

type Tab = { page: Page; told: number }

class Buyer {
  readonly diary: string[] = []
  readonly #means: Means
  readonly #plan: Plan
  readonly #tabs: Tab[] = []
  readonly #counts = new Map<string, number>()
  #sessionId = ''
  #actions = 0
  constructor(means: Means) {
    this.#means = means
    this.#plan = planOf(means.random)
    const { habits: of, wires: on } = this.#plan
    this.diary.push(
      `cards ${this.#plan.cards.join(', ')}; ${[...of, ...on].map(([at, what]) => `${what} at ${at}`).join('; ')}`,
    )
  }

  async play(): Promise<void> {
    this.#sessionId = await this.#makeSession()
    this.#means.buyers.set(this.#sessionId, this)
    await this.#open()
    const until = performance.now() + patienceMs
    const settled = new Set<Tab>()
    for (let turn = 0; settled.size < this.#tabs.length; turn++) {
      if (performance.now() > until) {
        throw new Finding(`not paid after ${patienceMs / 1000} s: ${await this.#whereAll()}`)
      }
      const tab = this.#tabs[turn % this.#tabs.length]!
      if (settled.has(tab)) continue
      const seen = await this.#see(tab, this.#tabs.length > 1 ? 100 : 1000)
      this.#checkWhatWasSaid(tab, seen)
      if (seen.at === 'paid' || seen.at === 'already-paid') settled.add(tab)
      else if (/expired|unknown|refused/.test(seen.at)) throw new Finding(`ended at ${seen.at}`)
      else if (seen.at === 'elsewhere') await this.#comeBack(tab)
      else await this.#act(tab, seen)
    }
    this.#checkLedger()
  }

  async #makeSession(): Promise<string> {
    const answer = await fetch(`${this.#means.network.url}/v1/payments/session`, {
      method: 'POST',
      headers: { 'X-Api-Key': this.#means.apiKey, 'Content-Type': 'application/json' },
      body: JSON.stringify({ amount: '12500.00', currency: 'CRC', return_url: 'https://shop.example/' }),
    })
    return ((await answer.json()) as { session_id: string }).session_id
  }

  /** A tab at the hosted page. */
  async #open(): Promise<void> {
    const { pages, context, network } = this.#means
    const page = pages[this.#tabs.length] ?? (await context.newPage())
    pages[this.#tabs.length] = page
    page.setDefaultTimeout(15_000)
    this.#tabs.push({ page, told: 0 })
    await page.goto(`${network.url}/checkout/${this.#sessionId}`)
  }

  /** What the network does to this one's next request of a kind. */
  wire(kind: string): Wire | undefined {
    const number = this.#counts.get(kind) ?? 0
    this.#counts.set(kind, number + 1)
    const fault = this.#plan.wires.get(`${kind} ${number}`)
    if (fault) this.#note(fault, `${kind} ${number}: ${fault}`)
    return fault
  }

  /** Opens the page again, when the way back led to another for good. */
  async #comeBack(tab: Tab): Promise<void> {
    await sleep(200)
    if ((await this.#see(tab, 500)).at !== 'elsewhere') return
    this.diary.push('opens the page again')
    await tab.page.goto(`${this.#means.network.url}/checkout/${this.#sessionId}`)
  }

  #note(what: Disturbance, words: string = what): void {
    this.#means.disturbances[what]++
    this.diary.push(words)
  }

  // Between two documents there is none to look at.
  #see = ({ page }: Tab, forMs: number): Promise<Seen> =>
    page
      .evaluate(lookAt, { sessionId: this.#sessionId, patienceMs: forMs })
      .catch(() => ({ at: 'loading', can: 'nothing', told: [] }))

  #whereAll = async () =>
    `${(await Promise.all(this.#tabs.map((tab) => this.#see(tab, 0)))).map(({ at }) => at).join(', ')}; ${this.#stand().join(' ')}`

  /** Does what a buyer does at such a screen. */
  async #act(tab: Tab, { can }: Seen): Promise<void> {
    const { page } = tab
    const { cards: left, answers, habits } = this.#plan
    const who = `tab ${this.#tabs.indexOf(tab)}`
    const times = habits.get(this.#actions) === 'double click' ? 2 : 1
    // The document may go away in the middle, with whatever was to be done on it: the next look sees what took its place.
    const gone = () => {}
    switch (can) {
      case 'nothing':
        return
      case 'retry':
        return page.locator('fourgeeks-checkout').getByRole('button').first().click()
      case 'pay': {
        const card = left.shift() ?? 'good'
        this.diary.push(`${who} pays with ${card}`)
        await page.evaluate(payWith, { number: cards[card], times }).catch(gone)
        break
      }
      case 'answer': {
        if (this.#plan.reloads > 0) {
          this.#plan.reloads--
          this.#note('reload in the challenge')
          await page.reload()
          return
        }
        const answer = answers.shift() ?? 'passed'
        this.diary.push(`${who} answers ${answer}`)
        await page.evaluate(answerBank, { answer, times }).catch(gone)
      }
    }
    if (times > 1) this.#note('double click')
    await this.#disturb(tab)
  }

  /** What happens along with an action, a moment after it. */
  async #disturb({ page }: Tab): Promise<void> {
    const habit = this.#plan.habits.get(this.#actions++)
    if (habit === undefined || habit === 'double click') return
    await sleep(this.#means.random.below(120))
    this.#note(habit)
    if (habit === 'second tab') await this.#open()
    if (habit === 'reload') await page.reload()
    if (habit === 'back') {
      // Where the bank's page has gone on, this goes back in its window alone.
      const go = (by: -1 | 1) => page.evaluate((n) => history.go(n), by).catch(() => {})
      await go(-1)
      await sleep(this.#means.random.below(60))
      await go(1)
    }
  }

  /**
   * "Declined" and "failed" say that nothing was charged, so nothing may have been or be under way; another tab may pay in
   * the meantime, and says the truth as well.
   */
  #checkWhatWasSaid(tab: Tab, { told }: Seen): void {
    if (told.length < tab.told) tab.told = 0
    const fresh = told.slice(tab.told)
    tab.told = told.length
    if (fresh.includes('expired')) throw new Finding('said that it expired')
    if (fresh.length === 0 || this.#tabs.length > 1) return
    const [intent] = this.#stand()
    const isPaid = fresh.at(-1) === 'paid'
    if (isPaid && intent !== 'succeeded') throw new Finding(`said "paid" of an intent that is ${intent}`)
    if (!isPaid && (intent === 'succeeded' || intent === 'processing')) {
      throw new Finding(`said "${fresh.at(-1)}" of an intent that is ${intent}`)
    }
  }

  /** The states of the intent and of its attempts. */
  #stand(): string[] {
    const read = (sql: string) =>
      (this.#means.db.prepare(sql).all(this.#sessionId) as { status: string }[]).map(({ status }) => status)
    return [
      ...read('select status from intents where session_id = ?'),
      ...read(
        'select a.status from attempts a join intents i on i.id = a.intent_id where i.session_id = ? order by a.id',
      ),
    ]
  }

  #checkLedger(): void {
    const [intent, ...attempts] = this.#stand()
    const succeeded = attempts.filter((status) => status === 'succeeded').length
    const row = this.#means.db
      .prepare(
        `select s.status as session, p.status as payment, p.amount as amount,
        (select sum(amount) from ledger where payment_id = p.id and account like 'processor:%') as booked,
        (select count(*) from challenges where intent_id = p.intent_id and status = 'open') as open
        from payments p join sessions s on s.id = p.session_id where s.id = ?`,
      )
      .all(this.#sessionId)
    const [one] = row as { session: string; payment: string; amount: number; booked: number; open: number }[]
    const right =
      intent === 'succeeded' &&
      succeeded === 1 &&
      row.length === 1 &&
      one?.session === 'complete' &&
      one.payment === 'succeeded' &&
      one.booked === one.amount &&
      one.open === 0
    if (!right) throw new Finding(`the ledger says ${intent}, attempts ${attempts.join(', ')}, ${JSON.stringify(row)}`)
  }
}
