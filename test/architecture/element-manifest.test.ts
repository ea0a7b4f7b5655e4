/** The Custom Elements Manifest says what the element is: nothing less than the code has, and nothing more. */
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { elementsManifest } from '../../tools/elements-manifest.ts'
import { widgetDocs, writtenDocs } from '../../tools/widget-docs.ts'
import { FourgeeksCheckout } from '../../widget/fourgeeks-checkout.ts'

const manifest = elementsManifest()
const element = manifest.modules[0]!.declarations[0]!
const sources = globSync('widget/**/*.ts', { exclude: ['widget/frame', 'widget/typings'] })
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n')
const sheet = readFileSync('widget/fourgeeks-checkout.css', 'utf8')
/** Each once, in order: what a pattern finds in the code. */
const inCode = (text: string, pattern: RegExp) =>
  [...new Set([...text.matchAll(pattern)].map(([, found]) => found!))].toSorted()
const names = (list: readonly { name: string }[]) => list.map(({ name }) => name).toSorted()

describe('the Custom Elements Manifest', () => {
  it('names the class and its tag', () => {
    expect([element.name, element.tagName]).toEqual([FourgeeksCheckout.name, 'fourgeeks-checkout'])
  })

  it('has every attribute that the class listens to, with the property it sets and the value it starts with', () => {
    expect(names(element.attributes)).toEqual(FourgeeksCheckout.observedAttributes.toSorted())
    const fresh = new FourgeeksCheckout() as unknown as Record<string, unknown>
    for (const { name, fieldName, default: standard } of element.attributes) {
      const options = FourgeeksCheckout.elementProperties.get(fieldName)
      expect(options?.attribute ?? fieldName.toLowerCase(), name).toBe(name)
      expect(JSON.stringify(fresh[fieldName]).replaceAll('"', `'`), name).toBe(standard)
    }
  })

  it('has the attributes that frameworks type, but for the one that is not a shop’s to set', () => {
    const typed = inCode(readFileSync('widget/attributes.ts', 'utf8'), /^ {2}'?([a-z-]+)'?\?:/gm)
    expect(names(element.attributes).filter((name) => name !== 'hosted')).toEqual(typed)
  })

  it('has every public member that the class has of its own', () => {
    const own = Object.getOwnPropertyNames(FourgeeksCheckout.prototype).filter(
      (name) => typeof Object.getOwnPropertyDescriptor(FourgeeksCheckout.prototype, name)!.value === 'function',
    )
    const inherited = Object.getPrototypeOf(FourgeeksCheckout.prototype) as object
    const methods = own.filter((name) => !(name in inherited))
    const told = element.members.filter((member) => !member.static)
    expect(names(told.filter(({ kind }) => kind === 'method'))).toEqual(methods.toSorted())
    const properties = [...FourgeeksCheckout.elementProperties]
      .filter(([, options]) => !options.state)
      .map(([name]) => String(name))
    expect(names(told.filter(({ kind }) => kind === 'field'))).toEqual(properties.toSorted())
  })

  it('has every event that is sent', () => {
    expect(names(element.events)).toEqual(inCode(sources, /#tell(?:Failed)?\('(checkout-[a-z]+)'/g))
    expect(names(element.events)).toEqual(
      inCode(readFileSync('widget/events.ts', 'utf8'), /^ {2}'(checkout-[a-z]+)':/gm),
    )
    expect(element.events.filter((event) => event.cancelable).map(({ name }) => name)).toEqual(['checkout-paid'])
  })

  it('has every part that is drawn', () => {
    const drawn = inCode(sources, /\bpart="([^"$]+)"/g).flatMap((list) => list.split(' '))
    expect(names(element.cssParts)).toEqual([...new Set(drawn)].toSorted())
  })

  it('has every slot', () => {
    expect(element.slots).toHaveLength(inCode(sources, /(<slot\b)/g).length)
  })

  it('has every custom property that a shop can set', () => {
    const read = inCode(sheet + sources, /(--fourgeeks-[a-z-]+)/g)
    expect(names(element.cssProperties)).toEqual(read)
    // The default is the sheet's own, that of the light scheme where there are two.
    for (const { name, default: standard } of element.cssProperties) {
      const [, fallback] = new RegExp(`var\\(${name}, (?:light-dark\\()?([^,)]+)`).exec(sheet) ?? []
      // Of what follows from other colours the sheet holds what is worn where that cannot be worked out.
      if (name === '--fourgeeks-accent-text' || name === '--fourgeeks-muted') expect(standard, name).toBe('')
      else if (fallback !== undefined) expect(standard, name).toBe(fallback)
    }
  })

  it('describes all of it', () => {
    const all = [element.attributes, element.members, element.events, element.cssParts, element.cssProperties].flat()
    for (const { name, description } of all) expect(description, name).toMatch(/^[A-Z`].+[.:]?$/)
  })
})

describe('docs/widget.md', () => {
  it('holds what the manifest says: run `npm run docs` after a change', async () => {
    const text = readFileSync(widgetDocs, 'utf8')
    expect(await writtenDocs(text)).toBe(text)
  })
})
