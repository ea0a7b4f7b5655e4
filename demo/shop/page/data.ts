/** What the document tells the script, and what every page is drawn from. */
import { languages, type Language } from '../catalogue.ts'
import type { PageData } from '../document.ts'

export function readPageData(): PageData {
  const text = document.getElementById('page-data')?.textContent
  // Written by our own server into this very document, so its shape is known.
  const data = JSON.parse(text ?? '{}') as PageData
  if (!languages.includes(data.language)) throw new Error('The document carries no page data')
  return data
}

export const localeOf = (language: Language) => (language === 'es' ? 'es-CR' : 'en')
