import { beforeEach, describe, expect, it } from 'vitest'
import { findCardByName } from '../../server/domain/test-cards.ts'
import { choices } from '../../widget/test-drawer/texts.ts'
import { makeApp, shopOrigin, type TestApp } from '../support/make-app.ts'

let shop: TestApp
let id: string
beforeEach(async () => {
  shop = await makeApp()
  id = (await shop.createSession({ description: '</script><script>alert(1)</script>' })).body.session_id
})

const directives = (headers: Headers) =>
  new Map(
    (headers.get('content-security-policy') ?? '').split('; ').map((directive) => {
      const [name = '', ...values] = directive.split(' ')
      return [name, values.join(' ')]
    }),
  )

describe('GET /frame/{session_id}', () => {
  it('may be framed by the account’s origins and the payment side itself, and by nobody else', async () => {
    const page = await shop.ask(`/frame/${id}`)
    expect(page.status).toBe(200)
    expect(directives(page.headers).get('frame-ancestors')).toBe(`'self' ${shopOrigin}`)
  })

  it('has the strict headers of a page that takes cards', async () => {
    const { headers } = await shop.ask(`/frame/${id}`)
    const policy = directives(headers)
    expect(policy.get('default-src')).toBe(`'none'`)
    expect(policy.get('script-src')).toMatch(/^'nonce-[\w+/]{24}'$/)
    expect(policy.get('style-src')).toBe(policy.get('script-src'))
    expect(policy.get('connect-src')).toBe(`'self'`)
    expect(policy.get('form-action')).toBe(`'self'`)
    expect(policy.get('base-uri')).toBe(`'none'`)
    expect(policy.get('object-src')).toBe(`'none'`)
    expect(policy.get('require-trusted-types-for')).toBe(`'script'`)
    expect(policy.get('trusted-types')).toBe(`'none'`)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('strict-transport-security')).toContain('max-age=31536000')
    expect(headers.get('permissions-policy')).toContain('camera=()')
  })

  it('carries the request’s id, like every answer', async () => {
    for (const path of [`/frame/${id}`, '/frame/cs_test_unknown', `/checkout/${id}`]) {
      expect((await shop.ask(path)).headers.get('x-request-id')).toMatch(/^req_\d+$/)
    }
  })

  it('never uses a nonce twice', async () => {
    const [a, b] = [await shop.ask(`/frame/${id}`), await shop.ask(`/frame/${id}`)]
    expect(directives(a.headers).get('script-src')).not.toBe(directives(b.headers).get('script-src'))
  })

  it('shows text only as text', async () => {
    const page = await shop.ask<string>(`/frame/${id}`)
    expect(page.text).not.toContain('<script>alert')
    expect(page.text).toContain('\\u003c/script>')
  })

  it('is not there for an unknown session', async () => {
    const page = await shop.ask('/frame/cs_test_unknown')
    expect(page.status).toBe(404)
    expect(directives(page.headers).get('frame-ancestors')).toBe(`'none'`)
  })
})

describe('GET /frame/{session_id}/test-cards/{name}', () => {
  const card = (session: string, name: string) =>
    shop.ask<{ number?: string }>(`/frame/${session}/test-cards/${encodeURIComponent(name)}`)

  it.each(Object.values(choices).flat())('gives the number of %s, which the drawer names', async (name) => {
    const { status, headers, body } = await card(id, name)
    expect([status, body]).toEqual([200, { number: findCardByName(`tc_${name}`)!.number }])
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  it.each(['gold', 'tc_visa', '', '4242424242424242', '../../healthz'])('knows no card named «%s»', async (name) => {
    expect((await card(id, name)).status).toBe(404)
  })

  it('gives none for an unknown session, nor for a live one', async () => {
    expect((await card('cs_test_unknown', 'visa')).status).toBe(404)
    const key = await shop.newKey({ live: true })
    const made = await shop.createSession({ return_url: 'https://shop.example/' }, { 'X-Api-Key': key })
    expect(made.body.session_id).toMatch(/^cs_live_/)
    expect((await shop.ask(`/frame/${made.body.session_id}`)).status).toBe(200)
    expect((await card(made.body.session_id, 'visa')).status).toBe(404)
  })

  it('sorts the drawer’s cards by what they do', () => {
    const does = (group: keyof typeof choices) =>
      choices[group].map((name) => findCardByName(`tc_${name}`)!.behaviour.does as string)
    expect(new Set(does('pass'))).toEqual(new Set(['succeeds']))
    expect(new Set(does('fail'))).toEqual(new Set(['declines']))
    expect(does('ask').filter((what) => what !== 'challenges')).toHaveLength(1)
  })
})

describe('GET /checkout/{session_id}', () => {
  it('is a page with the element, framed by nobody', async () => {
    const page = await shop.ask<string>(`/checkout/${id}`)
    expect(page.status).toBe(200)
    expect(page.text).toContain(`<fourgeeks-checkout hosted session-id="${id}" mode="payment">`)
    expect(directives(page.headers).get('frame-ancestors')).toBe(`'none'`)
    expect(directives(page.headers).get('frame-src')).toBe(`'self'`)
  })

  it('speaks the language of the browser', async () => {
    const page = await shop.ask<string>(`/checkout/${id}`, { headers: { 'Accept-Language': 'pt-BR,en;q=0.5' } })
    expect(page.text).toContain('<html lang="pt-BR">')
  })

  it.each(['cs_test_unknown', '"><script>alert(1)</script>'])(
    'answers 404 for %s and runs nothing of it',
    async (unknown) => {
      const page = await shop.ask<string>(`/checkout/${encodeURIComponent(unknown)}`)
      expect(page.status).toBe(404)
      expect(page.text).not.toContain('<script>alert')
    },
  )
})
