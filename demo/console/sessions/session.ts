import { html, nothing, type TemplateResult } from 'lit'
import type { SessionView } from '../../../server/contract/checkout.ts'
import { badge, idLink, idWhole, whole } from '../parts/bits.ts'
import { dialog } from '../parts/dialog.ts'
import { icon } from '../parts/icons.ts'
import { ObjectView, type Shown } from '../parts/object-view.ts'

const path = (id: string) => `/v1/payments/session/${encodeURIComponent(id)}`

/** One checkout session; an open one can be expired. */
export class ConsoleSession extends ObjectView<SessionView> {
  protected readonly section = 'sessions'

  protected read(id: string, signal: AbortSignal): Promise<SessionView> {
    return this.app.api.get<SessionView>(path(id), {}, signal)
  }

  protected show(session: SessionView): Shown {
    const { app } = this
    const { text, format } = app
    const { subscription } = session
    return {
      heading: html`<span class="amount">${format.money(session.amount, session.currency)}</span>`,
      badge: badge(app, session.status),
      facts: [
        [text.plain.id, idWhole(app, session.session_id)],
        [text.plain.description, session.description],
        [
          text.plain.items,
          session.items.length > 0
            ? html`<ul>
                ${session.items.map((item) => html`<li>${item}</li>`)}
              </ul>`
            : null,
        ],
        [text.sessions.paymentStatus, badge(app, session.payment_status)],
        [text.sessions.mode, text.sessions.modes[session.mode]],
        [text.payments.subscription, subscription?.id ? idLink(subscription.id) : null],
        [text.sessions.expiresAt, whole(app, session.expires_at)],
        [text.sessions.returnUrl, html`<span class="break">${session.return_url}</span>`],
      ],
      actions:
        session.status === 'open'
          ? html`<a
                class="button small quiet"
                href="/checkout/${encodeURIComponent(session.session_id)}"
                target="_blank"
                rel="noopener"
                >${text.sessions.open} ${icon('outside')}<span class="unseen">, ${text.plain.opensElsewhere}</span></a
              >
              <button class="button small danger" type="button" @click=${() => this.ask('expire')}>
                ${text.sessions.expire}
              </button>`
          : nothing,
    }
  }

  protected override question(session: SessionView): TemplateResult {
    const { app } = this
    const { sessions: words } = app.text
    return dialog({
      app,
      heading: words.expireTitle,
      body: html`<p>${words.expireNote}</p>`,
      failure: this.failure,
      closed: this.dialogClosed,
      submit: () =>
        void this.act(
          async () => this.thing.set(await app.api.post<SessionView>(`${path(session.session_id)}/expire`)),
          words.expired,
        ),
      actions: html`<button class="button danger" ?disabled=${this.acting}>${words.expire}</button>`,
    })
  }
}

customElements.define('console-session', ConsoleSession)
declare global {
  interface HTMLElementTagNameMap {
    'console-session': ConsoleSession
  }
}
