/**
 * Bodies by what they hold and not by what their header says: clients of this face send JSON as a form and as plain text,
 * forms of both kinds, and boundaries and names with and without quotes.
 */
import type { Context } from 'hono'
import { parseMultipart } from '@remix-run/multipart-parser'
import { withBody } from '../body-limit.ts'
import { Problem, type Say } from '../domain/problem.ts'
import type { Env } from '../wire/reply.ts'

/** What a client sent: text from forms, every type from JSON, with numbers as text where digits would get lost. */
export type Sent = Record<string, unknown>

/** No request of this face has more. */
const mostFields = 100
/** Objects within objects: more are of no use here, and functions that call themselves get lost in them. */
const deepest = 32

/** Reads the body of a request; without one, nothing was sent. */
export async function readBody(c: Context<Env>): Promise<Sent> {
  if (!withBody.includes(c.req.method)) return {}
  const bytes = await c.req.arrayBuffer().catch((error: unknown) => {
    // A sender that hangs up has sent no body that could be read; a body over the limit is a problem of its own.
    throw error instanceof Problem ? error : unreadable()
  })
  return readBytes(new Uint8Array(bytes), c.req.header('content-type') ?? '')
}

/** Reads a body that has arrived; the content type only tells a form of a single word from any other word. */
export function readBytes(bytes: Uint8Array, contentType: string): Sent {
  const begin = bytes.findIndex((byte) => !blank.has(byte))
  if (begin >= 0 && bytes[begin] === dash && bytes[begin + 1] === dash) return readMultipart(bytes.subarray(begin))
  const text = utf8(bytes).trim()
  if (text === '') return {}
  if (/^[{["]/.test(text)) return readJson(text)
  if (isJson(text)) throw notAnObject()
  return readForm(text, /^application\/x-www-form-urlencoded/i.test(contentType))
}

/** What may stand before a body: white space, and the three bytes of a byte order mark. */
const blank = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf])
const dash = 0x2d

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw notUtf8()
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function readJson(text: string): Sent {
  let value: unknown
  try {
    value = JSON.parse(text, asWritten)
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep()
    throw new Problem('invalid_json', {
      en: 'The body begins like JSON and is not readable as such; send an object such as {"amount": 90.32}',
      es: 'El cuerpo empieza como JSON y no se puede leer como tal; envíe un objeto como {"amount": 90.32}',
    })
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw notAnObject()
  return copyObject(value, 1)
}

/**
 * Whole numbers are numbers as far as those are exact. Decimals, and the 19 digits of a card, stay the text that they were
 * written as.
 */
const asWritten = (_: string, value: unknown, written?: { source?: string }): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) ? written?.source : value

/** The value without names that would reach an object's prototype. */
function copy(value: unknown, depth: number): unknown {
  if (value === null || typeof value !== 'object') return value
  if (depth > deepest) throw tooDeep()
  return Array.isArray(value) ? value.map((inner) => copy(inner, depth + 1)) : copyObject(value, depth)
}

const copyObject = (value: object, depth: number): Sent =>
  collect(Object.entries(value).map(([name, inner]) => [name, copy(inner, depth + 1)]))

/** Fields by their names; of those that come again the last. */
const collect = (fields: readonly (readonly [string, unknown])[]): Sent =>
  Object.fromEntries(fields.filter(([name]) => name !== '__proto__'))

function readForm(text: string, saysSo: boolean): Sent {
  const names = text.split('&').map((field) => field.split('=', 1)[0]!)
  // No client leaves these letters as they are in a name; what is no form at all has some of them.
  if ((!saysSo && !text.includes('=')) || names.some((name) => /[^\P{Cc}\s]|["'{}<>]/u.test(name))) throw unreadable()
  if (names.length > mostFields) throw tooMany()
  const fields = [...new URLSearchParams(text)].map(([name, value]) => [name.trim(), value] as const)
  // What escapes spell that is no UTF-8 is read as this character, which hardly anybody sends as itself.
  if (fields.flat().join('').includes('\ufffd') && !/\ufffd|%ef%bf%bd/i.test(text)) throw notUtf8()
  return collect(fields)
}

/**
 * Reads `multipart/form-data`. Its first line is its boundary: the one in the header may be missing, quoted or another, and
 * no client writes anything before that line.
 */
function readMultipart(bytes: Uint8Array): Sent {
  const start = Buffer.from(bytes.subarray(0, longestBoundaryLine)).toString('latin1')
  if (/^--[\x20-\x7e]+--\s*$/.test(start)) return {}
  const boundary = /^--([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)[ \t]*\r\n/.exec(start)?.[1]
  if (boundary === undefined) throw brokenMultipart()
  const fields: [string, string][] = []
  try {
    for (const part of parseMultipart(bytes, { boundary, maxParts: mostFields + 1 })) {
      if (part.filename !== undefined) throw hasFile()
      if (part.name === undefined) throw brokenMultipart()
      if (fields.length === mostFields) throw tooMany()
      fields.push([part.name, utf8(part.bytes)])
    }
  } catch (error) {
    // Whatever the parser says of a body, it says of the body.
    throw error instanceof Problem ? error : brokenMultipart()
  }
  return collect(fields)
}

/** The standard allows a boundary 70 characters. */
const longestBoundaryLine = 256

const refusal = (say: Say) => () => new Problem('invalid_body', say)

const unreadable = refusal({
  en: 'The body is neither JSON nor a form; send an object such as {"amount": 90.32}, or fields such as amount=90.32',
  es: 'El cuerpo no es JSON ni un formulario; envíe un objeto como {"amount": 90.32}, o campos como amount=90.32',
})
const notAnObject = refusal({
  en: 'The body must be one object, such as {"amount": 90.32}, and no list or single value',
  es: 'El cuerpo debe ser un objeto, como {"amount": 90.32}, y no una lista ni un valor suelto',
})
const notUtf8 = refusal({
  en: 'The body is not UTF-8; send its text in that encoding',
  es: 'El cuerpo no está en UTF-8; envíe su texto en esa codificación',
})
const tooDeep = refusal({
  en: `The body has objects or lists nested more than ${deepest} deep`,
  es: `El cuerpo tiene objetos o listas anidados a más de ${deepest} niveles`,
})
const tooMany = refusal({
  en: `The body has more than ${mostFields} fields`,
  es: `El cuerpo tiene más de ${mostFields} campos`,
})
const hasFile = refusal({
  en: 'Files are not taken; send each field as text, without a file name',
  es: 'No se aceptan archivos; envíe cada campo como texto, sin nombre de archivo',
})
const brokenMultipart = refusal({
  en: 'The multipart body is incomplete; each part needs a name, and the last one the closing boundary after it',
  es: 'El cuerpo multipart está incompleto; cada parte necesita un nombre, y la última el límite de cierre después',
})

/** Refuses a body over the limit of the whole server. */
export const bodyTooLarge = (): Problem =>
  new Problem('body_too_large', { en: 'The body is larger than 64 kB', es: 'El cuerpo pasa de 64 kB' })
