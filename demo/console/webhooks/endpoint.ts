import { html, nothing, type TemplateResult } from 'lit'
import type { CursorPage } from '../../../server/contract/console.ts'
import type { WebhookDeliveryView, WebhookEndpointView } from '../../../server/contract/resources.ts'
import { badge, idWhole, when, whole } from '../parts/bits.ts'
import { dialog } from '../parts/dialog.ts'
import { ObjectView, type Shown } from '../parts/object-view.ts'
import { table } from '../parts/table.ts'
import { pathOf } from '../router.ts'
import './drills.ts'
import { secretNote } from './endpoint-form.ts'

type Read = { endpoint: WebhookEndpointView; deliveries: WebhookDeliveryView[] }
type WithSecret = WebhookEndpointView & { secret: string | null }

const path = (id: string) => `/v1/webhook-endpoints/${encodeURIComponent(id)}`
const shownDeliveries = 10

/** One endpoint: what was sent there, its secret, its drills. */
export class ConsoleEndpoint extends ObjectView<Read> {
  static override properties = { secret: { state: true, attribute: false } }
  protected readonly section = 'webhooks'
  /** The new one, when it was just given. */
  declare private secret: string | null

  constructor() {
    super()
    this.secret = null
  }

  protected async read(id: string, signal: AbortSignal): Promise<Read> {
    const { api } = this.app
    const [endpoint, deliveries] = await Promise.all([
      api.get<WebhookEndpointView>(path(id), {}, signal),
      api.get<CursorPage<WebhookDeliveryView>>(
        '/v1/webhook-deliveries',
        { endpoint_id: id, limit: shownDeliveries },
        signal,
      ),
    ])
    return { endpoint, deliveries: deliveries.items }
  }

  protected show({ endpoint, deliveries }: Read): Shown {
    const { app } = this
    const { text, me } = app
    const words = text.webhooks
    return {
      heading: html`<span class="break">${endpoint.url}</span>`,
      badge: badge(app, endpoint.status),
      facts: [
        [text.plain.id, idWhole(app, endpoint.id)],
        [text.plain.description, endpoint.description],
        [words.types, endpoint.events.includes('*') ? words.typesAll : html`<code>${endpoint.events.join(' ')}</code>`],
        [words.form, words.forms[endpoint.signature]],
        [text.plain.reason, endpoint.disabled_reason && words.why[endpoint.disabled_reason]],
        [words.failingSince, endpoint.failing_since && whole(app, endpoint.failing_since)],
        [words.bothUntil, endpoint.former_secret_until && whole(app, endpoint.former_secret_until)],
        [text.plain.createdAt, whole(app, endpoint.created_at)],
      ],
      actions: this.#actions(endpoint),
      more: html`${this.secret === null ? nothing : secretNote(app, this.secret, () => (this.secret = null))}
      ${me.test ? html`<console-drills .app=${app} .endpoint=${endpoint.id}></console-drills>` : nothing}
      ${this.#deliveries(endpoint.id, deliveries)}`,
    }
  }

  #actions({ id, status }: WebhookEndpointView): TemplateResult {
    const { webhooks: words } = this.app.text
    const isOn = status === 'enabled'
    return html`<button
        class="button small"
        type="button"
        ?disabled=${this.acting || !isOn}
        @click=${() => this.#ping(id)}
      >
        ${words.ping}
      </button>
      <button class="button small quiet" type="button" ?disabled=${this.acting} @click=${() => this.#set(id, !isOn)}>
        ${isOn ? words.disable : words.enable}
      </button>
      <button class="button small quiet" type="button" @click=${() => this.ask('rotate')}>${words.rotate}</button>
      <button class="button small danger" type="button" @click=${() => this.ask('remove')}>${words.remove}</button>`
  }

  #deliveries(endpoint: string, rows: WebhookDeliveryView[]): TemplateResult {
    const { app } = this
    const { text } = app
    return html`<h2>${text.webhooks.deliveries}</h2>
      ${
        rows.length === 0
          ? html`<p class="faint">${text.deliveries.emptyTitle}</p>`
          : html`${table({
                label: text.webhooks.deliveries,
                rows,
                href: (row) => pathOf('deliveries', row.id, { endpoint_id: endpoint }),
                columns: [
                  {
                    label: text.plain.event,
                    cell: (row) => html`<code>${row.event_type}</code>`,
                    grow: true,
                    card: 'title',
                  },
                  { label: text.plain.status, cell: (row) => badge(app, row.status), card: 'side' },
                  { label: text.deliveries.tries, cell: (row) => row.attempt_count, end: true, card: 'hide' },
                  { label: text.plain.createdAt, cell: (row) => when(app, row.created_at), end: true },
                ],
              })}
              <p class="further">
                <a class="button small quiet" href=${pathOf('deliveries', null, { endpoint_id: endpoint })}
                  >${text.plain.showMore}</a
                >
              </p>`
      }`
  }

  protected override question({ endpoint }: Read): TemplateResult {
    const { app } = this
    const { webhooks: words } = app.text
    const rotates = this.asking === 'rotate'
    return dialog({
      app,
      heading: rotates ? words.rotateTitle : words.removeTitle,
      body: html`<p>${rotates ? words.rotateNote : words.removeNote}</p>`,
      failure: this.failure,
      closed: this.dialogClosed,
      submit: () => (rotates ? this.#rotate(endpoint.id) : this.#remove(endpoint.id)),
      actions: html`<button class="button ${rotates ? '' : 'danger'}" ?disabled=${this.acting}>
        ${rotates ? words.rotate : words.remove}
      </button>`,
    })
  }

  #ping(id: string): void {
    const { api, text } = this.app
    void this.act(() => api.post(`${path(id)}/ping`), text.webhooks.pinged).then(() => this.polling.soon())
  }

  #set(id: string, enabled: boolean): void {
    const { api, text } = this.app
    void this.act(
      () => api.patch(path(id), { enabled }),
      enabled ? text.webhooks.enabled : text.webhooks.disabled,
    ).then(() => this.thing.run())
  }

  #rotate(id: string): void {
    const { api, text } = this.app
    void this.act(async () => {
      this.secret = (await api.post<WithSecret>(`${path(id)}/rotate-secret`)).secret
    }, text.webhooks.rotated).then(() => this.thing.run())
  }

  #remove(id: string): void {
    const { app } = this
    void this.act(() => app.api.delete(path(id)), app.text.webhooks.removed).then(
      (done) => done && app.go(pathOf('webhooks')),
    )
  }
}

customElements.define('console-endpoint', ConsoleEndpoint)
declare global {
  interface HTMLElementTagNameMap {
    'console-endpoint': ConsoleEndpoint
  }
}
