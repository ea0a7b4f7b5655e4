/** A Chromium to test in: `$CHROME_PATH`, an installed one, or (as root on Debian) one that is installed now. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** Where a browser is, or undefined. */
export function findBrowser(): string | undefined {
  const named = process.env['CHROME_PATH']
  if (named !== undefined) {
    if (existsSync(named)) return named
    throw new Error(`CHROME_PATH names ${named}, and there is nothing there`)
  }
  return places.find(existsSync) ?? [chromium.executablePath()].find(existsSync)
}

/** Where a browser is, after installing one if there was none. */
export function ensureBrowser(): string {
  const found = findBrowser()
  if (found !== undefined) return found
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('No browser found: installing Chromium with apt-get')
    const apt = (...args: string[]) =>
      spawnSync('apt-get', args, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
    apt('update', '-qq')
    apt('install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core')
  } else {
    console.log('No browser found: asking Playwright for its Chromium')
    spawnSync(process.execPath, ['node_modules/playwright-core/cli.js', 'install', 'chromium'], { stdio: 'inherit' })
  }
  const installed = findBrowser()
  if (installed !== undefined) return installed
  throw new Error(
    'The browser tests need Chromium or Chrome and none could be installed. ' +
      'Install one (Debian: apt-get install chromium) or set CHROME_PATH to its program.',
  )
}

/** No network but loopback, and no sandbox only where root makes it impossible. */
export const browserArguments = [
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  // A host name that is not this machine's, for pages that a test serves itself.
  '--host-resolver-rules=MAP tienda.test 127.0.0.1',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
]
