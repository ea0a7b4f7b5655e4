/**
 * `npm run torture -- billing`: renewals on a server that is killed at random moments. `--subscriptions 2000 --months 36
 * --kills 20 --database sqlite` (or `postgres`) say how much of it.
 *
 * `npm run torture -- page`: purchases in a real browser, disturbed in every way. `--count 1000` says how many.
 *
 * `npm run torture -- webhooks`: events on their way to a receiver that fails, from a server that is killed. `--events 10000
 * --kills 50` say how much of it.
 *
 * `--seed 7` says which; without a seed it takes a fresh one and prints it. Ctrl-C ends it early and checks what is there.
 */
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openPostgres } from '../../server/store/postgres.ts'
import { openSqlite } from '../../server/store/sqlite.ts'
import { startPostgres } from '../support/postgres.ts'
import { openBrowser } from '../support/buyer.ts'
import { sandboxKey } from '../support/servers.ts'
import { tortureBilling, type Wanted } from './billing.ts'
import { Finding } from './finding.ts'
import { startPaymentSide, torturePage } from './page.ts'
import { tortureWebhooks } from './webhooks.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    subscriptions: { type: 'string', default: '2000' },
    months: { type: 'string', default: '36' },
    kills: { type: 'string' },
    count: { type: 'string', default: '1000' },
    events: { type: 'string', default: '10000' },
    seed: { type: 'string' },
    database: { type: 'string', default: 'sqlite' },
    source: { type: 'boolean', default: false },
  },
})
const what = positionals.join()
const [subscriptions, months] = [Number(values.subscriptions), Number(values.months)]
const [count, events] = [Number(values.count), Number(values.events)]
const kills = Number(values.kills ?? (what === 'webhooks' ? 50 : 20))
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed)
const known = ['sqlite', 'postgres'].includes(values.database)
if (
  !['billing', 'page', 'webhooks'].includes(what) ||
  !known ||
  ![subscriptions, months, kills, count, events, seed].every(Number.isSafeInteger)
) {
  console.error(
    `Usage: npm run torture -- billing [--subscriptions 2000] [--months 36] [--kills 20] [--seed 7] [--database sqlite|postgres]
       npm run torture -- page [--count 1000] [--seed 7]
       npm run torture -- webhooks [--events 10000] [--kills 50] [--seed 7] [--database sqlite|postgres]`,
  )
  process.exit(2)
}

let stopped = false
process.once('SIGINT', () => (stopped = true))

/** A database of the run's own, with its syncs, and how to open and remove it. */
async function openDatabase(): Promise<Pick<Wanted, 'databaseUrl' | 'open'> & { remove(): Promise<void> }> {
  if (values.database === 'sqlite') {
    const folder = mkdtempSync(join(tmpdir(), 'torture-'))
    const file = join(folder, 'checkout.db')
    return {
      databaseUrl: `sqlite:${file}`,
      open: () => openSqlite(file),
      remove: () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
    }
  }
  const { config, stop } = await startPostgres({ durable: true })
  return {
    databaseUrl: `postgres://${config.user}@localhost/${config.database}?host=${encodeURIComponent(config.host)}`,
    open: () =>
      openPostgres({ ...config, statement_timeout: 600_000 }, (error) => {
        throw error
      }),
    remove: stop,
  }
}

console.log(`seed ${seed}`)
if (what === 'page') await runPage()
else if (what === 'webhooks') await runWebhooks()
else await runBilling()

async function runPage(): Promise<void> {
  const { createBuilder } = await import('vite')
  const builder = await createBuilder({ logLevel: 'warn' })
  await builder.buildApp()
  const browser = await openBrowser()
  try {
    const report = await torturePage({
      count,
      seed,
      browser,
      apiKey: sandboxKey,
      // A build in this process has called it production.
      start: (publicUrl) => startPaymentSide({ NODE_ENV: 'development', PUBLIC_URL: publicUrl }),
      progress: (line) => console.log(line),
      stopped: () => stopped,
    })
    const what = Object.entries(report.disturbances).map(([name, times]) => `${times} × ${name}`)
    console.log(`${report.stopped ? 'stopped' : 'done'}: ${report.played} purchases, ${what.join(', ')}`)
    console.log(`${report.seconds.toFixed(0)} s; each paid once, and told so`)
  } catch (error) {
    if (!(error instanceof Finding)) throw error
    console.error(error.message)
    const own = /^seed (\d+)/.exec(error.message)![1]
    console.error(`See it again: npm run torture -- page --count 1 --seed ${own}`)
    process.exitCode = 1
  } finally {
    await browser.close()
  }
}

async function buildServer(): Promise<void> {
  if (values.source) return
  const { createBuilder } = await import('vite')
  const builder = await createBuilder({ logLevel: 'warn' })
  await builder.build(builder.environments['server']!)
}

async function runWebhooks(): Promise<void> {
  await buildServer()
  const database = await openDatabase()
  try {
    const report = await tortureWebhooks({
      events,
      kills,
      seed,
      ...database,
      script: values.source ? 'server/main.ts' : 'dist/server/main.mjs',
      progress: (line) => console.log(line),
      stopped: () => stopped,
    })
    console.log(
      `${report.stopped ? 'stopped' : 'done'}: ${report.events} events, ${report.kills} kills, ${report.requests} requests of which ${report.failed} failed, ${report.duplicates} duplicates, ${report.seconds.toFixed(0)} s; each arrived, every signature right, duplicates identical`,
    )
  } catch (error) {
    if (!(error instanceof Finding)) throw error
    console.error(error.message)
    console.error(
      `See it again: npm run torture -- webhooks --events ${events} --kills ${kills} --seed ${seed} --database ${values.database}`,
    )
    process.exitCode = 1
  } finally {
    await database.remove()
  }
}

async function runBilling(): Promise<void> {
  await buildServer()
  const database = await openDatabase()
  try {
    const report = await tortureBilling({
      subscriptions,
      months,
      kills,
      seed,
      ...database,
      script: values.source ? 'server/main.ts' : 'dist/server/main.mjs',
      progress: (line) => console.log(line),
      stopped: () => stopped,
    })
    const rate = (report.invoices - subscriptions) / report.seconds
    console.log(
      `${report.stopped ? 'stopped' : 'done'}: ${report.invoices} invoices, ${report.kills} kills that cut off ${report.cutOff} charges, ${report.seconds.toFixed(0)} s (${rate.toFixed(0)} renewals a second); each paid once, none missing`,
    )
  } catch (error) {
    if (!(error instanceof Finding)) throw error
    console.error(error.message)
    console.error(
      `See it again: npm run torture -- billing --subscriptions ${subscriptions} --months ${months} --kills ${kills} --seed ${seed} --database ${values.database}`,
    )
    process.exitCode = 1
  } finally {
    await database.remove()
  }
}
