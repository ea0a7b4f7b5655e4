/** Which language and which way of writing money a caller gets. */
import type { Say } from '../domain/problem.ts'

const fallback = 'es-CR'
const spoken = new Set(['es', 'en', 'pt'])
const known = new Map<string, string>()

/** The locale that money is written in: the first known language asked for, with its region; Costa Rican Spanish otherwise. */
export function localeOf(asked: string | undefined): string {
  if (asked === undefined) return fallback
  let locale = known.get(asked)
  if (locale === undefined) {
    locale = choose(asked.slice(0, 300))
    if (known.size >= 1000) known.clear()
    known.set(asked, locale)
  }
  return locale
}

/** The language of a locale that `localeOf` gave. */
export const languageIn = (locale: string) => locale.slice(0, 2) as 'es' | 'en' | 'pt'

function choose(asked: string): string {
  for (const part of asked.split(',')) {
    const [, language, region] = /^\s*([a-z]{2})(?:-[a-z]{4})?(?:-([a-z]{2}|\d{3}))?(?![a-z\d])/i.exec(part) ?? []
    if (language === undefined || !spoken.has(language.toLowerCase())) continue
    return region === undefined ? language.toLowerCase() : `${language.toLowerCase()}-${region.toUpperCase()}`
  }
  return fallback
}

export type Language = keyof Say

/** Spanish for callers who ask for it before English; English otherwise. */
export function languageOf(header: string | undefined): Language {
  if (!header) return 'en'
  const ranked = header
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const q = parameters.map((p) => /^\s*q=([\d.]+)$/.exec(p)?.[1]).find((v) => v !== undefined)
      return { language: tag.trim().split('-')[0], q: q === undefined ? 1 : Number(q) }
    })
    .filter(({ language, q }) => q > 0 && (language === 'es' || language === 'en'))
    .sort((a, b) => b.q - a.q)
  return ranked[0]?.language === 'es' ? 'es' : 'en'
}
