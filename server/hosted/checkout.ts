/** The hosted checkout: a page of the payment side with the same element, for shops without one of their own. */
import { Hono } from 'hono'
import { html, raw } from 'hono/html'
import { lookForSessionToShow, type Shown } from '../actions/sessions.ts'
import type { Assets } from '../assets.ts'
import { formatMoney } from '../contract/money.ts'
import type { Deps } from '../deps.ts'
import { savesOnly, type Session } from '../domain/session.ts'
import { countedPage, dressPage, unseen } from '../page-headers.ts'
import { showPrice } from '../wire/price.ts'
import type { Env } from '../wire/reply.ts'
import { cardPage, mark, type PageLanguage, pageLocale } from './page.ts'

const texts = {
  en: {
    title: 'Payment',
    noScript: 'This page needs JavaScript to take a card safely. Turn it on and reload the page.',
    tooOld:
      'This page needs an up-to-date browser to take a card safely. Update yours, or open this page in another one.',
  },
  es: {
    title: 'Pago',
    noScript: 'Esta página necesita JavaScript para recibir su tarjeta de forma segura. Actívelo y recargue la página.',
    tooOld:
      'Esta página necesita un navegador actualizado para recibir su tarjeta de forma segura. Actualice el suyo o abra esta página en otro.',
  },
  pt: {
    title: 'Pagamento',
    noScript: 'Esta página precisa de JavaScript para receber o cartão com segurança. Ative-o e recarregue a página.',
    tooOld:
      'Esta página precisa de um navegador atualizado para receber o cartão com segurança. Atualize o seu ou abra esta página em outro.',
  },
}

/** What a session came to that is complete. */
type Done = 'paid' | 'active' | 'trialing' | 'saved'

function doneOf(session: Session): Done {
  if (session.mode === 'payment') return 'paid'
  if (!savesOnly(session)) return 'active'
  return session.mode === 'setup' ? 'saved' : 'trialing'
}

const priceOf = ({ session, plan }: Shown, locale: string): string =>
  plan ? showPrice(plan, locale) : formatMoney(session.amount, session.currency, locale)

const doneTexts = {
  en: {
    paid: { title: 'Payment received', note: 'Thank you. You can close this page.' },
    active: { title: 'Your subscription is active', note: 'Thank you. You can close this page.' },
    trialing: { title: 'Your free trial has begun', note: 'Nothing was charged today. You can close this page.' },
    saved: { title: 'Your card is saved', note: 'Nothing was charged today. You can close this page.' },
    open: { title: 'Not paid yet', note: 'No payment has been made here.' },
  },
  es: {
    paid: { title: 'Pago recibido', note: 'Muchas gracias. Ya puede cerrar esta página.' },
    active: { title: 'Su suscripción está activa', note: 'Muchas gracias. Ya puede cerrar esta página.' },
    trialing: { title: 'Su prueba gratis ya empezó', note: 'Hoy no se cobró nada. Ya puede cerrar esta página.' },
    saved: { title: 'Su tarjeta quedó guardada', note: 'Hoy no se cobró nada. Ya puede cerrar esta página.' },
    open: { title: 'Aún sin pagar', note: 'Aquí no se ha hecho ningún pago.' },
  },
  pt: {
    paid: { title: 'Pagamento recebido', note: 'Obrigado. Você já pode fechar esta página.' },
    active: { title: 'Sua assinatura está ativa', note: 'Obrigado. Você já pode fechar esta página.' },
    trialing: { title: 'Seu teste grátis começou', note: 'Hoje nada foi cobrado. Você já pode fechar esta página.' },
    saved: { title: 'Seu cartão está salvo', note: 'Hoje nada foi cobrado. Você já pode fechar esta página.' },
    open: { title: 'Ainda não pago', note: 'Nenhum pagamento foi feito aqui.' },
  },
} satisfies Record<PageLanguage, Record<Done | 'open', { title: string; note: string }>>

const look = `
:root { color-scheme: light dark; background: light-dark(#f4f5f7, #101216); }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: start center; padding: clamp(12px, 4vw, 56px) 12px;
  font: 16px/1.5 system-ui, sans-serif; color: light-dark(#16181d, #f2f3f5); }
main { width: min(480px, 100%); }
${unseen('h1')}
main p { padding: 24px; border-radius: 12px; background: #fff; background: light-dark(#fff, #1a1d23); }
/* Old browsers keep what stands in the tag. It waits for a script that may still be on its way. */
fourgeeks-checkout p { visibility: hidden; animation: show 0s 4s forwards; }
fourgeeks-checkout:defined p { display: none; }
@keyframes show { to { visibility: visible; } }
`

/** Mounted at `/checkout`. */
export function hostedCheckout(deps: Deps, assets: Assets): Hono<Env> {
  const app = new Hono<Env>({ strict: false })
  // For buyers whom no shop's page waits for: those of payment links and of subscriptions.
  app.get('/done', countedPage(deps), async (c) => {
    const { locale, language } = pageLocale(c)
    const found = await lookForSessionToShow(deps, c.req.query('session_id') ?? '')
    const done = found?.session.status === 'complete' ? doneOf(found.session) : 'open'
    const words = doneTexts[language][done]
    return cardPage(c, {
      locale,
      title: words.title,
      status: found ? 200 : 404,
      body: html`${mark(done === 'open' ? 'open' : 'done')}
        <h1>${found?.account.name ?? ''}</h1>
        ${found ? html`<p class="amount">${priceOf(found, locale)}</p>` : ''}
        <p class="about"><strong>${words.title}</strong></p>
        <p class="note">${words.note}</p>`,
    })
  })
  app.get('/:session_id', countedPage(deps), async (c) => {
    const id = c.req.param('session_id')
    // For an unknown session the element on the page says so.
    const found = await lookForSessionToShow(deps, id)
    const name = found?.account.name
    // Its terms take room, which is kept before the session is asked for.
    const mode = found && found.session.mode !== 'payment' ? 'subscription' : 'payment'
    const { locale, language } = pageLocale(c)
    const text = texts[language]
    const [script, words] = await Promise.all([
      assets.find('fourgeeks-checkout.mjs'),
      assets.find(`text-${language}.json`),
    ])
    const nonce = dressPage(c, { frameAncestors: ["'none'"], frameSrc: "'self'", trustedTypes: 'lit-html' })
    return c.html(
      html`<!doctype html>
        <html lang="${locale}">
          <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="robots" content="noindex" />
            <title>${name === undefined ? text.title : `${text.title} · ${name}`}</title>
            <style nonce="${nonce}">
              ${raw(look)}
            </style>
            <link rel="preload" as="fetch" crossorigin href="${words.path}" />
            <script type="module" src="${script.path}" nonce="${nonce}"></script>
          </head>
          <body>
            <main>
              <h1>${name === undefined ? text.title : `${text.title} · ${name}`}</h1>
              <fourgeeks-checkout hosted session-id="${id}" mode="${mode}"><p>${text.tooOld}</p></fourgeeks-checkout>
              <noscript>
                <style nonce="${nonce}">
                  fourgeeks-checkout {
                    display: none;
                  }
                </style>
                <p>${text.noScript}</p>
              </noscript>
            </main>
          </body>
        </html>`,
      name === undefined ? 404 : 200,
    )
  })
  return app
}
