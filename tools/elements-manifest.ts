/**
 * The Custom Elements Manifest (schema 2.1.0), read from the element's class and its doc: what editors, documentation and checkers of
 * frameworks know of `<fourgeeks-checkout>`. https://github.com/webcomponents/custom-elements-manifest
 */
import { readFileSync } from 'node:fs'
import { parseSync } from 'vite'

type Named = { name: string; description: string }
export type Member =
  | (Named & {
      kind: 'field'
      type: { text: string }
      attribute?: string
      reflects?: true
      default: string
      static?: true
    })
  | (Named & { kind: 'method'; return: { type: { text: string } }; static?: true })
export type Attribute = Named & { fieldName: string; type: { text: string }; default: string }
export type FiredEvent = Named & { type: { text: string }; cancelable?: true }
export type Declaration = {
  kind: 'class'
  customElement: true
  name: string
  tagName: string
  description: string
  superclass: { name: string; package: string }
  attributes: Attribute[]
  members: Member[]
  events: FiredEvent[]
  slots: Named[]
  cssParts: Named[]
  cssProperties: (Named & { default: string })[]
}
export type ElementsManifest = {
  schemaVersion: '2.1.0'
  readme: string
  modules: { kind: 'javascript-module'; path: string; declarations: Declaration[]; exports: object[] }[]
}

const file = 'widget/fourgeeks-checkout.ts'

/** Made of the source as it stands. */
export function elementsManifest(): ElementsManifest {
  const source = readFileSync(file, 'utf8')
  const { program, comments, errors } = parseSync(file, source)
  if (errors[0]) throw new Error(`${file}: ${errors[0].message}`)

  /** The doc that stands right before a place, without its stars. */
  const docBefore = (start: number): string => {
    const comment = comments.findLast(({ end }) => end <= start)
    if (!comment?.value.startsWith('*') || source.slice(comment.end, start).trim()) return ''
    return comment.value.replace(/^\s*\* ?/gm, '').trim()
  }
  const textOf = ({ start, end }: { start: number; end: number }) => source.slice(start, end)

  const exported = program.body.find(
    (node) => node.type === 'ExportNamedDeclaration' && node.declaration?.type === 'ClassDeclaration',
  )
  const found = exported?.type === 'ExportNamedDeclaration' ? exported.declaration : null
  if (!exported || found?.type !== 'ClassDeclaration' || !found.id)
    throw new Error(`${file}: no class to read; it must be declared as \`export class\``)

  const [description = '', ...tags] = docBefore(exported.start).split(/\n(?=@)/)
  const tagged = (name: string): [text: string, means: string][] =>
    tags
      .filter((tag) => tag.startsWith(`@${name} `))
      .map((tag) => {
        const whole = oneLine(tag.slice(name.length + 2))
        const at = whole.indexOf('- ')
        return [whole.slice(0, at).trim(), whole.slice(at + 2)]
      })

  const attributes: Attribute[] = []
  const members: Member[] = []
  const options = new Map<string, string>()
  const defaults = new Map<string, string>()
  for (const part of found.body.body) {
    if (part.type === 'MethodDefinition' && part.kind === 'constructor') {
      for (const [, names, value] of textOf(part).matchAll(/^\s*((?:this\.\w+ = )+)(.+)$/gm))
        for (const [, name] of names!.matchAll(/this\.(\w+)/g)) defaults.set(name!, value!)
    }
    if (
      part.type === 'PropertyDefinition' &&
      textOf(part.key) === 'properties' &&
      part.value?.type === 'ObjectExpression'
    )
      for (const one of part.value.properties)
        if (one.type === 'Property') options.set(textOf(one.key), textOf(one.value))
  }
  for (const part of found.body.body) {
    if (part.type !== 'PropertyDefinition' && part.type !== 'MethodDefinition') continue
    if (part.key.type !== 'Identifier' || part.override || part.accessibility === 'private') continue
    const { name } = part.key
    const means = oneLine(docBefore(part.start))
    const isStatic = part.static && { static: true as const }
    if (part.type === 'MethodDefinition') {
      const answers = part.value.returnType ? textOf(part.value.returnType.typeAnnotation) : 'void'
      if (part.kind === 'method' && !part.override && !lifecycle.has(name))
        members.push({ kind: 'method', name, description: means, return: { type: { text: answers } }, ...isStatic })
      continue
    }
    if (part.type !== 'PropertyDefinition') continue
    const type = { text: part.typeAnnotation ? textOf(part.typeAnnotation.typeAnnotation) : 'string' }
    const option = part.static ? undefined : options.get(name)
    const standard = part.value ? textOf(part.value) : (defaults.get(name) ?? 'undefined')
    const hasAttribute = option !== undefined && !option.includes('attribute: false')
    const attribute = hasAttribute ? (/attribute: '([^']+)'/.exec(option)?.[1] ?? name.toLowerCase()) : undefined
    members.push({
      kind: 'field',
      name,
      description: means,
      type,
      default: standard,
      ...(attribute !== undefined && { attribute }),
      ...(option?.includes('reflect: true') && { reflects: true as const }),
      ...isStatic,
    })
    if (attribute !== undefined)
      attributes.push({ name: attribute, fieldName: name, description: means, type, default: standard })
  }

  const named = (tag: string): Named[] => tagged(tag).map(([name, means]) => ({ name, description: means }))
  const declaration: Declaration = {
    kind: 'class',
    customElement: true,
    name: found.id.name,
    tagName: 'fourgeeks-checkout',
    description: oneLine(description),
    superclass: { name: 'LitElement', package: 'lit' },
    attributes,
    members,
    events: named('fires').map((event) => ({
      ...event,
      type: { text: `CheckoutEvents['${event.name}']` },
      ...(event.name === 'checkout-paid' && { cancelable: true as const }),
    })),
    // The slot without a name has none to stand before the dash.
    slots: named('slot'),
    cssParts: named('csspart'),
    cssProperties: tagged('cssprop').map(([text, means]) => {
      const [, name = '', standard = ''] = /^\[?(--[\w-]+)(?:=(.*?))?\]?$/.exec(text) ?? []
      return { name, description: means, default: standard }
    }),
  }
  const path = 'element.js'
  const reference = { name: declaration.name, module: path }
  return {
    schemaVersion: '2.1.0',
    readme: 'README.md',
    modules: [
      {
        kind: 'javascript-module',
        path,
        declarations: [declaration],
        exports: [{ kind: 'js', name: declaration.name, declaration: reference }],
      },
      {
        kind: 'javascript-module',
        path: 'index.js',
        declarations: [],
        exports: [{ kind: 'custom-element-definition', name: declaration.tagName, declaration: reference }],
      },
    ],
  }
}

/** What the base classes call, and no page does. */
const lifecycle = new Set(['connectedCallback', 'disconnectedCallback', 'willUpdate', 'updated', 'render'])

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim()
