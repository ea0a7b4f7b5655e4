/** The sandbox's cards, by what they do: one click fills the form with one. */
import { html, nothing, type TemplateResult } from 'lit'
import { cardName, groupNames } from '../card-names.ts'
import { valueOf } from '../fields.ts'
import { fold, type View } from './panel.ts'

export function cardsPanel({ seen, act, data, text, isWide }: View): TemplateResult {
  const { state, wanted, cardSaid } = seen
  const words = wanted.trim().toLowerCase()
  const named = data.cards.map((card) => ({ ...card, title: cardName(card, data.language) }))
  const found = named.filter(({ title, name, last4, code, brand }) =>
    [title, name, last4, code ?? '', brand].some((one) => one.toLowerCase().includes(words)),
  )
  const groups = [...new Set(found.map(({ group }) => group))]
  const content = html`<p class="fine">${text.cardsHint}</p>
    <div class="field">
      <label for="find">${text.find}</label>
      <input
        id="find"
        type="search"
        autocomplete="off"
        .value=${wanted}
        @input=${(event: Event) => act.find(valueOf(event))}
      />
      <p class="fine" role="status">${cardSaid || text.found(found.length)}</p>
    </div>
    <div class="cards" tabindex="0" role="region" aria-label=${text.cards}>
      ${groups.map(
        (group) =>
          html`<h3 id="g-${group}">${groupNames[group][data.language]}</h3>
            <ul aria-labelledby="g-${group}">
              ${found
                .filter((card) => card.group === group)
                .map(
                  ({ name, title, last4, does, code, only }) =>
                    html`<li>
                      <button type="button" aria-pressed=${state.card === name} @click=${() => act.choose(name, title)}>
                        <span class="title">${title}</span>
                        <span class="end">•• ${last4}</span>
                        <span class="does ${does}"
                          >${text.does[does]}${code ? html` <code>${code}</code>` : nothing}${only ? ` ${text.only[only]}` : nothing}</span
                        >
                      </button>
                    </li>`,
                )}
            </ul>`,
      )}
    </div>`
  return fold({ id: 'cards', title: text.cards, content, note: state.card, open: isWide })
}
