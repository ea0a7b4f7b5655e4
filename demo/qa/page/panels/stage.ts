/** The page of a shop, as wide as the tester wants it. */
import { html, nothing, type TemplateResult } from 'lit'
import { live } from 'lit/directives/live.js'
import { valueOf } from '../fields.ts'
import { shownAddress } from '../preview.ts'
import type { View } from './panel.ts'

export function stagePanel({ seen, act, frame, text }: View): TemplateResult {
  const { state, session } = seen
  const address = session ? shownAddress(seen, false) : ''
  const toWidth = (width: string) => act.set({ width })
  frame.style.inlineSize = `${Math.min(1200, Math.max(320, Number(state.width) || 480))}px`
  return html`<section class="stage" aria-labelledby="stage-title">
    <div class="tools">
      <h2 id="stage-title" tabindex="-1">${text.page}</h2>
      <div class="width">
        <label for="width">${text.width}</label>
        <input
          id="width"
          type="range"
          min="320"
          max="1200"
          step="10"
          .value=${live(state.width)}
          @input=${(event: Event) => toWidth(valueOf(event))}
        />
        <output for="width">${state.width} px</output>
        <span class="presets">
          ${['320', '400', '768', '1200'].map(
            (width) =>
              html`<button type="button" aria-pressed=${state.width === width} @click=${() => toWidth(width)}>
                ${width}
              </button>`,
          )}
        </span>
      </div>
      <div class="actions">
        <button class="button small quiet" type="button" ?disabled=${!session} @click=${act.reload}>
          ${text.again}
        </button>
        ${address ? html`<a class="button small quiet" href=${address} target="_blank" rel="noopener">${text.alone}</a>` : nothing}
      </div>
    </div>
    <div class="canvas">${frame}</div>
    <p class="fine which">${session ? text.made(session) : ''}</p>
  </section>`
}
