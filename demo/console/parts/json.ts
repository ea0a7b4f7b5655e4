/** A value as JSON, indented and coloured, with links at the ids of what has a page. Everything is text: nothing of it becomes markup. */
import { html, type TemplateResult } from 'lit'
import { pathOfId } from '../router.ts'

const token = /("(?:\\.|[^"\\])*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/g

/** More than this is drawn in one colour: a token each would hold up the page. */
const mostColoured = 40_000

export function json(value: unknown, label: string): TemplateResult {
  const written = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  const content = typeof value === 'string' || written.length > mostColoured ? written : coloured(written)
  // Prettier would add lines of its own to what stands between the tags.
  // prettier-ignore
  return html`<pre class="json" tabindex="0" role="region" aria-label=${label}>${content}</pre>`
}

function coloured(written: string): unknown[] {
  const parts: unknown[] = []
  let from = 0
  for (const match of written.matchAll(token)) {
    parts.push(written.slice(from, match.index))
    from = match.index + match[0].length
    const [all, string, colon] = match
    if (string === undefined) parts.push(html`<span class="j-plain">${all}</span>`)
    else if (colon !== undefined) parts.push(html`<span class="j-name">${string}</span>`, colon)
    else parts.push(text(string))
  }
  parts.push(written.slice(from))
  return parts
}

function text(quoted: string): TemplateResult {
  const inside = quoted.slice(1, -1)
  const path = /^[a-z]{2,4}_[\w-]{8,}$/.test(inside) ? pathOfId(inside) : undefined
  return path
    ? html`<span class="j-text">"<a href=${path}>${inside}</a>"</span>`
    : html`<span class="j-text">${quoted}</span>`
}
