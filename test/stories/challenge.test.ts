/** 3-D Secure in a real browser: however it goes, the buyer ends on a true screen, and the ledger agrees. */
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openSqlite } from '../../server/store/sqlite.ts'
import {
  audit,
  bankOf,
  bankWords,
  cardFrame,
  desktop,
  makeSession,
  openBrowser,
  pay,
  readSession,
  typeCard,
} from '../support/buyer.ts'
import { checkInvariants } from '../support/invariants.ts'
import { sandboxKey, type Shopping, startShopping } from '../support/servers.ts'
import { startPaymentSide, torturePage } from '../torture/page.ts'

const asking = { number: '4000002760003184', expiry: '1234', code: '123' }
const good = { number: '4242424242424242', expiry: '1234', code: '123' }
const notDone = /no pudo confirmar este pago.*No se cobró nada/

let browser: Browser
let shopping: Shopping
let context: BrowserContext
let page: Page

beforeAll(async () => {
  ;[browser, shopping] = await Promise.all([openBrowser(), startShopping()])
}, 60_000)
afterAll(async () => {
  await browser.close()
  await shopping.stop()
})

/** What the element tells its page, in order. */
let events: string[]
/** A page with the element on it; the shop's own page holds it, or ours. */
async function openSession(sessionId: string, on: Page = page): Promise<void> {
  shopping.pages.set(
    `/${sessionId}`,
    `<!doctype html><html lang="es-CR"><title>Tienda</title><main><h1>Tienda</h1>
    <fourgeeks-checkout session-id="${sessionId}"></fourgeeks-checkout></main>
    <script src="${shopping.payments.url}/fourgeeks-checkout.js"></script>`,
    {
      'Content-Security-Policy': `default-src 'none'; script-src ${shopping.payments.url}; frame-src ${shopping.payments.url}; connect-src ${shopping.payments.url}; trusted-types lit-html; require-trusted-types-for 'script'`,
    },
  )
  await on.goto(`${shopping.pages.url}/${sessionId}`)
}

async function openPage(of: BrowserContext = context): Promise<Page> {
  const made = await of.newPage()
  made.setDefaultTimeout(10_000)
  await made.exposeFunction('heard', (name: string) => events.push(name))
  await made.addInitScript(() => {
    const { heard } = globalThis as unknown as { heard(name: string): void }
    for (const name of ['submitted', 'declined', 'paid', 'expired', 'failed']) {
      document.addEventListener(`checkout-${name}`, (event) => {
        event.preventDefault()
        heard(`${name}${'code' in event ? ` ${String(event.code)}` : ''}`)
      })
    }
  })
  return made
}

beforeEach(async () => {
  events = []
  context = await browser.newContext({ ...desktop, locale: 'es-CR' })
  page = await openPage()
})
afterEach(async () => {
  await context.close()
  const { db, close } = openSqlite(join(shopping.folder, 'checkout.db'))
  await checkInvariants(db)
  await close()
})

/** How the intent of a session stands, and each card that was tried. */
async function ledger(sessionId: string): Promise<string[]> {
  const { DatabaseSync } = await import('node:sqlite')
  const db = new DatabaseSync(join(shopping.folder, 'checkout.db'), { readOnly: true })
  const all = (sql: string) => db.prepare(sql).all(sessionId) as { status: string }[]
  const rows = [
    ...all('select status from intents where session_id = ?'),
    ...all('select a.status from attempts a join intents i on i.id = a.intent_id where i.session_id = ? order by a.id'),
  ]
  db.close()
  return rows.map(({ status }) => status)
}

const ask = (path: string, body: object) =>
  fetch(shopping.payments.url + path, {
    method: 'POST',
    headers: { 'X-Api-Key': sandboxKey, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
const heading = (words: string, on: Page = page) =>
  on.locator('fourgeeks-checkout').getByRole('heading', { name: words }).waitFor()
const paid = (on?: Page) => heading('Pago recibido', on)
const press = (bank: Frame, what: keyof (typeof bankWords)['es']) =>
  bank.getByRole('button', { name: bankWords.es[what], exact: true }).click()
const told = (frame: Frame, words: RegExp) => frame.getByRole('alert').filter({ hasText: words }).waitFor()

/** A session whose buyer has been asked by their bank. */
async function begin(card = asking): Promise<{ id: string; frame: Frame; bank: Frame }> {
  const { session_id: id } = await makeSession(shopping)
  await openSession(id)
  const frame = await cardFrame(page)
  await typeCard(frame, 'es', card)
  await pay(frame, 'es')
  return { id, frame, bank: await bankOf(frame) }
}

it('asks nothing of a card that needs no challenge', async () => {
  const { session_id: id } = await makeSession(shopping)
  await openSession(id)
  const frame = await cardFrame(page)
  await typeCard(frame, 'es', { ...good, number: '4000000032200000' })
  await pay(frame, 'es')
  await paid()
  expect(await ledger(id)).toEqual(['succeeded', 'succeeded'])
  expect(events).toEqual(['submitted', 'paid'])
})

it('is passed inside a strict page, with the focus in the bank’s window and a clean audit', async () => {
  const { id, frame, bank } = await begin()
  expect(await frame.evaluate(() => document.activeElement?.tagName)).toBe('IFRAME')
  await page.getByRole('status').filter({ hasText: 'Su banco le pide confirmar' }).waitFor({ state: 'attached' })
  expect(await audit(page)).toEqual([])
  expect(await bank.getByText('Tostadora Barú').count()).toBe(1)
  expect(await bank.getByText('•••• 3184').count()).toBe(1)
  await page.keyboard.press('Tab')
  expect(await bank.evaluate(() => document.activeElement?.textContent)).toBe(bankWords.es.passed)
  await page.keyboard.press('Enter')
  await paid()
  expect(await ledger(id)).toEqual(['succeeded', 'succeeded'])
  expect((await readSession(shopping, id)).payment_status).toBe('paid')
  expect(events).toEqual(['submitted', 'paid'])
})

describe.each([
  ['failed', async (bank: Frame) => press(bank, 'failed')],
  ['canceled', async (bank: Frame) => press(bank, 'canceled')],
  ['turned back from, by the key', async () => page.keyboard.press('Escape')],
  [
    'turned back from, by the button',
    async (_: Frame, frame: Frame) => frame.getByRole('button', { name: 'Usar otra tarjeta' }).click(),
  ],
  [
    'timed out',
    async () => {
      expect((await ask('/v1/test-clock/advance', { seconds: 600 })).status).toBe(200)
    },
  ],
] as const)('a challenge that is %s', (name, end) => {
  beforeEach(async () => {
    if (name === 'timed out') await ask('/v1/test-clock', {})
  })
  afterEach(async () => {
    if (name === 'timed out') expect((await ask('/v1/test-clock/reset', {})).status).toBe(200)
  })

  it('is told in place, and another card pays', async () => {
    const { id, frame, bank } = await begin()
    await end(bank, frame)
    await told(frame, notDone)
    expect(await ledger(id)).toEqual(['requires_payment_method', 'failed'])
    expect(await frame.evaluate(() => document.activeElement?.getAttribute('autocomplete'))).toBe('cc-csc')
    expect(events).toEqual(['submitted', 'declined payment_intent_authentication_failure'])
    await typeCard(frame, 'es', good)
    await pay(frame, 'es')
    await paid()
    expect(await ledger(id)).toEqual(['succeeded', 'failed', 'succeeded'])
  })
})

it('that is passed and then declined is told with the bank’s reason', async () => {
  const { id, frame, bank } = await begin({ ...asking, number: '4000008260003178' })
  await press(bank, 'passed')
  await told(frame, /fondos/)
  expect(await ledger(id)).toEqual(['requires_payment_method', 'failed'])
})

it('goes on in a new tab when its own was closed', async () => {
  const { id } = await begin()
  await page.close()
  page = await openPage()
  await openSession(id)
  const frame = await (await page.locator('fourgeeks-checkout iframe').elementHandle())!.contentFrame()
  await press(await bankOf(frame!), 'passed')
  await paid()
  expect(await ledger(id)).toEqual(['succeeded', 'succeeded'])
})

it('is there again after a reload in the middle, and can be given up for another card', async () => {
  const { id } = await begin()
  await page.reload()
  const again = (await (await page.locator('fourgeeks-checkout iframe').elementHandle())!.contentFrame())!
  await bankOf(again)
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BODY')
  expect(await ledger(id)).toEqual(['requires_action', 'requires_action'])
  await again.getByRole('button', { name: 'Usar otra tarjeta' }).click()
  await told(again, notDone)
  await typeCard(again, 'es', good)
  await pay(again, 'es')
  await paid()
  expect(await ledger(id)).toEqual(['succeeded', 'failed', 'succeeded'])
})

it('is found paid when it was passed elsewhere: as a page of its own, in another tab', async () => {
  const { id, bank } = await begin()
  const tab = await context.newPage()
  await tab.goto(bank.url())
  expect(await audit(tab)).toEqual([])
  await tab.getByRole('button', { name: bankWords.es.passed }).click()
  await tab.getByRole('heading', { name: 'Confirmado' }).waitFor()
  await paid()
  expect(await ledger(id)).toEqual(['succeeded', 'succeeded'])
  await tab.getByRole('link', { name: 'Volver al pago' }).click()
  await heading('Esto ya está pagado', tab)
})

it('gives way to another tab’s card, and both end paid', async () => {
  const { id, frame } = await begin()
  const tab = await openPage()
  const session = await tab.goto(`${shopping.payments.url}/checkout/${id}`)
  expect(session?.status()).toBe(200)
  const second = (await (await tab.locator('fourgeeks-checkout iframe').elementHandle())!.contentFrame())!
  // It shows the same question; giving it up ends it in both.
  await bankOf(second)
  await second.getByRole('button', { name: 'Usar otra tarjeta' }).click()
  await told(second, notDone)
  await told(frame, notDone)
  await typeCard(second, 'es', asking)
  await pay(second, 'es')
  await press(await bankOf(second), 'passed')
  await paid(tab)
  await typeCard(frame, 'es', good)
  await pay(frame, 'es')
  await paid()
  expect(await ledger(id)).toEqual(['succeeded', 'failed', 'succeeded'])
})

describe('with the network lost at the return', () => {
  it.each(['before', 'after'])('%s the bank heard the answer: it checks, and ends paid', async (when) => {
    const { id, bank, frame } = await begin()
    let lost = 0
    const away = () => context.setOffline(true)
    await context.route('**/3ds/**', async (route) => {
      if (route.request().method() !== 'POST' || lost++ > 0) return route.continue()
      if (when === 'after') await route.fetch({ maxRedirects: 0 })
      await away()
      await route.abort('connectionreset')
    })
    await press(bank, 'passed')
    await heading('Estamos verificando su pago')
    expect(await page.getByText('No hay conexión. Seguimos apenas vuelva.').first().isVisible()).toBe(true)
    expect(events).toEqual(['submitted'])
    await context.setOffline(false)
    if (when === 'before') await press(await bankOf(frame), 'passed')
    await paid()
    expect(await ledger(id)).toEqual(['succeeded', 'succeeded'])
    expect(events).toEqual(['submitted', 'paid'])
  })
})

it('finds out after a reload what became of a click whose answer was lost', async () => {
  const { session_id: id } = await makeSession(shopping)
  await openSession(id)
  const frame = await cardFrame(page)
  let gone = false
  await page.route('**/confirm', async (route) => {
    await route.fetch()
    gone = true
    // Never answered.
  })
  await typeCard(frame, 'es', { ...good, number: '4000000000009995' })
  await pay(frame, 'es')
  await expect.poll(() => gone).toBe(true)
  await page.reload()
  await heading('Estamos verificando su pago')
  await page.unroute('**/confirm')
  const again = await cardFrame(page)
  await told(again, /fondos/)
  expect(events).toEqual(['submitted', 'declined card_declined'])
  await typeCard(again, 'es', good)
  await pay(again, 'es')
  await paid()
  expect(await ledger(id)).toEqual(['succeeded', 'failed', 'succeeded'])
})

it('12 purchases that are disturbed in every way end in one payment each, and on a screen that says so', async () => {
  const seed = randomInt(2 ** 31)
  const report = await torturePage({
    count: 12,
    seed,
    browser,
    apiKey: sandboxKey,
    async start(publicUrl) {
      const side = await startPaymentSide({ PUBLIC_URL: publicUrl })
      return {
        ...side,
        async stop() {
          const { db, close } = openSqlite(side.file)
          await checkInvariants(db)
          await close()
          await side.stop()
        },
      }
    },
  })
  console.log(`torture: seed ${seed}, ${report.seconds.toFixed(1)} s`)
  expect(report.played).toBe(12)
}, 180_000)
