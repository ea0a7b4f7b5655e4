/** The shop's page in the browser: reads which page this is and draws it. */
import './shop.css'
import { html } from 'lit'
import { showCheckout } from './checkout.ts'
import { readPageData } from './data.ts'
import { notice, show } from './layout.ts'
import { showOrder } from './order.ts'
import { showStorefront } from './storefront.ts'
import { showCard, showSubscribe } from './subscribe.ts'

const { page, language, reference } = readPageData()

if (page === 'checkout') showCheckout(language)
else if (page === 'subscribe') showSubscribe(language)
else if (page === 'card' && reference) showCard(language, reference)
else if (page === 'order' && reference) showOrder(language, reference)
else if (page === 'shop') showStorefront(language)
else
  show(language, { buying: true }, ({ text }) =>
    notice(text.missingTitle, text.missingLine, html`<a class="button" href="/">${text.emptyGo}</a>`),
  )
