import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import { chromeLauncher } from '@web/test-runner-chrome'
import type { TestRunnerConfig, TestRunnerPlugin } from '@web/test-runner'
import { card } from '../widget/text/en.ts'

const typescript: TestRunnerPlugin = {
  name: 'typescript',
  resolveMimeType: ({ path }) => (path.endsWith('.ts') || path.endsWith('.css') ? 'js' : undefined),
  transform: ({ path, body }) => (path.endsWith('.ts') ? stripTypeScriptTypes(body as string) : undefined),
}

/** Sheets as the build gives them: as text when asked for with `?inline`, otherwise put on the document. */
const sheets: TestRunnerPlugin = {
  name: 'sheets',
  async serve({ path, query }) {
    if (!path.endsWith('.css')) return
    const text = JSON.stringify(await readFile(`.${path}`, 'utf8'))
    if ('inline' in query) return { body: `export default ${text}`, type: 'js' }
    const put = 'document.adoptedStyleSheets.push(sheet)'
    return { body: `const sheet = new CSSStyleSheet(); sheet.replaceSync(${text}); ${put}`, type: 'js' }
  },
}

/** The drawer of test cards where the payment side has it, which is another origin than the page. */
const drawer: TestRunnerPlugin = {
  name: 'drawer',
  serve: ({ path }) =>
    path === '/fourgeeks-test-drawer.mjs'
      ? {
          // The server announces a length before it writes the import's address anew; the end of the line is what may be lost.
          body: `export * from '/widget/test-drawer/index.ts'\n\n`,
          type: 'js',
        }
      : undefined,
}

/** A card document like the server's, whose session id names the port of the page that may hold it. */
const frame: TestRunnerPlugin = {
  name: 'frame',
  serve({ path }) {
    const port = /^\/frame\/cs_test_(\d+)$/.exec(path)?.[1]
    if (!port) return
    const session = { display: { amount: 'USD 24.50', price: null }, merchant: { name: 'Café Volcán' } }
    const data = JSON.stringify({ origins: [`http://localhost:${port}`], hosted: false, session })
    return {
      type: 'html',
      headers: { 'content-security-policy': "require-trusted-types-for 'script'; trusted-types 'none'" },
      body: `<!doctype html><html lang="en"><head><title>Card</title><script type="module" src="/widget/frame/main.ts"></script></head>
        <body><script type="application/json" id="frame-data">${data}</script><script type="application/json" id="frame-text">${JSON.stringify(card)}</script><main id="frame"></main></body></html>`,
    }
  },
}

/** The same files, and answers to confirm, on http://127.0.0.1:8124: another origin than the tests' own. */
let other: Server
const secondOrigin: TestRunnerPlugin = {
  name: 'second-origin',
  async serverStart({ app }) {
    const files = app.callback()
    other = createServer((request, response) => {
      response.setHeader('access-control-allow-origin', '*')
      if (!request.url?.endsWith('/confirm')) return void files(request, response)
      let body = ''
      request.on('data', (part: Buffer) => (body += part.toString()))
      request.on('end', () => {
        const declined = body.includes('4000000000000002')
        response.writeHead(declined ? 402 : 200, { 'content-type': 'application/json' })
        const refusal = {
          error: { code: 'card_declined', decline_code: 'generic_decline', param: null, request_id: 'r' },
        }
        response.end(JSON.stringify(declined ? refusal : { status: 'succeeded', payment_id: 'pay_1' }))
      })
    })
    await new Promise<void>((done) => other.listen(8124, '127.0.0.1', done))
  },
  serverStop: async () => void other.close(),
}

const isRoot = process.getuid?.() === 0

/** The element and the card frame in a real browser. */
export default {
  files: 'test/widget/**/*.test.ts',
  nodeResolve: { exportConditions: ['production'] },
  plugins: [sheets, frame, drawer, typescript, secondOrigin],
  browsers: [
    chromeLauncher({
      launchOptions: {
        executablePath: process.env['CHROME_PATH'] ?? '/usr/bin/chromium',
        args: [...(isRoot ? ['--no-sandbox'] : []), '--disable-quic', '--disable-background-networking'],
      },
    }),
  ],
  coverage: true,
  coverageConfig: { include: ['widget/**/*.ts'], reportDir: 'coverage/browser' },
  testFramework: { config: { timeout: '20000' } },
} satisfies TestRunnerConfig
