/** Photographs of the console: every view with two weeks of a shop's life in it, light and dark, narrow and wide. */
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import type { NewIntentView } from '../../server/contract/checkout.ts'
import { createClient } from '../../server/merchant/client.ts'
import { sandboxKey, startPayments } from '../support/servers.ts'

const looks = (['es', 'en'] as const).flatMap((language) =>
  (['light', 'dark'] as const).flatMap((colorScheme) =>
    [320, 400, 1280].map((width) => ({ language, colorScheme, width })),
  ),
)
const locales = { es: 'es-CR', en: 'en-US' }
const days = 14
const cards = ['4242424242424242', '4000000000000002', '4000000000009995', '5555555555554444', '378282246310005']
const orders = ['Pedido B-1042', 'Taller de barismo, sábado 28', 'Pedido B-1043', 'Café del mes', 'Pedido B-1044']

/** Of all looks only those whose name contains `wanted`, such as `es-dark-320`. */
export async function photographConsole(browser: Browser, folder: string, wanted = ''): Promise<void> {
  mkdirSync(folder, { recursive: true })
  let heard = 0
  const receiver = createServer((request, response) => {
    // One delivery in seven meets a handler that is having a bad day.
    request.resume().on('end', () => response.writeHead(++heard % 7 === 0 ? 500 : 200).end('ok'))
  })
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  const { port } = receiver.address() as AddressInfo
  const payments = await startPayments(
    { DATABASE_URL: 'sqlite::memory:', SANDBOX_NAME: 'Tostadora Barú' },
    'dist/server/main.mjs',
  )
  try {
    await live(payments.url, `http://localhost:${port}/webhooks`)
    for (const { language, colorScheme, width } of looks) {
      const name = `${language}-${colorScheme}-${width}`
      if (!name.includes(wanted)) continue
      const context = await browser.newContext({
        viewport: { width, height: width > 700 ? 860 : 760 },
        colorScheme,
        locale: locales[language],
        timezoneId: 'America/Costa_Rica',
        reducedMotion: 'reduce',
      })
      const page = await context.newPage()
      page.setDefaultTimeout(10_000)
      const count = await photograph(page, payments.url, (what) => join(folder, `${name}-${what}.png`))
      await context.close()
      console.log(`console ${name}: ${count} screens`)
    }
  } finally {
    await payments.stop()
    await new Promise((done) => receiver.close(done))
  }
}

async function photograph(page: Page, url: string, fileOf: (what: string) => string): Promise<number> {
  let count = 0
  const shoot = async (what: string, fullPage = true) => {
    await page.waitForTimeout(250)
    await page.screenshot({ path: fileOf(`${String(++count).padStart(2, '0')}-${what}`), fullPage })
  }
  const view = async (path: string, until: string) => {
    await page.goto(`${url}/console${path}`)
    await page.locator(until).first().waitFor()
  }
  const firstRow = async (until: string) => {
    await page.locator('main a.row').first().click()
    await page.locator(until).first().waitFor()
  }
  await view('', '#key')
  await shoot('sign-in')
  await page.locator('.sign-in .button.quiet').click()
  await page.locator('.figures').waitFor()
  await shoot('overview')
  await view('/requests', 'main a.row')
  await shoot('requests', false)
  await view('/requests?status=402', 'main a.row')
  await firstRow('.pane .json')
  await shoot('request')
  await view('/payments', 'main a.row')
  await shoot('payments', false)
  await view('/refunds', 'main a.row')
  await page.locator('td a[href*="/payments/"]').first().click()
  await page.locator('.timeline').waitFor()
  await shoot('payment')
  await page.locator('.of-one .tools .button').first().click()
  await page.locator('input[type=radio]').last().click()
  await shoot('refund', false)
  await view('/events', 'main a.row')
  await firstRow('.pane .json')
  await shoot('event')
  for (const section of ['sessions', 'customers', 'invoices', 'deliveries']) {
    await view(`/${section}`, 'main a.row')
    await shoot(section, false)
  }
  await firstRow('.pane .json')
  await shoot('delivery')
  await view('/subscriptions', 'main a.row')
  await firstRow('console-history li')
  await shoot('subscription')
  await page.locator('.of-one .tools .danger').click()
  await shoot('cancel', false)
  await view('/webhooks', 'main a.row')
  await page.locator('.tools .button').click()
  await shoot('new-endpoint', false)
  await page.keyboard.press('Escape')
  await firstRow('.drills .button')
  await page.locator('.drills .button').click()
  await page.locator('.verdict .badge.busy').waitFor()
  await page.locator('.verdict .badge.busy').waitFor({ state: 'detached' })
  await shoot('drills')
  await view('/sandbox', '.switch-form')
  await page.locator('.switch-form .button').click()
  await page.locator('.switch-list').waitFor()
  await shoot('sandbox')
  await page.locator('.card-top .button.quiet').first().click()
  await page.locator('console-settings > button').click()
  await shoot('settings', false)
  await page.keyboard.press('Escape')
  const menu = page.locator('.menu-button')
  if (await menu.isVisible()) {
    await menu.click()
    await shoot('menu', false)
    await page.keyboard.press('Escape')
  }
  await page.locator('main h1').click()
  await page.keyboard.press('?')
  await shoot('shortcuts', false)
  await page.keyboard.press('Escape')
  await page.keyboard.press('/')
  await page.keyboard.type('b-104')
  await page.locator('[role=option]').first().waitFor()
  await shoot('search', false)
  await view('/payments/pay_nothing', '.problem')
  await shoot('missing', false)
  return count
}

/** Two weeks of a shop. */
async function live(url: string, webhooks: string): Promise<void> {
  const client = createClient({ api: url, apiKey: sandboxKey })
  const pay = async (intent: NewIntentView, number: string) => {
    const answer = await fetch(`${url}/v1/payments/intent/${intent.id}/confirm`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        client_secret: intent.client_secret,
        card: { number, exp_month: 12, exp_year: 2034, cvc: '123' },
      }),
    })
    return answer.ok
  }
  const open = async (path: string, session_id: string) => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ session_id }),
    })
    return (await answer.json()) as NewIntentView
  }
  const buy = async (at: number) => {
    const currency = at % 4 === 3 ? 'USD' : 'CRC'
    const session = await client.sessions.create({
      amount: currency === 'USD' ? `${20 + ((at * 7) % 80)}.50` : `${5000 + ((at * 1733) % 40_000)}.00`,
      currency,
      return_url: 'https://shop.example/orders/42',
      description: orders[at % orders.length]!,
      items: ['1 × Amanecer, 340 g', '2 × Filtros V60'],
    })
    const intent = await open('/v1/payments/intent', session.session_id)
    if (!(await pay(intent, cards[at % cards.length]!)) && at % 3 === 0) await pay(intent, cards[0]!)
  }
  await client.webhookEndpoints.create({ url: webhooks, events: ['payment.*', 'refund.*'] })
  await client.testClock.set({ frozen: true })
  for (let day = 0; day < days; day++) {
    for (let at = 0; at < 3 + ((day * 5) % 6); at++) await buy(day * 3 + at)
    await client.testClock.advance({ days: 1 })
  }
  const customer = await client.customers.create({ email: 'ana@example.com', name: 'Ana Rojas' })
  const product = await client.products.create({ name: 'Café del mes' })
  const plan = await client.plans.create({
    product_id: product.id,
    amount: 990_000,
    currency: 'CRC',
    interval: 'month',
  })
  const subscription = await client.subscriptions.create({ customer_id: customer.id, plan_id: plan.id })
  const session = subscription.checkout_url!.split('/').at(-1)!
  await pay(await open('/v1/payments/subscription', session), cards[0]!)
  for (const at of [1, 6, 11, 15]) await buy(at)
  const { items } = await client.payments.list({ status: 'succeeded', limit: 2 })
  await client.refunds.create({ payment_id: items[0]!.id, amount: 2000, reason: 'requested_by_customer' })
}
