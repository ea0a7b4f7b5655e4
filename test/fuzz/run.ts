/**
 * `npm run fuzz`: requests that nobody would send, and many at that. `-- --requests 50000 --seed 7`; without a seed it takes
 * a fresh one and prints it. The same seed sends the same requests. `--face legacy` sends them to the legacy API instead of
 * the current one. Ctrl-C ends it early.
 */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { currentFace } from './current.ts'
import { Finding, fuzz, type Report } from './fuzz.ts'
import { legacyFace } from './legacy.ts'

type Run = Omit<Parameters<typeof fuzz>[0], 'face'>
const runCurrent = (by: Run) => fuzz({ ...by, face: currentFace })
const runLegacy = (by: Run) => fuzz({ ...by, face: legacyFace })

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '50000' },
    seed: { type: 'string' },
    face: { type: 'string', default: 'current' },
  },
})
const requests = Number(values.requests)
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed)
const faces: Record<string, typeof runCurrent> = { current: runCurrent, legacy: runLegacy }
const run = faces[values.face]
if (!Number.isSafeInteger(requests) || requests < 1 || !Number.isSafeInteger(seed) || !run) {
  console.error('Usage: npm run fuzz -- --requests 50000 --seed 7 --face current|legacy')
  process.exit(2)
}

let stopped = false
process.once('SIGINT', () => (stopped = true))

const figures = ({ requests: sent, byStatus, slowestMs, seconds }: Report): string => {
  const statuses = Object.entries(byStatus).map(([status, count]) => `${status}: ${count}`)
  const megabytes = Math.round(process.memoryUsage.rss() / 2 ** 20)
  return `${sent} requests in ${seconds.toFixed(1)} s, slowest ${Math.round(slowestMs)} ms, ${megabytes} MB; ${statuses.join(', ')}`
}

let told = 0
console.log(`seed ${seed}`)
try {
  const report = await run({
    requests,
    seed,
    stopped: () => stopped,
    progress: (report) => {
      if (report.requests < told + 5000) return
      told = report.requests
      console.log(figures(report))
    },
  })
  console.log(`${stopped ? 'stopped' : 'done'}: ${figures(report)}`)
  const succeeded = [...report.succeeded].toSorted(([, a], [, b]) => b - a).map(([id, count]) => `${id} ${count}`)
  console.log(`${report.unsent} that no client could send; with success ${succeeded.join(', ')}`)
} catch (error) {
  if (!(error instanceof Finding)) throw error
  console.error(error.message)
  console.error(`See it again: npm run fuzz -- --face ${values.face} --requests ${requests} --seed ${seed}`)
  process.exit(1)
}
