import { html, nothing } from 'lit'
import type { InvoiceView } from '../../../server/contract/resources.ts'
import { badge, idLink, when } from '../parts/bits.ts'
import { ListView } from '../parts/list-view.ts'
import type { Column } from '../parts/table.ts'

/** What subscriptions cost, one a period. */
export class ConsoleInvoices extends ListView<InvoiceView> {
  protected readonly section = 'invoices'
  protected readonly source = '/v1/invoices'

  protected override emptyLine() {
    const { invoices } = this.app.text
    return { title: invoices.emptyTitle, line: invoices.empty }
  }

  protected override columns(): Column<InvoiceView>[] {
    const { app } = this
    const { text, format } = app
    return [
      {
        label: text.plain.amount,
        cell: (row) => html`<span class="amount">${format.minor(row.amount, row.currency)}</span>`,
        card: 'title',
        end: true,
      },
      { label: text.plain.status, cell: (row) => badge(app, row.status), card: 'side' },
      {
        label: text.invoices.period,
        cell: (row) => html`${format.day(new Date(row.period_start))} – ${format.day(new Date(row.period_end))}`,
        grow: true,
      },
      { label: text.invoices.subscription, cell: (row) => idLink(row.subscription_id) },
      {
        label: text.invoices.nextTry,
        cell: (row) => (row.next_attempt_at ? when(app, row.next_attempt_at) : nothing),
        wide: true,
        card: 'hide',
      },
      { label: text.plain.createdAt, cell: (row) => when(app, row.created_at), end: true },
    ]
  }
}

customElements.define('console-invoices', ConsoleInvoices)
declare global {
  interface HTMLElementTagNameMap {
    'console-invoices': ConsoleInvoices
  }
}
