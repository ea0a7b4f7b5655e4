/** The readable reference of the API: one page that draws `/openapi.json`, and asks no other host for anything. */
import { Hono } from 'hono'
import { html } from 'hono/html'
import type { Assets } from '../assets.ts'
import { dressPage } from '../page-headers.ts'
import type { Env } from '../wire/reply.ts'

const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#0b57d0"/><path d="M7 12h18M7 20h7" stroke="#fff" stroke-width="3.5" stroke-linecap="round"/></svg>',
)}`

const unbuilt =
  'The reference has not been built: run `npm run build`. The document that it shows is at /openapi.json.\n'

/** Mounted at `/docs`. */
export function reference(assets: Assets): Hono<Env> {
  const app = new Hono<Env>({ strict: false })
  app.get('/', async (c) => {
    const found = await Promise.all([
      assets.find('reference.js'),
      assets.find('reference.css'),
      assets.find('scalar.js'),
    ]).catch(notBuilt)
    if (!found) return c.text(unbuilt, 503)
    const [script, style, component] = found
    // The component brings its styles in elements and attributes without a nonce, draws the document's Markdown as markup, and
    // so can do with neither of the stricter rules. No card and no key is on this page, and its words are the server's own.
    const nonce = dressPage(c, {
      frameAncestors: ["'none'"],
      styleSrc: `'self' 'unsafe-inline'`,
      imgSrc: `'self' data:`,
      fontSrc: `'self' data:`,
    })
    return c.html(
      html`<!doctype html>
        <html lang="en">
          <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="color-scheme" content="light dark" />
            <link rel="icon" href="${icon}" />
            <title>4Geeks Payments API</title>
            <link rel="stylesheet" href="${style.path}" />
            <script defer src="${component.path}" nonce="${nonce}"></script>
            <script type="module" src="${script.path}" nonce="${nonce}"></script>
          </head>
          <body>
            <div id="reference"></div>
            <noscript
              ><p>
                This page needs JavaScript. The document it shows is at <a href="/openapi.json">/openapi.json</a>.
              </p></noscript
            >
          </body>
        </html>`,
    )
  })
  return app
}

function notBuilt(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
