import { html, LitElement, nothing, type TemplateResult } from 'lit'
import type { NamespaceView } from '../../../server/contract/sandbox.ts'
import { ApiProblem } from '../api.ts'
import type { App } from '../app.ts'
import type { Look } from '../memory.ts'
import { segments } from '../parts/fields.ts'
import { icon } from '../parts/icons.ts'
import { languageNames, languages } from '../text/index.ts'

/**
 * Language, look, namespace, and the way out.
 * @fires console-language - Another language was chosen.
 * @fires console-look - Light or dark was chosen.
 * @fires console-namespace - Another part of the test data was chosen; null for the account's own.
 * @fires console-help - The shortcuts are wanted.
 * @fires console-sign-out - The key is to be forgotten.
 */
export class ConsoleSettings extends LitElement {
  static override properties = {
    app: { attribute: false },
    look: { attribute: false },
    namespaces: { state: true, attribute: false },
  }
  declare app: App
  declare look: Look
  /** The names that there are; null where the payment side knows of none at all. */
  declare private namespaces: string[] | null

  constructor() {
    super()
    this.namespaces = null
  }

  protected override createRenderRoot(): this {
    return this
  }

  protected override render(): TemplateResult {
    const { app, look } = this
    const { text, me, language } = app
    return html`<button
        class="bare"
        type="button"
        popovertarget="settings"
        aria-label=${text.menu.settings}
        title=${text.menu.settings}
      >
        ${icon('settings')}
      </button>
      <div id="settings" class="settings" popover @toggle=${this.#toggled}>
        <p class="who">${text.menu.signedInAs(me.account.name, me.key.last4)}</p>
        <p class="fine">${text.menu.language}</p>
        ${segments({
          label: text.menu.language,
          value: language,
          choices: languages.map((code) => [code, languageNames[code]] as const),
          change: (code) => this.#tell('console-language', code),
        })}
        <p class="fine">${text.menu.look}</p>
        ${segments({
          label: text.menu.look,
          value: look,
          choices: Object.entries(text.menu.looks),
          change: (chosen) => this.#tell('console-look', chosen),
        })}
        ${me.test && this.namespaces !== null ? this.#namespace(this.namespaces) : nothing}
        <hr />
        <button class="line" type="button" @click=${this.#help}>${text.menu.shortcuts} <kbd>?</kbd></button>
        <a class="line" href="/docs" target="_blank" rel="noopener">
          ${text.menu.reference} ${icon('outside')}<span class="unseen">, ${text.plain.opensElsewhere}</span>
        </a>
        <button class="line" type="button" @click=${() => this.#tell('console-sign-out')}>
          ${text.menu.signOut} ${icon('out')}
        </button>
      </div>`
  }

  #namespace(names: string[]): TemplateResult {
    const { text, me } = this.app
    return html`<form class="namespace" @submit=${this.#chooseNamespace}>
      <label class="fine" for="namespace">${text.menu.namespace}</label>
      <input
        id="namespace"
        class="field"
        list="namespaces"
        autocomplete="off"
        spellcheck="false"
        placeholder=${text.menu.namespaceOwn}
        .value=${me.namespace ?? ''}
        @change=${this.#chooseNamespace}
      />
      <datalist id="namespaces">${names.map((name) => html`<option value=${name}></option>`)}</datalist>
      <p class="fine">${text.menu.namespaceHint}</p>
    </form>`
  }

  #chooseNamespace = (event: Event): void => {
    event.preventDefault()
    const { app } = this
    const name = this.querySelector<HTMLInputElement>('#namespace')!.value.trim()
    if (!/^[\w.-]{0,64}$/.test(name)) return app.say(app.text.namespaces.wrong)
    if (name !== (app.me.namespace ?? '')) this.#tell('console-namespace', name || null)
  }

  #toggled = async (event: ToggleEvent): Promise<void> => {
    if (event.newState !== 'open' || !this.app.me.test) return
    const { app } = this
    try {
      const { items } = await app.api.get<{ items: NamespaceView[] }>('/v1/sandbox/namespaces')
      this.namespaces = items.map(({ name }) => name)
    } catch (error) {
      // A payment side without namespaces has none to choose from.
      if (!(error instanceof ApiProblem)) app.say(app.text.problem.unreachable)
      else if (error.status !== 404) app.say(error.message)
    }
  }

  #help = (): void => {
    this.querySelector<HTMLElement>('#settings')?.hidePopover()
    this.#tell('console-help')
  }

  #tell(name: string, detail?: string | null): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }))
  }
}

customElements.define('console-settings', ConsoleSettings)
declare global {
  interface HTMLElementTagNameMap {
    'console-settings': ConsoleSettings
  }
}
