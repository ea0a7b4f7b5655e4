/** The whole page around the panels. */
import { html, nothing, type TemplateResult } from 'lit'
import { mark } from '../../shop/page/art.ts'
import { cardsPanel } from './panels/cards.ts'
import { clockPanel } from './panels/clock.ts'
import { logPanel } from './panels/log.ts'
import { looksPanel } from './panels/looks.ts'
import type { View } from './panels/panel.ts'
import { policyPanel } from './panels/policy.ts'
import { sessionPanel } from './panels/session.ts'
import { snippetsPanel } from './panels/snippets.ts'
import { stagePanel } from './panels/stage.ts'
import { switchesPanel } from './panels/switches.ts'

export function wholePage(view: View): TemplateResult {
  const { seen, act, data, text } = view
  return html`<a class="skip" href="#stage-title">${text.skip}</a>
    <header class="top">
      <a class="brand" href="/"
        >${mark}<span>Tostadora <b>Barú</b></span></a
      >
      <nav aria-label=${text.language}>
        ${(['es', 'en'] as const).map(
          (code) =>
            html`<a
              href="?lang=${code}${location.hash}"
              lang=${code}
              hreflang=${code}
              aria-label=${code === 'es' ? 'ES, español' : 'EN, English'}
              aria-current=${code === data.language ? 'true' : nothing}
              >${code.toUpperCase()}</a
            >`,
        )}
      </nav>
    </header>
    <main>
      <div class="title">
        <div>
          <h1>${text.title}</h1>
          <p>${text.lead}</p>
        </div>
        <button class="button small" type="button" @click=${() => act.copy('link', location.href)}>
          ${seen.copied === 'link' ? text.copied : text.copyLink}
        </button>
      </div>
      <div class="bench">
        ${stagePanel(view)}
        <div class="parts">
          ${sessionPanel(view)} ${cardsPanel(view)} ${looksPanel(view)} ${policyPanel(view)} ${clockPanel(view)}
          ${switchesPanel(view)}
        </div>
        <div class="below">${logPanel(view)} ${snippetsPanel(view)}</div>
      </div>
    </main>
    <p class="unseen" role="status">${seen.said}</p>`
}
