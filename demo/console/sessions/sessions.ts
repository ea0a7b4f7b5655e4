import { html, type TemplateResult } from 'lit'
import { sessionStatuses } from '../../../server/contract/checkout.ts'
import type { SessionSummary } from '../../../server/contract/console.ts'
import { badge, when } from '../parts/bits.ts'
import { CursorView } from '../parts/cursor-view.ts'
import { select } from '../parts/fields.ts'
import type { Column } from '../parts/table.ts'

/** Checkout sessions, the newest first. */
export class ConsoleSessions extends CursorView<SessionSummary> {
  protected readonly section = 'sessions'
  protected readonly source = '/console/api/sessions'
  protected readonly filters = ['status'] as const

  protected override tools(): TemplateResult {
    const { text } = this.app
    return select({
      label: text.plain.status,
      value: this.place.query.get('status') ?? '',
      choices: [['', text.payments.any], ...sessionStatuses.map((one) => [one, text.statuses[one] ?? one] as const)],
      change: (status) => this.narrow({ status }),
    })
  }

  protected override emptyLine() {
    const { sessions } = this.app.text
    return { title: sessions.emptyTitle, line: sessions.empty }
  }

  protected override columns(): Column<SessionSummary>[] {
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
      { label: text.sessions.paymentStatus, cell: (row) => badge(app, row.payment_status), card: 'hide' },
      { label: text.plain.description, cell: (row) => row.description, grow: true },
      {
        label: text.sessions.mode,
        cell: (row) => html`<span class="faint">${text.sessions.modes[row.mode]}</span>`,
        wide: true,
      },
      { label: text.sessions.expiresAt, cell: (row) => when(app, row.expires_at), end: true, wide: true, card: 'hide' },
      { label: text.plain.createdAt, cell: (row) => when(app, row.created_at), end: true },
    ]
  }
}

customElements.define('console-sessions', ConsoleSessions)
declare global {
  interface HTMLElementTagNameMap {
    'console-sessions': ConsoleSessions
  }
}
