/** The session that a shop would open. */
import { html, nothing, type TemplateResult } from 'lit'
import { fold, type View } from './panel.ts'

export function sessionPanel({ seen, act, fields, text, isWide }: View): TemplateResult {
  const { state, isMaking, refusal } = seen
  const problems = refusal?.errors ?? []
  const content = html`<form
    novalidate
    @submit=${(event: Event) => {
      event.preventDefault()
      void act.make()
    }}
  >
    ${fields.choice('mode', text.mode, [
      ['payment', text.payment],
      ['subscription', text.subscription],
    ])}
    <div class="pair">
      ${fields.field('amount', text.amount)}
      ${fields.choice('currency', text.currency, [
        ['CRC', 'CRC'],
        ['USD', 'USD'],
      ])}
    </div>
    ${
      state.mode === 'subscription'
        ? html`<div class="pair">
            ${fields.select('interval', text.interval, Object.entries(text.intervals))}
            ${fields.field('trial', text.trial, { type: 'number', min: '0', max: '365' })}
          </div>`
        : nothing
    }
    ${fields.field('description', text.description)} ${fields.field('items', text.items, { rows: 2 })}
    <div class="pair">
      ${fields.field('minutes', text.minutes, { type: 'number', hint: text.minutesHint, min: '30', max: '1440' })}
      ${fields.field('email', text.email, { hint: text.emailHint })}
    </div>
    ${fields.field('returns', text.returns)} ${fields.check('leaves', text.leaves, ['yes', 'no'], false)}
    ${fields.field('namespace', text.namespace, { hint: text.namespaceHint })}
    ${
      refusal
        ? html`<div class="warning" role="alert">
            <p><b>${refusal.title || text.refused}</b> ${problems.length > 0 ? nothing : refusal.content}</p>
            ${
              problems.length > 0
                ? html`<ul>
                    ${problems.map(({ field, message }) => html`<li><code>${field}</code> ${message}</li>`)}
                  </ul>`
                : nothing
            }
          </div>`
        : nothing
    }
    <button class="button" ?disabled=${isMaking}>${isMaking ? text.making : text.make}</button>
  </form>`
  const note = `${state.amount} ${state.currency}`
  return fold({ id: 'session', title: text.session, content, note, open: isWide })
}
