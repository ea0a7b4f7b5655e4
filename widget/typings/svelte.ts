/** `<fourgeeks-checkout>` in Svelte 5: attributes by their names, events as `oncheckout-paid`. */
import type { HTMLAttributes } from 'svelte/elements'
import type { CheckoutAttributes, CheckoutHandlers } from '../attributes.ts'
import type { FourgeeksCheckout } from '../fourgeeks-checkout.ts'

export * from '../register.ts'

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'fourgeeks-checkout': HTMLAttributes<FourgeeksCheckout> & CheckoutAttributes & CheckoutHandlers<'on'>
  }
}
