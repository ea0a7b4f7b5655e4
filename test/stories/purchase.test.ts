/** Whole purchases: a real browser, a real shop, a real payment side, a real database. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  audit,
  cardFrame,
  desktop,
  expireSession,
  fillBasket,
  type Language,
  makeSession,
  openBrowser,
  pay,
  phone,
  readSession,
  typeCard,
  words,
} from '../support/buyer.ts'
import { type Shopping, startShopping } from '../support/servers.ts'

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

const good = { number: '4242424242424242', expiry: '1234', code: '123' }
const live = (name: string) => page.getByRole('status').filter({ hasText: new RegExp(name) })

async function openPage(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  context = await browser.newContext({ ...desktop, locale: 'es-CR', ...options })
  page = await context.newPage()
  page.setDefaultTimeout(10_000)
}
beforeEach(() => openPage())
afterEach(() => context.close())

/** A page of a listed origin with nothing on it but the element. */
async function barePage(sessionId: string, headers: Record<string, string> = {}, more = ''): Promise<void> {
  shopping.pages.set(
    '/',
    `<!doctype html><html lang="es-CR"><title>Tienda</title>${more}<main><h1>Tienda</h1>
    <fourgeeks-checkout session-id="${sessionId}"><a href="${shopping.payments.url}/checkout/${sessionId}">Pagar en la página segura</a></fourgeeks-checkout></main>
    <script src="${shopping.payments.url}/fourgeeks-checkout.js"></script>`,
    headers,
  )
  await page.goto(`${shopping.pages.url}/`)
}

describe.each([
  ['es', desktop, '₡'],
  ['en', phone, '₡'],
] as const)('a purchase in %s', (language: Language, size, sign) => {
  beforeEach(async () => {
    await context.close()
    await openPage({ ...size, locale: language === 'es' ? 'es-CR' : 'en-US' })
  })

  it('is paid with a good card, and the shop hears it from the payment side', async () => {
    await fillBasket(page, shopping, language)
    const frame = await cardFrame(page)
    expect(await audit(page)).toEqual([])
    await typeCard(frame, language, good)
    await expect(frame.getByRole('button', { name: words[language].pay }).textContent()).resolves.toContain(sign)
    await pay(frame, language)
    await page.waitForURL(/\/orders\/[\w-]+\?.*id_payment=pay_\w+/)
    const address = new URL(page.url())
    expect(address.searchParams.get('status')).toBe('succeeded')
    await page
      .getByText(language === 'es' ? 'Confirmado por el servidor de pagos' : 'Confirmed by the payment server')
      .waitFor()
    expect((await readSession(shopping, address.searchParams.get('session_id')!)).status).toBe('complete')
    expect(await audit(page)).toEqual([])
  })

  it('reads why a card was declined, keeps all but the security code, and pays with another in place', async () => {
    await fillBasket(page, shopping, language)
    const frame = await cardFrame(page)
    await typeCard(frame, language, { ...good, number: '4000000000000002' })
    await pay(frame, language)
    const reason = language === 'es' ? /No se cobró nada/ : /[Nn]othing was charged|not charged/
    await frame.getByRole('alert').filter({ hasText: reason }).waitFor()
    const { number, expiry, code } = words[language]
    expect(await frame.getByLabel(number).inputValue()).toBe('4000 0000 0000 0002')
    expect(await frame.getByLabel(expiry).inputValue()).toBe('12 / 34')
    expect(await frame.getByLabel(code).inputValue()).toBe('')
    expect(await audit(page)).toEqual([])
    await typeCard(frame, language, { number: good.number, code: good.code })
    await pay(frame, language)
    await page.waitForURL(/id_payment=pay_/)
  })
})

it.each(['light', 'dark'] as const)('every page of the shop is clean for an audit, in %s', async (colorScheme) => {
  await context.close()
  await openPage({ colorScheme })
  await page.goto(`${shopping.shop.url}/?lang=es`)
  await page.getByRole('button', { name: words.es.add }).first().waitFor()
  expect(await audit(page)).toEqual([])
  await page.getByRole('button', { name: words.es.add }).first().click()
  await page.getByRole('button', { name: /^Canasta/ }).click()
  await page.getByRole('dialog').waitFor()
  await page.waitForTimeout(400)
  expect(await audit(page)).toEqual([])
  await page.goto(`${shopping.shop.url}/nowhere`)
  await page.getByRole('heading').first().waitFor()
  expect(await audit(page)).toEqual([])
})

it('takes dollars, and writes them with their code', async () => {
  const session = await makeSession(shopping, { amount: '24.50', currency: 'USD' })
  await barePage(session.session_id)
  const frame = await cardFrame(page)
  await frame.getByRole('button', { name: /^Pagar USD\s24,50$/ }).waitFor()
})

it('asks nothing of the page: the shop page sends no amount and gets no key', async () => {
  const sent: string[] = []
  page.on('request', (request) => sent.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`))
  const received: Promise<string>[] = []
  page.on('response', (response) => void received.push(response.text().catch(() => '')))
  await fillBasket(page, shopping, 'es')
  await cardFrame(page)
  const order = sent.find((line) => line.includes('/api/checkout/session'))!
  expect(order).not.toMatch(/amount|price|total/)
  for (const text of await Promise.all(received)) expect(text).not.toContain('sk_test_')
})

describe('a session that cannot be paid', () => {
  it('says that it is already paid, and leads back to the shop', async () => {
    const session = await makeSession(shopping)
    await page.goto(session.checkout_url)
    const frame = await cardFrame(page)
    await typeCard(frame, 'es', good)
    await page.route(`${shopping.shop.url}/**`, (route) => route.fulfill({ body: 'la tienda' }))
    await pay(frame, 'es')
    await page.waitForURL(/id_payment=/)
    await page.goto(session.checkout_url)
    await page.getByRole('heading', { name: 'Esto ya está pagado' }).waitFor()
    expect(await audit(page)).toEqual([])
    await page.getByRole('link', { name: 'Volver a Tostadora Barú' }).click()
    await page.waitForURL(`${shopping.shop.url}/**`)
  })

  it('says that it has expired, and leads back to the shop', async () => {
    const session = await makeSession(shopping)
    await expireSession(shopping, session.session_id)
    await barePage(session.session_id)
    await page.getByRole('heading', { name: /venci|expir|caduc/i }).waitFor()
    expect(await page.getByRole('link').first().getAttribute('href')).toContain(shopping.shop.url)
    expect(await audit(page)).toEqual([])
  })

  it('says that it expired while the buyer was typing', async () => {
    const session = await makeSession(shopping)
    await barePage(session.session_id)
    const frame = await cardFrame(page)
    await typeCard(frame, 'es', good)
    await expireSession(shopping, session.session_id)
    await pay(frame, 'es')
    await page.getByRole('heading', { name: /venci|expir|caduc/i }).waitFor()
  })

  it('says that it is unknown, with a way on', async () => {
    await barePage('cs_test_unknown')
    await page.getByRole('heading').nth(1).waitFor()
    expect(await page.locator('fourgeeks-checkout').getByRole('heading').textContent()).toBeTruthy()
    expect(await audit(page)).toEqual([])
    const hosted = await page.goto(`${shopping.payments.url}/checkout/cs_test_unknown`)
    expect(hosted?.status()).toBe(404)
    await page.locator('fourgeeks-checkout').getByRole('heading').waitFor()
    expect(await audit(page)).toEqual([])
  })

  it('says that the server is away, and goes on when it is back', async () => {
    const session = await makeSession(shopping)
    await page.route(`${shopping.payments.url}/{v1,healthz}**/**`, (route) => route.abort())
    await page.route(`${shopping.payments.url}/healthz`, (route) => route.abort())
    await barePage(session.session_id)
    const retry = page.getByRole('button', { name: /[Rr]eintentar|nuevo/ })
    await retry.waitFor({ timeout: 30_000 })
    expect(await audit(page)).toEqual([])
    await page.unroute(`${shopping.payments.url}/{v1,healthz}**/**`)
    await page.unroute(`${shopping.payments.url}/healthz`)
    await retry.click()
    await cardFrame(page)
  }, 60_000)
})

describe('the hosted page', () => {
  it('pays without any shop page, on a phone', async () => {
    await context.close()
    await openPage(phone)
    const session = await makeSession(shopping)
    await page.goto(session.checkout_url)
    const frame = await cardFrame(page)
    expect(await audit(page)).toEqual([])
    await typeCard(frame, 'es', good)
    await pay(frame, 'es')
    await page.waitForURL(/id_payment=pay_/)
    expect((await readSession(shopping, session.session_id)).status).toBe('complete')
  })

  it('is where the link in the tag leads when scripts are blocked', async () => {
    const session = await makeSession(shopping)
    await page.route('**/fourgeeks-checkout.js', (route) => route.abort())
    await barePage(session.session_id)
    await page.getByRole('link', { name: 'Pagar en la página segura' }).click()
    await page.waitForURL(session.checkout_url)
    await cardFrame(page)
  })
})

describe('exactly once in a browser', () => {
  const attempts = async (sessionId: string) => {
    const { DatabaseSync } = await import('node:sqlite')
    const db = new DatabaseSync(join(shopping.folder, 'checkout.db'), { readOnly: true })
    const rows = db
      .prepare('select a.status from attempts a join intents i on i.id = a.intent_id where i.session_id = ?')
      .all(sessionId)
    db.close()
    return rows.map((row) => row['status'])
  }

  it('a double click is one attempt', async () => {
    const session = await makeSession(shopping)
    await barePage(session.session_id)
    const frame = await cardFrame(page)
    await typeCard(frame, 'es', good)
    await frame.getByRole('button', { name: words.es.pay }).dblclick()
    await page.waitForURL(/id_payment=pay_/)
    expect(await attempts(session.session_id)).toEqual(['succeeded'])
  })

  it('a second tab finds the first one’s payment, and pays nothing', async () => {
    const session = await makeSession(shopping)
    await barePage(session.session_id)
    const first = await cardFrame(page)
    const tab = await context.newPage()
    await tab.goto(session.checkout_url)
    const second = await cardFrame(tab)
    await typeCard(first, 'es', good)
    await typeCard(second, 'es', { ...good, number: '5555555555554444' })
    await pay(first, 'es')
    await page.waitForURL(/id_payment=pay_/)
    await pay(second, 'es')
    await tab.waitForURL(/id_payment=pay_/)
    expect(await attempts(session.session_id)).toEqual(['succeeded'])
  })

  it('a lost reply is found out, and charges nothing twice', async () => {
    const session = await makeSession(shopping)
    await barePage(session.session_id)
    const frame = await cardFrame(page)
    const keys: (string | undefined)[] = []
    let lost = 0
    await page.route('**/confirm', async (route) => {
      keys.push(route.request().headers()['idempotency-key'])
      if (lost++ > 0) return route.continue()
      await route.fetch()
      await route.abort('connectionreset')
    })
    await typeCard(frame, 'es', good)
    await pay(frame, 'es')
    await page.waitForURL(/id_payment=pay_/)
    expect(await attempts(session.session_id)).toEqual(['succeeded'])
    expect(new Set(keys).size).toBe(1)
    expect(keys[0]).toBeTruthy()
  })

  it('a click after a decline is a new attempt with a new key', async () => {
    const session = await makeSession(shopping)
    await barePage(session.session_id)
    const frame = await cardFrame(page)
    const keys: (string | undefined)[] = []
    page.on('request', (request) => {
      if (request.url().endsWith('/confirm')) keys.push(request.headers()['idempotency-key'])
    })
    await typeCard(frame, 'es', { ...good, number: '4000000000009995' })
    await pay(frame, 'es')
    await frame
      .getByRole('alert')
      .filter({ hasText: /fondos/ })
      .waitFor()
    await typeCard(frame, 'es', good)
    await pay(frame, 'es')
    await page.waitForURL(/id_payment=pay_/)
    expect(await attempts(session.session_id)).toEqual(['failed', 'succeeded'])
    expect(new Set(keys).size).toBe(2)
  })
})

it('is bought with the keyboard alone', async () => {
  await page.goto(`${shopping.shop.url}/?lang=es`)
  const focused = () =>
    page.evaluate(() => {
      let element = document.activeElement
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
      return (element?.textContent ?? '').trim()
    })
  const tabTo = async (name: RegExp, most = 60) => {
    for (let n = 0; n < most; n++) {
      await page.keyboard.press('Tab')
      if (name.test(await focused())) return
    }
    throw new Error(`Tab never reached ${name}`)
  }
  await tabTo(/Agregar/)
  await page.keyboard.press('Enter')
  await tabTo(/^Canasta/)
  await page.keyboard.press('Enter')
  await tabTo(/^Ir a pagar/)
  await page.keyboard.press('Enter')
  await page.waitForURL('**/checkout')
  const frame = await cardFrame(page)
  const inFrame = () => frame.evaluate(() => document.activeElement?.getAttribute('autocomplete') ?? '')
  for (let n = 0; n < 40 && (await inFrame()) !== 'cc-number'; n++) await page.keyboard.press('Tab')
  expect(await inFrame()).toBe('cc-number')
  await page.keyboard.type(good.number)
  for (const [name, text] of [
    ['cc-exp', good.expiry],
    ['cc-csc', good.code],
  ] as const) {
    if ((await inFrame()) !== name) await page.keyboard.press('Tab')
    expect(await inFrame()).toBe(name)
    await page.keyboard.type(text)
  }
  await page.keyboard.press('Enter')
  await page.waitForURL(/id_payment=pay_/)
})

it('announces in a live region that exists before it speaks', async () => {
  const session = await makeSession(shopping)
  await page.route(`${shopping.payments.url}/v1/**`, async (route) => {
    await new Promise((done) => setTimeout(done, 400))
    await route.continue()
  })
  await barePage(session.session_id)
  const region = page.locator('fourgeeks-checkout').getByRole('status')
  await region.waitFor({ state: 'attached' })
  const handle = await region.elementHandle()
  const frame = await cardFrame(page)
  await typeCard(frame, 'es', good)
  await pay(frame, 'es')
  await live('[Pp]ag').waitFor({ state: 'attached' })
  expect(await handle!.evaluate((element) => element.isConnected)).toBe(true)
})

describe('a hostile shop page', () => {
  it('reads no digit: shadow roots, events, fetch, messages, prototypes', async () => {
    const session = await makeSession(shopping)
    await page.addInitScript(() => {
      if (window !== window.top) return
      const seen: string[] = []
      const spy = window as unknown as { seen: string[] }
      spy.seen = seen
      const note = (what: unknown) => {
        try {
          seen.push(typeof what === 'string' ? what : (JSON.stringify(what) ?? String(what)))
        } catch {
          seen.push(String(what))
        }
      }
      const wrap = (owner: object, name: string) => {
        const before = Reflect.get(owner, name) as (...values: unknown[]) => unknown
        Reflect.set(owner, name, function (this: unknown, ...values: unknown[]) {
          values.forEach(note)
          return Reflect.apply(before, this, values)
        })
      }
      wrap(window, 'fetch')
      wrap(MessagePort.prototype, 'postMessage')
      wrap(window, 'postMessage')
      wrap(XMLHttpRequest.prototype, 'send')
      wrap(Element.prototype, 'attachShadow')
      wrap(EventTarget.prototype, 'dispatchEvent')
      wrap(JSON, 'parse')
      wrap(Storage.prototype, 'setItem')
      for (const name of ['value', 'textContent', 'innerHTML']) {
        for (const type of [HTMLInputElement, Node, Element]) {
          const property = Object.getOwnPropertyDescriptor(type.prototype, name)
          if (!property?.set) continue
          const set = property.set
          Object.defineProperty(type.prototype, name, {
            ...property,
            set(value: unknown) {
              note(value)
              set.call(this, value)
            },
          })
        }
      }
      const listen = EventTarget.prototype.addEventListener
      for (const type of [
        'keydown',
        'keyup',
        'keypress',
        'input',
        'beforeinput',
        'change',
        'paste',
        'message',
        'submit',
        'focusin',
      ]) {
        listen.call(
          window,
          type,
          (event: Event) => {
            note(`${event.type} ${(event as KeyboardEvent).key ?? ''} ${String((event as MessageEvent).data ?? '')}`)
          },
          true,
        )
      }
      const ports = MessagePort.prototype.addEventListener
      MessagePort.prototype.addEventListener = function (this: MessagePort, ...values: Parameters<typeof ports>) {
        listen.call(this, 'message', (event: Event) => note((event as MessageEvent).data))
        return ports.apply(this, values)
      }
    })
    await barePage(session.session_id)
    const frame = await cardFrame(page)
    await page.evaluate(() => {
      const walk = (root: ParentNode, note: (text: string) => void) => {
        for (const element of root.querySelectorAll('*')) {
          if (element.shadowRoot) walk(element.shadowRoot, note)
          if (element instanceof HTMLIFrameElement) {
            try {
              note(element.contentDocument?.documentElement.outerHTML ?? 'closed')
            } catch (error) {
              note(String(error))
            }
          }
          note(element.outerHTML)
        }
      }
      const { seen } = window as unknown as { seen: string[] }
      setInterval(() => walk(document, (text) => seen.push(text)), 50)
    })
    await page.evaluate(() => {
      for (const name of ['paid', 'ready', 'change', 'declined', 'submitted', 'failed', 'expired']) {
        document.addEventListener(`checkout-${name}`, (event) => {
          event.preventDefault()
          const { seen } = window as unknown as { seen: string[] }
          for (const key in event) {
            const value: unknown = event[key as keyof Event]
            seen.push(`${key} ${typeof value === 'string' || typeof value === 'number' ? value : typeof value}`)
          }
        })
      }
    })
    await typeCard(frame, 'es', { number: '4000056655665556', expiry: '1139', code: '987' })
    await pay(frame, 'es')
    await page.getByRole('heading', { name: /pag/i }).last().waitFor()
    await page.waitForTimeout(300)
    const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen)
    expect(seen.length).toBeGreaterThan(50)
    const all = seen.join('\n')
    for (const digits of ['4000056655665556', '4000 0566', '56655665', '566 5556', '11 / 39', '1139']) {
      expect(all).not.toContain(digits)
    }
    // The security code of three digits could stand anywhere by chance, so its place is looked at: a key, a value.
    expect(all).not.toMatch(/"(?:cvc|code)":"?987|keydown 9|input 9/)
    expect((await readSession(shopping, session.session_id)).status).toBe('complete')
  })

  it('is refused the frame when its origin is not on the account’s list', async () => {
    const session = await makeSession(shopping)
    shopping.pages.set('/frame', `<iframe src="${shopping.payments.url}/frame/${session.session_id}"></iframe>`)
    const errors: string[] = []
    page.on('console', (message) => errors.push(message.text()))
    await page.goto(`${shopping.pages.foreignUrl}/frame`)
    await page.waitForTimeout(500)
    expect(errors.join()).toMatch(/frame-ancestors/)
  })

  it('gets no form from the card document opened by itself', async () => {
    const session = await makeSession(shopping)
    await page.goto(`${shopping.payments.url}/frame/${session.session_id}`)
    await page.waitForTimeout(300)
    expect(await page.locator('input').count()).toBe(0)
  })
})

it('leaves no card digit anywhere: database, logs, storage, after all of the above', async () => {
  const unlisted = '4929420573595709'
  const session = await makeSession(shopping)
  await barePage(session.session_id)
  const frame = await cardFrame(page)
  await typeCard(frame, 'es', { number: unlisted, expiry: '12/34', code: '842' })
  await pay(frame, 'es')
  await frame.getByRole('alert').filter({ hasText: /\S/ }).waitFor()
  const stored = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]))

  const files = readdirSync(shopping.folder).map((name) => readFileSync(join(shopping.folder, name), 'latin1'))
  expect(files.length).toBeGreaterThan(0)
  const haystack = [...files, shopping.printed(), stored].join('\n')
  expect(haystack.length).toBeGreaterThan(10_000)
  expect(shopping.printed()).toContain('/v1/payments/intent/:id/confirm')
  for (const number of [unlisted, '4242424242424242', '4000000000000002', '4000056655665556', '5555555555554444']) {
    const spaced = number.replace(/(\d{4})(?=\d)/g, '$1 ')
    for (const form of [
      number,
      spaced,
      spaced.replaceAll(' ', '-'),
      btoa(number).replaceAll('=', ''),
      Buffer.from(number).toString('hex'),
    ]) {
      expect(haystack.includes(form), `${form.slice(0, 6)}…`).toBe(false)
    }
  }
  expect(haystack).not.toMatch(/_secret_[0-9A-Za-z]{20}/)
  expect(haystack).not.toContain('sk_test_sandbox')
})

it('pays on a page with a strict policy and Trusted Types', async () => {
  const session = await makeSession(shopping)
  const { url } = shopping.payments
  const refused: string[] = []
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/i.test(message.text())) refused.push(message.text())
  })
  await barePage(session.session_id, {
    'Content-Security-Policy': `default-src 'none'; script-src ${url}; frame-src ${url}; connect-src ${url}; trusted-types lit-html; require-trusted-types-for 'script'`,
  })
  const frame = await cardFrame(page)
  await typeCard(frame, 'es', good)
  await pay(frame, 'es')
  await page.waitForURL(/id_payment=pay_/)
  expect(refused).toEqual([])
})

describe('the card frame', () => {
  const fit = (frame: Awaited<ReturnType<typeof cardFrame>>) =>
    frame.evaluate(() => document.documentElement.scrollHeight - innerHeight)

  it.each([1280, 390, 320])('is as high as what is in it, at %i pixels', async (width) => {
    await page.setViewportSize({ width, height: 900 })
    const session = await makeSession(shopping)
    await barePage(session.session_id)
    const frame = await cardFrame(page)
    await expect.poll(() => fit(frame)).toBe(0)
    expect(await frame.getByRole('heading').boundingBox()).toMatchObject({ height: 1 })
    await typeCard(frame, 'es', { ...good, number: '4000000000000002' })
    await pay(frame, 'es')
    await frame.getByRole('alert').filter({ hasText: /\S/ }).waitFor()
    await expect.poll(() => fit(frame)).toBe(0)
  })

  it('is there in forced colours', async () => {
    await context.close()
    await openPage({ forcedColors: 'active' })
    const session = await makeSession(shopping)
    await page.goto(session.checkout_url)
    await typeCard(await cardFrame(page), 'es', good)
  })

  it.each(['banana', ' ', 'oklch(60% 0.2 30)', 'transparent'])('is there with the accent "%s"', async (accent) => {
    const session = await makeSession(shopping)
    await barePage(session.session_id, {}, `<style>fourgeeks-checkout { --fourgeeks-accent: ${accent}; }</style>`)
    await typeCard(await cardFrame(page), 'es', good)
  })

  it('lets the month be typed over in place', async () => {
    const session = await makeSession(shopping)
    await barePage(session.session_id)
    const frame = await cardFrame(page)
    const expiry = frame.getByLabel(words.es.expiry)
    await expiry.pressSequentially('1234')
    await expiry.evaluate((input: HTMLInputElement) => input.setSelectionRange(0, 2))
    await page.keyboard.type('05')
    expect(await expiry.inputValue()).toBe('05 / 34')
  })

  it('lets a keyboard erase that does not say what it does', async () => {
    const session = await makeSession(shopping)
    await barePage(session.session_id)
    const frame = await cardFrame(page)
    const expiry = frame.getByLabel(words.es.expiry)
    await expiry.pressSequentially('12')
    expect(await expiry.inputValue()).toBe('12 / ')
    await expiry.evaluate((input: HTMLInputElement) => {
      input.value = input.value.slice(0, -1)
      input.dispatchEvent(new Event('input'))
    })
    expect(await expiry.inputValue()).toBe('1')
  })
})

it('goes on to the shop although the language changes on the paid screen', async () => {
  const session = await makeSession(shopping)
  await barePage(session.session_id)
  const frame = await cardFrame(page)
  await typeCard(frame, 'es', good)
  await page.evaluate(() =>
    document.addEventListener('checkout-paid', () => {
      setTimeout(() => document.querySelector('fourgeeks-checkout')!.setAttribute('locale', 'en'), 300)
    }),
  )
  await pay(frame, 'es')
  await page.waitForURL(/id_payment=pay_/)
})

it('fits a screen of 320 pixels without sideways scrolling', async () => {
  await context.close()
  await openPage({ viewport: { width: 320, height: 700 } })
  await fillBasket(page, shopping, 'es')
  const frame = await cardFrame(page)
  const overflow = (target: Page | typeof frame) =>
    target.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect([await overflow(page), await overflow(frame)]).toEqual([0, 0])
})
