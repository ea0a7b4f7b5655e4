/** The ways in which clients of the legacy API write the same body. Source: its reference, "What clients send and read". */

export type Fields = Record<string, unknown>
export type BodyForm = {
  name: string
  /** Whether it has numbers, truth and nothing of its own, or only text. */
  typed: boolean
  write(fields: Fields): { body: Uint8Array<ArrayBuffer>; headers: Record<string, string> }
}

const bytes = (text: string) => new TextEncoder().encode(text)
const json = (name: string, type?: string): BodyForm => ({
  name,
  typed: true,
  write: (fields) => ({
    body: bytes(JSON.stringify(fields)),
    headers: type === undefined ? {} : { 'Content-Type': type },
  }),
})

/** Text as clients write it into forms: Python's truth, and JSON for what is inside other things. */
export function asFormText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value)
}

function multipart(fields: Fields, boundary: string, name: (text: string) => string): Uint8Array<ArrayBuffer> {
  const parts = Object.entries(fields).map(
    ([field, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name=${name(field)}\r\n\r\n${asFormText(value)}\r\n`,
  )
  return bytes(`${parts.join('')}--${boundary}--\r\n`)
}

export const bodyForms: readonly BodyForm[] = [
  json('JSON', 'application/json'),
  json('JSON with a charset', 'application/json; charset=utf-8'),
  json('JSON said to be a form', 'application/x-www-form-urlencoded'),
  json('JSON said to be text', 'text/plain'),
  json('JSON without a content type'),
  {
    name: 'a form',
    typed: false,
    write: (fields) => ({
      body: bytes(
        new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, asFormText(value)])).toString(),
      ),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    }),
  },
  {
    name: 'multipart as curl -F sends it',
    typed: false,
    write: (fields) => {
      const boundary = '------------------------d74496d66958873e'
      return {
        body: multipart(fields, boundary, (name) => `"${name}"`),
        headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
      }
    },
  },
  {
    name: 'multipart without quotes around its names, and with quotes around its boundary',
    typed: false,
    write: (fields) => {
      const boundary = '9a63f0e1-8e4c-4c2b-8e39-0a3b54f1c0d2'
      return {
        body: multipart(fields, boundary, (name) => name),
        headers: { 'Content-Type': `multipart/form-data; boundary="${boundary}"` },
      }
    },
  },
]

/** The same fields with text for every number, the months with two digits: `"90.32"`, `"09"`. */
export const withTextNumbers = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'number' ? String(value).padStart(name === 'exp_month' ? 2 : 1, '0') : value,
    ]),
  )
