import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { DrillView } from '../../../server/contract/sandbox.ts'
import { ApiProblem } from '../api.ts'
import { when } from '../parts/bits.ts'
import { icon } from '../parts/icons.ts'
import { Every, Loading } from '../parts/loading.ts'
import { problem } from '../parts/notes.ts'
import { View } from '../parts/view.ts'

const everyMs = 1000
const path = '/v1/sandbox/drills'

/** Whether the handler behind an endpoint survives what goes wrong in real life. */
export class ConsoleDrills extends View {
  static override properties = { endpoint: { attribute: false } }
  /** The id of the endpoint. */
  declare endpoint: string
  /** Undefined where the payment side has no drills. */
  readonly #read = new Loading<DrillView[] | null>(this, async (signal) => {
    try {
      const { items } = await this.app.api.get<{ items: DrillView[] }>(path, {}, signal)
      return items.filter((drill) => drill.endpoint_id === this.endpoint)
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 404) return null
      throw error
    }
  })
  readonly polling = new Every(this, everyMs, async () => {
    if (this.#read.value?.some((drill) => drill.status === 'running')) await this.#read.run()
  })

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('endpoint') || changed.has('app')) void this.#read.run({ afresh: changed.has('endpoint') })
  }

  protected override render(): TemplateResult | typeof nothing {
    const { app } = this
    const { text } = app
    const words = text.drills
    const { value, problem: trouble } = this.#read
    if (!value && !trouble) return nothing
    const [last, ...before] = value ?? []
    const isRunning = last?.status === 'running'
    return html`<section class="card drills" aria-labelledby="drills">
      <div class="card-top">
        <div>
          <h2 id="drills">${words.title}</h2>
          <p class="fine">${words.lead}</p>
        </div>
        <button class="button small" type="button" ?disabled=${this.acting || isRunning} @click=${this.#run}>
          ${words.run}
        </button>
      </div>
      ${problem(text, trouble, text.problem.read)} ${problem(text, this.failure, text.problem.title)}
      ${last ? this.#drill(last) : nothing}
      ${
        before.length > 0
          ? html`<details>
              <summary>${words.before} <span class="faint">${before.length}</span></summary>
              <ul class="lines">
                ${before.map((drill) => html`<li>${this.#verdict(drill)} ${when(app, drill.created_at)}</li>`)}
              </ul>
            </details>`
          : nothing
      }
    </section>`
  }

  #drill(drill: DrillView): TemplateResult {
    const { text } = this.app
    const words = text.drills
    return html`<p class="verdict" role="status">${this.#verdict(drill)} ${when(this.app, drill.created_at)}</p>
      <ul class="drill-checks">
        ${drill.checks.map(
          (check) =>
            html`<li class=${check.status}>
              <span class="drill-sign">
                ${check.status === 'running' ? html`<i class="spinner"></i>` : icon(check.status === 'passed' ? 'check' : check.status === 'failed' ? 'close' : 'clock')}
              </span>
              <div>
                <p><b>${words.checks[check.name]}</b> <span class="fine">${words.statuses[check.status]}</span></p>
                <p class="fine">${words.expected}: ${check.expected}</p>
                ${check.seen ? html`<p class="fine">${words.seen}: ${check.seen}</p>` : nothing}
              </div>
            </li>`,
        )}
      </ul>`
  }

  #verdict({ status, verdict }: DrillView): TemplateResult {
    const { verdicts } = this.app.text.drills
    const said = status === 'running' ? 'running' : (verdict ?? 'running')
    const tone = { running: 'busy', passed: 'good', failed: 'bad' }[said]
    return html`<span class="badge ${tone}">${verdicts[said]}</span>`
  }

  #run = (): void => {
    const { api, text } = this.app
    void this.act(() => api.post(path, { endpoint_id: this.endpoint }), text.drills.started).then(() =>
      this.#read.run(),
    )
  }
}

customElements.define('console-drills', ConsoleDrills)
declare global {
  interface HTMLElementTagNameMap {
    'console-drills': ConsoleDrills
  }
}
