import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { CursorPage } from '../../../server/contract/console.ts'
import { eventTypes, type EventView } from '../../../server/contract/events.ts'
import { idLink, title, when } from '../parts/bits.ts'
import { select } from '../parts/fields.ts'
import { LiveList } from '../parts/live-list.ts'
import { bones, empty, problem } from '../parts/notes.ts'
import { table } from '../parts/table.ts'
import { View } from '../parts/view.ts'
import { type Place, pathOf } from '../router.ts'
import './event-pane.ts'

const everyMs = 2000
const families = [...new Set(eventTypes.map((type) => `${type.split('.')[0]}.*`))]

/** Everything that was announced, by type. */
export class ConsoleEvents extends View {
  readonly #list = new LiveList<EventView>(this, {
    follows: true,
    everyMs,
    read: (part, signal) =>
      this.app.api.get<CursorPage<EventView>>('/v1/events', { ...part, type: this.place.query.get('type') }, signal),
  })

  protected override willUpdate(changed: PropertyValues): void {
    const former = changed.get('place') as Place | undefined
    const isOther = former?.query.get('type') !== this.place.query.get('type')
    if (changed.has('app') || (changed.has('place') && isOther)) void this.#list.start()
  }

  protected override render(): TemplateResult {
    const { app, place } = this
    const { text } = app
    const list = this.#list
    const { id } = place
    const type = place.query.get('type')
    return html`<section class="view split ${id === null ? '' : 'open'}">
      <div class="list">
        <header class="view-top">
          ${title(text.sections.events)}
          <div class="tools">
            ${select({
              label: text.events.type,
              value: type ?? '',
              choices: [
                ['', text.events.anyType],
                ...[...families, ...eventTypes]
                  .toSorted((one, other) => one.localeCompare(other))
                  .map((one) => [one, one] as const),
              ],
              change: (chosen) => app.go(pathOf('events', id, { type: chosen }), { replace: true }),
            })}
          </div>
        </header>
        ${problem(text, list.problem, text.problem.read, () => void list.start())}
        ${list.items ? this.#rows(list.items) : list.problem ? nothing : bones(text, 12)}
      </div>
      ${
        id === null
          ? nothing
          : html`<aside class="pane" aria-label=${text.plain.event}>
              <console-event-pane
                .app=${app}
                .event=${id}
                .back=${pathOf('events', null, { type })}
              ></console-event-pane>
            </aside>`
      }
    </section>`
  }

  #rows(items: EventView[]): TemplateResult {
    const { app, place } = this
    const { text } = app
    if (items.length === 0) return empty({ icon: 'events', title: text.events.emptyTitle, line: text.events.empty })
    return html`${table({
      label: text.sections.events,
      columns: [
        { label: text.events.type, cell: (row) => html`<code>${row.type}</code>`, grow: true, card: 'title' },
        { label: text.events.object, cell: (row) => idLink(row.object_id) },
        {
          label: text.events.version,
          cell: (row) => html`<span class="faint">${row.version}</span>`,
          end: true,
          wide: true,
          card: 'hide',
        },
        { label: text.requests.when, cell: (row) => when(app, row.created_at), end: true, card: 'side' },
      ],
      rows: items,
      href: (row) => pathOf('events', row.id, { type: place.query.get('type') }),
      current: place.id,
      fresh: this.#list.fresh,
    })}
    ${
      this.#list.hasMore
        ? html`<p class="further">
            <button
              class="button small quiet"
              type="button"
              ?disabled=${this.#list.isGoingBack}
              @click=${() => void this.#list.older()}
            >
              ${text.plain.showMore}
            </button>
          </p>`
        : nothing
    }`
  }
}

customElements.define('console-events', ConsoleEvents)
declare global {
  interface HTMLElementTagNameMap {
    'console-events': ConsoleEvents
  }
}
