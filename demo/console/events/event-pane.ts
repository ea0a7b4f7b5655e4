import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { CursorPage } from '../../../server/contract/console.ts'
import type { EventView } from '../../../server/contract/events.ts'
import type { WebhookDeliveryView } from '../../../server/contract/resources.ts'
import { badge, facts, idLink, idWhole, whole } from '../parts/bits.ts'
import { icon } from '../parts/icons.ts'
import { json } from '../parts/json.ts'
import { Loading } from '../parts/loading.ts'
import { bones, problem } from '../parts/notes.ts'
import { View } from '../parts/view.ts'

type Read = { event: EventView; deliveries: WebhookDeliveryView[] }

/** One event: what it carried, and where it was sent. */
export class ConsoleEventPane extends View {
  static override properties = { event: { attribute: false }, back: { attribute: false } }
  /** The id of the event. */
  declare event: string
  /** The address of the list. */
  declare back: string
  readonly #read = new Loading<Read>(this, async (signal) => {
    const { api } = this.app
    const [event, deliveries] = await Promise.all([
      api.get<EventView>(`/v1/events/${encodeURIComponent(this.event)}`, {}, signal),
      api.get<CursorPage<WebhookDeliveryView>>('/v1/webhook-deliveries', { event_id: this.event, limit: 50 }, signal),
    ])
    return { event, deliveries: deliveries.items }
  })

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('event') || changed.has('app')) void this.#read.run({ afresh: true })
  }

  protected override render(): TemplateResult {
    const { app, back } = this
    const { text } = app
    const { value, problem: trouble } = this.#read
    return html`<div class="pane-top">
        <h2 tabindex="-1">${value ? html`<code>${value.event.type}</code>` : text.plain.event}</h2>
        <a class="bare" href=${back} aria-label=${text.plain.close}>${icon('close')}</a>
      </div>
      ${problem(text, trouble, text.problem.read, () => void this.#read.run())}
      ${value ? this.#event(value) : trouble ? nothing : bones(text, 8)}`
  }

  #event({ event, deliveries }: Read): TemplateResult {
    const { app } = this
    const { text } = app
    return html`${facts([
        [text.events.object, idLink(event.object_id)],
        [text.events.version, event.version],
        [text.requests.when, whole(app, event.created_at)],
        [text.plain.id, idWhole(app, event.id)],
      ])}
      <h3>${text.events.sentTo}</h3>
      ${
        deliveries.length === 0
          ? html`<p class="faint">${text.events.notSent}</p>`
          : html`<ul class="lines">
              ${deliveries.map(
                (one) =>
                  html`<li>
                    ${idLink(one.id)} ${badge(app, one.status)}
                    <span class="faint">${text.timeline.tries(one.attempt_count)}</span>
                  </li>`,
              )}
            </ul>`
      }
      <h3>${text.events.payload}</h3>
      ${json(event, text.events.payload)}`
  }
}

customElements.define('console-event-pane', ConsoleEventPane)
declare global {
  interface HTMLElementTagNameMap {
    'console-event-pane': ConsoleEventPane
  }
}
