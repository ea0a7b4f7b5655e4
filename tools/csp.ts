/**
 * `npm run csp -- https://shop.example --api https://pay.example`: prints the Content-Security-Policy that a shop's pages can send, and the
 * script tag that goes with it, with the hash of the script that the payment side serves.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Published } from './publish.ts'

/** A policy under which a page of a shop takes a payment: nothing inline, nothing evaluated, no markup made from text. */
export const strictPolicy = (api: string): string =>
  [
    `default-src 'self'`,
    // The payment side's script, the calls that it makes, and its card frame. It needs no style, font or image.
    `script-src 'self' ${api}`,
    `connect-src 'self' ${api}`,
    `frame-src ${api}`,
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
    `require-trusted-types-for 'script'`,
    `trusted-types lit-html`,
  ].join('; ')

/** The tag for one file of the element, at the address that never changes. */
export function scriptTag(api: string, published: Published, file = 'fourgeeks-checkout.js'): string {
  const { path, integrity } = published.files[file]!
  const kind = file.endsWith('.mjs') ? 'type="module"' : 'defer'
  return `<script ${kind} src="${api}${path}" integrity="${integrity}" crossorigin="anonymous"></script>`
}

function stop(line: string): never {
  console.error(`csp: ${line}`)
  process.exit(1)
}

function readOrigin(what: string, text: string): string {
  const url = URL.parse(text)
  const isLocal = url?.protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  if (!url || (url.protocol !== 'https:' && !isLocal))
    stop(`${what} must be an https address such as https://shop.example, or http on this machine, not "${text}"`)
  if (url.pathname !== '/' || url.search || url.hash || url.username || url.password)
    stop(`${what} must be an origin and nothing after it: ${url.origin}, not "${text}"`)
  return url.origin
}

/** What the payment side serves now; this folder's own build where it does not answer. */
async function findPublished(api: string): Promise<Published> {
  try {
    const answer = await fetch(`${api}/element/manifest.json`, { signal: AbortSignal.timeout(3000) })
    if (answer.ok) return (await answer.json()) as Published
  } catch {
    // Not up yet, or not to be reached from here.
  }
  try {
    const own = JSON.parse(readFileSync('dist/element/manifest.json', 'utf8')) as Published
    console.error(`csp: ${api} does not answer, so the hash is that of the build in this folder`)
    return own
  } catch {
    return stop(`${api} does not answer, and nothing is built here; run \`npm run build\` first`)
  }
}

async function main(): Promise<void> {
  const usage = 'npm run csp -- https://shop.example [--api https://pay.example]'
  let given
  try {
    given = parseArgs({ allowPositionals: true, options: { api: { type: 'string' } } })
  } catch (error) {
    stop(`${(error as Error).message}. Usage: ${usage}`)
  }
  const [first, ...more] = given.positionals
  if (first === undefined || more.length > 0) stop(`name the shop's origin, and one only. Usage: ${usage}`)
  const shop = readOrigin('the shop', first)
  const api = readOrigin('--api', given.values.api ?? process.env['PUBLIC_URL'] ?? 'http://localhost:4242')
  if (shop === api) stop(`shop and payment side must be two origins, and both are ${shop}`)
  const published = await findPublished(api)
  const others = shop.startsWith('https:') ? '\nStrict-Transport-Security: max-age=31536000' : ''
  console.log(`# Headers for the pages of ${shop}; add to it what else they load
Content-Security-Policy: ${strictPolicy(api)}${others}

# Script of build ${published.build}, which the hash pins: take the new line with each new version
${scriptTag(api, published)}

# The payment side's account must list the shop: SANDBOX_ORIGINS=${shop}, or --origin ${shop} when an account is made`)
}

if (import.meta.main) await main()
