/** What happened, from both sides, in the order of time. */
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { ServerEvent } from './backend.ts'
import type { Heard } from './preview.ts'
import type { Text } from './text.ts'

type Entry =
  | { from: 'element'; id: string; at: number; heard: Heard }
  | { from: 'server'; id: string; at: number; event: ServerEvent }
  | { from: 'page'; id: string; at: number; session: string }

export function eventLog() {
  let entries: Entry[] = []
  const known = new Set<string>()
  let count = 0
  const add = (entry: Entry) => {
    const later = entries.findIndex(({ at }) => at > entry.at)
    if (later < 0) entries.push(entry)
    else entries.splice(later, 0, entry)
  }
  return {
    hear: (heard: Heard, at: number) => add({ from: 'element', id: `e${++count}`, at, heard }),
    begin: (session: string, at: number) => add({ from: 'page', id: `p${++count}`, at, session }),
    /** Those that are not known yet. On a clock of its own the server's time says nothing about ours: then it is when it was seen. */
    announce(events: readonly ServerEvent[], clock: { own: boolean } | null, seen: number): boolean {
      const fresh = events.filter(({ id }) => !known.has(id))
      for (const event of fresh) {
        known.add(event.id)
        add({ from: 'server', id: event.id, at: clock?.own ? seen : Date.parse(event.created_at), event })
      }
      return fresh.length > 0
    },
    clear: () => void (entries = []),
    view: (text: Text, locale: string): TemplateResult => view(entries, text, locale),
  }
}

function view(entries: readonly Entry[], text: Text, locale: string): TemplateResult {
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
