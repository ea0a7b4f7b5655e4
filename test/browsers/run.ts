/**
 * `npm run test:browsers`: whole purchases in Firefox and in WebKit, beside the Chromium of `npm test`. Needs the build (`npm run build`).
 * `npm run test:browsers -- webkit` plays in that one alone. Pictures lie in `test/output/browsers`.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ensureProgram } from '../support/find-browser.ts'
import { startShopping } from '../support/servers.ts'
import { openFirefox } from './firefox.ts'
import { play, purchases } from './purchases.ts'
import type { Running, Wish } from './tab.ts'
import { miniBrowser, openWebkit } from './webkit.ts'

/** Finds each browser, or installs it where that can be done, before anything is played. */
const browsers: Record<string, () => (wish: Wish) => Promise<Running>> = {
  firefox() {
    const places = ['/usr/bin/firefox-esr', '/usr/bin/firefox', '/Applications/Firefox.app/Contents/MacOS/firefox']
    const program = ensureProgram('Firefox', { variable: 'FIREFOX_PATH', places, packages: ['firefox-esr'] })
    return (wish) => openFirefox(program, wish)
  },
  webkit() {
    const packages = ['webkit2gtk-driver', 'xvfb']
    const driver = ensureProgram('WebKitGTK’s driver', { places: ['/usr/bin/WebKitWebDriver'], packages })
    const screen = ensureProgram('Xvfb', { places: ['/usr/bin/Xvfb'], packages })
    const browser = ensureProgram('WebKitGTK’s MiniBrowser', { places: [miniBrowser()], packages })
    return (wish) => openWebkit({ driver, screen, browser }, wish)
  },
}

const wanted = process.argv.slice(2)
const strange = wanted.filter((name) => !Object.hasOwn(browsers, name))
const complain = (line: string): never => {
  console.error(line)
  process.exit(1)
}
if (strange.length > 0)
  complain(`No such browser: ${strange.join(', ')}. There are ${Object.keys(browsers).join(', ')}`)
if (!existsSync('dist/server/main.mjs')) complain('Run `npm run build` first')

const opened = (wanted.length > 0 ? wanted : Object.keys(browsers)).map((name) => {
  try {
    return { name, open: browsers[name]!() }
  } catch (error) {
    return complain(error instanceof Error ? error.message : String(error))
  }
})

const shopping = await startShopping({ LOG_LEVEL: 'error' })
const lines: string[] = []
let failures = 0
try {
  for (const { name, open } of opened) {
    const folder = join('test/output/browsers', name)
    mkdirSync(folder, { recursive: true })
    const began = performance.now()
    let version = name
    let passed = 0
    let failed = 0
    for (const dark of [false, true]) {
      const browser = await open({ dark })
      version = browser.version
      try {
        for (const purchase of purchases.filter((each) => each.dark === dark)) {
          const start = performance.now()
          const failure = await play(purchase, browser, shopping, folder).then(
            () => null,
            (error: unknown) => error,
          )
          if (failure === null) passed++
          else failed++
          console.log(`${failure === null ? '✓' : '✗'} ${version}: ${purchase.name} (${secondsSince(start)} s)`)
          if (failure !== null) console.log(failure)
        }
      } finally {
        await browser.close()
      }
    }
    failures += failed
    lines.push(`${version}: ${passed} passed, ${failed} failed in ${secondsSince(began)} s`)
  }
} finally {
  await shopping.stop()
}
console.log(`\n${lines.join('\n')}`)
process.exit(failures === 0 ? 0 : 1)

function secondsSince(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(1)
}
