/** Which language to speak, whose words count, and how to fill a sentence. Each side loads only the texts it shows. */
import type { CardErrorCode, DeclineCode } from '../../server/contract/errors.ts'
import type * as en from './en.ts'
import { first, type FirstText } from './first.ts'

type Strings<T> = { [K in keyof T]: T[K] extends string ? string : string[] }
/** What a language's file holds for the element: all but what is there from the first moment. */
export type LaterText = Strings<typeof en.screens>
export type ScreenText = FirstText & LaterText
/** Reasons of which a buyer is told no more than that the bank said no, and one that is given only while they are away. */
type Plain = 'generic_decline' | 'lost_card' | 'stolen_card' | 'pickup_card' | 'fraudulent' | 'authentication_required'
export type CardText = Record<keyof typeof en.card | CardErrorCode | Exclude<DeclineCode, Plain>, string>
export type Text = { screens: LaterText; card: CardText }

/** What the frame says of who is paid, of what is agreed to and of a charge that may exist: never in the shop's words. */
export const ownWords = ['to', 'agree', 'agreeLater', 'checking', 'checkingCard', 'alone'] as const
type OwnWords = (typeof ownWords)[number]

/**
 * A shop's own words, by the names of ours: of the element's screens, and of the card frame. Plain text; `{merchant}` and the like
 * stand for the same values as in the sentence they replace, and must all be there.
 */
export type Texts = { screens?: Partial<ScreenText>; card?: Partial<Omit<CardText, OwnWords>> }

export const languages = ['en', 'es', 'pt'] as const
export type Language = (typeof languages)[number]

const known = (tag: string): Language | undefined =>
  languages.find((language) => tag.toLowerCase().split('-')[0] === language)

/** The language of a tag, whatever its region: `es-XX` is Spanish. English for one that is none of ours. */
export const languageOf = (tag: string): Language => known(tag) ?? 'en'

/** The first tag that we speak, in the form the server reads, or English. */
export const chooseLocale = (wanted: readonly (string | null | undefined)[]): string =>
  wanted
    .map((tag) => (tag ?? '').trim().replaceAll('_', '-'))
    .find((tag) => known(tag) && /^\w\w(-[A-Za-z\d]{1,8}){0,6}$/.test(tag)) ?? 'en'

/** The `lang` of the closest element around one, or its own, out of every shadow root on the way. */
export function pageLanguage(from: Node | null): string | null {
  for (let at = from; at; at = at instanceof ShadowRoot ? at.host : at.parentNode) {
    if (at instanceof Element && at.hasAttribute('lang')) return at.getAttribute('lang')
  }
  return null
}

/** The element's words: what is always there, its language's file once that has come, and before both the shop's own, as they are. */
export const screenText = (language: Language, later: LaterText | null, own?: Texts): ScreenText =>
  ({ ...first[language], ...later, ...own?.screens }) as ScreenText

/** Texts with a shop's words in the place of ours: only for what we say, and with the same values in it. */
export function reworded(text: CardText, own: Readonly<Record<string, string>>): CardText {
  const ours = text as Record<string, string>
  const fitting = Object.entries(own).filter(
    ([name, words]) =>
      Object.hasOwn(ours, name) &&
      !(ownWords as readonly string[]).includes(name) &&
      namesIn(words) === namesIn(ours[name]!),
  )
  return { ...text, ...Object.fromEntries(fitting) }
}

const namesIn = (sentence: string): string => String([...new Set(sentence.match(/\{\w+\}/g))].sort())

/** What a buyer reads of a refusal: its reason where there is one to tell, else its code. */
export const refusal = (text: CardText, code: CardErrorCode, declineCode: DeclineCode | null): string =>
  (text as Partial<Record<string, string>>)[declineCode ?? code] ?? text[code]

/** Puts values where the sentence names them. */
export const fill = (sentence: string, values: Record<string, string>): string =>
  sentence.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
