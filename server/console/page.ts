/** The console's document: one for every address below `/console`. Its script reads the address and draws the rest. */
import { Hono } from 'hono'
import { html } from 'hono/html'
import type { Assets } from '../assets.ts'
import { dressPage } from '../page-headers.ts'
import { type Env, languageFor } from '../wire/reply.ts'

const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#2456d6"/><path d="M8 11l6 5-6 5M16 22h8" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>',
)}`

const unbuilt = 'The console has not been built: run `npm run build`.\n'

const noScript = {
  en: 'The console needs JavaScript.',
  es: 'La consola necesita JavaScript.',
}

/** Mounted at `/console`, behind what the page reads at `/console/api`. */
export function consolePage(assets: Assets): Hono<Env> {
  const app = new Hono<Env>({ strict: false })
  app.get('/*', async (c) => {
    const found = await Promise.all([assets.find('console.js'), assets.find('console.css')]).catch(notBuilt)
    if (!found) return c.text(unbuilt, 503)
    const [script, style] = found
    const nonce = dressPage(c, { frameAncestors: ["'none'"], trustedTypes: 'lit-html', imgSrc: 'data:' })
    c.header('Vary', 'Accept-Language')
    const language = languageFor(c)
    return c.html(
      html`<!doctype html>
        <html lang="${language}">
          <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="color-scheme" content="light dark" />
            <meta name="robots" content="noindex" />
            <link rel="icon" href="${icon}" />
            <title>4Geeks Payments</title>
            <link rel="stylesheet" href="${style.path}" nonce="${nonce}" />
            <script type="module" src="${script.path}" nonce="${nonce}"></script>
          </head>
          <body>
            <payments-console></payments-console>
            <noscript><p>${noScript[language]}</p></noscript>
          </body>
        </html>`,
    )
  })
  return app
}

function notBuilt(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
