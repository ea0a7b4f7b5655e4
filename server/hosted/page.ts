/** What the pages of the payment side that hold no card share: their look and their languages. */
import type { Context } from 'hono'
import { html, raw } from 'hono/html'
import { dressPage } from '../page-headers.ts'
import { localeOf } from '../wire/locale.ts'

export type PageLanguage = 'en' | 'es' | 'pt'

/** The locale a page is written in, and the language of its texts. */
export function pageLocale(c: Context): { locale: string; language: PageLanguage } {
  const locale = localeOf(c.req.query('locale') ?? c.req.header('accept-language'))
  return { locale, language: locale.slice(0, 2) as PageLanguage }
}

const look = `
:root { color-scheme: light dark; background: light-dark(#f4f5f7, #101216); }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: start center; padding: clamp(12px, 6vh, 72px) 12px;
  font: 16px/1.5 system-ui, sans-serif; color: light-dark(#16181d, #f2f3f5); }
main { width: min(440px, 100%); padding: clamp(20px, 6vw, 36px); border: 1px solid light-dark(#d3d6db, #33383f); border-radius: 16px;
  background: light-dark(#fff, #15181f); box-shadow: 0 1px 2px rgb(16 24 40 / 6%), 0 12px 32px -16px rgb(16 24 40 / 22%); overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1rem; font-weight: 550; color: light-dark(#5f636d, #a3a7b0); }
.amount { margin: 4px 0 0; font-size: clamp(1.75rem, 9vw, 2.5rem); line-height: 1.2; font-weight: 680; letter-spacing: -.02em;
  font-variant-numeric: tabular-nums; }
.about { margin: 12px 0 0; white-space: pre-line; }
.note { margin: 16px 0 0; font-size: .875rem; color: light-dark(#5f636d, #a3a7b0); }
.mark { display: block; width: 44px; height: 44px; margin: 0 0 16px; padding: 11px; border-radius: 50%; }
.mark.done { color: light-dark(#0a6b3d, #7fe0ae); background: light-dark(#e3f6ec, #12352a); }
.mark.open { color: light-dark(#7a4b00, #f4c46b); background: light-dark(#fdf1da, #3a2c10); }
button { width: 100%; min-height: 52px; margin-top: 24px; padding: 12px 16px; border: 0; border-radius: 10px; font: inherit; font-weight: 600;
  color: light-dark(#fff, #101318); background: light-dark(#2456d6, #85a9ff); cursor: pointer; }
button:hover { filter: brightness(.94); }
button:focus-visible { outline: 2px solid light-dark(#2456d6, #85a9ff); outline-offset: 2px; }
@media (forced-colors: active) { button { border: 1px solid; } }
`

/** A page with one card in the middle of it. */
export function cardPage(
  c: Context,
  page: { locale: string; title: string; status: 200 | 404 | 410; body: ReturnType<typeof html> },
): Response | Promise<Response> {
  const nonce = dressPage(c, { frameAncestors: ["'none'"], trustedTypes: "'none'" })
  return c.html(
    html`<!doctype html>
      <html lang="${page.locale}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="robots" content="noindex" />
          <title>${page.title}</title>
          <style nonce="${nonce}">
            ${raw(look)}
          </style>
        </head>
        <body>
          <main>${page.body}</main>
        </body>
      </html>`,
    page.status,
  )
}

/** A sign above a page's words: something is done, or stands open. */
export const mark = (kind: 'done' | 'open') =>
  html`<svg
    class="mark ${kind}"
    viewBox="0 0 22 22"
    fill="none"
    stroke="currentColor"
    stroke-width="2.5"
    aria-hidden="true"
  >
    <path
      stroke-linecap="round"
      stroke-linejoin="round"
      d="${kind === 'done' ? 'M4 11.5 9 16.5 18 6' : 'M11 5v7m0 4.5v.5'}"
    />
  </svg>`
