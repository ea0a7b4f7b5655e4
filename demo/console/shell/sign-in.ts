import { html, LitElement, nothing, type TemplateResult } from 'lit'
import type { ConsoleView } from '../../../server/contract/console.ts'
import { Api, ApiProblem } from '../api.ts'
import { mark } from '../parts/icons.ts'
import { problem } from '../parts/notes.ts'
import { segments } from '../parts/fields.ts'
import { type Language, languageNames, languages, type Text } from '../text/index.ts'

/** The sandbox's key, where a server stands on one's own machine and was given no other. */
const sandboxKey = 'sk_test_sandbox'

/**
 * Asks for a secret key, and for nothing else.
 * @fires console-signed-in - The key is right; `detail` has it, and whose it is.
 * @fires console-language - Another language was chosen.
 */
export class ConsoleSignIn extends LitElement {
  static override properties = {
    text: { attribute: false },
    language: { attribute: false },
    why: { attribute: false },
    busy: { state: true, attribute: false },
    wrong: { state: true, attribute: false },
    failure: { state: true, attribute: false },
  }
  declare text: Text
  declare language: Language
  /** Why nobody is signed in any more. */
  declare why: 'ended' | 'signedOut' | null
  declare private busy: boolean
  declare private wrong: 'missing' | 'notAKey' | 'wrong' | 'wrongSandbox' | null
  declare private failure: unknown

  constructor() {
    super()
    this.why = null
    this.busy = false
    this.wrong = null
    this.failure = undefined
  }

  protected override createRenderRoot(): this {
    return this
  }

  protected override render(): TemplateResult {
    const { text, language, why, busy, wrong } = this
    const words = text.signIn
    return html`<div class="sign-in">
      <main>
        ${mark}
        <h1>${words.title}</h1>
        <p class="lead">${words.lead}</p>
        ${why && !wrong ? html`<p class="notice" role="status">${words[why]}</p>` : nothing}
        <form novalidate @submit=${this.#submit}>
          <label for="key">${words.key}</label>
          <input
            id="key"
            class="field"
            type="password"
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            placeholder=${words.placeholder}
            aria-invalid=${wrong !== null}
            aria-describedby="key-note"
            autofocus
          />
          <p class="wrong" id="key-note" role="alert">${wrong ? words[wrong] : nothing}</p>
          ${problem(text, this.failure, text.problem.read)}
          <button class="button" ?disabled=${busy}>${busy ? words.busy : words.submit}</button>
        </form>
        ${
          isLoopback(location.hostname)
            ? html`<p class="or"><span>${words.or}</span></p>
                <button class="button quiet" type="button" ?disabled=${busy} @click=${this.#useSandbox}>
                  ${words.sandbox} <code>${sandboxKey}</code>
                </button>`
            : nothing
        }
        ${segments({
          label: text.menu.language,
          value: language,
          choices: languages.map((code) => [code, languageNames[code]] as const),
          change: (code) => this.dispatchEvent(new CustomEvent('console-language', { detail: code })),
        })}
      </main>
    </div>`
  }

  #submit = (event: SubmitEvent): void => {
    event.preventDefault()
    const key = this.querySelector<HTMLInputElement>('#key')!.value.trim()
    if (key === '') this.#refuse('missing')
    else if (!/^sk_(test|live)_\w+$/.test(key)) this.#refuse('notAKey')
    else void this.#try(key, 'wrong')
  }

  #useSandbox = (): void => void this.#try(sandboxKey, 'wrongSandbox')

  async #try(key: string, otherwise: 'wrong' | 'wrongSandbox'): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.wrong = null
    this.failure = undefined
    try {
      const api = new Api({ key, namespace: null, language: this.language })
      const me = await api.get<ConsoleView>('/console/api/me')
      this.dispatchEvent(new CustomEvent('console-signed-in', { detail: { key, me } }))
    } catch (error) {
      if (error instanceof ApiProblem && (error.status === 401 || error.code === 'no_api_keys')) this.#refuse(otherwise)
      else this.failure = error
    } finally {
      this.busy = false
    }
  }

  #refuse(why: NonNullable<typeof this.wrong>): void {
    this.wrong = why
    this.querySelector<HTMLInputElement>('#key')?.focus()
  }
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host)

customElements.define('console-sign-in', ConsoleSignIn)
declare global {
  interface HTMLElementTagNameMap {
    'console-sign-in': ConsoleSignIn
  }
}
