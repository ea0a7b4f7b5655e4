/** Faults on demand; nothing where the payment side has none. */
import { html, nothing, type TemplateResult } from 'lit'
import { fold, type View } from './panel.ts'

export function switchesPanel({ seen, act, fields, text }: View): TemplateResult | typeof nothing {
  const { switches, switchFailed } = seen
  if (!switches) return nothing
  const buttons = (kinds: string[]) =>
    html`<div class="actions">
      ${kinds.map(
        (kind) =>
          html`<button class="button small quiet" type="button" @click=${() => act.arm(kind)}>
            ${text.kinds[kind]}
          </button>`,
      )}
    </div>`
  const kinds = Object.keys(text.kinds)
  const content = html`<div class="pair">
      ${fields.field('times', text.times, { type: 'number', min: '1', max: '100' })}
      ${fields.field('delay', text.delay, { type: 'number', min: '1', max: '60000' })}
    </div>
    <p class="fine">${text.switchesHint}</p>
    ${buttons(kinds.filter((kind) => !kind.startsWith('webhook_')))}
    <p class="fine">${text.hooksHint}</p>
    ${buttons(kinds.filter((kind) => kind.startsWith('webhook_')))}
    ${switchFailed ? html`<p class="warning" role="alert">${text.switchFailed}</p>` : nothing}
    ${
      switches.length === 0
        ? nothing
        : html`<h3 id="armed">${text.armed}</h3>
            <ul class="armed" aria-labelledby="armed">
              ${switches.map(
                ({ id, kind, left, times }) =>
                  html`<li class=${left > 0 ? '' : 'spent'}>
                    <span><b>${text.kinds[kind] ?? kind}</b> <span class="fine">${text.left(left, times)}</span></span>
                    <button
                      class="link"
                      type="button"
                      aria-label=${text.disarm(text.kinds[kind] ?? kind)}
                      @click=${() => act.disarm(id)}
                    >
                      ×
                    </button>
                  </li>`,
              )}
            </ul>
            <button class="button small quiet" type="button" @click=${() => act.disarmAll()}>${text.disarmAll}</button>`
    }`
  const count = switches.filter(({ left }) => left > 0).length
  const note = count > 0 ? `${text.armed}: ${count}` : ''
  return fold({ id: 'switches', title: text.switches, content, note })
}
