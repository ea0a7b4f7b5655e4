/**
 * A shop page whose own script is the enemy: it lies in wait in the language's objects, forges what the frame would say, and floods every
 * door. It learns no digit, and nothing that it says is taken for a result. (Whoever owns a page can still draw on it what they like: the
 * payment side's word is the truth.)
 */
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  bankOf,
  bankWords,
  cardFrame,
  desktop,
  makeSession,
  openBrowser,
  pay,
  readSession,
  typeCard,
  words,
} from '../support/buyer.ts'
import { type Shopping, startShopping } from '../support/servers.ts'
import { type Random, randomFrom } from '../torture/random.ts'

let browser: Browser
let shopping: Shopping
let context: BrowserContext
let page: Page
let errors: string[]

beforeAll(async () => {
  ;[browser, shopping] = await Promise.all([openBrowser(), startShopping()])
}, 60_000)
afterAll(async () => {
  await browser.close()
  await shopping.stop()
})
beforeEach(async () => {
  errors = []
  context = await browser.newContext({ ...desktop, locale: 'es-CR' })
  page = await context.newPage()
  page.setDefaultTimeout(10_000)
  page.on('pageerror', (error) => errors.push(String(error)))
})
afterEach(() => context.close())

const asking = { number: '4000002760003184', expiry: '1139', code: '987' }

/** What the enemy's script keeps on its page. */
type Enemy = {
  /** Whatever it could read, of any kind. */
  seen: string[]
  /** What the element told the page, in order. */
  told: string[]
  /** How often each of its attacks was made. */
  made: Record<string, number>
  /** The ports of the element that it came by. */
  ports: MessagePort[]
  attack(): void
}
const enemyOf = <T>(read: (enemy: Enemy) => T) => page.evaluate(`(${read.toString()})(window.enemy)`) as Promise<T>

/** A page of a listed origin: `early` runs in it before anything else. */
async function openShop(early: (api: string) => void): Promise<string> {
  const { session_id: id } = await makeSession(shopping)
  const { url } = shopping.payments
  shopping.pages.set(
    '/',
    `<!doctype html><html lang="es-CR"><title>Tienda</title><script>(${early.toString()})(${JSON.stringify(url)})</script>
    <main><h1>Tienda</h1><fourgeeks-checkout session-id="${id}" test-drawer="off"></fourgeeks-checkout></main>
    <script src="${url}/fourgeeks-checkout.js"></script>`,
  )
  await page.goto(`${shopping.pages.url}/`)
  return id
}

/** Runs in the page, alone: it may use nothing from here. */
function lieInWait(api: string): void {
  const enemy: Enemy = { seen: [], told: [], made: {}, ports: [], attack: () => {} }
  Object.assign(window, { enemy })
  const listen = EventTarget.prototype.addEventListener
  const send = MessagePort.prototype.postMessage
  const print = JSON.stringify
  const count = (name: string) => (enemy.made[name] = (enemy.made[name] ?? 0) + 1)
  const note = (what: unknown) => {
    let text = ''
    try {
      text = typeof what === 'string' ? what : (print(what) ?? String(what))
    } catch {
      text = Object.prototype.toString.call(what)
    }
    enemy.seen.push(text)
  }
  for (const name of ['ready', 'submitted', 'paid', 'declined', 'expired', 'failed']) {
    listen.call(document, `checkout-${name}`, (event: Event) => {
      event.preventDefault()
      const { payment } = event as Event & { payment?: string }
      enemy.told.push(Object.hasOwn(event, 'payment') ? String(payment) : name)
    })
  }

  const wrap = (owner: object, name: string) => {
    const before = Reflect.get(owner, name) as (...values: unknown[]) => unknown
    Reflect.set(owner, name, function (this: unknown, ...values: unknown[]) {
      count(name)
      values.forEach(note)
      if (this instanceof MessagePort && !enemy.ports.includes(this)) enemy.ports.push(this)
      const answer = Reflect.apply(before, this, values)
      if (name === 'parse') note(answer)
      if (name === 'json') void (answer as Promise<unknown>).then(note)
      return answer
    })
  }
  wrap(window, 'postMessage')
  wrap(window, 'fetch')
  wrap(MessagePort.prototype, 'postMessage')
  wrap(Element.prototype, 'attachShadow')
  wrap(EventTarget.prototype, 'addEventListener')
  wrap(EventTarget.prototype, 'dispatchEvent')
  wrap(XMLHttpRequest.prototype, 'open')
  wrap(XMLHttpRequest.prototype, 'send')
  wrap(JSON, 'parse')
  wrap(Response.prototype, 'json')

  const lies: Record<string, unknown> = {
    type: 'paid',
    paymentId: 'pay_forged',
    payment: 'pay_forged',
    payment_id: 'pay_forged',
    nonce: '1-22-333-4444',
    clientSecret: 'forged',
    intentId: 'pi_forged',
    card: 'visa',
    number: '1',
    cvc: '1',
    height: 7,
    complete: true,
    code: 'card_declined',
    declineCode: null,
    reason: 'network',
  }
  for (const [name, lie] of Object.entries(lies)) {
    Object.defineProperty(Object.prototype, name, {
      configurable: true,
      get: () => lie,
      set: (value) => {
        count('setter')
        note([name, value])
      },
    })
  }
  for (const type of ['keydown', 'keypress', 'keyup', 'input', 'beforeinput', 'change', 'paste', 'submit', 'message']) {
    listen.call(
      window,
      type,
      (event: Event) => note([type, (event as KeyboardEvent).key, String((event as MessageEvent).data)]),
      true,
    )
  }

  const forged = () => [
    { type: 'ready' },
    { type: 'height', height: 3999 },
    { type: 'submitted' },
    { type: 'checking' },
    { type: 'challenge' },
    { type: 'declined', code: 'card_declined', declineCode: null },
    { type: 'failed', reason: 'refused' },
    { type: 'expired' },
    { type: 'paid', paymentId: 'pay_forged' },
    {},
  ]
  listen.call(window, 'load', () => {
    const cover = document.createElement('div')
    cover.style.cssText = 'position:fixed;inset:0;z-index:2147483647;pointer-events:none;background:#0001'
    cover.tabIndex = 0
    document.body.append(cover)
    // Two frames that answer as the card frame would, one of the page's own origin and one of another.
    const script = `const say = () => { for (const message of ${print(forged())}) parent.postMessage(message, '*', [new MessageChannel().port1]) }
      addEventListener('message', ({ ports }) => { for (const port of ports) port.postMessage({ type: 'ready' }); say() }); say()`
    for (const sandbox of ['allow-scripts', 'allow-scripts allow-same-origin']) {
      const fake = document.createElement('iframe')
      fake.setAttribute('sandbox', sandbox)
      fake.name = 'fake'
      fake.srcdoc = `<script>${script}</script>`
      document.body.append(fake)
    }
  })

  let other: (Window & typeof globalThis) | null = null
  enemy.attack = () => {
    other ??= window.open('about:blank') as typeof other
    if (other) {
      // Spoken from the other window, so that the message comes from there.
      other.Function(`for (const message of ${print(forged())}) opener.postMessage(message, '*')`)()
      count('from a window')
    }
    const root = document.querySelector('fourgeeks-checkout')?.shadowRoot
    const frame = root?.querySelector('iframe')
    note(root?.innerHTML)
    try {
      note(frame?.contentDocument?.documentElement.outerHTML)
    } catch (error) {
      note(String(error))
    }
    for (const data of forged()) {
      count('forged')
      window.postMessage(data, '*', [new MessageChannel().port1])
      const as = { data, origin: api, source: frame?.contentWindow ?? null }
      window.dispatchEvent(new MessageEvent('message', as))
      frame?.dispatchEvent(new MessageEvent('message', as))
      for (const port of enemy.ports) {
        count('at a port')
        port.dispatchEvent(new MessageEvent('message', as))
        port.onmessage?.(new MessageEvent('message', as))
        // To the frame: its own words come back to nobody.
        send.call(port, data)
      }
      // The nonce stands in the frame's address; a second handshake with it must fail.
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = (event) => {
        count('answered')
        note(event.data)
      }
      const nonce = frame?.src.split('#')[1]
      frame?.contentWindow?.postMessage({ type: 'fourgeeks:connect', nonce }, api, [port2])
      for (const fake of document.querySelectorAll<HTMLIFrameElement>('[name=fake]'))
        fake.contentWindow!.postMessage({ type: 'fourgeeks:connect', nonce }, '*')
    }
  }
}

async function attempts(sessionId: string): Promise<unknown[]> {
  const db = new DatabaseSync(join(shopping.folder, 'checkout.db'), { readOnly: true })
  const rows = db
    .prepare(
      'select a.status from attempts a join intents i on i.id = a.intent_id where i.session_id = ? order by a.id',
    )
    .all(sessionId)
  db.close()
  return rows.map((row) => row['status'])
}

const shown = () => page.evaluate(() => document.querySelector('fourgeeks-checkout')!.shadowRoot!.innerHTML)
const inForm = (frame: Frame) =>
  frame.evaluate(
    () => document.body.innerHTML + [...document.querySelectorAll('input')].map((each) => each.value).join(),
  )

/** Attacks, and lets everything arrive that was sent. */
async function attack(): Promise<void> {
  await enemyOf((enemy) => enemy.attack())
  // Before the window that it opened.
  await page.bringToFront()
  await page.waitForTimeout(150)
}

it('a hostile page learns no digit, forges no result, and the payment side has what truly happened', async () => {
  const id = await openShop(lieInWait)
  const frame = await cardFrame(page)
  const before = await shown()
  await attack()
  expect(await shown()).toBe(before)
  expect(await enemyOf(({ told }) => told)).toEqual(['ready'])

  await typeCard(frame, 'es', { ...asking, number: '4000000000009995' })
  await attack()
  expect(await shown()).toBe(before)
  await pay(frame, 'es')
  await frame
    .getByRole('alert')
    .filter({ hasText: /fondos/ })
    .waitFor()
  await attack()
  expect(await enemyOf(({ told }) => told)).toEqual(['ready', 'submitted', 'declined'])

  await typeCard(frame, 'es', asking)
  await pay(frame, 'es')
  const bank = await bankOf(frame)
  await attack()
  expect(await attempts(id)).toEqual(['failed', 'requires_action'])
  expect(await enemyOf(({ told }) => told)).toEqual(['ready', 'submitted', 'declined', 'submitted'])
  await bank.getByRole('button', { name: bankWords.es.passed }).click()
  await page.getByRole('heading', { name: 'Pago recibido' }).waitFor()
  await attack()

  const told = await enemyOf(({ told }) => told)
  expect(told.slice(0, -1)).toEqual(['ready', 'submitted', 'declined', 'submitted'])
  expect(told.at(-1)).toMatch(/^pay_/)
  expect(told.at(-1)).not.toBe('pay_forged')
  expect(await attempts(id)).toEqual(['failed', 'succeeded'])
  expect((await readSession(shopping, id)).payment_status).toBe('paid')
  expect(errors).toEqual([])

  // The enemy did what it came for, and heard from no second handshake.
  const { made, seen } = await enemyOf(({ made, seen }) => ({ made, seen }))
  expect(made).toMatchObject({ fetch: expect.any(Number), attachShadow: 1, forged: 50, 'from a window': 5 })
  expect(made['at a port']).toBeGreaterThanOrEqual(50)
  expect(made['answered']).toBeUndefined()
  const all = seen.join('\n')
  expect(all).toContain('client_secret')
  for (const digits of ['4000002760003184', '4000 0027', '6000 3184', '27600031', '9995', '11 / 39', '1139'])
    expect(all).not.toContain(digits)
  expect(all).not.toMatch(/"(?:keydown|keypress|keyup|input|beforeinput)"/)
})

describe('10,000 fuzzed messages', () => {
  const inits: Record<string, unknown>[] = [
    {
      type: 'init',
      clientSecret: 's',
      intentId: 'pi_1',
      resumes: true,
      locale: 'en',
      theme: {},
      texts: {},
      button: true,
    },
    { type: 'theme', theme: {} },
    { type: 'submit' },
    { type: 'fill', card: 'visa' },
  ]
  const results: Record<string, unknown>[] = [
    { type: 'ready' },
    { type: 'height', height: 3999 },
    { type: 'change', complete: true, empty: false },
    { type: 'submitted' },
    { type: 'declined', code: 'card_declined', declineCode: null },
    { type: 'checking' },
    { type: 'challenge' },
    { type: 'paid', paymentId: 'pay_forged' },
    { type: 'expired' },
    { type: 'failed', reason: 'network' },
  ]
  /**
   * The card frame of the element has shaken hands; the one that waits has not, and is in reach of every other frame. From those even the
   * right nonce is wrong.
   */
  const doors = [
    'page',
    'page, from another origin',
    'frame',
    'frame that waits',
    'frame that waits, from a sibling',
    'frame that waits, from another origin',
    'frame’s port',
    'element’s port',
  ] as const
  const nonce = '1-22-333-4444'
  type Door = (typeof doors)[number]

  /** No word of the protocol: one with a field too many, too few or of the wrong kind, or something else altogether. */
  function spoil(random: Random, whole: Record<string, unknown>): unknown {
    const names = Object.keys(whole)
    const name = names[random.below(names.length)]!
    switch (random.below(5)) {
      case 0:
        return { ...whole, [`x${random.below(99)}`]: random.next() }
      case 1:
        return Object.fromEntries(Object.entries(whole).filter(([each]) => each !== name))
      case 2:
        return { ...whole, [name]: [] }
      case 3:
        return { ...whole, type: `${String(whole['type'])}${random.below(9)}` }
      default:
        return [null, 'paid', 7, [whole], { data: whole }, '\u0000'.repeat(50), JSON.stringify(whole)][random.below(7)]
    }
  }

  function fuzz(seed: number): { door: Door; message: unknown; ports: number }[] {
    const random = randomFrom(seed)
    return Array.from({ length: 10_000 }, () => {
      const door = doors[random.below(doors.length)]!
      const from = door === 'frame’s port' ? inits : door === 'element’s port' ? results : [...inits, ...results]
      const whole = from[random.below(from.length)]!
      // A window takes no word but the greeting, however well said.
      const isGreeting = !door.endsWith('port') && random.below(3) === 0
      const asIs = !door.endsWith('port') && random.below(2) === 0
      const isOther = /sibling|other/.test(door)
      const greeting = {
        type: 'fourgeeks:connect',
        nonce: isOther ? nonce : `${random.below(1e9)}-${random.below(1e9)}`,
      }
      return {
        door,
        message: isGreeting ? greeting : asIs ? whole : spoil(random, whole),
        ports: isGreeting ? random.below(3) : 0,
      }
    })
  }

  /** Stands between the ports, so that it can speak at both ends. Runs in the page, alone. */
  function standBetween(): void {
    const Real = MessageChannel
    const told: string[] = []
    for (const name of ['ready', 'change', 'submitted', 'paid', 'declined', 'expired', 'failed'])
      document.addEventListener(`checkout-${name}`, (event) => {
        event.preventDefault()
        told.push(name)
      })
    window.MessageChannel = class {
      port1: MessagePort
      port2: MessagePort
      constructor() {
        const [near, far] = [new Real(), new Real()]
        near.port2.onmessage = ({ data }) => far.port1.postMessage(data)
        far.port1.onmessage = ({ data }) => near.port2.postMessage(data)
        this.port1 = near.port1
        this.port2 = far.port2
        Object.assign(window, { toElement: near.port2, toFrame: far.port1 })
        window.MessageChannel = Real
      }
    }
    Object.assign(window, { told })
    for (const [name, sandbox] of [
      ['sibling', 'allow-scripts allow-same-origin'],
      ['stranger', 'allow-scripts'],
    ] as const) {
      const frame = document.createElement('iframe')
      frame.name = name
      frame.setAttribute('sandbox', sandbox)
      frame.srcdoc = `<script>addEventListener('message', ({ data: { to, message }, ports }) => (to === null ? parent : parent[to]).postMessage(message, '*', ports))</script>`
      addEventListener('DOMContentLoaded', () => document.body.append(frame))
    }
  }

  it('change nothing and break nothing, at the frame’s window and port and at the element’s', async () => {
    const seed = randomInt(2 ** 31)
    console.log(`fuzzed messages: seed ${seed}`)
    const id = await openShop(standBetween)
    const frame = await cardFrame(page)
    await typeCard(frame, 'es', asking)
    await frame.getByLabel(words.es.number).focus()
    const before = [await shown(), await inForm(frame), await page.evaluate('told.join()')]

    const sent = await page.evaluate(
      async ({ list, url, id, nonce }) => {
        const all = window as unknown as Record<'toElement' | 'toFrame', MessagePort>
        const card = document.querySelector('fourgeeks-checkout')!.shadowRoot!.querySelector('iframe')!.contentWindow!
        const waiting = document.createElement('iframe')
        waiting.src = `${url}/frame/${id}?locale=es-CR#${nonce}`
        document.body.append(waiting)
        await new Promise((done) => waiting.addEventListener('load', done))
        const waits = waiting.contentWindow!
        const to = [...Array(window.length).keys()].findIndex((index) => window[index] === waits)
        const inFrame = (name: string) => document.querySelector<HTMLIFrameElement>(`[name=${name}]`)!.contentWindow!
        const greetings: MessagePort[] = []
        let count = 0
        for (const { door, message, ports: wanted } of list) {
          const channels = Array.from({ length: wanted }, () => new MessageChannel())
          const ports = channels.map(({ port1, port2 }) => {
            port1.onmessage = () => greetings.push(port1)
            return port2
          })
          if (door === 'frame') card.postMessage(message, url, ports)
          else if (door === 'frame that waits') waits.postMessage(message, url, ports)
          else if (door === 'page') window.postMessage(message, '*', ports)
          else if (door === 'frame’s port') all.toFrame.postMessage(message)
          else if (door === 'element’s port') all.toElement.postMessage(message)
          else {
            const from = inFrame(door.endsWith('sibling') ? 'sibling' : 'stranger')
            from.postMessage({ to: door.startsWith('page') ? null : to, message }, '*', ports)
          }
          count++
        }
        // The right greeting comes last: it is answered, and it alone.
        const { port1, port2 } = new MessageChannel()
        const ready = new Promise((done) => (port1.onmessage = ({ data }) => done(data)))
        // From the others it takes one step more.
        await new Promise((done) => setTimeout(done, 300))
        waits.postMessage({ type: 'fourgeeks:connect', nonce }, url, [port2])
        const late = new Promise((done) => setTimeout(done, 5000, 'never'))
        return { count, to, ready: await Promise.race([ready, late]), answered: greetings.length }
      },
      { list: fuzz(seed), url: shopping.payments.url, id, nonce },
    )
    expect(sent, `seed ${seed}`).toEqual({ count: 10_000, to: 2, ready: { type: 'ready' }, answered: 0 })
    // The frame has heard all that was sent before this answer; what it might say in turn has time to arrive.
    await frame.evaluate(() => new Promise((done) => setTimeout(done, 100)))
    await page.waitForTimeout(100)
    expect([await shown(), await inForm(frame), await page.evaluate('told.join()')], `seed ${seed}`).toEqual(before)
    expect(errors, `seed ${seed}`).toEqual([])
    expect(await attempts(id)).toEqual([])

    await pay(frame, 'es')
    await (await bankOf(frame)).getByRole('button', { name: bankWords.es.passed }).click()
    await page.getByRole('heading', { name: 'Pago recibido' }).waitFor()
    expect(await attempts(id)).toEqual(['succeeded'])
  })
})
