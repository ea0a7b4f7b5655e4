/** Firefox, through WebDriver BiDi. */
import { type ElementHandle, type Frame, type JSHandle, launch, type Page } from 'puppeteer-core'
import type { Running, View, Wish } from './tab.ts'

export async function openFirefox(program: string, { dark }: Wish): Promise<Running> {
  const browser = await launch({
    browser: 'firefox',
    executablePath: program,
    headless: true,
    defaultViewport: null,
    extraPrefsFirefox: {
      'intl.accept_languages': 'es-CR, es',
      // 0 is dark, 1 is light.
      'layout.css.prefers-color-scheme.content-override': dark ? 0 : 1,
      // Tab stops at buttons and links as well, whatever the system would like.
      'accessibility.tabfocus': 7,
    },
  })
  const page = await browser.newPage()
  // Only a tab of its own, in front, has the focus, shows it, and presses buttons by key.
  await page.bringToFront()
  return {
    version: (await browser.version()).replace('firefox/', 'Firefox '),
    tab: {
      ...view(page),
      open: async (url) => void (await page.goto(url)),
      type: (text) => page.keyboard.type(text),
      press: (key) => page.keyboard.press(key),
      resize: (width, height) => page.setViewport({ width, height }),
      photograph: async () => Buffer.from(await page.screenshot()),
    },
    close: () => browser.close(),
  }
}

function view(document: Page | Frame): View {
  const find = async (element: string) => {
    const handle: JSHandle = await document.evaluateHandle(`(${element})`)
    const found = handle.asElement() as ElementHandle<Element> | null
    if (!found) throw new Error(`There is no ${element}`)
    return found
  }
  return {
    read: async <T>(expression: string) => (await document.evaluate(`(${expression})`)) as T,
    click: async (element) => (await find(element)).click(),
    async enter(iframe) {
      const inside = await (await find(iframe)).contentFrame()
      if (!inside) throw new Error(`No document in ${iframe}`)
      return view(inside as Frame)
    },
  }
}
