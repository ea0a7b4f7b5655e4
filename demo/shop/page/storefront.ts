/** The shop's first page: what there is, and why it is good. */
import { html, type TemplateResult } from 'lit'
import { catalogue, club, type Language, type Product } from '../catalogue.ts'
import { artOf, valley } from './art.ts'
import { show, type Scene } from './layout.ts'
import { addOne, currency } from './memory.ts'

export function showStorefront(language: Language): void {
  show(language, { buying: true }, (scene) => {
    const { text } = scene
    return html`
      <section class="hero">
        <div class="words">
          <h1>${text.heroTitle}</h1>
          <p>${text.heroLine}</p>
          <a class="button" href="#coffees">${text.heroGo}</a>
        </div>
        <div class="view">${valley}</div>
      </section>
      ${shelf(scene, 'coffee', 'coffees', text.coffees, text.coffeesLine)} ${monthly(scene)}
      ${shelf(scene, 'gear', 'gear', text.gear, text.gearLine)}
      <ul class="promise">
        ${text.promise.map(
          ([title, line]) =>
            html`<li>
              <h3>${title}</h3>
              <p>${line}</p>
            </li>`,
        )}
      </ul>
    `
  })
}

function shelf(scene: Scene, kind: Product['kind'], id: string, title: string, line: string): TemplateResult {
  return html`<section class="shelf" aria-labelledby=${id}>
    <div class="heading">
      <h2 id=${id}>${title}</h2>
      <p>${line}</p>
    </div>
    <ul class="grid">
      ${catalogue.filter((product) => product.kind === kind).map((product) => card(scene, product))}
    </ul>
  </section>`
}

/** The offer of a bag every month. */
function monthly({ text, language, money }: Scene): TemplateResult {
  return html`<section class="monthly" aria-labelledby="club">
    <div class="tile tone-club">${artOf('club')}</div>
    <div class="words">
      <p class="origin">${text.clubKind}</p>
      <h2 id="club">${club.name[language]}</h2>
      <p>${text.clubLine}</p>
      <p class="price">${text.monthly(money(club.price[currency()], currency()))}</p>
      <div class="actions">
        <a class="button" href="/subscribe">${text.subscribe}</a>
        <a class="button quiet" href="/subscribe?trial">${text.tryFree(club.trialDays)}</a>
      </div>
      <p class="fine">${text.clubFine}</p>
    </div>
  </section>`
}

function card({ text, language, money, announce }: Scene, product: Product): TemplateResult {
  const { id, name, origin, about, size, price } = product
  const add = () => {
    addOne(id)
    announce(text.added(name[language]))
  }
  return html`<li class="card">
    <div class="tile tone-${id}">${artOf(id)}</div>
    <p class="origin">${origin[language]}</p>
    <h3>${name[language]}</h3>
    <p class="about">${about[language]}</p>
    <div class="buy">
      <p>
        <span class="price">${money(price[currency()], currency())}</span><span class="fine">${size[language]}</span>
      </p>
      <button class="button small" type="button" aria-label=${text.addNamed(name[language])} @click=${add}>
        ${text.add}
      </button>
    </div>
  </li>`
}
