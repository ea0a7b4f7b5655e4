/**
 * In the place of `load.ts` in the script that the payment side serves: the texts are data, not a second script that a strict page
 * would have to list and check, and a classic script cannot be split.
 */
import type { Language, LaterText } from './index.ts'

/** The files' names, with their hashes in them; put in by the build. */
declare const textFiles: Record<Language, string>

export async function loadScreens(language: Language, api: string): Promise<LaterText> {
  const answer = await fetch(new URL(`/assets/${textFiles[language]}`, api))
  if (!answer.ok) throw new Error(`No texts: ${answer.status}`)
  return (await answer.json()) as LaterText
}
