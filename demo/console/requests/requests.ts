import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { CursorPage, RequestSummary } from '../../../server/contract/console.ts'
import { shortPath } from '../format.ts'
import { httpStatus, title, when } from '../parts/bits.ts'
import { select } from '../parts/fields.ts'
import { icon } from '../parts/icons.ts'
import { LiveList } from '../parts/live-list.ts'
import { bones, empty, problem } from '../parts/notes.ts'
import { type Column, table } from '../parts/table.ts'
import { View } from '../parts/view.ts'
import { type Place, pathOf } from '../router.ts'
import './request-pane.ts'

const everyMs = 1500
const typingMs = 300
const filters = ['status', 'method', 'caller', 'object_id', 'q'] as const
const statuses = ['2xx', '4xx', '402', '5xx'] as const
const methods = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']

const narrowed = (place: Place | undefined): string => filters.map((name) => place?.query.get(name) ?? '').join('\n')

/** Every request as it comes, with what was sent and answered. */
export class ConsoleRequests extends View {
  readonly #list = new LiveList<RequestSummary>(this, {
    follows: true,
    everyMs,
    read: (part, signal) =>
      this.app.api.get<CursorPage<RequestSummary>>('/console/api/requests', { ...part, ...this.#filter }, signal),
  })
  #typing: ReturnType<typeof setTimeout> | undefined

  protected override willUpdate(changed: PropertyValues): void {
    const former = changed.get('place') as Place | undefined
    if (changed.has('app') || (changed.has('place') && narrowed(former) !== narrowed(this.place)))
      void this.#list.start()
  }

  protected override render(): TemplateResult {
    const { app, place } = this
    const { text } = app
    const list = this.#list
    const { id } = place
    return html`<section class="view split ${id === null ? '' : 'open'}">
      <div class="list">
        <header class="view-top">
          ${title(text.sections.requests)}
          <div class="tools">${this.#live()}</div>
        </header>
        ${this.#filters()}
        ${app.me.records_requests ? nothing : html`<p class="notice warn">${text.requests.notRecorded}</p>`}
        ${problem(text, list.problem, text.problem.read, () => void list.start())}
        ${
          list.waiting.length > 0
            ? html`<button class="button small new" type="button" @click=${() => list.resume()}>
                ${text.requests.fresh(list.waiting.length)}
              </button>`
            : nothing
        }
        <p class="unseen" role="status">${list.waiting.length > 0 ? text.requests.fresh(list.waiting.length) : ''}</p>
        ${list.items ? this.#rows(list.items) : list.problem ? nothing : bones(text, 12)}
      </div>
      ${
        id === null
          ? nothing
          : html`<aside class="pane" aria-label=${text.requests.request}>
              <console-request-pane .app=${app} .request=${id} .back=${this.#path(null)}></console-request-pane>
            </aside>`
      }
    </section>`
  }

  #live(): TemplateResult {
    const { requests: words } = this.app.text
    const { paused } = this.#list
    return html`<span class="feed ${paused ? 'paused' : ''}">${paused ? words.paused : words.live}</span>
      <button
        class="button small quiet"
        type="button"
        @click=${() => (paused ? this.#list.resume() : this.#list.pause())}
      >
        ${icon(paused ? 'play' : 'pause')} ${paused ? words.resume : words.pause}
      </button>`
  }

  #filters(): TemplateResult {
    const { text } = this.app
    const words = text.requests
    const value = (name: (typeof filters)[number]) => this.place.query.get(name) ?? ''
    const about = value('object_id')
    return html`<div class="filters">
      ${select({
        label: text.plain.status,
        value: value('status'),
        choices: [['', words.any.status], ...statuses.map((one) => [one, words.statuses[one]] as const)],
        change: (status) => this.#narrow({ status }),
      })}
      ${select({
        label: words.method,
        value: value('method'),
        choices: [['', words.any.method], ...methods.map((one) => [one, one] as const)],
        change: (method) => this.#narrow({ method }),
      })}
      ${select({
        label: words.caller,
        value: value('caller'),
        choices: [['', words.any.caller], ...Object.entries(words.callers)],
        change: (caller) => this.#narrow({ caller }),
      })}
      <input
        class="field"
        type="search"
        autocomplete="off"
        spellcheck="false"
        aria-label=${words.text}
        placeholder=${words.text}
        .value=${value('q')}
        @input=${this.#typed}
      />
      ${
        about
          ? html`<button class="chip" type="button" @click=${() => this.#narrow({ object_id: '' })}>
              <code>${about.slice(0, 12)}…</code> ${icon('close')}<span class="unseen">${words.clear}</span>
            </button>`
          : nothing
      }
    </div>`
  }

  #rows(items: RequestSummary[]): TemplateResult {
    const { app, place } = this
    const { text } = app
    if (items.length === 0 && !this.#list.hasMore) return this.#nothing()
    return html`${table({
      label: text.sections.requests,
      columns: this.#columns(),
      rows: items,
      href: (row) => this.#path(row.id),
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

  #columns(): Column<RequestSummary>[] {
    const { app } = this
    const { text, format } = app
    const words = text.requests
    return [
      {
        label: words.path,
        cell: (row) =>
          html`<code class="request-line" title=${row.path}
            ><b class="m-${row.method}">${row.method}</b> ${shortPath(row.path)}</code
          >`,
        grow: true,
        card: 'title',
      },
      { label: text.plain.status, cell: (row) => httpStatus(row.status), card: 'side' },
      {
        label: words.error,
        cell: (row) =>
          row.error
            ? html`<code class="error-code">${row.error.decline_code ?? row.error.code}</code>`
            : row.fault
              ? html`<code class="error-code">${row.fault}</code>`
              : nothing,
      },
      {
        label: words.caller,
        cell: (row) => html`<span class="caller">${words.callers[row.caller]}</span>`,
        wide: true,
      },
      {
        label: words.took,
        cell: (row) => html`<span class="faint">${format.count(Math.round(row.ms))} ms</span>`,
        end: true,
        wide: true,
      },
      { label: words.when, cell: (row) => when(app, row.created_at), end: true },
    ]
  }

  #nothing(): TemplateResult {
    const { requests: words } = this.app.text
    const isNarrow = narrowed(this.place).trim() !== ''
    return empty({
      icon: 'requests',
      title: isNarrow ? words.emptyFilteredTitle : words.emptyTitle,
      line: isNarrow ? words.emptyFiltered : words.empty,
      action: isNarrow ? html`<a class="button small" href=${pathOf('requests')}>${words.clear}</a>` : nothing,
    })
  }

  get #filter(): Record<string, string | null> {
    return Object.fromEntries(filters.map((name) => [name, this.place.query.get(name)]))
  }

  #path(id: string | null): string {
    return pathOf('requests', id, this.#filter)
  }

  #narrow(change: Partial<Record<(typeof filters)[number], string>>): void {
    this.app.go(pathOf('requests', this.place.id, { ...this.#filter, ...change }), { replace: true })
  }

  #typed = (event: Event): void => {
    clearTimeout(this.#typing)
    const q = (event.target as HTMLInputElement).value.trim()
    this.#typing = setTimeout(() => this.#narrow({ q }), typingMs)
  }
}

customElements.define('console-requests', ConsoleRequests)
declare global {
  interface HTMLElementTagNameMap {
    'console-requests': ConsoleRequests
  }
}
