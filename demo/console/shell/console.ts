import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit'
import type { ConsoleView } from '../../../server/contract/console.ts'
import { Api, ApiProblem } from '../api.ts'
import type { App } from '../app.ts'
import { Format } from '../format.ts'
import { type Look, memory } from '../memory.ts'
import { bones, problem } from '../parts/notes.ts'
import { listenToKeys } from '../parts/keys.ts'
import { type Place, pathOf, Router } from '../router.ts'
import { chooseLanguage, type Language, localeFor, textOf } from '../text/index.ts'
import { viewOf } from '../views.ts'
import './frame.ts'
import type { ConsoleFrame } from './frame.ts'
import './sign-in.ts'

const toastMs = 5000

type Phase =
  { at: 'out'; why: 'ended' | 'signedOut' | null } | { at: 'opening'; problem: unknown } | { at: 'in'; app: App }

/** The whole console: signed out, or one view in its frame. */
export class PaymentsConsole extends LitElement {
  static override properties = {
    phase: { state: true, attribute: false },
    place: { state: true, attribute: false },
    language: { state: true, attribute: false },
    look: { state: true, attribute: false },
    said: { state: true, attribute: false },
  }
  declare private phase: Phase
  declare private place: Place
  declare private language: Language
  declare private look: Look
  declare private said: string
  readonly #router: Router
  #unsay: ReturnType<typeof setTimeout> | undefined
  #unlisten: (() => void) | undefined

  constructor() {
    super()
    this.#router = new Router((place) => (this.place = place))
    this.place = this.#router.place
    this.language = chooseLanguage(memory.language, navigator.languages)
    this.look = memory.look
    this.said = ''
    this.phase = memory.key === null ? { at: 'out', why: null } : { at: 'opening', problem: undefined }
  }

  protected override createRenderRoot(): this {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#unlisten = listenToKeys({
      search: () => this.#frame?.search(),
      help: () => this.#frame?.help(),
      go: (section) => this.phase.at === 'in' && this.#router.go(pathOf(section)),
      escape: () => this.#escape(),
    })
    if (this.phase.at === 'opening') void this.#open()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unlisten?.()
  }

  protected override willUpdate(changed: PropertyValues): void {
    document.documentElement.lang = this.language
    document.documentElement.dataset['look'] = this.look
    const text = textOf[this.language]
    const section = this.phase.at === 'in' ? text.sections[this.place.section] : text.signIn.title
    document.title = `${section} · ${text.product}`
    if (changed.has('place') && this.phase.at === 'in') void this.#moved(changed.get('place') as Place | undefined)
  }

  protected override render(): TemplateResult {
    return html`${this.#content()}
      <div class="toast" role="status" aria-live="polite">${this.said && html`<p>${this.said}</p>`}</div>`
  }

  #content(): TemplateResult {
    const { phase, language, look, place } = this
    const text = textOf[language]
    switch (phase.at) {
      case 'out':
        return html`<console-sign-in
          .text=${text}
          .language=${language}
          .why=${phase.why}
          @console-language=${this.#chooseLanguage}
          @console-signed-in=${this.#signedIn}
        ></console-sign-in>`
      case 'opening':
        return html`<main class="opening">
          ${phase.problem ? problem(text, phase.problem, text.problem.read, () => void this.#open()) : bones(text, 6)}
        </main>`
      case 'in':
        return html`<console-frame
          .app=${phase.app}
          .place=${place}
          .look=${look}
          .view=${viewOf(phase.app, place)}
          @console-language=${this.#chooseLanguage}
          @console-look=${this.#chooseLook}
          @console-namespace=${this.#chooseNamespace}
          @console-sign-out=${() => this.#signOut('signedOut')}
        ></console-frame>`
    }
  }

  get #frame(): ConsoleFrame | null {
    return this.querySelector('console-frame')
  }

  #appOf(me: ConsoleView, key: string): App {
    const { language } = this
    const locale = localeFor(language, navigator.languages)
    const credentials = { key, namespace: memory.namespace, language: locale }
    return {
      api: new Api(credentials, () => this.#signOut('ended')),
      me,
      language,
      text: textOf[language],
      format: new Format(locale),
      go: (path, options) => this.#router.go(path, options),
      say: (sentence) => this.#say(sentence),
    }
  }

  /** With the key that this tab still knows. */
  async #open(): Promise<void> {
    const { key, namespace } = memory
    if (key === null) return this.#signOut(null)
    this.phase = { at: 'opening', problem: undefined }
    try {
      const me = await new Api({ key, namespace, language: this.language }).get<ConsoleView>('/console/api/me')
      this.phase = { at: 'in', app: this.#appOf(me, key) }
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) this.#signOut('ended')
      else this.phase = { at: 'opening', problem: error }
    }
  }

  #signedIn = ({ detail }: CustomEvent<{ key: string; me: ConsoleView }>): void => {
    memory.key = detail.key
    this.phase = { at: 'in', app: this.#appOf(detail.me, detail.key) }
    void this.#focusHeading()
  }

  #signOut(why: 'ended' | 'signedOut' | null): void {
    memory.key = null
    memory.namespace = null
    this.phase = { at: 'out', why }
  }

  #chooseLanguage = ({ detail }: CustomEvent<Language>): void => {
    memory.language = detail
    this.language = detail
    if (this.phase.at === 'in' && memory.key !== null)
      this.phase = { at: 'in', app: this.#appOf(this.phase.app.me, memory.key) }
  }

  #chooseLook = ({ detail }: CustomEvent<Look>): void => {
    memory.look = detail
    this.look = detail
  }

  #chooseNamespace = async ({ detail }: CustomEvent<string | null>): Promise<void> => {
    const { key } = memory
    if (this.phase.at !== 'in' || key === null) return
    const former = memory.namespace
    memory.namespace = detail
    try {
      const me = await new Api({ key, namespace: detail, language: this.language }).get<ConsoleView>('/console/api/me')
      this.phase = { at: 'in', app: this.#appOf(me, key) }
      this.#router.go(pathOf('overview'))
    } catch (error) {
      memory.namespace = former
      this.#say(error instanceof Error && error.message ? error.message : textOf[this.language].problem.unknown)
    }
  }

  #say(sentence: string): void {
    clearTimeout(this.#unsay)
    this.said = sentence
    this.#unsay = setTimeout(() => (this.said = ''), toastMs)
  }

  /** The keyboard's place follows the view: to its heading, or back to the row whose pane was closed. */
  async #moved(former: Place | undefined): Promise<void> {
    const { place } = this
    const sameSection = former?.section === place.section
    if (!former || (sameSection && former.id === place.id)) return
    if (!sameSection || !paned.has(place.section)) scrollTo(0, 0)
    await this.#focusHeading(sameSection && place.id === null ? former.id : null)
  }

  async #focusHeading(row: string | null = null): Promise<void> {
    await this.updateComplete
    // The frame draws the view after this element, and the view itself after that.
    await new Promise(requestAnimationFrame)
    const closed = row === null ? null : this.querySelector<HTMLElement>(`tr[data-id="${CSS.escape(row)}"] a.row`)
    const heading =
      closed ?? this.querySelector<HTMLElement>('.pane h2[tabindex]') ?? this.querySelector<HTMLElement>('main h1')
    heading?.focus({ preventScroll: true })
  }

  /** Out of a pane, or of one thing, to the list that it stands in. */
  #escape(): void {
    const { section, id, query } = this.place
    if (section !== 'missing' && id !== null) this.#router.go(pathOf(section, null, Object.fromEntries(query)))
  }
}

/** Sections whose things open beside their list. */
const paned = new Set<string>(['requests', 'events', 'deliveries'])

customElements.define('payments-console', PaymentsConsole)
declare global {
  interface HTMLElementTagNameMap {
    'payments-console': PaymentsConsole
  }
}
