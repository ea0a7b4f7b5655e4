import { html, type PropertyValues, type TemplateResult } from 'lit'
import type { TestClockView } from '../../../server/contract/resources.ts'
import { whole } from '../parts/bits.ts'
import { icon } from '../parts/icons.ts'
import { Every, Loading } from '../parts/loading.ts'
import { bones, problem } from '../parts/notes.ts'
import { View } from '../parts/view.ts'

const path = '/v1/test-clock'
const everyMs = 1000
const hour = 3600

/** The clock of the test data, and the hands that move it. */
export class ConsoleClock extends View {
  readonly #clock = new Loading<TestClockView>(this, (signal) => this.app.api.get<TestClockView>(path, {}, signal))
  readonly polling = new Every(this, everyMs, async () => {
    if (!this.acting) await this.#clock.run()
  })

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('app')) void this.#clock.run()
  }

  protected override render(): TemplateResult {
    const { app } = this
    const { text } = app
    const words = text.clock
    const { value, problem: trouble } = this.#clock
    return html`<section class="card clock" aria-labelledby="clock" aria-busy=${this.acting}>
      <div class="card-top">
        <div>
          <h2 id="clock">${icon('clock')} ${words.title}</h2>
          <p class="fine">${words.lead}</p>
        </div>
      </div>
      ${problem(text, trouble, text.problem.read)} ${problem(text, this.failure, text.problem.title)}
      ${value ? this.#shown(value) : trouble ? '' : bones(text, 2)}
    </section>`
  }

  #shown({ now, own, frozen }: TestClockView): TemplateResult {
    const { app, acting } = this
    const { clock: words } = app.text
    const button = (name: string, work: () => Promise<TestClockView>, quiet = true) =>
      html`<button
        class="button small ${quiet ? 'quiet' : ''}"
        type="button"
        ?disabled=${acting}
        @click=${() => this.#move(work)}
      >
        ${name}
      </button>`
    const advance = (by: object) => () => app.api.post<TestClockView>(`${path}/advance`, by)
    return html`<p class="clock-now">
        ${whole(app, now)}
        <span class="badge ${own ? 'busy' : 'calm'}">${acting ? words.moving : own ? words.own : words.real}</span>
        ${own ? html`<span class="badge calm">${frozen ? words.frozen : words.running}</span>` : ''}
      </p>
      <div class="row-of-buttons">
        ${button(words.hour, advance({ seconds: hour }), false)} ${button(words.day, advance({ days: 1 }), false)}
        ${button(words.month, advance({ months: 1 }), false)}
        ${
          own && frozen
            ? button(words.run, () => app.api.post<TestClockView>(path, { frozen: false }))
            : button(words.freeze, () => app.api.post<TestClockView>(path, { frozen: true }))
        }
        ${own ? button(words.reset, () => app.api.post<TestClockView>(`${path}/reset`)) : ''}
      </div>`
  }

  #move(work: () => Promise<TestClockView>): void {
    const { app } = this
    void this.act(async () => {
      const clock = await work()
      this.#clock.set(clock)
      app.say(app.text.clock.moved(app.format.whole(clock.now)))
    })
  }
}

customElements.define('console-clock', ConsoleClock)
declare global {
  interface HTMLElementTagNameMap {
    'console-clock': ConsoleClock
  }
}
