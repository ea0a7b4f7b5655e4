/** The card document: the one page in which a card is typed, and who may frame it. Semantics B3. */
import { Hono } from 'hono'
import { html, raw } from 'hono/html'
import { lookForSessionToShow } from '../actions/sessions.ts'
import type { Assets } from '../assets.ts'
import type { Deps } from '../deps.ts'
import { findCardByName } from '../domain/test-cards.ts'
import { countedPage, dressPage, unseen } from '../page-headers.ts'
import { languageIn, localeOf } from '../wire/locale.ts'
import { type Env, reply } from '../wire/reply.ts'
import { showSession } from '../wire/show.ts'

/** Heard, not seen: the name of the document that a screen reader enters. */
const headings = { en: 'Card details', es: 'Datos de la tarjeta', pt: 'Dados do cartão' }

/** Mounted at `/frame`. */
export function cardFrame(deps: Deps, assets: Assets): Hono<Env> {
  const app = new Hono<Env>({ strict: false })
  app.get('/:session_id', countedPage(deps), async (c) => {
    const found = await lookForSessionToShow(deps, c.req.param('session_id'))
    if (!found) {
      dressPage(c, { frameAncestors: ["'none'"], trustedTypes: "'none'" })
      return c.html('<!doctype html><title>404</title>', 404)
    }
    const { account } = found
    const locale = localeOf(c.req.query('locale') ?? c.req.header('accept-language'))
    const [script, style, text] = await Promise.all([
      assets.find('frame.js'),
      assets.find('frame.css'),
      assets.find(`card-${languageIn(locale)}.json`),
    ])
    const nonce = dressPage(c, {
      frameAncestors: ["'self'", ...account.origins],
      // The bank's question: a page of this very origin.
      frameSrc: "'self'",
      trustedTypes: "'none'",
    })
    return c.html(
      html`<!doctype html>
        <html lang="${locale}">
          <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <title>${account.name}</title>
            <link rel="stylesheet" href="${style.path}" nonce="${nonce}" />
            <style nonce="${nonce}">
              ${raw(unseen('h1'))}
            </style>
            <script type="module" src="${script.path}" nonce="${nonce}"></script>
          </head>
          <body>
            <script type="application/json" id="frame-data">
              ${dataBlock({
                origins: account.origins,
                session: showSession(found, { now: deps.now(found.session), locale }),
              })}
            </script>
            <script type="application/json" id="frame-text">
              ${inert(new TextDecoder().decode(text.body))}
            </script>
            <main>
              <h1>${headings[languageIn(locale)]}</h1>
              <div id="frame"></div>
            </main>
          </body>
        </html>`,
    )
  })
  // For the drawer of test cards: a script of the shop names a card, and only the frame learns its number.
  app.get('/:session_id/test-cards/:name', countedPage(deps), async (c) => {
    const found = await lookForSessionToShow(deps, c.req.param('session_id'))
    const card = found && !found.session.live && findCardByName(`tc_${c.req.param('name')}`)
    if (!card) return c.notFound()
    return reply(c, { number: card.number }, 200)
  })
  return app
}

/** JSON that cannot end the script element it stands in. */
const dataBlock = (value: unknown) => inert(JSON.stringify(value))
const inert = (json: string) => raw(json.replaceAll('<', '\\u003c'))
