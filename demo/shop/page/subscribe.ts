/** The pages that take a card for the monthly bag: to subscribe, and to give another one later. */
import { html, nothing, type TemplateResult } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import { club, type Language } from '../catalogue.ts'
import { artOf } from './art.ts'
import { openCardSession, openSession } from './backend.ts'
import { clockPanel } from './clock.ts'
import { localeOf } from './data.ts'
import { notice, show, waitingFor, type Scene } from './layout.ts'
import { clubOrder, currency, setClubOrder } from './memory.ts'
import { watchScript } from './script.ts'

type Taking = { session_id: string; checkout_url: string }
type View = { at: 'preparing' } | { at: 'away' } | ({ at: 'taking'; isOver: boolean } & Taking)

/** Agrees on the bag of every month; `?trial` in the address begins with a trial. */
export function showSubscribe(language: Language): void {
  const trial = new URLSearchParams(location.search).has('trial')
  takeCard(language, {
    title: (text) => text.subscribe,
    beside: (scene) => offer(scene, trial),
    back: '/',
    async open() {
      const reference = clubOrder(trial)
      const wanted = { club: { trial }, currency: currency(), language, ...(reference && { reference }) }
      const opened = await openSession(wanted)
      if (opened.at === 'open') setClubOrder(trial, opened.reference)
      if (opened.at === 'paid') location.replace(`/orders/${encodeURIComponent(opened.reference)}`)
      return opened.at === 'open' ? opened : undefined
    },
  })
}

/** Another card for the subscription of an order. */
export function showCard(language: Language, reference: string): void {
  takeCard(language, {
    title: (text) => text.cardTitle,
    beside: ({ text }) =>
      html`<h2 id="summary-title">${club.name[language]}</h2>
        <p class="fine">${text.cardLine}</p>`,
    back: `/orders/${encodeURIComponent(reference)}`,
    open: () => openCardSession(reference),
  })
}

type Page = {
  title: (text: Scene['text']) => string
  /** What stands beside the element. */
  beside: (scene: Scene) => TemplateResult
  back: string
  open: () => Promise<Taking | undefined>
}

function takeCard(language: Language, { title, beside, back, open }: Page): void {
  let view: View = { at: 'preparing' }
  let scriptAway = false
  let shown = 0

  const scene = show(language, { buying: false }, (scene) => {
    const { text } = scene
    if (view.at === 'preparing') return waitingFor(text.preparing)
    if (view.at === 'away')
      return notice(
        text.awayTitle,
        text.cardAwayLine,
        html`<button class="button" type="button" @click=${prepare}>${text.retry}</button>
          <a class="button quiet" href=${back}>${text.goBack}</a>`,
      )
    const { session_id, checkout_url, isOver } = view
    return html`<div class="checkout">
      <h1>${title(text)}</h1>
      <section class="panel summary" aria-labelledby="summary-title">
        ${beside(scene)}
        <a class="link" href=${back}>${text.goBack}</a>
      </section>
      <div class="pay">
        <section aria-labelledby="payment-title">
          <h2 id="payment-title" class="unseen">${text.payment}</h2>
          ${scriptAway ? html`<p class="warning" role="alert">${text.scriptAway}</p>` : nothing}
          ${keyed(
            shown,
            html`<fourgeeks-checkout
              mode="subscription"
              session-id=${session_id}
              locale=${localeOf(language)}
              @checkout-expired=${end}
            >
              <a class="button pay-link" href=${checkout_url}>${text.payElsewhere}</a>
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
        ${clockPanel(scene, undefined, () => Promise.resolve())}
      </div>
    </div>`
  })

  function end(): void {
    if (view.at === 'taking') view = { ...view, isOver: true }
    scene.paint()
  }

  async function prepare(): Promise<void> {
    view = { at: 'preparing' }
    scene.paint()
    const opened = await open()
    shown++
    view = opened ? { at: 'taking', isOver: false, ...opened } : { at: 'away' }
    scene.paint()
  }

  watchScript((away) => {
    scriptAway = away
    scene.paint()
  })
  void prepare()
}

/** What is subscribed to. */
function offer({ text, language, money }: Scene, trial: boolean): TemplateResult {
  const price = text.monthly(money(club.price[currency()], currency()))
  return html`<div class="offer">
    <div class="tile tone-club">${artOf('club')}</div>
    <h2 id="summary-title">${club.name[language]}</h2>
    <p class="price">${price}</p>
    ${trial ? html`<p class="badge">${text.trialDays(club.trialDays)}</p>` : nothing}
    <p class="fine">${club.size[language]}</p>
    <ul class="ticks">
      ${text.clubPromise.map((line) => html`<li>${line}</li>`)}
    </ul>
  </div>`
}
