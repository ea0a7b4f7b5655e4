/** `npm run docs`: writes what the Custom Elements Manifest knows into docs/widget.md, between the marks of each part. */
import { readFileSync, writeFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import { type Declaration, elementsManifest } from './elements-manifest.ts'

export const widgetDocs = 'docs/widget.md'

const row = (...cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
const table = (head: string[], rows: string[][]) =>
  [row(...head), row(...head.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n')
const code = (text: string) => `\`${text}\``

const parts: Record<string, (element: Declaration) => string> = {
  attributes: ({ attributes }) =>
    table(
      ['attribute', 'property', 'meaning'],
      attributes.map(({ name, fieldName, description }) => [code(name), code(fieldName), description]),
    ),
  methods: ({ members }) =>
    table(
      ['method', 'what it does'],
      members
        .filter((member) => member.kind === 'method')
        .map((member) => [code(`${member.static ? 'FourgeeksCheckout.' : ''}${member.name}()`), member.description]),
    ),
  events: ({ events }) =>
    table(
      ['event', 'when'],
      events.map(({ name, description }) => [code(name), description]),
    ),
  parts: ({ cssParts }) =>
    table(
      ['`::part()`', 'what it is'],
      cssParts.map(({ name, description }) => [code(name), description]),
    ),
  tokens: ({ cssProperties }) =>
    table(
      ['custom property', 'default', 'what it colours or measures'],
      cssProperties.map((one) => [code(one.name), one.default && code(one.default), one.description]),
    ),
}

/** The document as it should be, made of the document as it is. */
export async function writtenDocs(text: string): Promise<string> {
  const element = elementsManifest().modules[0]!.declarations[0]!
  let written = text
  for (const [name, write] of Object.entries(parts)) {
    const [from, to] = [`<!-- ${name}: made by npm run docs -->`, `<!-- /${name} -->`]
    const [start, end] = [written.indexOf(from), written.indexOf(to)]
    if (start < 0 || end < start) throw new Error(`${widgetDocs} lacks the marks ${from} and ${to}`)
    written = `${written.slice(0, start + from.length)}\n\n${write(element)}\n\n${written.slice(end)}`
  }
  return format(written, { ...(await resolveConfig(widgetDocs)), parser: 'markdown' })
}

if (import.meta.main) writeFileSync(widgetDocs, await writtenDocs(readFileSync(widgetDocs, 'utf8')))
