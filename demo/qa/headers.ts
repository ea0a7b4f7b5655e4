/** The headers of what the QA page serves. */

/** Of a page under `policy`, or of a file that has none. */
export const headers = (policy: string | null, more: Record<string, string> = {}): Record<string, string> => ({
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
  ...(policy && { 'content-security-policy': policy }),
  ...more,
})

/** The policy of the pages that are ours, whichever a tester sets for theirs. */
export const ownPolicy = (framedBy: string) =>
  [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self'`,
    `img-src 'self' data:`,
    `connect-src 'self'`,
    `frame-src 'self'`,
    `form-action 'self'`,
    `base-uri 'none'`,
    `frame-ancestors ${framedBy}`,
    `require-trusted-types-for 'script'`,
    `trusted-types lit-html`,
  ].join('; ')
