import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { EventView } from '../../../server/contract/events.ts'
import type { WebhookAttemptView, WebhookDeliveryView } from '../../../server/contract/resources.ts'
import { badge, facts, httpStatus, idLink, idWhole, when, whole } from '../parts/bits.ts'
import { icon } from '../parts/icons.ts'
import { json } from '../parts/json.ts'
import { Every, Loading } from '../parts/loading.ts'
import { bones, problem } from '../parts/notes.ts'
import { View } from '../parts/view.ts'

type Read = { delivery: WebhookDeliveryView; event: EventView }

const everyMs = 2000

/** One delivery: what each try came to, and what was sent. */
export class ConsoleDeliveryPane extends View {
  static override properties = { delivery: { attribute: false }, back: { attribute: false } }
  /** The id of the delivery. */
  declare delivery: string
  /** The address of the list. */
  declare back: string
  readonly #read = new Loading<Read>(this, async (signal) => {
    const { api } = this.app
    const delivery = await api.get<WebhookDeliveryView>(
      `/v1/webhook-deliveries/${encodeURIComponent(this.delivery)}`,
      {},
      signal,
    )
    const event = await api.get<EventView>(`/v1/events/${encodeURIComponent(delivery.event_id)}`, {}, signal)
    return { delivery, event }
  })
  readonly polling = new Every(this, everyMs, () => this.#read.again())

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('delivery') || changed.has('app')) void this.#read.run({ afresh: true })
  }

  protected override render(): TemplateResult {
    const { app, back } = this
    const { text } = app
    const { value, problem: trouble } = this.#read
    return html`<div class="pane-top">
        <h2 tabindex="-1">${value ? html`<code>${value.delivery.event_type}</code>` : text.sections.deliveries}</h2>
        <a class="bare" href=${back} aria-label=${text.plain.close}>${icon('close')}</a>
      </div>
      ${problem(text, trouble, text.problem.read, () => void this.#read.run())}
      ${problem(text, this.failure, text.problem.title)}
      ${value ? this.#delivery(value) : trouble ? nothing : bones(text, 8)}`
  }

  #delivery({ delivery, event }: Read): TemplateResult {
    const { app } = this
    const { text } = app
    const words = text.deliveries
    const attempts = (delivery.attempts ?? []).toReversed()
    return html`<p class="pane-status">
        ${badge(app, delivery.status)}
        <button class="button small" type="button" ?disabled=${this.acting} @click=${() => this.#replay(delivery.id)}>
          ${words.replay}
        </button>
      </p>
      ${facts([
        [text.plain.event, idLink(event.id)],
        [text.events.object, idLink(event.object_id)],
        [words.endpoint, idLink(delivery.endpoint_id)],
        [words.nextTry, delivery.next_attempt_at && whole(app, delivery.next_attempt_at)],
        [text.plain.createdAt, whole(app, delivery.created_at)],
        [text.plain.id, idWhole(app, delivery.id)],
      ])}
      <h3>${words.attempts}</h3>
      ${
        attempts.length === 0
          ? html`<p class="faint">${words.noAttempts}</p>`
          : html`<ol class="attempts">
              ${attempts.map((attempt) => html`<li>${this.#attempt(attempt)}</li>`)}
            </ol>`
      }
      <h3>${text.events.payload}</h3>
      ${json(event, text.events.payload)}`
  }

  #attempt({ at, http_status, error, duration_ms, response }: WebhookAttemptView): TemplateResult {
    const { app } = this
    const { deliveries: words } = app.text
    return html`<p>
        ${http_status === null ? html`<span class="badge bad">${error ? words.errors[error] : words.noAnswer}</span>` : httpStatus(http_status)}
        <span class="faint">${words.took(app.format.count(duration_ms))}</span> ${when(app, at)}
      </p>
      ${response ? json(response, app.text.requests.response) : nothing}`
  }

  #replay(id: string): void {
    const { api, text } = this.app
    void this.act(
      () => api.post(`/v1/webhook-deliveries/${encodeURIComponent(id)}/replay`),
      text.deliveries.replayed,
    ).then(() => this.polling.soon())
  }
}

customElements.define('console-delivery-pane', ConsoleDeliveryPane)
declare global {
  interface HTMLElementTagNameMap {
    'console-delivery-pane': ConsoleDeliveryPane
  }
}
