/**
 * `curl`, as far as the documents use it, for machines that have none: the same bytes go out as curl sends them. What it
 * does not know ends it with a line that says so.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    silent: { type: 'boolean', short: 's' },
    request: { type: 'string', short: 'X' },
    header: { type: 'string', short: 'H', multiple: true, default: [] },
    data: { type: 'string', short: 'd', multiple: true, default: [] },
    form: { type: 'string', short: 'F', multiple: true, default: [] },
    output: { type: 'string', short: 'o' },
    'write-out': { type: 'string', short: 'w', default: '' },
  },
})
const [url, another] = positionals
if (url === undefined || another !== undefined) throw new Error(`one address, not ${positionals.length}`)
const given = [...values.data, ...values.form].find((text) => /^[@<]|=[@<]/.test(text))
if (given !== undefined) throw new Error(`files are not read: ${given}`)

const headers = new Headers({ 'user-agent': 'curl/8', accept: '*/*' })
let body: string | FormData | undefined
if (values.data.length > 0) {
  body = values.data.join('&')
  headers.set('content-type', 'application/x-www-form-urlencoded')
} else if (values.form.length > 0) {
  body = new FormData()
  for (const field of values.form) body.append(...nameAndRest(field, '='))
}
for (const header of values.header) headers.set(...nameAndRest(header, ':'))

const method = values.request ?? (body === undefined ? 'GET' : 'POST')
const answer = await fetch(url, { method, headers, redirect: 'manual', ...(body !== undefined && { body }) })
const bytes = new Uint8Array(await answer.arrayBuffer())
if (values.output === undefined) process.stdout.write(bytes)
else writeFileSync(values.output, bytes)
const said = values['write-out'].replaceAll('%{http_code}', String(answer.status)).replaceAll('\\n', '\n')
if (said.includes('%{')) throw new Error(`-w ${values['write-out']} is not known`)
process.stdout.write(said)

function nameAndRest(text: string, sign: string): [string, string] {
  const at = text.indexOf(sign)
  if (at < 1) throw new Error(`${text} has no ${sign}`)
  return [text.slice(0, at), text.slice(at + 1).trim()]
}
