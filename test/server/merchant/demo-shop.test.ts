import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createShop } from '../../../demo/shop/app.ts'
import { BadSetting, readShopSettings } from '../../../demo/shop/settings.ts'
import { paymentSide } from './payments-stub.ts'

const folder = mkdtempSync(join(tmpdir(), 'shop-'))
writeFileSync(join(folder, 'shop.js'), 'shop()')
writeFileSync(join(folder, 'shop.css'), 'body{}')
afterAll(() => rmSync(folder, { recursive: true }))

function aShop() {
  const side = paymentSide()
  let ids = 0
  const app = createShop({
    api: 'http://payments.test',
    apiKey: 'sk_test_do_not_tell',
    shopUrl: 'http://shop.test',
    built: pathToFileURL(`${folder}/`),
    now: () => new Date('2026-03-01T12:00:00Z'),
    newId: () => `token${++ids}`,
    fetch: side.fetch,
  })
  const post = (path: string, body: unknown) =>
    app.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  return { side, app, post }
}

const basket = { lines: [{ id: 'amanecer', quantity: 2 }], currency: 'USD', language: 'en' }

describe('the demo shop', () => {
  let shop = aShop()
  beforeEach(() => void (shop = aShop()))

  it('has a test bench on its own machine, with a test key, and leads to it; elsewhere there is none', async () => {
    const here = {
      api: 'http://localhost:4242',
      apiKey: 'sk_test_x',
      shopUrl: 'http://localhost:4243',
      host: '127.0.0.1',
      built: pathToFileURL(`${folder}/`),
      now: () => new Date(),
      newId: () => 'token',
    }
    const status = async (change: object) => {
      const app = createShop({ ...here, ...change })
      const answer = await app.request('http://localhost:4243/qa')
      const front = await (await app.request('http://localhost:4243/')).text()
      return [answer.status, /"hasQa":(true|false)/.exec(front)?.[1]]
    }
    expect(await status({})).toEqual([200, 'true'])
    expect(await status({ apiKey: 'sk_live_x' })).toEqual([404, 'false'])
    expect(await status({ host: '0.0.0.0' })).toEqual([404, 'false'])
    expect(await status({ shopUrl: 'https://shop.example' })).toEqual([404, 'false'])
  })

  it('asks for what its catalogue says, in the currency that the buyer chose', async () => {
    await shop.post('/api/checkout/session', {
      ...basket,
      amount: '0.01',
      lines: [{ id: 'amanecer', quantity: 2, price: 1, total: 1 }],
    })
    expect(shop.side.asked[0]?.body).toEqual({
      amount: '29.00',
      currency: 'USD',
      description: 'B-1001',
      items: ['2 × Amanecer'],
      return_url: 'http://shop.test/orders/token1',
    })
  })

  it.each([
    ['no products', []],
    ['a product it does not sell', [{ id: 'te', quantity: 1 }]],
    [
      'the same product twice',
      [
        { id: 'jarro', quantity: 1 },
        { id: 'jarro', quantity: 1 },
      ],
    ],
    ['none of a product', [{ id: 'jarro', quantity: 0 }]],
    ['less than none', [{ id: 'jarro', quantity: -1 }]],
    ['half a product', [{ id: 'jarro', quantity: 0.5 }]],
    ['more than it sells to one', [{ id: 'jarro', quantity: 21 }]],
    ['words for numbers', [{ id: 'jarro', quantity: '1' }]],
  ])('refuses a basket with %s', async (_what, lines) => {
    expect((await shop.post('/api/checkout/session', { ...basket, lines })).status).toBe(422)
    expect(shop.side.asked).toEqual([])
  })

  it('keeps order and session while the basket is the same, and makes new ones when it is not', async () => {
    const open = async (body: object) => (await shop.post('/api/checkout/session', body)).json()
    const first = await open(basket)
    expect(await open({ ...basket, reference: first.reference, language: 'es' })).toEqual(first)
    const other = await open({ ...basket, reference: first.reference, currency: 'CRC' })
    expect(other.reference).not.toBe(first.reference)
    expect(other.session_id).not.toBe(first.session_id)
  })

  it('shows an order to whoever has its token, without its session', async () => {
    await shop.post('/api/checkout/session', basket)
    expect(await (await shop.app.request('/api/orders/token1')).json()).toEqual({
      reference: 'token1',
      number: 'B-1001',
      placed_at: '2026-03-01T12:00:00.000Z',
      currency: 'USD',
      lines: [{ id: 'amanecer', quantity: 2, total: 2900 }],
      club: null,
      total: 2900,
      payment_id: null,
    })
    expect((await shop.app.request('/api/orders/B-1001')).status).toBe(404)
  })

  it('closes the session of an order for the tester, and only of an order it has', async () => {
    await shop.post('/api/checkout/session', basket)
    expect(await (await shop.post('/qa/expire', { reference: 'token1' })).json()).toEqual({ status: 'expired' })
    expect((await shop.post('/qa/expire', { reference: 'other' })).status).toBe(404)
  })

  it.each([
    ['/', 200],
    ['/checkout', 200],
    ['/subscribe', 200],
    ['/orders/never-was/card', 404],
    ['/orders/never-was', 404],
    ['/nowhere', 404],
  ])('answers %s with %i and a page that runs only its own scripts and the payment side’s', async (path, status) => {
    const answer = await shop.app.request(path)
    expect(answer.status).toBe(status)
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self' http://payments.test;")
    expect(policy).toContain("style-src 'self';")
    expect(policy).toContain('frame-src http://payments.test;')
    expect(policy).not.toContain('unsafe')
    const html = await answer.text()
    expect(html).not.toMatch(/ on[a-z]+=| style=|<style|sk_test/)
    expect(html.includes('http://payments.test/fourgeeks-checkout.js')).toBe(
      path === '/checkout' || path === '/subscribe',
    )
  })

  it('speaks the language asked for, then the one remembered, then the browser’s', async () => {
    const htmlLang = async (path: string, headers: Record<string, string> = {}) =>
      /<html lang="([^"]+)"/.exec(await (await shop.app.request(path, { headers })).text())?.[1]
    expect(await htmlLang('/')).toBe('es-CR')
    expect(await htmlLang('/', { 'accept-language': 'en-GB,en' })).toBe('en')
    expect(await htmlLang('/', { 'accept-language': 'en', cookie: 'baru_lang=es' })).toBe('es-CR')
    expect(await htmlLang('/?lang=en', { cookie: 'baru_lang=es' })).toBe('en')
    expect(await htmlLang('/?lang=%22%3E')).toBe('es-CR')
    expect((await shop.app.request('/?lang=en')).headers.get('set-cookie')).toContain('baru_lang=en')
  })

  it('sends a built file again only when it has changed', async () => {
    const first = await shop.app.request('/shop.js')
    expect(await first.text()).toBe('shop()')
    const tag = first.headers.get('etag') ?? ''
    expect((await shop.app.request('/shop.js', { headers: { 'if-none-match': tag } })).status).toBe(304)
  })
})

describe('readShopSettings()', () => {
  it('has a default for everything', () => {
    expect(readShopSettings({})).toEqual({
      port: 4243,
      host: '127.0.0.1',
      shopUrl: 'http://localhost:4243',
      api: 'http://localhost:4242',
      apiKey: 'sk_test_sandbox',
    })
  })

  it.each([
    ['SHOP_PORT', 'abc'],
    ['SHOP_PORT', '0'],
    ['SHOP_PORT', '65536'],
    ['SHOP_URL', 'shop.test'],
    ['PAYMENTS_API', 'ftp://payments.test'],
    ['PAYMENTS_API', 'http://payments.test/v1'],
    ['SANDBOX_API_KEY', 'a b'],
  ])('names %s when it is %j', (name, value) => {
    expect(() => readShopSettings({ [name]: value })).toThrow(BadSetting)
    expect(() => readShopSettings({ [name]: value })).toThrow(name)
  })
})
