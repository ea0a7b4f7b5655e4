/** The headers of pages on which money moves. Semantics B3. */
import { randomBytes } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import type { Deps } from './deps.ts'
import { Problem } from './domain/problem.ts'
import { limitPage } from './wire/limit.ts'
import { type Env, languageFor } from './wire/reply.ts'

const permissionsOff = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
]
  .map((feature) => `${feature}=()`)
  .join(', ')

type Page = {
  /** Who may frame the page: exact origins, or `'none'`. */
  frameAncestors: readonly string[]
  /** What the page itself may frame. */
  frameSrc?: string
  /** The names of the Trusted Types policies the page may make; without them its scripts make markup as they like. */
  trustedTypes?: string
  /** What may style the page, where that is not only what carries the nonce. */
  styleSrc?: string
  imgSrc?: string
  fontSrc?: string
}

/** Sets the headers of a page, and gives the nonce that its scripts and styles must carry: a new one each time. */
export function dressPage(c: Context<Env>, page: Page): string {
  const nonce = randomBytes(18).toString('base64')
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${page.styleSrc ?? `'nonce-${nonce}'`}`,
    `connect-src 'self'`,
    ...(page.imgSrc === undefined ? [] : [`img-src ${page.imgSrc}`]),
    ...(page.fontSrc === undefined ? [] : [`font-src ${page.fontSrc}`]),
    ...(page.frameSrc === undefined ? [] : [`frame-src ${page.frameSrc}`]),
    `form-action 'self'`,
    `base-uri 'none'`,
    `object-src 'none'`,
    `frame-ancestors ${page.frameAncestors.join(' ')}`,
    ...(page.trustedTypes === undefined
      ? []
      : [`require-trusted-types-for 'script'`, `trusted-types ${page.trustedTypes}`]),
  ]
  c.header('X-Request-Id', c.get('requestId'))
  c.header('Content-Security-Policy', policy.join('; '))
  c.header('Cache-Control', 'no-store')
  c.header('Referrer-Policy', 'no-referrer')
  c.header('X-Content-Type-Options', 'nosniff')
  c.header('Strict-Transport-Security', 'max-age=31536000; includeSubDomains')
  c.header('Permissions-Policy', permissionsOff)
  c.header('Cross-Origin-Opener-Policy', 'same-origin')
  return nonce
}

/** Counts a page by its reader's address. One too many is answered in a sentence, before any database is asked. */
export function countedPage(deps: Deps): MiddlewareHandler<Env> {
  return (c, next) => {
    try {
      limitPage(c, deps)
    } catch (refusal) {
      if (!(refusal instanceof Problem)) throw refusal
      dressPage(c, { frameAncestors: ['*'], trustedTypes: "'none'" })
      c.header('Retry-After', String(refusal.about.retryAfterSeconds))
      c.header('Vary', 'Accept-Language')
      return Promise.resolve(c.text(refusal.say[languageFor(c)], 429))
    }
    return next()
  }
}

/** A rule for what is heard and not seen, such as the heading of a document that a frame shows inside another. */
export const unseen = (selector: string): string =>
  `${selector} { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); }`
