/**
 * `npm run package`: makes `dist/package` and packs it, as npm would publish it. The repository's own package.json stays private: whoever
 * installs the element gets one dependency, Lit, and nothing of the server.
 */
import { spawnSync } from 'node:child_process'
import { copyFile, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createBuilder } from 'vite'
import { elementsManifest } from './elements-manifest.ts'

const folder = 'dist/package'

type RootManifest = { name: string; version: string; license: string; dependencies: Record<string, string> }

/** Builds the package's folder, packs it, and gives the path of the packed file. */
export async function makePackage(): Promise<string> {
  const builder = await createBuilder({ logLevel: 'warn' })
  await builder.build(builder.environments['package']!)
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'widget/typings'])
  // Imports of declarations end as those of the code do, for compilers older than ours.
  for (const file of globSync(`${folder}/types/**/*.d.ts`)) {
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replace(/(from '|import\(["'])(\.[^'"]*)\.ts(["'])/g, '$1$2.js$3'))
  }
  writeJson('custom-elements.json', elementsManifest())
  writeJson('package.json', manifest(JSON.parse(readFileSync('package.json', 'utf8')) as RootManifest))
  await Promise.all([
    promisify(copyFile)('LICENSE', join(folder, 'LICENSE')),
    promisify(copyFile)('widget/README.md', join(folder, 'README.md')),
  ])
  const packed = run('npm', ['pack', `./${folder}`, '--pack-destination', 'dist', '--json', '--loglevel=error'])
  const [{ filename } = { filename: '' }] = JSON.parse(packed) as { filename: string }[]
  return join('dist', filename)
}

function manifest({ name, version, license, dependencies }: RootManifest): object {
  const types = (entry: string) => `./types/widget/${entry}.d.ts`
  const code = (entry: string, script: string) => ({ types: types(entry), default: `./${script}` })
  return {
    name,
    version,
    description: 'An embeddable checkout element for the 4Geeks Payments API: <fourgeeks-checkout>.',
    license,
    type: 'module',
    // Registering is the effect of these; the class alone has none.
    sideEffects: ['./index.js'],
    exports: {
      '.': code('register', 'index.js'),
      './element': code('element', 'element.js'),
      './react': code('typings/react', 'index.js'),
      './vue': code('typings/vue', 'index.js'),
      './svelte': code('typings/svelte', 'index.js'),
      './custom-elements.json': './custom-elements.json',
      './package.json': './package.json',
    },
    types: types('register'),
    customElements: 'custom-elements.json',
    dependencies: { lit: `^${dependencies['lit']}` },
  }
}

const writeJson = (file: string, value: object) =>
  writeFileSync(join(folder, file), `${JSON.stringify(value, null, 2)}\n`)

function run(command: string, args: string[]): string {
  const { status, stdout, error } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (error) throw error
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stdout}`)
  return stdout
}

if (import.meta.main) console.log(await makePackage())
