/** What all views share: they draw into the page itself, so that one style sheet, one outline and one keyboard order hold for all. */
import { LitElement, type PropertyDeclarations, type PropertyValues } from 'lit'
import type { App } from '../app.ts'
import type { Place } from '../router.ts'

/** Opens the dialogs that have been drawn since. One that was closed stays so until it is drawn anew. */
export function showDialogs(host: HTMLElement): void {
  for (const dialog of host.querySelectorAll<HTMLDialogElement>('dialog.question:not([data-shown])')) {
    dialog.dataset['shown'] = ''
    dialog.showModal()
  }
}

export abstract class View extends LitElement {
  static override properties: PropertyDeclarations = {
    app: { attribute: false },
    place: { attribute: false },
    asking: { state: true, attribute: false },
    acting: { state: true, attribute: false },
    failure: { state: true, attribute: false },
  }
  /** Who is signed in, and how to ask. */
  declare app: App
  /** Where the console is. */
  declare place: Place
  /** Which dialog is open, by its name. */
  declare protected asking: string | null
  /** Whether something that was pressed is being done. */
  declare protected acting: boolean
  /** Why what was pressed last could not be done. */
  declare protected failure: unknown

  constructor() {
    super()
    this.asking = null
    this.acting = false
    this.failure = undefined
  }

  protected override createRenderRoot(): this {
    return this
  }

  protected override updated(_changed: PropertyValues): void {
    showDialogs(this)
  }

  /** Opens a dialog; what went wrong before is of another one. */
  protected ask(dialog: string): void {
    this.failure = undefined
    this.asking = dialog
  }

  /** Closes the open dialog the browser's own way, which gives the focus back. */
  protected closeDialog(): void {
    this.querySelector<HTMLDialogElement>(':scope dialog[open]')?.close()
  }

  protected dialogClosed = (): void => {
    this.asking = null
    this.failure = undefined
  }

  /** Does what was pressed, once; closes the dialog and says so when it is done. */
  protected async act(work: () => Promise<unknown>, done?: string): Promise<boolean> {
    if (this.acting) return false
    this.acting = true
    this.failure = undefined
    try {
      await work()
      this.closeDialog()
      if (done !== undefined) this.app.say(done)
      return true
    } catch (error) {
      this.failure = error
      return false
    } finally {
      this.acting = false
    }
  }
}
