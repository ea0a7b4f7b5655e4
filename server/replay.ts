/**
 * `npm run replay -- FILE`: plays a payment's story, as the console exports it, against a fresh sandbox in memory, and says
 * what is different this time. Nothing of a running server or its database is touched.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { type TimelineFile, timelineFormat, timelineVersion } from './contract/timeline.ts'
import { exitWith } from './environment.ts'
import type { Difference } from './replay/compare.ts'
import { play } from './replay/play.ts'

const help = `Plays a payment's story again, against a fresh sandbox, and compares what comes of it.

  npm run replay -- FILE            what the console saved as "pay_….timeline.json"
  npm run replay -- FILE --json     the differences for scripts

Ends with 0 when everything came out as it was recorded, with 1 when something did not.
`

const card = z.object({
  name: z.string().nullable(),
  refused: z.string().nullable(),
  exp_month: z.int(),
  exp_year: z.int(),
})
const moment = z.iso.datetime({ offset: true })

/** A file as it must be to be played; what it holds beyond this is compared as it stands. */
const file = z.object({
  format: z.literal(timelineFormat),
  version: z.literal(timelineVersion),
  exported_at: moment,
  public_url: z.url(),
  payment_id: z.string(),
  clock_ahead_ms: z.number(),
  given: z.object({
    customer: z
      .object({
        id: z.string(),
        number: z.int(),
        email: z.string(),
        name: z.string().nullable(),
        currency: z.string().nullable(),
        card: card.nullable(),
      })
      .nullable(),
    product: z.object({ id: z.string(), name: z.string(), description: z.string().nullable() }).nullable(),
    plan: z.object({ id: z.string(), body: z.record(z.string(), z.unknown()) }).nullable(),
    session: z.object({ id: z.string(), body: z.record(z.string(), z.unknown()) }).nullable(),
  }),
  steps: z
    .array(
      z.object({
        id: z.string(),
        at: moment,
        method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
        path: z.string().startsWith('/'),
        by: z.enum(['server', 'token', 'buyer']),
        idempotency_key: z.string().nullable(),
        client_secret: z.boolean(),
        body: z.unknown(),
        card: card.nullable(),
        fault: z.string().nullable(),
        status: z.int(),
        answer: z.unknown(),
      }),
    )
    .min(1)
    .max(2000),
  outcome: z.looseObject({ payment: z.record(z.string(), z.unknown()) }),
})

/** The story in a file; what is wrong with the file ends the process with one line that says where. */
function readStory(path: string): TimelineFile {
  let sent: unknown
  try {
    sent = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return exitWith(code === 'ENOENT' ? `There is no file ${path}` : `${path} cannot be read: ${message}`)
  }
  const result = file.safeParse(sent)
  if (result.success) return result.data as unknown as TimelineFile
  const { path: where, message } = result.error.issues[0]!
  return exitWith(`${path} is no story of a payment that can be played: ${where.join('.') || 'the file'}: ${message}`)
}

const show = (value: unknown): string => JSON.stringify(value) ?? 'nothing'

function lineOf({ step, where, recorded, replayed }: Difference): string {
  const place = step === null ? 'in the end' : `request ${step}`
  return `  ${place}, ${where}: was ${show(recorded)}, is ${show(replayed)}\n`
}

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
    allowPositionals: true,
  })
  const [path, ...more] = positionals
  if (values.help || path === undefined || more.length > 0) {
    process.stdout.write(help)
    process.exitCode = values.help ? 0 : 1
    return
  }
  const story = readStory(path)
  const found = await play(story, ({ step, number, status, differences }) => {
    if (values.json) return
    const mark = differences === 0 ? 'ok' : 'not the same'
    process.stdout.write(
      `${String(number).padStart(3)} of ${story.steps.length}  ${step.method} ${step.path}  ${status}  ${mark}\n`,
    )
  })
  if (values.json) process.stdout.write(`${JSON.stringify({ differences: found }, null, 2)}\n`)
  else if (found.length === 0) process.stdout.write(`\n${story.payment_id}: everything came out as it was recorded.\n`)
  else process.stdout.write(`\n${story.payment_id}: ${found.length} differences\n${found.map(lineOf).join('')}`)
  process.exitCode = found.length === 0 ? 0 : 1
}

await run()
