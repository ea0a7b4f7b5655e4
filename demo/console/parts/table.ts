/** Rows under headings, and a card a row where there is no width for columns. Its roles are named, because such cards lose them. */
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'

export type Column<T> = {
  label: string
  cell: (row: T) => unknown
  /**
   * Where it stands on a card: `title` and `side` on the first line, `meta` among the small words below, `hide` nowhere.
   */
  card?: 'title' | 'side' | 'meta' | 'hide'
  /** Figures stand under each other. */
  end?: boolean
  /** What goes first where there is little width. */
  wide?: boolean
  /** Takes the width that is left, and is cut. */
  grow?: boolean
}

export type Rows<T> = {
  label: string
  columns: Column<T>[]
  rows: readonly T[]
  /** Where a row leads; its first column is the link. */
  href: (row: T) => string | undefined
  current?: string | null
  fresh?: ReadonlySet<string>
}

/** A click anywhere on a row is one on its link, with the keys that were held; who marks text wants to read it. */
function follow(event: MouseEvent): void {
  const row = event.currentTarget as HTMLElement
  const isOther = event.target instanceof Element && event.target.closest('a, button') !== null
  if (isOther || getSelection()?.isCollapsed === false) return
  const { ctrlKey, metaKey, shiftKey } = event
  const click = new MouseEvent('click', { bubbles: true, cancelable: true, ctrlKey, metaKey, shiftKey, view: window })
  row.querySelector('a.row')?.dispatchEvent(click)
}

export function table<T extends { id: string }>({
  label,
  columns,
  rows,
  href,
  current,
  fresh,
}: Rows<T>): TemplateResult {
  const classes = columns.map(
    ({ card = 'meta', end, wide, grow }) =>
      `on-card-${card}${end ? ' end' : ''}${wide ? ' wide' : ''}${grow ? ' grow' : ''}`,
  )
  return html`<table class="rows" role="table" aria-label=${label} data-list>
    <thead role="rowgroup">
      <tr role="row">
        ${columns.map((column, at) => html`<th role="columnheader" scope="col" class=${classes[at]!}>${column.label}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${repeat(
        rows,
        (row) => row.id,
        (row) => {
          const path = href(row)
          const state = `${row.id === current ? 'current' : ''} ${fresh?.has(row.id) ? 'fresh' : ''}`
          return html`<tr role="row" class=${state} data-id=${row.id} @click=${path ? follow : nothing}>
            ${columns.map((column, at) => {
              const content = column.cell(row)
              const linked =
                at === 0 && path
                  ? html`<a class="row" href=${path} aria-current=${row.id === current ? 'true' : nothing}
                      >${content}</a
                    >`
                  : content
              return html`<td role="cell" class=${classes[at]!}>${linked}</td>`
            })}
          </tr>`
        },
      )}
    </tbody>
  </table>`
}
