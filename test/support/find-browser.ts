/**
 * A Chromium to test in: `$CHROME_PATH`, an installed one, or (as root on Debian) one that is installed now. Where there is a
 * choice it is the headless shell: the same engine without the windows, tabs and bars around it, which nobody sees here and
 * which take a third of a test's time.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

const shell = '/usr/bin/chromium-headless-shell'
const places = [
  shell,
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

/** Where a browser is, after installing one if there was none, or only a whole one where the quicker one can be had. */
export function ensureBrowser(): string {
  const found = findBrowser()
  if (found !== undefined && (found === shell || process.env['CHROME_PATH'] !== undefined || !mayInstall()))
    return found
  if (mayInstall()) {
    console.log('Installing the headless shell of Chromium with apt-get')
    install('chromium-headless-shell')
  } else {
    console.log('No browser found: asking Playwright for its Chromium')
    spawnSync(process.execPath, ['node_modules/playwright-core/cli.js', 'install', 'chromium'], { stdio: 'inherit' })
  }
  const installed = findBrowser()
  if (installed !== undefined) return installed
  throw new Error(
    'The browser tests need Chromium or Chrome and none could be installed. ' +
      'Install one (Debian: apt-get install chromium-headless-shell) or set CHROME_PATH to its program.',
  )
}

/** Where one of the other browsers' programs is, after installing its Debian packages if it was missing. `variable` may name it. */
export function ensureProgram(
  name: string,
  { variable, places, packages }: { variable?: string; places: string[]; packages: string[] },
): string {
  const named = variable && process.env[variable]
  if (named && !existsSync(named)) throw new Error(`${variable} names ${named}, and there is nothing there`)
  const find = () => (named ? named : places.find((each) => existsSync(each)))
  const found = find()
  if (found !== undefined) return found
  const line = `apt-get install ${packages.join(' ')}`
  if (mayInstall()) {
    console.log(`No ${name} found: ${line}`)
    install(...packages)
  }
  const installed = find()
  if (installed !== undefined) return installed
  throw new Error(
    `${name} is missing. Install it (Debian: ${line})${variable ? ` or set ${variable} to its program` : ''}.`,
  )
}

const mayInstall = () => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')

function install(...packages: string[]): void {
  const apt = (...args: string[]) =>
    spawnSync('apt-get', args, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
  apt('update', '-qq')
  apt('install', '-y', '-qq', '--no-install-recommends', ...packages, 'fonts-dejavu-core')
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
