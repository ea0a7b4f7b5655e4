/** The Content-Security-Policy under which a tester wants to see a page of their shop. */
import { z } from 'zod'

/** One header's worth of text. Empty: the page has no policy. */
export const policyText = z
  .string()
  .max(4000)
  .transform((text) => text.replace(/\s+/g, ' ').trim())
  .refine((text) => /^[\x20-\x7e]*$/.test(text))

const directives = (policy: string): string[] =>
  policy
    .split(';')
    .map((one) => one.trim())
    .filter(Boolean)
const nameOf = (directive: string): string => directive.split(' ')[0]!.toLowerCase()

/** As it is sent with the page inside the QA page: whoever frames it is the one thing that is not the tester's. */
export const framedPolicy = (policy: string): string =>
  [...directives(policy).filter((one) => nameOf(one) !== 'frame-ancestors'), `frame-ancestors 'self'`].join('; ')

/** The same once more, only to be told of: what the tester wrote stays as it was written. */
export const reportingPolicy = (policy: string, to: string): string =>
  [
    // Not heard in a policy that only reports.
    ...directives(policy).filter(
      (one) =>
        !['frame-ancestors', 'report-uri', 'report-to', 'sandbox', 'upgrade-insecure-requests'].includes(nameOf(one)),
    ),
    `report-uri ${to}`,
  ].join('; ')
