import { html, nothing, type TemplateResult } from 'lit'
import type { InvoiceView, List, PlanView, SubscriptionView } from '../../../server/contract/resources.ts'
import { badge, idLink, idWhole, when, whole } from '../parts/bits.ts'
import { dialog } from '../parts/dialog.ts'
import { icon } from '../parts/icons.ts'
import { ObjectView, type Shown } from '../parts/object-view.ts'
import { table } from '../parts/table.ts'
import { pathOf } from '../router.ts'

type Read = { subscription: SubscriptionView; plan: PlanView; invoices: InvoiceView[] }

const path = (id: string) => `/v1/subscriptions/${encodeURIComponent(id)}`
const mostInvoices = 50

/** The API counts the end of a period in seconds. */
export const fromSeconds = (seconds: number): string => new Date(seconds * 1000).toISOString()

const over = new Set(['canceled', 'incomplete_expired'])

/** One subscription and its invoices; it can be canceled, and resumed while it has not ended. */
export class ConsoleSubscription extends ObjectView<Read> {
  protected readonly section = 'subscriptions'
  #later = true

  protected async read(id: string, signal: AbortSignal): Promise<Read> {
    const { api } = this.app
    const [subscription, invoices] = await Promise.all([
      api.get<SubscriptionView>(path(id), {}, signal),
      api.get<List<InvoiceView>>('/v1/invoices', { subscription_id: id, limit: mostInvoices }, signal),
    ])
    const plan = await api.get<PlanView>(`/v1/plans/${encodeURIComponent(subscription.plan_id)}`, {}, signal)
    return { subscription, plan, invoices: invoices.items }
  }

  protected show({ subscription, plan, invoices }: Read): Shown {
    const { app } = this
    const { text, format } = app
    const words = text.subscriptions
    const { id, status } = subscription
    const canResume = (subscription.cancel_at_period_end && !over.has(status)) || status === 'paused'
    return {
      heading: html`<span class="amount">${format.minor(plan.amount, plan.currency)}</span>`,
      badge: badge(app, status),
      facts: [
        [text.plain.id, idWhole(app, id)],
        [text.plain.customer, idLink(subscription.customer_id)],
        [words.plan, html`${words.every(plan.interval_count, plan.interval)} ${idLink(plan.id)}`],
        [
          words.periodEnd,
          html`${whole(app, fromSeconds(subscription.current_period_end))}
          ${subscription.cancel_at_period_end ? html`<span class="badge warn">${words.endsThen}</span>` : nothing}`,
        ],
        [words.trialEnd, subscription.trial_end && whole(app, subscription.trial_end)],
        [words.canceledAt, subscription.canceled_at && whole(app, subscription.canceled_at)],
        [text.plain.createdAt, whole(app, subscription.created_at)],
      ],
      actions: html`${
        subscription.checkout_url
          ? html`<a class="button small quiet" href=${subscription.checkout_url} target="_blank" rel="noopener"
              >${words.checkout} ${icon('outside')}<span class="unseen">, ${text.plain.opensElsewhere}</span></a
            >`
          : nothing
      }
      ${
        canResume
          ? html`<button class="button small" type="button" ?disabled=${this.acting} @click=${() => this.#resume(id)}>
              ${words.resume}
            </button>`
          : nothing
      }
      ${
        over.has(status)
          ? nothing
          : html`<button class="button small danger" type="button" @click=${() => this.ask('cancel')}>
              ${words.cancel}
            </button>`
      }`,
      more: html`<h2>${words.invoices}</h2>
        ${invoices.length === 0 ? html`<p class="faint">${words.noInvoices}</p>` : this.#invoices(invoices)}`,
    }
  }

  #invoices(rows: InvoiceView[]): TemplateResult {
    const { app } = this
    const { text, format } = app
    return table({
      label: text.subscriptions.invoices,
      rows,
      href: (row) => pathOf('invoices', row.id),
      columns: [
        {
          label: text.plain.amount,
          cell: (row) => html`<span class="amount">${format.minor(row.amount, row.currency)}</span>`,
          card: 'title',
          end: true,
        },
        { label: text.plain.status, cell: (row) => badge(app, row.status), card: 'side' },
        {
          label: text.invoices.period,
          cell: (row) => html`${format.day(new Date(row.period_start))} – ${format.day(new Date(row.period_end))}`,
          grow: true,
        },
        {
          label: text.invoices.nextTry,
          cell: (row) => (row.next_attempt_at ? when(app, row.next_attempt_at) : nothing),
          wide: true,
        },
        { label: text.plain.payment, cell: (row) => (row.payment_id ? idLink(row.payment_id) : nothing) },
      ],
    })
  }

  protected override question({ subscription }: Read): TemplateResult {
    const { app } = this
    const { subscriptions: words } = app.text
    const choice = (later: boolean, name: string, note: string) =>
      html`<label>
        <input type="radio" name="when" ?checked=${later === this.#later} @change=${() => (this.#later = later)} />
        <span>${name}<span class="fine">${note}</span></span>
      </label>`
    return dialog({
      app,
      heading: words.cancelTitle,
      body: html`<fieldset class="choices">
        <legend class="unseen">${words.cancelTitle}</legend>
        ${choice(true, words.cancelLater, words.cancelLaterNote)} ${choice(false, words.cancelNow, words.cancelNowNote)}
      </fieldset>`,
      failure: this.failure,
      closed: this.dialogClosed,
      submit: () => this.#cancel(subscription.id),
      actions: html`<button class="button danger" ?disabled=${this.acting}>${words.cancelSubmit}</button>`,
    })
  }

  #cancel(id: string): void {
    const { api, text } = this.app
    const later = this.#later
    void this.act(
      () => api.post(`${path(id)}/cancel`, { at_period_end: later }),
      later ? text.subscriptions.cancelsLater : text.subscriptions.canceled,
    ).then(() => this.thing.run())
  }

  #resume(id: string): void {
    const { api, text } = this.app
    void this.act(() => api.post(`${path(id)}/resume`), text.subscriptions.resumed).then(() => this.thing.run())
  }
}

customElements.define('console-subscription', ConsoleSubscription)
declare global {
  interface HTMLElementTagNameMap {
    'console-subscription': ConsoleSubscription
  }
}
