import { assert } from 'chai'
import { languages } from '../../widget/text/index.ts'
import { testDrawer } from '../../widget/test-drawer/index.ts'
import { choices, texts } from '../../widget/test-drawer/texts.ts'
import { audit } from './support.ts'

describe('the drawer of test cards', () => {
  let host: HTMLElement
  let box: HTMLElement
  let chosen: string[]
  const open = (locale: string) => testDrawer(box, locale, (card) => chosen.push(card))
  const buttons = () => [...box.querySelectorAll('button')]

  beforeEach(() => {
    chosen = []
    host = document.createElement('div')
    box = document.createElement('div')
    host.attachShadow({ mode: 'open' }).append(box)
    document.body.append(host)
  })
  afterEach(() => host.remove())

  for (const language of languages) {
    it(`names every card in ${language}, and hears which one is clicked`, async () => {
      open(`${language}-CR`)
      assert.equal(box.querySelector('summary')!.textContent, texts[language].title)
      box.querySelector('details')!.open = true
      for (const button of buttons()) button.click()
      assert.deepEqual(chosen, Object.values(choices).flat())
      assert.deepEqual(
        buttons().map(({ textContent }) => textContent),
        Object.values(choices)
          .flat()
          .map((card) => texts[language].cards[card]),
      )
      assert.include(box.querySelector('[role=status]')!.textContent, buttons().at(-1)!.textContent)
      await audit(host)
    })
  }

  it('is closed at first, and there once however often it is made', () => {
    open('es')
    open('es')
    assert.isFalse(box.querySelector('details')!.open)
    assert.lengthOf(box.querySelectorAll('details'), 1)
    assert.lengthOf(host.shadowRoot!.adoptedStyleSheets, 1)
  })
})
