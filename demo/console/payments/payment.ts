import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { TimelineView } from '../../../server/contract/console.ts'
import type { WebhookDeliveryView } from '../../../server/contract/resources.ts'
import { subtractAmounts } from '../format.ts'
import { badge, cardText, facts, idLink, idWhole, title, whole } from '../parts/bits.ts'
import { icon } from '../parts/icons.ts'
import { Every, Loading } from '../parts/loading.ts'
import { bones, problem } from '../parts/notes.ts'
import { View } from '../parts/view.ts'
import { pathOf } from '../router.ts'
import './refund-dialog.ts'
import { timeline } from './timeline.ts'

const everyMs = 2000

/** One payment: what it is, what became of it in order, and what can be done with it. */
export class ConsolePayment extends View {
  readonly #told = new Loading<TimelineView>(this, (signal) =>
    this.app.api.get<TimelineView>(`/console/api/payments/${encodeURIComponent(this.place.id!)}/timeline`, {}, signal),
  )
  readonly polling = new Every(this, everyMs, () => this.#told.again())

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('app') || changed.has('place')) void this.#told.run({ afresh: changed.has('place') })
  }

  protected override render(): TemplateResult {
    const { app } = this
    const { text } = app
    const { value, problem: trouble } = this.#told
    return html`<section class="view">
      <a class="back" href=${pathOf('payments')}>${icon('back')} ${text.sections.payments}</a>
      ${value ? this.#payment(value) : title(text.plain.payment)}
      ${problem(text, trouble, text.problem.read, () => void this.#told.run())}
      ${value || trouble ? nothing : bones(text, 8)}
      ${
        this.asking === 'refund' && value
          ? html`<console-refund-dialog
              .app=${app}
              .payment=${value.payment}
              @console-refunded=${() => void this.#told.run()}
              @console-closed=${this.dialogClosed}
            ></console-refund-dialog>`
          : nothing
      }
    </section>`
  }

  #payment(told: TimelineView): TemplateResult {
    const { app } = this
    const { text, format } = app
    const { payment, session, intent } = told
    const left = subtractAmounts(payment.amount, payment.amount_refunded, payment.currency)
    const canRefund = payment.status === 'succeeded' || payment.status === 'partially_refunded'
    const wasRefunded = !/^[0.]+$/.test(payment.amount_refunded)
    return html`<header class="view-top of-one">
        <div>
          ${title(html`<span class="amount">${format.money(payment.amount, payment.currency)}</span>`)}
          ${badge(app, payment.status)}
        </div>
        <div class="tools">
          ${
            canRefund
              ? html`<button class="button small" type="button" @click=${() => this.ask('refund')}>
                  ${text.payments.refund}
                </button>`
              : nothing
          }
          <button class="button small quiet" type="button" ?disabled=${this.acting} @click=${this.#download}>
            ${icon('download')} ${text.payments.download}
          </button>
        </div>
      </header>
      ${problem(text, this.failure, text.problem.title)}
      <div class="columns">
        <div class="main-column">
          <h2>${text.payments.timeline}</h2>
          ${timeline(app, told, this.#replay)}
        </div>
        <div class="side-column card facts-first">
          ${facts([
            [text.plain.id, idWhole(app, payment.id)],
            [text.plain.description, payment.description],
            [
              text.plain.items,
              payment.items.length > 0
                ? html`<ul>
                    ${payment.items.map((item) => html`<li>${item}</li>`)}
                  </ul>`
                : null,
            ],
            [
              text.plain.card,
              payment.card
                ? html`${cardText(payment.card)}<br /><span class="fine"
                      >${text.payments.expires(String(payment.card.exp_month).padStart(2, '0'), String(payment.card.exp_year))}</span
                    >`
                : html`<span class="faint">${text.payments.cardNone}</span>`,
            ],
            [text.payments.failure, payment.failure ? this.#failure(payment.failure) : null],
            [text.payments.refunded, wasRefunded ? format.money(payment.amount_refunded, payment.currency) : null],
            [text.payments.left, wasRefunded && canRefund ? format.money(left, payment.currency) : null],
            [text.plain.customer, payment.customer_id && idLink(payment.customer_id)],
            [text.payments.session, session && html`${idLink(session.id)} ${badge(app, session.status)}`],
            [text.payments.subscription, payment.subscription_id && idLink(payment.subscription_id)],
            [
              'Intent',
              intent &&
                html`<code class="id" title=${intent.id}>${intent.id.slice(0, 3)}…${intent.id.slice(-6)}</code>
                  ${badge(app, intent.status)}`,
            ],
            [
              text.sections.refunds,
              told.refunds.length > 0
                ? html`<ul>
                    ${told.refunds.map((refund) => html`<li>${idLink(refund.id)} ${format.minor(refund.amount, refund.currency)}</li>`)}
                  </ul>`
                : null,
            ],
            [text.plain.createdAt, whole(app, payment.created_at)],
          ])}
        </div>
      </div>`
  }

  #failure({ code, decline_code, message }: NonNullable<TimelineView['payment']['failure']>): TemplateResult {
    const reason = decline_code ?? code
    return html`${this.app.text.declines[reason] ?? message}<br /><code class="fine">${reason}</code>`
  }

  #replay = ({ id }: Pick<WebhookDeliveryView, 'id'>): void => {
    const { api, text } = this.app
    void this.act(
      () => api.post(`/v1/webhook-deliveries/${encodeURIComponent(id)}/replay`),
      text.deliveries.replayed,
    ).then(() => this.polling.soon())
  }

  /** As a file that `npm run replay` plays again. */
  #download = (): void => {
    const { api, text } = this.app
    const id = this.place.id!
    void this.act(async () => {
      const told = await api.get<unknown>(`/console/api/payments/${encodeURIComponent(id)}/export`)
      const address = URL.createObjectURL(
        new Blob([`${JSON.stringify(told, null, 2)}\n`], { type: 'application/json' }),
      )
      const link = document.createElement('a')
      link.href = address
      link.download = `${id}.json`
      link.click()
      URL.revokeObjectURL(address)
    }, text.payments.downloaded)
  }
}

customElements.define('console-payment', ConsolePayment)
declare global {
  interface HTMLElementTagNameMap {
    'console-payment': ConsolePayment
  }
}
