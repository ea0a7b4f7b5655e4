/** What a buyer does in a browser, in the words of the page. */
import { type Browser, type BrowserContextOptions, chromium, type Frame, type Page } from 'playwright-core'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import type { SessionView } from '../../server/contract/checkout.ts'
import { browserArguments, ensureBrowser } from './find-browser.ts'
import { sandboxKey, type Shopping } from './servers.ts'

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: ensureBrowser(), args: browserArguments })

export const words = {
  en: {
    number: 'Card number',
    expiry: 'Expiry date',
    code: 'Security code',
    pay: /^(Pay|Subscribe for) |^Start the free trial|^Save this card/,
    add: /Add/,
  },
  es: {
    number: 'Número de tarjeta',
    expiry: 'Fecha de vencimiento',
    code: 'Código de seguridad',
    pay: /^(Pagar|Suscribirse por) |^Empezar la prueba|^Guardar la tarjeta/,
    add: /Agregar/,
  },
}
export type Language = keyof typeof words

export const desktop: BrowserContextOptions = { viewport: { width: 1280, height: 900 } }
export const phone: BrowserContextOptions = { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true }

/** The card frame of a page, once it is there. */
export async function cardFrame(page: Page): Promise<Frame> {
  const handle = await page.locator('fourgeeks-checkout iframe').elementHandle({ timeout: 15_000 })
  const frame = await handle?.contentFrame()
  if (!frame) throw new Error('No card frame')
  await frame.locator('form').waitFor()
  return frame
}

/** Types a card the way a person does: key by key. */
export async function typeCard(
  frame: Frame,
  language: Language,
  card: { number?: string; expiry?: string; code?: string },
): Promise<void> {
  const { number, expiry, code } = words[language]
  if (card.number !== undefined) {
    await frame.getByLabel(number).fill('')
    await frame.getByLabel(number).pressSequentially(card.number)
  }
  if (card.expiry !== undefined) {
    await frame.getByLabel(expiry).fill('')
    await frame.getByLabel(expiry).pressSequentially(card.expiry)
  }
  if (card.code !== undefined) {
    await frame.getByLabel(code).fill('')
    await frame.getByLabel(code).pressSequentially(card.code)
  }
}

/** The bank's page inside a card frame, once it asks. */
export async function bankOf(frame: Frame): Promise<Frame> {
  const handle = await frame.locator('iframe').elementHandle()
  const bank = await handle?.contentFrame()
  if (!bank) throw new Error('No bank')
  await bank.locator('form').waitFor()
  return bank
}

export const bankWords = {
  es: { passed: 'Sí, soy yo', failed: 'No soy yo', canceled: 'Cancelar' },
  en: { passed: 'Yes, it is me', failed: 'Not me', canceled: 'Cancel' },
}

export const pay = (frame: Frame, language: Language): Promise<void> =>
  frame.getByRole('button', { name: words[language].pay }).click()

/** From the shop's first page to its checkout with one thing in the basket. */
export async function fillBasket(page: Page, shopping: Shopping, language: Language): Promise<void> {
  await page.goto(`${shopping.shop.url}/?lang=${language}`)
  await page.getByRole('button', { name: words[language].add }).first().click()
  await page.goto(`${shopping.shop.url}/checkout`)
}

/** A session made as a shop's server makes it. */
export async function makeSession(
  shopping: Shopping,
  change: Record<string, unknown> = {},
): Promise<{ session_id: string; checkout_url: string }> {
  const answer = await fetch(`${shopping.payments.url}/v1/payments/session`, {
    method: 'POST',
    headers: { 'X-Api-Key': sandboxKey, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      amount: '12500.00',
      currency: 'CRC',
      return_url: `${shopping.shop.url}/`,
      description: 'Pedido de prueba',
      ...change,
    }),
  })
  if (answer.status !== 201) throw new Error(`No session: ${await answer.text()}`)
  return (await answer.json()) as { session_id: string; checkout_url: string }
}

export async function readSession(shopping: Shopping, id: string): Promise<SessionView> {
  const answer = await fetch(`${shopping.payments.url}/v1/payments/session/${id}`)
  return (await answer.json()) as SessionView
}

export async function expireSession(shopping: Shopping, id: string): Promise<void> {
  const answer = await fetch(`${shopping.payments.url}/v1/payments/session/${id}/expire`, {
    method: 'POST',
    headers: { 'X-Api-Key': sandboxKey },
  })
  if (!answer.ok) throw new Error(`Not expired: ${await answer.text()}`)
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The accessibility audit of a page and each of its frames: what axe finds wrong, in a line each. */
export async function audit(page: Page, rules: Record<string, { enabled: boolean }> = ours): Promise<string[]> {
  const found: string[] = []
  // A frame whose document has not come yet holds nothing.
  for (const frame of page.frames().filter((one) => one.url().startsWith('http'))) {
    const violations = await auditFrame(frame, rules).catch((error: unknown) => {
      // One that its element has taken away meanwhile holds nothing to audit.
      if (frame.isDetached()) return []
      throw error
    })
    found.push(...violations)
  }
  return found
}

/** Targets of 24 pixels are a rule that has to be asked for. */
const ours = { 'target-size': { enabled: true } }

async function auditFrame(frame: Frame, rules: Record<string, { enabled: boolean }>): Promise<string[]> {
  if (!(await frame.evaluate(() => 'axe' in globalThis))) await frame.evaluate(axeSource)
  return frame.evaluate(async (rules) => {
    const { axe } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
    }
    const options = { iframes: false, resultTypes: ['violations'], rules }
    return (await axe.run(options)).violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`,
    )
  }, rules)
}
