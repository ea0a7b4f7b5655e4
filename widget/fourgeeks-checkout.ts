import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit'
import type { SessionView } from '../server/contract/checkout.ts'
import { cardFrame, type CardInput, type CardNews } from './card-frame.ts'
import { fonts, randomWord, type Theme } from './channel.ts'
import { client, isLoopback, readAddress, returnAddress, type Answer } from './client.ts'
import { CheckoutEvent, type CheckoutNews, type FailureReason } from './events.ts'
import { styles } from './fourgeeks-checkout.styles.ts'
import { chooseLocale, fill, screenText, type ScreenText } from './text/index.ts'
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
 * @cssprop [--fourgeeks-text=#14171f] - Text.
 * @cssprop [--fourgeeks-background=#fff] - The box.
 * @cssprop [--fourgeeks-surface=#fff] - Fields.
 * @cssprop [--fourgeeks-border=#868d9c] - Lines around box and fields.
 * @cssprop [--fourgeeks-danger=#b3261e] - Mistakes and refusals.
 * @cssprop [--fourgeeks-radius=10px] - Corners, in px, 0 to 24.
 * @cssprop [--fourgeeks-font-size=16px] - Base size, in px, 14 to 22.
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
  #preference: MediaQueryList | undefined

  constructor() {
    super()
    this.sessionId = this.locale = this.api = this.payButton = ''
    this.testDrawer = null
    this.colorScheme = 'auto'
    this.hosted = false
    this.view = { at: 'loading' }
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#preference ??= matchMedia('(prefers-color-scheme: dark)')
    this.#preference.addEventListener('change', this.#dress)
    addEventListener('online', this.#cameOnline)
    if (this.hasUpdated) this.reset()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#preference?.removeEventListener('change', this.#dress)
    removeEventListener('online', this.#cameOnline)
    this.#stop()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { at } = this.view
    // Later screens are only worded anew: starting over would lose the outcome, or the way back to the shop.
    const isIdle = at === 'loading' || at === 'email' || at === 'opening' || at === 'ready'
    const isOther = changed.has('sessionId') || changed.has('api') || changed.has('hosted')
    if (this.isConnected && (isOther || (changed.has('locale') && isIdle))) this.reset()
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('colorScheme')) this.#dress()
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
    const text = screenText(this.#locale)
    const session = 'session' in view ? view.session : null
    const isForm = view.at === 'ready' || view.at === 'paying'
    const isComing = view.at === 'loading' || view.at === 'opening'
    const said = sentences(view.at, session, text, this.#locale)
    return html`<section class="root" part="checkout" lang=${this.#locale} aria-label=${text.secure}>
      ${session ? summary(session, text, this.#locale) : isComing ? summaryBones : ''}
      <div class="stage">
        <div class="card" part="card" ?data-shown=${isForm}></div>
        ${isComing ? formBones : isForm ? '' : view.at === 'email' ? this.#asking(view, text) : this.#screen(view, session, text)}
        <slot ?hidden=${!isHelped(view.at)}></slot>
      </div>
      <p class="footer" part="footer">${text.secure} · 4Geeks</p>
      <p class="spoken" role="status" aria-live="polite">${said.join('. ')}</p>
      <div class="tests" part="test-drawer" ?hidden=${!this.#isTried || !(isComing || isForm)}></div>
      <i class="probe" hidden></i>
    </section>`
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
    const [heading, body] = sentences(at, session, text, this.#locale)
    const isPaid = at === 'paid' || at === 'already-paid'
    const mayGoBack = session && at !== 'checking' && (at !== 'paid' || view.leaving)
    const outcome = isPaid ? { payment: at === 'paid' ? view.payment : null, status: 'succeeded' } : null
    const back = mayGoBack && returnAddress(session, outcome)
    const elsewhere = isClosed(at) && !this.hosted && this.sessionId && !this.childElementCount && this.#api
    return html`<div class="screen ${isPaid ? 'paid' : at}" part="screen">
      ${icon(isPaid ? icons.check : at === 'checking' || at === 'expired' ? icons.clock : icons.mark)}
      <h2 part="heading" tabindex="-1">${heading}</h2>
      <p>${body}</p>
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
    const page = this.closest('[lang]')?.getAttribute('lang')
    return chooseLocale([this.locale, page, document.documentElement.lang, ...navigator.languages])
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
    this.#find('.root').style.fontFamily = fonts[look.fontFamily]
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
    await this.updateComplete
    if (over.aborted) return
    const { sessionId } = this
    const api = this.#api
    const locale = this.#locale
    const sharesOrigin = api === location.origin && !this.hosted
    const fault = !sessionId ? 'no_session' : !api ? 'no_api' : sharesOrigin ? 'same_origin' : null
    if (fault) {
      // Pages that fetch their session set it a moment after the element is there.
      this.#timer = setTimeout(() => this.#happen({ type: 'misconfigured', fault }), sessionId ? 0 : 1000)
      return
    }

    const calls = client(api, over)
    const found = await calls.session(sessionId, locale)
    if (over.aborted) return
    if (found.is !== 'there') return this.#fail(found.is)
    this.#happen({ type: 'loaded', session: found.value })
    if (this.view.at === 'opening') await this.#begin(found.value, over)
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
      intent: { id: made.value.id, clientSecret: made.value.client_secret },
      locale,
      theme: this.#look(),
      button: this.payButton !== 'none',
      title: screenText(locale).secure,
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
    testDrawer(this.#find('.tests'), this.#locale, (card) => this.#card?.fill(card))
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
    const wasInside = this.#movesFocus || Boolean(this.shadowRoot?.activeElement)
    this.#movesFocus = view.at !== 'ready' && wasInside
    this.view = view
    // Whoever gave their address goes on in the card form.
    if (happening.type === 'ready' && wasInside) void this.updateComplete.then(() => this.#find('iframe').focus())
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
  }
}

/** Screens in whose place another page may still work. */
const isClosed = (at: Screen) => at === 'refused' || at === 'misconfigured' || at === 'unsupported'

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
  const about = next ? text[begun(session)] : isClosed(at) ? text.closed : text[at === 'already-paid' ? 'settled' : at]
  const values = { merchant: session?.merchant.name ?? '', date: next ? dateOf(next, locale) : '' }
  return about.map((sentence) => fill(sentence, values))
}

const isFree = (session: SessionView) => session.payment_status === 'no_payment_required'

/** What a subscription came to once its card was taken. */
const begun = (session: SessionView) => (isFree(session) ? (session.mode === 'setup' ? 'saved' : 'trialing') : 'active')

/** A day as people of the buyer's place name it. Its language alone decides: not every region that a page may say exists. */
const dateOf = (moment: string, locale: string) =>
  new Date(moment).toLocaleDateString(locale.slice(0, 2), { dateStyle: 'long' })

function summary(session: SessionView, text: ScreenText, locale: string): TemplateResult {
  const { amount, price } = session.display
  const often = price?.startsWith(amount) ? price.slice(amount.length) : ''
  return html`<div class="summary" part="summary">
    <p class="merchant">${session.merchant.name} ${session.test ? html`<b part="test-badge">${text.test}</b>` : ''}</p>
    <p class="amount" part="amount">${amount}<small>${often}</small></p>
    <p>${session.mode === 'setup' ? text.newCard : session.description}</p>
    <ul>
      ${session.items.map((item) => html`<li>${item}</li>`)}
    </ul>
    ${session.subscription && session.status === 'open' ? terms(session, session.subscription, text, locale) : ''}
  </div>`
}

/** What is agreed to: what is paid today, what comes later, and what the card statement will say. */
function terms(
  session: SessionView,
  { trial_period_days: days, next_charge_at: next, statement_descriptor }: NonNullable<SessionView['subscription']>,
  text: ScreenText,
  locale: string,
): TemplateResult {
  const free = isFree(session)
  const changes = session.mode === 'setup'
  const rows = [
    free && !changes && [text.trial, fill(text.days[days === 1 ? 0 : 1]!, { days: String(days) })],
    [changes && !free ? text.owed : text.today, free ? text.nothing : session.display.amount],
    next && [changes ? text.next : free ? text.first : text.renews, dateOf(next, locale)],
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

const summaryBones = html`<div class="summary bones"><i></i><i></i></div>`
const formBones = html`<div class="form bones"><i></i><i></i><i></i><i></i></div>`

const link = (href: string, words: string) =>
  html`<a class="action" part="action" href=${href} target="_top">${words}</a>`

/** Each stands in a round tint. */
const icons = {
  check: 'm5 12.5 4.5 4.5L19 7.5',
  clock: 'M12 7v5l3 2M3 12a9 9 0 1 1 0 .1',
  mark: 'M12 6v7m0 4.5h0',
}

const icon = (path: string) => html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d=${path}></path></svg>`

declare global {
  interface HTMLElementTagNameMap {
    'fourgeeks-checkout': FourgeeksCheckout
  }
}
