import { assert } from 'chai'
import { cardErrorCodes, declineCodes } from '../../server/contract/errors.ts'
import { readConnect, readFromFrame, readToFrame, type FromFrame, type ToFrame } from '../../widget/channel.ts'
import { aTheme } from './support.ts'

const theme = aTheme()
const fromFrame: FromFrame[] = [
  { type: 'ready' },
  { type: 'height', height: 0 },
  { type: 'height', height: 4000 },
  { type: 'change', complete: true, empty: false },
  { type: 'submitted' },
  ...cardErrorCodes.map((code) => ({ type: 'declined', code, declineCode: null }) as const),
  ...declineCodes.map((declineCode) => ({ type: 'declined', code: 'card_declined', declineCode }) as const),
  { type: 'checking' },
  { type: 'challenge' },
  { type: 'paid', paymentId: 'pay_1aZ' },
  { type: 'paid', paymentId: null },
  { type: 'expired' },
  { type: 'failed', reason: 'network' },
]
const toFrame: ToFrame[] = [
  {
    type: 'init',
    clientSecret: 'pi_1_secret_a-B',
    intentId: 'pi_1',
    resumes: false,
    locale: 'es-CR',
    theme,
    texts: { pay: 'Donar {amount}' },
    button: true,
  },
  { type: 'theme', theme },
  { type: 'submit' },
  { type: 'fill', card: '3ds_required' },
]

describe('readFromFrame()', () => {
  for (const message of fromFrame) {
    it(`takes ${JSON.stringify(message)}`, () => assert.deepEqual(readFromFrame(message), message))
    it(`refuses it with one field more: ${JSON.stringify(message)}`, () =>
      assert.isNull(readFromFrame({ ...message, number: '4242424242424242' })))
  }
  const malformed: unknown[] = [
    { type: 'height', height: -1 },
    { type: 'height', height: 4001 },
    { type: 'height', height: 10.5 },
    { type: 'height', height: '10' },
    { type: 'height' },
    { type: 'change', complete: 1, empty: false },
    { type: 'declined', code: '4242424242424242', declineCode: null },
    { type: 'declined', code: 'card_declined', declineCode: 'because 4242' },
    { type: 'declined', code: 'Card_Declined', declineCode: null },
    { type: 'declined', code: 'card_declined', declineCode: undefined },
    { type: 'paid', paymentId: '4242424242424242' },
    { type: 'paid', paymentId: 'pay_4242 4242' },
    { type: 'paid', paymentId: undefined },
    { type: 'failed', reason: 'other' },
    { type: 'constructor' },
    { type: '__proto__' },
    { type: ['ready'] },
    ['ready'],
    'ready',
    null,
    undefined,
    7,
  ]
  for (const message of malformed) {
    it(`refuses ${JSON.stringify(message)}`, () => assert.isNull(readFromFrame(message)))
  }
})

describe('readToFrame()', () => {
  for (const message of toFrame) {
    it(`takes ${message.type}`, () => assert.deepEqual(readToFrame(message), message))
    it(`refuses ${message.type} with one field more`, () => assert.isNull(readToFrame({ ...message, css: 'x' })))
  }
  const looks: Record<string, object> = {
    'a colour by name': { accent: 'red' },
    'a colour that is an address': { accent: 'url(https://x.example)' },
    'a colour with more behind it': { accent: 'color(srgb 0 0 0);x:y' },
    'a colour with a newline': { accent: 'color(srgb 0 0 0)\n' },
    'a variable': { text: 'var(--x)' },
    'a radius too large': { radius: 25 },
    'a radius that is no number': { radius: '10px' },
    'letters too small': { 'font-size': 13 },
    'a font outside the list': { fontFamily: 'Comic Sans' },
    'a font of the prototype': { fontFamily: 'constructor' },
    'a scheme outside the list': { scheme: 'sepia' },
    'a direction outside the list': { direction: 'up' },
    'fields too low to hit': { 'control-height': 20 },
    'a length that is no whole number': { spacing: 12.5 },
    'one token more': { shadow: 'color(srgb 0 0 0)' },
  }
  for (const [name, look] of Object.entries(looks)) {
    it(`refuses ${name}`, () => assert.isNull(readToFrame({ type: 'theme', theme: { ...theme, ...look } })))
  }
  for (const card of ['4242424242424242'.repeat(4), '../visa', 'Visa', '', 7, null]) {
    it(`refuses to fill in ${JSON.stringify(card)}`, () => assert.isNull(readToFrame({ type: 'fill', card })))
  }
  it('refuses a locale that is markup', () => assert.isNull(readToFrame({ ...toFrame[0], locale: '"><script>' })))
})

describe('readConnect()', () => {
  it('takes a greeting with its nonce', () =>
    assert.isNotNull(readConnect({ type: 'fourgeeks:connect', nonce: '1-22-333-4444' })))
  it('refuses any other nonce', () => {
    for (const nonce of ['', 'x'.repeat(32), 7, null]) assert.isNull(readConnect({ type: 'fourgeeks:connect', nonce }))
  })
})

describe('the readers', () => {
  it('answer null, and never throw, for 10,000 messages gone wrong', () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const random = randomFrom(seed)
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
    const junk: (() => unknown)[] = [
      () => null,
      () => undefined,
      () => random() * 1e6,
      () => '4242424242424242',
      () => [1, 'ready'],
      () => ({ type: { type: 'ready' } }),
      () => new Map([['type', 'ready']]),
      () => Symbol('ready'),
      () => NaN,
      () => '\u0000'.repeat(100),
    ]
    const whole = [...fromFrame, ...toFrame] as Record<string, unknown>[]
    for (let round = 0; round < 10_000; round++) {
      const message: Record<string, unknown> = structuredClone(pick(whole))
      const field = pick(Object.keys(message))
      const damage = Math.floor(random() * 3)
      if (damage === 0) message[field] = pick(junk)()
      else if (damage === 1) delete message[field]
      else message[`x${Math.floor(random() * 99)}`] = pick(junk)()
      // A null may stand for no id and no reason; any word may be a secret, on the way to the frame.
      const isStillWhole =
        (message[field] === null && field !== 'type') ||
        (field === 'clientSecret' && typeof message[field] === 'string') ||
        // Sixteen digits could be a card's name as far as this reader knows; the table has none of that name.
        (field === 'card' && message[field] === '4242424242424242')
      for (const read of [readFromFrame, readToFrame, readConnect]) {
        const answer = read(message)
        if (!isStillWhole && !(field === 'intentId' && message[field]))
          assert.isNull(answer, `seed ${seed}, round ${round}: ${field}`)
      }
      for (const read of [readFromFrame, readToFrame, readConnect]) assert.isNull(read(pick(junk)()))
    }
  })
})

function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
