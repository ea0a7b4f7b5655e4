/** What stands around every page: header, basket drawer, footer. */
import { html, nothing, render, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { formatMoney } from '../../../server/merchant/money.ts'
import { currencies, findProduct, languages, mostOfOne, type Currency, type Language } from '../catalogue.ts'
import { artOf, cup, mark } from './art.ts'
import { localeOf, readPageData } from './data.ts'
import { basket, countOf, currency, onMemory, setCurrency, setQuantity, type BasketLine } from './memory.ts'
import { textOf, type Text } from './text.ts'

/** What every drawing function gets. */
export type Scene = {
  text: Text
  language: Language
  money: (minor: number, code: Currency) => string
  /** Draws again. */
  paint: () => void
  /** Tells a screen reader, and nobody else. */
  announce: (sentence: string) => void
}

type Options = { /** Paying and paid orders keep the currency they began with. */ buying: boolean }

/** Draws the page now, and again whenever the memory or the page itself says so. */
export function show(language: Language, { buying }: Options, main: (scene: Scene) => TemplateResult): Scene {
  const root = document.getElementById('shop')
  if (!root) throw new Error('The document has no place for the shop')
  root.replaceChildren()
  let said = ''
  const scene: Scene = {
    text: textOf[language],
    language,
    money: (minor, code) => formatMoney(minor, code, localeOf(language)),
    paint: () => render(page(scene, buying, main(scene), said), root),
    announce(sentence) {
      said = sentence
      scene.paint()
    },
  }
  onMemory(scene.paint)
  scene.paint()
  return scene
}

function page(scene: Scene, buying: boolean, main: TemplateResult, said: string): TemplateResult {
  const { text } = scene
  return html`
    <a class="skip" href="#main">${text.skip}</a>
    <header class="top">
      <div class="strip">
        <p>${text.shipping}</p>
        <div class="choices">${languageChoice(scene)} ${buying ? currencyChoice(scene) : nothing}</div>
      </div>
      <div class="bar">
        <a class="brand" href="/"
          >${mark}<span>Tostadora <b>Barú</b></span></a
        >
        ${buying ? basketButton(scene) : nothing}
      </div>
    </header>
    <main id="main" tabindex="-1">${main}</main>
    <footer class="foot">
      <div>
        ${mark}
        <p>${text.footer}</p>
        ${readPageData().hasQa ? html`<a class="bench" href="/qa">${text.bench}</a>` : nothing}
      </div>
    </footer>
    ${buying ? drawer(scene) : nothing}
    <p class="unseen" role="status">${said}</p>
  `
}

function languageChoice({ text, language }: Scene): TemplateResult {
  const to = (code: Language) => {
    const query = new URLSearchParams(location.search)
    query.set('lang', code)
    return `${location.pathname}?${query.toString()}`
  }
  return html`<nav class="choice" aria-label=${text.language}>
    ${languages.map(
      (code) =>
        html`<a
          href=${to(code)}
          lang=${code}
          hreflang=${code}
          aria-label=${code === 'es' ? 'ES, español' : 'EN, English'}
          aria-current=${code === language ? 'true' : nothing}
          >${code.toUpperCase()}</a
        >`,
    )}
  </nav>`
}

function currencyChoice({ text }: Scene): TemplateResult {
  const names: Record<Currency, string> = { CRC: text.colones, USD: text.dollars }
  return html`<div class="choice" role="group" aria-label=${text.currency}>
    ${currencies.map(
      (code) =>
        html`<button
          type="button"
          aria-pressed=${code === currency()}
          aria-label="${code}, ${names[code]}"
          @click=${() => setCurrency(code)}
        >
          ${code}
        </button>`,
    )}
  </div>`
}

function basketButton({ text }: Scene): TemplateResult {
  const count = countOf(basket())
  return html`<button class="basket-button" type="button" aria-haspopup="dialog" @click=${openBasket}>
    <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d="M4 9.5h16l-1.6 9a2 2 0 0 1-2 1.7H7.6a2 2 0 0 1-2-1.7ZM8 9.5l3-6m5 6-3-6M9.5 13v4m5-4v4" />
    </svg>
    <span class="word">${text.basket}</span> <span class="count">${count}</span>
    <span class="unseen">${text.items(count)}</span>
  </button>`
}

function drawer(scene: Scene): TemplateResult {
  const { text, money } = scene
  const lines = basket()
  const code = currency()
  const total = lines.reduce((sum, { id, quantity }) => sum + quantity * (findProduct(id)?.price[code] ?? 0), 0)
  return html`<dialog class="drawer" aria-labelledby="basket-title" @click=${closeOnBackdrop}>
    <div class="drawer-inside">
      <header>
        <h2 id="basket-title" tabindex="-1" autofocus>${text.basket}</h2>
        <button class="round" type="button" aria-label=${text.close} @click=${closeBasket}>
          <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="m6 6 12 12M18 6 6 18" /></svg>
        </button>
      </header>
      ${
        lines.length === 0
          ? html`<div class="nothing">
              ${cup}
              <p class="strong">${text.emptyTitle}</p>
              <p>${text.emptyLine}</p>
              <button class="button quiet" type="button" @click=${closeBasket}>${text.emptyGo}</button>
            </div>`
          : html`<ul class="lines">
                ${repeat(
                  lines,
                  (line) => line.id,
                  (line) => basketLine(scene, line, code),
                )}
              </ul>
              <footer>
                <dl class="sums">
                  <div>
                    <dt>${text.delivery}</dt>
                    <dd>${text.included}</dd>
                  </div>
                  <div class="total">
                    <dt>${text.total}</dt>
                    <dd>${money(total, code)}</dd>
                  </div>
                </dl>
                <a class="button" href="/checkout">${text.pay}</a>
                <p class="fine">${text.taxes}</p>
              </footer>`
      }
    </div>
  </dialog>`
}

function basketLine({ text, language, money }: Scene, { id, quantity }: BasketLine, code: Currency): TemplateResult {
  const product = findProduct(id)
  const name = product?.name[language] ?? id
  return html`<li>
    <div class="thumb tone-${id}">${artOf(id)}</div>
    <div class="what">
      <p class="name">${name}</p>
      <p class="fine">${product?.size[language]}</p>
      <div class="stepper">
        <button type="button" aria-label=${text.less(name)} @click=${() => setQuantity(id, quantity - 1)}>
          <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="M6 12h12" /></svg>
        </button>
        <span role="status" aria-label=${text.quantity(quantity)}>${quantity}</span>
        <button
          type="button"
          aria-label=${text.more(name)}
          ?disabled=${quantity >= mostOfOne}
          @click=${() => setQuantity(id, quantity + 1)}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="M6 12h12M12 6v12" /></svg>
        </button>
      </div>
    </div>
    <div class="side">
      <p class="price">${money(quantity * (product?.price[code] ?? 0), code)}</p>
      <button class="link" type="button" aria-label=${text.removeNamed(name)} @click=${() => remove(id)}>
        ${text.remove}
      </button>
    </div>
  </li>`
}

const dialog = () => document.querySelector<HTMLDialogElement>('dialog.drawer')

export function openBasket(): void {
  dialog()?.showModal()
}

function closeBasket(): void {
  dialog()?.close()
}

/** A click beside the drawer lands on the dialog itself. */
function closeOnBackdrop(event: Event): void {
  if (event.target === event.currentTarget) closeBasket()
}

/** The button that was pressed goes with its line, so the keyboard's place moves to the title. */
function remove(id: string): void {
  setQuantity(id, 0)
  document.getElementById('basket-title')?.focus()
}

/** A page that has only one thing to say. */
export function notice(title: string, line: string, actions: TemplateResult): TemplateResult {
  return html`<section class="notice">
    ${cup}
    <h1>${title}</h1>
    <p>${line}</p>
    <div class="actions">${actions}</div>
  </section>`
}

export function waitingFor(title: string, line = ''): TemplateResult {
  return html`<section class="notice" aria-busy="true">
    <div class="spinner" aria-hidden="true"></div>
    <h1>${title}</h1>
    <p>${line}</p>
  </section>`
}

/** Lines of an order that the backend has priced, with their sum. */
export function receipt(
  { text, language, money }: Scene,
  order: { currency: Currency; lines: { id: string; quantity: number; total: number }[]; total: number },
): TemplateResult {
  return html`<ul class="lines">
      ${order.lines.map(({ id, quantity, total }) => {
        const product = findProduct(id)
        return html`<li>
          <div class="thumb tone-${id}">${artOf(id)}</div>
          <div class="what">
            <p class="name">${product?.name[language] ?? id}</p>
            <p class="fine">${quantity} × ${money(total / quantity, order.currency)}</p>
          </div>
          <div class="side"><p class="price">${money(total, order.currency)}</p></div>
        </li>`
      })}
    </ul>
    <dl class="sums">
      <div>
        <dt>${text.delivery}</dt>
        <dd>${text.included}</dd>
      </div>
      <div class="total">
        <dt>${text.total}</dt>
        <dd>${money(order.total, order.currency)}</dd>
      </div>
    </dl>
    <p class="fine">${text.taxes}</p>`
}
