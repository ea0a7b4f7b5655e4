import { html } from 'lit'
import type { InvoiceView } from '../../../server/contract/resources.ts'
import { badge, idLink, idWhole, whole } from '../parts/bits.ts'
import { ObjectView, type Shown } from '../parts/object-view.ts'

/** What one period of a subscription costs, and whether it was paid. */
export class ConsoleInvoice extends ObjectView<InvoiceView> {
  protected readonly section = 'invoices'

  protected read(id: string, signal: AbortSignal): Promise<InvoiceView> {
    return this.app.api.get<InvoiceView>(`/v1/invoices/${encodeURIComponent(id)}`, {}, signal)
  }

  protected show(invoice: InvoiceView): Shown {
    const { app } = this
    const { text, format } = app
    const reason = invoice.failure && (invoice.failure.decline_code ?? invoice.failure.code)
    return {
      heading: html`<span class="amount">${format.minor(invoice.amount, invoice.currency)}</span>`,
      badge: badge(app, invoice.status),
      facts: [
        [text.plain.id, idWhole(app, invoice.id)],
        [text.invoices.subscription, idLink(invoice.subscription_id)],
        [text.plain.customer, idLink(invoice.customer_id)],
        [text.plain.payment, invoice.payment_id && idLink(invoice.payment_id)],
        [text.invoices.period, html`${whole(app, invoice.period_start)} – ${whole(app, invoice.period_end)}`],
        [text.invoices.tries, invoice.attempt_count || null],
        [
          text.payments.failure,
          reason && html`${text.declines[reason] ?? invoice.failure?.message} <code>${reason}</code>`,
        ],
        [text.invoices.nextTry, invoice.next_attempt_at && whole(app, invoice.next_attempt_at)],
        [text.invoices.paidAt, invoice.paid_at && whole(app, invoice.paid_at)],
        [text.plain.createdAt, whole(app, invoice.created_at)],
      ],
    }
  }
}

customElements.define('console-invoice', ConsoleInvoice)
declare global {
  interface HTMLElementTagNameMap {
    'console-invoice': ConsoleInvoice
  }
}
