/** What every panel of the page is drawn from, and the fold that most of them are. */
import { html, type TemplateResult } from 'lit'
import type { QaData } from '../../document.ts'
import type { Actions, Seen } from '../bench.ts'
import type { Fields } from '../fields.ts'
import type { Text } from '../text.ts'

export type View = {
  readonly seen: Seen
  readonly act: Actions
  readonly fields: Fields
  /** The one in which the bench shows the page: it outlives every drawing. */
  readonly frame: HTMLIFrameElement
  readonly data: QaData
  readonly text: Text
  readonly locale: string
  /** Whether there is room for the first panels to be open. */
  readonly isWide: boolean
}

type Fold = {
  id: string
  title: string
  content: TemplateResult
  /** What is seen of it while it is closed. */
  note: string
  /** Open from the beginning. */
  open?: boolean
}

export const fold = ({ id, title, content, note, open = false }: Fold): TemplateResult =>
  html`<details class="part" id=${id} ?open=${open}>
    <summary>
      <h2>${title}</h2>
      <span class="note">${note}</span>
    </summary>
    <div class="inside">${content}</div>
  </details>`
