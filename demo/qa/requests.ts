/** What the QA page may ask of the backend. */
import { z } from 'zod'
import { currencies } from '../shop/catalogue.ts'
import { policyText } from './policy.ts'

export const namespace = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/)
const text = z.string().trim().max(500)
export const newSession = z.object({
  mode: z.enum(['payment', 'subscription']),
  amount: z.string().max(20),
  currency: z.enum(currencies),
  description: text,
  items: z.array(text).max(20),
  // Too short or too long is the payment side's to say.
  minutes: z.int().min(0).max(100_000).nullable(),
  email: text,
  return_url: z.string().max(2048),
  interval: z.enum(['day', 'week', 'month', 'year']),
  trial_days: z.int().min(0).max(365),
})
export type Wanted = z.infer<typeof newSession>

export const clockMove = z.union([
  z.object({ frozen: z.boolean() }),
  z.object({
    advance: z
      .object({ seconds: z.int() })
      .or(z.object({ days: z.int() }))
      .or(z.object({ months: z.int() })),
  }),
  z.object({ reset: z.literal(true) }),
])
const switchKind = z.enum([
  'delay',
  'rate_limit',
  'error_before_commit',
  'error_after_commit',
  'dropped_reply',
  'webhook_duplicate',
  'webhook_delay',
  'webhook_reorder',
  'webhook_bad_signature',
])
export const newSwitch = z.object({
  kind: switchKind,
  times: z.int().min(1).max(100),
  delay_ms: z.int().min(1).max(60_000).optional(),
  session_id: z.string().max(255),
})
export const id = z.string().regex(/^[\w-]{1,255}$/)
export const shown = z.object({
  session: id,
  page: id,
  lang: z.string().regex(/^[a-zA-Z]{2,3}(-[\w]{1,8}){0,3}$/),
  dir: z.enum(['ltr', 'rtl']).catch('ltr'),
  scheme: z.enum(['light', 'dark', 'auto']).catch('auto'),
  policy: policyText.catch(''),
  framed: z.literal('no').optional().catch(undefined),
})
/** Attributes that are on the tag as they are in the address. */
export const attributes = ['locale', 'color-scheme', 'density', 'summary', 'mode', 'pay-button', 'test-drawer'] as const

/** Refused as the payment side refuses. */
export const told = (errors: { field: string; message: string }[]) => ({
  error: { title: '', content: '', errors },
})
export const mistakes = (error: z.ZodError) =>
  told(error.issues.map(({ path, message }) => ({ field: path.join('.'), message })))
