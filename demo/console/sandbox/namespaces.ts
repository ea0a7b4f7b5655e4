import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { NamespaceView } from '../../../server/contract/sandbox.ts'
import { when } from '../parts/bits.ts'
import { dialog } from '../parts/dialog.ts'
import { Every, Loading } from '../parts/loading.ts'
import { problem } from '../parts/notes.ts'
import { View } from '../parts/view.ts'

const path = '/v1/sandbox/namespaces'
const everyMs = 3000

/**
 * Parts of the test data that do not see each other: which there are, and which one is shown.
 * @fires console-namespace - Another one is to be shown; null for the account's own data.
 */
export class ConsoleNamespaces extends View {
  readonly #read = new Loading<NamespaceView[]>(
    this,
    async (signal) => (await this.app.api.get<{ items: NamespaceView[] }>(path, {}, signal)).items,
  )
  readonly polling = new Every(this, everyMs, () => this.#read.run())

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('app')) void this.#read.run()
  }

  protected override render(): TemplateResult {
    const { app } = this
    const { text, me } = app
    const words = text.namespaces
    const { value, problem: trouble } = this.#read
    return html`<section class="card" aria-labelledby="namespaces-title">
      <div class="card-top">
        <div>
          <h2 id="namespaces-title">${words.title}</h2>
          <p class="fine">${words.lead} <code>X-Sandbox-Namespace</code>.</p>
        </div>
        ${
          me.namespace === null
            ? nothing
            : html`<button class="button small quiet" type="button" @click=${() => this.#show(null)}>
                ${text.menu.namespaceOwn}
              </button>`
        }
      </div>
      ${problem(text, trouble, text.problem.read)}
      ${
        value?.length === 0
          ? html`<p class="faint">${words.none}</p>`
          : html`<ul class="lines">
              ${value?.map((one) => this.#line(one))}
            </ul>`
      }
      ${this.asking === null ? nothing : this.#question(this.asking)}
    </section>`
  }

  #line({ name, created_at }: NamespaceView): TemplateResult {
    const { app } = this
    const words = app.text.namespaces
    return html`<li>
      <code>${name}</code>
      ${when(app, created_at)}
      ${
        name === app.me.namespace
          ? html`<span class="badge busy">${words.shown}</span>`
          : html`<button class="link" type="button" @click=${() => this.#show(name)}>${words.show}</button>
              <button class="link bad-text" type="button" @click=${() => this.ask(name)}>${words.remove}</button>`
      }
    </li>`
  }

  #question(name: string): TemplateResult {
    const { app } = this
    const words = app.text.namespaces
    return dialog({
      app,
      heading: words.removeTitle(name),
      body: html`<p>${app.text.sandbox.resetNote}</p>`,
      failure: this.failure,
      closed: this.dialogClosed,
      submit: () =>
        void this.act(() => app.api.delete(`${path}/${encodeURIComponent(name)}`), words.removed).then(() =>
          this.#read.run(),
        ),
      actions: html`<button class="button danger" ?disabled=${this.acting}>${words.remove}</button>`,
    })
  }

  #show(name: string | null): void {
    this.dispatchEvent(new CustomEvent('console-namespace', { detail: name, bubbles: true }))
  }
}

customElements.define('console-namespaces', ConsoleNamespaces)
declare global {
  interface HTMLElementTagNameMap {
    'console-namespaces': ConsoleNamespaces
  }
}
