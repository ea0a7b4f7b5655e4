/** From a schema's complaint to a sentence that says what would be right. */
import type { z } from 'zod'
import { type Fault, missingFields, refuseFields, type Say } from '../domain/problem.ts'

type Issue = z.core.$ZodIssue

const types: Record<string, Say> = {
  string: { en: 'a string', es: 'un texto' },
  number: { en: 'a number', es: 'un número' },
  int: { en: 'a whole number', es: 'un número entero' },
  boolean: { en: 'true or false', es: 'true o false' },
  array: { en: 'a list', es: 'una lista' },
  object: { en: 'an object', es: 'un objeto' },
}

/** Refuses what a schema complains of: with what is missing first, then with what is not acceptable. */
export function refuse(issues: readonly z.core.$ZodIssue[], sent: unknown): never {
  const missing = issues.filter((issue) => isMissing(issue, sent)).map((issue) => faultOf(issue, true))
  if (missing.length > 0) throw missingFields(missing)
  return refuseFields(issues.map((issue) => faultOf(issue)))
}

/** Whether the field that a complaint names was not sent at all. */
function isMissing(issue: Issue, sent: unknown): boolean {
  if (issue.code !== 'invalid_type' && issue.code !== 'invalid_union' && issue.code !== 'invalid_value') return false
  let value = sent
  for (const step of issue.path) {
    if (value === null || typeof value !== 'object') return false
    value = (value as Record<PropertyKey, unknown>)[step]
  }
  return value === undefined
}

function faultOf(issue: Issue, missing = false): Fault {
  const field = issue.path.join('.') || 'body'
  return { field, say: missing ? { en: 'is required', es: 'es obligatorio' } : sayOf(issue) }
}

const notAcceptable: Say = { en: 'is not acceptable', es: 'no es aceptable' }

function sayOf(issue: Issue): Say {
  switch (issue.code) {
    case 'invalid_type': {
      const type = types[issue.expected] ?? { en: issue.expected, es: issue.expected }
      return { en: `must be ${type.en}`, es: `debe ser ${type.es}` }
    }
    case 'invalid_union':
      return { en: 'must be a string or a whole number', es: 'debe ser un texto o un número entero' }
    case 'too_big':
      return { en: `is longer or larger than ${issue.maximum}`, es: `pasa de ${issue.maximum}` }
    case 'too_small':
      return {
        en: `is shorter or smaller than ${issue.minimum}`,
        es: `es más corto o menor que ${issue.minimum}`,
      }
    case 'invalid_value':
      return { en: `must be one of: ${issue.values.join(', ')}`, es: `debe ser uno de: ${issue.values.join(', ')}` }
    case 'custom':
      return (issue.params?.['say'] as Say | undefined) ?? notAcceptable
    case 'invalid_format':
      if (issue.format === 'email') {
        return {
          en: 'must be an email address, such as "ana@example.com"',
          es: 'debe ser un correo electrónico, como "ana@example.com"',
        }
      }
      return { en: 'is not well formed', es: 'no tiene el formato esperado' }
    default:
      return notAcceptable
  }
}
