/** What a shop would write for what is seen, to be copied. */
import { html, type TemplateResult } from 'lit'
import { snippets } from '../snippet.ts'
import type { View } from './panel.ts'

export const snippetsPanel = ({ seen, act, data, text }: View): TemplateResult =>
  html`<section class="snippets" aria-labelledby="snippet-title">
    <h2 id="snippet-title">${text.snippet}</h2>
    ${snippets(seen.state, data.payments).map(
      ({ of, code }) =>
        html`<figure>
          <figcaption>
            ${text.places[of]}
            <button
              class="link"
              type="button"
              aria-label="${text.copy}: ${text.places[of]}"
              @click=${() => act.copy(of, code)}
            >
              ${seen.copied === of ? text.copied : text.copy}
            </button>
          </figcaption>
          <pre tabindex="0" aria-label=${text.places[of]}><code>${code}</code></pre>
        </figure>`,
    )}
  </section>`
