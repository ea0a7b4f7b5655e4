/** Payments made on the payment side's own pages, in a real browser: payment links, hosted checkouts, subscriptions. */
import { mkdirSync } from 'node:fs'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createClient } from '../../server/merchant/client.ts'
import { audit, cardFrame, desktop, openBrowser, pay, phone, typeCard } from '../support/buyer.ts'
import { sandboxKey, type Shopping, startShopping } from '../support/servers.ts'

let shopping: Shopping
let browser: Browser
let context: BrowserContext
let page: Page
let shop: ReturnType<typeof createClient>
const folder = 'test/output/screens'

beforeAll(async () => {
  mkdirSync(folder, { recursive: true })
  ;[shopping, browser] = await Promise.all([startShopping(), openBrowser()])
  shop = createClient({ api: shopping.payments.url, apiKey: sandboxKey })
})
afterAll(async () => {
  await browser?.close()
  await shopping?.stop()
})
beforeEach(async () => {
  context = await browser.newContext({ ...phone, locale: 'es-CR' })
  page = await context.newPage()
})
afterEach(() => context.close())

async function payWithCard(): Promise<void> {
  const frame = await cardFrame(page)
  await typeCard(frame, 'es', { number: '4242424242424242', expiry: '1234', code: '123' })
  await pay(frame, 'es')
}

describe('a payment link', () => {
  it('opens a session of its own and is paid, and says so at the end', async () => {
    const link = await shop.links.create({ amount: 1_250_000, currency: 'CRC', description: 'Taller de barismo' })
    await page.goto(link.url)
    await page.screenshot({ path: `${folder}/link-es-phone.png` })
    expect(await page.textContent('.amount')).toContain('₡12')
    expect(await audit(page)).toEqual([])
    await page.getByRole('button', { name: 'Continuar al pago' }).click()
    await page.waitForURL(/\/checkout\/cs_test_/)
    await payWithCard()
    await page.waitForURL(/\/checkout\/done\?.*status=succeeded/)
    await page.getByText('Pago recibido').waitFor()
    await page.screenshot({ path: `${folder}/link-done-es-phone.png` })
    expect(await audit(page)).toEqual([])
    const [payment] = (await shop.payments.list({ limit: 1 })).items
    expect(payment).toMatchObject({ status: 'succeeded', amount: '12500.00', description: 'Taller de barismo' })
    expect(new URL(page.url()).searchParams.get('id_payment')).toBe(payment?.id)
  })

  it('is only looked at by a visit: nothing is opened before the button', async () => {
    const link = await shop.links.create({ amount: 500, currency: 'USD' })
    const before = await fetch(link.url)
    expect([before.status, before.headers.get('content-security-policy')]).toEqual([
      200,
      expect.stringContaining("default-src 'none'"),
    ])
    const foreign = await fetch(link.url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'Sec-Fetch-Site': 'cross-site' },
    })
    expect([foreign.status, foreign.headers.get('location')]).toEqual([303, `/link/${link.id}`])
    const own = await fetch(link.url, { method: 'POST', redirect: 'manual' })
    expect([own.status, own.headers.get('location')]).toEqual([303, expect.stringMatching(/^\/checkout\/cs_test_/)])
  })

  it('that is closed, or never was, says so in words', async () => {
    const link = await shop.links.create({ amount: 500, currency: 'USD' })
    await shop.links.deactivate(link.id)
    const closed = await page.goto(link.url)
    expect(closed?.status()).toBe(410)
    await page.getByText('Este enlace de pago está cerrado').waitFor()
    await page.screenshot({ path: `${folder}/link-closed-es-phone.png` })
    expect(await page.getByRole('button').count()).toBe(0)
    expect(await audit(page)).toEqual([])
    const posted = await fetch(link.url, { method: 'POST', redirect: 'manual' })
    expect(posted.headers.get('location')).toBe(`/link/${link.id}`)
    const unknown = await page.goto(`${shopping.payments.url}/link/plink_unknown`)
    expect(unknown?.status()).toBe(404)
    await page.getByText('No existe ese enlace de pago').waitFor()
  })

  it('looks right in the dark, wide and in English, and with long words on a narrow screen', async () => {
    const link = await shop.links.create({
      amount: 30_000_000_000,
      currency: 'CRC',
      description: 'Inscripción a la Especialización en Caficultura\n' + 'Otorrinolaringológicamente'.repeat(4),
    })
    const dark = await browser.newContext({ ...desktop, locale: 'en-US', colorScheme: 'dark' })
    const wide = await dark.newPage()
    await wide.goto(link.url)
    await wide.screenshot({ path: `${folder}/link-en-dark.png` })
    expect(await audit(wide)).toEqual([])
    await dark.close()
    await page.setViewportSize({ width: 320, height: 640 })
    await page.goto(link.url)
    await page.screenshot({ path: `${folder}/link-es-320.png` })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
  })
})

describe('a hosted checkout', () => {
  it('is paid on the page that its redirect names, and goes back to the shop with the payment', async () => {
    const hosted = await shop.payments.create({
      amount: '24.50',
      currency: 'USD',
      return_url: `${shopping.shop.url}/?from=hosted`,
      items: ['Café de altura'],
    })
    expect((await shop.payments.get(hosted.id)).status).toBe('pending')
    await page.goto(hosted.data.redirect)
    await payWithCard()
    await page.waitForURL(/id_payment=/)
    const query = new URL(page.url()).searchParams
    expect([query.get('id_payment'), query.get('status'), query.get('from')]).toEqual([
      hosted.id,
      'succeeded',
      'hosted',
    ])
    expect((await shop.payments.get(hosted.id)).status).toBe('succeeded')
    const polled = await fetch(`${shopping.payments.url}/v1/payments/public/${hosted.id}`)
    expect(await polled.json()).toEqual({ id: hosted.id, status: 'succeeded' })
  })
})

describe('a subscription made by a shop', () => {
  it('starts when its customer pays at its checkout_url', async () => {
    const customer = await shop.customers.create({ email: 'ana@example.com' })
    const product = await shop.products.create({ name: 'Café del mes' })
    const plan = await shop.plans.create({
      product_id: product.id,
      amount: 990_000,
      currency: 'CRC',
      interval: 'month',
    })
    const subscription = await shop.subscriptions.create({ customer_id: customer.id, plan_id: plan.id })
    await page.goto(subscription.checkout_url!)
    const frame = await cardFrame(page)
    await frame.getByText('cobrar ₡9\u00a0900 al mes a esta tarjeta hasta que cancele').waitFor()
    await page.screenshot({ path: `${folder}/subscription-es-phone.png` })
    expect(await audit(page)).toEqual([])
    await payWithCard()
    await page.waitForURL(/\/checkout\/done\?/)
    const started = await shop.subscriptions.get(subscription.id)
    expect(started).toMatchObject({ status: 'active', checkout_url: null })
    const [payment] = (await shop.payments.list({ limit: 1 })).items
    expect(payment).toMatchObject({
      status: 'succeeded',
      customer_id: customer.id,
      subscription_id: subscription.id,
      amount: '9900.00',
    })
  })
})
