/** `<fourgeeks-checkout>` in Vue's templates: attributes by their names, events as `@checkout-paid`. */
import type { HTMLAttributes } from 'vue'
import type { CheckoutAttributes } from '../attributes.ts'
import type { CheckoutEvents } from '../events.ts'
import type { FourgeeksCheckout } from '../fourgeeks-checkout.ts'

export * from '../register.ts'

/** `checkout-paid` is `onCheckoutPaid` where Vue compiles a template. */
type Handlers = {
  [Type in keyof CheckoutEvents as Type extends `checkout-${infer Name}` ? `onCheckout${Capitalize<Name>}` : never]?:
    ((event: CheckoutEvents[Type]) => void) | undefined
}

declare module 'vue' {
  interface GlobalComponents {
    'fourgeeks-checkout': new () => FourgeeksCheckout & {
      $props: HTMLAttributes & CheckoutAttributes & Handlers
    }
  }
}
