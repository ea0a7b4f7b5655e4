import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { CursorPage, RequestSummary } from '../../../server/contract/console.ts'
import type { EventView } from '../../../server/contract/events.ts'
import { shortPath } from '../format.ts'
import { pathOf } from '../router.ts'
import { httpStatus, when } from './bits.ts'
import { Every, Loading } from './loading.ts'
import { problem } from './notes.ts'
import { View } from './view.ts'

type Read = { events: CursorPage<EventView>; requests: CursorPage<RequestSummary> }

const everyMs = 4000
const shown = 20

/** What happened to one object: its events, and the requests about it. */
export class ConsoleHistory extends View {
  static override properties = { object: { attribute: false } }
  /** The object's id. */
  declare object: string
  readonly #read = new Loading<Read>(this, async (signal) => {
    const about = { object_id: this.object, limit: shown }
    const [events, requests] = await Promise.all([
      this.app.api.get<CursorPage<EventView>>('/v1/events', about, signal),
      this.app.api.get<CursorPage<RequestSummary>>('/console/api/requests', about, signal),
    ])
    return { events, requests }
  })
  readonly polling = new Every(this, everyMs, () => this.#read.run())

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('object') || changed.has('app')) void this.#read.run({ afresh: changed.has('object') })
  }

  protected override render(): TemplateResult {
    const { app } = this
    const { text } = app
    const { value, problem: trouble } = this.#read
    return html`<h2>${text.plain.history}</h2>
      ${problem(text, trouble, text.problem.read)}
      <div class="halves">
        <section aria-label=${text.plain.eventsOfIt}>
          <h3>${text.plain.eventsOfIt}</h3>
          ${
            value &&
            this.#lines(
              value.events.items.map(
                (event) =>
                  html`<a href=${pathOf('events', event.id)}><code>${event.type}</code></a>
                    ${when(app, event.created_at)}`,
              ),
            )
          }
        </section>
        <section aria-label=${text.plain.requestsOfIt}>
          <h3>${text.plain.requestsOfIt}</h3>
          ${
            value &&
            this.#lines(
              value.requests.items.map(
                (request) =>
                  html`<a href=${pathOf('requests', request.id)}
                      ><code title=${request.path}>${request.method} ${shortPath(request.path)}</code></a
                    >
                    ${httpStatus(request.status)} ${when(app, request.created_at)}`,
              ),
            )
          }
          ${
            value?.requests.has_more
              ? html`<p><a href=${pathOf('requests', null, { object_id: this.object })}>${text.plain.showMore}</a></p>`
              : nothing
          }
        </section>
      </div>`
  }

  #lines(lines: TemplateResult[]): TemplateResult {
    return lines.length === 0
      ? html`<p class="faint">${this.app.text.plain.none}</p>`
      : html`<ul class="lines">
          ${lines.map((line) => html`<li>${line}</li>`)}
        </ul>`
  }
}

customElements.define('console-history', ConsoleHistory)
declare global {
  interface HTMLElementTagNameMap {
    'console-history': ConsoleHistory
  }
}
