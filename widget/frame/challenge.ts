/**
 * The bank's question, in a frame inside the card frame. What its page does is a hint to ask the payment side, whose word
 * alone counts: so an answer that got lost, or was given in another tab, is found all the same.
 */
import type { CardText } from '../text/index.ts'
import { look, type Intent, type Means, type Outcome, type Untouched } from './confirm.ts'
import { make } from './make.ts'

type Asked = {
  intent: Intent
  text: CardText
  means: Means
  /** Told when the bank's page is there to be answered, and again when it is back. */
  onAsked(): void
}

const lookMs = 2500

/** Shows the question, and resolves with what the payment came to. */
export async function challenge(into: HTMLElement, path: string, asked: Asked): Promise<Outcome | Untouched> {
  const { intent, text, means, onAsked } = asked
  const page = make('iframe', { title: text.bank })
  const back = make('button', {}, text.turnBack)
  const box = make('div', { class: 'bank' }, page, back)

  let hint: () => void
  const nextHint = () => new Promise<true>((done) => (hint = () => done(true)))
  let hinted = nextHint()
  const show = (of: string) => {
    page.src = `${of}?locale=${document.documentElement.lang}`
    onAsked()
  }
  const turnBack = () => {
    const body = new URLSearchParams({ answer: 'canceled' })
    // Whether it arrived, the next look tells.
    const told = () => hint()
    void means.fetch(path, { method: 'POST', body }).then(told, told)
  }
  const onKey = ({ key }: KeyboardEvent) => {
    if (key === 'Escape') turnBack()
  }
  let misses = 0
  page.addEventListener('load', () => {
    const shown = page.contentDocument
    shown?.addEventListener('keydown', onKey)
    // Its end, or an error in its place.
    if (!shown?.forms[0]) misses = 2
    hint()
  })
  back.addEventListener('click', turnBack)
  box.addEventListener('keydown', onKey)
  show(path)
  into.replaceChildren(box)
  // Who pressed the button goes on here; who has just come back to the page is left where they are.
  if (document.hasFocus()) page.focus()

  for (;;) {
    const isHinted = await Promise.race([hinted, means.sleep(lookMs)])
    // Before the look: what happens meanwhile asks for another.
    hinted = nextHint()
    const found = await look(intent, means)
    if (!found) {
      // It is being charged, or the network is gone: a page that never came to its end must not say more than is known.
      if (++misses > 1) means.onChecking()
    } else if (found.is === 'challenge') {
      if (found.path !== path || (misses > 1 && isHinted !== true)) {
        misses = 0
        show((path = found.path))
      }
    } else return found
  }
}
