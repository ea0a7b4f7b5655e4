import { html, nothing, type TemplateResult } from 'lit'
import type { PaymentView } from '../../../server/contract/checkout.ts'
import { readAmount } from '../../../server/contract/money.ts'
import type { RefundView } from '../../../server/contract/resources.ts'
import { readTyped, subtractAmounts } from '../format.ts'
import { dialog } from '../parts/dialog.ts'
import { labelled } from '../parts/fields.ts'
import { View } from '../parts/view.ts'

const reasons = ['requested_by_customer', 'duplicate', 'fraudulent', 'other'] as const

/**
 * Gives back a payment, or a part of it.
 * @fires console-refunded - It is done.
 * @fires console-closed - Done or not, the question is over.
 */
export class ConsoleRefundDialog extends View {
  static override properties = {
    payment: { attribute: false },
    partly: { state: true, attribute: false },
    typed: { state: true, attribute: false },
    reason: { state: true, attribute: false },
    wrong: { state: true, attribute: false },
  }
  /** What is to be given back. */
  declare payment: PaymentView
  declare private partly: boolean
  declare private typed: string
  declare private reason: (typeof reasons)[number]
  declare private wrong: string | undefined

  constructor() {
    super()
    this.partly = false
    this.typed = ''
    this.reason = 'requested_by_customer'
    this.wrong = undefined
  }

  protected override render(): TemplateResult {
    const { app, payment, partly, reason } = this
    const { text, format } = app
    const words = text.refund
    const left = format.money(this.#left, payment.currency)
    const minor = this.#minor
    const amount = typeof minor === 'number' ? format.minor(minor, payment.currency) : partly ? '…' : left
    return dialog({
      app,
      heading: words.title,
      failure: this.failure,
      closed: () => this.dispatchEvent(new CustomEvent('console-closed')),
      submit: this.#submit,
      body: html`<fieldset class="choices">
          <legend class="unseen">${words.amount}</legend>
          <label>
            <input type="radio" name="how" .checked=${!partly} @change=${() => (this.partly = false)} />
            <span>${words.whole(left)}</span>
          </label>
          <label>
            <input type="radio" name="how" .checked=${partly} @change=${this.#choosePart} /> <span>${words.part}</span>
          </label>
        </fieldset>
        ${
          partly
            ? labelled({
                id: 'refund-amount',
                label: `${words.amount} (${payment.currency})`,
                wrong: this.wrong,
                control: html`<input
                  id="refund-amount"
                  class="field"
                  inputmode="decimal"
                  autocomplete="off"
                  aria-invalid=${this.wrong !== undefined}
                  aria-describedby="refund-amount-note"
                  .value=${this.typed}
                  @input=${this.#type}
                />`,
              })
            : nothing
        }
        ${labelled({
          id: 'refund-reason',
          label: words.reason,
          control: html`<select id="refund-reason" class="field" @change=${this.#chooseReason}>
            ${reasons.map((one) => html`<option value=${one} ?selected=${one === reason}>${words.reasons[one]}</option>`)}
          </select>`,
        })}
        ${
          reason === 'other'
            ? labelled({
                id: 'refund-other',
                label: words.other,
                control: html`<input id="refund-other" class="field" maxlength="200" autocomplete="off" />`,
              })
            : nothing
        }
        <p class="fine">${words.note}</p>`,
      actions: html`<button class="button" ?disabled=${this.acting}>${words.submit(amount)}</button>`,
    })
  }

  get #left(): string {
    const { amount, amount_refunded, currency } = this.payment
    return subtractAmounts(amount, amount_refunded, currency)
  }

  /** What is to go back in minor units; undefined for all that is left, a text for what is wrong. */
  get #minor(): number | string | undefined {
    const { text, format } = this.app
    const { currency } = this.payment
    if (!this.partly) return undefined
    const read = readAmount(readTyped(this.typed), currency)
    if (typeof read !== 'number') return text.refund.notAnAmount
    const most = readAmount(this.#left, currency)
    return typeof most === 'number' && read > most ? text.refund.tooMuch(format.money(this.#left, currency)) : read
  }

  #choosePart = async (): Promise<void> => {
    this.partly = true
    await this.updateComplete
    this.querySelector<HTMLInputElement>('#refund-amount')?.focus()
  }

  #type = (event: Event): void => {
    this.typed = (event.target as HTMLInputElement).value
    this.wrong = undefined
  }

  #chooseReason = (event: Event): void => {
    this.reason = (event.target as HTMLSelectElement).value as (typeof reasons)[number]
  }

  #submit = async (): Promise<void> => {
    const { app, payment } = this
    const amount = this.#minor
    if (typeof amount === 'string') {
      this.wrong = amount
      this.querySelector<HTMLInputElement>('#refund-amount')?.focus()
      return
    }
    const other = this.querySelector<HTMLInputElement>('#refund-other')?.value.trim()
    const body = {
      payment_id: payment.id,
      ...(amount !== undefined && { amount }),
      reason: this.reason === 'other' ? other || null : this.reason,
    }
    const shown =
      amount === undefined ? app.format.money(this.#left, payment.currency) : app.format.minor(amount, payment.currency)
    if (await this.act(() => app.api.post<RefundView>('/v1/refunds', body), app.text.refund.done(shown)))
      this.dispatchEvent(new CustomEvent('console-refunded'))
  }
}

customElements.define('console-refund-dialog', ConsoleRefundDialog)
declare global {
  interface HTMLElementTagNameMap {
    'console-refund-dialog': ConsoleRefundDialog
  }
}
