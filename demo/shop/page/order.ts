/** Where the buyer lands after paying. It shows what the backend says, whatever the address claims. */
import { html, nothing, type TemplateResult } from 'lit'
import type { Language } from '../catalogue.ts'
import {
  askStatus,
  findOrder,
  findSubscription,
  type OrderRecord,
  type OrderStatus,
  type Subscription,
} from './backend.ts'
import { localeOf } from './data.ts'
import { notice, receipt, show, waitingFor, type Scene } from './layout.ts'
import { forgetPaid, setClubOrder } from './memory.ts'
import { subscriptionPage } from './subscription.ts'

type View =
  | { at: 'checking' }
  | { at: OrderStatus | 'away'; order: OrderRecord | undefined }
  | { at: 'subscribed'; order: OrderRecord; subscription: Subscription }

const asks = 6
const betweenAsksMs = 1_500

export function showOrder(language: Language, reference: string): void {
  let view: View = { at: 'checking' }
  const paymentId = new URLSearchParams(location.search).get('id_payment')

  const scene = show(language, { buying: false }, (scene) => {
    const { text } = scene
    const again = html`<button class="button" type="button" @click=${check}>${text.askAgain}</button>`
    const pay = html`<a class="button quiet" href="/checkout">${text.backToPay}</a>`
    switch (view.at) {
      case 'checking':
        return waitingFor(text.checking, text.checkingLine)
      case 'paid':
        return paid(scene, view.order)
      case 'subscribed':
        return subscriptionPage(scene, view.order, view.subscription, refresh)
      case 'open':
        return notice(text.waitingTitle, text.waitingLine, html`${again} ${pay}`)
      case 'expired':
        return notice(
          text.expiredTitle,
          text.expiredLine,
          html`<a class="button" href="/checkout">${text.backToPay}</a>`,
        )
      case 'away':
        return notice(text.statusAwayTitle, text.statusAwayLine, again)
    }
  })

  async function check(): Promise<void> {
    view = { at: 'checking' }
    scene.paint()
    let status: OrderStatus | 'away' = 'open'
    for (let left = asks; left > 0; left--) {
      status = await askStatus(reference, paymentId)
      if (status !== 'open') break
      if (left > 1) await new Promise((done) => setTimeout(done, betweenAsksMs))
    }
    if (status === 'paid') forgetPaid(reference)
    const order = await findOrder(reference)
    if (status === 'paid' && order?.club) {
      setClubOrder(order.club.trial, null)
      const subscription = await findSubscription(reference)
      view = subscription ? { at: 'subscribed', order, subscription } : { at: 'away', order }
    } else view = { at: status, order }
    scene.paint()
  }

  async function refresh(): Promise<void> {
    const subscription = await findSubscription(reference)
    if (view.at === 'subscribed' && subscription) view = { ...view, subscription }
    scene.paint()
  }

  void check()
}

function paid(scene: Scene, order: OrderRecord | undefined): TemplateResult {
  const { text, language } = scene
  const day = new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'long', timeStyle: 'short' })
  return html`<article class="paid">
    <header>
      <svg class="tick" viewBox="0 0 64 64" aria-hidden="true" focusable="false">
        <circle cx="32" cy="32" r="30" />
        <path d="m19 33 9 9 17-19" />
      </svg>
      <h1>${text.paidTitle}</h1>
      <p>${text.paidLine}</p>
    </header>
    ${
      order
        ? html`<section class="panel" aria-label=${text.order(order.number)}>
            <p class="confirmed">${text.confirmed}</p>
            <dl class="facts">
              <div>
                <dt>${text.orderNumber}</dt>
                <dd>${order.number}</dd>
              </div>
              <div>
                <dt>${text.date}</dt>
                <dd>${day.format(new Date(order.placed_at))}</dd>
              </div>
              ${
                order.payment_id
                  ? html`<div>
                      <dt>${text.paymentId}</dt>
                      <dd><code>${order.payment_id}</code></dd>
                    </div>`
                  : nothing
              }
            </dl>
            ${receipt(scene, order)}
          </section>`
        : nothing
    }
    <a class="button" href="/">${text.back}</a>
  </article>`
}
