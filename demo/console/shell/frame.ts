import { html, LitElement, nothing, type TemplateResult } from 'lit'
import type { App } from '../app.ts'
import type { Look } from '../memory.ts'
import { icon, mark } from '../parts/icons.ts'
import { showDialogs } from '../parts/view.ts'
import { type Place, pathOf, type Section } from '../router.ts'
import './search.ts'
import type { ConsoleSearch } from './search.ts'
import './settings.ts'
import { shortcuts } from './shortcuts.ts'

const groups = [
  { name: null, sections: ['overview'] },
  { name: 'activity', sections: ['requests', 'events'] },
  { name: 'money', sections: ['payments', 'refunds', 'sessions', 'subscriptions', 'invoices', 'customers'] },
  { name: 'developers', sections: ['webhooks', 'deliveries', 'sandbox'] },
] as const satisfies { name: string | null; sections: readonly Section[] }[]

/** What stands around every view: the sections, the search, the mode, the settings. */
export class ConsoleFrame extends LitElement {
  static override properties = {
    app: { attribute: false },
    place: { attribute: false },
    look: { attribute: false },
    view: { attribute: false },
    helping: { state: true, attribute: false },
  }
  declare app: App
  declare place: Place
  declare look: Look
  /** What stands in the middle. */
  declare view: TemplateResult
  declare private helping: boolean

  constructor() {
    super()
    this.helping = false
  }

  /** Puts the keyboard into the search. */
  search(): void {
    this.querySelector<ConsoleSearch>('console-search')?.take()
  }

  /** Shows the shortcuts. */
  help(): void {
    this.helping = true
  }

  protected override createRenderRoot(): this {
    return this
  }

  protected override updated(): void {
    showDialogs(this)
  }

  protected override render(): TemplateResult {
    const { app, place, look } = this
    const { text, me } = app
    return html`<a class="skip" href="#main" @click=${this.#skip}>${text.plain.skip}</a>
      <header class="top">
        <button
          class="bare menu-button"
          type="button"
          aria-haspopup="dialog"
          aria-label=${text.plain.menu}
          @click=${this.#openMenu}
        >
          ${icon('menu')}
        </button>
        <a class="brand" href=${pathOf('overview')}>
          ${mark}<span class="brand-name">${me.account.name}</span><span class="unseen">, ${text.product}</span>
        </a>
        <console-search .app=${app}></console-search>
        <span class="mode ${me.test ? 'test' : 'live'}">${me.test ? text.mode.test : text.mode.live}</span>
        ${me.namespace === null ? nothing : html`<span class="mode namespace">${me.namespace}</span>`}
        <console-settings .app=${app} .look=${look} @console-help=${() => this.help()}></console-settings>
      </header>
      ${me.test ? nothing : html`<p class="live-banner">${icon('alert')} ${text.mode.liveBanner}</p>`}
      <div class="middle">
        <nav class="side" aria-label=${text.menu.sections}>${this.#sections()}</nav>
        <main id="main" data-section=${place.section}>${this.view}</main>
      </div>
      <dialog class="drawer" aria-label=${text.plain.menu} @click=${this.#closeMenu}>
        <div>
          <header>
            ${mark}
            <button class="bare" type="button" aria-label=${text.plain.close}>${icon('close')}</button>
          </header>
          <nav aria-label=${text.menu.sections}>${this.#sections()}</nav>
        </div>
      </dialog>
      ${this.helping ? shortcuts(app, () => (this.helping = false)) : nothing}`
  }

  #sections(): TemplateResult[] {
    const { app, place } = this
    const { text, me } = app
    return groups.map(({ name, sections }) => {
      const shown = sections.filter((section) => me.test || section !== 'sandbox')
      return html`<div class="group">
        ${name ? html`<p>${text.menu[name]}</p>` : nothing}
        <ul>
          ${shown.map(
            (section) =>
              html`<li>
                <a href=${pathOf(section)} aria-current=${section === place.section ? 'page' : nothing}>
                  ${icon(section)} ${text.sections[section]}
                </a>
              </li>`,
          )}
        </ul>
      </div>`
    })
  }

  #skip = (event: Event): void => {
    event.preventDefault()
    this.querySelector<HTMLElement>('main h1')?.focus()
  }

  #openMenu = (): void => this.querySelector<HTMLDialogElement>('dialog.drawer')?.showModal()

  /** A click on a link, on the button that closes, or beside the drawer. */
  #closeMenu = (event: Event): void => {
    const drawer = event.currentTarget as HTMLDialogElement
    const target = event.target as Element
    if (target === drawer || target.closest('a, button')) drawer.close()
  }
}

customElements.define('console-frame', ConsoleFrame)
declare global {
  interface HTMLElementTagNameMap {
    'console-frame': ConsoleFrame
  }
}
