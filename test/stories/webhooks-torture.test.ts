/** A short run of `npm run torture -- webhooks`, another one each time; a failure tells the seed that does the same again. */
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openSqlite } from '../../server/store/sqlite.ts'
import { tortureWebhooks } from '../torture/webhooks.ts'

it('300 events to a receiver that fails, with three kills: each arrives, its duplicates are identical, every signature is right', async () => {
  const seed = randomInt(2 ** 31)
  const folder = mkdtempSync(join(tmpdir(), 'torture-'))
  const file = join(folder, 'checkout.db')
  const report = await tortureWebhooks({
    events: 300,
    kills: 3,
    seed,
    databaseUrl: `sqlite:${file}`,
    open: () => openSqlite(file),
    script: 'dist/server/main.mjs',
  })
  console.log(
    `torture: seed ${seed}, ${report.requests} requests, ${report.failed} failed, ${report.seconds.toFixed(1)} s`,
  )
  expect([report.events, report.kills]).toEqual([300, 3])
  expect(report.failed).toBeGreaterThan(30)
  rmSync(folder, { recursive: true })
}, 120_000)
