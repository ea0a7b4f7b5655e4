/** Imports point down, and the two faces, the two sides and the two origins know of each other only what they must. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

type Import = { from: string; to: string; typeOnly: boolean }

/** Every import of one of our files by another. */
const imports: Import[] = globSync('{server,widget,demo}/**/*.{ts,tsx}', { exclude: ['**/node_modules'] }).flatMap(
  (from) =>
    [
      ...readFileSync(from, 'utf8').matchAll(
        /^(?:import|export)\s+(type\s)?[^'"]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/gms,
      ),
    ].map(([, type, stated, lazy]) => ({
      from,
      to: normalize(join(dirname(from), stated ?? lazy!)),
      typeOnly: type !== undefined,
    })),
)

/** Rooms of the server from the top down; a file may import from its own room and those below. */
const floors: string[][] = [
  ['main.ts', 'keys.ts', 'clients.ts', 'sandbox.ts', 'replay.ts'],
  ['start.ts', 'command-line.ts', 'replay'],
  ['app.ts', 'drain.ts'],
  ['switched.ts'],
  ['api', 'legacy', 'frame', 'hosted', 'console', 'reference', 'webhooks'],
  ['page-headers.ts'],
  ['wire', 'body-limit.ts', 'assets.ts', 'router.ts'],
  ['actions'],
  ['deps.ts'],
  ['metrics.ts', 'recorder.ts', 'environment.ts'],
  ['processors', 'store', 'log.ts', 'secrets.ts', 'ids.ts', 'limits.ts', 'within.ts'],
  ['settings.ts'],
  ['domain'],
  ['contract'],
]
const room = (file: string) => file.split('/')[1]!
const floor = (file: string) => floors.findIndex((rooms) => rooms.includes(room(file)))

describe('imports', () => {
  it('are found at all', () => {
    expect(imports.length).toBeGreaterThan(150)
    expect(imports.filter((one) => one.from.startsWith('widget/')).length).toBeGreaterThan(10)
  })

  it('of the server point down', () => {
    const own = imports.filter(({ from }) => from.startsWith('server/') && room(from) !== 'merchant')
    expect(own.filter(({ from }) => floor(from) < 0).map(({ from }) => from)).toEqual([])
    const wrong = own.filter(({ from, to }) => {
      if (!to.startsWith('server/') || floor(to) < 0) return true
      return room(from) !== room(to) && floor(from) >= floor(to)
    })
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([])
  })

  it('of the contract stay inside it', () => {
    const out = imports.filter(
      ({ from, to }) => from.startsWith('server/contract/') && !to.startsWith('server/contract/'),
    )
    expect(out).toEqual([])
  })

  it('of the two faces never meet', () => {
    const met = imports.filter(({ from, to }) => [from, to].map(room).toSorted().join() === 'api,legacy')
    expect(met).toEqual([])
  })

  it('of the merchant need nothing but the contract: a shop installs it alone', () => {
    const wrong = imports.filter(
      ({ from, to }) => from.startsWith('server/merchant/') && !/^server\/(merchant|contract)\//.test(to),
    )
    expect(wrong).toEqual([])
  })

  it('of the widget need nothing but the contract, and nothing at all of the frame from the element', () => {
    const widget = imports.filter(({ from }) => from.startsWith('widget/'))
    expect(widget.filter(({ to }) => !/^(widget|server\/contract)\//.test(to))).toEqual([])
    const element = widget.filter(({ from }) => !from.startsWith('widget/frame/') && !from.startsWith('widget/text/'))
    expect(element.filter(({ to }) => to.startsWith('widget/frame/'))).toEqual([])
  })

  it('of the demo use what a customer could', () => {
    const wrong = imports.filter(
      ({ from, to }) => from.startsWith('demo/') && !/^(demo|server\/(merchant|contract))\//.test(to),
    )
    // The QA page shows the sandbox's card table, and the policy that `npm run csp` prints.
    const shown = ['server/domain/test-cards.ts', 'tools/csp.ts']
    expect(wrong.filter(({ from, to }) => !from.startsWith('demo/qa/') || !shown.includes(to))).toEqual([])
  })

  it('reach SQL only in the store', () => {
    const files = globSync('server/**/*.ts').filter((file) =>
      /from '(kysely|pg|node:sqlite)/.test(readFileSync(file, 'utf8')),
    )
    expect(files.filter((file) => !file.startsWith('server/store/'))).toEqual([])
  })
})

describe('the source', () => {
  const sources = globSync('{server,widget,demo}/**/*.{ts,tsx}', { exclude: ['**/node_modules'] }).map(
    (file) => [file, readFileSync(file, 'utf8')] as const,
  )

  it.each([
    ['markup made from text', /innerHTML|outerHTML\s*=|insertAdjacentHTML|unsafeHTML|document\.write/],
    ['a message to every origin', /postMessage\([^)]*,\s*['"]\*['"]/],
    ['weak randomness', /Math\.random\(/],
    ['any', /(:|\bas) any\b/],
    ['a switched-off check', /@ts-(ignore|expect-error|nocheck)|(?:eslint|oxlint)-disable/],
  ])('has no %s', (_, pattern) => {
    expect(sources.filter(([, text]) => pattern.test(text)).map(([file]) => file)).toEqual([])
  })

  it('takes the time and chance only where a process starts', () => {
    const allowed = new Set([
      'server/main.ts',
      'server/keys.ts',
      'server/clients.ts',
      'server/sandbox.ts',
      'demo/start.ts',
      'demo/shop/main.ts',
    ])
    const takers = sources.filter(
      ([file, text]) =>
        file.startsWith('server/') && !allowed.has(file) && /Date\.now\(|new Date\(\)|process\.env/.test(text),
    )
    // What a shop installs reads its own key in its example.
    expect(takers.map(([file]) => file).filter((file) => !file.startsWith('server/merchant/'))).toEqual([])
  })
})
