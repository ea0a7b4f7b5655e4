/** The documents of the QA page: the page itself, the page of a shop that it shows, and where a buyer comes back to. */
import type { Language } from '../shop/catalogue.ts'
import type { ShownCard } from './cards.ts'

/** What the document tells the page's script. */
export type QaData = {
  language: Language
  payments: string
  shop: string
  /** The policy that `npm run csp` prints for this shop. */
  policy: string
  cards: readonly ShownCard[]
}

const words = {
  es: {
    title: 'Mesa de pruebas · Tostadora Barú',
    needsScript: 'La mesa de pruebas necesita JavaScript.',
    shop: 'Su tienda',
    pay: 'Pagar en la página de pago seguro',
    back: 'El comprador volvió a su tienda',
    backLine: 'Con esto en la dirección. La verdad la dice el webhook, o GET /v1/payments/{id}.',
  },
  en: {
    title: 'Test bench · Tostadora Barú',
    needsScript: 'The test bench needs JavaScript.',
    shop: 'Your shop',
    pay: 'Pay on the secure payment page',
    back: 'The buyer came back to your shop',
    backLine: 'With this in the address. The truth is what the webhook says, or GET /v1/payments/{id}.',
  },
} as const

export function qaDocument(data: QaData): string {
  const text = words[data.language]
  return page({
    lang: data.language === 'es' ? 'es-CR' : 'en',
    title: text.title,
    head: `<link rel="stylesheet" href="/qa/qa.css">
    <script type="module" src="/qa/qa.js"></script>`,
    body: `<div id="qa"><noscript>${escape(text.needsScript)}</noscript></div>
    <script type="application/json" id="qa-data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>`,
  })
}

export type Shown = {
  payments: string
  session: string
  lang: string
  dir: 'ltr' | 'rtl'
  scheme: 'light' | 'dark' | 'auto'
  attributes: Record<string, string>
  /** The address of the sheet with the shop's tokens. */
  sheet: string
}

/** A page of a shop: the payment side's script, one tag, and the link that is left where scripts fail. */
export function shownDocument({ payments, session, lang, dir, scheme, attributes, sheet }: Shown): string {
  const text = words[lang.startsWith('en') ? 'en' : 'es']
  const written = Object.entries({ 'session-id': session, ...attributes })
    .map(([name, value]) => ` ${name}="${escape(value)}"`)
    .join('')
  return page({
    lang,
    dir,
    title: text.shop,
    scheme,
    head: `<link rel="stylesheet" href="${escape(sheet)}">
    <script defer src="${escape(`${payments}/fourgeeks-checkout.js`)}"></script>`,
    body: `<main><h1>${escape(text.shop)}</h1>
    <fourgeeks-checkout${written}><a href="${escape(`${payments}/checkout/${session}`)}">${escape(text.pay)}</a></fourgeeks-checkout></main>`,
  })
}

/** Where `return_url` leads: what came with it. */
export function backDocument(language: Language, query: Iterable<[string, string]>): string {
  const text = words[language]
  const rows = [...query].map(([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`)
  return page({
    lang: language,
    title: text.back,
    head: `<link rel="stylesheet" href="/qa/shown.css">`,
    body: `<main class="back"><h1>${escape(text.back)}</h1><p>${escape(text.backLine)}</p><dl>${rows.join('')}</dl></main>`,
  })
}

function page(of: { lang: string; title: string; head: string; body: string; dir?: string; scheme?: string }): string {
  const scheme = of.scheme === 'light' || of.scheme === 'dark' ? of.scheme : 'light dark'
  return `<!doctype html>
<html lang="${escape(of.lang)}" dir="${of.dir ?? 'ltr'}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="${scheme}">
    <title>${escape(of.title)}</title>
    <link rel="icon" href="/favicon.svg" type="image/svg+xml">
    ${of.head}
  </head>
  <body>
    ${of.body}
  </body>
</html>
`
}

/** The tokens that a tester may set, and what a value of one looks like. */
export const tokens = [
  'accent',
  'text',
  'background',
  'surface',
  'border',
  'danger',
  'success',
  'radius',
  'spacing',
  'font-size',
  'control-height',
  'font',
] as const
const tokenValue = /^(?:#[\da-f]{6}|\d{1,2}px|[a-z]{3,10})$/

/** The sheet of the shop's page: a quiet page, and the tokens in `query`. */
export function shownSheet(query: (name: string) => string | undefined): string {
  const set = tokens.flatMap((name) => {
    const value = query(name)
    return value !== undefined && tokenValue.test(value) ? [`  --fourgeeks-${name}: ${value};`] : []
  })
  const look = `html { background: light-dark(#f4efe5, #120d0a); color: light-dark(#2a1b13, #f6ebdc); font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; padding: clamp(12px, 4vw, 40px) clamp(8px, 4vw, 40px); }
main:not(.back) h1 { position: absolute; clip-path: inset(50%); }
.back { max-width: 34rem; margin: 0 auto; }
.back h1 { font: 600 1.6rem/1.15 ui-serif, Georgia, serif; }
dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 4px 16px; overflow-wrap: anywhere; }
dt { opacity: 0.75; }
dd { margin: 0; font-weight: 600; }
fourgeeks-checkout:not(:defined) { display: block; text-align: center; }
`
  return set.length === 0 ? look : `${look}fourgeeks-checkout {\n${set.join('\n')}\n}\n`
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
