/** A question that has to be answered before anything else: the browser's own dialog, which keeps the focus and hears Escape. */
import { html, nothing, type TemplateResult } from 'lit'
import type { App } from '../app.ts'
import { icon } from './icons.ts'
import { problem } from './notes.ts'

export type Dialog = {
  app: App
  heading: string
  body: unknown
  /** Its buttons, beside the one that closes it. */
  actions?: unknown
  failure?: unknown
  closed: () => void
  submit?: (event: SubmitEvent) => void
}

const close = (event: Event): void => (event.currentTarget as Element).closest('dialog')?.close()

export function dialog({ app, heading, body, actions, failure, closed, submit }: Dialog): TemplateResult {
  const { text } = app
  const send = (event: SubmitEvent): void => {
    event.preventDefault()
    submit?.(event)
  }
  return html`<dialog class="question" aria-labelledby="question" @close=${closed}>
    <form novalidate @submit=${send}>
      <header>
        <h2 id="question">${heading}</h2>
        <button class="bare" type="button" aria-label=${text.plain.close} @click=${close}>${icon('close')}</button>
      </header>
      <div class="inside">${body} ${problem(text, failure, text.problem.title)}</div>
      ${
        actions === undefined
          ? nothing
          : html`<footer>
              <button class="button quiet" type="button" @click=${close}>${text.plain.back}</button>
              ${actions}
            </footer>`
      }
    </form>
  </dialog>`
}
