/**
 * `npm run bench`: our server beside a bare Hono, turn by turn in one run. Ratios hold from machine to machine; figures do not.
 * It builds the server first and measures what it built; `--source` measures `server/main.ts` as it stands.
 * `--rounds N` and `--seconds N` make it longer or shorter, `--only lists` (or `requests`, or `element`) measures a part; Ctrl-C stops it.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { compareElement } from './element.ts'
import { compareLists } from './lists.ts'
import { type Measured, request, run } from './load.ts'
import { residentMb, type Running, startServer } from './process.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    source: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
})
const rounds = Number(values.rounds)
const seconds = Number(values.seconds)
const connections = 64
const script = values.source ? 'server/main.ts' : 'dist/server/main.mjs'
const folder = mkdtempSync(join(tmpdir(), 'bench-'))
const key = { 'X-Api-Key': 'sk_test_sandbox' }
const order = JSON.stringify({
  amount: '12500.00',
  currency: 'CRC',
  return_url: 'http://localhost:4243/orders/1',
  description: 'Order 1',
  items: ['Coffee × 1'],
})

const say = (line: string) => process.stderr.write(`${line}\n`)
const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN
const middle = (all: Measured[]) => all.toSorted((a, b) => a.perSecond - b.perSecond)[Math.floor(all.length / 2)]!

const ourEnv = (name: string) => ({
  DATABASE_URL: `sqlite:${join(folder, name)}`,
  NODE_ENV: 'development',
  // Counted like everywhere, and never refused.
  RATE_LIMITS: 'key=1000000,address=1000000,session=1000000',
  METRICS: 'on',
})
const ours = (name: string) => startServer(script, [], ourEnv(name))
const bare = (session = '{}') => startServer('test/bench/bare.mjs', ['--sqlite'], { BENCH_SESSION: session })

/** Builds what is measured, so that it is never an older one: the server, and for the element what its pages load. */
async function build(): Promise<void> {
  const { createBuilder } = await import('vite')
  const builder = await createBuilder({ logLevel: 'warn' })
  const isAll = values.only === '' || values.only === 'element'
  for (const name of isAll ? ['client', 'frame', 'server'] : ['server'])
    await builder.build(builder.environments[name]!)
}

type Row = { what: string; ours: string; bare: string; ratio: number; goal: string; met: boolean }
const rows: Row[] = []

async function createSession(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/payments/session`, {
    method: 'POST',
    headers: { ...key, 'Content-Type': 'application/json' },
    body: order,
  })
  return ((await answer.json()) as { session_id: string }).session_id
}

/** Both servers under the same load, one after the other, several times; the ratio of each pair counts. */
async function compare(
  what: string,
  goal: number | undefined,
  build: (port: number) => Promise<(n: number) => string>,
  session?: string,
) {
  const pair: [Running, Running] = [await ours(`${what.replaceAll(' ', '-')}.db`), await bare(session)]
  try {
    const requests = [await build(pair[0].port), await build(pair[1].port)]
    const measured: [Measured[], Measured[]] = [[], []]
    for (let round = 1; round <= rounds; round++) {
      for (const side of [0, 1] as const) {
        const result = await run({
          port: pair[side].port,
          request: requests[side]!,
          connections,
          seconds,
          warmUpSeconds: round === 1 ? 2 : 0.5,
        })
        measured[side].push(result)
      }
      say(
        `${what}, round ${round} of ${rounds}: ${measured[0].at(-1)!.perSecond.toFixed(0)} beside ${measured[1].at(-1)!.perSecond.toFixed(0)} a second`,
      )
    }
    const ratio = median(measured[0].map((result, n) => result.perSecond / measured[1][n]!.perSecond))
    const show = (m: Measured) =>
      `${m.perSecond.toFixed(0)}/s, p50 ${m.p50Ms.toFixed(1)} ms, p99 ${m.p99Ms.toFixed(1)} ms`
    rows.push({
      what,
      ours: show(middle(measured[0])),
      bare: show(middle(measured[1])),
      ratio,
      goal: goal === undefined ? 'none' : `≥ ${goal}`,
      met: ratio >= (goal ?? 0),
    })
  } finally {
    await pair[0].stop()
    await pair[1].stop()
  }
}

async function compareStarts() {
  const starts: [number[], number[]] = [[], []]
  const memory: [number[], number[]] = [[], []]
  for (let round = 0; round <= rounds * 2; round++) {
    for (const side of [0, 1] as const) {
      const server = side === 0 ? await ours('start.db') : await bare()
      if (round === 0) {
        // The first start fills the compile cache and makes the database; a person meets it once.
        say(`first start of ${side === 0 ? 'ours' : 'bare'}: ${server.startMs.toFixed(0)} ms`)
      } else {
        starts[side].push(server.startMs)
        await sleep(1000)
        const mb = residentMb(server.pid)
        if (mb !== undefined) memory[side].push(mb)
      }
      await server.stop()
    }
  }
  const add = (what: string, pair: [number[], number[]], unit: string) => {
    const ratio = median(pair[0].map((value, n) => value / pair[1][n]!))
    rows.push({
      what,
      ours: `${median(pair[0]).toFixed(0)} ${unit}`,
      bare: `${median(pair[1]).toFixed(0)} ${unit}`,
      ratio,
      goal: '≤ 1.25',
      met: ratio <= 1.25,
    })
  }
  add('start to first answer', starts, 'ms')
  if (memory[0].length > 0) add('idle memory', memory, 'MB')
}

async function compareRequests() {
  await compare('durable session creation', 0.4, () => {
    const create = request('POST', '/v1/payments/session', key, order)
    return Promise.resolve(() => create)
  })
  await compare('durable creation with a key each', undefined, () =>
    Promise.resolve((n) =>
      request(
        'POST',
        '/v1/payments/session',
        { ...key, 'Idempotency-Key': `bench-${process.pid}-${performance.now()}-${n}` },
        order,
      ),
    ),
  )
  const probe = await ours('probe.db')
  const sample = await fetch(`http://127.0.0.1:${probe.port}/v1/payments/session/${await createSession(probe.port)}`)
  const session = await sample.text()
  await probe.stop()
  await compare(
    'session reads',
    0.55,
    async (port) => {
      const id = (await createSession(port)) ?? 'cs_test_1'
      const read = request('GET', `/v1/payments/session/${id}?locale=es-CR`, {})
      return () => read
    },
    session,
  )
  await compareStarts()
  console.log(`${script} beside a bare Hono:`)
  console.table(
    rows.map((row) => ({ ...row, ratio: row.ratio.toFixed(2), met: row.met ? 'yes' : 'no' })),
    ['what', 'ours', 'bare', 'ratio', 'goal', 'met'],
  )
}

async function compareAllLists() {
  const env = ourEnv('unused.db')
  const lists = await compareLists({ script, folder, key, env, rounds, seconds, say })
  console.log('a page of 1,000,000 payments beside a page of 1,000 (goal for pages of 10 without a filter: ≤ 1.2):')
  console.table(lists.map((row) => ({ ...row, ms: row.ms.toFixed(3), ratio: row.ratio.toFixed(2) })))
}

async function compareAllOfElement() {
  const all = await compareElement(rounds, say)
  console.log(
    'the element in a phone-sized Chromium, four times slowed down, beside a bare Lit element with four fields:',
  )
  console.table(all)
}

try {
  if (!values.source) await build()
  say(`measuring ${script}`)
  const isAsked = (part: string) => values.only === '' || values.only === part
  if (isAsked('requests')) await compareRequests()
  if (isAsked('lists')) await compareAllLists()
  if (isAsked('element')) await compareAllOfElement()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
