import { assert } from 'chai'
import type { SessionView } from '../../server/contract/checkout.ts'
import { randomWord } from '../../widget/channel.ts'
import { returnAddress } from '../../widget/client.ts'
import type { CheckoutNews } from '../../widget/events.ts'
import { FourgeeksCheckout } from '../../widget/fourgeeks-checkout.ts'
import type { Screen } from '../../widget/view.ts'
import { anError, aSession, audit, json, sleep, stubFetch, texts, until, type Call } from './support.ts'
import '../../widget/index.ts'

const api = 'http://127.0.0.1:8124'
const text = texts.en.screens
const names = [
  'checkout-ready',
  'checkout-change',
  'checkout-submitted',
  'checkout-paid',
  'checkout-declined',
  'checkout-expired',
  'checkout-failed',
] as const satisfies (keyof CheckoutNews)[]

describe('<fourgeeks-checkout>', () => {
  let stub: ReturnType<typeof stubFetch>
  let element: FourgeeksCheckout
  let heard: Event[]
  let errors: string[]
  const realError = console.error

  const answers =
    (session: SessionView, over: (call: Call) => Response | undefined = () => undefined) =>
    (call: Call) =>
      over(call) ??
      (call.path.startsWith('/v1/payments/session/')
        ? json(200, session)
        : json(201, { id: 'pi_1', client_secret: 'pi_1_secret_x', status: 'requires_payment_method' }))

  const offline = () => {
    throw new TypeError('Failed to fetch')
  }
  const root = () => element.shadowRoot!
  const at = () => (element as unknown as { view: { at: Screen } }).view.at
  const reach = (screen: Screen) => until(`at ${screen}, not ${at()}`, () => at() === screen)
  const heading = () => root().querySelector('h2')?.textContent
  const status = () => root().querySelector('[role=status]')!
  const action = (words: string) =>
    [...root().querySelectorAll<HTMLElement>('.action')].find((each) => each.textContent?.trim() === words)
  const types = () => heard.map(({ type }) => type)

  const mount = (attributes: Record<string, string> = {}, inside = '') => {
    element = document.createElement('fourgeeks-checkout')
    const all = { 'session-id': `cs_test_${location.port}`, api, locale: 'en', ...attributes }
    for (const [name, value] of Object.entries(all)) element.setAttribute(name, value)
    if (inside) element.append(Object.assign(document.createElement('a'), { href: '#x', textContent: inside }))
    document.body.append(element)
    return element
  }

  /** Mounts with a port of ours in the frame's place, and answers what the frame could say. */
  const mountWithFrame = async (session = aSession()) => {
    stub = stubFetch(answers(session))
    const Real = window.MessageChannel
    const ours = new Real()
    let isTaken = false
    window.MessageChannel = class {
      port1 = ours.port1
      port2 = new Real().port2
      constructor() {
        isTaken = true
      }
    }
    mount({ 'session-id': 'cs_test_none' })
    await until('a port', () => isTaken)
    window.MessageChannel = Real
    return async (message: unknown) => {
      const arrived = new Promise((done) => ours.port1.addEventListener('message', done, { once: true }))
      ours.port2.postMessage(message)
      await arrived
      await element.updateComplete
    }
  }

  beforeEach(() => {
    heard = []
    errors = []
    console.error = (...words: unknown[]) => errors.push(words.join(' '))
    for (const name of names) document.addEventListener(name, hear)
  })
  afterEach(() => {
    console.error = realError
    element.remove()
    stub.restore()
    for (const name of names) document.removeEventListener(name, hear)
  })
  const hear = (event: Event) => heard.push(event)
  it('has its status region from the first moment, and it is silent', async () => {
    stub = stubFetch(() => new Promise(() => {}))
    mount()
    await element.updateComplete
    assert.equal(status().getAttribute('aria-live'), 'polite')
    assert.equal(status().textContent, '')
    assert.equal(at(), 'loading')
    await audit(element)
  })

  it('asks for the session in its language and opens the intent under a key', async () => {
    stub = stubFetch(answers(aSession()))
    mount({ locale: 'es-CR' })
    await until('an intent', () => stub.calls.length === 2)
    assert.equal(stub.calls[0]!.path, `/v1/payments/session/cs_test_${location.port}?locale=es-CR`)
    assert.equal(stub.calls[1]!.path, '/v1/payments/intent')
    assert.deepEqual(JSON.parse(stub.calls[1]!.body), { session_id: `cs_test_${location.port}` })
    assert.match(stub.calls[1]!.headers.get('idempotency-key')!, /^[\d-]{7,}$/)
  })

  describe('the drawer of test cards', () => {
    const drawer = () => root().querySelector<HTMLElement>('.tests')!
    const ready = async (session: SessionView, attributes: Record<string, string> = {}) => {
      stub = stubFetch(answers(session))
      mount(attributes)
      await reach('ready')
      await element.updateComplete
    }

    it('is there on this very machine, for a test session, and keeps its place from the first moment', async () => {
      stub = stubFetch(answers(aSession()))
      mount()
      await element.updateComplete
      const before = drawer().getBoundingClientRect().height
      await until('a drawer', () => drawer().querySelector('details'))
      await reach('ready')
      assert.isAbove(before, 40)
      assert.closeTo(drawer().getBoundingClientRect().height, before, 1)
      await audit(element)
    })

    it('fills in the frame by the name of a card', async () => {
      await ready(aSession())
      const button = await until('a card', () => drawer().querySelector('button'))
      button.click()
      // The frame of these tests has no such card: it says so, and stays as it was.
      await sleep(50)
      assert.equal(at(), 'ready')
      assert.include(drawer().querySelector('[role=status]')!.textContent, 'Visa')
    })

    it('is not needed to fill in the frame: the page may name a card itself, once there is a form', async () => {
      stub = stubFetch(answers(aSession()))
      mount({ 'test-drawer': 'off' })
      element.fill('visa')
      await reach('ready')
      const post = MessagePort.prototype.postMessage
      const said: unknown[] = []
      MessagePort.prototype.postMessage = (message: unknown) => void said.push(message)
      element.fill('insufficient_funds')
      MessagePort.prototype.postMessage = post
      assert.deepEqual(said, [{ type: 'fill', card: 'insufficient_funds' }])
    })

    for (const [name, session, attributes] of [
      ['a live session', { test: false }, {}],
      ['a page that switched it off', {}, { 'test-drawer': 'off' }],
    ] as const) {
      it(`is empty for ${name}`, async () => {
        await ready(aSession(session), attributes)
        await sleep(100)
        assert.isNull(drawer().firstElementChild)
      })
    }
  })

  it('shows who is paid, what for, how much, and that it is a test', async () => {
    stub = stubFetch(answers(aSession()))
    mount()
    await reach('opening')
    await element.updateComplete
    const shown = root().querySelector('.summary')!.textContent!
    for (const words of ['Café Volcán', 'USD 24.50', 'Two bags of coffee', 'Tarrazú 340 g', 'Test mode']) {
      assert.include(shown, words)
    }
    await audit(element)
  })

  it('shakes hands with a frame of the other origin, into which the page cannot look', async () => {
    stub = stubFetch(answers(aSession()))
    mount()
    await reach('ready')
    await audit(element)
    assert.deepEqual(types(), ['checkout-ready'])
    const iframe = root().querySelector('iframe')!
    assert.deepEqual([...iframe.sandbox], ['allow-scripts', 'allow-same-origin', 'allow-forms'])
    assert.equal(new URL(iframe.src).origin, api)
    assert.isNull(iframe.contentDocument)
    await until('the frame tells its height', () => /^\d+px$/.test(iframe.style.blockSize))
  })

  it('tells each step of a payment once, with its fields on the event', async () => {
    const say = await mountWithFrame()
    document.addEventListener('checkout-paid', (event) => event.preventDefault(), { once: true })
    await say({ type: 'ready' })
    await say({ type: 'change', complete: true, empty: false })
    await say({ type: 'submitted' })
    assert.include(status().textContent ?? '', text.paying[0]!)
    await say({ type: 'declined', code: 'card_declined', declineCode: 'lost_card' })
    await say({ type: 'submitted' })
    await say({ type: 'failed', reason: 'network' })
    assert.equal(at(), 'ready')
    await say({ type: 'submitted' })
    await say({ type: 'checking' })
    assert.equal(heading(), text.checking[0])
    await audit(element)
    await say({ type: 'paid', paymentId: 'pay_7' })
    assert.equal(heading(), text.paid[0])
    assert.include(status().textContent ?? '', text.paid[0]!)
    await audit(element)
    assert.deepEqual(
      heard.map(({ type, ...event }) => [type, { ...event, isTrusted: undefined }]),
      [
        ['checkout-ready', {}],
        ['checkout-change', { complete: true }],
        ['checkout-submitted', {}],
        ['checkout-declined', { code: 'card_declined', declineCode: 'lost_card' }],
        ['checkout-submitted', {}],
        ['checkout-failed', { reason: 'network' }],
        ['checkout-submitted', {}],
        ['checkout-paid', { payment: 'pay_7', session: 'cs_test_1', status: 'succeeded' }],
      ].map(([type, fields]) => [type, { ...(fields as object), isTrusted: undefined }]),
    )
    assert.isTrue(heard.every(({ bubbles, composed }) => bubbles && composed))
  })

  it('shows the frame while the bank asks, says so, and hides it while it checks what came of it', async () => {
    const say = await mountWithFrame()
    await say({ type: 'ready' })
    await say({ type: 'submitted' })
    await say({ type: 'challenge' })
    const iframe = root().querySelector('iframe')!
    assert.equal(getComputedStyle(iframe).visibility, 'visible')
    assert.include(status().textContent ?? '', text.challenge.join('. '))
    await say({ type: 'checking' })
    assert.equal(getComputedStyle(iframe).visibility, 'hidden')
    await say({ type: 'challenge' })
    assert.equal(getComputedStyle(iframe).visibility, 'visible')
    await say({ type: 'declined', code: 'payment_intent_authentication_failure', declineCode: null })
    assert.equal(at(), 'ready')
    assert.deepEqual(types(), ['checkout-ready', 'checkout-submitted', 'checkout-declined'])
  })

  it('says that it is offline, aloud as well, and stops when it is back', async () => {
    const say = await mountWithFrame()
    await say({ type: 'ready' })
    const network = async (onLine: boolean) => {
      Object.defineProperty(navigator, 'onLine', { configurable: true, value: onLine })
      window.dispatchEvent(new Event(onLine ? 'online' : 'offline'))
      await element.updateComplete
    }
    await network(false)
    assert.equal(root().querySelector('.offline')?.textContent, text.offline)
    assert.include(status().textContent ?? '', text.offline)
    await audit(element)
    await network(true)
    assert.isNull(root().querySelector('.offline'))
    Reflect.deleteProperty(navigator, 'onLine')
  })

  it('hides the form while it checks, without taking the frame away', async () => {
    const say = await mountWithFrame()
    await say({ type: 'ready' })
    await say({ type: 'submitted' })
    await say({ type: 'checking' })
    const iframe = root().querySelector('iframe')!
    assert.equal(getComputedStyle(iframe).visibility, 'hidden')
    assert.isAbove(iframe.clientWidth, 100)
    await say({ type: 'declined', code: 'expired_card', declineCode: null })
    assert.equal(getComputedStyle(iframe).visibility, 'visible')
  })

  it('goes to the return address when nobody cancels', async () => {
    const { navigation } = window as unknown as { navigation: EventTarget }
    const going: string[] = []
    const stay = (event: Event) => {
      going.push((event as Event & { destination: { url: string } }).destination.url)
      event.preventDefault()
    }
    navigation.addEventListener('navigate', stay)
    const say = await mountWithFrame()
    await say({ type: 'ready' })
    await say({ type: 'paid', paymentId: 'pay_7' })
    assert.ok(action('Back to Café Volcán'))
    await until('navigation', () => going[0])
    navigation.removeEventListener('navigate', stay)
    assert.deepEqual(going, [
      'https://shop.example/thanks?order=7&id_payment=pay_7&session_id=cs_test_1&status=succeeded',
    ])
  })

  it('goes nowhere when a listener cancels, or the address is not one to trust', async () => {
    const { navigation } = window as unknown as { navigation: EventTarget }
    let went = 0
    const count = (event: Event) => {
      went++
      event.preventDefault()
    }
    navigation.addEventListener('navigate', count)
    const say = await mountWithFrame(aSession({ return_url: 'javascript:alert(1)' }))
    await say({ type: 'ready' })
    await say({ type: 'paid', paymentId: null })
    assert.isUndefined(root().querySelector('a') ?? undefined)
    await sleep(1500)
    navigation.removeEventListener('navigate', count)
    assert.equal(went, 0)
  })

  it('starts over when a listener asks for it on being paid, and goes nowhere', async () => {
    const { navigation } = window as unknown as { navigation: EventTarget }
    let went = 0
    const count = (event: Event) => {
      went++
      event.preventDefault()
    }
    navigation.addEventListener('navigate', count)
    const say = await mountWithFrame()
    document.addEventListener('checkout-paid', () => element.reset(), { once: true })
    await say({ type: 'ready' })
    await say({ type: 'paid', paymentId: 'pay_7' })
    assert.notEqual(at(), 'paid')
    await reach('opening')
    await sleep(1500)
    navigation.removeEventListener('navigate', count)
    assert.equal(went, 0)
  })

  it('believes nothing malformed from the frame', async () => {
    const say = await mountWithFrame()
    await say({ type: 'ready' })
    for (const message of [
      { type: 'paid', paymentId: '4242' },
      { type: 'paid' },
      'paid',
      null,
      { type: 'height', height: 9e9 },
    ]) {
      await say(message)
    }
    assert.equal(at(), 'ready')
    assert.deepEqual(types(), ['checkout-ready'])
  })

  it('shows an expired session that expired while the form was open', async () => {
    const say = await mountWithFrame()
    await say({ type: 'ready' })
    await say({ type: 'submitted' })
    await say({ type: 'expired' })
    assert.equal(heading(), text.expired[0])
    assert.include(types(), 'checkout-expired')
  })

  it('leads the focus to the message that takes the place of the form', async () => {
    const say = await mountWithFrame()
    await say({ type: 'ready' })
    root().querySelector('iframe')!.focus()
    await say({ type: 'submitted' })
    await say({ type: 'expired' })
    assert.equal(root().activeElement, root().querySelector('h2'))
  })

  it('says what the shop would rather say, and starts over for other words only', async () => {
    stub = stubFetch(answers(aSession()))
    mount()
    element.texts = { screens: { secure: 'Donación segura' } }
    await reach('ready')
    assert.include(root().querySelector('.footer')!.textContent, 'Donación segura')
    assert.equal(root().querySelector('iframe')!.title, 'Donación segura')
    const calls = stub.calls.length
    element.texts = { screens: { secure: 'Donación segura' } }
    await element.updateComplete
    await sleep(50)
    assert.equal(at(), 'ready')
    assert.lengthOf(stub.calls, calls)
    element.texts = { screens: { secure: 'Otra' } }
    await until('started over', () => stub.calls.length > calls)
  })

  it('words a later screen anew in another language, and does not start over for it', async () => {
    const say = await mountWithFrame()
    await say({ type: 'ready' })
    await say({ type: 'submitted' })
    await say({ type: 'checking' })
    const calls = stub.calls.length
    element.locale = 'pt-BR'
    await until('Portuguese', () => heading() === texts.pt.screens.checking[0])
    assert.equal(root().querySelector('.root')!.getAttribute('lang'), 'pt-BR')
    assert.lengthOf(stub.calls, calls)
  })

  it('asks the frame to check the fields when the page submits, and sends nothing that is empty', async () => {
    stub = stubFetch(answers(aSession()))
    mount()
    await reach('ready')
    element.submit()
    await sleep(200)
    assert.equal(at(), 'ready')
  })

  for (const [name, session, screen, words] of [
    ['complete', aSession({ status: 'complete' }), 'already-paid', text.settled],
    ['expired', aSession({ status: 'expired' }), 'expired', text.expired],
    [
      'for a processor of later',
      aSession({ processor: { name: 'stripe', publishable_key: 'pk' } }),
      'unsupported',
      text.closed,
    ],
  ] as const) {
    it(`shows a session that is ${name}, with a way back to the shop`, async () => {
      stub = stubFetch(answers(session))
      mount()
      await reach(screen)
      await element.updateComplete
      assert.equal(heading(), words[0])
      assert.include(status().textContent ?? '', words[0]!)
      assert.match(action('Back to Café Volcán')!.getAttribute('href')!, /^https:\/\/shop\.example\/thanks\?order=7/)
      assert.isNull(root().querySelector('iframe'))
      await audit(element)
    })
  }

  const subscription = { id: null, interval: 'month', interval_count: 1, trial_period_days: null }
  const aSubscription = (over: Partial<SessionView> = {}) =>
    aSession({
      mode: 'subscription',
      subscription: { ...subscription, next_charge_at: '2030-01-20T12:00:00Z', statement_descriptor: 'VOLCAN CLUB' },
      display: { amount: 'USD 24.50', price: 'USD 24.50 a month' },
      ...over,
    })
  const terms = () =>
    [...root().querySelectorAll('[part=terms] > div')].map((row) => row.textContent!.trim().split(/\s{2,}/))
  const free = { payment_status: 'no_payment_required' } as const
  const trial = { ...aSubscription().subscription!, trial_period_days: 14 }

  for (const [name, session, rows, done] of [
    [
      'a subscription',
      aSubscription(),
      [
        ['Today', 'USD 24.50'],
        ['Renews', 'Jan 20, 2030'],
        ['On your statement', 'VOLCAN CLUB'],
      ],
      text.active,
    ],
    [
      'a trial',
      aSubscription({ ...free, subscription: trial }),
      [
        ['Free trial', '14 days'],
        ['First charge', 'Jan 20, 2030'],
        ['On your statement', 'VOLCAN CLUB'],
      ],
      text.trialing,
    ],
    [
      'another card',
      aSubscription({ ...free, mode: 'setup' }),
      [
        ['Today', 'Nothing to pay'],
        ['Next charge', 'Jan 20, 2030'],
        ['On your statement', 'VOLCAN CLUB'],
      ],
      text.saved,
    ],
    [
      'another card for what is owed',
      aSubscription({ mode: 'setup' }),
      [
        ['Due now', 'USD 24.50'],
        ['Next charge', 'Jan 20, 2030'],
        ['On your statement', 'VOLCAN CLUB'],
      ],
      text.active,
    ],
  ] as const) {
    it(`says what is agreed to, and what came of it: ${name}`, async () => {
      const say = await mountWithFrame(session)
      await element.updateComplete
      assert.equal(root().querySelector('.amount')!.textContent, 'USD 24.50 a month')
      assert.deepEqual(terms(), rows as unknown as string[][])
      const call = stub.calls.find(({ method }) => method === 'POST')!
      assert.equal(call.path, `/v1/payments/${session.mode === 'subscription' ? 'subscription' : 'intent'}`)
      await audit(element)
      document.addEventListener('checkout-paid', (event) => event.preventDefault(), { once: true })
      await say({ type: 'ready' })
      await say({ type: 'submitted' })
      await say({ type: 'paid', paymentId: null })
      assert.equal(heading(), done[0])
      assert.include(status().textContent ?? '', 'January 20, 2030')
      await audit(element)
    })
  }

  it('says on a later visit that the subscription is active, and that it is settled once that is over', async () => {
    stub = stubFetch(answers(aSubscription({ status: 'complete', payment_status: 'paid' })))
    mount()
    await reach('already-paid')
    await element.updateComplete
    assert.equal(heading(), text.active[0])
    element.remove()
    const over = { ...subscription, next_charge_at: null, statement_descriptor: null }
    stub.restore()
    stub = stubFetch(answers(aSubscription({ status: 'complete', subscription: over })))
    mount()
    await reach('already-paid')
    await element.updateComplete
    assert.equal(heading(), text.settled[0])
  })

  it('asks whose subscription it is before it asks for a card, and begins it with that address', async () => {
    let answersNo = true
    stub = stubFetch((call) =>
      call.path === '/v1/payments/subscription' && answersNo
        ? json(422, anError('parameter_invalid', { param: 'email' }))
        : answers(aSubscription({ needs_email: true }))(call),
    )
    mount()
    await reach('email')
    await element.updateComplete
    await audit(element)
    const input = root().querySelector<HTMLInputElement>('input[type=email]')!
    const go = () => root().querySelector<HTMLButtonElement>('.email button')!.click()
    const wrong = () => root().querySelector('#wrong')!.textContent
    assert.lengthOf(stub.calls, 1)
    go()
    await element.updateComplete
    assert.equal(wrong(), text.mistyped)
    assert.equal(root().activeElement, input)
    assert.lengthOf(stub.calls, 1)
    input.value = 'ana@example.c'
    go()
    await until('an answer', () => at() === 'email' && stub.calls.length === 2)
    await element.updateComplete
    assert.equal(wrong(), text.mistyped)
    assert.equal(root().querySelector<HTMLInputElement>('input[type=email]')!.value, 'ana@example.c')
    await audit(element)
    answersNo = false
    root().querySelector<HTMLInputElement>('input[type=email]')!.value = ' ana@example.com '
    go()
    await reach('ready')
    const sent = JSON.parse(stub.calls.at(-1)!.body)
    assert.deepEqual(sent, { session_id: `cs_test_${location.port}`, email: 'ana@example.com' })
    await until('focus in the frame', () => root().activeElement === root().querySelector('iframe'))
  })

  it('tells the shop when the session is expired', async () => {
    stub = stubFetch(answers(aSession({ status: 'expired' })))
    mount()
    await reach('expired')
    assert.deepEqual(types(), ['checkout-expired'])
  })

  it('shows a session that nobody knows, and offers another try', async () => {
    let known = false
    stub = stubFetch((call) => (known ? answers(aSession())(call) : json(404, anError('not_found'))))
    mount()
    await reach('unknown')
    await element.updateComplete
    assert.equal(heading(), text.unknown[0])
    assert.deepEqual(
      heard.map((event) => (event as Event & { reason: string }).reason),
      ['unknown_session'],
    )
    await audit(element)
    known = true
    action('Try again')!.click()
    await reach('opening')
  })

  it('says so when the payment side is away, and comes back by itself when the network does', async () => {
    let away = true
    stub = stubFetch((call) => (away ? offline() : answers(aSession())(call)))
    mount()
    await reach('away')
    await element.updateComplete
    assert.equal(heading(), text.away[0])
    assert.ok(action('Try again'))
    await audit(element)
    away = false
    dispatchEvent(new Event('online'))
    await reach('opening')
  })

  it('gets over a network that fails twice, with the same key', async () => {
    let lost = 0
    stub = stubFetch((call) => {
      if (call.path === '/healthz') return offline()
      if (call.path === '/v1/payments/intent' && lost++ < 2) return offline()
      return answers(aSession())(call)
    })
    mount()
    const tries = await until('three tries', () => {
      const intents = stub.calls.filter(({ path }) => path === '/v1/payments/intent')
      return intents.length === 3 && intents
    })
    assert.lengthOf(new Set(tries.map(({ headers }) => headers.get('idempotency-key'))), 1)
    await reach('ready')
  })

  it('tells a refused page from a dead network, to buyer and developer', async () => {
    stub = stubFetch((call) => (call.path === '/healthz' ? new Response() : offline()))
    mount()
    await reach('refused')
    await element.updateComplete
    assert.equal(heading(), text.closed[0])
    assert.equal(action(text.hosted)!.getAttribute('href'), `${api}/checkout/cs_test_${location.port}`)
    assert.lengthOf(errors, 1)
    assert.include(errors[0], location.origin)
    assert.include(errors[0], api)
    await audit(element)
  })

  it('refuses to share an origin with the payment side, unless it is the payment side’s own page', async () => {
    stub = stubFetch(answers(aSession()))
    mount({ api: location.origin })
    await reach('misconfigured')
    assert.lengthOf(stub.calls, 0)
    await element.updateComplete
    await audit(element)
    element.remove()
    mount({ api: location.origin, hosted: '' })
    await reach('opening')
  })

  it('waits a moment for its session, then says what is missing', async () => {
    stub = stubFetch(answers(aSession()))
    mount({ 'session-id': '' })
    await sleep(300)
    assert.equal(at(), 'loading')
    await reach('misconfigured')
    assert.include(errors[0], 'session-id')
    element.sessionId = 'cs_test_2'
    await reach('opening')
  })

  it('shows the shop’s own link only where the form cannot work, and not its own beside it', async () => {
    stub = stubFetch((call) => (call.path === '/healthz' ? new Response() : offline()))
    mount({}, 'Pay elsewhere')
    await element.updateComplete
    assert.isTrue(root().querySelector('slot')!.hidden)
    await reach('refused')
    await element.updateComplete
    assert.isFalse(root().querySelector('slot')!.hidden)
    assert.isUndefined(action(text.hosted))
  })

  it('ignores the answer to a session that is no longer shown', async () => {
    const waiting: ((response: Response) => void)[] = []
    stub = stubFetch(() => new Promise((resolve) => waiting.push(resolve)))
    mount({ 'session-id': 'cs_test_old' })
    await until('asked', () => waiting[0])
    element.sessionId = 'cs_test_new'
    await until('asked again', () => waiting[1])
    waiting[0]!(json(200, aSession()))
    await sleep(50)
    assert.equal(at(), 'loading')
    assert.lengthOf(stub.calls, 2)
    waiting[1]!(json(404, anError('not_found')))
    await reach('unknown')
  })

  it('takes its frame away when it leaves the page, and starts over when it returns', async () => {
    stub = stubFetch(answers(aSession()))
    mount()
    await reach('ready')
    element.remove()
    assert.isNull(root().querySelector('iframe'))
    document.body.append(element)
    await reach('ready')
    assert.lengthOf(root().querySelectorAll('iframe'), 1)
  })

  it('lives beside another of its kind', async () => {
    stub = stubFetch(answers(aSession()))
    mount()
    const second = element.cloneNode() as FourgeeksCheckout
    document.body.append(second)
    await reach('ready')
    await until('the second is ready', () => (second as unknown as { view: { at: Screen } }).view.at === 'ready')
    assert.notEqual(
      root().querySelector('iframe')!.src,
      second.shadowRoot!.querySelector('iframe')!.src,
      'two frames share a nonce',
    )
    second.remove()
    assert.equal(at(), 'ready')
  })

  it('ignores what others post to the page', async () => {
    stub = stubFetch(answers(aSession()))
    mount()
    await reach('ready')
    for (let round = 0; round < 200; round++) {
      postMessage({ type: 'paid', paymentId: `pay_${round}` }, location.origin)
      postMessage({ type: 'fourgeeks:connect', nonce: randomWord() }, location.origin)
    }
    await sleep(50)
    assert.equal(at(), 'ready')
    assert.deepEqual(types(), ['checkout-ready'])
  })

  it('reads the shop’s colours for the frame, whatever notation they are in', async () => {
    stub = stubFetch(answers(aSession()))
    mount({ 'color-scheme': 'dark' })
    element.style.setProperty('--fourgeeks-accent', 'oklch(70% 0.2 150)')
    element.style.setProperty('--fourgeeks-radius', '40px')
    await reach('ready')
    assert.equal(root().querySelector('iframe')!.style.colorScheme, 'dark')
  })
})

describe('returnAddress()', () => {
  const outcome = { payment: 'pay_1', status: 'succeeded' }
  const cases: [string, string | null][] = [
    [
      'https://shop.example/thanks',
      'https://shop.example/thanks?id_payment=pay_1&session_id=cs_test_1&status=succeeded',
    ],
    [
      'https://shop.example/t?order=7#end',
      'https://shop.example/t?order=7&id_payment=pay_1&session_id=cs_test_1&status=succeeded#end',
    ],
    ['http://localhost:4243/t', 'http://localhost:4243/t?id_payment=pay_1&session_id=cs_test_1&status=succeeded'],
    ['http://127.0.0.1/t', 'http://127.0.0.1/t?id_payment=pay_1&session_id=cs_test_1&status=succeeded'],
    ['http://[::1]/t', 'http://[::1]/t?id_payment=pay_1&session_id=cs_test_1&status=succeeded'],
    ['http://shop.example/t', null],
    ['http://localhost.evil.example/', null],
    ['http://127.0.0.1.evil.example/', null],
    ['javascript:alert(1)', null],
    ['data:text/html,x', null],
    ['/relative', null],
    ['https://user:word@shop.example/', null],
    ['', null],
  ]
  for (const [address, expected] of cases) {
    it(`makes ${expected ?? 'nothing'} of “${address}”`, () =>
      assert.equal(returnAddress(aSession({ return_url: address }), outcome), expected))
  }
  it('leaves the id out when it is not known, and everything when there is no outcome', () => {
    const session = aSession({ return_url: 'https://shop.example/' })
    assert.equal(
      returnAddress(session, { payment: null, status: 'succeeded' }),
      'https://shop.example/?session_id=cs_test_1&status=succeeded',
    )
    assert.equal(returnAddress(session, null), 'https://shop.example/')
  })
})
