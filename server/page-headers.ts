/** The headers of pages on which money moves. Semantics B3. */

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
  nonce: string
  /** Who may frame the page: exact origins, or `'none'`. */
  frameAncestors: readonly string[]
  /** What the page itself may frame. */
  frameSrc?: string
  /** The names of the Trusted Types policies the page may make. */
  trustedTypes: string
}

export function pageHeaders(page: Page): [name: string, value: string][] {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${page.nonce}'`,
    `style-src 'nonce-${page.nonce}'`,
    `connect-src 'self'`,
    ...(page.frameSrc === undefined ? [] : [`frame-src ${page.frameSrc}`]),
    `form-action 'self'`,
    `base-uri 'none'`,
    `object-src 'none'`,
    `frame-ancestors ${page.frameAncestors.join(' ')}`,
    `require-trusted-types-for 'script'`,
    `trusted-types ${page.trustedTypes}`,
  ]
  return [
    ['Content-Security-Policy', policy.join('; ')],
    ['Cache-Control', 'no-store'],
    ['Referrer-Policy', 'no-referrer'],
    ['X-Content-Type-Options', 'nosniff'],
    ['Strict-Transport-Security', 'max-age=31536000; includeSubDomains'],
    ['Permissions-Policy', permissionsOff],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
  ]
}

/** A rule for what is heard and not seen, such as the heading of a document that a frame shows inside another. */
export const unseen = (selector: string): string =>
  `${selector} { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); }`
