/** A list that is read from one id to the next, with its filter in the address. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { CursorPage } from '../../../server/contract/console.ts'
import type { Query } from '../api.ts'
import { type Place, pathOf, type Section } from '../router.ts'
import { title } from './bits.ts'
import { LiveList } from './live-list.ts'
import { bones, empty, problem } from './notes.ts'
import { type Column, table } from './table.ts'
import { View } from './view.ts'

const everyMs = 2000

export abstract class CursorView<T extends { id: string }> extends View {
  protected abstract readonly section: Exclude<Section, 'overview'>
  protected abstract readonly source: string
  /** The names of what of the address narrows the list. */
  protected abstract readonly filters: readonly string[]
  protected readonly list = new LiveList<T>(this, {
    follows: false,
    everyMs,
    read: (part, signal) =>
      this.app.api.get<CursorPage<T>>(this.source, { ...part, ...this.filter(this.place) }, signal),
  })

  protected abstract columns(): Column<T>[]
  protected abstract emptyLine(): { title: string; line: string }

  /** What stands above the list. */
  protected tools(): TemplateResult | typeof nothing {
    return nothing
  }

  /** What stands beside the list when one of its rows is open. */
  protected pane(_id: string, _back: string): TemplateResult | typeof nothing {
    return nothing
  }

  protected filter({ query }: Place): Record<string, string | null> & Query {
    return Object.fromEntries(this.filters.map((name) => [name, query.get(name)]))
  }

  protected override willUpdate(changed: PropertyValues): void {
    const former = changed.get('place') as Place | undefined
    const narrows = (place?: Place) => JSON.stringify(place && this.filter(place))
    if (changed.has('app') || (changed.has('place') && narrows(former) !== narrows(this.place))) void this.list.start()
  }

  protected override render(): TemplateResult {
    const { app, list, section, place } = this
    const { text } = app
    const pane = place.id === null ? nothing : this.pane(place.id, pathOf(section, null, this.filter(place)))
    return html`<section class="view split ${pane === nothing ? '' : 'open'}">
      <div class="list">
        <header class="view-top">
          ${title(text.sections[section])}
          <div class="tools">${this.tools()}</div>
        </header>
        ${problem(text, list.problem, text.problem.read, () => void list.start())}
        ${list.items ? this.#rows(list.items) : list.problem ? nothing : bones(text, 10)}
      </div>
      ${pane === nothing ? nothing : html`<aside class="pane" aria-label=${text.sections[section]}>${pane}</aside>`}
    </section>`
  }

  #rows(items: T[]): TemplateResult {
    const { app, section, place, list } = this
    const { text } = app
    if (items.length === 0) return empty({ icon: section, ...this.emptyLine() })
    return html`${table({
      label: text.sections[section],
      columns: this.columns(),
      rows: items,
      href: (row) => pathOf(section, row.id, this.filter(place)),
      current: place.id,
      fresh: list.fresh,
    })}
    ${
      list.hasMore
        ? html`<p class="further">
            <button
              class="button small quiet"
              type="button"
              ?disabled=${list.isGoingBack}
              @click=${() => void list.older()}
            >
              ${text.plain.showMore}
            </button>
          </p>`
        : nothing
    }`
  }

  /** Shows another part of the list. */
  protected narrow(change: Record<string, string | null>): void {
    this.app.go(pathOf(this.section, this.place.id, { ...this.filter(this.place), ...change }), { replace: true })
  }
}
