/** Fields of filters and forms, each with its label. */
import { html, nothing, type TemplateResult } from 'lit'

export type Choice = readonly [value: string, words: string]

/** A choice among few, whose label is heard and not seen. */
export const select = (of: {
  label: string
  value: string
  choices: readonly Choice[]
  change: (value: string) => void
}): TemplateResult =>
  html`<select
    class="field"
    aria-label=${of.label}
    .value=${of.value}
    @change=${(event: Event) => of.change((event.target as HTMLSelectElement).value)}
  >
    ${of.choices.map(
      ([value, words]) => html`<option value=${value} ?selected=${value === of.value}>${words}</option>`,
    )}
  </select>`

/** A few words that stand beside each other, one of them chosen. */
export const segments = (of: {
  label: string
  value: string
  choices: readonly Choice[]
  change: (value: string) => void
}): TemplateResult =>
  html`<div class="segments" role="group" aria-label=${of.label}>
    ${of.choices.map(
      ([value, words]) =>
        html`<button type="button" aria-pressed=${value === of.value} @click=${() => of.change(value)}>
          ${words}
        </button>`,
    )}
  </div>`

/** A field of a form, with a hint or what is wrong with it. */
export const labelled = (of: {
  id: string
  label: string
  control: TemplateResult
  hint?: string
  wrong?: string | undefined
}): TemplateResult =>
  html`<div class="labelled">
    <label for=${of.id}>${of.label}</label>
    ${of.control} ${of.wrong ? html`<p class="wrong" id="${of.id}-note" role="alert">${of.wrong}</p>` : nothing}
    ${!of.wrong && of.hint ? html`<p class="fine" id="${of.id}-note">${of.hint}</p>` : nothing}
  </div>`
