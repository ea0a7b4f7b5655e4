import { z } from '@hono/zod-openapi'
import { findEvent, listEvents } from '../actions/events.ts'
import { eventTypes, type EventView } from '../contract/events.ts'
import type { Deps } from '../deps.ts'
import { couldBeId } from '../ids.ts'
import { once } from '../wire/fields.ts'
import { reply } from '../wire/reply.ts'
import { showEvent } from '../wire/show-event.ts'
import { withKey } from './auth.ts'
import { face, route } from './face.ts'
import { cursorList, limitQuery, replyCursor } from './lists.ts'
import { exampleMoment, idPath, moment } from './words.ts'

const event = once(() =>
  z
    .object({
      id: z.string(),
      object: z.literal('event'),
      type: z.enum(eventTypes),
      object_id: z.string(),
      version: z.int().openapi({ description: 'Raised by one with every change of the object.' }),
      test: z.boolean(),
      created_at: moment(),
      data: z.object({
        object: z
          .record(z.string(), z.unknown())
          .openapi({ description: 'The object as it became, as the API reads it.' }),
      }),
    })
    .openapi('Event'),
)

const example: EventView<'payment_link.created'> = {
  id: 'evt_0VQmK2dE7sB2mX9cV4kTq6ZrLhWp3JnYf8d',
  object: 'event',
  type: 'payment_link.created',
  object_id: 'plink_0VQmK2dE2jR7vC5xN8bMw3KtHsGd6QyPf4a',
  version: 1,
  test: true,
  created_at: exampleMoment,
  data: {
    object: {
      id: 'plink_0VQmK2dE2jR7vC5xN8bMw3KtHsGd6QyPf4a',
      object: 'payment_link',
      url: 'http://localhost:4242/link/plink_0VQmK2dE2jR7vC5xN8bMw3KtHsGd6QyPf4a',
      amount: 1250000,
      currency: 'CRC',
      description: 'Taller de barismo',
      active: true,
      test: true,
      created_at: exampleMoment,
    },
  },
}

/** The id of another row of the same list. */
export const cursor = () =>
  z.string().refine(couldBeId, { params: { say: { en: 'must be an id', es: 'debe ser un id' } } })

const families = [...new Set(eventTypes.map((type) => `${type.split('.')[0]}.*`))]

/** A type, a family of them, or several with commas between. */
const typeFilter = z
  .string()
  .refine(
    (text) => text.split(',').every((one) => families.includes(one) || (eventTypes as readonly string[]).includes(one)),
    {
      params: {
        say: {
          en: 'must be types such as payment.succeeded or families such as payment.*, with commas between',
          es: 'debe tener tipos como payment.succeeded o familias como payment.*, separados por comas',
        },
      },
    },
  )
  .transform((text) =>
    text
      .split(',')
      .flatMap((one) => (one.endsWith('.*') ? eventTypes.filter((type) => type.startsWith(one.slice(0, -1))) : [one])),
  )

/** What has happened to an account's objects, one row a change. An extension as a whole. */
export function events(deps: Deps) {
  const keyed = withKey(deps)
  const { publicUrl } = deps.settings
  return face()
    .openapi(
      route('get', '/', {
        id: 'listEvents',
        summary: 'List what has happened, the newest first',
        description:
          'One row for each change of an object. `before` an event lists older ones; `after` one lists newer ones, the oldest first, for whoever follows along.',
        extension: true,
        keyed,
        query: limitQuery.extend({
          type: typeFilter
            .optional()
            .openapi({ type: 'string', description: 'Such as `payment.succeeded`, or `payment.*`.' }),
          object_id: cursor().optional().openapi({ description: 'Only what happened to this object.' }),
          before: cursor().optional(),
          after: cursor().optional(),
        }),
        answer: cursorList('EventList', event),
        example: { answer: { items: [example], has_more: false, limit: 10 } },
      }),
      async (c) => {
        const { limit, type, object_id, before, after } = c.req.valid('query')
        const found = await listEvents(
          deps,
          c.get('merchant'),
          { types: type, objectId: object_id, before, after },
          limit + 1,
        )
        return replyCursor(c, found, limit, (one) => showEvent(one, publicUrl))
      },
    )
    .openapi(
      route('get', '/{id}', {
        id: 'getEvent',
        summary: 'Read an event',
        extension: true,
        keyed,
        params: idPath,
        answer: event,
        example: { answer: example },
      }),
      async (c) =>
        reply(c, showEvent(await findEvent(deps, c.get('merchant'), c.req.valid('param').id), publicUrl), 200),
    )
}
