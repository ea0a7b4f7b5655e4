/** The fields of the panels: each shows one thing that a tester sets, and changes it. */
import { html, nothing, type TemplateResult } from 'lit'
import { live } from 'lit/directives/live.js'
import type { Actions } from './bench.ts'
import type { State } from './state.ts'

type Name = keyof State
type Options = readonly (readonly [value: string, words: string])[]
type Field = { hint?: string; type?: string; rows?: number; loads?: boolean; min?: string; max?: string }

export type Fields = ReturnType<typeof fieldsOf>

export const valueOf = (event: Event): string => (event.target as HTMLInputElement).value

/** What `loads` is seen in the page that is shown only when that is loaded anew. */
export function fieldsOf(state: State, { set, change }: Pick<Actions, 'set' | 'change'>) {
  const take = (name: Name, value: string, loads: boolean): void => (loads ? change : set)({ [name]: value })

  return {
    /** Of one line, or of `rows`. */
    field(
      name: Name,
      label: string,
      { hint, type = 'text', rows, loads = false, min, max }: Field = {},
    ): TemplateResult {
      const id = `f-${name}`
      const onInput = (event: Event) => take(name, valueOf(event), loads)
      return html`<div class="field">
        <label for=${id}>${label}</label>
        ${
          rows
            ? html`<textarea
                id=${id}
                rows=${rows}
                spellcheck="false"
                aria-describedby=${hint ? `${id}-hint` : nothing}
                .value=${live(state[name])}
                @input=${onInput}
              ></textarea>`
            : html`<input
                id=${id}
                type=${type}
                min=${min ?? nothing}
                max=${max ?? nothing}
                autocomplete="off"
                spellcheck="false"
                aria-describedby=${hint ? `${id}-hint` : nothing}
                .value=${live(state[name])}
                @input=${onInput}
              />`
        }
        ${hint ? html`<p class="fine" id="${id}-hint">${hint}</p>` : nothing}
      </div>`
    },

    select(name: Name, label: string, options: Options, loads = false): TemplateResult {
      const id = `f-${name}`
      return html`<div class="field">
        <label for=${id}>${label}</label>
        <select id=${id} @change=${(event: Event) => take(name, valueOf(event), loads)}>
          ${options.map(([value, words]) => html`<option value=${value} ?selected=${state[name] === value}>${words}</option>`)}
        </select>
      </div>`
    },

    /** Two or three words of which one holds. */
    choice(name: Name, label: string, options: Options, loads = false): TemplateResult {
      return html`<fieldset class="choice">
        <legend>${label}</legend>
        <div>
          ${options.map(
            ([value, words]) =>
              html`<label
                ><input
                  type="radio"
                  name=${name}
                  value=${value}
                  .checked=${live(state[name] === value)}
                  @change=${() => take(name, value, loads)}
                /><span>${words}</span></label
              >`,
          )}
        </div>
      </fieldset>`
    },

    check(name: Name, label: string, [on, off]: readonly [on: string, off: string], loads = true): TemplateResult {
      return html`<label class="check"
        ><input
          type="checkbox"
          .checked=${live(state[name] === on)}
          @change=${(event: Event) => take(name, (event.target as HTMLInputElement).checked ? on : off, loads)}
        /><span>${label}</span></label
      >`
    },
  }
}
