import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { RequestView } from '../../../server/contract/console.ts'
import { copy, facts, httpStatus, idLink, idWhole, whole } from '../parts/bits.ts'
import { icon } from '../parts/icons.ts'
import { json } from '../parts/json.ts'
import { Loading } from '../parts/loading.ts'
import { bones, problem } from '../parts/notes.ts'
import { View } from '../parts/view.ts'
import { curlOf } from './curl.ts'

/** One request: its headers and bodies both ways, and what it was about. */
export class ConsoleRequestPane extends View {
  static override properties = { request: { attribute: false }, back: { attribute: false } }
  /** The id of the request. */
  declare request: string
  /** The address of the list. */
  declare back: string
  readonly #read = new Loading<RequestView>(this, (signal) =>
    this.app.api.get<RequestView>(`/console/api/requests/${encodeURIComponent(this.request)}`, {}, signal),
  )

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('request') || changed.has('app')) void this.#read.run({ afresh: true })
  }

  protected override render(): TemplateResult {
    const { app, back } = this
    const { text } = app
    const { value, problem: trouble } = this.#read
    return html`<div class="pane-top">
        <h2 tabindex="-1">
          ${value ? html`<code>${value.method} ${value.path.split('?')[0]}</code>` : text.requests.request}
        </h2>
        <a class="bare" href=${back} aria-label=${text.plain.close}>${icon('close')}</a>
      </div>
      ${problem(text, trouble, text.problem.read, () => void this.#read.run())}
      ${value ? this.#request(value) : trouble ? nothing : bones(text, 8)}`
  }

  #request(value: RequestView): TemplateResult {
    const { app } = this
    const { text, format } = app
    const words = text.requests
    // An answer that refuses names its request.
    const about = value.object_ids.filter((id) => id !== value.id)
    return html`<p class="pane-status">
        ${httpStatus(value.status)} <span>${format.count(Math.round(value.ms))} ms</span>
        <span>${words.callers[value.caller]}</span>
        <button class="button small quiet" type="button" @click=${() => void this.#copy(value)}>
          ${icon('copy')} ${words.curl}
        </button>
      </p>
      ${value.fault ? html`<p class="notice warn">${icon('alert')} ${words.faultWas(value.fault)}</p>` : nothing}
      ${
        value.error
          ? html`<p class="notice warn">
              <code>${value.error.code}</code>
              ${value.error.decline_code ? html`<code>${value.error.decline_code}</code>` : nothing}
              ${value.error.param ? html`<code>${value.error.param}</code>` : nothing}
            </p>`
          : nothing
      }
      ${facts([
        [words.when, whole(app, value.created_at)],
        [words.about, about.length > 0 ? html`<span class="ids">${about.map(idLink)}</span>` : null],
        [
          words.key,
          value.idempotency_key &&
            html`<code>${value.idempotency_key}</code>
              ${value.replayed ? html`<span class="badge busy">${words.replayed}</span>` : nothing}`,
        ],
        [text.plain.id, idWhole(app, value.id)],
      ])}
      ${this.#side(words.request, value.path, value.request)} ${this.#side(words.response, null, value.response)}`
  }

  #side(name: string, path: string | null, { headers, body }: RequestView['request']): TemplateResult {
    const { requests: words } = this.app.text
    const lines = Object.entries(headers)
    return html`<section class="exchange" aria-label=${name}>
      <h3>${name}</h3>
      ${path?.includes('?') ? html`<p class="query"><code>${path}</code></p>` : nothing}
      ${
        lines.length > 0
          ? html`<details>
              <summary>${words.headers} <span class="faint">${lines.length}</span></summary>
              <dl class="headers">
                ${lines.map(
                  ([header, value]) =>
                    html`<div>
                      <dt>${header}</dt>
                      <dd>${value}</dd>
                    </div>`,
                )}
              </dl>
            </details>`
          : nothing
      }
      ${body === null ? html`<p class="faint">${words.noBody}</p>` : json(body, `${name}: ${words.body}`)}
    </section>`
  }

  #copy = (value: RequestView): Promise<void> =>
    copy(this.app, curlOf(value, location.origin), this.app.text.requests.curlCopied)
}

customElements.define('console-request-pane', ConsoleRequestPane)
declare global {
  interface HTMLElementTagNameMap {
    'console-request-pane': ConsoleRequestPane
  }
}
