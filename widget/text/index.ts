/** Which language to speak, and how to fill a sentence. Each side takes only the texts it shows. */
import type { CardErrorCode, DeclineCode } from '../../server/contract/errors.ts'
import * as en from './en.ts'
import * as es from './es.ts'
import * as pt from './pt.ts'

export type ScreenText = { [K in keyof typeof en.screens]: (typeof en.screens)[K] extends string ? string : string[] }
/** Reasons of which a buyer is told no more than that the bank said no, and one that is given only while they are away. */
type Plain = 'generic_decline' | 'lost_card' | 'stolen_card' | 'pickup_card' | 'fraudulent' | 'authentication_required'
export type CardText = Record<keyof typeof en.card | CardErrorCode | Exclude<DeclineCode, Plain>, string>
export type Text = { screens: ScreenText; card: CardText }

export const languages = ['en', 'es', 'pt'] as const
export type Language = (typeof languages)[number]

/** The language of a tag, whatever its region: `es-XX` is Spanish. Undefined when it is none of ours. */
const languageOf = (tag: string): Language | undefined =>
  languages.find((language) => tag.toLowerCase().split('-')[0] === language)

/** The first tag that we speak, in the form the server reads, or English. */
export const chooseLocale = (wanted: readonly (string | null | undefined)[]): string =>
  wanted
    .map((tag) => (tag ?? '').trim().replaceAll('_', '-'))
    .find((tag) => languageOf(tag) && /^\w\w(-[A-Za-z\d]{1,8}){0,6}$/.test(tag)) ?? 'en'

/** The element's texts. */
export const screenText = (locale: string): ScreenText =>
  ({ en: en.screens, es: es.screens, pt: pt.screens })[languageOf(locale) ?? 'en']

/** The card frame's texts. */
export const cardText = (locale: string): CardText =>
  ({ en: en.card, es: es.card, pt: pt.card })[languageOf(locale) ?? 'en']

/** What a buyer reads of a refusal: its reason where there is one to tell, else its code. */
export const refusal = (text: CardText, code: CardErrorCode, declineCode: DeclineCode | null): string =>
  (text as Partial<Record<string, string>>)[declineCode ?? code] ?? text[code]

/** Puts values where the sentence names them. */
export const fill = (sentence: string, values: Record<string, string>): string =>
  sentence.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
