/** The package as npm would publish it, unpacked where the pages of the frameworks install it. */
import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { elementsManifest } from '../../tools/elements-manifest.ts'

const folder = 'demo/frameworks/node_modules/fourgeeks-checkout'
beforeAll(() => {
  if (!existsSync(`${folder}/package.json`)) throw new Error('Run `npm run frameworks` first')
})
const read = (file: string) => readFileSync(join(folder, file), 'utf8')
type Manifest = {
  name: string
  version: string
  private?: boolean
  exports: Record<string, string | { types: string; default: string }>
  sideEffects: string[]
  customElements: string
  dependencies: Record<string, string>
}
const manifest = () => JSON.parse(read('package.json')) as Manifest
const root = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest

/** What a program in plain Node, without a document, prints. */
const node = (program: string) =>
  execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
    cwd: 'demo/frameworks',
  }).trim()

describe('the package', () => {
  it('has the repository’s name and version, may be published, and brings Lit along and nothing of the server', () => {
    const { name, version, private: isPrivate, dependencies } = manifest()
    expect([name, version, isPrivate]).toEqual([root.name, root.version, undefined])
    expect(dependencies).toEqual({ lit: `^${root.dependencies['lit']}` })
  })

  it('has every file that it names', () => {
    const { exports, sideEffects, customElements } = manifest()
    const named = Object.values(exports).flatMap((one) => (typeof one === 'string' ? one : Object.values(one)))
    for (const file of [...named, ...sideEffects, customElements])
      expect(existsSync(join(folder, file)), file).toBe(true)
    expect(Object.keys(exports)).toEqual(expect.arrayContaining(['.', './element', './react', './vue', './svelte']))
  })

  it('can be imported on a server: every entry, and an element made there', () => {
    const entries = Object.keys(manifest().exports).filter((entry) => !entry.endsWith('.json'))
    const program = `for (const entry of ${JSON.stringify(entries)}) {
      const { FourgeeksCheckout } = await import('fourgeeks-checkout' + entry.slice(1))
      console.log(entry, typeof document, new FourgeeksCheckout().sessionId === '')
    }`
    expect(node(program).split('\n')).toEqual(entries.map((entry) => `${entry} undefined true`))
  })

  it('registers the tag by its first entry alone, and only where there is a document', () => {
    const registered = (entry: string, before = '') =>
      node(`${before}; await import('${entry}'); console.log(Boolean(customElements.get('fourgeeks-checkout')))`)
    // After Lit, which asks more of a document than to be there.
    const page = `await import('lit'); Object.assign(globalThis, { document: {}, CSS: { supports: () => true } })`
    expect(registered('fourgeeks-checkout')).toBe('false')
    expect(registered('fourgeeks-checkout', page)).toBe('true')
    expect(registered('fourgeeks-checkout/element', page)).toBe('false')
    // As in a unit test of a shop: a document, and no style.
    expect(registered('fourgeeks-checkout', page.replace('CSS:', 'other:'))).toBe('false')
  })

  it('tells bundlers which address is none of theirs', () => {
    const code = globSync(`${folder}/*.js`)
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n')
    const dynamic = [...code.matchAll(/\bimport\(\s*(?!['"])/g)].length
    expect(dynamic).toBe(code.match(/import\(\s*\/\* @vite-ignore \*\/\s*\/\* webpackIgnore: true \*\//g)?.length ?? 0)
  })

  it('has declarations without a name that ends in .ts, and a true manifest', () => {
    const declarations = globSync(`${folder}/types/**/*.d.ts`)
    expect(declarations.length).toBeGreaterThan(10)
    for (const file of declarations) expect(readFileSync(file, 'utf8'), file).not.toMatch(/['"]\.[^'"]*\.ts['"]/)
    expect(JSON.parse(read('custom-elements.json'))).toEqual(elementsManifest())
  })

  it('resolves every relative import of its declarations', () => {
    for (const file of globSync(`${folder}/types/**/*.d.ts`)) {
      for (const [, to] of readFileSync(file, 'utf8').matchAll(/(?:from '|import\(["'])(\.[^'"]+)['"]/g)) {
        const target = new URL(to!.replace(/\.js$/, '.d.ts'), pathToFileURL(file))
        expect(existsSync(target), `${file} → ${to}`).toBe(true)
      }
    }
  })
})
