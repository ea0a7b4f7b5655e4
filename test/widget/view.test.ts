import { assert } from 'chai'
import { next, type Happening, type Screen, type View } from '../../widget/view.ts'
import { aSession } from './support.ts'

const session = aSession()
const stranger = aSession({ mode: 'subscription', needs_email: true })
const views: Record<Screen, View> = {
  loading: { at: 'loading' },
  email: { at: 'email', session: stranger, wrong: false },
  opening: { at: 'opening', session },
  ready: { at: 'ready', session },
  paying: { at: 'paying', session },
  checking: { at: 'checking', session },
  challenge: { at: 'challenge', session },
  paid: { at: 'paid', session, payment: 'pay_1', leaving: true },
  'already-paid': { at: 'already-paid', session },
  expired: { at: 'expired', session },
  unsupported: { at: 'unsupported', session },
  away: { at: 'away', session },
  unknown: { at: 'unknown' },
  refused: { at: 'refused' },
  misconfigured: { at: 'misconfigured', fault: 'no_session' },
}

const happenings = {
  started: { type: 'started' },
  misconfigured: { type: 'misconfigured', fault: 'no_api' },
  'loaded open': { type: 'loaded', session },
  'loaded complete': { type: 'loaded', session: aSession({ status: 'complete' }) },
  'loaded expired': { type: 'loaded', session: aSession({ status: 'expired' }) },
  'loaded stripe': { type: 'loaded', session: aSession({ processor: { name: 'stripe', publishable_key: 'pk' } }) },
  'loaded subscription': { type: 'loaded', session: aSession({ mode: 'subscription' }) },
  'loaded a stranger': { type: 'loaded', session: stranger },
  given: { type: 'given' },
  mistyped: { type: 'mistyped' },
  unknown: { type: 'unknown' },
  refused: { type: 'refused' },
  lost: { type: 'lost' },
  complete: { type: 'complete' },
  ready: { type: 'ready' },
  submitted: { type: 'submitted' },
  declined: { type: 'declined' },
  checking: { type: 'checking' },
  challenge: { type: 'challenge' },
  paid: { type: 'paid', payment: 'pay_2', leaving: false },
  expired: { type: 'expired' },
  'failed network': { type: 'failed', reason: 'network' },
  'failed limited': { type: 'failed', reason: 'limited' },
  'failed refused': { type: 'failed', reason: 'refused' },
} as const satisfies Record<string, Happening>

/** Every move there is; whatever is not here changes nothing. */
const moves: Partial<Record<Screen, Partial<Record<keyof typeof happenings, Screen>>>> = {
  loading: {
    'loaded open': 'opening',
    'loaded complete': 'already-paid',
    'loaded expired': 'expired',
    'loaded stripe': 'unsupported',
    'loaded subscription': 'opening',
    'loaded a stranger': 'email',
    unknown: 'unknown',
    refused: 'refused',
    lost: 'away',
  },
  email: { given: 'opening', mistyped: 'email' },
  opening: {
    unknown: 'unknown',
    refused: 'refused',
    lost: 'away',
    complete: 'already-paid',
    ready: 'ready',
    expired: 'expired',
  },
  // A card of before this page was loaded may be under way, or its bank may be asking.
  ready: { submitted: 'paying', checking: 'checking', challenge: 'challenge', paid: 'paid', expired: 'expired' },
  paying: {
    checking: 'checking',
    challenge: 'challenge',
    declined: 'ready',
    'failed network': 'ready',
    'failed limited': 'ready',
    'failed refused': 'away',
    paid: 'paid',
    expired: 'expired',
  },
  checking: {
    challenge: 'challenge',
    declined: 'ready',
    'failed network': 'ready',
    'failed limited': 'ready',
    'failed refused': 'away',
    paid: 'paid',
    expired: 'expired',
  },
  challenge: {
    checking: 'checking',
    declined: 'ready',
    'failed network': 'ready',
    'failed limited': 'ready',
    'failed refused': 'away',
    paid: 'paid',
    expired: 'expired',
  },
}

describe('next()', () => {
  for (const [at, view] of Object.entries(views) as [Screen, View][]) {
    for (const [name, happening] of Object.entries(happenings) as [keyof typeof happenings, Happening][]) {
      const to = name === 'started' ? 'loading' : name === 'misconfigured' ? 'misconfigured' : moves[at]?.[name]
      it(to ? `leads from ${at} to ${to} when ${name}` : `stays at ${at}, the very same view, when ${name}`, () => {
        const after = next(view, happening)
        if (to) assert.equal(after.at, to)
        else assert.strictEqual(after, view)
      })
    }
  }

  it('asks again for an address that is none, once the payment side has said so', () => {
    const steps: Happening[] = [happenings.given, happenings.mistyped]
    assert.deepEqual(steps.reduce(next, views.email), { at: 'email', session: stranger, wrong: true })
  })

  it('keeps the session from opening to paid', () => {
    const steps: Happening[] = [happenings.ready, happenings.submitted, happenings.paid]
    assert.deepEqual(steps.reduce(next, views.opening), { at: 'paid', session, payment: 'pay_2', leaving: false })
  })
})
