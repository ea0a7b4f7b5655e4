/** Every key that the console hears, on one card. */
import { html, type TemplateResult } from 'lit'
import type { App } from '../app.ts'
import { icon } from '../parts/icons.ts'
import { sectionKeys } from '../parts/keys.ts'
import { sections } from '../router.ts'

export function shortcuts({ text, me }: App, closed: () => void): TemplateResult {
  const words = text.shortcuts
  const line = (keys: TemplateResult, what: string) =>
    html`<div>
      <dt>${keys}</dt>
      <dd>${what}</dd>
    </div>`
  const close = (event: Event) => (event.currentTarget as Element).closest('dialog')?.close()
  return html`<dialog class="question shortcuts" aria-labelledby="shortcuts" @close=${closed}>
    <header>
      <h2 id="shortcuts">${words.title}</h2>
      <button class="bare" type="button" aria-label=${text.plain.close} @click=${close}>${icon('close')}</button>
    </header>
    <div class="inside">
      <dl class="keys">
        ${line(html`<kbd>/</kbd>`, words.search)} ${line(html`<kbd>?</kbd>`, words.help)}
        ${line(html`<kbd>j</kbd>`, words.next)} ${line(html`<kbd>k</kbd>`, words.former)}
        ${line(html`<kbd>Enter</kbd>`, words.open)} ${line(html`<kbd>Esc</kbd>`, words.close)}
      </dl>
      <dl class="keys">
        ${sections
          .filter((section) => me.test || section !== 'sandbox')
          .map((section) =>
            line(
              html`<kbd>g</kbd> <span>${words.after}</span> <kbd>${sectionKeys[section]}</kbd>`,
              text.sections[section],
            ),
          )}
      </dl>
    </div>
  </dialog>`
}
