import { html } from 'lit'
import type { CustomerView } from '../../../server/contract/resources.ts'
import { card, when } from '../parts/bits.ts'
import { ListView } from '../parts/list-view.ts'
import type { Column } from '../parts/table.ts'

/** Customers, the newest first. */
export class ConsoleCustomers extends ListView<CustomerView> {
  protected readonly section = 'customers'
  protected readonly source = '/v1/customers'

  protected override emptyLine() {
    const { customers } = this.app.text
    return { title: customers.emptyTitle, line: customers.empty }
  }

  protected override columns(): Column<CustomerView>[] {
    const { app } = this
    const { text } = app
    return [
      {
        label: text.customers.email,
        cell: (row) => html`<span class="strong-text">${row.email}</span>`,
        card: 'title',
        grow: true,
      },
      { label: text.customers.name, cell: (row) => row.name },
      { label: text.plain.card, cell: (row) => card(row.card) },
      { label: text.plain.createdAt, cell: (row) => when(app, row.created_at), end: true, card: 'side' },
    ]
  }
}

customElements.define('console-customers', ConsoleCustomers)
declare global {
  interface HTMLElementTagNameMap {
    'console-customers': ConsoleCustomers
  }
}
