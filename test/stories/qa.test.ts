/** The QA page in a real browser, over real servers: what a tester does with it, and that nobody else can. */
import type { Browser, BrowserContext, Frame, FrameLocator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shownCards } from '../../demo/qa/cards.ts'
import { mayTest } from '../../demo/qa/guard.ts'
import { cardName } from '../../demo/qa/page/card-names.ts'
import { beginning, readState, writeState } from '../../demo/qa/page/state.ts'
import { framedPolicy, reportingPolicy } from '../../demo/qa/policy.ts'
import { audit, openBrowser } from '../support/buyer.ts'
import { sandboxKey, type Shopping, startShopping } from '../support/servers.ts'

let shopping: Shopping
let browser: Browser
let context: BrowserContext
let page: Page
const shown = (): FrameLocator => page.frameLocator('.canvas iframe')
const form = (): FrameLocator => shown().frameLocator('fourgeeks-checkout iframe')
const log = () => page.getByRole('log')
const open = (id: string) => page.locator(`#${id}:not([open]) > summary`).click()
const state = () => new URLSearchParams(new URL(page.url()).hash.slice(1))

beforeAll(async () => {
  ;[shopping, browser] = await Promise.all([startShopping(), openBrowser()])
  context = await browser.newContext({
    locale: 'es-CR',
    viewport: { width: 1400, height: 1000 },
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  page = await context.newPage()
  page.setDefaultTimeout(10_000)
})
afterAll(async () => {
  await browser?.close()
  await shopping?.stop()
})

describe('the QA page', () => {
  it('takes a payment with one click on a card, and both sides tell of it', async () => {
    await page.goto(`${shopping.shop.url}/`)
    await page.getByRole('link', { name: 'Mesa de pruebas' }).click()
    await form().locator('form').waitFor()
    await page.getByLabel('Monto').fill('7350.00')
    await page.getByRole('button', { name: 'Crear sesión' }).click()
    await form()
      .getByRole('button', { name: /₡7 350/ })
      .waitFor()
    await page.getByLabel('Buscar tarjeta').fill('9995')
    await page.getByRole('button', { name: /Fondos insuficientes/ }).click()
    await expect.poll(() => form().getByLabel('Número de tarjeta').inputValue()).toBe('4000 0000 0000 9995')
    await form().getByRole('button', { name: /Pagar/ }).click()
    await form().getByText('no tiene fondos suficientes').waitFor()
    await page.getByLabel('Buscar tarjeta').fill('')
    await page.getByRole('button', { name: /^Visa •• 4242/ }).click()
    await expect.poll(() => form().getByLabel('Número de tarjeta').inputValue()).toBe('4242 4242 4242 4242')
    await form().getByRole('button', { name: /Pagar/ }).click()
    await shown().getByRole('heading', { name: 'Pago recibido' }).waitFor()
    await log().locator('.server').filter({ hasText: 'session.completed' }).waitFor()
    const told = (side: string) => log().locator(`.${side} summary code`).allTextContents()
    expect(await told('element')).toEqual(
      expect.arrayContaining(['checkout-ready', 'checkout-submitted', 'checkout-declined', 'checkout-paid']),
    )
    expect(await told('server')).toEqual(expect.arrayContaining(['payment.failed', 'payment.succeeded']))
    // One view, in the order of time.
    const times = await log().locator('time').allTextContents()
    expect(times).toEqual(times.toSorted())
    const paid = log().locator('.element').filter({ hasText: 'checkout-paid' })
    await paid.locator('summary').click()
    expect(await paid.locator('pre').textContent()).toMatch(/"payment": "pay_\w+"/)
    expect(await audit(page)).toEqual([])
  })

  it('shows another language, scheme, direction and colour at once, and what a shop would write for them', async () => {
    await page.getByRole('button', { name: 'Crear sesión' }).click()
    await form().locator('form').waitFor()
    await open('looks')
    await page.getByLabel('Idioma del elemento').selectOption('pt-BR')
    await page.getByText('oscuro', { exact: true }).click()
    await page.getByText('derecha a izquierda', { exact: true }).click()
    await page.getByLabel('accent').fill('#0a7d33')
    await page.getByLabel('Textos propios').fill('{"card":{"pay":"Doar {amount}"}}')
    await form()
      .getByRole('button', { name: /Doar ₡ 7\.350/ })
      .waitFor()
    const host = shown().locator('fourgeeks-checkout')
    const look = await host.evaluate((element) => {
      const of = getComputedStyle(element)
      return [element.ownerDocument.dir, of.colorScheme, of.getPropertyValue('--fourgeeks-accent')]
    })
    expect(look).toEqual(['rtl', 'dark', '#0a7d33'])
    const written = await page.locator('.snippets').textContent()
    for (const line of [
      'locale="pt-BR"',
      'color-scheme="dark"',
      '--fourgeeks-accent: #0a7d33;',
      '"pay": "Doar {amount}"',
      `amount: '7350.00'`,
    ])
      expect(written).toContain(line)
    expect(written).not.toContain(sandboxKey)
  })

  it('serves the page with the policy that was typed: the recommended one breaks nothing, another lists what it broke', async () => {
    await open('policy')
    const served = async () => {
      const handle = await page.locator('.canvas iframe').elementHandle()
      const frame = (await handle!.contentFrame()) as Frame
      return frame.evaluate(() => fetch(location.href).then((answer) => answer.headers.get('content-security-policy')))
    }
    expect(await served()).toContain(
      `require-trusted-types-for 'script'; trusted-types lit-html; frame-ancestors 'self'`,
    )
    await page.locator('#policy').getByText('Ninguna.').waitFor()
    await page.getByLabel('Content-Security-Policy').fill(`script-src 'self'; connect-src *`)
    await page.locator('.violations li').filter({ hasText: 'script-src' }).waitFor()
    expect(await page.locator('.violations').textContent()).toContain(`${shopping.payments.url}/fourgeeks-checkout.js`)
    // The link that is left pays all the same.
    await shown()
      .getByRole('link', { name: /página de pago seguro/ })
      .waitFor()
    await page.getByRole('button', { name: 'Volver a la recomendada' }).click()
    await form().locator('form').waitFor()
    await page.locator('#policy').getByText('Ninguna.').waitFor()
  })

  it('has a link that brings all of it back, elsewhere', async () => {
    await page.getByRole('button', { name: '320', exact: true }).click()
    await page.getByLabel('Descripción').fill('Pedido 7')
    await page.getByRole('button', { name: 'Copiar enlace' }).click()
    const link = await page.evaluate(() => navigator.clipboard.readText())
    expect(link).not.toMatch(/sk_|cs_test|\d{13}/)
    expect(Object.fromEntries(state())).toEqual({
      amount: '7350.00',
      card: 'visa',
      locale: 'pt-BR',
      scheme: 'dark',
      dir: 'rtl',
      accent: '#0a7d33',
      texts: '{"card":{"pay":"Doar {amount}"}}',
      width: '320',
      description: 'Pedido 7',
    })
    const other = await context.newPage()
    await other.goto(link)
    const there = other.frameLocator('.canvas iframe')
    await there
      .frameLocator('fourgeeks-checkout iframe')
      .getByRole('button', { name: /Doar ₡ 7\.350/ })
      .waitFor()
    expect(await other.locator('.canvas iframe').evaluate((frame) => frame.getBoundingClientRect().width)).toBe(320)
    await expect
      .poll(() => there.frameLocator('fourgeeks-checkout iframe').getByLabel('Número do cartão').inputValue())
      .toBe('4242 4242 4242 4242')
    await other.close()
  })

  it('moves the clock of the test data', async () => {
    await open('clock')
    await page.getByRole('button', { name: 'Detener' }).click()
    await page.locator('#clock .note').getByText('Detenido').waitFor()
    const before = await page.locator('.clock b').textContent()
    await page.getByRole('button', { name: '+ 1 mes' }).click()
    await expect.poll(() => page.locator('.clock b').textContent()).not.toBe(before)
    await page.getByRole('button', { name: 'Volver al real' }).click()
    await page.locator('#clock .note').getByText('Reloj real').waitFor()
  })

  it('is read in English, on a phone, in the dark, with every part open', async () => {
    const phone = await browser.newContext({ viewport: { width: 320, height: 800 }, colorScheme: 'dark' })
    const small = await phone.newPage()
    await small.goto(`${shopping.shop.url}/qa?lang=en#mode=subscription&trial=14&email=ana@example.com&scheme=light`)
    await small.frameLocator('.canvas iframe').frameLocator('fourgeeks-checkout iframe').locator('form').waitFor()
    await small.evaluate(() => document.querySelectorAll('.part').forEach((part) => part.setAttribute('open', '')))
    expect(await small.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
    expect(await audit(small)).toEqual([])
    await phone.close()
  })

  it('is no business of another site, nor of a name that is not this machine’s', async () => {
    const session = (headers: Record<string, string>) =>
      fetch(`${shopping.shop.url}/qa/api/session`, { method: 'POST', headers, body: '{}' }).then(({ status }) => status)
    const json = { 'content-type': 'application/json' }
    expect(await session(json)).toBe(422)
    expect(await session({ ...json, 'sec-fetch-site': 'cross-site' })).toBe(403)
    expect(await session({ ...json, origin: 'https://elsewhere.example' })).toBe(403)
    expect(await session({ 'content-type': 'text/plain' })).toBe(415)
  })
})

describe('mayTest()', () => {
  const here = { apiKey: 'sk_test_x', shopUrl: 'http://localhost:1', api: 'http://localhost:2', host: '127.0.0.1' }
  it('says yes on one’s own machine, and no for a live key, another host, or a listener for all the world', () => {
    expect(mayTest(here)).toBe(true)
    for (const change of [
      { apiKey: 'sk_live_x' },
      { shopUrl: 'https://shop.example' },
      { api: 'https://pay.example' },
      { host: '0.0.0.0' },
      { host: '' },
    ])
      expect(mayTest({ ...here, ...change }), JSON.stringify(change)).toBe(false)
  })
})

describe('what the QA page stands on', () => {
  it('names every card of the table, in both languages', () => {
    expect(shownCards.length).toBeGreaterThan(140)
    for (const card of shownCards) {
      const names = [cardName(card, 'es'), cardName(card, 'en')]
      expect(names.filter((name) => name === card.name || !name)).toEqual([])
    }
    expect(JSON.stringify(shownCards)).not.toMatch(/\d{12}/)
  })

  it('puts no secret and no card number into an address, and believes none that says more than it may', () => {
    const from = beginning({ shop: 'http://localhost:4243', policy: '' })
    const written = writeState(
      { ...from, description: '4242 4242 4242 4242', email: 'sk_test_secret', amount: '1.00' },
      from,
    )
    expect(written).toBe('amount=1.00')
    expect(readState('mode=theft&currency=EUR&evil=1&amount=2.00', from)).toEqual({ ...from, amount: '2.00' })
  })

  it('changes one directive of a policy where the page is framed, and reports the rest as it is', () => {
    const policy = `default-src 'self'; FRAME-ANCESTORS 'none'; report-uri /mine`
    expect(framedPolicy(policy)).toBe(`default-src 'self'; report-uri /mine; frame-ancestors 'self'`)
    expect(reportingPolicy(policy, '/r')).toBe(`default-src 'self'; report-uri /r`)
  })
})
