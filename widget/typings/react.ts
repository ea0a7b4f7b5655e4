/** `<fourgeeks-checkout>` in JSX, for React 19: attributes by their names, events as `oncheckout-paid`. */
import type * as React from 'react'
import type { CheckoutAttributes, CheckoutHandlers } from '../attributes.ts'
import type { FourgeeksCheckout } from '../fourgeeks-checkout.ts'

export * from '../register.ts'

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'fourgeeks-checkout': React.DetailedHTMLProps<React.HTMLAttributes<FourgeeksCheckout>, FourgeeksCheckout> &
        CheckoutAttributes &
        CheckoutHandlers<'on'>
    }
  }
}
