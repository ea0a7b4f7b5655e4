/**
 * `npm run screens`: photographs every state of the element (`element.ts`; `npm run screens -- es-dark-320` only that set), every view
 * of the console (`console.ts`; `npm run screens -- console es-dark-320`), then every screen of the shop and of our pages, in Spanish and English, light and dark, wide and narrow. The windows are tall because a full-page picture resizes the page, and catches a frame of another origin before it has followed.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import {
  bankOf,
  bankWords,
  cardFrame,
  expireSession,
  fillBasket,
  type Language,
  makeSession,
  openBrowser,
  pay,
  typeCard,
} from '../support/buyer.ts'
import { createClient } from '../../server/merchant/client.ts'
import { sandboxKey, startShopping } from '../support/servers.ts'
import { photographConsole } from './console.ts'
import { photographElement } from './element.ts'

const folder = 'test/output/screens'
mkdirSync(folder, { recursive: true })
const good = { number: '4242424242424242', expiry: '1234', code: '123' }

const looks: { name: string; language: Language; options: BrowserContextOptions }[] = [
  { name: 'es-light-1280', language: 'es', options: { viewport: { width: 1280, height: 1420 } } },
  { name: 'es-dark-1280', language: 'es', options: { viewport: { width: 1280, height: 1420 }, colorScheme: 'dark' } },
  { name: 'en-light-390', language: 'en', options: { viewport: { width: 390, height: 1700 } } },
  { name: 'es-dark-390', language: 'es', options: { viewport: { width: 390, height: 1700 }, colorScheme: 'dark' } },
  { name: 'es-light-320', language: 'es', options: { viewport: { width: 320, height: 1800 } } },
]

const browser = await openBrowser()
const [wanted, look] = process.argv.slice(2)
if (wanted !== 'console') await photographElement(browser, join(folder, 'element'), wanted)
if (wanted === undefined || wanted === 'console') await photographConsole(browser, join(folder, 'console'), look)
if (wanted !== undefined) {
  await browser.close()
  process.exit()
}
const shopping = await startShopping({ LOG_LEVEL: 'error' })
const client = createClient({ api: shopping.payments.url, apiKey: sandboxKey })
try {
  for (const { name, language, options } of looks) {
    const context = await browser.newContext({ locale: language === 'es' ? 'es-CR' : 'en-US', ...options })
    const page = await context.newPage()
    let count = 0
    const shoot = async (what: string, of: Page = page) => {
      await of.waitForTimeout(350)
      await of.screenshot({
        path: join(folder, `${name}-${String(++count).padStart(2, '0')}-${what}.png`),
        fullPage: true,
      })
    }
    const element = page.locator('fourgeeks-checkout')

    await page.goto(`${shopping.shop.url}/?lang=${language}`)
    await shoot('shop')
    await fillBasket(page, shopping, language)
    const frame = await cardFrame(page)
    await shoot('checkout')
    await element.locator('summary').click()
    await element.getByRole('button', { name: 'Visa', exact: true }).click()
    await shoot('test-cards')
    await element.locator('summary').click()
    await pay(frame, language)
    await shoot('fields-in-error')
    await typeCard(frame, language, { ...good, number: '4000000000000002' })
    await shoot('typed')
    await pay(frame, language)
    await frame.getByRole('alert').filter({ hasText: /\S/ }).first().waitFor()
    await shoot('declined')
    await typeCard(frame, language, { number: '4000002760003184', code: good.code })
    await pay(frame, language)
    const bank = await bankOf(frame)
    await shoot('bank')
    await context.setOffline(true)
    await shoot('offline')
    await context.setOffline(false)
    const question = bank.url()
    await bank.getByRole('button', { name: bankWords[language].failed }).click()
    await frame.getByRole('alert').filter({ hasText: /\S/ }).first().waitFor()
    await shoot('not-confirmed')
    const other = await context.newPage()
    await other.goto(question)
    await shoot('bank-page', other)
    await other.close()
    await typeCard(frame, language, { number: good.number, code: good.code })
    await page.route('**/confirm', async (route) => {
      await new Promise((done) => setTimeout(done, 900))
      await route.continue()
    })
    await pay(frame, language)
    await shoot('paying')
    await page.waitForTimeout(900)
    await shoot('paid')
    await page.waitForURL(/id_payment=/)
    await page.waitForTimeout(600)
    await shoot('order')
    await page.unroute('**/confirm')

    await page.goto(`${shopping.shop.url}/subscribe?trial`)
    await element.getByRole('textbox').waitFor()
    await shoot('trial-email')
    await page.goto(`${shopping.shop.url}/subscribe`)
    await element.getByRole('textbox').fill('ana@example.com')
    await element.getByRole('button').click()
    await cardFrame(page)
    await shoot('subscribe')
    const give = async (number: string) => {
      const form = await cardFrame(page)
      await typeCard(form, language, { ...good, number })
      await pay(form, language)
    }
    await give(good.number)
    await element.getByRole('heading').first().waitFor()
    await shoot('subscribed')
    await page.waitForURL(/\/orders\//)
    const order = new URL(page.url()).pathname
    const move = async (to: string) => {
      await page.getByRole('button', { name: to }).click()
      await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
    }
    const month = language === 'es' ? '+ 1 mes' : '+ 1 month'
    await move(month)
    await shoot('subscription')
    await page.goto(`${shopping.shop.url}${order}/card`)
    await cardFrame(page)
    await shoot('another-card')
    await give('4000000000000341')
    await page.waitForURL(/session_id=/)
    await move(month)
    await shoot('subscription-late')
    await page.goto(`${shopping.shop.url}${order}/card`)
    await cardFrame(page)
    await shoot('pay-what-is-owed')
    const late = (await client.subscriptions.list({ limit: 1 })).items[0]!
    await page.goto(late.checkout_url!)
    await shoot('late-page')
    await client.testClock.reset()

    await page.goto(`${shopping.shop.url}/qa`)
    await page.frameLocator('.canvas iframe').frameLocator('fourgeeks-checkout iframe').locator('form').waitFor()
    await page.evaluate(() => document.querySelectorAll('.part').forEach((part) => part.setAttribute('open', '')))
    await shoot('test-bench')

    const session = await makeSession(shopping, { items: ['1 × Amanecer', '2 × Chorreador'] })
    await page.goto(session.checkout_url)
    await typeCard(await cardFrame(page), language, good)
    await shoot('hosted')
    await expireSession(shopping, session.session_id)
    await page.reload()
    await element.getByRole('heading').first().waitFor()
    await shoot('expired')
    const paid = await makeSession(shopping)
    await page.goto(paid.checkout_url)
    const hosted = await cardFrame(page)
    await typeCard(hosted, language, good)
    await pay(hosted, language)
    await page.waitForURL(/id_payment=/)
    await page.goto(paid.checkout_url)
    await element.getByRole('heading').first().waitFor()
    await shoot('already-paid')
    await page.goto(`${shopping.payments.url}/checkout/cs_test_unknown`)
    await element.getByRole('heading').first().waitFor()
    await shoot('unknown')
    const away = await makeSession(shopping)
    await page.route('**/v1/**', (route) => route.abort())
    await page.route('**/healthz', (route) => route.abort())
    await page.goto(away.checkout_url)
    await element.getByRole('button').first().waitFor({ timeout: 20_000 })
    await shoot('server-away')
    await context.close()
    console.log(`${name}: ${count} screens`)
  }
} finally {
  await browser.close()
  await shopping.stop()
}
