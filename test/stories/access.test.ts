/**
 * What people perceive of the element who do not see it, use no mouse, zoom, or need calm: every state in every language, at 320 pixels.
 * What a screen reader is given and the way of the keyboard are kept in `test/transcripts`; `npm run transcripts` writes them anew.
 */
import type { Browser, Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audit, openBrowser } from '../support/buyer.ts'
import { hear } from '../support/heard.ts'
import { type Gallery, galleryLanguages, goodCard, openGallery, type State, states, words } from '../support/gallery.ts'

let browser: Browser
let gallery: Gallery
let page: Page

beforeAll(async () => {
  browser = await openBrowser()
  gallery = await openGallery(browser)
  page = await gallery.open({ viewport: { width: 320, height: 800 } })
})
afterAll(async () => {
  await browser?.close()
  await gallery?.close()
})

const stateOf = (name: string): State => states.find((state) => state.name === name)!

/** Where the focus is, out of shadow roots and into the frame. */
const focused = (where: Page | Frame): Promise<string> =>
  where.evaluate(() => {
    let at = document.activeElement
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
    if (!at || at === document.body || at.tagName === 'IFRAME') return ''
    const label = (at as HTMLInputElement).labels?.[0]?.textContent
    return `${at.tagName.toLowerCase()} “${(label ?? at.textContent).replace(/\s+/g, ' ').trim()}”`
  })

describe.each(galleryLanguages)('in %s', (language) => {
  const transcript: string[] = []

  it.each(states)('$name passes an audit and fits 320 pixels', async (state) => {
    await gallery.show(page, state, language)
    expect(await audit(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
    transcript.push(`# ${state.name}`, await hear(page, 'fourgeeks-checkout'), '')
  })

  it('every state reads as it did', async () => {
    await expect(transcript.join('\n')).toMatchFileSnapshot(`../transcripts/${language}.txt`)
  })

  it('is paid with the keyboard alone, and each mistake leads to its field', async () => {
    const frame = (await gallery.show(page, stateOf('ready'), language))!
    const steps: string[] = []
    const step = async (key: string) => {
      await page.keyboard.press(key)
      steps.push(`${key}: ${(await focused(page)) || (await focused(frame)) || 'the page'}`)
    }
    for (let n = 0; n < 5; n++) await step('Tab')
    await step('Enter')
    const card = words[language]
    const number = frame.getByLabel(card.number)
    const reason = await frame.locator(`[id="${await number.getAttribute('aria-describedby')}"]`).textContent()
    steps.push(`which is described as “${reason}”`)
    for (const text of [goodCard.number, goodCard.expiry, goodCard.cvc]) {
      await page.keyboard.type(text)
      if (text !== goodCard.cvc) await step('Tab')
    }
    await page.keyboard.press('Enter')
    const heading = page.locator('fourgeeks-checkout').getByRole('heading')
    await heading.waitFor()
    await expect.poll(() => focused(page)).toMatch(/^h2/)
    steps.push(`Enter: ${await focused(page)}`)
    steps.push(`announced: ${await page.locator('fourgeeks-checkout').getByRole('status').textContent()}`)
    await expect(`${steps.join('\n')}\n`).toMatchFileSnapshot(`../transcripts/${language}-keyboard.txt`)
  })
})

describe('the element', () => {
  it.each([320, 400, 1200])(
    'moves nothing on the page from first paint to the usable form, %i pixels wide',
    async (width) => {
      const wide = await gallery.open({ viewport: { width, height: 1000 } })
      await wide.addInitScript(() => {
        const shifts: string[] = []
        Object.assign(window, { shifts })
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) shifts.push(JSON.stringify(entry))
        }).observe({ type: 'layout-shift', buffered: true })
      })
      const how = { after: '<p>Seguir comprando</p>' }
      const height = () => wide.locator('fourgeeks-checkout').evaluate((host) => host.getBoundingClientRect().height)
      const lasting = 'mode="subscription"'
      for (const [language, attributes, of] of [
        ['es', ''],
        ['en', 'density="compact"'],
        ['pt', 'summary="none"'],
        ...(width === 320
          ? ([
              ['es', lasting, 'subscription'],
              ['pt', `${lasting} density="compact"`, 'trial'],
            ] as const)
          : ([[width === 400 ? 'en' : 'es', lasting, width === 400 ? 'card' : 'subscription']] as const)),
      ] as const) {
        const kind = of ?? 'payment'
        await gallery.show(wide, { ...stateOf('loading'), attributes, kind }, language, how)
        const reserved = await height()
        await gallery.show(wide, { ...stateOf(of ?? 'ready'), attributes }, language, how)
        await wide.waitForTimeout(100)
        expect(await height(), `${language} ${attributes} ${kind}`).toBe(reserved)
        expect(await wide.evaluate(() => (window as unknown as { shifts: string[] }).shifts)).toEqual([])
      }
      await wide.context().close()
    },
  )

  it('says a long name of a shop in full on a narrow page, in the room of a short one', async () => {
    await gallery.show(page, stateOf('ready'), 'es')
    const element = page.locator('fourgeeks-checkout')
    const height = () => element.evaluate((host) => host.getBoundingClientRect().height)
    const before = await height()
    const name = 'Distribuidora de Café del Valle Central, S. A.'
    await element.evaluate((host, name) => {
      const shown = host as unknown as { view: { session: object } }
      shown.view = { ...shown.view, session: { ...shown.view.session, merchant: { name } } }
    }, name)
    const line = element.locator('.merchant').filter({ hasText: name })
    const [text, badge] = await line.evaluate((line) => {
      const range = document.createRange()
      range.setStart(line, 0)
      range.setEndBefore(line.querySelector('b')!)
      const words = range.getBoundingClientRect()
      const badge = line.querySelector('b')!.getBoundingClientRect()
      const box = line.parentElement!.getBoundingClientRect()
      return [
        [words.left >= box.left, words.right <= box.right, words.top >= badge.bottom - 4],
        [badge.top >= box.top, getComputedStyle(line).overflow],
      ]
    })
    expect([text, badge]).toEqual([
      [true, true, true],
      [true, 'visible'],
    ])
    expect(await height()).toBe(before)
  })

  it('dresses its frame in the shop’s tokens, whatever unit they are in, and keeps them within bounds', async () => {
    const style = `fourgeeks-checkout { --fourgeeks-accent: gold; --fourgeeks-radius: 0.25rem; --fourgeeks-spacing: 400px;
      --fourgeeks-control-height: calc(2.5rem + 2px); --fourgeeks-muted: hsl(200 50% 30%) }`
    const frame = (await gallery.show(page, stateOf('ready'), 'es', { style }))!
    const worn = await frame.evaluate(() => {
      const of = getComputedStyle(document.documentElement)
      const names = ['accent', 'accent-text', 'radius', 'spacing', 'control-height', 'muted']
      return names.map((name) => of.getPropertyValue(`--${name}`))
    })
    expect(worn).toEqual([
      'color(srgb 1 0.843137 0)',
      expect.stringMatching(/^color\(srgb 0\.06/),
      '4px',
      '32px',
      '42px',
      'color(srgb 0.15 0.35 0.45)',
    ])
    expect(
      await frame
        .locator('input')
        .first()
        .evaluate((input) => getComputedStyle(input).height),
    ).toBe('42px')
  })

  it('is mirrored on a page that reads from right to left, its frame as well, and digits are not', async () => {
    const frame = (await gallery.show(page, stateOf('declined'), 'es', { dir: 'rtl' }))!
    expect(await frame.evaluate(() => document.documentElement.dir)).toBe('rtl')
    const [expiry, cvc] = await Promise.all(
      ['expiry', 'cvc'].map((name) => frame.locator(`#${name}`).evaluate((input) => input.getBoundingClientRect().x)),
    )
    expect(expiry!).toBeGreaterThan(cvc!)
    expect(await frame.locator('#number').evaluate((input) => getComputedStyle(input).direction)).toBe('ltr')
    expect(await audit(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
  })

  it('stands still for those who ask for it, and is outlined where colours are forced', async () => {
    await gallery.show(page, stateOf('loading'), 'es')
    const moving = () =>
      page.evaluate(() => document.getAnimations().filter((one) => one.playState === 'running').length)
    expect(await moving()).toBe(0)
    await page.emulateMedia({ forcedColors: 'active' })
    const frame = (await gallery.show(page, stateOf('mistakes'), 'es'))!
    const outlined = await frame.locator('#number').evaluate((input) => {
      const style = getComputedStyle(input)
      return [style.borderTopWidth, style.outlineStyle, style.outlineWidth]
    })
    expect(outlined).toEqual(['3px', 'solid', '3px'])
    expect(await audit(page)).toEqual([])
    await page.emulateMedia({ forcedColors: 'none' })
  })

  it('loads the texts of the language it speaks, and of no other', async () => {
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await gallery.show(page, stateOf('ready'), 'pt')
    expect(asked.filter((path) => path.startsWith('/assets/text-'))).toEqual([
      expect.stringMatching(/^\/assets\/text-pt-[0-9a-f]{16}\.json$/),
    ])
    page.removeAllListeners('request')
  })

  it('says in its language that the payment side is away, before any text could be loaded', async () => {
    const gone = { '/v1/': 'never', '/assets/text': { status: 500, body: {} } } as const
    await gallery.show(page, { ...stateOf('unknown'), replies: { ...gone, '/v1/': { status: 404, body: {} } } }, 'pt')
    const said = await page.locator('fourgeeks-checkout').getByRole('heading').textContent()
    expect(said).toBe('Não conseguimos acessar o serviço de pagamento')
    expect(await audit(page)).toEqual([])
  })

  it('says what the shop would rather say, as text, on both sides of the frame’s border', async () => {
    await gallery.show(page, stateOf('ready'), 'es')
    await page.locator('fourgeeks-checkout').evaluate((host) =>
      Object.assign(host, {
        texts: {
          screens: { secure: '<i>Donación</i> segura' },
          card: { pay: 'Donar {amount}', number: '<b>Tarjeta</b>', to: 'Su pago es para otro', busy: 7 },
        },
      }),
    )
    const frame = page.frameLocator('fourgeeks-checkout iframe')
    await frame.getByRole('button', { name: 'Donar ₡18' }).waitFor()
    await frame.getByLabel('<b>Tarjeta</b>').waitFor()
    expect(await frame.locator('.to').textContent()).toBe('Su pago es para Tostadora')
    expect(await page.locator('fourgeeks-checkout').getByText('<i>Donación</i> segura').count()).toBe(1)
  })
})
