/** The console at `/console`, tried as a shop's people do: one server, one tab, and a receiver of webhooks. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NewIntentView } from '../../server/contract/checkout.ts'
import type { RefundView, List } from '../../server/contract/resources.ts'
import { audit, desktop, openBrowser } from '../support/buyer.ts'
import { type Part, sandboxKey, startPayments } from '../support/servers.ts'

let payments: Part
let browser: Browser
let context: BrowserContext
let page: Page
let receiver: Server
/** In which namespace requests are made. */
let namespace: string | null = null
/** The ids of what the receiver was sent. */
const received: string[] = []
const complaints: string[] = []

beforeAll(async () => {
  receiver = createServer((request, response) => {
    received.push(String(request.headers['webhook-id']))
    request.resume().on('end', () => response.end('ok'))
  })
  const listening = new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  ;[payments, browser] = await Promise.all([
    startPayments({ DATABASE_URL: 'sqlite::memory:', SANDBOX_NAME: 'Tostadora Barú' }, 'dist/server/main.mjs'),
    openBrowser(),
    listening,
  ])
  context = await browser.newContext({ ...desktop, locale: 'es-CR', timezoneId: 'UTC', reducedMotion: 'reduce' })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  page = await context.newPage()
  page.setDefaultTimeout(5000)
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    const isAnswer = message.text().startsWith('Failed to load resource')
    if (!isAnswer && ['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
})
afterAll(async () => {
  await browser?.close()
  await payments?.stop()
  await new Promise((done) => receiver.close(done))
})

async function call<T>(method: string, path: string, body?: object, key: string | null = sandboxKey): Promise<T> {
  const answer = await fetch(payments.url + path, {
    method,
    headers: {
      ...(key !== null && { 'X-Api-Key': key }),
      ...(namespace !== null && { 'X-Sandbox-Namespace': namespace }),
      ...(body && { 'Content-Type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  return (await answer.json()) as T
}

const open = (description: string, amount = '12500.00') =>
  call<{ session_id: string }>('POST', '/v1/payments/session', {
    amount,
    currency: 'CRC',
    description,
    return_url: 'https://shop.example/thanks',
  })

async function buy(description: string, number = '4242424242424242'): Promise<void> {
  const { session_id } = await open(description)
  const intent = await call<NewIntentView>('POST', '/v1/payments/intent', { session_id }, null)
  const card = { number, exp_month: 12, exp_year: 2034, cvc: '123' }
  await call('POST', `/v1/payments/intent/${intent.id}/confirm`, { client_secret: intent.client_secret, card }, null)
}

const heading = (name: string) => page.getByRole('heading', { level: 1, name, exact: true })
const rowOf = (text: string) => page.getByRole('row').filter({ hasText: text })
const press = async (...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key)
}
const said = (sentence: string) => page.locator('.toast').getByText(sentence).waitFor()

describe('the document at /console', () => {
  it.each(['/console', '/console/', '/console/payments/pay_1?status=failed'])(
    'is the same at %s, and lets run nothing but its own script',
    async (path) => {
      const answer = await fetch(payments.url + path)
      const policy = answer.headers.get('content-security-policy') ?? ''
      const [, nonce] = /script-src ('nonce-[\w+/]{24}');/.exec(policy) ?? []
      expect(answer.status).toBe(200)
      expect(nonce).toBeDefined()
      for (const rule of [
        `default-src 'none'`,
        `style-src ${nonce}`,
        `connect-src 'self'`,
        `frame-ancestors 'none'`,
        `require-trusted-types-for 'script'`,
      ])
        expect(policy.split('; ')).toContain(rule)
      expect(await answer.text()).toContain('<payments-console>')
    },
  )
})

describe('signing in', () => {
  it('says what is wrong with a key, and says nothing of it in the address', async () => {
    await page.goto(`${payments.url}/console`)
    const key = page.getByLabel('Clave secreta')
    expect(await key.getAttribute('type')).toBe('password')
    await key.fill('pk_test_other')
    await key.press('Enter')
    await page.getByText('Una clave secreta empieza con sk_test_ o sk_live_.').waitFor()
    await key.fill('sk_test_NobodyHasThisKey')
    await key.press('Enter')
    await page.getByText('Ninguna cuenta tiene esta clave.').waitFor()
    expect(await audit(page)).toEqual([])
  })

  it('keeps the right one in this tab alone', async () => {
    await page.getByLabel('Clave secreta').fill(sandboxKey)
    await press('Enter')
    await heading('Resumen').waitFor()
    await page.getByText('Todavía no hay pagos').waitFor()
    const kept = await page.evaluate(() => [
      location.href,
      JSON.stringify(Object.entries(localStorage)),
      JSON.stringify(Object.entries(sessionStorage)),
      document.documentElement.outerHTML,
    ])
    expect(kept.map((text) => text.includes(sandboxKey))).toEqual([false, false, true, false])
    const other = await context.newPage()
    await other.goto(`${payments.url}/console`)
    await other.getByLabel('Clave secreta').waitFor()
    await other.getByRole('button', { name: 'Usar la clave de pruebas' }).click()
    await other.getByRole('heading', { level: 1, name: 'Resumen' }).waitFor()
    await other.close()
  })
})

describe('an endpoint', () => {
  it('is added with a secret that is shown once', async () => {
    await press('g', 'w')
    await page.getByRole('button', { name: 'Agregar un destino' }).click()
    await page.getByLabel('Dirección').fill(`http://localhost:${(receiver.address() as AddressInfo).port}/webhooks`)
    await page.getByLabel('payment.*', { exact: true }).check()
    await page.getByRole('button', { name: 'Agregar', exact: true }).click()
    await said('El destino está listo')
    const secret = await page.getByRole('region', { name: 'Su secreto' }).locator('code').innerText()
    expect(secret).toMatch(/^whsec_/)
    await page.getByRole('button', { name: 'Ya lo guardé' }).click()
    await rowOf('/webhooks').getByRole('link').first().click()
    await page.getByRole('button', { name: 'Enviar un ping' }).click()
    await rowOf('webhook_endpoint.ping').getByText('Exitoso').waitFor()
    expect(received).toHaveLength(1)
    expect(await page.content()).not.toContain(secret)
    expect(await audit(page)).toEqual([])
  })
})

describe('a purchase', () => {
  it('is watched as it happens', async () => {
    await press('g', 'r')
    await rowOf('/v1/webhook-endpoints').first().waitFor()
    await buy('Pedido 1', '4000000000009995')
    await rowOf('insufficient_funds').getByText('402').waitFor()
    await page.getByRole('button', { name: 'Pausar' }).click()
    await buy('Pedido 2')
    await page.getByRole('button', { name: '3 solicitudes nuevas' }).waitFor()
    expect(await rowOf('/confirm').count()).toBe(1)
    await page.getByRole('button', { name: 'Reanudar' }).click()
    expect(await rowOf('/confirm').count()).toBe(2)
    await page.getByLabel('Estado').selectOption('402')
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1)
  })

  it('shows what was sent without the card, and gives it as a line of curl without the key', async () => {
    await press('j', 'Enter')
    const pane = page.getByRole('complementary')
    await pane.getByText('"decline_code"').first().waitFor()
    expect(await pane.innerText()).not.toMatch(/4000000000009995|9995/)
    await page.getByRole('button', { name: 'Copiar como curl' }).click()
    await said('Copiado.')
    const buyers = await page.evaluate(() => navigator.clipboard.readText())
    expect(buyers).toContain(`curl '${payments.url}/v1/payments/intent/pi_`)
    expect(await audit(page)).toEqual([])
    await press('Escape')
    await page.getByLabel('Estado').selectOption('')
    await rowOf('/v1/payments/session').first().getByRole('link').click()
    await pane.getByText('"Pedido 2"').waitFor()
    await page.getByRole('button', { name: 'Copiar como curl' }).click()
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('$SECRET_KEY')
    expect(await page.evaluate(() => navigator.clipboard.readText())).not.toContain(sandboxKey)
  })

  it('appears among the payments, and opens by keyboard', async () => {
    await press('g', 'p')
    await rowOf('Pedido 2').waitFor()
    await buy('Pedido 3')
    await rowOf('Pedido 3').waitFor()
    expect(await rowOf('Pedido 3').innerText()).toMatch(/₡12\s500,00\s+Exitoso/)
    expect(await audit(page)).toEqual([])
    await rowOf('Pedido 2').getByText('₡12').click()
    await page.getByText('Línea de tiempo', { exact: true }).waitFor()
    await page.goBack()
    await rowOf('Pedido 3').getByText('Visa').click()
    await page.getByText('Línea de tiempo', { exact: true }).waitFor()
    await press('Escape')
    await rowOf('Pedido 3').waitFor()
    await page.getByLabel('Ir a un día').fill('2020-01-01')
    await page.getByRole('button', { name: 'Ir a lo más reciente' }).click()
    await page.getByLabel('Ir a un día').fill(new Date().toISOString().slice(0, 10))
    await page.waitForURL(/day=/)
    await rowOf('Pedido 3').waitFor()
    await press('Tab')
    await page.locator('h1').click()
    await press('j', 'j', 'k', 'Enter')
    await page.getByRole('heading', { level: 1, name: '₡12' }).waitFor()
    await page.locator('[data-kind=delivery]').filter({ hasText: 'payment.succeeded' }).getByText('Exitoso').waitFor()
    const kinds = await page.locator('.timeline > li').evaluateAll((items) => items.map((item) => item.dataset['kind']))
    expect(kinds.slice(0, 3)).toEqual(['request', 'request', 'request'])
    expect(new Set(kinds)).toEqual(new Set(['request', 'event', 'attempt', 'delivery']))
    expect(kinds.lastIndexOf('delivery')).toBeGreaterThan(kinds.indexOf('attempt'))
    expect(await audit(page)).toEqual([])
  })

  it('is refunded in part, as people write amounts, and once', async () => {
    await page.getByRole('button', { name: 'Reembolsar', exact: true }).click()
    await page.getByText('Una parte').click()
    const amount = page.getByLabel('Monto por reembolsar (CRC)')
    await amount.fill('99 000')
    await page.getByRole('button', { name: 'Reembolsar …' }).click()
    await page.getByText('No queda más de ₡12').waitFor()
    await amount.fill('2 500,50')
    expect(await audit(page)).toEqual([])
    await page.getByRole('button', { name: /^Reembolsar ₡2\s500,50$/ }).dblclick()
    await said('Se reembolsó ₡2')
    await page.locator('[data-kind=refund]').waitFor()
    await page.getByText('Reembolso parcial').first().waitFor()
    const { items } = await call<List<RefundView>>('GET', '/v1/refunds')
    expect(items.map(({ amount, reason }) => [amount, reason])).toEqual([[250_050, 'requested_by_customer']])
  })

  it('has its webhook sent again, with the same id', async () => {
    const delivery = page.locator('[data-kind=delivery]').filter({ hasText: 'payment.succeeded' })
    const repeated = () => received.filter((id, at) => received.indexOf(id) < at)
    expect(repeated()).toEqual([])
    await delivery.getByRole('button', { name: 'Enviar de nuevo' }).click()
    await said('Se está enviando de nuevo')
    await delivery.getByText('2 intentos').waitFor()
    expect(repeated()).toHaveLength(1)
  })

  it('leaves as a file', async () => {
    const id = new URL(page.url()).pathname.split('/').at(-1)!
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Descargar la línea de tiempo' }).click()
    expect((await download).suggestedFilename()).toBe(`${id}.json`)
  })

  it('is drawn over time, and told in a table', async () => {
    await press('g', 'o')
    await page.getByText('Como tabla').click()
    const today = page.getByRole('table').first().getByRole('row').last()
    await expect.poll(() => today.innerText()).toMatch(/₡25\s000,00\s+2\s+1$/)
    expect(await page.getByRole('meter', { name: 'Fondos insuficientes: 1' }).count()).toBe(1)
    const shown = page.getByRole('figure').filter({ hasText: 'Volumen' }).getByRole('paragraph')
    expect(await shown.innerText()).toMatch(/^7 días\s*₡25\s000,00 en 2 pagos$/)
    const chart = (await page.locator('console-chart canvas').first().boundingBox())!
    await page.mouse.move(chart.x + chart.width - 20, chart.y + chart.height / 2)
    await expect.poll(() => shown.innerText()).toMatch(/^\d+ (?!días)\p{L}+\s*₡25\s000,00 en 2 pagos$/u)
    expect(await audit(page)).toEqual([])
  })
})

describe('the rest', () => {
  it('is found by the search, by keyboard', async () => {
    await press('/')
    await page.keyboard.type('pedido 2')
    await page.getByRole('option').first().waitFor()
    await press('ArrowDown', 'ArrowUp', 'Enter')
    await page.getByText('Línea de tiempo', { exact: true }).waitFor()
    expect(await page.getByText('Pedido 2', { exact: true }).count()).toBe(1)
  })

  it('speaks English when asked to, and still after a reload', async () => {
    await page.getByRole('button', { name: 'Ajustes' }).click()
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByText('Timeline', { exact: true }).waitFor()
    await page.reload()
    await page.getByText('Timeline', { exact: true }).waitFor()
    expect(await page.locator('h1').innerText()).toBe('₡12,500.00')
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en')
    await press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await press('Escape')
  })

  it('expires a session, once it is asked twice', async () => {
    const { session_id } = await open('Pedido 4')
    await press('g', 's')
    await rowOf('Pedido 4').getByRole('link').first().click()
    await page.getByRole('button', { name: 'Expire' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Expire' }).click()
    await said('The session has expired')
    const { status } = await call<{ status: string }>('GET', `/v1/payments/session/${session_id}`)
    expect(status).toBe('expired')
  })

  it('moves the clock', async () => {
    await press('g', 'x')
    await page.getByRole('button', { name: 'Freeze' }).click()
    await page.getByText('stands still').waitFor()
    const clock = async () => Date.parse((await call<{ now: string }>('GET', '/v1/test-clock')).now)
    const before = await clock()
    await page.getByRole('button', { name: '+ 1 day' }).click()
    await expect.poll(async () => (await clock()) - before).toBe(86_400_000)
    await page.getByRole('button', { name: 'Back to the real time' }).click()
    await page.getByText('The real time').waitFor()
  })

  it('sets a switch, which strikes once and is told', async () => {
    await page.getByLabel('What should happen').selectOption('rate_limit')
    await page.getByRole('button', { name: 'Set the switch' }).click()
    await page.getByText('1 of 1 left').waitFor()
    expect(await audit(page)).toEqual([])
    const asked = () => fetch(`${payments.url}/v1/plans`, { headers: { 'X-Api-Key': sandboxKey } })
    expect([(await asked()).status, (await asked()).status]).toEqual([429, 200])
    await page.getByText('0 of 1 left').waitFor()
    await press('g', 'r')
    await rowOf('429').getByRole('link').click()
    await page.getByRole('complementary').getByText('A sandbox switch changed its fate: rate_limit').waitFor()
  })

  it('says that a handler which believes everything fails its drills', async () => {
    await press('Escape', 'g', 'w')
    await page.locator('main a.row').first().click()
    await page.getByRole('button', { name: 'Run the drills' }).click()
    await page.getByText('Your handler failed').waitFor()
    const check = page.getByRole('listitem').filter({ hasText: 'A bad signature' })
    expect(await check.innerText()).toMatch(/failed\s+Expected: .+\s+Seen: 200/)
    expect(await audit(page)).toEqual([])
  })

  it('shows one namespace, and nothing of the others', async () => {
    namespace = 'checkout-7'
    await buy('Pedido 5')
    namespace = null
    await press('g', 'x')
    await page.getByRole('listitem').filter({ hasText: 'checkout-7' }).getByRole('button', { name: 'Show' }).click()
    await heading('Overview').waitFor()
    await press('g', 'p')
    await rowOf('Pedido 5').waitFor()
    expect(await page.locator('tbody tr').count()).toBe(1)
    await page.getByRole('banner').getByText('checkout-7').waitFor()
    await press('g', 'x')
    await page.getByRole('button', { name: 'The account’s own data' }).click()
    await heading('Overview').waitFor()
    await press('g', 'p')
    await rowOf('Pedido 3').waitFor()
  })

  it('fits a narrow phone in the dark, with cards for rows and the sections in a drawer', async () => {
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.setViewportSize({ width: 320, height: 700 })
    for (const section of ['Overview', 'Requests', 'Events', 'Payments', 'Sessions', 'Webhooks', 'Deliveries']) {
      await page.getByRole('button', { name: 'Menu' }).click()
      await page.getByRole('dialog').getByRole('link', { name: section }).click()
      await heading(section).waitFor()
      await page.locator('main a.row').first().waitFor()
      expect(await page.evaluate(() => document.documentElement.scrollWidth), section).toBe(320)
    }
    expect(await audit(page)).toEqual([])
    await page.locator('main a.row').first().click()
    await page.getByRole('complementary').getByText('"object"').first().waitFor()
    expect(await audit(page)).toEqual([])
  })

  it('forgets the key when its holder signs out', async () => {
    await page.getByRole('button', { name: 'Settings' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('The key is forgotten.').waitFor()
    expect(await page.evaluate(() => JSON.stringify(Object.entries(sessionStorage)))).toBe('[]')
  })

  it('has by then broken no rule of its policy', () => {
    expect(complaints).toEqual([])
  })
})
