/**
 * The words spoken between the element in the shop's page and the card frame, and the readers that check them.
 * Nothing the frame can say has room for a card's digits, and a message with one field too many is no message.
 */
import type { CardErrorCode, DeclineCode } from '../server/contract/errors.ts'

/** The fonts a shop may choose from: names travel, never CSS. */
export const fonts = {
  system: "system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif",
  rounded: "ui-rounded, 'Arial Rounded MT Bold', Quicksand, sans-serif",
  serif: 'ui-serif, Charter, Georgia, serif',
  mono: 'ui-monospace, Menlo, Consolas, monospace',
} as const
export type FontName = keyof typeof fonts

/** The colours that cross, by the names of their custom properties: `accent-text` is `--accent-text` on both sides. */
export const colourNames = [
  'accent',
  'accent-text',
  'text',
  'muted',
  'background',
  'surface',
  'border',
  'danger',
] as const
export type ColourName = (typeof colourNames)[number]

/** Lengths in whole pixels, and the least and most that each may be. */
export const lengths = { radius: [0, 24], 'font-size': [14, 22], spacing: [8, 32], 'control-height': [36, 64] } as const
export type LengthName = keyof typeof lengths
export const lengthNames = Object.keys(lengths) as LengthName[]

/** The look of the frame: a closed list of values. Colours are `color(srgb …)` and nothing else. */
export type Theme = Record<ColourName, string> &
  Record<LengthName, number> & { scheme: 'light' | 'dark'; direction: 'ltr' | 'rtl'; fontFamily: FontName }

/** The one message that crosses by `window.postMessage`: with it travels the port for all others. */
export type Connect = { type: 'fourgeeks:connect'; nonce: string }

export type ToFrame =
  /**
   * `resumes`: a card was sent for this intent before. `texts`: what the shop would rather say; the frame takes of it what may
   * be said otherwise, as plain text. `button`: whether the frame shows the one that pays, or leaves it to the page and says in
   * its place what will be paid.
   */
  | {
      type: 'init'
      clientSecret: string
      intentId: string
      resumes: boolean
      locale: string
      theme: Theme
      texts: Record<string, string>
      button: boolean
    }
  | { type: 'theme'; theme: Theme }
  | { type: 'submit' }
  /** Fills in a card of the sandbox, by its name in the table: the frame asks its own origin for the number. */
  | { type: 'fill'; card: string }

/** Why a click came to nothing although no charge was made. `refused` is final, the others may be tried again in place. */
export const frameFailures = ['network', 'limited', 'refused'] as const
export type FrameFailure = (typeof frameFailures)[number]

export type FromFrame =
  | { type: 'ready' }
  | { type: 'height'; height: number }
  | { type: 'change'; complete: boolean; empty: boolean }
  | { type: 'submitted' }
  | { type: 'declined'; code: CardErrorCode; declineCode: DeclineCode | null }
  | { type: 'checking' }
  /** The bank asks the buyer, in the form's place. */
  | { type: 'challenge' }
  | { type: 'paid'; paymentId: string | null }
  | { type: 'expired' }
  | { type: 'failed'; reason: FrameFailure }

type Check = (value: unknown) => boolean
/** A check for every field but `type`, for every message of a union. */
type Shapes<M extends { type: string }> = { [T in M as T['type']]: { [Field in Exclude<keyof T, 'type'>]: Check } }

const word =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value)
const oneOf =
  (list: readonly unknown[]): Check =>
  (value) =>
    list.includes(value)
const within =
  (least: number, most: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most

/** True for an object that has exactly these fields, each as it should be. */
function fits(value: unknown, shape: Record<string, Check>): boolean {
  if (typeof value !== 'object' || value === null) return false
  const names = Object.keys(shape)
  return (
    Object.keys(value).length === names.length &&
    names.every((name) => Object.hasOwn(value, name) && shape[name]!((value as Record<string, unknown>)[name]))
  )
}

function read<M extends { type: string }>(value: unknown, shapes: Shapes<M>): M | null {
  const type = (value as { type?: unknown } | null)?.type
  if (typeof type !== 'string' || !Object.hasOwn(shapes, type)) return null
  return fits(value, { type: oneOf([type]), ...shapes[type as M['type']] }) ? (value as M) : null
}

/** A code's letters. The frame sends none but the contract's; to list them here again would cost every buyer 200 bytes. */
const isCode = word(/^[a-z_]{6,40}$/)

/** True for the id of a payment, which is all that the frame may say about one. */
export const isPaymentId = word(/^pay_[0-9A-Za-z]{1,80}$/) as (value: unknown) => value is string

function isTheme(value: unknown): boolean {
  const colour = word(/^color\(srgb( -?\d[\d.e-]{0,11}){3}( \/ \d[\d.e-]{0,11})?\)$/)
  return fits(value, {
    ...Object.fromEntries(colourNames.map((name) => [name, colour])),
    ...Object.fromEntries(lengthNames.map((name) => [name, within(lengths[name][0], lengths[name][1])])),
    scheme: oneOf(['light', 'dark']),
    direction: oneOf(['ltr', 'rtl']),
    fontFamily: oneOf(Object.keys(fonts)),
  })
}

/** The longest sentence that a shop may put in the place of one of the frame's. */
const longestText = 300

/** True for a sentence that may cross to the frame. */
export const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= longestText

const isTexts: Check = (value) =>
  typeof value === 'object' &&
  value !== null &&
  Object.getPrototypeOf(value) === Object.prototype &&
  Object.keys(value).length < 100 &&
  Object.values(value).every(isText)

/** The greeting, or null for anything else. */
export const readConnect = (value: unknown): Connect | null =>
  read<Connect>(value, { 'fourgeeks:connect': { nonce: word(/^[\d-]{7,43}$/) } })

/** What the element says to the frame, or null for anything else. */
export const readToFrame = (value: unknown): ToFrame | null =>
  read<ToFrame>(value, {
    init: {
      clientSecret: word(/^[\w-]{1,300}$/),
      intentId: word(/^\w{1,100}$/),
      resumes: oneOf([true, false]),
      locale: word(/^[A-Za-z]{2}(-[A-Za-z0-9]{1,8}){0,6}$/),
      theme: isTheme,
      texts: isTexts,
      button: oneOf([true, false]),
    },
    theme: { theme: isTheme },
    submit: {},
    fill: { card: word(/^[a-z\d_]{3,60}$/) },
  })

/** What the frame says to the element, or null for anything else. */
export const readFromFrame = (value: unknown): FromFrame | null =>
  read<FromFrame>(value, {
    ready: {},
    height: { height: within(0, 4000) },
    change: { complete: oneOf([true, false]), empty: oneOf([true, false]) },
    submitted: {},
    declined: { code: isCode, declineCode: (code) => code === null || isCode(code) },
    checking: {},
    challenge: {},
    paid: { paymentId: (id) => id === null || isPaymentId(id) },
    expired: {},
    failed: { reason: oneOf(frameFailures) },
  })

/** 128 random bits. `randomUUID` would refuse pages on plain http, where a shop may be tried out. */
export const randomWord = (): string => crypto.getRandomValues(new Uint32Array(4)).join('-')
