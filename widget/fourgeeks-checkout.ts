import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit'
import type { SessionView } from '../server/contract/checkout.ts'
import { cardFrame, type CardInput, type CardNews } from './card-frame.ts'
import { fonts, isText, randomWord, type Theme } from './channel.ts'
import { client, isLoopback, readAddress, returnAddress, type Answer } from './client.ts'
import { CheckoutEvent, type CheckoutNews, type FailureReason } from './events.ts'
import { styles } from './fourgeeks-checkout.styles.ts'
import {
  chooseLocale,
  fill,
  languageOf,
  pageLanguage,
  screenText,
  type LaterText,
  type ScreenText,
  type Texts,
} from './text/index.ts'
import { loadScreens } from './text/load.ts'
import { readLook } from './theme.ts'
import { hasForm, needsFrame, next, type Fault, type Happening, type Screen, type View } from './view.ts'

/**
 * Takes one payment for one checkout session, or begins its subscription. Card data stays in a frame of the payment side; this element and its page
 * learn outcomes.
 *
 * @fires checkout-ready - The form can be used.
 * @fires checkout-change - Something was typed; `event.complete` once everything could be sent.
 * @fires checkout-submitted - The buyer asked to pay.
 * @fires checkout-paid - Settled; `event.payment` is its id. Cancel it to stay instead of going to the session's `return_url`.
 * @fires checkout-declined - The bank said no (`event.code`, `event.declineCode`); the buyer may try again in place.
 * @fires checkout-expired - The session ran out of time.
 * @fires checkout-failed - Nothing was charged and something is in the way: `event.reason`.
 * @slot - A plain link to the session's `checkout_url`, shown where scripts fail, or where the form cannot work.
 * @csspart checkout - The box around everything.
 * @csspart summary - Who is paid, what for, and how much.
 * @csspart items - What is bought, one line each.
 * @csspart amount - The amount, and how often it is paid.
 * @csspart terms - What is agreed to: today, later, and the words of the card statement.
 * @csspart email - Where the buyer of a subscription says their address.
 * @csspart test-badge - The mark of test mode.
 * @csspart card - The box that holds the card frame.
 * @csspart screen - A message in the form's place.
 * @csspart heading - Its heading.
 * @csspart action - A button or link that leads on from it.
 * @csspart footer - The line at the end.
 * @csspart test-drawer - The drawer of test cards.
 * @cssprop [--fourgeeks-accent=#2456d6] - Button, links and focus.
 * @cssprop [--fourgeeks-accent-text] - Text on the accent. By default white or near black, whichever reads better on it.
 * @cssprop [--fourgeeks-text=#14171f] - Text.
 * @cssprop [--fourgeeks-muted] - Text that matters less. By default two thirds of the text's colour.
 * @cssprop [--fourgeeks-background=#fff] - The box.
 * @cssprop [--fourgeeks-surface=#fff] - Fields.
 * @cssprop [--fourgeeks-border=#868d9c] - Lines around box and fields.
 * @cssprop [--fourgeeks-danger=#b3261e] - Mistakes and refusals.
 * @cssprop [--fourgeeks-success=#12804a] - The sign of what is paid.
 * @cssprop [--fourgeeks-radius=10px] - Corners, 0 to 24 px. Lengths may be in any unit.
 * @cssprop [--fourgeeks-font-size=16px] - Base size, 14 to 22 px.
 * @cssprop [--fourgeeks-spacing=20px] - Room around and between, 8 to 32 px; 14 when compact.
 * @cssprop [--fourgeeks-control-height=48px] - Height of fields and buttons, 36 to 64 px; 40 when compact.
 * @cssprop [--fourgeeks-font=system] - `system`, `rounded`, `serif` or `mono`.
 */
export class FourgeeksCheckout extends LitElement {
  static override styles = styles
  static override properties = {
    sessionId: { attribute: 'session-id' },
    locale: {},
    api: {},
    hosted: { type: Boolean },
    colorScheme: { attribute: 'color-scheme', reflect: true },
    density: {},
    mode: {},
    summary: {},
    // By what they say: a framework gives the same words as another object each time it draws its page.
    texts: {
      attribute: false,
      hasChanged: (now: Texts, before: Texts) => JSON.stringify(now) !== JSON.stringify(before),
    },
    payButton: { attribute: 'pay-button' },
    testDrawer: { attribute: 'test-drawer' },
    view: { state: true, attribute: false },
  }

  /** The payment side's origin for elements without the attribute `api`. The script sets it to where it was loaded from. */
  static api = ''

  /** Registers the tag, once, in browsers that can run it (those since May 2024). In older ones its link stays, and pays. */
  static define(): void {
    const tag = 'fourgeeks-checkout'
    // The newest of what script and sheet need. A document made by a program, for tests, may know no style at all.
    const isAble = 'any' in AbortSignal && globalThis.CSS?.supports('color', 'light-dark(red, red)')
    if (isAble && !customElements.get(tag)) customElements.define(tag, FourgeeksCheckout)
  }

  /** The session to pay. A new one starts over. */
  declare sessionId: string
  /** A language tag such as `es-CR`. Without it, the page's language decides, then the browser's. */
  declare locale: string
  /** The payment side's origin. By default, the one that this code was loaded from. */
  declare api: string
  /** Set by the payment side's own page, and by nobody else: there, page and frame share an origin. */
  declare hosted: boolean
  /** `light`, `dark`, or `auto`: as the buyer's system prefers. */
  declare colorScheme: string
  /** `compact` takes less room than `comfortable`, the default. */
  declare density: string
  /** What the session is for, where the page knows: `subscription` keeps the room for its terms from the first paint on. */
  declare mode: string
  /** `none` where the page itself says who is paid, what for and how much. */
  declare summary: string
  /** The shop's own words in the place of ours, as plain text: `{ screens: { paid: ['Gracias', '…'] }, card: { pay: 'Donar {amount}' } }`. */
  declare texts: Texts
  /** `none` when a button of the page pays, by calling `submit()`; the card frame then says in its button's place what will be paid. */
  declare payButton: string
  /** The drawer of test cards, in test sessions only: `on` on any host, `off` on none. Without it: on this very machine. */
  declare testDrawer: string | null
  declare private view: View

  /** What is running for the present session; aborted when another takes its place. */
  #run = new AbortController()
  #card: CardInput | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #movesFocus = false
  /** The address that the buyer typed; it is in no event. */
  #email = ''
  /** Whether the buyer unfolded what the summary leaves out where there is little room. */
  #isOpen = false
  /** The locale that is spoken, and what has come of its words. */
  #spoken: { locale: string; later: LaterText | null } = { locale: 'en', later: null }
  #preference: MediaQueryList | undefined

  constructor() {
    super()
    this.sessionId = this.locale = this.api = this.density = this.mode = this.summary = this.payButton = ''
    this.testDrawer = null
    this.texts = {}
    this.colorScheme = 'auto'
    this.hosted = false
    this.view = { at: 'loading' }
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#preference ??= matchMedia('(prefers-color-scheme: dark)')
    this.#preference.addEventListener('change', this.#dress)
    addEventListener('online', this.#cameOnline)
    addEventListener('offline', this.#wentOffline)
    if (this.hasUpdated) this.reset()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#preference?.removeEventListener('change', this.#dress)
    removeEventListener('online', this.#cameOnline)
    removeEventListener('offline', this.#wentOffline)
    this.#stop()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { at } = this.view
    // Later screens are only worded anew: starting over would lose the outcome, or the way back to the shop.
    const isIdle = at === 'loading' || at === 'email' || at === 'opening' || at === 'ready'
    const isOther = changed.has('sessionId') || changed.has('api') || changed.has('hosted')
    if (!this.isConnected) return
    if (isOther || ((changed.has('locale') || changed.has('texts')) && isIdle)) this.reset()
    else if (changed.has('locale')) void this.#learn(this.#run.signal)
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('colorScheme') || changed.has('density')) this.#dress()
    const heading = this.#movesFocus && this.renderRoot.querySelector('h2')
    if (heading) {
      this.#movesFocus = false
      heading.focus()
    }
  }

  /** Asks the form to pay, as its button does. */
  submit(): void {
    this.#card?.submit()
  }

  /** Fills in a card of the sandbox by its name, such as `visa`, in test sessions only: the frame alone learns the number. */
  fill(card: string): void {
    this.#card?.fill(card)
  }

  /** Starts over with the present session. */
  reset(): void {
    this.#stop()
    this.#run = new AbortController()
    this.#happen({ type: 'started' })
    void this.#open(this.#run.signal).catch((error: unknown) => {
      // A mistake of ours, or a page that broke what we stand on: the way to the other page is better than none.
      this.#happen({ type: 'lost' })
      throw error
    })
  }

  protected override render(): TemplateResult {
    const { view } = this
    const { locale } = this.#spoken
    const text = this.#text
    const session = 'session' in view ? view.session : null
    const isForm = showsForm(view.at)
    const isComing = view.at === 'loading' || view.at === 'opening'
    const said = sentences(view.at, session, text, locale)
    const isOffline = !navigator.onLine
    if (isOffline) said.push(text.offline)
    const isSummed = this.summary !== 'none'
    const isLasting = session ? hasTerms(session) : this.mode === 'subscription'
    return html`<section
      class="root ${this.density} ${isLasting ? 'lasting' : ''}"
      part="checkout"
      lang=${locale}
      aria-label=${text.secure}
      aria-busy=${isComing}
    >
      ${isSummed ? (session ? this.#summary(session, text, locale) : isComing ? summaryBones : '') : ''}
      <div class="stage">
        ${isOffline ? html`<p class="offline">${text.offline}</p>` : ''}
        <div class="card" part="card" ?data-shown=${isForm || isComing}></div>
        ${isComing ? formBones : isForm ? '' : view.at === 'email' ? this.#asking(view, text) : this.#screen(view, session, text)}
        <slot ?hidden=${!isHelped(view.at)}></slot>
      </div>
      <p class="footer ${isSummed ? '' : 'alone'}" part="footer">
        ${icon(icons.lock)}${text.secure}${!isSummed && session?.test ? badge(text) : ' · 4Geeks'}
      </p>
      <p class="spoken" role="status" aria-live="polite">${said.join('. ')}</p>
      <div
        class="tests"
        part="test-drawer"
        ?hidden=${!this.#isTried || !(isComing || isForm || view.at === 'email')}
      ></div>
      <i class="probe" hidden></i>
    </section>`
  }

  #summary(session: SessionView, text: ScreenText, locale: string): TemplateResult {
    const { items, subscription } = session
    const { amount, price } = session.display
    const often = price?.startsWith(amount) ? price.slice(amount.length) : ''
    const about = session.mode === 'setup' ? text.newCard : session.description
    return html`<div class="summary" part="summary" ?data-open=${this.#isOpen}>
      <p class="merchant ${session.merchant.name.length > 24 ? 'long' : ''}">
        ${session.merchant.name}${session.test ? badge(text) : ''}
      </p>
      <p class="amount" part="amount">${amount}<small>${often}</small></p>
      <div class="about">
        <p>${about ?? items[0]}</p>
        ${
          items.length > (about ? 0 : 1) || (about?.length ?? 0) > 30 || subscription?.statement_descriptor
            ? html`<button aria-expanded=${this.#isOpen} aria-controls="items" @click=${this.#opened}>
                ${text.details}${icon(icons.more)}
              </button>`
            : ''
        }
      </div>
      <ul id="items" part="items">
        ${(about ? items : items.slice(1)).map((item) => html`<li>${item}</li>`)}
      </ul>
      ${hasTerms(session) ? terms(session, text, locale) : ''}
    </div>`
  }

  #opened = (): void => {
    this.#isOpen = !this.#isOpen
    this.requestUpdate()
  }

  #asking({ session, wrong }: Extract<View, { at: 'email' }>, text: ScreenText): TemplateResult {
    return html`<form class="email" part="email" novalidate @submit=${this.#given}>
      <label for="email">${text.email}</label>
      <input
        id="email"
        type="email"
        autocomplete="email"
        aria-describedby="whose wrong"
        aria-invalid=${wrong}
        .value=${this.#email}
      />
      <p id="wrong" role="alert">${wrong ? text.mistyped : ''}</p>
      <p id="whose">${fill(text.whose, { merchant: session.merchant.name })}</p>
      <button>${text.go}</button>
    </form>`
  }

  #screen(view: View, session: SessionView | null, text: ScreenText): TemplateResult {
    const { at } = view
    const [heading, body] = sentences(at, session, text, this.#spoken.locale)
    const isPaid = at === 'paid' || at === 'already-paid'
    const mayGoBack = session && at !== 'checking' && (at !== 'paid' || view.leaving)
    const outcome = isPaid ? { payment: at === 'paid' ? view.payment : null, status: 'succeeded' } : null
    const back = mayGoBack && returnAddress(session, outcome)
    const elsewhere = isClosed(at) && !this.hosted && this.sessionId && !this.childElementCount && this.#api
    return html`<div class="screen ${isPaid ? 'paid' : at}" part="screen">
      ${icon(isPaid ? icons.check : at === 'checking' || at === 'expired' ? icons.clock : icons.mark)}
      <h2 part="heading" tabindex="-1">${heading}</h2>
      <p>${body}</p>
      ${at === 'paid' && back ? html`<p>${fill(text.leaving, { merchant: session!.merchant.name })}</p>` : ''}
      ${elsewhere ? link(`${elsewhere}/checkout/${encodeURIComponent(this.sessionId)}`, text.hosted) : ''}
      ${
        isHelped(at) && at !== 'unsupported'
          ? html`<button class="action" part="action" @click=${this.#retried}>${text.retry}</button>`
          : ''
      }
      ${back ? link(back, fill(text.back, { merchant: session!.merchant.name })) : ''}
    </div>`
  }

  get #locale(): string {
    return chooseLocale([this.locale, pageLanguage(this), ...navigator.languages])
  }

  get #text(): ScreenText {
    const { locale, later } = this.#spoken
    return screenText(languageOf(locale), later, this.texts)
  }

  /** The payment side's origin, or empty when what was given is no address. */
  get #api(): string {
    const url = readAddress(this.api || FourgeeksCheckout.api)
    return url?.protocol.startsWith('http') ? url.origin : ''
  }

  /** Whether this page is one where test cards are at hand. */
  get #isTried(): boolean {
    return this.testDrawer === null ? isLoopback(location.hostname) : this.testDrawer !== 'off'
  }

  #find = (selector: string) => this.renderRoot.querySelector<HTMLElement>(selector)!

  #look = (): Theme => readLook(this.#find('.root'), this.#find('.probe'))

  #dress = (): void => {
    const look = this.#look()
    const { style } = this.#find('.root')
    style.fontFamily = fonts[look.fontFamily]
    style.setProperty('--on-accent', look['accent-text'])
    this.#card?.dress(look)
  }

  #stop(): void {
    this.#run.abort()
    clearTimeout(this.#timer)
    this.#dropCard()
  }

  #dropCard(): void {
    this.#card?.destroy()
    this.#card = null
  }

  async #open(over: AbortSignal): Promise<void> {
    const known = languageOf(this.#spoken.locale) === languageOf(this.#locale) ? this.#spoken.later : null
    this.#spoken = { locale: this.#locale, later: known }
    await this.updateComplete
    if (over.aborted) return
    const { sessionId } = this
    const api = this.#api
    const locale = this.#locale
    const sharesOrigin = api === location.origin && !this.hosted
    const fault = !sessionId ? 'no_session' : !api ? 'no_api' : sharesOrigin ? 'same_origin' : null
    if (fault) {
      // Pages that fetch their session set it a moment after the element is there.
      const tell = () => this.#learn(over).then(() => over.aborted || this.#happen({ type: 'misconfigured', fault }))
      this.#timer = setTimeout(tell, sessionId ? 0 : 1000)
      return
    }

    const calls = client(api, over)
    const [found, isLearnt] = await Promise.all([calls.session(sessionId, locale), this.#learn(over)])
    if (over.aborted) return
    if (found.is !== 'there') return this.#fail(isLearnt || found.is === 'refused' ? found.is : 'away')
    if (!isLearnt) return this.#fail('away')
    this.#happen({ type: 'loaded', session: found.value })
    if (this.view.at === 'opening') await this.#begin(found.value, over)
  }

  /** Loads the words of the present locale, and speaks them from then on. False when they cannot be had. */
  async #learn(over: AbortSignal): Promise<boolean> {
    const locale = this.#locale
    const load = () => loadScreens(languageOf(locale), this.#api).catch(() => null)
    const later = (await load()) ?? (await load())
    if (over.aborted || !later) return false
    this.#spoken = { locale, later }
    this.requestUpdate()
    return true
  }

  async #begin({ mode, test }: SessionView, over: AbortSignal): Promise<void> {
    const { sessionId } = this
    const api = this.#api
    const locale = this.#locale
    const made = await client(api, over).intent(sessionId, mode, randomWord(), this.#email || undefined)
    if (over.aborted) return
    if (made.is !== 'there') return this.#fail(made.is)
    this.#card = cardFrame({
      api,
      sessionId,
      intent: {
        id: made.value.id,
        clientSecret: made.value.client_secret,
        resumes: made.value.status === 'requires_action' || made.value.status === 'processing',
      },
      locale,
      theme: this.#look(),
      texts: Object.fromEntries(Object.entries({ ...this.texts?.card }).filter(([, words]) => isText(words))),
      button: this.payButton !== 'none',
      title: this.#text.secure,
      tell: (news) => this.#hear(news),
    })
    this.#card.mount(this.#find('.card'))
    if (test && this.#isTried) await this.#openDrawer(api, over)
  }

  /** The drawer is a script of its own, so that no buyer downloads it. Without it the page works as for them. */
  async #openDrawer(api: string, over: AbortSignal): Promise<void> {
    const found: unknown = await import(
      /* @vite-ignore */ /* webpackIgnore: true */ `${api}/fourgeeks-test-drawer.mjs`
    ).catch(() => null)
    if (!found || over.aborted) return
    const { testDrawer } = found as typeof import('./test-drawer/index.ts')
    testDrawer(this.#find('.tests'), this.#locale, (card) => this.fill(card))
  }

  #given = (event: Event): void => {
    event.preventDefault()
    const { view } = this
    if (view.at !== 'email') return
    const input = this.#find('#email') as HTMLInputElement
    this.#email = input.value.trim()
    if (!/^\S+@\S+\.\S+$/.test(this.#email)) {
      this.#happen({ type: 'mistyped' })
      return input.focus()
    }
    this.#happen({ type: 'given' })
    void this.#begin(view.session, this.#run.signal)
  }

  #fail(why: Exclude<Answer<unknown>['is'], 'there'>): void {
    this.#happen({ type: why === 'away' ? 'lost' : why })
  }

  #hear(news: CardNews): void {
    if (news.type === 'change') this.#tell('checkout-change', { complete: news.complete })
    else if (news.type === 'paid') this.#settle(news.paymentId)
    else if (this.#happen(news)) {
      if (news.type === 'declined') this.#tell('checkout-declined', { code: news.code, declineCode: news.declineCode })
      if (news.type === 'failed' && news.reason !== 'refused') this.#tellFailed(news.reason)
    }
  }

  #settle(payment: string | null): void {
    if (!hasForm(this.view)) return
    const { session } = this.view
    const { signal } = this.#run
    const status = 'succeeded'
    const mayLeave = this.#tell('checkout-paid', { payment, session: session.session_id, status })
    // A listener may have started another session.
    if (signal.aborted) return
    const to = mayLeave ? returnAddress(session, { payment, status }) : null
    this.#happen({ type: 'paid', payment, leaving: to !== null })
    if (to) this.#timer = setTimeout(() => location.assign(to), 1200)
  }

  /** Moves on to the view that follows, and tells the page. False when nothing follows. */
  #happen(happening: Happening): boolean {
    const view = next(this.view, happening)
    if (view === this.view) return false
    const comesBack = showsForm(view.at) && !showsForm(this.view.at)
    const wasInside = this.#movesFocus || Boolean(this.shadowRoot?.activeElement)
    this.#movesFocus = view.at !== 'ready' && wasInside
    this.view = view
    // Whoever gave their address, or waited for the network, goes on in the card form.
    if (comesBack && wasInside) void this.updateComplete.then(() => this.#find('iframe').focus())
    if (!needsFrame(view)) this.#dropCard()
    if (happening.type === 'ready') this.#tell('checkout-ready', {})
    if (view.at === 'paying') this.#tell('checkout-submitted', {})
    if (view.at === 'expired') this.#tell('checkout-expired', {})
    if (view.at === 'away') this.#tellFailed(happening.type === 'failed' ? happening.reason : 'network')
    if (view.at === 'unknown') this.#tellFailed('unknown_session')
    if (view.at === 'unsupported') this.#tellFailed('unsupported')
    if (view.at === 'refused') {
      this.#tellFailed(
        'refused_page',
        `${this.#api} does not answer this page: does the account list ${location.origin}?`,
      )
    }
    if (view.at === 'misconfigured') this.#tellFailed(view.fault, repairs[view.fault])
    return true
  }

  /** False when a listener cancelled it. */
  #tell<Type extends keyof CheckoutNews>(type: Type, fields: CheckoutNews[Type]): boolean {
    return this.dispatchEvent(new CheckoutEvent(type, fields))
  }

  #tellFailed(reason: FailureReason, repair?: string): void {
    if (repair) console.error(`<fourgeeks-checkout>: ${repair}`)
    this.#tell('checkout-failed', { reason })
  }

  #retried = (): void => {
    this.#movesFocus = true
    this.reset()
  }

  #cameOnline = (): void => {
    if (this.view.at === 'away') this.reset()
    else this.requestUpdate()
  }

  #wentOffline = (): void => this.requestUpdate()
}

/** Screens on which the card frame is to be seen. */
const showsForm = (at: Screen) => at === 'ready' || at === 'paying' || at === 'challenge'

/** Screens in whose place another page may still work. */
const isClosed = (at: Screen): at is 'refused' | 'misconfigured' | 'unsupported' =>
  at === 'refused' || at === 'misconfigured' || at === 'unsupported'

/** Screens on which the shop's own fallback is shown. */
const isHelped = (at: Screen) => isClosed(at) || at === 'away' || at === 'unknown'

/** What the developer should do. */
const repairs: Record<Fault, string> = {
  no_session: 'set session-id',
  no_api: 'set api="https://…" to the payment side',
  same_origin: 'page and payment side (api) share an origin',
}

/** Heading and meaning of a screen: none while there is nothing to say. */
function sentences(at: Screen, session: SessionView | null, text: ScreenText, locale: string): string[] {
  if (at === 'loading' || at === 'email' || at === 'opening' || at === 'ready') return []
  const isPaid = at === 'paid' || at === 'already-paid'
  const next = isPaid && session?.subscription?.next_charge_at
  const about = next ? text[begun(session)] : isClosed(at) ? text.closed : text[wordsFor(at, session)]
  const values = { merchant: session?.merchant.name ?? '', date: next ? dateOf(next, locale) : '' }
  return [about ?? text.away].flat().map((sentence) => fill(sentence, values))
}

/** Whoever only gives a card has nothing to pay, and is told of a card. */
function wordsFor(
  at: Exclude<Screen, 'loading' | 'email' | 'opening' | 'ready' | 'refused' | 'misconfigured' | 'unsupported'>,
  session: SessionView | null,
) {
  const saves = session !== null && isFree(session)
  if (at === 'already-paid') return saves ? 'settledCard' : 'settled'
  if (at === 'paying') return saves ? 'saving' : at
  return saves && (at === 'checking' || at === 'expired') ? (`${at}Card` as const) : at
}

const isFree = (session: SessionView) => session.payment_status === 'no_payment_required'

/** What a subscription came to once its card was taken. */
const begun = (session: SessionView) => (isFree(session) ? (session.mode === 'setup' ? 'saved' : 'trialing') : 'active')

/** A day as people of the buyer's place name it. Its language alone decides: not every region that a page may say exists. */
const dateOf = (moment: string, locale: string, dateStyle: 'long' | 'medium' = 'long') =>
  new Date(moment).toLocaleDateString(locale.slice(0, 2), { dateStyle })

type Lasting = SessionView & { subscription: NonNullable<SessionView['subscription']> }

const hasTerms = (session: SessionView): session is Lasting =>
  session.subscription !== null && session.status === 'open'

/** What is agreed to: what is paid today, what comes later, and what the card statement will say. The sheet keeps room for two lines. */
function terms(session: Lasting, text: ScreenText, locale: string): TemplateResult {
  const { trial_period_days: days, next_charge_at: next, statement_descriptor } = session.subscription
  const free = isFree(session)
  const changes = session.mode === 'setup'
  const rows = [
    free && !changes
      ? [text.trial, fill(text.days[days === 1 ? 0 : 1]!, { days: String(days) })]
      : [changes && !free ? text.owed : text.today, free ? text.nothing : session.display.amount],
    next && [changes ? text.next : free ? text.first : text.renews, dateOf(next, locale, 'medium')],
    statement_descriptor && [text.statement, statement_descriptor],
  ]
  return html`<dl part="terms">
    ${rows.map((row) =>
      row
        ? html`<div>
            <dt>${row[0]}</dt>
            <dd>${row[1]}</dd>
          </div>`
        : '',
    )}
  </dl>`
}

const badge = (text: ScreenText) => html`<b part="test-badge">${text.test}</b>`

const summaryBones = html`<div class="summary bones"><i></i><i></i><i></i></div>`
const formBones = html`<div class="form bones"><i></i><i></i><i></i><i></i></div>`

const link = (href: string, words: string) =>
  html`<a class="action" part="action" href=${href} target="_top">${words}</a>`

/** Each stands in a round tint. */
const icons = {
  check: 'm5 12.5 4.5 4.5L19 7.5',
  clock: 'M12 7v5l3 2M3 12a9 9 0 1 1 0 .1',
  mark: 'M12 6v7m0 4.5h0',
  more: 'm6 9 6 6 6-6',
  lock: 'M8 11V8a4 4 0 0 1 8 0v3M6 11h12v9H6z',
}

const icon = (path: string) => html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d=${path}></path></svg>`

declare global {
  interface HTMLElementTagNameMap {
    'fourgeeks-checkout': FourgeeksCheckout
  }
}
