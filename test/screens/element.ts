/**
 * Photographs of the element alone: every state in every language, light and dark, narrow, on a phone and wide, each set on one sheet.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { galleryLanguages, openGallery, states } from '../support/gallery.ts'

const widths = [320, 400, 1200]
const schemes = ['light', 'dark'] as const

/** Of all sets only those whose name contains `wanted`, such as `es-dark-320`. */
export async function photographElement(browser: Browser, folder: string, wanted = ''): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const gallery = await openGallery(browser)
  for (const language of galleryLanguages) {
    for (const colorScheme of schemes) {
      for (const width of widths) {
        const name = `${language}-${colorScheme}-${width}`
        if (!name.includes(wanted)) continue
        const page = await gallery.open({ viewport: { width, height: 1100 }, colorScheme })
        const pictures: { of: string; png: Buffer }[] = []
        for (const state of states) {
          await gallery.show(page, state, language)
          await page.waitForTimeout(120)
          const png = await page.locator('main').screenshot()
          writeFileSync(join(folder, `${name}-${state.name}.png`), png)
          pictures.push({ of: state.name, png })
        }
        await page.setViewportSize({ width: width > 1000 ? 2 * width : 6 * width, height: 900 })
        await page.setContent(
          `<body style="margin:0;padding:8px;font:14px sans-serif;display:grid;gap:8px;grid-template-columns:repeat(${width > 1000 ? 2 : 6},1fr);background:#888">${pictures
            .map(
              ({ of, png }) =>
                `<figure style="margin:0"><figcaption>${of}</figcaption><img style="max-width:100%" src="data:image/png;base64,${png.toString('base64')}"></figure>`,
            )
            .join('')}`,
        )
        await page.screenshot({ path: join(folder, `sheet-${name}.png`), fullPage: true })
        await page.context().close()
        console.log(`element ${name}: ${pictures.length} states`)
      }
    }
  }
  await gallery.close()
}
