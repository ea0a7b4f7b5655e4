/** The page for shops that leave the legacy API, and the README's part about it: every example runs, every call is there. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { randomIds } from '../../server/ids.ts'
import { legacyApi } from '../../server/legacy/index.ts'
import { cardFrame, makeSession, openBrowser, pay, readSession, typeCard } from '../support/buyer.ts'
import { type Example, inTheWordsOf, promisedBy, readExamples, runExamples, type StandIn } from '../support/examples.ts'
import { makeApp } from '../support/make-app.ts'
import { sandboxKey, startPayments, startShopping } from '../support/servers.ts'

const file = 'docs/from-legacy.md'
const page = readFileSync(file, 'utf8')
const [, spanish = '', english = ''] = page.split(/^## (?:Español|English)$/m)
const examples = readExamples(page)
/** Of the Spanish half; the other one has the same. */
const inSpanish = examples.slice(0, readExamples(spanish).length)
const readme = readExamples(readFileSync('README.md', 'utf8')).filter(({ runs }) => runs)

/** What the documents call the payment side. */
const printedAddress = 'http://localhost:4242'

/** A call without the slash at its end, which both APIs leave to the caller. */
const bare = (call: string): string => call.replace(/\/$/, '')

/** Runs examples against a server of their own, and expects of each what it promises. */
async function expectPromised(program: readonly Example[], standIns: readonly StandIn[]): Promise<void> {
  const payments = await startPayments({ DATABASE_URL: 'sqlite::memory:' })
  try {
    const here = program.map((one) => ({ ...one, code: one.code.replaceAll(printedAddress, payments.url) }))
    const env = { PAYMENTS_API: payments.url, PAYMENTS_KEY: sandboxKey }
    const done = await runExamples(here, { env, standIns })
    expect(done.length).toBe(program.length)
    for (const { example, printed } of done) {
      const promised = promisedBy(example)
      expect(inTheWordsOf(promised, printed), `line ${example.line}:\n${example.code}`).toEqual(promised)
    }
  } finally {
    await payments.stop()
  }
}

const works = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0

/** A stand-in is a process each time it is called. */
const patience = 120_000

/** The stand-ins are what every machine has; where the real commands are, they must do the same. */
const shells: [string, StandIn[]][] = [['this project’s curl and jq', ['curl', 'jq']]]
if (works('curl', '--version') && works('jq', '--version')) shells.push(['the machine’s own curl and jq', []])
const phps: [string, StandIn[]][] = [['the PHP of a package', ['php']]]
if (works('php', '-r', 'exit(extension_loaded("curl") ? 0 : 1);')) phps.push(['the machine’s own PHP', []])

const of = (language: string) => inSpanish.filter((one) => one.language === language)

describe('docs/from-legacy.md', () => {
  it('has no block of code that is not run', () => {
    expect(examples.filter(({ runs }) => !runs)).toEqual([])
    expect(new Set(examples.map(({ language }) => language))).toEqual(new Set(['bash', 'php', 'js', 'html']))
  })

  it('shows the same code in Spanish and in English', () => {
    const codes = (text: string) => readExamples(text).map(({ language, code }) => ({ language, code }))
    expect(codes(spanish).length).toBeGreaterThan(30)
    expect(codes(english)).toEqual(codes(spanish))
  })

  it('shows every move in all three languages, and each prints something', () => {
    expect(of('php').length).toBe(of('js').length)
    for (const one of [...of('php'), ...of('js')]) expect(promisedBy(one).length).toBeGreaterThan(0)
  })

  it.each(shells)('keeps its promises in bash with %s', (_, standIns) => expectPromised(of('bash'), standIns), patience)

  it.each(phps)('keeps its promises in PHP with %s', (_, standIns) => expectPromised(of('php'), standIns))

  it('keeps its promises in JavaScript', () => expectPromised(of('js'), []))

  it('shows a tag that takes a payment and leads back with what the server then says', async () => {
    const shopping = await startShopping()
    const browser = await openBrowser()
    try {
      const { session_id } = await makeSession(shopping, { return_url: `${shopping.pages.url}/orders/42` })
      const [tag, another] = of('html')
      expect(another).toBeUndefined()
      const html = tag!.code.replaceAll(printedAddress, shopping.payments.url).replace('cs_test_…', session_id)
      shopping.pages.set('/checkout', `<!doctype html><html lang="es"><title>Pagar</title>${html}`)
      shopping.pages.set('/orders/42', '<!doctype html><title>Gracias</title>')
      const tab = await browser.newPage()
      await tab.goto(`${shopping.pages.url}/checkout`)
      const frame = await cardFrame(tab)
      await typeCard(frame, 'es', { number: '4242424242424242', expiry: '1234', code: '123' })
      await pay(frame, 'es')
      await tab.waitForURL('**/orders/42?**')
      const said = Object.fromEntries(new URL(tab.url()).searchParams)
      expect(said).toEqual({ id_payment: expect.stringMatching(/^pay_/), session_id, status: 'succeeded' })
      expect(await readSession(shopping, session_id)).toMatchObject({ status: 'complete' })
    } finally {
      await browser.close()
      await shopping.stop()
    }
  })

  it('tells the truth about ids, keys, repeated calls and what stays in lists', async () => {
    const { ask, post, newToken, deps } = await makeApp({ ids: randomIds(() => new Date()) })
    const old = { Authorization: `bearer ${await newToken()}` }
    const key = { 'X-Api-Key': sandboxKey }
    const [number, code] = ['4242424242424242', '123']
    const card = { credit_card_number: number, credit_card_security_code_number: code, exp_month: 11, exp_year: 2034 }
    const person = { name: 'Ana Solís', email: 'ana@example.com', currency: 'crc', ...card }
    const once = { ...old, 'Idempotency-Key': 'one' }
    const known = await post<{ key: string }>('/v1/accounts/customers/', person, once)
    expect((await post('/v1/accounts/customers/', person, once)).body).toEqual(known.body)
    type Items = { items: { id: string; status?: string; active?: boolean }[] }
    const itemsOf = async (path: string) => (await ask<Items>(path, { headers: key })).body.items
    const customers = await itemsOf('/v1/customers')
    expect(customers).toEqual([expect.objectContaining({ id: expect.stringMatching(`${known.body.key}$`) })])

    const price = { name: 'Club', amount: 300_000, currency: 'crc', interval: 'month', interval_count: 1 }
    const plan = await post<{ key: string }>('/v1/plans/create/', price, old)
    const [{ id: planId } = { id: '' }] = await itemsOf('/v1/plans')
    expect(planId.endsWith(plan.body.key)).toBe(true)

    const agreed = { customer_key: customers[0]!.id, plan_id_name: planId }
    const begun = await post<{ subscription_id: string; status: string }>('/v1/plans/subscribe/', agreed, old)
    expect(begun.body.status).toBe('active')
    await ask(`/v1/plans/un-subscribe/${begun.body.subscription_id}/`, { method: 'DELETE', headers: old })
    await ask(`/v1/plans/mine/${planId}/`, { method: 'DELETE', headers: old })
    expect(await itemsOf('/v1/subscriptions')).toMatchObject([{ id: begun.body.subscription_id, status: 'canceled' }])
    expect(await itemsOf('/v1/plans')).toMatchObject([{ id: planId, active: false }])
    await deps.store.close()
  })

  it('links only to what is there', () => {
    const anchorsOf = (text: string) =>
      [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
        title!
          .toLowerCase()
          .replace(/[^\p{L}\d\- ]/gu, '')
          .replaceAll(' ', '-'),
      )
    const targets = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target!)
    expect(targets.length).toBeGreaterThan(20)
    for (const target of targets.filter((one) => !/^https?:/.test(one))) {
      const [path, anchor] = target.split('#')
      const linked = path ? join(dirname(file), path) : file
      expect(existsSync(linked), target).toBe(true)
      if (anchor !== undefined) expect(anchorsOf(readFileSync(linked, 'utf8'))).toContain(anchor)
    }
  })

  describe.each([
    ['Spanish', spanish],
    ['English', english],
  ])('the table of calls in %s', (_, half) => {
    /** Calls as they stand in a cell, `PUT, PATCH /path/` being two; a dagger marks what the vendor's document lacks. */
    const callsIn = (cell: string) =>
      [...cell.matchAll(/`((?:[A-Z]+, )*[A-Z]+) (\/[^`]*)`( †)?/g)].flatMap(([, methods, path, dagger]) =>
        methods!.split(', ').map((method) => ({ call: `${method} ${path}`, marked: dagger !== undefined })),
      )
    const rows = [...half.matchAll(/^\| (`[^|]*) \| ([^|]*) \| [^|]* \|$/gm)].map(([, before, now]) => ({
      before: callsIn(before!),
      now: callsIn(now!),
    }))

    it('has every call of the legacy API', async () => {
      const { deps } = await makeApp()
      const served = legacyApi(deps, 1024)
        .routes.filter(({ method, path }) => method !== 'ALL' && !path.includes('*'))
        .map(({ method, path }) => `${method} ${path}`)
      const told = rows.flatMap(({ before }) => before.map(({ call }) => bare(call.replace(/ID|KEY/, ':id'))))
      expect(served.length).toBeGreaterThan(25)
      expect(new Set(told)).toEqual(new Set(['POST /authentication/token', ...served.map(bare)]))
      await deps.store.close()
    })

    it('replaces them with calls that the current API has, its extensions marked', async () => {
      const app = await makeApp()
      type Operations = Record<string, { 'x-extension'?: boolean }>
      const { paths } = (await app.ask<{ paths: Record<string, Operations> }>('/openapi.json')).body
      const known = new Map(
        Object.entries(paths).flatMap(([path, operations]) =>
          Object.entries(operations).map(([method, operation]) => [
            bare(`${method.toUpperCase()} ${path}`),
            operation['x-extension'] === true,
          ]),
        ),
      )
      for (const { call, marked } of rows.flatMap(({ now }) => now)) {
        expect([call, known.get(bare(call))]).toEqual([call, marked])
      }
      await app.deps.store.close()
    })
  })
})

describe('README.md', () => {
  beforeAll(() => expect(readme.length).toBeGreaterThan(0))

  it.each(shells)(
    'keeps its promises about the legacy API with %s',
    (_, standIns) => expectPromised(readme, standIns),
    patience,
  )
})
