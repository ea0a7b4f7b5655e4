/** What the element tells the shop's page. All bubble and leave shadow roots; none carries anything of a card. */
import type { CardErrorCode, DeclineCode } from '../server/contract/errors.ts'
import type { FrameFailure } from './channel.ts'
import type { Fault } from './view.ts'

export type FailureReason = FrameFailure | Fault | 'unknown_session' | 'refused_page' | 'unsupported'

/** Every event, and the fields it adds to what every `Event` has. */
export type CheckoutNews = {
  /** The form can be used. */
  'checkout-ready': object
  /** Something was typed. `complete` once all fields could be sent. */
  'checkout-change': { readonly complete: boolean }
  /** The buyer asked to pay; an answer follows. */
  'checkout-submitted': object
  /**
   * Paid. A hint for the page: the shop's backend learns the truth from the webhook or from `GET /v1/payments/{id}`.
   * Cancel it to stay on the page instead of going to the session's `return_url`.
   * `payment` is the payment's id, or null when it was paid in another tab that did not say.
   */
  'checkout-paid': { readonly payment: string | null; readonly session: string; readonly status: 'succeeded' }
  /** The bank or the card said no; the buyer was told and may try again in place. */
  'checkout-declined': { readonly code: CardErrorCode; readonly declineCode: DeclineCode | null }
  /** The session ran out of time: make a new one and set it as `session-id`. */
  'checkout-expired': object
  /** Nothing was charged and something is in the way. */
  'checkout-failed': { readonly reason: FailureReason }
}

/** One happening of a checkout, with its fields on the event itself: `event.payment`, not `event.detail`. */
export class CheckoutEvent<Type extends keyof CheckoutNews> extends Event {
  constructor(type: Type, fields: CheckoutNews[Type]) {
    super(type, { bubbles: true, composed: true, cancelable: type === 'checkout-paid' })
    // Not by assignment, which a setter on `Object.prototype` could take and answer otherwise.
    for (const [name, value] of Object.entries(fields)) Object.defineProperty(this, name, { value, enumerable: true })
  }
}

/** Every event by its name, as a listener gets it. */
export type CheckoutEvents = { [Type in keyof CheckoutNews]: CheckoutEvent<Type> & CheckoutNews[Type] }

declare global {
  interface HTMLElementEventMap extends CheckoutEvents {}
}
