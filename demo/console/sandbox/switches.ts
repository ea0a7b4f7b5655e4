import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { List, WebhookEndpointView } from '../../../server/contract/resources.ts'
import { type SwitchKind, switchKinds, type SwitchView } from '../../../server/contract/sandbox.ts'
import { shortId } from '../format.ts'
import { labelled } from '../parts/fields.ts'
import { Every, Loading } from '../parts/loading.ts'
import { problem } from '../parts/notes.ts'
import { View } from '../parts/view.ts'

type Target = 'all' | 'key' | 'session' | 'endpoint'

const path = '/v1/sandbox/switches'
const everyMs = 2000

const isWebhook = (kind: SwitchKind): boolean => kind.startsWith('webhook_')
const waits = (kind: SwitchKind): boolean => kind === 'delay' || kind === 'webhook_delay'

/** Makes the next requests, or webhooks, go wrong. */
export class ConsoleSwitches extends View {
  static override properties = { kind: { state: true, attribute: false }, target: { state: true, attribute: false } }
  declare private kind: SwitchKind
  declare private target: Target
  readonly #read = new Loading<SwitchView[]>(
    this,
    async (signal) => (await this.app.api.get<{ items: SwitchView[] }>(path, {}, signal)).items,
  )
  readonly #endpoints = new Loading<WebhookEndpointView[]>(
    this,
    async (signal) =>
      (await this.app.api.get<List<WebhookEndpointView>>('/v1/webhook-endpoints', { limit: 100 }, signal)).items,
  )
  readonly polling = new Every(this, everyMs, () => this.#read.run())

  constructor() {
    super()
    this.kind = 'delay'
    this.target = 'all'
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('app')) return
    void this.#read.run()
    void this.#endpoints.run()
  }

  protected override render(): TemplateResult {
    const { app } = this
    const { text } = app
    const words = text.switches
    const { value, problem: trouble } = this.#read
    return html`<section class="card" aria-labelledby="switches">
      <div class="card-top">
        <div>
          <h2 id="switches">${words.title}</h2>
          <p class="fine">${words.lead}</p>
        </div>
      </div>
      ${problem(text, trouble, text.problem.read)}
      <form class="switch-form" @submit=${this.#make}>${this.#fields()}</form>
      ${problem(text, this.failure, text.problem.title)} ${value ? this.#set(value) : nothing}
    </section>`
  }

  #fields(): TemplateResult {
    const { switches: words } = this.app.text
    const { kind, target } = this
    const targets: Target[] = isWebhook(kind) ? ['all', 'endpoint'] : ['all', 'key', 'session']
    return html`${labelled({
        id: 'switch-kind',
        label: words.kind,
        control: html`<select id="switch-kind" class="field" @change=${this.#chooseKind}>
          ${switchKinds.map((one) => html`<option value=${one} ?selected=${one === kind}>${words.kinds[one]}</option>`)}
        </select>`,
      })}
      ${labelled({
        id: 'switch-times',
        label: words.times,
        control: html`<input
          id="switch-times"
          name="times"
          class="field"
          type="number"
          min="1"
          max="1000"
          value="1"
        />`,
      })}
      ${
        waits(kind)
          ? labelled({
              id: 'switch-delay',
              label: words.delay,
              control: html`<input
                id="switch-delay"
                name="delay_ms"
                class="field"
                type="number"
                min="1"
                max="60000"
                value="3000"
              />`,
            })
          : nothing
      }
      ${labelled({
        id: 'switch-target',
        label: words.target,
        control: html`<select id="switch-target" class="field" @change=${this.#chooseTarget}>
          ${targets.map((one) => html`<option value=${one} ?selected=${one === target}>${words.targets[one]}</option>`)}
        </select>`,
      })}
      ${
        target === 'session'
          ? labelled({
              id: 'switch-id',
              label: words.session,
              control: html`<input
                id="switch-id"
                name="id"
                class="field"
                autocomplete="off"
                spellcheck="false"
                placeholder="cs_test_…"
              />`,
            })
          : nothing
      }
      ${
        target === 'endpoint'
          ? labelled({
              id: 'switch-id',
              label: words.endpoint,
              control: html`<select id="switch-id" name="id" class="field">
                ${this.#endpoints.value?.map((one) => html`<option value=${one.id}>${one.url}</option>`)}
              </select>`,
            })
          : nothing
      } <button class="button" ?disabled=${this.acting}>${words.make}</button>`
  }

  #set(items: SwitchView[]): TemplateResult {
    const { switches: words } = this.app.text
    if (items.length === 0) return html`<p class="faint">${words.none}</p>`
    return html`<div class="card-top">
        <h3>${words.active}</h3>
        <button class="button small quiet" type="button" ?disabled=${this.acting} @click=${() => this.#remove(null)}>
          ${words.removeAll}
        </button>
      </div>
      <ul class="lines switch-list">
        ${items.map(
          (one) =>
            html`<li class=${one.left === 0 ? 'spent' : ''}>
              <span>
                <b>${words.kinds[one.kind]}</b>
                <span class="faint">
                  ${words.left(one.left, one.times)}${one.delay_ms ? ` · ${one.delay_ms} ms` : ''}${one.method || one.path ? ` · ${one.method ?? ''} ${one.path ?? ''}` : ''}
                  ${this.#targetOf(one)}
                </span>
              </span>
              <button class="link" type="button" ?disabled=${this.acting} @click=${() => this.#remove(one.id)}>
                ${words.remove}
              </button>
            </li>`,
        )}
      </ul>`
  }

  #targetOf({ target }: SwitchView): TemplateResult | typeof nothing {
    const id = target.session_id ?? target.endpoint_id ?? target.key_id
    return id ? html`· <code title=${id}>${shortId(id)}</code>` : nothing
  }

  #chooseKind = (event: Event): void => {
    this.kind = (event.target as HTMLSelectElement).value as SwitchKind
    this.target = 'all'
  }

  #chooseTarget = (event: Event): void => {
    this.target = (event.target as HTMLSelectElement).value as Target
  }

  #make = (event: SubmitEvent): void => {
    event.preventDefault()
    const { api, text, me } = this.app
    const { kind, target } = this
    const data = new FormData(event.target as HTMLFormElement)
    const id = data.get('id')
    const name = { all: null, key: 'key_id', session: 'session_id', endpoint: 'endpoint_id' }[target]
    const body = {
      kind,
      times: Number(data.get('times')),
      ...(waits(kind) && { delay_ms: Number(data.get('delay_ms')) }),
      ...(name !== null && {
        target: { [name]: target === 'key' ? me.key.id : typeof id === 'string' ? id.trim() : '' },
      }),
    }
    void this.act(() => api.post(path, body), text.switches.made).then(() => this.#read.run())
  }

  #remove(id: string | null): void {
    const { api, text } = this.app
    const where = id === null ? path : `${path}/${encodeURIComponent(id)}`
    void this.act(() => api.delete(where), text.switches.removed).then(() => this.#read.run())
  }
}

customElements.define('console-switches', ConsoleSwitches)
declare global {
  interface HTMLElementTagNameMap {
    'console-switches': ConsoleSwitches
  }
}
