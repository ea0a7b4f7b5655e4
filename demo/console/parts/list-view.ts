/** A list of the public API, a page of it at a time: its filter and its page stand in the address, and it is read again while it is looked at. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { List } from '../../../server/contract/resources.ts'
import type { Query } from '../api.ts'
import { type Place, pathOf, type Section } from '../router.ts'
import { title } from './bits.ts'
import { icon } from './icons.ts'
import { Every, Loading } from './loading.ts'
import { bones, empty, problem } from './notes.ts'
import { type Column, table } from './table.ts'
import { View } from './view.ts'

export const pageSize = 25
const everyMs = 2000

export abstract class ListView<T extends { id: string }> extends View {
  protected abstract readonly section: Section
  protected abstract readonly source: string
  readonly page = new Loading<List<T>>(this, (signal) =>
    this.app.api.get<List<T>>(
      this.source,
      { limit: pageSize, offset: this.offset, ...this.filter(this.place.query) },
      signal,
    ),
  )
  readonly polling = new Every(this, everyMs, () => this.page.run())

  protected abstract columns(): Column<T>[]
  protected abstract emptyLine(): { title: string; line: string }

  /** What of the address narrows the list. */
  protected filter(_query: URLSearchParams): Query {
    return {}
  }

  /** What stands above the list. */
  protected tools(): TemplateResult | typeof nothing {
    return nothing
  }

  protected get offset(): number {
    const said = Number(this.place.query.get('offset') ?? 0)
    return Number.isInteger(said) && said > 0 ? said : 0
  }

  protected override willUpdate(changed: PropertyValues): void {
    const former = changed.get('place') as Place | undefined
    if (changed.has('app') || (changed.has('place') && former?.query.toString() !== this.place.query.toString())) {
      const narrows = (place?: Place) => JSON.stringify(place && this.filter(place.query))
      void this.page.run({ afresh: changed.has('app') || narrows(former) !== narrows(this.place) })
    }
  }

  protected override render(): TemplateResult {
    const { app, page, section } = this
    const { text } = app
    return html`<section class="view">
      <header class="view-top">
        ${title(text.sections[section])}
        <div class="tools">${this.tools()}</div>
      </header>
      ${problem(text, page.problem, text.problem.read, () => void page.run())}
      ${page.value ? this.#rows(page.value) : page.problem ? nothing : bones(text, 8)}
    </section>`
  }

  #rows({ items, total_items: total }: List<T>): TemplateResult {
    const { app, section } = this
    const { text } = app
    if (total === 0) return empty({ icon: section, ...this.emptyLine() })
    if (items.length === 0)
      return empty({
        icon: 'back',
        title: text.plain.beyond,
        line: text.plain.beyondLine,
        action: html`<button class="button small" type="button" @click=${() => this.narrow({ day: null })}>
          ${text.plain.toNewest}
        </button>`,
      })
    return html`${table({
      label: text.sections[section],
      columns: this.columns(),
      rows: items,
      href: (row) => pathOf(section, row.id),
    })}
    ${this.#pager(items.length, total)}`
  }

  #pager(shown: number, total: number): TemplateResult {
    const { text, format } = this.app
    const { offset } = this
    const to = (start: number, words: string, sign: TemplateResult, possible: boolean) =>
      possible
        ? html`<a class="button small quiet" href=${this.#at(Math.max(0, start))}>${sign}${words}</a>`
        : html`<span class="button small quiet" aria-disabled="true">${sign}${words}</span>`
    const from = shown === 0 ? 0 : offset + 1
    return html`<nav class="pager" aria-label=${text.plain.ofMany(String(from), String(offset + shown), String(total))}>
      <p>${text.plain.ofMany(format.count(from), format.count(offset + shown), format.count(total))}</p>
      ${to(offset - pageSize, text.plain.newer, icon('back'), offset > 0)}
      ${to(offset + pageSize, text.plain.older, icon('more'), offset + shown < total)}
    </nav>`
  }

  #at(offset: number): string {
    return pathOf(this.section, null, {
      ...Object.fromEntries(this.place.query),
      offset: offset ? String(offset) : null,
    })
  }

  /** Goes to the first page of another part of the list. */
  protected narrow(change: Record<string, string | null>): void {
    const { offset: _, ...kept } = Object.fromEntries(this.place.query)
    this.app.go(pathOf(this.section, null, { ...kept, ...change }))
  }
}
