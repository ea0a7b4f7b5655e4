/** The package's first entry: registers `<fourgeeks-checkout>` where there are elements, and gives what `element.ts` gives. */
import { FourgeeksCheckout } from './fourgeeks-checkout.ts'

export * from './element.ts'

if (globalThis.document) FourgeeksCheckout.define()
