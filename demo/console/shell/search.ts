import { html, LitElement, nothing, type TemplateResult } from 'lit'
import type { SearchHit, SearchView } from '../../../server/contract/console.ts'
import type { App } from '../app.ts'
import { badge, when } from '../parts/bits.ts'
import { icon } from '../parts/icons.ts'
import { problem } from '../parts/notes.ts'
import { pathOf, type Section } from '../router.ts'

const pauseMs = 150

const sectionOf: Record<SearchHit['kind'], Section> = {
  payment: 'payments',
  session: 'sessions',
  customer: 'customers',
  subscription: 'subscriptions',
  refund: 'refunds',
  invoice: 'invoices',
  event: 'events',
  request: 'requests',
  delivery: 'deliveries',
}

const pathOfHit = ({ kind, id }: SearchHit): string => pathOf(sectionOf[kind], id)

/** One field for everything: ids, emails, words, last four digits, amounts. */
export class ConsoleSearch extends LitElement {
  static override properties = {
    app: { attribute: false },
    hits: { state: true, attribute: false },
    at: { state: true, attribute: false },
    open: { state: true, attribute: false },
    failure: { state: true, attribute: false },
  }
  declare app: App
  declare private hits: SearchHit[] | undefined
  /** Which hit the arrow keys stand on. */
  declare private at: number
  declare private open: boolean
  declare private failure: unknown
  #asked = ''
  #timer: ReturnType<typeof setTimeout> | undefined
  #running: AbortController | undefined

  constructor() {
    super()
    this.hits = undefined
    this.at = 0
    this.open = false
    this.failure = undefined
  }

  /** Takes the keyboard. */
  take(): void {
    const field = this.#field
    field.focus()
    field.select()
  }

  protected override createRenderRoot(): this {
    return this
  }

  protected override render(): TemplateResult {
    const { text } = this.app
    const shown = this.open && (this.hits !== undefined || this.failure !== undefined)
    return html`<div class="search" role="search" @focusout=${this.#left}>
      ${icon('search')}
      <input
        type="search"
        role="combobox"
        autocomplete="off"
        spellcheck="false"
        aria-label=${text.search.label}
        aria-autocomplete="list"
        aria-controls="hits"
        aria-expanded=${shown}
        aria-activedescendant=${shown && this.hits?.length ? `hit-${this.at}` : nothing}
        placeholder=${text.search.hint}
        @input=${this.#typed}
        @keydown=${this.#pressed}
        @focus=${() => (this.open = true)}
      />
      <kbd aria-hidden="true">/</kbd>
      <div class="hits" ?hidden=${!shown}>
        ${problem(text, this.failure, text.problem.read)}
        <ul id="hits" role="listbox" aria-label=${text.search.label}>
          ${this.hits?.map((hit, at) => this.#hit(hit, at))}
        </ul>
        ${this.hits?.length === 0 ? html`<p class="none">${text.search.none(this.#asked)}</p>` : nothing}
      </div>
      <p class="unseen" role="status">
        ${shown && this.hits ? (this.hits.length === 0 ? text.search.none(this.#asked) : text.search.found(this.hits.length)) : nothing}
      </p>
    </div>`
  }

  #hit(hit: SearchHit, at: number): TemplateResult {
    const { app } = this
    return html`<li
      id="hit-${at}"
      role="option"
      aria-selected=${at === this.at}
      @pointerdown=${(event: Event) => event.preventDefault()}
      @click=${() => this.#go(hit)}
      @pointermove=${() => (this.at = at)}
    >
      ${icon(sectionOf[hit.kind])}
      <span class="hit-title">${hit.title || hit.id}</span>
      <span class="hit-side">
        ${hit.amount !== null && hit.currency !== null ? app.format.money(hit.amount, hit.currency) : nothing}
        ${hit.status === null ? nothing : /^\d+$/.test(hit.status) ? hit.status : badge(app, hit.status)}
      </span>
      <span class="hit-about"
        >${app.text.search.kinds[hit.kind]}${hit.created_at === null ? nothing : html` · ${when(app, hit.created_at)}`}</span
      >
    </li>`
  }

  get #field(): HTMLInputElement {
    return this.querySelector('input')!
  }

  #typed = (): void => {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#find(), pauseMs)
    this.open = true
  }

  async #find(): Promise<SearchHit[] | undefined> {
    clearTimeout(this.#timer)
    const asked = this.#field.value.trim()
    this.#running?.abort()
    this.#asked = asked
    this.failure = undefined
    if (asked === '') return (this.hits = undefined)
    const running = (this.#running = new AbortController())
    try {
      const { hits } = await this.app.api.get<SearchView>('/console/api/search', { q: asked }, running.signal)
      if (running.signal.aborted) return undefined
      this.at = 0
      return (this.hits = hits)
    } catch (error) {
      if (!running.signal.aborted) this.failure = error
      return undefined
    }
  }

  #pressed = (event: KeyboardEvent): void => {
    const count = this.hits?.length ?? 0
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      this.open = true
      if (count > 0) this.at = (this.at + step + count) % count
    } else if (event.key === 'Enter') {
      event.preventDefault()
      void this.#enter()
    } else if (event.key === 'Escape') {
      event.preventDefault()
      if (this.open && this.hits) this.open = false
      else this.#leave()
    }
  }

  /** What is pasted and entered at once is looked for first. */
  async #enter(): Promise<void> {
    const isFound = this.hits !== undefined && this.#asked === this.#field.value.trim()
    const hits = isFound ? this.hits : await this.#find()
    const hit = hits?.[this.at]
    if (hit) this.#go(hit)
  }

  #go(hit: SearchHit): void {
    this.#leave()
    this.app.go(pathOfHit(hit))
  }

  #leave(): void {
    this.#field.value = ''
    this.#field.blur()
    this.hits = undefined
    this.open = false
  }

  #left = (event: FocusEvent): void => {
    if (!this.contains(event.relatedTarget as Node | null)) this.open = false
  }
}

customElements.define('console-search', ConsoleSearch)
declare global {
  interface HTMLElementTagNameMap {
    'console-search': ConsoleSearch
  }
}
