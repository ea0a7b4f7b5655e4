/**
 * The drawer of test cards: a script of its own that the element loads for test sessions where it is asked for, and no buyer ever does.
 * It knows cards by their names; the card frame asks its own origin for the numbers.
 */
import sheet from './test-drawer.css?inline'
import { choices, type Choice, type Group, texts } from './texts.ts'

const styles = new CSSStyleSheet()

/** Puts the drawer into a box of the element. `choose` hears the name of the card that was clicked. */
export function testDrawer(into: HTMLElement, locale: string, choose: (card: Choice) => void): void {
  const root = into.getRootNode() as ShadowRoot
  if (!root.adoptedStyleSheets.includes(styles)) {
    styles.replaceSync(sheet)
    root.adoptedStyleSheets.push(styles)
  }
  const language = locale.slice(0, 2).toLowerCase()
  const text = texts[language === 'es' || language === 'pt' ? language : 'en']
  const said = make('p', 'said', '')
  said.setAttribute('role', 'status')

  const groups = Object.entries(choices).map(([group, cards]: [string, readonly Choice[]]) => {
    const list = document.createElement('ul')
    list.append(
      ...cards.map((card) => {
        const button = make('button', 'test', text.cards[card])
        button.type = 'button'
        button.addEventListener('click', () => {
          choose(card)
          said.textContent = text.filled.replace('{card}', text.cards[card])
        })
        const item = document.createElement('li')
        item.append(button)
        return item
      }),
    )
    const box = make('div', `group ${group}`, '')
    const name = make('p', 'name', text[group as Group])
    name.id = `test-${group}`
    // No heading: which level it would have is the page's business.
    box.setAttribute('role', 'group')
    box.setAttribute('aria-labelledby', name.id)
    box.append(name, list)
    return box
  })

  const details = document.createElement('details')
  details.append(make('summary', '', text.title), make('p', 'about', text.about), ...groups, said)
  into.replaceChildren(details)
}

function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  words: string,
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  if (className) made.className = className
  made.textContent = words
  return made
}
