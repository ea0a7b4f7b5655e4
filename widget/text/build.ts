/** What the build makes of the texts: a file for each side in each language, whose names the element's script knows. */
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import * as en from './en.ts'
import * as es from './es.ts'
import * as pt from './pt.ts'

const all = { en, es, pt }
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))
const shortHash = (text: string) => createHash('sha384').update(text).digest('hex').slice(0, 16)

/** The element's texts in the environment `element`, the card's in `frame`. */
export function texts(element: string, frame: string): Plugin {
  const files = Object.entries(all).map(([language, { screens, card }]) => ({
    language,
    screens: JSON.stringify(screens),
    card: JSON.stringify(card),
  }))
  const names = Object.fromEntries(
    files.map(({ language, screens }) => [language, `text-${language}-${shortHash(screens)}.json`]),
  )
  return {
    name: 'texts',
    apply: 'build',
    enforce: 'pre',
    applyToEnvironment: ({ name }) => name === element || name === frame,
    resolveId(id) {
      return this.environment.name === element && id === './text/load.ts' ? here('./fetch.ts') : null
    },
    transform(code, id) {
      return id === here('./fetch.ts')
        ? code.replace('textFiles[language]', `(${JSON.stringify(names)})[language]`)
        : null
    },
    generateBundle() {
      for (const { language, screens, card } of files) {
        const [fileName, source] =
          this.environment.name === element ? [`text-${language}.json`, screens] : [`card-${language}.json`, card]
        this.emitFile({ type: 'asset', fileName, source })
      }
    },
  }
}
