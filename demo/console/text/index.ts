/** The console's own words: one language at a time, each with the same keys. */
import { en } from './en.ts'
import { es } from './es.ts'
import { pt } from './pt.ts'

export type Text = typeof en
export const languages = ['es', 'en', 'pt'] as const
export type Language = (typeof languages)[number]
export const textOf: Record<Language, Text> = { en, es, pt }
export const languageNames: Record<Language, string> = { es: 'Español', en: 'English', pt: 'Português' }

/** The language that was chosen before, else the first of the browser's that there is. */
export function chooseLanguage(kept: string | null, wanted: readonly string[]): Language {
  const known = (code: string) => languages.find((one) => one === code.slice(0, 2).toLowerCase())
  return known(kept ?? '') ?? wanted.map(known).find((one) => one !== undefined) ?? 'en'
}

/** How dates and money are written: as the browser's own region does, where it speaks that language. */
export function localeFor(language: Language, wanted: readonly string[]): string {
  return wanted.find((one) => one.length > 2 && one.slice(0, 2).toLowerCase() === language) ?? textOf[language].locale
}
