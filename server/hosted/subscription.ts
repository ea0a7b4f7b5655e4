/** The page of a subscription that needs its buyer: what is owed, and a button that opens a session for another card. */
import { Hono } from 'hono'
import { html } from 'hono/html'
import { lookForSubscription, openCardSession } from '../actions/card-sessions.ts'
import { formatMoney } from '../contract/money.ts'
import type { Deps } from '../deps.ts'
import { Problem } from '../domain/problem.ts'
import { takesCard } from '../domain/subscription.ts'
import { countedPage } from '../page-headers.ts'
import { limitSession } from '../wire/limit.ts'
import { showPrice } from '../wire/price.ts'
import type { Env } from '../wire/reply.ts'
import { cardPage, mark, type PageLanguage, pageLocale } from './page.ts'

type Words =
  | 'owed'
  | 'owedNote'
  | 'pay'
  | 'fine'
  | 'fineNote'
  | 'paused'
  | 'pausedNote'
  | 'change'
  | 'over'
  | 'overNote'
  | 'unknown'
  | 'test'

const texts: Record<PageLanguage, Record<Words, string>> = {
  en: {
    owed: 'Your last payment did not go through',
    owedNote: 'Pay it with another card and your subscription goes on. The next charges are made to that card.',
    pay: 'Pay with another card',
    paused: 'Your subscription is paused',
    pausedNote: 'Give a card, and the shop can let it go on. Nothing is charged now.',
    fine: 'Your subscription is up to date',
    fineNote: 'You can give another card for the next charges. Nothing is charged now.',
    change: 'Give another card',
    over: 'This subscription has ended',
    overNote: 'Nothing more is charged. Subscribe again at the shop whenever you like.',
    unknown: 'There is no such subscription',
    test: 'Test mode: nothing is charged.',
  },
  es: {
    owed: 'Su último pago no se pudo cobrar',
    owedNote: 'Páguelo con otra tarjeta y su suscripción sigue. Los próximos cobros se harán a esa tarjeta.',
    pay: 'Pagar con otra tarjeta',
    paused: 'Su suscripción está en pausa',
    pausedNote: 'Dé una tarjeta y la tienda podrá reanudarla. Ahora no se cobra nada.',
    fine: 'Su suscripción está al día',
    fineNote: 'Puede dar otra tarjeta para los próximos cobros. Ahora no se cobra nada.',
    change: 'Dar otra tarjeta',
    over: 'Esta suscripción terminó',
    overNote: 'No se cobrará nada más. Puede suscribirse de nuevo en la tienda cuando quiera.',
    unknown: 'No existe esa suscripción',
    test: 'Modo de prueba: no se cobra nada.',
  },
  pt: {
    owed: 'Seu último pagamento não foi aprovado',
    owedNote: 'Pague com outro cartão e sua assinatura continua. As próximas cobranças serão feitas nesse cartão.',
    pay: 'Pagar com outro cartão',
    paused: 'Sua assinatura está pausada',
    pausedNote: 'Informe um cartão e a loja poderá retomá-la. Agora nada é cobrado.',
    fine: 'Sua assinatura está em dia',
    fineNote: 'Você pode informar outro cartão para as próximas cobranças. Agora nada é cobrado.',
    change: 'Informar outro cartão',
    over: 'Esta assinatura terminou',
    overNote: 'Nada mais será cobrado. Você pode assinar de novo na loja quando quiser.',
    unknown: 'Essa assinatura não existe',
    test: 'Modo de teste: nada é cobrado.',
  },
}

/** Mounted at `/subscription`. The subscription's id is the token, as a payment link's is. */
export function subscriptionPages(deps: Deps): Hono<Env> {
  const app = new Hono<Env>({ strict: false })
  app.get('/:id', countedPage(deps), async (c) => {
    const { locale, language } = pageLocale(c)
    const text = texts[language]
    const found = await lookForSubscription(deps, c.req.param('id'))
    if (!found || !takesCard(found.subscription)) {
      const title = found ? text.over : text.unknown
      return cardPage(c, {
        locale,
        title,
        status: found ? 410 : 404,
        body: html`${mark('open')}
          <h1>${found?.account.name ?? ''}</h1>
          <p class="about"><strong>${title}</strong></p>
          ${found ? html`<p class="note">${text.overNote}</p>` : ''}`,
      })
    }
    const { subscription, account, plan, owed } = found
    const [title, note, button] = owed
      ? [text.owed, text.owedNote, text.pay]
      : subscription.status === 'paused'
        ? [text.paused, text.pausedNote, text.change]
        : [text.fine, text.fineNote, text.change]
    return cardPage(c, {
      locale,
      title: account.name,
      status: 200,
      body: html`${mark(owed || subscription.status === 'paused' ? 'open' : 'done')}
        <h1>${account.name}</h1>
        <p class="amount">${owed ? formatMoney(owed.amount, owed.currency, locale) : showPrice(plan, locale)}</p>
        <p class="about"><strong>${title}</strong></p>
        <p class="about">${note}</p>
        <form method="post"><button>${button}</button></form>
        ${subscription.live ? '' : html`<p class="note">${text.test}</p>`}`,
    })
  })

  // A visit changes nothing: only the button opens a session, and only from this page.
  app.post('/:id', countedPage(deps), async (c) => {
    const id = c.req.param('id')
    const self = `/subscription/${encodeURIComponent(id)}`
    const from = c.req.header('sec-fetch-site') ?? 'same-origin'
    if (from !== 'same-origin' && from !== 'none') return c.redirect(self, 303)
    limitSession(deps, id)
    try {
      const session = await openCardSession(deps, id)
      const locale = c.req.query('locale')
      const query = locale === undefined ? '' : `?locale=${encodeURIComponent(locale)}`
      return c.redirect(`/checkout/${session.id}${query}`, 303)
    } catch (error) {
      // Unknown, or over by now: its page says so.
      if (!(error instanceof Problem)) throw error
      if (error.code !== 'not_found' && error.code !== 'subscription_unexpected_state') throw error
      return c.redirect(self, 303)
    }
  })
  return app
}
