/**
 * What clients send in a field, as they send it: numbers as text, text as numbers, truth in any case. Source: the legacy
 * API's reference, "What clients send and read".
 */
import { z } from 'zod'
import type { Say } from '../domain/problem.ts'
import { freeText } from '../wire/fields.ts'

/** Numbers are text with digits; the rest stays what it is. */
const asText = (value: unknown): unknown =>
  typeof value === 'number' && Number.isFinite(value) ? String(value) : typeof value === 'string' ? value.trim() : value

const says = (say: Say) => ({ params: { say } })

const notEmpty = says({ en: 'must not be empty', es: 'no debe estar vacío' })

/** A field that may be left out, or sent as `null`, which clients do with what they have not. */
export const optional = <T extends z.ZodType>(field: T) =>
  z.preprocess((value) => (value === null ? undefined : value), field.optional()).optional()

/** Text of at least one letter. */
export const text = (most: number) =>
  z.preprocess(
    asText,
    freeText(most).refine((value) => value !== '', notEmpty),
  )

/** Text that may be empty. */
export const anyText = (most: number) => z.preprocess(asText, freeText(most))

export const email = () => z.preprocess(asText, z.email().max(320))

/** A whole number within bounds, such as `9`, `"9"` or `"09"`. */
export function wholeNumber(least: number, most: number) {
  const say = {
    en: `must be a whole number from ${least} to ${most}`,
    es: `debe ser un número entero de ${least} a ${most}`,
  }
  return z.preprocess(
    asText,
    z
      .string()
      .refine((digits) => /^\d{1,15}$/.test(digits) && Number(digits) >= least && Number(digits) <= most, says(say))
      .transform(Number),
  )
}

/** A number whose meaning the card's own rules decide: a month that does not exist is the card's fault. */
export const cardNumberPart = () =>
  z.preprocess(
    asText,
    z
      .string()
      .refine((digits) => /^\d{1,4}$/.test(digits), says({ en: 'must be a number', es: 'debe ser un número' }))
      .transform(Number),
  )

/** Major units as they were written; which decimals fit is the currency's to say. */
export const amount = () => z.preprocess(asText, z.string().max(40))

/** ISO 4217, in any case; which letters are a currency is the domain's to say. */
export const currency = () => z.preprocess(asText, z.string().max(10))

/** A card's digits; the card's own rules decide. */
export const digits = () => z.preprocess(asText, z.string().max(40))

/** An id or a key, or a customer's whole number. */
export const said = () => z.preprocess(asText, z.string().max(200))

const truths = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])

/** True or false, in any case. */
export const truth = () =>
  z.preprocess(
    (value) => (typeof value === 'boolean' ? String(value) : asText(value)),
    z
      .string()
      .refine(
        (word) => truths.has(word.toLowerCase()),
        says({ en: 'must be true or false', es: 'debe ser true o false' }),
      )
      .transform((word) => truths.get(word.toLowerCase())!),
  )
