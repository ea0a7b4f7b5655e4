/** What is shown in the place of content: while it comes, when there is none, when it could not be had. */
import { html, nothing, type TemplateResult } from 'lit'
import { ApiProblem, Unreachable } from '../api.ts'
import type { Text } from '../text/index.ts'
import { icon, type IconName } from './icons.ts'

/** What went wrong, in a sentence, with the request by which support finds it. */
export function problem(
  text: Text,
  error: unknown,
  title: string,
  retry?: () => void,
): TemplateResult | typeof nothing {
  if (!error) return nothing
  const { sentence, requestId, fields } = explain(text, error)
  return html`<div class="problem" role="alert">
    ${icon('alert')}
    <div>
      <p class="strong">${title}</p>
      <p>${sentence}</p>
      ${fields.map(({ field, message }) => html`<p><code>${field}</code> ${message}</p>`)}
      ${requestId ? html`<p class="fine">${text.problem.request(requestId)}</p>` : nothing}
      ${retry && !(error instanceof ApiProblem && error.status === 404) ? html`<button type="button" class="button small" @click=${retry}>${text.plain.retry}</button>` : nothing}
    </div>
  </div>`
}

function explain(text: Text, error: unknown) {
  if (error instanceof Unreachable) return { sentence: text.problem.unreachable, requestId: null, fields: [] }
  if (!(error instanceof ApiProblem)) {
    return { sentence: error instanceof Error ? error.message : text.problem.unknown, requestId: null, fields: [] }
  }
  const sentence = error.status === 404 ? text.problem.missing : error.message || text.problem.unknown
  return { sentence, requestId: error.requestId, fields: error.fields }
}

/** Nothing to show, and what to do about it. */
export function empty(of: {
  icon: IconName
  title: string
  line: string
  action?: TemplateResult | typeof nothing
}): TemplateResult {
  return html`<div class="empty">
    <div class="empty-icon">${icon(of.icon)}</div>
    <h2>${of.title}</h2>
    <p>${of.line}</p>
    ${of.action ?? nothing}
  </div>`
}

/** As many grey lines as there will be rows, so that nothing jumps when they come. */
export const bones = (text: Text, rows: number): TemplateResult =>
  html`<div class="bones" role="status" aria-label=${text.plain.loading}>
    ${Array.from({ length: rows }, () => html`<span></span>`)}
  </div>`
