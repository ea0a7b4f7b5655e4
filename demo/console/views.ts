/** Which element shows which place. */
import { html, type TemplateResult } from 'lit'
import type { App } from './app.ts'
import { empty } from './parts/notes.ts'
import { type Place, pathOf } from './router.ts'
import './customers/customer.ts'
import './customers/customers.ts'
import './events/events.ts'
import './overview/overview.ts'
import './payments/payment.ts'
import './payments/payments.ts'
import './refunds/refund.ts'
import './refunds/refunds.ts'
import './requests/requests.ts'
import './sandbox/sandbox.ts'
import './sessions/session.ts'
import './sessions/sessions.ts'
import './subscriptions/invoice.ts'
import './subscriptions/invoices.ts'
import './subscriptions/subscription.ts'
import './subscriptions/subscriptions.ts'
import './webhooks/deliveries.ts'
import './webhooks/endpoint.ts'
import './webhooks/endpoints.ts'

export function viewOf(app: App, place: Place): TemplateResult {
  const one = place.id !== null
  switch (place.section) {
    case 'overview':
      return html`<console-overview .app=${app} .place=${place}></console-overview>`
    case 'requests':
      return html`<console-requests .app=${app} .place=${place}></console-requests>`
    case 'events':
      return html`<console-events .app=${app} .place=${place}></console-events>`
    case 'deliveries':
      return html`<console-deliveries .app=${app} .place=${place}></console-deliveries>`
    case 'payments':
      return one
        ? html`<console-payment .app=${app} .place=${place}></console-payment>`
        : html`<console-payments .app=${app} .place=${place}></console-payments>`
    case 'sessions':
      return one
        ? html`<console-session .app=${app} .place=${place}></console-session>`
        : html`<console-sessions .app=${app} .place=${place}></console-sessions>`
    case 'subscriptions':
      return one
        ? html`<console-subscription .app=${app} .place=${place}></console-subscription>`
        : html`<console-subscriptions .app=${app} .place=${place}></console-subscriptions>`
    case 'invoices':
      return one
        ? html`<console-invoice .app=${app} .place=${place}></console-invoice>`
        : html`<console-invoices .app=${app} .place=${place}></console-invoices>`
    case 'customers':
      return one
        ? html`<console-customer .app=${app} .place=${place}></console-customer>`
        : html`<console-customers .app=${app} .place=${place}></console-customers>`
    case 'refunds':
      return one
        ? html`<console-refund .app=${app} .place=${place}></console-refund>`
        : html`<console-refunds .app=${app} .place=${place}></console-refunds>`
    case 'webhooks':
      return one
        ? html`<console-endpoint .app=${app} .place=${place}></console-endpoint>`
        : html`<console-endpoints .app=${app} .place=${place}></console-endpoints>`
    case 'sandbox':
      return html`<console-sandbox .app=${app} .place=${place}></console-sandbox>`
    case 'missing':
      return html`<section class="view">
        <h1 tabindex="-1">${app.text.sections.missing}</h1>
        ${empty({
          icon: 'missing',
          title: app.text.sections.missing,
          line: app.text.problem.nothingHere,
          action: html`<a class="button" href=${pathOf('overview')}>${app.text.problem.toOverview}</a>`,
        })}
      </section>`
  }
}
