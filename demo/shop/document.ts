/** The HTML shell of every page of the shop. The page's script draws the rest from the data in it. */
import type { Language } from './catalogue.ts'

export type PageName = 'shop' | 'checkout' | 'subscribe' | 'order' | 'card' | 'missing'

/** What the document tells the page's script. */
export type PageData = {
  page: PageName
  language: Language
  /** The origin of the payment side. */
  payments: string
  /** The order this page is about, when it is about one. */
  reference: string | null
  /** Whether there is a QA page to lead to. */
  hasQa: boolean
}

const titles: Record<PageName, Record<Language, string>> = {
  shop: { es: 'Tostadora Barú · Café de altura', en: 'Tostadora Barú · Mountain coffee' },
  checkout: { es: 'Pagar · Tostadora Barú', en: 'Checkout · Tostadora Barú' },
  subscribe: { es: 'Suscribirse · Tostadora Barú', en: 'Subscribe · Tostadora Barú' },
  card: { es: 'Otra tarjeta · Tostadora Barú', en: 'Another card · Tostadora Barú' },
  order: { es: 'Su pedido · Tostadora Barú', en: 'Your order · Tostadora Barú' },
  missing: { es: 'No encontrada · Tostadora Barú', en: 'Not found · Tostadora Barú' },
}

const about: Record<Language, string> = {
  es: 'Café de altura de Costa Rica, tostado en lotes pequeños.',
  en: 'Mountain coffee of Costa Rica, roasted in small batches.',
}

const needsScript: Record<Language, string> = {
  es: 'Esta tienda de demostración necesita JavaScript.',
  en: 'This demonstration shop needs JavaScript.',
}

export function document(data: PageData): string {
  const { page, language, payments } = data
  // Deferred scripts run in this order: the shop listens first, so it hears when the payment script cannot load.
  const paymentScript =
    page === 'checkout' || page === 'subscribe' || page === 'card'
      ? `\n    <script defer id="payment-script" src="${escape(`${payments}/fourgeeks-checkout.js`)}"></script>`
      : ''
  return `<!doctype html>
<html lang="${language === 'es' ? 'es-CR' : 'en'}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="description" content="${escape(about[language])}">
    <title>${escape(titles[page][language])}</title>
    <link rel="icon" href="/favicon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/shop.css">
    <script type="module" src="/shop.js"></script>${paymentScript}
  </head>
  <body>
    <div id="shop"><noscript>${escape(needsScript[language])}</noscript></div>
    <script type="application/json" id="page-data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
  </body>
</html>
`
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
