/** `npm test`: everything, in the order in which a mistake is cheapest to find. Stops at the first step that fails. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import { ensureBrowser } from './support/find-browser.ts'

const results = 'test/output/vitest.json'
mkdirSync('test/output', { recursive: true })
rmSync(results, { force: true })

let passed = 0
let failed = 0

/** Runs a program of ours to its end, showing what it prints, and gives that back with its exit code. */
function run(
  args: string[],
  env: Record<string, string> = {},
  show = true,
): Promise<{ code: number; printed: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', show ? 'inherit' : 'pipe'],
      env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }), ...env },
    })
    let printed = ''
    const hear = (chunk: Buffer) => {
      printed += chunk.toString()
      if (show) process.stdout.write(chunk)
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.on('exit', (code) => resolve({ code: code ?? 1, printed }))
  })
}

async function step(name: string, args: string[], env: Record<string, string> = {}): Promise<void> {
  const began = performance.now()
  console.log(`\n— ${name}`)
  const { code, printed } = await run(args, env)
  console.log(`— ${name}: ${code === 0 ? 'ok' : 'failed'} in ${((performance.now() - began) / 1000).toFixed(1)} s`)
  count(printed)
  if (code !== 0) close(Math.max(failed, 1))
}

/** Steps that need nothing of one another, at the same time; what each prints is shown once it has ended. */
async function together(steps: Record<string, string[]>): Promise<void> {
  const codes = await Promise.all(
    Object.entries(steps).map(async ([name, args]) => {
      const began = performance.now()
      const { code, printed } = await run(args, {}, false)
      const seconds = ((performance.now() - began) / 1000).toFixed(1)
      console.log(`\n— ${name}\n${printed}— ${name}: ${code === 0 ? 'ok' : 'failed'} in ${seconds} s`)
      return code
    }),
  )
  if (codes.some((code) => code !== 0)) close(1)
}

/** Adds up what the two test runners say: one in a file, the other in what it prints. */
function count(printed: string): void {
  if (existsSync(results)) {
    const report = JSON.parse(readFileSync(results, 'utf8')) as { numPassedTests: number; numFailedTests: number }
    rmSync(results)
    passed += report.numPassedTests
    failed += report.numFailedTests
    return
  }
  const browser = [...stripVTControlCharacters(printed).matchAll(/(\d+) passed, (\d+) failed/g)].at(-1)
  if (browser) {
    passed += Number(browser[1])
    failed += Number(browser[2])
  }
}

function close(failures: number): never {
  console.log(`\n${passed} passed, ${failures} failed`)
  process.exit(failures === 0 ? 0 : 1)
}

let browser: string
try {
  browser = ensureBrowser()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}

await together({
  types: ['node_modules/typescript/bin/tsc'],
  lint: ['node_modules/oxlint/bin/oxlint'],
  format: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
})
await step('build', ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'])
await step('the package, and the pages that install it', ['tools/frameworks.ts'])
await step(
  'server, stories and whole purchases',
  ['node_modules/vitest/vitest.mjs', 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${results}`],
  { CHROME_PATH: browser },
)
await step(
  'the element and the frame in Chromium',
  ['node_modules/@web/test-runner/dist/bin.js', '--config', 'test/wtr.config.ts'],
  { CHROME_PATH: browser, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' },
)
close(failed)
