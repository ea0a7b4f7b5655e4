/** The hosted checkout: a page of the payment side with the same element, for shops without one of their own. */
import { Hono } from 'hono'
import { html, raw } from 'hono/html'
import { lookForSessionToShow } from '../actions/sessions.ts'
import type { Assets } from '../assets.ts'
import type { Deps } from '../deps.ts'
import { countedPage, dressPage, unseen } from '../page-headers.ts'
import { localeOf } from '../wire/locale.ts'
import type { Env } from '../wire/reply.ts'

const texts = {
  en: {
    title: 'Payment',
    noScript: 'This page needs JavaScript to take a card safely. Turn it on and reload the page.',
  },
  es: {
    title: 'Pago',
    noScript: 'Esta página necesita JavaScript para recibir su tarjeta de forma segura. Actívelo y recargue la página.',
  },
  pt: {
    title: 'Pagamento',
    noScript: 'Esta página precisa de JavaScript para receber o cartão com segurança. Ative-o e recarregue a página.',
  },
}

const look = `
:root { color-scheme: light dark; background: light-dark(#f4f5f7, #101216); }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: start center; padding: clamp(12px, 4vw, 56px) 12px;
  font: 16px/1.5 system-ui, sans-serif; color: light-dark(#16181d, #f2f3f5); }
main { width: min(480px, 100%); }
${unseen('h1')}
noscript p { padding: 24px; border-radius: 12px; background: light-dark(#fff, #1a1d23); }
`

/** Mounted at `/checkout`. */
export function hostedCheckout(deps: Deps, assets: Assets): Hono<Env> {
  const app = new Hono<Env>({ strict: false })
  app.get('/:session_id', countedPage(deps), async (c) => {
    const id = c.req.param('session_id')
    // For an unknown session the element on the page says so.
    const name = (await lookForSessionToShow(deps, id))?.account.name
    const locale = localeOf(c.req.query('locale') ?? c.req.header('accept-language'))
    const text = texts[locale.slice(0, 2) as keyof typeof texts] ?? texts.es
    const script = await assets.find('fourgeeks-checkout.mjs')
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
            <script type="module" src="${script.path}" nonce="${nonce}"></script>
          </head>
          <body>
            <main>
              <h1>${name === undefined ? text.title : `${text.title} · ${name}`}</h1>
              <fourgeeks-checkout hosted session-id="${id}"></fourgeeks-checkout>
              <noscript><p>${text.noScript}</p></noscript>
            </main>
          </body>
        </html>`,
      name === undefined ? 404 : 200,
    )
  })
  return app
}
