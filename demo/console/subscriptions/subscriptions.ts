import { html } from 'lit'
import type { SubscriptionView } from '../../../server/contract/resources.ts'
import { badge, idLink, when } from '../parts/bits.ts'
import { ListView } from '../parts/list-view.ts'
import type { Column } from '../parts/table.ts'
import { fromSeconds } from './subscription.ts'

/** Subscriptions, the newest first. */
export class ConsoleSubscriptions extends ListView<SubscriptionView> {
  protected readonly section = 'subscriptions'
  protected readonly source = '/v1/subscriptions'

  protected override emptyLine() {
    const { subscriptions } = this.app.text
    return { title: subscriptions.emptyTitle, line: subscriptions.empty }
  }

  protected override columns(): Column<SubscriptionView>[] {
    const { app } = this
    const { text } = app
    return [
      {
        label: text.plain.id,
        cell: (row) => html`<code class="id" title=${row.id}>${row.id.slice(0, 4)}…${row.id.slice(-6)}</code>`,
        card: 'title',
      },
      { label: text.plain.status, cell: (row) => badge(app, row.status), card: 'side' },
      { label: text.plain.customer, cell: (row) => idLink(row.customer_id) },
      { label: text.subscriptions.plan, cell: (row) => idLink(row.plan_id), wide: true, card: 'hide' },
      {
        label: text.subscriptions.periodEnd,
        cell: (row) =>
          html`${when(app, fromSeconds(row.current_period_end))}
          ${row.cancel_at_period_end ? html`<span class="faint">${text.subscriptions.endsThen}</span>` : ''}`,
        grow: true,
      },
      { label: text.plain.createdAt, cell: (row) => when(app, row.created_at), end: true, wide: true, card: 'hide' },
    ]
  }
}

customElements.define('console-subscriptions', ConsoleSubscriptions)
declare global {
  interface HTMLElementTagNameMap {
    'console-subscriptions': ConsoleSubscriptions
  }
}
