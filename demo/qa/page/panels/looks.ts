/** How the element looks: its language, its theme, its own words. */
import { html, nothing, type TemplateResult } from 'lit'
import { live } from 'lit/directives/live.js'
import { valueOf } from '../fields.ts'
import { textsOf } from '../snippet.ts'
import { colours, languages, lengths, type Colour, type Length } from '../state.ts'
import { fold, type View } from './panel.ts'

const standardColours: Record<Colour, string> = {
  accent: '#2456d6',
  text: '#14171f',
  background: '#ffffff',
  surface: '#ffffff',
  border: '#868d9c',
  danger: '#b3261e',
  success: '#12804a',
}
const standardLengths: Record<Length, string> = {
  radius: '10',
  spacing: '20',
  'font-size': '16',
  'control-height': '48',
}

export function looksPanel({ seen: { state }, act, fields, text }: View): TemplateResult {
  const same = (list: readonly string[]) => list.map((one) => [one, one] as const)
  const hasTokens = [...colours, ...lengths, 'font' as const].some((name) => state[name] !== '')
  const content = html`<div class="pair">
      ${fields.select('lang', text.lang, same(languages), true)}
      ${fields.select('locale', text.locale, [['', text.asPage], ...same(languages)], true)}
    </div>
    ${fields.choice('scheme', text.scheme, Object.entries(text.schemes), true)}
    ${fields.choice('density', text.density, Object.entries(text.densities), true)}
    ${fields.choice('dir', text.dir, Object.entries(text.dirs), true)}
    ${fields.check('summary', text.summary, ['full', 'none'])} ${fields.check('button', text.button, ['none', 'frame'])}
    <fieldset class="tokens">
      <legend>${text.colours}</legend>
      ${colours.map(
        (name) =>
          html`<label
            ><input
              type="color"
              .value=${live(state[name] || standardColours[name])}
              @input=${(event: Event) => act.change({ [name]: valueOf(event) })}
            /><code>${name}</code></label
          >`,
      )}
    </fieldset>
    <fieldset class="tokens">
      <legend>${text.lengths}</legend>
      ${lengths.map(
        (name) =>
          html`<label
            ><input
              type="number"
              min="0"
              max="64"
              placeholder=${standardLengths[name]}
              .value=${live(state[name])}
              @input=${(event: Event) => act.change({ [name]: valueOf(event) })}
            /><code>${name}</code></label
          >`,
      )}
    </fieldset>
    ${fields.select('font', text.font, Object.entries(text.fonts), true)}
    ${
      hasTokens
        ? html`<button
            class="button small quiet"
            type="button"
            @click=${() => act.change(Object.fromEntries([...colours, ...lengths, 'font'].map((name) => [name, ''])))}
          >
            ${text.reset}
          </button>`
        : nothing
    }
    ${fields.field('texts', text.texts, { rows: 3, loads: true })}
    ${textsOf(state) ? nothing : html`<p class="warning" role="alert">${text.textsWrong}</p>`}`
  return fold({ id: 'looks', title: text.looks, content, note: state.locale || state.lang })
}
