import { describe, expect, it } from 'vitest'
import { openAssets } from '../../server/assets.ts'
import { reference } from '../../server/reference/document.ts'
import { makeApp } from '../support/make-app.ts'

describe('GET /docs', () => {
  it('loosens the rules for styles, pictures and fonts, and no other', async () => {
    const shop = await makeApp()
    const { status, headers } = await shop.ask('/docs')
    expect(status).toBe(200)
    const policy = (headers.get('content-security-policy') ?? '').replace(/'nonce-[^']+'/, 'NONCE').split('; ')
    expect(policy).toEqual([
      `default-src 'none'`,
      `script-src NONCE`,
      `style-src 'self' 'unsafe-inline'`,
      `connect-src 'self'`,
      `img-src 'self' data:`,
      `font-src 'self' data:`,
      `form-action 'self'`,
      `base-uri 'none'`,
      `object-src 'none'`,
      `frame-ancestors 'none'`,
    ])
  })

  it('says what is missing when it has not been built', async () => {
    const page = await reference(openAssets(new URL('file:///nowhere/'))).request('/')
    expect(page.status).toBe(503)
    expect(await page.text()).toMatch(/npm run build.*\/openapi\.json/)
  })
})
