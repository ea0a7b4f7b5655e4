/** What happened: on one side what the element said, on the other what the server announced. */
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { ServerEvent } from '../backend.ts'
import type { Entry } from '../event-log.ts'
import type { Text } from '../text.ts'
import type { View } from './panel.ts'

export const logPanel = ({ seen, act, text, locale }: View): TemplateResult =>
  html`<section class="happened" aria-labelledby="log-title">
    <div class="tools">
      <div>
        <h2 id="log-title">${text.log}</h2>
        <p class="fine">${text.logHint}</p>
      </div>
      <button class="button small quiet" type="button" @click=${act.clearLog}>${text.clear}</button>
    </div>
    ${entriesOf(seen.entries, text, locale)}
  </section>`

function entriesOf(entries: readonly Entry[], text: Text, locale: string): TemplateResult {
  if (entries.length === 0) return html`<p class="fine">${text.nothingYet}</p>`
  const time = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  })
  return html`<div class="log-head" aria-hidden="true">
      <span>${text.element}</span><span>${text.time}</span><span>${text.server}</span>
    </div>
    <div class="log" role="log" tabindex="0" aria-label=${text.log}>
      <ol>
        ${repeat(
          entries,
          ({ id }) => id,
          (entry) =>
            html`<li class=${entry.from}>
              <time>${time.format(entry.at)}</time>
              ${
                entry.from === 'page'
                  ? html`<p><b>${text.newSession}</b> <code>${entry.session}</code></p>`
                  : entry.from === 'element'
                    ? said(text.element, entry.heard.type, brief(entry.heard.detail), entry.heard.detail)
                    : said(text.server, entry.event.type, briefly(entry.event), entry.event)
              }
            </li>`,
        )}
      </ol>
    </div>`
}

const said = (who: string, type: string, brief: string, whole: object): TemplateResult =>
  html`<details>
    <summary>
      <span class="unseen">${who}: </span><code>${type}</code>${brief ? html`<span>${brief}</span>` : nothing}
    </summary>
    <pre tabindex="0">${JSON.stringify(whole, null, 2)}</pre>
  </details>`

const brief = (detail: Record<string, unknown>): string =>
  Object.values(detail)
    .filter((value) => value !== null)
    .map(String)
    .join(' · ')

function briefly({ data, version }: ServerEvent): string {
  const { status, failure } = data.object as { status?: unknown; failure?: { decline_code?: unknown; code?: unknown } }
  const why = failure?.decline_code ?? failure?.code
  return [status, why, `v${version}`].filter((one) => typeof one === 'string').join(' · ')
}
