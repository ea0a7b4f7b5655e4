import { html, nothing, type TemplateResult } from 'lit'
import { paymentStatuses, type PaymentView } from '../../../server/contract/checkout.ts'
import type { OffsetView } from '../../../server/contract/console.ts'
import type { Query } from '../api.ts'
import { badge, card, idLink, when } from '../parts/bits.ts'
import { select } from '../parts/fields.ts'
import { ListView } from '../parts/list-view.ts'
import type { Column } from '../parts/table.ts'
import { pathOf } from '../router.ts'

/** Payments, the newest first; of one status if wanted, from a day on if wanted. */
export class ConsolePayments extends ListView<PaymentView> {
  protected readonly section = 'payments'
  protected readonly source = '/v1/payments/'

  protected override filter(query: URLSearchParams): Query {
    return { status: query.get('status') }
  }

  protected override tools(): TemplateResult {
    const { text } = this.app
    const status = this.place.query.get('status') ?? ''
    return html`${select({
        label: text.plain.status,
        value: status,
        choices: [['', text.payments.any], ...paymentStatuses.map((one) => [one, text.statuses[one] ?? one] as const)],
        change: (chosen) => this.narrow({ status: chosen || null, day: null }),
      })}
      <label class="day">
        <span>${text.payments.day}</span>
        <input class="field" type="date" .value=${this.place.query.get('day') ?? ''} @change=${this.#jump} />
      </label>
      ${
        this.offset > 0
          ? html`<a class="button small quiet" href=${pathOf('payments', null, { status })}>${text.payments.today}</a>`
          : nothing
      }`
  }

  protected override emptyLine() {
    const { text, me } = this.app
    const { payments } = text
    return this.place.query.get('status')
      ? { title: payments.emptyFilteredTitle, line: payments.emptyFiltered }
      : { title: payments.emptyTitle, line: me.test ? payments.empty : payments.emptyLive }
  }

  protected override columns(): Column<PaymentView>[] {
    const { app } = this
    const { text, format } = app
    return [
      {
        label: text.plain.amount,
        cell: (row) => html`<span class="amount">${format.money(row.amount, row.currency)}</span>`,
        card: 'title',
        end: true,
      },
      { label: text.plain.status, cell: (row) => badge(app, row.status), card: 'side' },
      {
        label: text.plain.description,
        cell: (row) => row.description ?? row.items[0],
        grow: true,
      },
      { label: text.plain.card, cell: (row) => card(row.card) },
      {
        label: text.plain.customer,
        cell: (row) => (row.customer_id ? idLink(row.customer_id) : nothing),
        wide: true,
        card: 'hide',
      },
      { label: text.plain.id, cell: (row) => idLink(row.id), wide: true, card: 'hide' },
      { label: text.plain.createdAt, cell: (row) => when(app, row.created_at), end: true },
    ]
  }

  /** To the end of a day, as this browser's clock has it, among those of the chosen status. */
  #jump = async (event: Event): Promise<void> => {
    const day = (event.target as HTMLInputElement).value
    const status = this.place.query.get('status')
    if (day === '') return this.app.go(pathOf('payments', null, { status }))
    const until = new Date(`${day}T23:59:59.999`).toISOString()
    try {
      const { offset } = await this.app.api.get<OffsetView>('/console/api/payments/offset', { until, status })
      this.app.go(pathOf('payments', null, { status, day, offset: offset > 0 ? String(offset) : null }))
    } catch (error) {
      this.page.problem = error
      this.requestUpdate()
    }
  }
}

customElements.define('console-payments', ConsolePayments)
declare global {
  interface HTMLElementTagNameMap {
    'console-payments': ConsolePayments
  }
}
