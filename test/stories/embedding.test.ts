/** The element in every kind of page: strict ones, frameworks' ones, pages where no script runs. Whole purchases in a real browser. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
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
  words,
} from '../support/buyer.ts'
import { type Shopping, startShopping } from '../support/servers.ts'

let browser: Browser
let shopping: Shopping
let context: BrowserContext
let page: Page

beforeAll(async () => {
  if (!existsSync('dist/frameworks/react/index.html')) throw new Error('Run `npm run frameworks` first')
  ;[browser, shopping] = await Promise.all([openBrowser(), startShopping()])
}, 60_000)
afterAll(async () => {
  await browser.close()
  await shopping.stop()
})
async function openPage(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  context = await browser.newContext({ ...desktop, locale: 'es-CR', ...options })
  page = await context.newPage()
  page.setDefaultTimeout(10_000)
}
beforeEach(() => openPage())
afterEach(() => context.close())

const good = { number: '4242424242424242', expiry: '1234', code: '123' }
const api = () => shopping.payments.url
const linkWords = 'Pagar en la página segura'
const tag = (id: string, attributes = '') =>
  `<fourgeeks-checkout session-id="${id}" ${attributes}><a href="${api()}/checkout/${id}">${linkWords}</a></fourgeeks-checkout>`
const classic = () => `<script src="${api()}/fourgeeks-checkout.js" defer></script>`

/** A page of the shop: what is in its head and its body, and the headers that it is sent with. */
function setPage(head: string, body: string, headers: Record<string, string> = {}): void {
  const html = `<!doctype html><html lang="es-CR"><head><title>Tienda</title>${head}</head><body><main><h1>Tienda</h1>${body}</main></body></html>`
  shopping.pages.set('/', html, headers)
}

/** The card frames of a page, in closed shadow roots as well, where no selector reaches. */
async function cardFrames(count = 1): Promise<Frame[]> {
  const found = () => page.frames().filter((frame) => frame.url().includes('/frame/cs_test_'))
  await expect.poll(() => found().length, { timeout: 10_000 }).toBe(count)
  await Promise.all(found().map((frame) => frame.locator('form').waitFor()))
  return found()
}

async function buy(frame: Frame): Promise<void> {
  await typeCard(frame, 'es', good)
  await pay(frame, 'es')
}

/** Stays on the page, and writes down what each element told. */
const stay = () =>
  page.addInitScript(() => {
    const told: string[] = []
    Object.assign(window, { told })
    const names = ['ready', 'change', 'submitted', 'paid', 'declined', 'expired', 'failed']
    for (const name of names) {
      document.addEventListener(`checkout-${name}`, (event) => {
        event.preventDefault()
        told.push(name)
      })
    }
  })
const told = () => page.evaluate(() => (window as unknown as { told: string[] }).told)

describe('the pages of demo/frameworks, built with the packed package', () => {
  it.each(['html', 'module', 'react', 'svelte', 'angular'])('%s: takes a payment', async (name) => {
    await page.goto(`${shopping.shop.url}/frameworks/${name}/`)
    const [frame] = await cardFrames()
    expect(await audit(page)).toEqual([])
    await buy(frame!)
    await page.getByText(/^Pagado: pay_\w+$/).waitFor()
    expect(await audit(page)).toEqual([])
    // Nothing was left behind by what a framework mounts twice.
    expect(page.frames().filter((one) => one.url().includes('/frame/')).length).toBe(0)
  })

  it('vue: pays with the shop’s own button, which knows when the card is complete', async () => {
    await page.goto(`${shopping.shop.url}/frameworks/vue/`)
    const [frame] = await cardFrames()
    const own = page.getByRole('button', { name: 'Confirmar el pedido' })
    expect(await frame!.getByRole('button', { name: words.es.pay }).count()).toBe(0)
    // Where no script of the shop reaches, the frame says what is paid and to whom.
    await expect(frame!.getByText(/^Pagar ₡\s?7[\s\u00a0.]500/).isVisible()).resolves.toBe(true)
    await expect(frame!.getByText('Tostadora Barú').first().isVisible()).resolves.toBe(true)
    expect(await own.isDisabled()).toBe(true)
    await typeCard(frame!, 'es', { ...good, number: '4000000000000002' })
    await own.click()
    await frame!
      .getByRole('alert')
      .filter({ hasText: /No se cobró nada/ })
      .waitFor()
    await typeCard(frame!, 'es', good)
    expect(await audit(page)).toEqual([])
    await own.click()
    await page.getByText(/^Pagado: pay_\w+$/).waitFor()
  })

  it('are listed on a page of their own', async () => {
    await page.goto(`${shopping.shop.url}/frameworks/`)
    expect(await page.getByRole('listitem').count()).toBe(6)
    expect(await audit(page)).toEqual([])
    await page.getByRole('link', { name: 'Svelte' }).click()
    await cardFrames()
  })
})

describe('a strict page', () => {
  /** What the command prints for the page of these tests. */
  async function printed(...more: string[]): Promise<{ policy: string; script: string }> {
    const args = ['tools/csp.ts', shopping.pages.url, '--api', api(), ...more]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    const policy = /^Content-Security-Policy: (.+)$/m.exec(stdout)![1]!
    const script = /^<script .+$/m.exec(stdout)![0]
    return { policy, script }
  }
  const refusals = () => {
    const refused: string[] = []
    page.on('console', (message) => {
      if (/Content Security Policy|Trusted|integrity/i.test(message.text())) refused.push(message.text())
    })
    return refused
  }

  it('takes a payment under the policy and with the script tag that npm run csp prints', async () => {
    const { policy, script } = await printed()
    expect(policy).not.toMatch(/unsafe|\*|data:|blob:/)
    expect(policy).toContain(`require-trusted-types-for 'script'`)
    expect(script).toMatch(/src="[^"]+\/element\/0\.\d+\.\d+-[0-9a-f]{10}\/fourgeeks-checkout\.js" integrity="sha384-/)
    const refused = refusals()
    const { session_id } = await makeSession(shopping)
    setPage(script, tag(session_id), { 'Content-Security-Policy': policy })
    await page.goto(shopping.pages.url)
    await buy(await cardFrame(page))
    await page.waitForURL(/id_payment=pay_/)
    expect(refused).toEqual([])
  })

  it('takes a payment that the bank asks about: its page opens in the card frame, under the same policy', async () => {
    const { policy, script } = await printed()
    const refused = refusals()
    const { session_id } = await makeSession(shopping)
    setPage(script, tag(session_id), { 'Content-Security-Policy': policy })
    await page.goto(shopping.pages.url)
    const frame = await cardFrame(page)
    await typeCard(frame, 'es', { ...good, number: '4000002760003184' })
    await pay(frame, 'es')
    const bank = await bankOf(frame)
    expect(new URL(bank.url()).origin).toBe(api())
    expect((await readSession(shopping, session_id)).payment_status).toBe('unpaid')
    await bank.getByRole('button', { name: bankWords.es.passed }).click()
    await page.waitForURL(/id_payment=pay_/)
    expect((await readSession(shopping, session_id)).payment_status).toBe('paid')
    expect(refused).toEqual([])
  })

  it('refuses a script that is not the one of the hash, and its link pays', async () => {
    const { policy, script } = await printed()
    const refused = refusals()
    const { session_id, checkout_url } = await makeSession(shopping)
    setPage(script.replace(/sha384-.{8}/, 'sha384-AAAAAAAA'), tag(session_id), { 'Content-Security-Policy': policy })
    await page.goto(shopping.pages.url)
    await page.getByRole('link', { name: linkWords }).click()
    await page.waitForURL(checkout_url)
    expect(refused.join()).toMatch(/integrity/)
    await buy(await cardFrame(page))
    await page.waitForURL(/id_payment=pay_/)
  })

  it('loads nothing from anywhere but itself and the payment side', async () => {
    const asked: string[] = []
    context.on('request', (request) => asked.push(request.url()))
    const { session_id } = await makeSession(shopping)
    setPage(classic(), tag(session_id))
    await page.goto(shopping.pages.url)
    await buy(await cardFrame(page))
    await page.waitForURL(/id_payment=pay_/)
    const upTo = asked.slice(
      0,
      asked.findIndex((url) => url.includes('id_payment=')),
    )
    const paths = (origin: string) => upTo.filter((url) => new URL(url).origin === origin)
    // The page itself and, by the browser's own wish, its icon; all else is the payment side's.
    expect(paths(shopping.pages.url).filter((url) => !url.endsWith('/favicon.ico'))).toEqual([`${shopping.pages.url}/`])
    expect(upTo.filter((url) => ![shopping.pages.url, api()].includes(new URL(url).origin))).toEqual([])
    const own = paths(api()).map((url) =>
      new URL(url).pathname.replace(/(cs_test|pi)_\w+/, '$1').replace(/-[0-9a-f]{16}/, ''),
    )
    for (const needed of [
      '/fourgeeks-checkout.js',
      '/v1/payments/session/cs_test',
      '/v1/payments/intent',
      '/frame/cs_test',
      '/assets/frame.js',
      '/v1/payments/intent/pi/confirm',
    ])
      expect(own).toContain(needed)
  })

  it('may pin the module as well, and gets the very bytes of the manifest for ever', async () => {
    const manifest = (await (await fetch(`${api()}/element/manifest.json`)).json()) as {
      build: string
      files: Record<string, { path: string; integrity: string; bytes: number }>
    }
    const names = Object.keys(manifest.files)
    expect(names).toEqual(
      expect.arrayContaining(['fourgeeks-checkout.js', 'fourgeeks-checkout.mjs', 'fourgeeks-test-drawer.mjs']),
    )
    const { createHash } = await import('node:crypto')
    for (const { path, integrity, bytes } of Object.values(manifest.files)) {
      const answer = await fetch(api() + path)
      const body = new Uint8Array(await answer.arrayBuffer())
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
      expect(answer.headers.get('content-type')).toMatch(/^text\/javascript/)
      expect(body.length).toBe(bytes)
      expect(`sha384-${createHash('sha384').update(body).digest('base64')}`).toBe(integrity)
    }
    const short = await fetch(`${api()}/element/manifest.json`)
    expect(short.headers.get('cache-control')).toBe('public, max-age=300')
    for (const path of [
      '0.0.1-0000000000/fourgeeks-checkout.js',
      `${manifest.build}/none.js`,
      '..%2fwidget/fourgeeks-checkout.js',
    ])
      expect((await fetch(`${api()}/element/${path}`)).status).toBe(404)

    const file = manifest.files['fourgeeks-checkout.mjs']!
    const { session_id } = await makeSession(shopping)
    setPage(
      `<script type="module" src="${api()}${file.path}" integrity="${file.integrity}" crossorigin></script>`,
      tag(session_id),
    )
    await page.goto(shopping.pages.url)
    await cardFrame(page)
  })

  it('gets no policy for what is no shop, but a line that says what is wrong', async () => {
    const cases: [args: string[], line: RegExp][] = [
      [['tienda'], /must be an https address/],
      [['https://shop.example/pay'], /nothing after it/],
      [['http://shop.example'], /must be an https address/],
      [[], /name the shop/],
      [['https://shop.example', '--api', 'https://shop.example'], /two origins/],
      [['https://shop.example', '--fast'], /Usage/],
    ]
    for (const [args, line] of cases) {
      const run = promisify(execFile)(process.execPath, ['tools/csp.ts', ...args])
      await expect(run, args.join(' ')).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(line) as string,
      })
    }
  })
})

describe('where the element cannot run, its link pays', () => {
  async function payByLink(): Promise<void> {
    await page.getByRole('link', { name: linkWords }).click()
    await page.waitForURL(/\/checkout\/cs_test_/)
  }

  it.each([
    ['the script is blocked', () => page.route('**/fourgeeks-checkout.js', (route) => route.abort()), classic],
    ['the script is not there', () => Promise.resolve(), () => `<script src="${api()}/nothing.js" defer></script>`],
    [
      'the module fails',
      () =>
        page.route('**/*.mjs', (route) =>
          route.fulfill({ body: 'import "./none.mjs"', contentType: 'text/javascript' }),
        ),
      () => `<script type="module" src="${api()}/fourgeeks-checkout.mjs"></script>`,
    ],
    [
      'an in-app browser has no custom elements',
      () => page.addInitScript(() => Reflect.deleteProperty(window, 'customElements')),
      classic,
    ],
    [
      'an old browser has no adopted style sheets and no private fields',
      () =>
        page.route('**/fourgeeks-checkout.js', (route) =>
          route.fulfill({ body: 'class A { @#x }', contentType: 'text/javascript' }),
        ),
      classic,
    ],
  ])('when %s', async (_, arrange, script) => {
    await arrange()
    const { session_id } = await makeSession(shopping)
    setPage(script(), tag(session_id))
    await page.goto(shopping.pages.url)
    await payByLink()
    await page.unrouteAll()
  })

  it.each([
    ['a browser of 2023', () => Reflect.deleteProperty(AbortSignal, 'any')],
    ['a browser that does not know the colours of the sheet', () => void (CSS.supports = () => false)],
  ])('when it is %s, where the payment page says what it needs', async (_, lack) => {
    await page.addInitScript(lack)
    const { session_id } = await makeSession(shopping)
    setPage(classic(), tag(session_id))
    await page.goto(shopping.pages.url)
    await payByLink()
    await page.getByText(/navegador.*actualizad/i).waitFor()
    expect(await audit(page)).toEqual([])
  })

  it('when the page broke what every script stands on', async () => {
    await page.addInitScript(
      () => void (window.crypto.getRandomValues = () => Reflect.get(null as unknown as object, 'x') as never),
    )
    const { session_id } = await makeSession(shopping)
    setPage(classic(), tag(session_id))
    await page.goto(shopping.pages.url)
    await payByLink()
  })

  it('when scripts are off: the payment page then says what it needs', async () => {
    await context.close()
    await openPage({ javaScriptEnabled: false })
    const { session_id } = await makeSession(shopping)
    setPage(classic(), tag(session_id))
    await page.goto(shopping.pages.url)
    await payByLink()
    await page.getByText(/necesita JavaScript/).waitFor()
  })
})

describe('one page and many elements', () => {
  it('holds several, each with a session of its own, and one is paid while the other waits', async () => {
    await stay()
    const [a, b] = [await makeSession(shopping), await makeSession(shopping)]
    setPage(classic(), `<section>${tag(a.session_id)}</section><section>${tag(b.session_id)}</section>`)
    await page.goto(shopping.pages.url)
    const frames = await cardFrames(2)
    await buy(frames.find((frame) => frame.url().includes(b.session_id))!)
    await expect.poll(told).toContain('paid')
    expect((await readSession(shopping, b.session_id)).status).toBe('complete')
    expect((await readSession(shopping, a.session_id)).status).toBe('open')
    await buy((await cardFrames(1))[0]!)
    await expect.poll(async () => (await readSession(shopping, a.session_id)).status).toBe('complete')
  })

  it('pays in nested shadow roots, open and closed, and its events come through them', async () => {
    await stay()
    const { session_id } = await makeSession(shopping)
    setPage(classic(), '<div id="outer"></div>')
    await page.goto(shopping.pages.url)
    await page.evaluate((id) => {
      const checkout = document.createElement('fourgeeks-checkout')
      checkout.setAttribute('session-id', id)
      const inner = document.createElement('div')
      inner.attachShadow({ mode: 'closed' }).append(checkout)
      document.getElementById('outer')!.attachShadow({ mode: 'open' }).append(inner)
    }, session_id)
    const [frame] = await cardFrames()
    await buy(frame!)
    await expect.poll(told).toEqual(expect.arrayContaining(['ready', 'change', 'submitted', 'paid']))
  })

  it('is moved in the document, taken away and put back, and pays once', async () => {
    await stay()
    const { session_id } = await makeSession(shopping)
    setPage(classic(), `<section id="here">${tag(session_id)}</section><section id="there"></section>`)
    await page.goto(shopping.pages.url)
    await cardFrames()
    await page.evaluate(async () => {
      const checkout = document.querySelector('fourgeeks-checkout')!
      document.getElementById('there')!.append(checkout)
      await new Promise((done) => setTimeout(done, 50))
      checkout.remove()
      await new Promise((done) => setTimeout(done, 50))
      document.getElementById('here')!.append(checkout)
    })
    const [frame] = await cardFrames()
    await buy(frame!)
    await expect.poll(told).toContain('paid')
    expect((await told()).filter((name) => name === 'paid')).toHaveLength(1)
  })

  it('lives in a single-page application that shows one session after another', async () => {
    await stay()
    const [a, b] = [await makeSession(shopping), await makeSession(shopping)]
    setPage(classic(), tag(a.session_id))
    await page.goto(shopping.pages.url)
    await cardFrames()
    await page.evaluate((id) => {
      history.pushState({}, '', '/second')
      document.querySelector('fourgeeks-checkout')!.setAttribute('session-id', id)
    }, b.session_id)
    await expect.poll(() => page.frames().some((frame) => frame.url().includes(b.session_id))).toBe(true)
    const [frame] = await cardFrames()
    await buy(frame!)
    await expect.poll(told).toContain('paid')
    expect((await readSession(shopping, b.session_id)).status).toBe('complete')
    expect((await readSession(shopping, a.session_id)).status).toBe('open')
  })

  it('is the same element when its script is loaded twice, in both kinds', async () => {
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    const { session_id } = await makeSession(shopping)
    setPage(
      `${classic()}${classic()}<script type="module" src="${api()}/fourgeeks-checkout.mjs"></script>`,
      tag(session_id),
    )
    await page.goto(shopping.pages.url)
    await cardFrames()
    expect(errors).toEqual([])
  })
})

describe('the drawer of test cards', () => {
  const drawer = () => page.locator('fourgeeks-checkout summary')
  const asked = () => {
    const urls: string[] = []
    page.on('request', (request) => urls.push(request.url()))
    return () => urls.filter((url) => url.includes('drawer')).length
  }

  it('fills in a card with one click on this very machine, and the payment goes through', async () => {
    const { session_id } = await makeSession(shopping)
    setPage(classic(), tag(session_id))
    await page.goto(shopping.pages.url)
    const frame = await cardFrame(page)
    await drawer().click()
    expect(await audit(page)).toEqual([])
    await page.getByRole('button', { name: 'Fondos insuficientes' }).click()
    await expect.poll(() => frame.getByLabel(words.es.number).inputValue()).toBe('4000 0000 0000 9995')
    await pay(frame, 'es')
    await frame
      .getByRole('alert')
      .filter({ hasText: /fondos/ })
      .waitFor()
    await page.getByRole('button', { name: 'American Express' }).click()
    await expect.poll(() => frame.getByLabel(words.es.code).inputValue()).toBe('1234')
    await pay(frame, 'es')
    await page.waitForURL(/id_payment=pay_/)
  })

  it('is on the hosted page of this machine too', async () => {
    const { checkout_url } = await makeSession(shopping)
    await page.goto(checkout_url)
    await cardFrame(page)
    await drawer().click()
    await page.getByRole('button', { name: 'Visa', exact: true }).waitFor()
  })

  it.each([
    ['another host', '', 0],
    ['another host', 'test-drawer', 1],
    ['another host', 'test-drawer="off"', 0],
  ])('on %s with «%s» is downloaded %i times', async (_, attribute, times) => {
    const count = asked()
    const { session_id } = await makeSession(shopping)
    setPage(classic(), tag(session_id, attribute))
    await page.goto(shopping.pages.namedUrl)
    await cardFrame(page)
    if (times) await drawer().waitFor()
    await page.waitForTimeout(200)
    expect([count(), await drawer().count()]).toEqual([times, times])
  })

  it('gives no number for a card that is not in the table, nor without a session', async () => {
    const { session_id } = await makeSession(shopping)
    const ask = (path: string) => fetch(`${api()}/frame/${path}`)
    const visa = await ask(`${session_id}/test-cards/visa`)
    expect([visa.status, visa.headers.get('cache-control'), visa.headers.get('access-control-allow-origin')]).toEqual([
      200,
      'no-store',
      null,
    ])
    expect((await ask(`${session_id}/test-cards/gold`)).status).toBe(404)
    expect((await ask('cs_test_unknown/test-cards/visa')).status).toBe(404)
  })
})
