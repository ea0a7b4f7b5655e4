/** The checkout page: the backend's summary on one side, the payment element on the other. */
import { html, nothing, type TemplateResult } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { Language } from '../catalogue.ts'
import { findOrder, openSession, type OrderRecord, type Session } from './backend.ts'
import { localeOf } from './data.ts'
import { notice, receipt, show, waitingFor, type Scene } from './layout.ts'
import { basket, currency, lastOrder, setLastOrder } from './memory.ts'
import { sandboxPanel, type SandboxScreen } from './sandbox.ts'
import { watchScript } from './script.ts'

type View =
  | { at: 'preparing' }
  | { at: 'empty' }
  | { at: 'refused' }
  | { at: 'away' }
  | {
      at: 'paying'
      session: Session
      order: OrderRecord | undefined
      screen: SandboxScreen
      /** Counts how often the element was made anew. */
      shown: number
      isOver: boolean
    }

export function showCheckout(language: Language): void {
  let view: View = { at: 'preparing' }
  let scriptAway = false

  const scene = show(language, { buying: false }, (scene) => {
    const { text } = scene
    const shop = html`<a class="button quiet" href="/">${text.back}</a>`
    if (view.at === 'preparing') return waitingFor(text.preparing)
    if (view.at === 'empty')
      return notice(text.emptyTitle, text.emptyLine, html`<a class="button" href="/">${text.emptyGo}</a>`)
    if (view.at === 'refused') return notice(text.refusedTitle, text.refusedLine, shop)
    if (view.at === 'away')
      return notice(
        text.awayTitle,
        text.awayLine,
        html`<button class="button" type="button" @click=${prepare}>${text.retry}</button> ${shop}`,
      )
    return paying(scene, view, scriptAway, { turnTo, end, prepare })
  })

  function turn(to: View): void {
    view = to
    scene.paint()
  }

  function turnTo(screen: SandboxScreen): void {
    if (view.at === 'paying') turn({ ...view, screen, shown: view.shown + 1, isOver: false })
  }

  /** The session ran out of time; the order is still good, so another session will do. */
  function end(): void {
    if (view.at === 'paying') turn({ ...view, isOver: true })
  }

  async function prepare(): Promise<void> {
    const lines = basket()
    if (lines.length === 0) return turn({ at: 'empty' })
    turn({ at: 'preparing' })
    const reference = lastOrder()
    const opened = await openSession({ lines, currency: currency(), language, ...(reference && { reference }) })
    if (opened.at === 'paid') return location.replace(`/orders/${encodeURIComponent(opened.reference)}`)
    if (opened.at !== 'open') return turn({ at: opened.at })
    setLastOrder(opened.reference)
    const order = await findOrder(opened.reference)
    turn({ at: 'paying', session: opened, order, screen: 'order', shown: 0, isOver: false })
  }

  watchScript((away) => {
    scriptAway = away
    scene.paint()
  })
  void prepare()
}

const unknownSession = `cs_test_${'0'.repeat(32)}`

function paying(
  scene: Scene,
  { session, order, screen, shown, isOver }: Extract<View, { at: 'paying' }>,
  scriptAway: boolean,
  { turnTo, end, prepare }: { turnTo: (screen: SandboxScreen) => void; end: () => void; prepare: () => void },
): TemplateResult {
  const { text, language } = scene
  const id = screen === 'unknown' ? unknownSession : session.session_id
  return html`<div class="checkout">
    <h1>${text.checkout}</h1>
    <section class="panel summary" aria-labelledby="summary-title">
      <h2 id="summary-title">${order ? text.order(order.number) : text.yourOrder}</h2>
      ${order ? receipt(scene, order) : nothing}
      <a class="link" href="/">${text.back}</a>
    </section>
    <div class="pay">
      <section aria-labelledby="payment-title">
        <h2 id="payment-title" class="unseen">${text.payment}</h2>
        ${scriptAway ? html`<p class="warning" role="alert">${text.scriptAway}</p>` : nothing}
        ${keyed(
          shown,
          html`<fourgeeks-checkout session-id=${id} locale=${localeOf(language)} @checkout-expired=${end}>
            <a class="button pay-link" href=${session.checkout_url}>${text.payElsewhere}</a>
          </fourgeeks-checkout>`,
        )}
        ${
          isOver
            ? html`<p class="again">
                <button class="button" type="button" @click=${prepare}>${text.startAgain}</button>
              </p>`
            : nothing
        }
      </section>
      ${sandboxPanel(scene, session.reference, screen, turnTo)}
    </div>
  </div>`
}
