/** The page of a payment link: what is to be paid, and a button that opens a checkout session of its own. */
import { Hono } from 'hono'
import { html } from 'hono/html'
import { lookForLink, openLink } from '../actions/links.ts'
import { formatMoney } from '../contract/money.ts'
import type { Deps } from '../deps.ts'
import { Problem } from '../domain/problem.ts'
import { countedPage } from '../page-headers.ts'
import { limitSession } from '../wire/limit.ts'
import type { Env } from '../wire/reply.ts'
import { forDisplay } from '../wire/show.ts'
import { cardPage, mark, type PageLanguage, pageLocale } from './page.ts'

const texts: Record<
  PageLanguage,
  Record<'pay' | 'closed' | 'closedNote' | 'unknown' | 'unknownNote' | 'test', string>
> = {
  en: {
    pay: 'Continue to payment',
    closed: 'This payment link is closed',
    closedNote: 'Nothing can be paid here any more. Ask the shop for a new link.',
    unknown: 'There is no such payment link',
    unknownNote: 'Check the address, or ask the shop for the link again.',
    test: 'Test mode: nothing is charged.',
  },
  es: {
    pay: 'Continuar al pago',
    closed: 'Este enlace de pago está cerrado',
    closedNote: 'Aquí ya no se puede pagar. Pida un enlace nuevo al comercio.',
    unknown: 'No existe ese enlace de pago',
    unknownNote: 'Revise la dirección, o pida el enlace de nuevo al comercio.',
    test: 'Modo de prueba: no se cobra nada.',
  },
  pt: {
    pay: 'Continuar para o pagamento',
    closed: 'Este link de pagamento está fechado',
    closedNote: 'Aqui não se paga mais nada. Peça um novo link à loja.',
    unknown: 'Esse link de pagamento não existe',
    unknownNote: 'Confira o endereço ou peça o link novamente à loja.',
    test: 'Modo de teste: nada é cobrado.',
  },
}

/** Mounted at `/link`. */
export function linkPages(deps: Deps): Hono<Env> {
  const app = new Hono<Env>({ strict: false })
  app.get('/:id', countedPage(deps), async (c) => {
    const { locale, language } = pageLocale(c)
    const text = texts[language]
    const found = await lookForLink(deps, c.req.param('id'))
    if (!found?.link.active) {
      const [title, note] = found ? [text.closed, text.closedNote] : [text.unknown, text.unknownNote]
      return cardPage(c, {
        locale,
        title,
        status: found ? 410 : 404,
        body: html`${mark('open')}
          <h1>${found?.account.name ?? ''}</h1>
          <p class="about"><strong>${title}</strong></p>
          <p class="note">${note}</p>`,
      })
    }
    const { link, account } = found
    return cardPage(c, {
      locale,
      title: account.name,
      status: 200,
      body: html`<h1>${account.name}</h1>
        <p class="amount">${formatMoney(link.amount, link.currency, locale)}</p>
        ${link.description === null ? '' : html`<p class="about">${forDisplay(link.description)}</p>`}
        <form method="post"><button>${text.pay}</button></form>
        ${link.live ? '' : html`<p class="note">${text.test}</p>`}`,
    })
  })

  // A visit changes nothing: only the button opens a session, and only from this page.
  app.post('/:id', countedPage(deps), async (c) => {
    const id = c.req.param('id')
    const own = c.req.header('sec-fetch-site') ?? 'same-origin'
    if (own !== 'same-origin' && own !== 'none') return c.redirect(`/link/${encodeURIComponent(id)}`, 303)
    limitSession(deps, id)
    try {
      const session = await openLink(deps, id)
      const locale = c.req.query('locale')
      return c.redirect(
        `/checkout/${session.id}${locale === undefined ? '' : `?locale=${encodeURIComponent(locale)}`}`,
        303,
      )
    } catch (error) {
      // Unknown or closed meanwhile: its page says so.
      if (error instanceof Problem && (error.code === 'not_found' || error.code === 'payment_link_inactive')) {
        return c.redirect(`/link/${encodeURIComponent(id)}`, 303)
      }
      throw error
    }
  })
  return app
}
