/** The Content-Security-Policy of the page that is shown, and what broke it. */
import { html, nothing, type TemplateResult } from 'lit'
import { fold, type View } from './panel.ts'

export function policyPanel({ seen, act, fields, data, text }: View): TemplateResult {
  const { state, violations } = seen
  const content = html`${fields.check('csp', text.cspOn, ['on', 'off'])}
    ${fields.field('policy', text.cspField, { rows: 9, loads: true, hint: text.cspHint })}
    ${
      state.policy === data.policy
        ? nothing
        : html`<button class="button small quiet" type="button" @click=${() => act.change({ policy: data.policy })}>
            ${text.cspReset}
          </button>`
    }
    <h3 id="violations">${text.violations}</h3>
    ${
      violations.length === 0
        ? html`<p class="fine">${text.none}</p>`
        : html`<ul class="violations" aria-labelledby="violations">
            ${violations.map(
              ({ directive, blocked, source, line, count }) =>
                html`<li>
                  <code>${directive}</code> <span>${blocked}</span>${count > 1 ? html` <b>× ${count}</b>` : nothing}
                  ${source ? html`<span class="fine">${source}${line ? `:${line}` : ''}</span>` : nothing}
                </li>`,
            )}
          </ul>`
    }`
  const note = violations.length > 0 ? `${text.violations}: ${violations.length}` : ''
  return fold({ id: 'policy', title: text.csp, content, note })
}
