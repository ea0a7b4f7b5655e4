import { html } from 'lit'
import type { RefundView } from '../../../server/contract/resources.ts'
import { badge, idLink, when } from '../parts/bits.ts'
import { ListView } from '../parts/list-view.ts'
import type { Column } from '../parts/table.ts'
import { reasonText } from '../payments/timeline.ts'

/** Refunds, the newest first. */
export class ConsoleRefunds extends ListView<RefundView> {
  protected readonly section = 'refunds'
  protected readonly source = '/v1/refunds'

  protected override emptyLine() {
    const { refunds } = this.app.text
    return { title: refunds.emptyTitle, line: refunds.empty }
  }

  protected override columns(): Column<RefundView>[] {
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
      { label: text.plain.reason, cell: (row) => (row.reason ? reasonText(app, row.reason) : ''), grow: true },
      { label: text.plain.payment, cell: (row) => idLink(row.payment_id) },
      { label: text.plain.createdAt, cell: (row) => when(app, row.created_at), end: true },
    ]
  }
}

customElements.define('console-refunds', ConsoleRefunds)
declare global {
  interface HTMLElementTagNameMap {
    'console-refunds': ConsoleRefunds
  }
}
