/** What is bought in each browser, and how each step is known to be true. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '../../server/merchant/client.ts'
import { makeSession } from '../support/buyer.ts'
import { sandboxKey, type Shopping } from '../support/servers.ts'
import { button, enter, field, inElement, type Running, type Tab, until, type View } from './tab.ts'

export type Purchase = {
  name: string
  dark: boolean
  play(tab: Tab, means: Means): Promise<void>
}
export type Means = { shopping: Shopping; photograph(name: string): Promise<void> }

const asking = { number: '4000002760003184', expiry: '1234', code: '123' }
const good = { number: '4242424242424242', expiry: '1234', code: '123' }
const number = 'Número de tarjeta'
const expiry = 'Fecha de vencimiento'
const code = 'Código de seguridad'
const wide = [1024, 900] as const
/** Some windows cannot be this narrow: the page's column is, then. */
const narrow = [320, 1000] as const
const column = `document.querySelector('main').style.maxWidth = '304px'`
const iframe = inElement('iframe')

/** A page of a shop that allows what the element needs and nothing more, and writes down what it is told. */
async function openShop(tab: Tab, { shopping }: Means): Promise<string> {
  const { url } = shopping.payments
  const { session_id: id } = await makeSession(shopping)
  const nonce = crypto.randomUUID()
  const policy = `default-src 'none'; script-src ${url} 'nonce-${nonce}'; frame-src ${url}; connect-src ${url}; trusted-types lit-html; require-trusted-types-for 'script'`
  shopping.pages.set(
    `/${id}`,
    `<!doctype html><html lang="es-CR"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>Tienda</title>
    <script nonce="${nonce}">
      window.told = []
      for (const name of ['ready', 'submitted', 'paid', 'declined', 'expired', 'failed'])
        document.addEventListener('checkout-' + name, (event) => {
          event.preventDefault()
          told.push(event.payment ?? name)
        })
    </script>
    <main><p><a href="#before">Antes</a></p><fourgeeks-checkout session-id="${id}" test-drawer="off"></fourgeeks-checkout></main>
    <script src="${url}/fourgeeks-checkout.js"></script>`,
    { 'Content-Security-Policy': policy },
  )
  await tab.open(`${shopping.pages.url}/${id}`)
  return id
}

const cardForm = (tab: Tab) => enter(tab, iframe, `${field(code)} && ${button('Pagar')}`)

async function typeCard(tab: Tab, frame: View, card: typeof good): Promise<void> {
  for (const [label, text] of [
    [number, card.number],
    [expiry, card.expiry],
    [code, card.code],
  ] as const) {
    await frame.click(field(label))
    await tab.type(text)
  }
}

/** The shop's side: what the payment side says of a session when asked with the secret key. */
async function paymentOf({ shopping }: Means, sessionId: string) {
  const client = createClient({ api: shopping.payments.url, apiKey: sandboxKey })
  const session = await client.sessions.get(sessionId)
  equal('the session', [session.status, session.payment_status], ['complete', 'paid'])
  const found = (await client.payments.list({ limit: 100 })).items.filter((each) => each.session_id === sessionId)
  equal('payments of the session', found.length, 1)
  return client.payments.get(found[0]!.id)
}

function equal(what: string, is: unknown, wanted: unknown): void {
  const [one, other] = [JSON.stringify(is), JSON.stringify(wanted)]
  if (one !== other) throw new Error(`${what}: ${one} instead of ${other}`)
}

/** Whether a colour is near black. Those of the frame come as `color(srgb …)`, from 0 to 1. */
const isDark = (colour: string) =>
  `((of) => of.match(/[\\d.]+/g).slice(0, 3).every((part) => part < (of.startsWith('color') ? 0.3 : 77)))(${colour})`

export const purchases: Purchase[] = [
  {
    name: 'a card that asks for 3-D Secure pays in a strict page, in Spanish',
    dark: false,
    async play(tab, means) {
      await tab.resize(...wide)
      const id = await openShop(tab, means)
      const frame = await cardForm(tab)
      equal('the language', await frame.read('document.documentElement.lang'), 'es-CR')
      equal(
        'the button',
        (await frame.read<string>(`${button('Pagar')}.innerText.trim()`)).replace(/\s/g, ' '),
        'Pagar ₡12 500',
      )
      equal('the scheme', await frame.read(isDark(`getComputedStyle(${field(number)}).backgroundColor`)), false)
      await means.photograph('form')
      await typeCard(tab, frame, asking)
      equal('the number as shown', await frame.read(`${field(number)}.value`), '4000 0027 6000 3184')
      equal('the expiry as shown', await frame.read(`${field(expiry)}.value`), '12 / 34')
      await means.photograph('typed')
      await frame.click(button('Pagar'))
      const bank = await enter(frame, `document.querySelector('iframe')`, button('Sí, soy yo'))
      await means.photograph('bank')
      await bank.click(button('Sí, soy yo'))
      await until(tab, `${inElement('h2')}?.textContent === 'Pago recibido'`)
      // It has the focus to be heard; a ring would say that it can be pressed.
      equal('the ring around the heading', await tab.read(`getComputedStyle(${inElement('h2')}).outlineStyle`), 'none')
      await means.photograph('paid')
      const payment = await paymentOf(means, id)
      equal('the payment', [payment.status, payment.amount, payment.currency], ['succeeded', '12500.00', 'CRC'])
      equal('what the page was told', await tab.read('told'), ['ready', 'submitted', payment.id])
    },
  },
  {
    name: 'a refusal is told in place, and Tab leads from number to expiry to code to button, which pays',
    dark: false,
    async play(tab, means) {
      await tab.resize(...narrow)
      const id = await openShop(tab, means)
      await tab.read(column)
      const frame = await cardForm(tab)
      await typeCard(tab, frame, { ...good, number: '4000000000009995' })
      await frame.click(button('Pagar'))
      await until(frame, `/fondos.*No se cobró nada/.test(document.querySelector('[role=alert]').textContent)`)
      equal('the focus', await frame.read(`document.activeElement === ${field(code)}`), true)
      await means.photograph('declined')
      await frame.click(field(number))
      await frame.read(`${field(number)}.select()`)
      await tab.type(good.number)
      await tab.click(`document.querySelector('a')`)
      for (const [label, text] of [
        [number, ''],
        [expiry, ''],
        [code, good.code],
      ] as const) {
        await tab.press('Tab')
        await until(frame, `document.hasFocus() && document.activeElement === ${field(label)}`)
        await tab.type(text)
      }
      await tab.press('Tab')
      await until(frame, `document.activeElement === ${button('Pagar')}`)
      await means.photograph('keyboard')
      await tab.press('Enter')
      await until(tab, `${inElement('h2')}?.textContent === 'Pago recibido'`)
      equal('the payment', (await paymentOf(means, id)).status, 'succeeded')
      equal('what the page was told', (await tab.read<string[]>('told')).slice(0, 4), [
        'ready',
        'submitted',
        'declined',
        'submitted',
      ])
    },
  },
  {
    name: 'the hosted page pays, and leads back to the shop',
    dark: false,
    async play(tab, means) {
      await tab.resize(...wide)
      const session = await makeSession(means.shopping)
      await tab.open(`${session.checkout_url}?locale=es-CR`)
      const frame = await cardForm(tab)
      await typeCard(tab, frame, good)
      await means.photograph('hosted')
      await frame.click(button('Pagar'))
      const address = new URL(await until<string>(tab, `location.search.includes('id_payment=') && location.href`))
      const payment = await paymentOf(means, session.session_id)
      equal('the way back', address.origin, new URL(means.shopping.shop.url).origin)
      equal('the payment it names', address.searchParams.get('id_payment'), payment.id)
      equal('the payment', payment.status, 'succeeded')
    },
  },
  {
    name: 'a system that prefers dark gets a dark form, a dark bank and a payment',
    dark: true,
    async play(tab, means) {
      await tab.resize(...narrow)
      const id = await openShop(tab, means)
      await tab.read(column)
      const frame = await cardForm(tab)
      equal('the box', await tab.read(isDark(`getComputedStyle(${inElement('.root')}).backgroundColor`)), true)
      equal('a field', await frame.read(isDark(`getComputedStyle(${field(number)}).backgroundColor`)), true)
      await typeCard(tab, frame, asking)
      await means.photograph('dark')
      await frame.click(button('Pagar'))
      const bank = await enter(frame, `document.querySelector('iframe')`, button('Sí, soy yo'))
      await means.photograph('dark-bank')
      await bank.click(button('Sí, soy yo'))
      await until(tab, `${inElement('h2')}?.textContent === 'Pago recibido'`)
      await means.photograph('dark-paid')
      equal('the payment', (await paymentOf(means, id)).status, 'succeeded')
    },
  },
]

/** Plays one in a browser that is running; pictures go into a folder. */
export async function play(purchase: Purchase, { tab }: Running, shopping: Shopping, folder: string): Promise<void> {
  const atRest = `![...(document.querySelector('fourgeeks-checkout')?.shadowRoot.getAnimations() ?? [])].some((each) => each.playState === 'running')`
  const photograph = async (name: string) => {
    await until(tab, atRest)
    writeFileSync(join(folder, `${name}.png`), await tab.photograph())
  }
  try {
    await purchase.play(tab, { shopping, photograph })
  } catch (error) {
    await photograph('failed').catch(() => {})
    throw error
  }
}
