/** What the console's page is made of that needs no browser. */
import { describe, expect, it } from 'vitest'
import type { RequestView } from '../../../server/contract/console.ts'
import { addAmounts, Format, readTyped, shortId, shortPath, subtractAmounts } from '../../../demo/console/format.ts'
import { curlOf } from '../../../demo/console/requests/curl.ts'
import { dayOf, spanOf } from '../../../demo/console/overview/spans.ts'
import { pathOf, pathOfId, placeOf } from '../../../demo/console/router.ts'
import { chooseLanguage, languages, localeFor, textOf } from '../../../demo/console/text/index.ts'

const plain = (text: string) => text.replaceAll(/\s/g, ' ')

describe('money', () => {
  it.each([
    ['es-CR', '12500.00', 'CRC', '₡12 500,00'],
    ['es-CR', '24.50', 'USD', 'USD 24,50'],
    ['en-US', '12500.00', 'CRC', '₡12,500.00'],
    ['en-US', '24.50', 'USD', 'USD 24.50'],
    ['es-CR', '999999999.99', 'CRC', '₡999 999 999,99'],
    ['en-US', '1200', 'JPY', 'JPY 1,200'],
    // Beyond what a float holds.
    ['en-US', '90071992547409931.17', 'USD', 'USD 90,071,992,547,409,931.17'],
  ])('in %s %s %s is %s', (locale, amount, currency, shown) => {
    expect(plain(new Format(locale).money(amount, currency))).toBe(shown)
  })

  it.each([
    ['12500', '12500'],
    ['12 500,50', '12500.50'],
    ['12.500,50', '12500.50'],
    ['12,500.50', '12500.50'],
    ['12.500', '12500'],
    ['₡ 1.234.567', '1234567'],
    ['0,5', '0.5'],
    ['99.', '99'],
    ['abc', ''],
  ])('typed as %s is %s', (typed, read) => {
    expect(readTyped(typed)).toBe(read)
  })

  it('adds up digit by digit', () => {
    expect(addAmounts(['0.10', '0.20', '99999999999999.99'], 'CRC')).toBe('100000000000000.29')
    expect(addAmounts([], 'CRC')).toBe('0.00')
    expect(addAmounts(['5', '7'], 'JPY')).toBe('12')
    expect(subtractAmounts('100.00', '99.95', 'USD')).toBe('0.05')
  })
})

describe('ids and addresses', () => {
  const id = 'pay_0VbddBO2iNrBknVqJ8vvjdDmGBQD7cid75n'

  it('are short where they are many', () => {
    expect(shortId(id)).toBe('pay_…cid75n')
    expect(shortId('cs_test_0VbddBRKDVGEt9dnxLEHPwEsrfgAfC28jOm')).toBe('cs_test_…C28jOm')
    expect(shortId('acct_sandbox')).toBe('acct_sandbox')
    expect(shortPath(`/v1/payments/${id}/timeline?limit=5`)).toBe('/v1/payments/pay_…cid75n/timeline?limit=5')
  })

  it.each([
    ['/console', 'overview', null],
    ['/console/', 'overview', null],
    ['/console/payments', 'payments', null],
    [`/console/payments/${id}`, 'payments', id],
    ['/console/requests/req_1?status=4xx', 'requests', 'req_1'],
    ['/console/overview', 'missing', null],
    ['/console/nothing', 'missing', null],
    ['/console/payments/a/b', 'missing', null],
    ['/console/payments/%E0%A4%A', 'payments', '%E0%A4%A'],
  ])('%s is %s %s', (address, section, one) => {
    const { pathname, search } = new URL(address, 'http://localhost')
    expect(placeOf({ pathname, search })).toMatchObject({ section, id: one })
  })

  it('are made as they are read', () => {
    expect(pathOf('overview', null, { currency: 'USD', span: null })).toBe('/console?currency=USD')
    expect(pathOf('payments', 'a/b')).toBe('/console/payments/a%2Fb')
    expect(pathOfId(id)).toBe(`/console/payments/${id}`)
    expect(pathOfId('plan_1')).toBeUndefined()
  })
})

describe('a request as a line of curl', () => {
  const request = (change: Partial<RequestView>): RequestView => ({
    id: 'req_1',
    object: 'request',
    created_at: '2026-11-21T12:00:00.000Z',
    method: 'POST',
    path: '/v1/refunds',
    route: '/v1/refunds',
    status: 200,
    ms: 1,
    caller: 'server',
    idempotency_key: null,
    replayed: false,
    error: null,
    fault: null,
    object_ids: [],
    request: { headers: { 'x-api-key': 'sk_test_…4242', 'content-type': 'application/json', host: 'x' }, body: {} },
    response: { headers: {}, body: null },
    ...change,
  })

  it('has the key as a variable, and no header that nobody asked for', () => {
    const line = curlOf(request({}), 'http://localhost:4242')
    expect(line).toContain(`'http://localhost:4242/v1/refunds'`)
    expect(line).toContain('-H "X-Api-Key: $SECRET_KEY"')
    expect(line).not.toMatch(/sk_test|host: x/)
  })

  it('has no key where none was sent, and a token where that was', () => {
    const headers = { authorization: 'Bearer [redacted]' }
    expect(curlOf(request({ caller: 'buyer', request: { headers: {}, body: null } }), '')).not.toMatch(/KEY|-d /)
    expect(curlOf(request({ request: { headers, body: null } }), '')).toContain('Bearer $ACCESS_TOKEN')
  })

  it('cannot be broken out of', () => {
    const body = { description: `it's; rm -rf $HOME "` }
    const line = curlOf(request({ request: { headers: {}, body } }), '')
    expect(line).toContain(`-d '{"description":"it'\\''s; rm -rf $HOME \\""}'`)
  })
})

describe('spans of the overview', () => {
  const now = new Date(2026, 10, 21, 13, 37)

  it('begin where days and hours begin', () => {
    expect(spanOf('week', now)).toEqual({ from: new Date(2026, 10, 15), to: new Date(2026, 10, 22), step: 'day' })
    expect(spanOf('day', now)).toEqual({
      from: new Date(2026, 10, 20, 14),
      to: new Date(2026, 10, 21, 14),
      step: 'hour',
    })
    expect(dayOf(now)).toEqual({ from: new Date(2026, 10, 21), to: new Date(2026, 10, 22), step: 'hour' })
  })
})

describe('the texts', () => {
  it('are in the language that was chosen, else in the first of the browser’s that there is', () => {
    expect(chooseLanguage('pt', ['es-CR'])).toBe('pt')
    expect(chooseLanguage(null, ['de-DE', 'es-CR', 'en'])).toBe('es')
    expect(chooseLanguage('xx', ['de'])).toBe('en')
    expect(localeFor('es', ['es-MX', 'en'])).toBe('es-MX')
    expect(localeFor('es', ['en-US'])).toBe('es-CR')
  })

  it.each(languages)('of %s have no gap, and name every status and reason that English does', (language) => {
    const gaps = (value: unknown, path: string): string[] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([name, inner]) => gaps(inner, `${path}.${name}`))
        : value === ''
          ? [path]
          : []
    expect(gaps(textOf[language], language)).toEqual([])
    for (const group of ['statuses', 'declines'] as const)
      expect(Object.keys(textOf[language][group])).toEqual(Object.keys(textOf.en[group]))
  })
})
