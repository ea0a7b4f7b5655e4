/** What happened to a payment, in the order in which it happened. */
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { TimelineEntry, TimelineView } from '../../../server/contract/console.ts'
import type { WebhookDeliveryView } from '../../../server/contract/resources.ts'
import type { App } from '../app.ts'
import { shortPath } from '../format.ts'
import { badge, cardText, httpStatus, when } from '../parts/bits.ts'
import { icon, type IconName } from '../parts/icons.ts'
import { json } from '../parts/json.ts'
import { pathOf } from '../router.ts'

type Shown = { icon: IconName; tone: string; title: unknown; side?: unknown; more?: unknown; href?: string }

const icons: Record<TimelineEntry['kind'], IconName> = {
  request: 'requests',
  event: 'events',
  attempt: 'payments',
  challenge: 'shield',
  refund: 'refunds',
  delivery: 'webhooks',
}

const keyOf = (entry: TimelineEntry): string => {
  switch (entry.kind) {
    case 'request':
      return entry.request.id
    case 'event':
      return entry.event.id
    case 'attempt':
      return entry.attempt.id
    case 'challenge':
      return entry.challenge.id
    case 'refund':
      return entry.refund.id
    case 'delivery':
      return entry.delivery.id
  }
}

export function timeline(
  app: App,
  { entries }: TimelineView,
  replay: (delivery: Pick<WebhookDeliveryView, 'id'>) => void,
): TemplateResult {
  if (entries.length === 0) return html`<p class="faint">${app.text.timeline.empty}</p>`
  return html`<ol class="timeline">
    ${repeat(entries, keyOf, (entry) => {
      const shown = show(app, entry, replay)
      return html`<li class="t-${entry.kind} ${shown.tone}" data-kind=${entry.kind}>
        <span class="t-icon">${icon(shown.icon)}</span>
        <div class="t-body">
          <p class="t-line">
            <span class="t-kind">${app.text.timeline.kinds[entry.kind]}</span>
            <span class="t-title">${shown.href ? html`<a href=${shown.href}>${shown.title}</a>` : shown.title}</span>
            <span class="t-side">${shown.side}</span>
            <span class="t-when">${when(app, entry.at)}</span>
          </p>
          ${shown.more ?? nothing}
        </div>
      </li>`
    })}
  </ol>`
}

function show(app: App, entry: TimelineEntry, replay: (delivery: Pick<WebhookDeliveryView, 'id'>) => void): Shown {
  const { text, format } = app
  const kind = { icon: icons[entry.kind] }
  switch (entry.kind) {
    case 'request': {
      const { request } = entry
      const failed = request.error?.decline_code ?? request.error?.code
      return {
        ...kind,
        tone: request.status >= 500 ? 'bad' : request.status >= 400 ? 'warn' : 'calm',
        title: html`<code title=${request.path}>${request.method} ${shortPath(request.path)}</code>`,
        side: httpStatus(request.status),
        href: pathOf('requests', request.id),
        more: html`<p class="fine">
          ${text.requests.callers[request.caller]} · ${format.count(Math.round(request.ms))} ms
          ${failed ? html` · <code>${failed}</code>` : nothing}
          ${request.replayed ? html` · ${text.requests.replayed}` : nothing}
          ${request.fault ? html` · ${text.requests.faultWas(request.fault)}` : nothing}
        </p>`,
      }
    }
    case 'event':
      return {
        ...kind,
        tone: /failed|expired|canceled/.test(entry.event.type) ? 'warn' : 'calm',
        title: html`<code>${entry.event.type}</code>`,
        href: pathOf('events', entry.event.id),
        more: html`<details>
          <summary>${text.timeline.details}</summary>
          ${json(entry.event, entry.event.type)}
        </details>`,
      }
    case 'attempt': {
      const { attempt } = entry
      const reason = attempt.failure && (attempt.failure.decline_code ?? attempt.failure.code)
      return {
        ...kind,
        tone: attempt.status === 'succeeded' ? 'good' : attempt.failure ? 'bad' : 'calm',
        title: attempt.card ? text.timeline.attempt(cardText(attempt.card)) : text.timeline.attemptNoCard,
        side: badge(app, attempt.status),
        more: reason
          ? html`<p class="fine">${text.declines[reason] ?? attempt.failure?.message} · <code>${reason}</code></p>`
          : nothing,
      }
    }
    case 'challenge':
      return { ...kind, tone: 'calm', title: text.timeline.challenge, side: badge(app, entry.challenge.status) }
    case 'refund': {
      const { refund } = entry
      return {
        ...kind,
        tone: refund.status === 'failed' ? 'bad' : 'good',
        title: text.timeline.refund(format.minor(refund.amount, refund.currency)),
        side: badge(app, refund.status),
        href: pathOf('refunds', refund.id),
        more: refund.reason ? html`<p class="fine">${reasonText(app, refund.reason)}</p>` : nothing,
      }
    }
    case 'delivery': {
      const { delivery } = entry
      return {
        ...kind,
        tone: delivery.status === 'succeeded' ? 'good' : delivery.status === 'failed' ? 'bad' : 'calm',
        title: html`<code>${entry.event_type}</code>`,
        side: badge(app, delivery.status),
        href: pathOf('deliveries', delivery.id),
        more: html`<p class="fine with-action">
          <span>
            ${text.timeline.to(entry.url)} · ${text.timeline.tries(delivery.attempt_count)}
            ${
              delivery.next_attempt_at
                ? html` · ${text.timeline.nextTry(format.moment(delivery.next_attempt_at, new Date()))}`
                : nothing
            }
          </span>
          <button class="link" type="button" @click=${() => replay(delivery)}>${text.deliveries.replay}</button>
        </p>`,
      }
    }
  }
}

/** A reason in the reader's words, where it is one of those that the console offers. */
export function reasonText({ text }: Pick<App, 'text'>, reason: string): string {
  const known: Record<string, string> = text.refund.reasons
  return reason !== 'other' && Object.hasOwn(known, reason) ? known[reason]! : reason
}
