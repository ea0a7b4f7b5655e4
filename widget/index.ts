/** The script that shops load from the payment side: knows where it came from, and registers `<fourgeeks-checkout>`. */
import { readAddress } from './client.ts'
import { FourgeeksCheckout } from './fourgeeks-checkout.ts'

/** A classic script knows itself; a module does by `import.meta`; the classic file loaded as a module finds its own tag. */
function loadedFrom(): string {
  const script = document.currentScript as HTMLScriptElement | null
  const tag = document.querySelector<HTMLScriptElement>('script[src*="fourgeeks-checkout"]')
  const address = script?.src || (import.meta.url as string | undefined) || tag?.src
  return readAddress(address ?? '')?.origin ?? ''
}

FourgeeksCheckout.api = loadedFrom()
FourgeeksCheckout.define()
