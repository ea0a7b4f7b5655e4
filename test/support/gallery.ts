/**
 * Every state that a buyer can see, in a browser of its own: the built element on a page of a shop, and behind it a whole payment side
 * in memory. No port is opened; each request of the page is answered here.
 */
import type { Browser, BrowserContextOptions, Frame, Page, Route } from 'playwright-core'
import type { PlanView, SubscriptionView } from '../../server/contract/resources.ts'
import { openAssets } from '../../server/assets.ts'
import * as en from '../../widget/text/en.ts'
import * as es from '../../widget/text/es.ts'
import type { CardText, Language } from '../../widget/text/index.ts'
import * as pt from '../../widget/text/pt.ts'
import { makeApp, shopOrigin } from './make-app.ts'
import { subscriberOf } from './subscriber.ts'

export const galleryLanguages = ['es', 'en', 'pt'] as const
export const words: Record<Language, CardText> = { en: en.card, es: es.card, pt: pt.card }
const locales: Record<Language, string> = { es: 'es-CR', en: 'en', pt: 'pt-BR' }

type Kind = 'payment' | 'subscription' | 'trial' | 'card'
type Buyer = { page: Page; frame: Frame; card: CardText }
type Reply = 'never' | { status: number; body: object }

export type State = {
  name: string
  kind?: Kind
  attributes?: string
  /** In the place of the payment side's own answer, by the beginning of the path. */
  replies?: Record<string, Reply>
  /** What the buyer does once the form is there. */
  act?: (buyer: Buyer) => Promise<unknown>
  /** The view that the element is put into at the end: for those that take their time to come by themselves. */
  view?: Record<string, unknown>
  /** What became of the session before the page was opened. */
  before?: 'paid' | 'expired' | 'unknown'
  /** Whether there is a card form at the end; otherwise there is a heading, or neither. */
  shows: 'form' | 'heading' | 'email' | 'bones'
}

export const goodCard = { number: '4242424242424242', expiry: '12 / 34', cvc: '123' }

export async function typeIn({ frame, card }: Buyer, typed: Partial<typeof goodCard>): Promise<void> {
  for (const [name, text] of Object.entries(typed))
    await frame.getByLabel(card[name as 'cvc'], { exact: true }).fill(text)
}
const press = ({ frame }: Buyer) => frame.locator('button').first().click()
const payWith = async (buyer: Buyer) => {
  await typeIn(buyer, goodCard)
  await press(buyer)
}
const declinedWith = (code: string, decline_code: string | null = null): Record<string, Reply> => ({
  '/v1/payments/intent/': { status: 402, body: { error: { code, decline_code, param: null, request_id: 'req_1' } } },
})
const refused = async (buyer: Buyer) => {
  await payWith(buyer)
  await buyer.frame.getByRole('alert').filter({ hasText: /\S/ }).waitFor()
}
const confirmNever: Record<string, Reply> = { '/v1/payments/intent/': 'never' }

export const states: State[] = [
  { name: 'loading', replies: { '/v1/payments/session/': 'never' }, shows: 'bones' },
  { name: 'opening', replies: { '/frame/': 'never' }, shows: 'bones' },
  { name: 'ready', shows: 'form' },
  { name: 'ready-compact', attributes: 'density="compact"', shows: 'form' },
  { name: 'ready-without-summary', attributes: 'summary="none"', shows: 'form' },
  { name: 'focused', act: ({ frame, card }) => frame.getByLabel(card.number).focus(), shows: 'form' },
  { name: 'typed', act: (buyer) => typeIn(buyer, goodCard), shows: 'form' },
  { name: 'mistakes', act: press, shows: 'form' },
  { name: 'declined', replies: declinedWith('card_declined', 'insufficient_funds'), act: refused, shows: 'form' },
  { name: 'wrong-code', replies: declinedWith('incorrect_cvc'), act: refused, shows: 'form' },
  { name: 'paying', replies: confirmNever, act: payWith, shows: 'form' },
  { name: 'checking', view: { at: 'checking' }, shows: 'heading' },
  { name: 'paid', view: { at: 'paid', payment: null, leaving: true }, shows: 'heading' },
  { name: 'already-paid', before: 'paid', shows: 'heading' },
  { name: 'expired', before: 'expired', shows: 'heading' },
  { name: 'unknown', before: 'unknown', shows: 'heading' },
  { name: 'away', view: { at: 'away' }, shows: 'heading' },
  { name: 'closed', view: { at: 'refused', session: null }, shows: 'heading' },
  { name: 'address', kind: 'subscription', shows: 'email' },
  {
    name: 'address-wrong',
    kind: 'subscription',
    act: ({ page }) => page.locator('fourgeeks-checkout').locator('form button').click(),
    shows: 'email',
  },
  { name: 'subscription', kind: 'subscription', act: giveAddress, shows: 'form' },
  { name: 'trial', kind: 'trial', act: giveAddress, shows: 'form' },
  { name: 'trial-begun', kind: 'trial', view: { at: 'paid', payment: null, leaving: false }, shows: 'heading' },
  { name: 'card', kind: 'card', shows: 'form' },
  { name: 'card-checking', kind: 'card', view: { at: 'checking' }, shows: 'heading' },
  { name: 'card-expired', kind: 'card', view: { at: 'expired' }, shows: 'heading' },
]

async function giveAddress({ page }: Buyer): Promise<void> {
  const element = page.locator('fourgeeks-checkout')
  await element.getByRole('textbox').fill('ana@example.com')
  await element.locator('form button').click()
}

export type Gallery = Awaited<ReturnType<typeof openGallery>>

export async function openGallery(browser: Browser) {
  const payments = await makeApp({
    at: '2026-11-20T12:00:00.000Z',
    assets: openAssets(new URL('../../dist/', import.meta.url)),
  })
  const shop = subscriberOf(payments)
  const product = await shop.made<{ id: string }>('/v1/products', { name: 'Café del mes' })
  const plan = (change: object = {}) =>
    shop.made<PlanView>('/v1/plans', {
      product_id: product.id,
      amount: 990_000,
      currency: 'CRC',
      interval: 'month',
      ...change,
    })
  const plans = { subscription: await plan(), trial: await plan({ trial_period_days: 14 }) }
  const customer = await shop.customer()
  const kept = await shop.made<SubscriptionView>('/v1/subscriptions', {
    customer_id: customer,
    plan_id: plans.trial.id,
  })

  const newSession = async (kind: Kind): Promise<string> => {
    if (kind === 'card') {
      return (await shop.made<{ session_id: string }>(`/v1/subscriptions/${kept.id}/card-session`, {})).session_id
    }
    const order = {
      amount: '18400.00',
      description: 'Pedido B-1042',
      items: ['1 × Amanecer, 340 g', '2 × Filtros V60'],
    }
    const change =
      kind === 'payment' ? order : { mode: 'subscription', price_id: plans[kind].id, description: 'Café del mes' }
    return (await payments.createSession({ amount: '9900.00', ...change })).body.session_id
  }

  const end = async (id: string, how: 'paid' | 'expired') => {
    if (how === 'paid') await payments.confirm((await payments.createIntent(id)).body)
    else await shop.made(`/v1/payments/session/${id}/expire`, {})
  }

  /** What each page shows now, and how its page around the element is made. */
  const shown = new Map<Page, { state: State; html: string }>()

  /** Brings a page of the shop to a state. Without a page of its own (`how`) it keeps the page, and puts another element there. */
  async function show(
    page: Page,
    state: State,
    language: Language,
    how?: { dir?: 'ltr' | 'rtl'; style?: string; after?: string },
  ): Promise<Frame | null> {
    const made = await newSession(state.kind ?? 'payment')
    if (state.before === 'paid' || state.before === 'expired') await end(made, state.before)
    const id = state.before === 'unknown' ? 'cs_test_unknown' : made
    const markup = `<fourgeeks-checkout session-id="${id}" ${state.attributes ?? ''}></fourgeeks-checkout>`
    const html = pageOf(locales[language], how && { ...how, markup })
    const isThere = !how && shown.get(page)?.html === html
    shown.set(page, { state, html })
    if (!isThere) await page.goto(`${shopOrigin}/`, { waitUntil: 'commit' })
    await page.locator('#place').waitFor({ state: 'attached' })
    if (!how) {
      await page.evaluate((text) => {
        const [made] = new DOMParser().parseFromString(text, 'text/html').body.children
        document.querySelector('#place')!.replaceChildren(document.importNode(made!, true))
      }, markup)
    }
    const element = page.locator('fourgeeks-checkout')
    const isAsked = state.kind === 'subscription' || state.kind === 'trial'
    if (state.name === 'loading') await element.locator('.form').waitFor()
    else if (state.name === 'opening') await element.getByText('Pedido').waitFor()
    else if (state.before) await element.getByRole('heading').waitFor()
    else if (isAsked) await element.getByRole('textbox').waitFor()
    else await formOf(page)
    const card = words[language]
    const form = () => formOf(page)
    if (state.act) await state.act({ page, frame: isAsked ? page.mainFrame() : await form(), card })
    if (state.view) {
      await element.evaluate((host, view) => {
        const shown = host as unknown as { view: { session: unknown } }
        shown.view = { session: shown.view.session, ...view } as { session: unknown }
      }, state.view)
      await element.getByRole('heading').waitFor()
    }
    return state.shows === 'form' ? await form() : null
  }

  async function answer(page: Page, route: Route): Promise<void> {
    const request = route.request()
    const url = new URL(request.url())
    const { state, html } = shown.get(page)!
    if (url.origin === shopOrigin) return route.fulfill({ body: html, contentType: 'text/html; charset=utf-8' })
    const reply = Object.entries(state.replies ?? {}).find(([path]) => url.pathname.startsWith(path))?.[1]
    if (reply === 'never') return
    const headers = await request.allHeaders()
    if (reply) {
      const allowed = { 'access-control-allow-origin': headers['origin'] ?? '*' }
      return route.fulfill({ status: reply.status, headers: allowed, json: reply.body })
    }
    const body = request.postData()
    const response = await payments.app.request(url.pathname + url.search, {
      method: request.method(),
      headers: { ...headers, 'accept-encoding': 'identity' },
      ...(body !== null && { body }),
    })
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    })
  }

  return {
    show,
    open: async (options: BrowserContextOptions): Promise<Page> => {
      const context = await browser.newContext({
        locale: 'es-CR',
        timezoneId: 'UTC',
        reducedMotion: 'reduce',
        ...options,
      })
      const page = await context.newPage()
      page.setDefaultTimeout(10_000)
      await page.route('**/*', (route) => answer(page, route))
      return page
    },
    close: () => payments.deps.store.close(),
  }
}

export const paymentOrigin = 'http://localhost:4242'

const pageOf = (
  lang: string,
  how: { dir?: string; style?: string; markup?: string; after?: string } = {},
) => `<!doctype html>
  <html lang="${lang}" dir="${how.dir ?? 'ltr'}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
  <title>Tienda</title><link rel="icon" href="data:,"><style>
  html { color-scheme: light dark; background: light-dark(#f6f7f9, #0c0e12) }
  body { margin: 0; padding: 16px }
  h1 { position: absolute; clip-path: inset(50%) }
  ${how.style ?? ''}</style><script src="${paymentOrigin}/fourgeeks-checkout.js"></script>
  <main><h1>Tienda</h1><div id="place">${how.markup ?? ''}</div>${how.after ?? ''}</main></html>`

/** The card frame of a page, once its form is there. */
async function formOf(page: Page): Promise<Frame> {
  const handle = await page.locator('fourgeeks-checkout iframe').elementHandle()
  const frame = (await handle?.contentFrame()) ?? null
  if (!frame) throw new Error('No card frame')
  await frame.locator('form').waitFor()
  return frame
}
