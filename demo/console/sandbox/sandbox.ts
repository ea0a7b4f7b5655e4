import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { ApiProblem } from '../api.ts'
import { title } from '../parts/bits.ts'
import { dialog } from '../parts/dialog.ts'
import { Loading } from '../parts/loading.ts'
import { empty, problem } from '../parts/notes.ts'
import { View } from '../parts/view.ts'
import { pathOf } from '../router.ts'
import './clock.ts'
import './namespaces.ts'
import './switches.ts'

/** What only test data has: a clock to move, switches to set, and nothing that has to be kept. */
export class ConsoleSandbox extends View {
  /** Whether the payment side has switches and drills, beside its clock. */
  readonly #has = new Loading<boolean>(this, async (signal) => {
    try {
      await this.app.api.get('/v1/sandbox/switches', {}, signal)
      return true
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 404) return false
      throw error
    }
  })

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('app') && this.app.me.test) void this.#has.run()
  }

  protected override render(): TemplateResult {
    const { app } = this
    const { text, me } = app
    const words = text.sandbox
    const has = this.#has.value
    if (!me.test)
      return html`<section class="view">
        ${title(text.sections.sandbox)}
        ${empty({ icon: 'sandbox', title: text.sections.sandbox, line: words.liveOnly })}
      </section>`
    return html`<section class="view">
      <header class="view-top">
        ${title(text.sections.sandbox)}
        <div class="tools">
          ${
            has
              ? html`<button class="button small danger" type="button" @click=${() => this.ask('reset')}>
                  ${words.reset}
                </button>`
              : nothing
          }
        </div>
      </header>
      ${problem(text, this.#has.problem, text.problem.read, () => void this.#has.run())}
      <console-clock .app=${app}></console-clock>
      ${
        has
          ? html`<console-switches .app=${app}></console-switches>
              <console-namespaces .app=${app}></console-namespaces>
              <p class="further">
                ${text.drills.title}: <a href=${pathOf('webhooks')}>${text.drills.chooseEndpoint}</a>
              </p>`
          : nothing
      }
      ${
        this.asking === 'reset'
          ? dialog({
              app,
              heading: words.resetTitle,
              body: html`<p>${words.resetNote}</p>`,
              failure: this.failure,
              closed: this.dialogClosed,
              submit: this.#reset,
              actions: html`<button class="button danger" ?disabled=${this.acting}>${words.reset}</button>`,
            })
          : nothing
      }
    </section>`
  }

  #reset = (): void => {
    const { api, text } = this.app
    void this.act(() => api.post('/v1/sandbox/reset'), text.sandbox.resetDone)
  }
}

customElements.define('console-sandbox', ConsoleSandbox)
declare global {
  interface HTMLElementTagNameMap {
    'console-sandbox': ConsoleSandbox
  }
}
