/** The package's entry without a side effect: the class to register by hand or to extend, and the types of all it tells. */
export { FourgeeksCheckout } from './fourgeeks-checkout.ts'
export { CheckoutEvent, type CheckoutEvents, type CheckoutNews, type FailureReason } from './events.ts'
export type { CheckoutAttributes, CheckoutHandlers } from './attributes.ts'
export type { CardErrorCode, DeclineCode } from '../server/contract/errors.ts'
