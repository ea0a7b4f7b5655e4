import { html } from 'lit'
import type { RefundView } from '../../../server/contract/resources.ts'
import { badge, idLink, idWhole, whole } from '../parts/bits.ts'
import { ObjectView, type Shown } from '../parts/object-view.ts'
import { reasonText } from '../payments/timeline.ts'

/** One refund. */
export class ConsoleRefund extends ObjectView<RefundView> {
  protected readonly section = 'refunds'

  protected read(id: string, signal: AbortSignal): Promise<RefundView> {
    return this.app.api.get<RefundView>(`/v1/refunds/${encodeURIComponent(id)}`, {}, signal)
  }

  protected show(refund: RefundView): Shown {
    const { app } = this
    const { text, format } = app
    return {
      heading: html`<span class="amount">${format.minor(refund.amount, refund.currency)}</span>`,
      badge: badge(app, refund.status),
      facts: [
        [text.plain.id, idWhole(app, refund.id)],
        [text.plain.payment, idLink(refund.payment_id)],
        [text.plain.reason, refund.reason && reasonText(app, refund.reason)],
        [text.refunds.failure, refund.failure_reason],
        [text.plain.createdAt, whole(app, refund.created_at)],
      ],
    }
  }
}

customElements.define('console-refund', ConsoleRefund)
declare global {
  interface HTMLElementTagNameMap {
    'console-refund': ConsoleRefund
  }
}
