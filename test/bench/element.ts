/**
 * What the element costs a buyer's browser: its script and its first paint beside those of a bare Lit element with as many fields, and
 * the time to a form that can be typed in, on a slow network. Chromium's processor is slowed down four times in both.
 */
import { readFileSync } from 'node:fs'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'vite'
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core'
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

async function slowed(browser: Browser): Promise<{ context: BrowserContext; page: Page; devtools: CDPSession }> {
  const context = await browser.newContext({ ...phone, locale: 'es-CR' })
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowDown })
  return { context, page, devtools }
}

type Cost = { script: number; mount: number }

/** What a page spends on a script, read and run, and then on one element of it until it is laid out: milliseconds of its own thread. */
async function runAndMount(browser: Browser, { pages }: Shopping, script: string, tag: string): Promise<Cost> {
  const { context, page, devtools } = await slowed(browser)
  try {
    // The thread's own time, so that whatever else the machine does is not counted.
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
    const spent = async (...of: string[]) => {
      const { metrics } = await devtools.send('Performance.getMetrics')
      return metrics.filter(({ name }) => of.includes(name)).reduce((sum, { value }) => sum + value * 1000, 0)
    }
    const source = script.replaceAll('</script', '<\\/script')
    pages.set('/bench', `<!doctype html><html lang="es"><body><script>${source}</script></body></html>`)
    await page.goto(`${pages.url}/bench`)
    const ran = await spent('ScriptDuration')
    const parts = ['ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration']
    const before = await spent(...parts)
    await page.evaluate(async (name) => {
      // Nobody answers: what is measured is the page's own work.
      window.fetch = () => new Promise(() => {})
      const element = document.createElement(name) as HTMLElement & { updateComplete: Promise<unknown> }
      element.setAttribute('session-id', 'cs_test_1')
      document.body.append(element)
      await element.updateComplete
      element.getBoundingClientRect()
    }, tag)
    return { script: ran, mount: (await spent(...parts)) - before }
  } finally {
    await context.close()
  }
}

/** From the click that leads to the shop's page until the card form can be typed in, and what was downloaded until then. */
async function firstInput(browser: Browser, shopping: Shopping): Promise<{ ms: number; bytes: number }> {
  const { context, page, devtools } = await slowed(browser)
  try {
    const { session_id } = await makeSession(shopping)
    const api = shopping.payments.url
    const html = `<!doctype html><html lang="es-CR"><title>Tienda</title><script src="${api}/fourgeeks-checkout.js" defer></script>
      <fourgeeks-checkout session-id="${session_id}" test-drawer="off"></fourgeeks-checkout></html>`
    shopping.pages.set('/slow', html)
    await page.addInitScript(() => {
      document.addEventListener('checkout-ready', () => performance.mark('usable'))
    })
    await devtools.send('Network.enable')
    await devtools.send('Network.emulateNetworkConditions', slow4g)
    let bytes = 0
    devtools.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength))
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
    const measured = { ours: [], bare: [] } as Record<'ours' | 'bare', Cost[]>
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
    const row = (what: string, of: (one: Cost) => number): ElementRow => {
      const [a, b] = [median(measured.ours.map(of)), median(measured.bare.map(of))]
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
