/** The element's texts in one language, as a part of the program that is loaded when it is spoken: for bundlers of shops. */
import type { Language, LaterText } from './index.ts'

const loaders: Record<Language, () => Promise<{ screens: LaterText }>> = {
  en: () => import('./en.ts'),
  es: () => import('./es.ts'),
  pt: () => import('./pt.ts'),
}

/** `_api` is where the same texts are as files; the script that the payment side serves takes them from there. */
export const loadScreens = async (language: Language, _api: string): Promise<LaterText> =>
  (await loaders[language]()).screens
