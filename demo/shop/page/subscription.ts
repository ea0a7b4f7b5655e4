/** The page of an order that is a subscription: how it stands, what it cost, and what its buyer can do about it. */
import { html, nothing, type TemplateResult } from 'lit'
import { club, type Language } from '../catalogue.ts'
import { setEnding, type Invoice, type OrderRecord, type Subscription } from './backend.ts'
import { clockPanel } from './clock.ts'
import { localeOf } from './data.ts'
import { type Scene } from './layout.ts'

let acting = false

/** `again` reads the subscription anew. */
export function subscriptionPage(
  scene: Scene,
  order: OrderRecord,
  subscription: Subscription,
  again: () => Promise<void>,
): TemplateResult {
  const { text, language, money } = scene
  const { status, card, invoices, clock } = subscription
  const isOver = status === 'canceled' || status === 'incomplete_expired'
  const [title, line] = words(scene, subscription)
  const cardPage = `/orders/${encodeURIComponent(order.reference)}/card`

  async function end(wanted: boolean): Promise<void> {
    if (acting) return
    acting = true
    await setEnding(order.reference, wanted)
    await again()
    acting = false
  }

  return html`<article class="paid club">
    <header>
      ${status === 'past_due' ? warning : tick(isOver)}
      <h1>${title}</h1>
      <p>${line}</p>
      ${status === 'past_due' ? html`<a class="button" href=${cardPage}>${text.payOther}</a>` : nothing}
    </header>
    <section class="panel" aria-label=${club.name[language]}>
      <p class="confirmed is-${status}">${text.statuses[status]}</p>
      <dl class="facts">
        <div>
          <dt>${club.name[language]}</dt>
          <dd>${text.monthly(money(order.total, order.currency))}</dd>
        </div>
        ${
          card
            ? html`<div>
                <dt>${text.card}</dt>
                <dd>•••• ${card.last4}</dd>
              </div>`
            : nothing
        }
        <div>
          <dt>${text.orderNumber}</dt>
          <dd>${order.number}</dd>
        </div>
      </dl>
      <h2>${text.invoices}</h2>
      ${
        invoices.length === 0
          ? html`<p class="fine">${text.noInvoices}</p>`
          : html`<ul class="invoices">
              ${invoices.map((invoice) => invoiceLine(scene, invoice))}
            </ul>`
      }
      ${
        isOver
          ? nothing
          : html`<div class="actions">
              <a class="button small quiet" href=${cardPage}>${text.changeCard}</a>
              ${
                subscription.cancel_at_period_end
                  ? html`<button class="button small quiet" type="button" @click=${() => end(false)}>
                      ${text.keepOn}
                    </button>`
                  : html`<button class="button small quiet" type="button" @click=${() => end(true)}>
                      ${text.cancelClub}
                    </button>`
              }
            </div>`
      }
    </section>
    ${clockPanel(scene, clock, again)}
    <a class="button" href="/">${text.back}</a>
  </article>`
}

function words(scene: Scene, subscription: Subscription): [title: string, line: string] {
  const { text, language } = scene
  const { status, renews_at, cancel_at_period_end } = subscription
  const day = dayOf(renews_at, language)
  if (status === 'canceled' || status === 'incomplete_expired') return [text.clubOver, text.clubOverLine]
  if (status === 'past_due' || status === 'unpaid') return [text.clubLate, text.clubLateLine]
  if (cancel_at_period_end) return [text.clubEnding, text.clubEndingLine(day)]
  return status === 'trialing' ? [text.clubTrial, text.clubTrialLine(day)] : [text.clubOn, text.clubOnLine(day)]
}

function invoiceLine({ text, language, money }: Scene, invoice: Invoice): TemplateResult {
  const { amount, currency, status, period_start, next_attempt_at } = invoice
  return html`<li>
    <p>
      <span>${dayOf(period_start, language, 'medium')}</span>
      ${
        status === 'open'
          ? html`<span class="fine"
              >${next_attempt_at ? text.triedAgain(dayOf(next_attempt_at, language, 'medium')) : text.needsCard}</span
            >`
          : nothing
      }
    </p>
    <p class="price">${money(amount, currency)}</p>
    <p class="state is-${status}">${text.invoiceStatuses[status]}</p>
  </li>`
}

const dayOf = (moment: string, language: Language, dateStyle: 'long' | 'medium' = 'long'): string =>
  new Date(moment).toLocaleDateString(localeOf(language), { dateStyle })

const tick = (isOver: boolean): TemplateResult =>
  html`<svg class="tick ${isOver ? 'over' : ''}" viewBox="0 0 64 64" aria-hidden="true" focusable="false">
    <circle cx="32" cy="32" r="30" />
    <path d=${isOver ? 'M20 32h24' : 'm19 33 9 9 17-19'} />
  </svg>`

const warning = html`<svg class="tick late" viewBox="0 0 64 64" aria-hidden="true" focusable="false">
  <circle cx="32" cy="32" r="30" />
  <path d="M32 17v18m0 11v.5" />
</svg>`
