/** Whole subscriptions in a browser: begun on a shop's page or on a page of the payment side, with a trial, with another card. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createClient } from '../../server/merchant/client.ts'
import { audit, cardFrame, desktop, makeSession, openBrowser, pay, phone, typeCard } from '../support/buyer.ts'
import { sandboxKey, type Shopping, startShopping } from '../support/servers.ts'

let shopping: Shopping
let browser: Browser
let context: BrowserContext
let page: Page
let shop: ReturnType<typeof createClient>
let productId: string

beforeAll(async () => {
  ;[shopping, browser] = await Promise.all([startShopping(), openBrowser()])
  shop = createClient({ api: shopping.payments.url, apiKey: sandboxKey })
  productId = (await shop.products.create({ name: 'La bolsa del mes' })).id
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await shopping?.stop()
})
const openPage = async (options: object = phone) => {
  context = await browser.newContext({ ...options, locale: 'es-CR' })
  page = await context.newPage()
  page.setDefaultTimeout(10_000)
}
beforeEach(() => openPage())
afterEach(() => context.close())

const good = { number: '4242424242424242', expiry: '1234', code: '123' }
const element = () => page.locator('fourgeeks-checkout')
const heading = (name: string | RegExp) => element().getByRole('heading', { name }).waitFor()

const plan = (trial_period_days?: number) =>
  shop.plans.create({
    product_id: productId,
    amount: 990_000,
    currency: 'CRC',
    interval: 'month',
    ...(trial_period_days && { trial_period_days }),
  })
const planSession = async (trial?: number) =>
  makeSession(shopping, { mode: 'subscription', price_id: (await plan(trial)).id, amount: '9900.00' })

/** A shop's page with nothing on it but the element, which stays there when it is paid. */
async function ownPage(sessionId: string, language = 'es-CR'): Promise<void> {
  shopping.pages.set(
    '/',
    `<!doctype html><html lang="${language}"><title>Tienda</title><main><h1>Tienda</h1>
    <fourgeeks-checkout session-id="${sessionId}"></fourgeeks-checkout></main>
    <script src="${shopping.payments.url}/fourgeeks-checkout.js"></script>`,
  )
  await page.goto(`${shopping.pages.url}/`)
  await page.evaluate(() => document.addEventListener('checkout-paid', (event) => event.preventDefault()))
}

async function sayWho(email = 'ana@example.com'): Promise<void> {
  await element().getByLabel('Correo electrónico').fill(email)
  await element().getByRole('button', { name: 'Continuar' }).click()
}

const subscriptionOf = async (sessionId: string) =>
  shop.subscriptions.get((await shop.sessions.get(sessionId)).subscription!.id!)

/** The text of an element with its hard spaces made plain. */
const plain = async (selector: string) =>
  ((await element().locator(selector).textContent()) ?? '').replaceAll(/\s+/g, ' ').trim()

describe('a subscription on a shop’s page', () => {
  it('says what is agreed to, asks whose it is, and is active once the card has paid', async () => {
    const { session_id } = await planSession()
    await ownPage(session_id)
    await element().getByLabel('Correo electrónico').waitFor()
    expect(await plain('.amount')).toBe('₡9 900 al mes')
    expect(await plain('dl')).toMatch(/^Hoy ₡9 900 Se renueva \d+ \p{L}+ \d{4}$/u)
    expect(await audit(page)).toEqual([])
    await sayWho('ana')
    await element().getByText('Escriba su correo').waitFor()
    expect(await audit(page)).toEqual([])
    await sayWho()
    const frame = await cardFrame(page)
    await frame
      .getByText(/autoriza a Tostadora Barú a cobrar ₡9\s900 al mes a esta tarjeta hasta que cancele/)
      .waitFor()
    await frame.getByRole('button', { name: /^Suscribirse por ₡9\s900 al mes$/ }).waitFor()
    expect(await audit(page)).toEqual([])
    await typeCard(frame, 'es', good)
    await pay(frame, 'es')
    await heading('Su suscripción está activa')
    await element()
      .getByText(/^Se renueva el \d+ de \p{L}+ de \d{4}\.$/u)
      .waitFor()
    expect(await audit(page)).toEqual([])
    const subscription = await subscriptionOf(session_id)
    expect(subscription).toMatchObject({ status: 'active', checkout_url: null })
    expect((await shop.customers.get(subscription.customer_id)).email).toBe('ana@example.com')
    // Whoever comes back finds it as it is.
    await page.reload()
    await heading('Su suscripción está activa')
  })

  it('begins with a trial, and charges nothing today', async () => {
    const { session_id } = await planSession(14)
    await ownPage(session_id)
    await sayWho()
    expect(await plain('dl')).toMatch(/^Prueba gratis 14 días Primer cobro /)
    const frame = await cardFrame(page)
    await frame.getByText('Hoy no se cobra nada.').waitFor()
    await typeCard(frame, 'es', good)
    await frame.getByRole('button', { name: 'Empezar la prueba gratis' }).click()
    await heading('Su prueba gratis ya empezó')
    expect(await audit(page)).toEqual([])
    expect((await subscriptionOf(session_id)).status).toBe('trialing')
    expect((await shop.payments.list({ limit: 1 })).items[0]?.subscription_id).not.toBe(
      (await subscriptionOf(session_id)).id,
    )
  })

  it.each([
    ['at once', undefined],
    ['for a trial', 14],
  ])('takes another card after one that was declined, %s', async (_, trial) => {
    const { session_id } = await planSession(trial)
    await ownPage(session_id)
    await sayWho()
    const frame = await cardFrame(page)
    await typeCard(frame, 'es', { ...good, number: '4000000000000002' })
    await pay(frame, 'es')
    await frame.getByRole('alert').filter({ hasText: 'No se cobró nada' }).waitFor()
    expect((await subscriptionOf(session_id)).status).toBe('incomplete')
    await typeCard(frame, 'es', good)
    await pay(frame, 'es')
    await heading(trial ? /prueba gratis/ : /está activa/)
    expect((await subscriptionOf(session_id)).status).toBe(trial ? 'trialing' : 'active')
  })

  it('goes on after a reload in the middle: one subscription, and nobody is asked twice whose it is', async () => {
    const before = (await shop.subscriptions.list()).total_items
    const { session_id } = await planSession()
    await ownPage(session_id)
    await sayWho()
    await typeCard(await cardFrame(page), 'es', good)
    await page.reload()
    await page.evaluate(() => document.addEventListener('checkout-paid', (event) => event.preventDefault()))
    const frame = await cardFrame(page)
    expect(await element().getByLabel('Correo electrónico').count()).toBe(0)
    await typeCard(frame, 'es', good)
    await pay(frame, 'es')
    await heading('Su suscripción está activa')
    expect((await shop.subscriptions.list()).total_items).toBe(before + 1)
  })

  it('is begun with the keyboard alone: from the address into the card', async () => {
    const { session_id } = await planSession()
    await ownPage(session_id)
    const email = element().getByLabel('Correo electrónico')
    await email.focus()
    await page.keyboard.type('ana@example.com')
    await page.keyboard.press('Enter')
    const frame = await cardFrame(page)
    const inFrame = () => frame.evaluate(() => document.activeElement?.getAttribute('autocomplete') ?? '')
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.tagName))
      .toBe('IFRAME')
    for (let n = 0; n < 3 && (await inFrame()) !== 'cc-number'; n++) await page.keyboard.press('Tab')
    expect(await inFrame()).toBe('cc-number')
  })

  it('speaks English and Portuguese as well', async () => {
    const { session_id } = await planSession(14)
    for (const [language, amount, first] of [
      ['en', '₡9,900 a month', 'Free trial 14 days First charge'],
      ['pt-BR', '₡ 9.900 por mês', 'Teste grátis 14 dias Cobrança'],
    ] as const) {
      await ownPage(session_id, language)
      await element().locator('dl').waitFor()
      expect([await plain('.amount'), (await plain('dl')).startsWith(first)]).toEqual([amount, true])
      expect(await audit(page)).toEqual([])
    }
  })
})

describe('a subscription on a page of the payment side', () => {
  it('is begun there when a shop has made the session only', async () => {
    const session = await planSession()
    await page.goto(session.checkout_url)
    await sayWho()
    const frame = await cardFrame(page)
    await typeCard(frame, 'es', good)
    await pay(frame, 'es')
    await page.waitForURL(/status=succeeded/)
    expect((await subscriptionOf(session.session_id)).status).toBe('active')
  })

  it('begins a trial for a customer whom the shop subscribed without a card', async () => {
    const customer = await shop.customers.create({ email: 'luis@example.com' })
    const made = await shop.subscriptions.create({ customer_id: customer.id, plan_id: (await plan(30)).id })
    expect(made.status).toBe('incomplete')
    await page.goto(made.checkout_url!)
    const frame = await cardFrame(page)
    await typeCard(frame, 'es', good)
    await pay(frame, 'es')
    await page.waitForURL(/\/checkout\/done\?/)
    await page.getByText('Su prueba gratis ya empezó').waitFor()
    expect(await audit(page)).toEqual([])
    expect((await shop.subscriptions.get(made.id)).status).toBe('trialing')
  })

  it('takes another card, and pays with it what is owed', async () => {
    const customer = await shop.customers.create({ email: 'eva@example.com' })
    const made = await shop.subscriptions.create({ customer_id: customer.id, plan_id: (await plan()).id })
    const begin = async (number: string) => {
      const frame = await cardFrame(page)
      await typeCard(frame, 'es', { ...good, number })
      await pay(frame, 'es')
    }
    await page.goto(made.checkout_url!)
    await begin(good.number)
    await page.waitForURL(/\/checkout\/done\?/)
    const address = `${shopping.payments.url}/subscription/${made.id}`
    await page.goto(address)
    await page.getByText('Su suscripción está al día').waitFor()
    expect(await audit(page)).toEqual([])
    await page.getByRole('button', { name: 'Dar otra tarjeta' }).click()
    // It is saved, and refused when it is charged.
    await begin('4000000000000341')
    await page.waitForURL(/\/checkout\/done\?/)
    await page.getByText('Su tarjeta quedó guardada').waitFor()
    await shop.testClock.advance({ months: 1, days: 1 })
    const late = await shop.subscriptions.get(made.id)
    expect(late).toMatchObject({ status: 'past_due', checkout_url: address })
    await page.goto(late.checkout_url!)
    await page.getByText('Su último pago no se pudo cobrar').waitFor()
    expect(await audit(page)).toEqual([])
    await page.getByRole('button', { name: 'Pagar con otra tarjeta' }).click()
    await element().locator('dl').waitFor()
    expect(await plain('dl')).toMatch(/^Pago pendiente ₡9 900 Próximo cobro /)
    expect(await audit(page)).toEqual([])
    await begin('5555555555554444')
    await page.waitForURL(/\/checkout\/done\?/)
    await page.getByText('Su suscripción está activa').waitFor()
    expect(await shop.subscriptions.get(made.id)).toMatchObject({ status: 'active', checkout_url: null })
    expect((await shop.customers.get(customer.id)).card?.last4).toBe('4444')
    await shop.subscriptions.cancel(made.id)
    expect((await page.goto(address))?.status()).toBe(410)
    await page.getByText('Esta suscripción terminó').waitFor()
    expect(await audit(page)).toEqual([])
    await shop.testClock.reset()
  })

  it('opens nothing by a visit, nor for another site', async () => {
    const unknown = await fetch(`${shopping.payments.url}/subscription/sub_unknown`)
    expect(unknown.status).toBe(404)
    const posted = await fetch(`${shopping.payments.url}/subscription/sub_unknown`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'Sec-Fetch-Site': 'cross-site' },
    })
    expect([posted.status, posted.headers.get('location')]).toEqual([303, '/subscription/sub_unknown'])
  })

  it('fits a screen of 320 pixels, and a wide one in the dark', async () => {
    for (const options of [{ viewport: { width: 320, height: 700 } }, { ...desktop, colorScheme: 'dark' }]) {
      await context.close()
      await openPage(options)
      await ownPage((await planSession(14)).session_id)
      await element().locator('dl').waitFor()
      const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(await overflow()).toBeLessThanOrEqual(0)
      expect(await audit(page)).toEqual([])
      await sayWho()
      await cardFrame(page)
      expect(await overflow()).toBeLessThanOrEqual(0)
    }
  })
})

describe('the demo shop', () => {
  it('sells a subscription: three months, a card that fails, another one, and its end', async () => {
    await context.close()
    await openPage(desktop)
    await page.goto(`${shopping.shop.url}/?lang=es`)
    await page.getByRole('heading', { name: 'La bolsa del mes' }).waitFor()
    expect(await audit(page)).toEqual([])
    await page.getByRole('link', { name: 'Suscribirse' }).click()
    await sayWho('ana@ejemplo.com')
    const give = async (number: string) => {
      const frame = await cardFrame(page)
      await typeCard(frame, 'es', { ...good, number })
      await pay(frame, 'es')
      await page.waitForURL(/\/orders\/[\w-]+\?/)
      await page.getByText('Reloj de pruebas').waitFor()
    }
    const state = (words: string) => page.getByRole('heading', { name: words }).waitFor()
    const move = async (words: string) => {
      await page.getByRole('button', { name: words, exact: true }).click()
      await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
    }
    const paid = () => page.getByText('Pagado', { exact: true }).count()
    await give(good.number)
    await state('Su suscripción está activa')
    expect(await audit(page)).toEqual([])
    await move('Detener')
    for (let month = 0; month < 3; month++) await move('+ 1 mes')
    expect(await paid()).toBe(4)
    await page.getByRole('link', { name: 'Cambiar la tarjeta' }).click()
    await cardFrame(page)
    expect(await audit(page)).toEqual([])
    await give('4000000000000341')
    await move('+ 1 mes')
    await state('No pudimos cobrar su último pago')
    await page.getByText(/^Se intenta de nuevo el/).waitFor()
    expect(await audit(page)).toEqual([])
    await page.getByRole('link', { name: 'Pagar con otra tarjeta' }).click()
    await give('5555555555554444')
    await state('Su suscripción está activa')
    expect(await paid()).toBe(5)
    await page.getByRole('button', { name: 'Cancelar la suscripción' }).click()
    await state('Su suscripción va a terminar')
    await page.getByRole('button', { name: 'Seguir suscrito' }).click()
    await state('Su suscripción está activa')
    await page.getByRole('button', { name: 'Cancelar la suscripción' }).click()
    await state('Su suscripción va a terminar')
    await move('+ 1 mes')
    await state('La suscripción terminó')
    expect(await paid()).toBe(5)
    expect(await audit(page)).toEqual([])
    await move('Volver a la hora real')
    await page.getByText('Es la hora real').waitFor()
  })
})
