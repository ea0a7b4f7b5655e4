import { html, type TemplateResult } from 'lit'
import { deliveryStatuses, type WebhookDeliveryView } from '../../../server/contract/resources.ts'
import { badge, idLink, when } from '../parts/bits.ts'
import { CursorView } from '../parts/cursor-view.ts'
import { select } from '../parts/fields.ts'
import { icon } from '../parts/icons.ts'
import type { Column } from '../parts/table.ts'
import './delivery-pane.ts'

/** What was sent to endpoints, and what is on its way. */
export class ConsoleDeliveries extends CursorView<WebhookDeliveryView> {
  protected readonly section = 'deliveries'
  protected readonly source = '/v1/webhook-deliveries'
  protected readonly filters = ['status', 'endpoint_id', 'event_id'] as const

  protected override tools(): TemplateResult {
    const { text } = this.app
    const of = this.place.query.get('endpoint_id') ?? this.place.query.get('event_id')
    return html`${
      of
        ? html`<button class="chip" type="button" @click=${() => this.narrow({ endpoint_id: null, event_id: null })}>
            <code>${of.slice(0, 10)}…</code> ${icon('close')}<span class="unseen">${text.requests.clear}</span>
          </button>`
        : ''
    }
    ${select({
      label: text.plain.status,
      value: this.place.query.get('status') ?? '',
      choices: [
        ['', text.deliveries.anyStatus],
        ...deliveryStatuses.map((one) => [one, text.statuses[one] ?? one] as const),
      ],
      change: (status) => this.narrow({ status }),
    })}`
  }

  protected override emptyLine() {
    const { deliveries } = this.app.text
    return { title: deliveries.emptyTitle, line: deliveries.empty }
  }

  protected override pane(id: string, back: string): TemplateResult {
    return html`<console-delivery-pane .app=${this.app} .delivery=${id} .back=${back}></console-delivery-pane>`
  }

  protected override columns(): Column<WebhookDeliveryView>[] {
    const { app } = this
    const { text } = app
    return [
      { label: text.plain.event, cell: (row) => html`<code>${row.event_type}</code>`, grow: true, card: 'title' },
      { label: text.plain.status, cell: (row) => badge(app, row.status), card: 'side' },
      { label: text.deliveries.endpoint, cell: (row) => idLink(row.endpoint_id), wide: true },
      { label: text.deliveries.tries, cell: (row) => row.attempt_count, end: true, card: 'hide' },
      { label: text.plain.createdAt, cell: (row) => when(app, row.created_at), end: true },
    ]
  }
}

customElements.define('console-deliveries', ConsoleDeliveries)
declare global {
  interface HTMLElementTagNameMap {
    'console-deliveries': ConsoleDeliveries
  }
}
