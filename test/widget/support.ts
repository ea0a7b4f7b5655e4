/** What the browser tests share: builders, a payment side in place of `fetch`, and waiting. */
import 'axe-core'
import { assert } from 'chai'
import type { SessionView } from '../../server/contract/checkout.ts'
import type { Theme } from '../../widget/channel.ts'
import * as en from '../../widget/text/en.ts'
import * as es from '../../widget/text/es.ts'
import { first } from '../../widget/text/first.ts'
import type { CardText, Language, ScreenText } from '../../widget/text/index.ts'
import * as pt from '../../widget/text/pt.ts'

/** Every text of every language. */
export const texts: Record<Language, { screens: ScreenText; card: CardText }> = {
  en: { screens: { ...first.en, ...en.screens }, card: en.card },
  es: { screens: { ...first.es, ...es.screens }, card: es.card },
  pt: { screens: { ...first.pt, ...pt.screens }, card: pt.card },
}

export const aSession = (over: Partial<SessionView> = {}): SessionView => ({
  session_id: 'cs_test_1',
  status: 'open',
  mode: 'payment',
  payment_status: 'unpaid',
  needs_email: false,
  amount: '24.50',
  currency: 'USD',
  description: 'Two bags of coffee',
  items: ['Tarrazú 340 g'],
  return_url: 'https://shop.example/thanks?order=7',
  test: true,
  expires_at: '2030-01-01T00:00:00Z',
  merchant: { name: 'Café Volcán' },
  subscription: null,
  processor: { name: 'sandbox', publishable_key: null },
  display: { amount: 'USD 24.50', price: null },
  ...over,
})

const colour = 'color(srgb 0.1 0.2 0.3)'
export const aTheme = (): Theme => ({
  scheme: 'light',
  direction: 'ltr',
  accent: colour,
  'accent-text': colour,
  text: colour,
  muted: colour,
  background: colour,
  surface: colour,
  border: colour,
  danger: colour,
  radius: 10,
  'font-size': 16,
  spacing: 20,
  'control-height': 48,
  fontFamily: 'system',
})

export const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })

export const anError = (code: string, more: object = {}) => ({
  code: 400,
  title: 'No',
  content: 'No.',
  type: 'danger',
  error: { code, decline_code: null, param: null, request_id: 'req_1', ...more },
})

export type Call = { path: string; method: string; headers: Headers; body: string }

/** Answers by path in place of the network. An answer that throws is a network that failed. */
export function stubFetch(answer: (call: Call) => Response | Promise<Response>): { calls: Call[]; restore(): void } {
  const real = window.fetch
  const calls: Call[] = []
  window.fetch = async (input, init) => {
    const request = new URL(typeof input === 'string' ? input : (input as Request).url, location.href)
    const body = typeof init?.body === 'string' ? init.body : ''
    const call = {
      path: request.pathname + request.search,
      method: init?.method ?? 'GET',
      headers: new Headers(init?.headers),
      body,
    }
    init?.signal?.throwIfAborted()
    calls.push(call)
    return await answer(call)
  }
  return { calls, restore: () => (window.fetch = real) }
}

export const sleep = (delayMs: number) => new Promise((done) => setTimeout(done, delayMs))

/** Waits until a condition holds, and says which one did not. */
export async function until<T>(what: string, look: () => T | null | undefined | false, patienceMs = 8000): Promise<T> {
  for (const end = performance.now() + patienceMs; performance.now() < end; await sleep(10)) {
    const found = look()
    if (found) return found
  }
  throw new Error(`never: ${what}`)
}

/** Audits what is on the page inside an element, shadow roots included. */
export async function audit(element: Element): Promise<void> {
  const { axe } = window as unknown as { axe: typeof import('axe-core') }
  const { violations } = await axe.run(element, { rules: { region: { enabled: false } }, iframes: false })
  assert.deepEqual(
    violations.map(({ id, nodes }) => [id, nodes.map(({ html, any }) => [html, any[0]?.message])]),
    [],
  )
}
