/** The reference at `/docs`, in a browser. One page for all tests, as a reader has it: it takes seconds to draw. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audit, desktop, openBrowser } from '../support/buyer.ts'
import { type Part, startPayments } from '../support/servers.ts'

type Document = { paths: Record<string, Record<string, { summary: string; 'x-extension'?: true }>> }

let payments: Part
let browser: Browser
let page: Page
const origins = new Set<string>()
const complaints: string[] = []
beforeAll(async () => {
  ;[payments, browser] = await Promise.all([
    startPayments({ DATABASE_URL: 'sqlite::memory:' }, 'dist/server/main.mjs'),
    openBrowser(),
  ])
  page = await browser.newPage(desktop)
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url())
    if (protocol !== 'data:' && protocol !== 'blob:') origins.add(origin)
  })
  page.on('websocket', (socket) => origins.add(socket.url()))
  // A broken rule of the page's policy is among them.
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(`${payments.url}/docs`)
  await page.getByRole('heading', { name: 'Authentication' }).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await payments?.stop()
})

/** What the audit finds wrong. Several operations are drawn at a time, and the component names the examples of each the same. */
const faults = async () => (await audit(page, {})).filter((fault) => !fault.startsWith('landmark-unique:'))

describe('GET /docs', () => {
  it('lists every operation', async () => {
    const { paths } = (await (await fetch(`${payments.url}/openapi.json`)).json()) as Document
    const summaries = Object.values(paths).flatMap((methods) => Object.values(methods).map(({ summary }) => summary))
    const listed = await page.getByRole('complementary').innerText()
    expect(await page.title()).toBe('4Geeks Payments API')
    expect(summaries.length).toBeGreaterThan(30)
    expect(summaries.filter((summary) => !listed.includes(summary))).toEqual([])
  })

  it('finds an operation, marks it as an extension, shows how a shop calls it, and offers nothing to send', async () => {
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('try a card')
    await page.getByRole('option', { name: 'Try a card' }).first().click()
    const operation = page.locator('[id$="/confirmIntent"]').first()
    await operation.getByRole('heading', { name: 'Try a card' }).waitFor()
    await operation.getByText('Extension', { exact: true }).first().waitFor()
    expect(await operation.innerText()).toMatch(/curl .*\/v1\/payments\/intent\//)
    await operation.getByText('Shell Curl').click()
    await page.getByRole('option', { name: 'Fetch' }).click()
    await operation.getByText('fetch(').first().waitFor()
    expect(await page.getByRole('button', { name: /test request|send/i }).count()).toBe(0)
  })

  it('has nothing that an audit finds wrong, wide and light', async () => {
    expect(await faults()).toEqual([])
  })

  it('fits into 320 px, and has nothing that an audit finds wrong there, in the dark', async () => {
    await page.getByRole('button', { name: 'Set dark mode' }).click()
    await page.setViewportSize({ width: 320, height: 800 })
    const widest = await page.evaluate(async () => {
      const widths: number[] = []
      // The introduction and the first operations: each is drawn when it comes near.
      for (let y = 0; y < 5000; y += 1000) {
        scrollTo(0, y)
        await new Promise(requestAnimationFrame)
        widths.push(document.documentElement.scrollWidth)
      }
      await Promise.all(document.getAnimations().map((animation) => animation.finished))
      return Math.max(...widths)
    })
    expect(widest).toBe(320)
    expect(await faults()).toEqual([])
  })

  it('has by then asked no other host for anything, and broken no rule of its policy', () => {
    expect([...origins]).toEqual([payments.url])
    expect(complaints).toEqual([])
  })
})
