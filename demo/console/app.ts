/** What every view is given: who is signed in, how to ask, how to say and write things. */
import type { ConsoleView } from '../../server/contract/console.ts'
import type { Api } from './api.ts'
import type { Format } from './format.ts'
import type { Language, Text } from './text/index.ts'

export type App = {
  api: Api
  me: ConsoleView
  language: Language
  text: Text
  format: Format
  go(path: string, options?: { replace?: boolean }): void
  /** Shows a sentence for a moment, and tells it to screen readers. */
  say(sentence: string): void
}
