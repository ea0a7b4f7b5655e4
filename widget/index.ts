/** Registers `<fourgeeks-checkout>`. The only file of the element that does anything by being loaded. */
import { readAddress } from './client.ts'
import { FourgeeksCheckout } from './fourgeeks-checkout.ts'

export type * from './events.ts'

/** A classic script knows itself; a module does by `import.meta`; the classic file loaded as a module finds its own tag. */
function loadedFrom(): string {
  const script = document.currentScript as HTMLScriptElement | null
  const tag = document.querySelector<HTMLScriptElement>('script[src*="fourgeeks-checkout"]')
  const address = script?.src || (import.meta.url as string | undefined) || tag?.src
  return readAddress(address ?? '')?.origin ?? ''
}

FourgeeksCheckout.api = loadedFrom()
if (!customElements.get('fourgeeks-checkout')) customElements.define('fourgeeks-checkout', FourgeeksCheckout)

declare global {
  interface HTMLElementTagNameMap {
    'fourgeeks-checkout': FourgeeksCheckout
  }
}
