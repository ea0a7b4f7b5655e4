import { html, nothing, type TemplateResult } from 'lit'
import type { WebhookEndpointView } from '../../../server/contract/resources.ts'
import { badge, when } from '../parts/bits.ts'
import { icon } from '../parts/icons.ts'
import { ListView } from '../parts/list-view.ts'
import type { Column } from '../parts/table.ts'
import { endpointForm, type NewEndpoint, secretNote } from './endpoint-form.ts'

type WithSecret = WebhookEndpointView & { secret: string | null }

/** Where events are sent. */
export class ConsoleEndpoints extends ListView<WebhookEndpointView> {
  static override properties = { secret: { state: true, attribute: false } }
  protected readonly section = 'webhooks'
  protected readonly source = '/v1/webhook-endpoints'
  /** Of the endpoint that was just made. */
  declare private secret: string | null

  constructor() {
    super()
    this.secret = null
  }

  protected override tools(): TemplateResult {
    return html`<button class="button small" type="button" @click=${() => this.ask('new')}>
      ${icon('plus')} ${this.app.text.webhooks.add}
    </button>`
  }

  protected override render(): TemplateResult {
    const { app, secret } = this
    return html`${secret === null ? nothing : secretNote(app, secret, () => (this.secret = null))} ${super.render()}
    ${
      this.asking === 'new'
        ? endpointForm({
            app,
            acting: this.acting,
            failure: this.failure,
            closed: this.dialogClosed,
            make: (wanted) => void this.#make(wanted),
          })
        : nothing
    }`
  }

  protected override emptyLine() {
    const { webhooks } = this.app.text
    return { title: webhooks.emptyTitle, line: webhooks.empty }
  }

  protected override columns(): Column<WebhookEndpointView>[] {
    const { app } = this
    const { text } = app
    return [
      {
        label: text.webhooks.url,
        cell: (row) => html`<span class="strong-text">${row.url}</span>`,
        grow: true,
        card: 'title',
      },
      { label: text.plain.status, cell: (row) => badge(app, row.status), card: 'side' },
      {
        label: text.webhooks.types,
        cell: (row) => (row.events.includes('*') ? text.webhooks.typesAll : html`<code>${row.events.join(' ')}</code>`),
      },
      {
        label: text.webhooks.failingSince,
        cell: (row) =>
          row.failing_since ? html`<span class="bad-text">${when(app, row.failing_since)}</span>` : nothing,
        wide: true,
      },
      { label: text.plain.createdAt, cell: (row) => when(app, row.created_at), end: true, wide: true, card: 'hide' },
    ]
  }

  async #make(wanted: NewEndpoint): Promise<void> {
    const { api, text } = this.app
    await this.act(async () => {
      this.secret = (await api.post<WithSecret>('/v1/webhook-endpoints', wanted)).secret
      await this.page.run()
    }, text.webhooks.created)
  }
}

customElements.define('console-endpoints', ConsoleEndpoints)
declare global {
  interface HTMLElementTagNameMap {
    'console-endpoints': ConsoleEndpoints
  }
}
