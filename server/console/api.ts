/** What the console page reads beside the public API. It takes the same keys, and answers in the same words. */
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { z } from 'zod'
import {
  findRequest,
  listRequests,
  listSessions,
  offsetUntil,
  paymentStory,
  search,
  storyGiven,
  totals,
} from '../actions/console.ts'
import { paymentStatuses, sessionStatuses } from '../contract/checkout.ts'
import type { ConsoleView, OffsetView, SearchView, TotalsView } from '../contract/console.ts'
import { decimalsOf } from '../contract/money.ts'
import type { Deps } from '../deps.ts'
import { Problem } from '../domain/problem.ts'
import { beginOf, hourOf, mostPoints, pointsOf } from '../domain/totals.ts'
import { couldBeId } from '../ids.ts'
import { selectKeyById } from '../store/keys.ts'
import { refuse } from '../wire/faults.ts'
import { once } from '../wire/fields.ts'
import { type Env, languageFor, reply } from '../wire/reply.ts'
import {
  showFound,
  showPart,
  showRequest,
  showRequestSummary,
  showSessionSummary,
  showTimeline,
} from '../wire/show-console.ts'
import { showTimelineFile } from '../wire/timeline-file.ts'

/** Made when the console first asks: most servers are started without it. */
const queries = once(() => {
  const limit = z.coerce.number().int().min(1).max(100).default(50)
  const id = z.string().refine(couldBeId, { params: { say: { en: 'must be an id', es: 'debe ser un id' } } })
  const moment = z.iso
    .datetime({ offset: true })
    .max(40)
    .transform((text) => new Date(text))
  const statuses = z
    .string()
    .refine((text) => text.split(',').every((one) => /^[1-5](?:xx|\d\d)$/.test(one)), {
      params: {
        say: {
          en: 'must be statuses such as 402 or classes such as 4xx, with commas between',
          es: 'debe tener estados como 402 o clases como 4xx, separados por comas',
        },
      },
    })
    .transform((text) => text.split(',').map((one) => Number(one.replace('xx', ''))))
  return {
    requests: z.object({
      limit,
      before: id.optional(),
      after: id.optional(),
      status: statuses.optional(),
      method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
      caller: z.enum(['server', 'buyer', 'console']).optional(),
      object_id: id.optional(),
      q: z.string().min(1).max(100).optional(),
    }),
    sessions: z.object({ limit, before: id.optional(), status: z.enum(sessionStatuses).optional() }),
    search: z.object({ q: z.string().trim().min(1).max(200) }),
    offset: z.object({ until: moment, status: z.enum(paymentStatuses).optional() }),
    totals: z.object({
      currency: z
        .string()
        .refine((code) => decimalsOf(code) !== undefined, {
          params: { say: { en: 'must be a currency such as CRC', es: 'debe ser una moneda como CRC' } },
        })
        .optional(),
      from: moment.optional(),
      to: moment.optional(),
      step: z.enum(['hour', 'day']).default('day'),
      utc_offset: z.coerce.number().int().min(-12).max(14).default(0),
    }),
  }
})

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** How far back a chart goes when nobody says. */
const usualDays = 30

/** `keyed` is the key check of the current API. */
export function consoleApi(deps: Deps, keyed: MiddlewareHandler<Env>) {
  const app = new Hono<Env>()
  const { publicUrl } = deps.settings
  app.use(keyed)

  app.get('/me', async (c) => {
    const by = c.get('merchant')
    const key = await selectKeyById(deps.store.db, by.keyId)
    const { id, name } = await deps.accounts.account(by.accountId)
    const view: ConsoleView = {
      account: { id, name },
      test: !by.live,
      namespace: by.within?.name ?? null,
      key: { id: by.keyId, last4: key?.last4 ?? '' },
      records_requests: deps.recorder?.keeps(by) ?? false,
      now: deps.now(by).toISOString(),
    }
    return reply(c, view, 200)
  })

  app.get('/requests', async (c) => {
    const { status: statuses, object_id: objectId, q: text, limit, ...rest } = asked(c, queries().requests)
    const part = await listRequests(deps, c.get('merchant'), { ...rest, statuses, objectId, text }, limit)
    return reply(c, showPart(part, showRequestSummary), 200)
  })

  app.get('/requests/:id', async (c) =>
    reply(c, showRequest(await findRequest(deps, c.get('merchant'), c.req.param('id'))), 200),
  )

  app.get('/sessions', async (c) => {
    const { limit, before, status } = asked(c, queries().sessions)
    const by = c.get('merchant')
    const part = await listSessions(deps, by, { before, status }, limit)
    return reply(
      c,
      showPart(part, (one) => showSessionSummary(one, { now: deps.now(by), publicUrl })),
      200,
    )
  })

  app.get('/search', async (c) => {
    const found = await search(deps, c.get('merchant'), asked(c, queries().search).q)
    const view: SearchView = { hits: showFound(found, languageFor(c)) }
    return reply(c, view, 200)
  })

  app.get('/payments/offset', async (c) => {
    const { until, status } = asked(c, queries().offset)
    const wanted = { until: until.toISOString(), status }
    const view: OffsetView = { offset: await offsetUntil(deps, c.get('merchant'), wanted) }
    return reply(c, view, 200)
  })

  app.get('/payments/:id/timeline', async (c) => {
    const by = c.get('merchant')
    const story = await paymentStory(deps, by, c.req.param('id'))
    return reply(c, showTimeline(story, { now: deps.now(by), publicUrl, language: languageFor(c) }), 200)
  })

  app.get('/payments/:id/export', async (c) => {
    const by = c.get('merchant')
    const story = await paymentStory(deps, by, c.req.param('id'))
    if (by.live) throw onlyTests()
    if (!story.requests.some(({ method }) => method !== 'GET')) throw nothingToPlay()
    c.get('headers')['Content-Disposition'] = `attachment; filename="${story.payment.id}.timeline.json"`
    // Moments of requests are those of the real clock.
    return reply(c, showTimelineFile(story, await storyGiven(deps, story), { now: deps.now(), publicUrl }), 200)
  })

  app.get('/totals', async (c) => {
    const by = c.get('merchant')
    const { step, utc_offset: utcOffsetHours, ...wanted } = asked(c, queries().totals)
    const to = wanted.to ?? deps.now(by)
    const from = beginOf(wanted.from ?? new Date(to.getTime() - usualDays * dayMs), step, utcOffsetHours)
    if (to.getTime() - from.getTime() > mostPoints * (step === 'day' ? dayMs : hourMs)) throw tooMany()
    // The hour that has begun counts.
    const end = new Date(Math.ceil(to.getTime() / hourMs) * hourMs)
    const hours = { currency: wanted.currency, from: hourOf(from), to: hourOf(end) }
    const { rows, declines, currencies, currency } = await totals(deps, by, hours)
    const points = pointsOf(rows, { from, to: end, step, utcOffsetHours, currency })
    const view: TotalsView = { currency, currencies, step, points, declines }
    return reply(c, view, 200)
  })

  app.all('*', () => {
    throw new Problem('not_found', { en: 'The console has no such path', es: 'La consola no tiene esa ruta' })
  })
  return app
}

/** What the query asks for, or a refusal that says what would be right. */
function asked<T extends z.ZodType>(c: Context<Env>, schema: T): z.output<T> {
  const sent = c.req.query()
  const result = schema.safeParse(sent)
  return result.success ? result.data : refuse(result.error.issues, sent)
}

const onlyTests = () =>
  new Problem('invalid_request', {
    en: 'Only payments of test data can be exported: a replay makes them again in a sandbox',
    es: 'Solo se pueden exportar pagos de prueba: la repetición los hace de nuevo en un sandbox',
  })

const nothingToPlay = () =>
  new Problem('invalid_request', {
    en: 'No request of this payment is kept, so nothing could be played again: requests are kept for seven days, and renewals are made by none',
    es: 'No se conserva ninguna solicitud de este pago, así que no hay qué repetir: se conservan siete días, y las renovaciones no nacen de ninguna',
  })

const tooMany = () =>
  new Problem('parameter_invalid', {
    en: `from and to are more than ${mostPoints} steps apart: ask for a shorter time, or for days`,
    es: `from y to distan más de ${mostPoints} pasos: pida un tiempo más corto, o por días`,
  })
