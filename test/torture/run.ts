/**
 * `npm run torture -- billing`: renewals on a server that is killed at random moments. `--subscriptions 2000 --months 36
 * --kills 20 --database sqlite` (or `postgres`) say how much of it.
 *
 * `npm run torture -- page`: purchases in a real browser, disturbed in every way. `--count 1000` says how many.
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
import { Finding, tortureBilling, type Wanted } from './billing.ts'
import { Finding as PageFinding, startPaymentSide, torturePage } from './page.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    subscriptions: { type: 'string', default: '2000' },
    months: { type: 'string', default: '36' },
    kills: { type: 'string', default: '20' },
    count: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    database: { type: 'string', default: 'sqlite' },
    source: { type: 'boolean', default: false },
  },
})
const [subscriptions, months, kills] = [Number(values.subscriptions), Number(values.months), Number(values.kills)]
const count = Number(values.count)
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed)
const known = ['sqlite', 'postgres'].includes(values.database)
const what = positionals.join()
if (
  !['billing', 'page'].includes(what) ||
  !known ||
  ![subscriptions, months, kills, count, seed].every(Number.isSafeInteger)
) {
  console.error(
    `Usage: npm run torture -- billing [--subscriptions 2000] [--months 36] [--kills 20] [--seed 7] [--database sqlite|postgres]
       npm run torture -- page [--count 1000] [--seed 7]`,
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
    if (!(error instanceof PageFinding)) throw error
    console.error(error.message)
    const own = /^seed (\d+)/.exec(error.message)![1]
    console.error(`See it again: npm run torture -- page --count 1 --seed ${own}`)
    process.exitCode = 1
  } finally {
    await browser.close()
  }
}

async function runBilling(): Promise<void> {
  if (!values.source) {
    const { createBuilder } = await import('vite')
    const builder = await createBuilder({ logLevel: 'warn' })
    await builder.build(builder.environments['server']!)
  }
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
