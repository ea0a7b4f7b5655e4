/**
 * `npm run frameworks`: builds the pages of `demo/frameworks` with the package as npm would install it, packed and unpacked again, never with
 * its source. The demo shop serves them at `/frameworks/`.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import vue from '@vitejs/plugin-vue'
import { build } from 'vite'
import { makePackage } from './package.ts'

const root = fileURLToPath(new URL('../demo/frameworks/', import.meta.url))
const installed = `${root}node_modules/fourgeeks-checkout`

/** Each with a page of its own, in the order of the list. */
export const frameworks = ['html', 'module', 'react', 'vue', 'svelte', 'angular'] as const

const packed = await makePackage()
rmSync(installed, { recursive: true, force: true })
mkdirSync(installed, { recursive: true })
run('tar', ['-xzf', packed, '--strip-components=1', '-C', installed])
run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'demo/frameworks'])
await build({
  configFile: false,
  root,
  base: '/frameworks/',
  logLevel: 'warn',
  plugins: [
    vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === 'fourgeeks-checkout' } } }),
    svelte({ configFile: false }),
  ],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
  build: {
    outDir: fileURLToPath(new URL('../dist/frameworks/', import.meta.url)),
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: {
        index: `${root}index.html`,
        ...Object.fromEntries(frameworks.map((name) => [name, `${root}${name}/index.html`])),
      },
    },
  },
})

function run(command: string, args: string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`)
}
