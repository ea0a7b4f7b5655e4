/** What the element shows, and how one screen follows from another. Pure: no clock, no network, no page. */
import type { SessionView } from '../server/contract/checkout.ts'
import type { FrameFailure } from './channel.ts'

/** What keeps an element from starting: the developer's to repair. */
export type Fault = 'no_session' | 'no_api' | 'same_origin'

export type View =
  | { at: 'loading' }
  /** A subscription that still lacks the buyer's address; `wrong` once one was given that is none. */
  | { at: 'email'; session: SessionView; wrong: boolean }
  /** The session is known, its form is on the way. */
  | { at: 'opening'; session: SessionView }
  | { at: 'ready'; session: SessionView }
  | { at: 'paying'; session: SessionView }
  /** A charge may exist and nobody could say yet: never an error, never a second try. */
  | { at: 'checking'; session: SessionView }
  /** The buyer's bank asks for a confirmation, inside the form's frame. */
  | { at: 'challenge'; session: SessionView }
  | { at: 'paid'; session: SessionView; payment: string | null; leaving: boolean }
  | { at: 'already-paid'; session: SessionView }
  | { at: 'expired'; session: SessionView }
  /** A kind of payment that this version cannot take in the page. */
  | { at: 'unsupported'; session: SessionView }
  | { at: 'away'; session: SessionView | null }
  | { at: 'unknown' }
  /** The account does not list this page's origin. */
  | { at: 'refused' }
  | { at: 'misconfigured'; fault: Fault }

export type Screen = View['at']

export type Happening =
  | { type: 'started' }
  | { type: 'misconfigured'; fault: Fault }
  | { type: 'loaded'; session: SessionView }
  | { type: 'unknown' }
  | { type: 'refused' }
  | { type: 'lost' }
  | { type: 'given' }
  | { type: 'mistyped' }
  | { type: 'complete' }
  | { type: 'ready' }
  | { type: 'submitted' }
  | { type: 'declined' }
  | { type: 'checking' }
  | { type: 'challenge' }
  | { type: 'paid'; payment: string | null; leaving: boolean }
  | { type: 'expired' }
  | { type: 'failed'; reason: FrameFailure }

/** The view after something happened. What does not belong to the present view changes nothing, and answers the very same view. */
export function next(view: View, happening: Happening): View {
  const isStarting = view.at === 'loading' || view.at === 'opening'
  switch (happening.type) {
    case 'started':
      return { at: 'loading' }
    case 'misconfigured':
      return { at: 'misconfigured', fault: happening.fault }
    case 'loaded':
      return view.at === 'loading' ? opened(happening.session) : view
    case 'unknown':
    case 'refused':
      return isStarting ? { at: happening.type } : view
    case 'lost':
      return isStarting ? { at: 'away', session: view.at === 'opening' ? view.session : null } : view
    case 'given':
      return view.at === 'email' ? { at: 'opening', session: view.session } : view
    case 'mistyped':
      return 'session' in view && view.session?.needs_email && (view.at === 'email' || view.at === 'opening')
        ? { at: 'email', session: view.session, wrong: true }
        : view
    case 'complete':
      return view.at === 'opening' ? { ...view, at: 'already-paid' } : view
    case 'ready':
      return view.at === 'opening' ? { ...view, at: 'ready' } : view
    case 'submitted':
      return view.at === 'ready' ? { ...view, at: 'paying' } : view
    case 'checking':
    case 'challenge':
      return hasForm(view) && view.at !== happening.type ? { ...view, at: happening.type } : view
    case 'declined':
      return isTrying(view) ? { ...view, at: 'ready' } : view
    case 'failed':
      return isTrying(view) ? { ...view, at: happening.reason === 'refused' ? 'away' : 'ready' } : view
    case 'paid':
      return hasForm(view) ? { ...view, at: 'paid', payment: happening.payment, leaving: happening.leaving } : view
    case 'expired':
      return needsFrame(view) ? { ...view, at: 'expired' } : view
  }
}

function opened(session: SessionView): View {
  if (session.status !== 'open') return { at: session.status === 'complete' ? 'already-paid' : 'expired', session }
  if (session.processor.name !== 'sandbox') return { at: 'unsupported', session }
  return session.needs_email ? { at: 'email', session, wrong: false } : { at: 'opening', session }
}

type Trying = Extract<View, { at: 'paying' | 'checking' | 'challenge' }>
type Using = Trying | Extract<View, { at: 'ready' }>
type Framed = Using | Extract<View, { at: 'opening' }>

const isTrying = (view: View): view is Trying =>
  view.at === 'paying' || view.at === 'checking' || view.at === 'challenge'

/** True while the card form is there to be used or is being used. */
export const hasForm = (view: View): view is Using => view.at === 'ready' || isTrying(view)

/** True while the card frame must live: taking it away would lose what was typed, or the answer to a charge. */
export const needsFrame = (view: View): view is Framed => view.at === 'opening' || hasForm(view)
