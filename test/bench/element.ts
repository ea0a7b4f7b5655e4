/**
 * What the element costs a buyer's browser: its script and its first paint beside those of a bare Lit element with as many fields, and
 * the time to a form that can be typed in, on a slow network. Chromium's processor is slowed down four times in both.
 */
import { readFileSync } from 'node:fs'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'vite'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { makeSession, openBrowser, phone } from '../support/buyer.ts'
import { startShopping, type Shopping } from '../support/servers.ts'

/** Lighthouse's "slow 4G": 150 ms there and back, 1.6 Mbit/s down, 750 kbit/s up. */
const slow4g = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 }
const slowDown = 4

const bareSource = `
import { LitElement, html, css } from 'lit'
class BareCheckout extends LitElement {
  static properties = { sessionId: { attribute: 'session-id' } }
  static styles = css\`:host { display: block } label { display: block }\`
  render() {
    return html\`<form>
      <label>Number <input></label><label>Expiry <input></label><label>Code <input></label><label>Email <input></label>
      <button>Pay</button>
    </form>\`
  }
}
customElements.define('bare-checkout', BareCheckout)`

async function bareScript(): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, lib: { entry: 'bare-checkout', formats: ['iife'], name: 'Bare' } },
    plugins: [
      {
        name: 'entry',
        enforce: 'pre',
        resolveId: (id) => (id.endsWith('bare-checkout') ? '\0bare-checkout' : undefined),
        load: (id) => (id === '\0bare-checkout' ? bareSource : undefined),
      },
    ],
  })
  const chunk = (Array.isArray(made) ? made : [made]).flatMap((one) => ('output' in one ? one.output : []))[0]
  if (chunk?.type !== 'chunk') throw new Error('the bare element was not built')
  return chunk.code
}

export type ElementRow = { what: string; ours: string; bare: string; ratio: string; goal: string; met: string }

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN

async function slowed(browser: Browser): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ ...phone, locale: 'es-CR' })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowDown })
  return { context, page }
}

/** Milliseconds that a page spends on a script, read and run, and then on one element of it until it is drawn. */
async function runAndMount(browser: Browser, { pages }: Shopping, script: string, tag: string) {
  const { context, page } = await slowed(browser)
  try {
    const source = script.replaceAll('</script', '<\\/script')
    const began = '<script>performance.mark("begins")</script>'
    const ended = '<script>performance.measure("script", "begins")</script>'
    pages.set('/bench', `<!doctype html><html lang="es"><body>${began}<script>${source}</script>${ended}</body></html>`)
    await page.goto(`${pages.url}/bench`)
    return await page.evaluate(async (name) => {
      // Nobody answers: what is measured is the page's own work.
      window.fetch = () => new Promise(() => {})
      const began = performance.now()
      const element = document.createElement(name) as HTMLElement & { updateComplete: Promise<unknown> }
      element.setAttribute('session-id', 'cs_test_1')
      document.body.append(element)
      await element.updateComplete
      element.getBoundingClientRect()
      return { script: performance.getEntriesByName('script')[0]!.duration, mount: performance.now() - began }
    }, tag)
  } finally {
    await context.close()
  }
}

/** From the click that leads to the shop's page until the card form can be typed in, and what was downloaded until then. */
async function firstInput(browser: Browser, shopping: Shopping): Promise<{ ms: number; bytes: number }> {
  const { context, page } = await slowed(browser)
  try {
    const { session_id } = await makeSession(shopping)
    const api = shopping.payments.url
    const html = `<!doctype html><html lang="es-CR"><title>Tienda</title><script src="${api}/fourgeeks-checkout.js" defer></script>
      <fourgeeks-checkout session-id="${session_id}" test-drawer="off"></fourgeeks-checkout></html>`
    shopping.pages.set('/slow', html)
    await page.addInitScript(() => {
      document.addEventListener('checkout-ready', () => performance.mark('usable'))
    })
    const session = await context.newCDPSession(page)
    await session.send('Network.enable')
    await session.send('Network.emulateNetworkConditions', slow4g)
    let bytes = 0
    session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength))
    await page.goto(`${shopping.pages.url}/slow`)
    await page.waitForFunction(() => performance.getEntriesByName('usable').length > 0)
    const ms = await page.evaluate(() => performance.getEntriesByName('usable')[0]!.startTime)
    return { ms, bytes }
  } finally {
    await context.close()
  }
}

/** Measures all of it, in turn, `rounds` times. The server and the files are those of the last build. */
export async function compareElement(rounds: number, say: (line: string) => void): Promise<ElementRow[]> {
  // A build leaves this process in production, where the sandbox's well-known key is refused.
  const env = { NODE_ENV: 'development' }
  const [browser, shopping, bare] = await Promise.all([openBrowser(), startShopping(env), bareScript()])
  const ours = readFileSync('dist/widget/fourgeeks-checkout.js', 'utf8')
  try {
    const measured = { ours: [], bare: [] } as Record<'ours' | 'bare', { script: number; mount: number }[]>
    // The first of each is a browser that warms up.
    for (let round = 0; round <= rounds; round++) {
      const a = await runAndMount(browser, shopping, ours, 'fourgeeks-checkout')
      const b = await runAndMount(browser, shopping, bare, 'bare-checkout')
      if (round === 0) continue
      measured.ours.push(a)
      measured.bare.push(b)
      say(`the element, round ${round}: script ${a.script.toFixed(1)} ms beside ${b.script.toFixed(1)}`)
    }
    const inputs: { ms: number; bytes: number }[] = []
    for (let round = 0; round <= rounds; round++) {
      const one = await firstInput(browser, shopping)
      if (round === 0) continue
      inputs.push(one)
      say(`first usable input, round ${round}: ${one.ms.toFixed(0)} ms, ${one.bytes} bytes`)
    }
    // The quickest of all rounds: whatever else a machine does can only add to work that is always the same.
    const row = (what: string, of: (one: { script: number; mount: number }) => number): ElementRow => {
      const [a, b] = [Math.min(...measured.ours.map(of)), Math.min(...measured.bare.map(of))]
      const show = (ms: number) => `${ms.toFixed(1)} ms`
      return { what, ours: show(a), bare: show(b), ratio: (a / b).toFixed(2), goal: '', met: '' }
    }
    const [usable, bytes] = [median(inputs.map(({ ms }) => ms)), median(inputs.map((one) => one.bytes))]
    const size = (text: string) => brotliCompressSync(text).length
    return [
      row('script, read and run', ({ script }) => script),
      row('one element, made and laid out', ({ mount }) => mount),
      {
        what: 'script, brotli',
        ours: `${size(ours)} bytes`,
        bare: `${size(bare)} bytes`,
        ratio: (size(ours) / size(bare)).toFixed(2),
        goal: '',
        met: '',
      },
      {
        what: 'first usable input on slow 4G',
        ours: `${usable.toFixed(0)} ms`,
        bare: '',
        ratio: '',
        goal: '≤ 2,000 ms',
        met: usable <= 2000 ? 'yes' : 'no',
      },
      {
        what: 'downloaded until then, headers and page included',
        ours: `${(bytes / 1000).toFixed(1)} kB`,
        bare: '',
        ratio: '',
        goal: '',
        met: '',
      },
    ]
  } finally {
    await browser.close()
    await shopping.stop()
  }
}
