/** A request as a line for a shell. The key is a variable: it stands in no history, and in no screenshot. */
import type { RequestView } from '../../../server/contract/console.ts'

/** Headers that say what is asked for; the rest are the sender's own affair. */
const kept = ['content-type', 'accept-language', 'idempotency-key', 'x-sandbox-namespace']

export function curlOf({ method, path, caller, request }: RequestView, origin: string): string {
  const sent = new Map(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]))
  const parts = [`curl ${quoted(origin + path)}`]
  if (method !== 'GET') parts.push(`-X ${method}`)
  if (sent.has('authorization') && !sent.has('x-api-key')) parts.push(`-H "Authorization: Bearer $ACCESS_TOKEN"`)
  else if (caller !== 'buyer' || sent.has('x-api-key')) parts.push(`-H "X-Api-Key: $SECRET_KEY"`)
  for (const name of kept) {
    const value = sent.get(name)
    if (value !== undefined) parts.push(`-H ${quoted(`${name}: ${value}`)}`)
  }
  const { body } = request
  if (body !== null) parts.push(`-d ${quoted(typeof body === 'string' ? body : JSON.stringify(body))}`)
  return parts.join(' \\\n  ')
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
