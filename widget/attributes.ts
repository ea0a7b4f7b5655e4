/** The tag as markup writes it, for the frameworks that check markup. */
import type { CheckoutEvents } from './events.ts'

/** The attributes of `<fourgeeks-checkout>`. */
export type CheckoutAttributes = {
  /** The session to pay. A new one starts over. */
  'session-id'?: string | undefined
  /** A language tag such as `es-CR`. Without it, the page's language decides, then the browser's. */
  locale?: string | undefined
  /** The payment side's origin, such as `https://pay.example`. The script knows it by itself, the package does not. */
  api?: string | undefined
  /** `light`, `dark`, or `auto`: as the buyer's system prefers. */
  'color-scheme'?: 'light' | 'dark' | 'auto' | undefined
  /** `compact` takes less room. */
  density?: 'comfortable' | 'compact' | undefined
  /** `subscription` where the page knows that it is one: the room for its terms is kept from the first paint on. */
  mode?: 'payment' | 'subscription' | undefined
  /** `none` where the page itself says who is paid, what for and how much. */
  summary?: 'full' | 'none' | undefined
  /** `none` when a button of the page pays, by calling `submit()`. */
  'pay-button'?: 'frame' | 'none' | undefined
  /** The drawer of test cards: `on` shows it on any host, `off` on none; without it, on this very machine. */
  'test-drawer'?: 'on' | 'off' | undefined
}

/** Handlers of its events under a framework's own prefix: `on` makes `oncheckout-paid`. */
export type CheckoutHandlers<Prefix extends string> = {
  [Type in keyof CheckoutEvents as `${Prefix}${Type}`]?: ((event: CheckoutEvents[Type]) => void) | undefined
}
