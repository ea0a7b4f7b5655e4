import { html, nothing, type TemplateResult } from 'lit'
import { title } from '../parts/bits.ts'
import { dialog } from '../parts/dialog.ts'
import { empty } from '../parts/notes.ts'
import { View } from '../parts/view.ts'
import { pathOf } from '../router.ts'
import './clock.ts'
import './switches.ts'

/** What only test data has: a clock to move, switches to set, and nothing that has to be kept. */
export class ConsoleSandbox extends View {
  protected override render(): TemplateResult {
    const { app } = this
    const { text, me } = app
    const words = text.sandbox
    if (!me.test)
      return html`<section class="view">
        ${title(text.sections.sandbox)}
        ${empty({ icon: 'sandbox', title: text.sections.sandbox, line: words.liveOnly })}
      </section>`
    return html`<section class="view">
      <header class="view-top">
        ${title(text.sections.sandbox)}
        <div class="tools">
          <button class="button small danger" type="button" @click=${() => this.ask('reset')}>${words.reset}</button>
        </div>
      </header>
      <console-clock .app=${app}></console-clock>
      <console-switches .app=${app}></console-switches>
      <p class="fine">${text.drills.title}: <a href=${pathOf('webhooks')}>${text.drills.chooseEndpoint}</a></p>
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
