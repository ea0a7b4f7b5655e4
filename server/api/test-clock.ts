import { z } from '@hono/zod-openapi'
import { readClock, resetTestClock, setTestClock } from '../actions/clock.ts'
import type { TestClockView } from '../contract/resources.ts'
import type { Deps } from '../deps.ts'
import { missingFields } from '../domain/problem.ts'
import { furthestMonths, later } from '../domain/test-clock.ts'
import { command, marked, merchantScope } from '../wire/command.ts'
import { once } from '../wire/fields.ts'
import { reply } from '../wire/reply.ts'
import { showTestClock } from '../wire/show-resources.ts'
import { withKey } from './auth.ts'
import { face, route } from './face.ts'
import { exampleMoment, moment } from './words.ts'

const testClock = once(() =>
  z
    .object({
      object: z.literal('test_clock'),
      now: moment(),
      own: z.boolean().openapi({ description: 'Whether test data has a clock of its own, or lives on the real one.' }),
      frozen: z.boolean().openapi({ description: 'Whether it stands still.' }),
      status: z.enum(['ready', 'advancing']),
      target: moment().nullable(),
    })
    .openapi('TestClock'),
)

const aMoment = () => z.iso.datetime({ offset: true }).max(40)

const wantedClock = once(() =>
  z
    .object({
      now: aMoment().optional().openapi({ description: 'What it shows from now on; never earlier than it does.' }),
      frozen: z.boolean().optional().openapi({ default: true, description: 'Whether it stands still then.' }),
    })
    .openapi('WantedTestClock'),
)

const advance = once(() =>
  z
    .object({
      to: aMoment().optional(),
      seconds: z.int().min(1).max(315_360_000).optional(),
      days: z.int().min(1).max(3650).optional(),
      months: z
        .int()
        .min(1)
        .max(furthestMonths)
        .optional()
        .openapi({ description: 'Keeps the day, or takes the last of a shorter month.' }),
    })
    .openapi('TestClockAdvance'),
)

const example: TestClockView = {
  object: 'test_clock',
  now: exampleMoment,
  own: true,
  frozen: true,
  status: 'ready',
  target: null,
}

/** The clock of an account's test data: sessions, trials, renewals, retries, tokens and stamps all read it. An extension. */
export function testClocks(deps: Deps) {
  const keyed = withKey(deps)
  return face()
    .openapi(
      route('get', '/', {
        id: 'getTestClock',
        summary: 'Read the clock of your test data',
        extension: true,
        keyed,
        answer: testClock,
        example: { answer: { ...example, own: false, frozen: false } },
      }),
      async (c) => {
        const { now, clock } = await readClock(deps, c.get('merchant'))
        return reply(c, showTestClock(now, clock), 200)
      },
    )
    .openapi(
      route('post', '/', {
        id: 'setTestClock',
        summary: 'Give your test data a clock of its own: standing still, or going on from a moment',
        description: 'Everything that becomes due before `now` has happened, in order, when this answers.',
        extension: true,
        keyed,
        body: wantedClock,
        answer: testClock,
        example: { body: { now: exampleMoment, frozen: true }, answer: example },
      }),
      async (c) => {
        const body = c.req.valid('json')
        const by = c.get('merchant')
        const { now: moment } = body
        const wanted = {
          to: moment === undefined ? undefined : () => new Date(moment),
          running: body.frozen === false,
          field: 'now',
        }
        const set = marked(c, await setTestClock(deps, by, command(c, deps, merchantScope(by), body, wanted)))
        return reply(c, showTestClock(set.now, set.clock), 200)
      },
    )
    .openapi(
      route('post', '/advance', {
        id: 'advanceTestClock',
        summary: 'Move the clock of your test data on',
        description:
          'Everything that becomes due on the way (sessions, trials, renewals, retries, refunds) has happened, in order, when this answers.',
        extension: true,
        keyed,
        body: advance,
        answer: testClock,
        example: { body: { months: 1 }, answer: { ...example, now: '2026-12-20T12:00:00.000Z' } },
      }),
      async (c) => {
        const body = c.req.valid('json')
        const by = c.get('merchant')
        const { to, ...steps } = body
        const [field] = Object.keys(body)
        if (field === undefined) {
          const say = { en: 'is required, or seconds, days, months', es: 'es obligatorio, o seconds, days, months' }
          throw missingFields([{ field: 'to', say }])
        }
        const wanted = {
          to: (from: Date) => (to === undefined ? later(from, steps) : new Date(to)),
          running: undefined,
          field: to === undefined ? field : 'to',
        }
        const moved = marked(c, await setTestClock(deps, by, command(c, deps, merchantScope(by), body, wanted)))
        return reply(c, showTestClock(moved.now, moved.clock), 200)
      },
    )
    .openapi(
      route('post', '/reset', {
        id: 'resetTestClock',
        summary: 'Let your test data live on the real clock again',
        extension: true,
        keyed,
        answer: testClock,
        example: { answer: { ...example, own: false, frozen: false } },
      }),
      async (c) => {
        const by = c.get('merchant')
        const reset = marked(c, await resetTestClock(deps, by, command(c, deps, merchantScope(by), null, null)))
        return reply(c, showTestClock(reset.now, reset.clock), 200)
      },
    )
}
