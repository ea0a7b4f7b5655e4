/**
 * The page of a shop, in a frame of its own: with the tester's policy, language and direction, as wide as they want it. Its address says
 * all of it, so what is seen here is what anyone sees who opens it.
 */
import { attributesOf, textsOf, tokensOf } from './snippet.ts'
import type { State } from './state.ts'

/** Which page is shown. */
type Shown = {
  state: State
  session: string
  /** The name under which the browser reports what the policy forbids. */
  page: string
}

/** The element, as far as this page knows it: what any shop's script could use. */
type Checkout = HTMLElement & { fill(card: string): void; submit(): void; texts: object }

export type Heard = { type: string; detail: Record<string, unknown> }

export const elementEvents = [
  'checkout-ready',
  'checkout-change',
  'checkout-submitted',
  'checkout-paid',
  'checkout-declined',
  'checkout-expired',
  'checkout-failed',
] as const

type Means = { now: () => Shown; hear: (heard: Heard) => void }

export function shownAddress({ state, session, page }: Shown, framed = true): string {
  const { lang, dir, scheme, csp, policy } = state
  const query = new URLSearchParams({ session, page, lang, dir, scheme })
  for (const [name, value] of [...attributesOf(state), ...tokensOf(state)]) query.set(name, value)
  // The page is this page's, so that the drawer of the element would only say the same once more.
  query.set('test-drawer', 'off')
  if (csp === 'on') query.set('policy', policy)
  if (!framed) query.set('framed', 'no')
  return `/qa/shown?${query.toString()}`
}

export function preview(frame: HTMLIFrameElement, means: Means) {
  let isReady = false
  let seen: Document | null = null

  const element = (): Checkout | null => {
    // Only while the page is ours: one that went on to an address elsewhere is nobody's business.
    const shown = frame.contentDocument
    return (shown?.querySelector('fourgeeks-checkout') as Checkout | null) ?? null
  }

  /** As early as there is a document: before any script of it has run. */
  const look = (): void => {
    const shown = frame.contentDocument
    if (shown && shown !== seen && shown.URL !== 'about:blank' && shown.body) {
      seen = shown
      isReady = false
      for (const type of elementEvents) shown.addEventListener(type, hear)
      sizes.disconnect()
      sizes.observe(shown.documentElement)
      // At once, before the element's script has run; a page that has only begun to come is waited for.
      if (element()) dressUp()
      else shown.addEventListener('DOMContentLoaded', dressUp, { once: true })
    }
    requestAnimationFrame(look)
  }

  /** The shop's own button, where the tester wants one. */
  const order = () => seen?.querySelector<HTMLButtonElement>('#order')

  const dressUp = (): void => {
    const texts = textsOf(means.now().state)
    const checkout = element()
    if (checkout && texts) checkout.texts = texts
    order()?.addEventListener('click', () => element()?.submit())
  }

  const hear = (event: Event): void => {
    const detail = Object.fromEntries(Object.entries(event).filter(([name]) => name !== 'isTrusted'))
    if (event.type === 'checkout-paid' && means.now().state.leaves === 'no') event.preventDefault()
    const button = order()
    if (event.type === 'checkout-change' && button) button.disabled = detail['complete'] !== true
    if (event.type === 'checkout-ready') {
      isReady = true
      fill()
    }
    means.hear({ type: event.type, detail })
  }

  const fill = (): boolean => {
    const { card } = means.now().state
    if (card && isReady) element()?.fill(card)
    return isReady
  }

  const sizes = new ResizeObserver(() => {
    const height = frame.contentDocument?.body?.offsetHeight ?? 0
    frame.style.blockSize = `${Math.max(height, 320)}px`
  })

  look()
  return {
    /** Loads the page anew. */
    load(): void {
      isReady = false
      frame.contentWindow?.location.replace(shownAddress(means.now()))
    },
    /** Fills in the card that is chosen; false while there is no form. */
    fill,
  }
}
