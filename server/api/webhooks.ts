import { z } from '@hono/zod-openapi'
import {
  createEndpoint,
  deleteEndpoint,
  findDelivery,
  listDeliveries,
  listEndpoints,
  ownEndpoint,
  pingEndpoint,
  replay,
  rotateEndpoint,
  secretOf,
  updateEndpoint,
} from '../actions/webhooks.ts'
import {
  deliveryErrors,
  deliveryStatuses,
  signatureForms,
  type WebhookDeliveryView,
  type WebhookEndpointView,
} from '../contract/resources.ts'
import type { Deps } from '../deps.ts'
import type { Done } from '../actions/commit.ts'
import type { EndpointChange, WebhookEndpoint } from '../domain/webhook.ts'
import { command, marked, merchantScope } from '../wire/command.ts'
import { freeText, once } from '../wire/fields.ts'
import { reply } from '../wire/reply.ts'
import { showAttempt, showDelivery, showEndpoint } from '../wire/show-event.ts'
import { withKey } from './auth.ts'
import { cursor } from './events.ts'
import { face, route } from './face.ts'
import { cursorList, examplePage, limitQuery, listSchema, pageQuery, replyCursor, replyPage } from './lists.ts'
import { exampleMoment, idPath, moment } from './words.ts'

const endpointFields = () => ({
  url: z.string().openapi({
    description:
      'https, at port 443 or 8443 of a public address; in a sandbox on your own machine also http on localhost.',
  }),
  description: freeText(200).nullish(),
  events: z
    .array(z.string().max(60))
    .min(1)
    .max(100)
    .optional()
    .openapi({
      default: ['*'],
      description: 'Types such as `payment.succeeded`, families such as `payment.*`, or `*` for everything.',
    }),
  signature: z.enum(signatureForms).optional().openapi({
    default: 'standard',
    description:
      '`standard`: Standard Webhooks, in `webhook-signature`. `timestamped`: `t=…,v1=…` in `x-signature`, as existing libraries read it.',
  }),
})

const newEndpoint = once(() => z.object(endpointFields()).openapi('NewWebhookEndpoint'))

const endpointChange = once(() =>
  z
    .object({ ...endpointFields(), url: endpointFields().url.optional(), enabled: z.boolean().optional() })
    .openapi('WebhookEndpointChange'),
)

const endpointShape = () => ({
  id: z.string(),
  object: z.literal('webhook_endpoint'),
  url: z.string(),
  description: z.string().nullable(),
  events: z.array(z.string()),
  signature: z.enum(signatureForms),
  status: z.enum(['enabled', 'disabled']),
  disabled_reason: z.enum(['gone', 'failing', 'requested']).nullable(),
  failing_since: moment().nullable(),
  former_secret_until: moment().nullable(),
  test: z.boolean(),
  created_at: moment(),
})

const endpoint = once(() => z.object(endpointShape()).openapi('WebhookEndpoint'))

const endpointWithSecret = once(() =>
  z
    .object({
      ...endpointShape(),
      secret: z
        .string()
        .nullable()
        .openapi({ description: 'Shown this once; null when the same request is repeated with its idempotency key.' }),
    })
    .openapi('WebhookEndpointWithSecret'),
)

const deleted = once(() => z.object({ id: z.string(), deleted: z.literal(true) }).openapi('DeletedWebhookEndpoint'))

const attempt = () =>
  z.object({
    at: moment(),
    duration_ms: z.int(),
    http_status: z.int().nullable(),
    error: z.enum(deliveryErrors).nullable(),
    response: z.string().nullable(),
  })

const deliveryShape = () => ({
  id: z.string(),
  object: z.literal('webhook_delivery'),
  endpoint_id: z.string(),
  event_id: z.string(),
  event_type: z.string(),
  status: z.enum(deliveryStatuses),
  attempt_count: z.int(),
  next_attempt_at: moment().nullable(),
  test: z.boolean(),
  created_at: moment(),
})

const delivery = once(() => z.object(deliveryShape()).openapi('WebhookDelivery'))

const deliveryWithAttempts = once(() =>
  z.object({ ...deliveryShape(), attempts: z.array(attempt()) }).openapi('WebhookDeliveryWithAttempts'),
)

const example: WebhookEndpointView = {
  id: 'we_0VQmK2dE4dK8tY1wQ6zXb9VmRcNs7LhJp2f',
  object: 'webhook_endpoint',
  url: 'https://shop.example/webhooks',
  description: null,
  events: ['payment.*'],
  signature: 'standard',
  status: 'enabled',
  disabled_reason: null,
  failing_since: null,
  former_secret_until: null,
  test: true,
  created_at: exampleMoment,
}

const exampleSecret = 'whsec_ThisIsAnExampleAndOpensNothingAtAllAAAAAAAAA='

const exampleDelivery: WebhookDeliveryView = {
  id: 'whd_0VQmK2dE9nW3gB6yT1rKs5XvMcJq8ZpHf4d',
  object: 'webhook_delivery',
  endpoint_id: example.id,
  event_id: 'evt_0VQmK2dE7sB2mX9cV4kTq6ZrLhWp3JnYf8d',
  event_type: 'webhook_endpoint.ping',
  status: 'succeeded',
  attempt_count: 1,
  next_attempt_at: null,
  test: true,
  created_at: exampleMoment,
}

/** Where events are sent. An extension as a whole. */
export function webhookEndpoints(deps: Deps) {
  const keyed = withKey(deps)
  const withSecret = ({ value, asker }: Done<WebhookEndpoint>) => ({
    ...showEndpoint(value),
    secret: asker ? null : secretOf(deps, value),
  })
  return face()
    .openapi(
      route('post', '/', {
        id: 'createWebhookEndpoint',
        summary: 'Send events to an address; its secret is shown once',
        extension: true,
        keyed,
        body: newEndpoint,
        answer: endpointWithSecret,
        status: 201,
        example: {
          body: { url: example.url, events: ['payment.*'] },
          answer: { ...example, secret: exampleSecret },
        },
      }),
      async (c) => {
        const body = c.req.valid('json')
        const by = c.get('merchant')
        const wanted = {
          url: body.url,
          description: body.description ?? null,
          events: body.events ?? ['*'],
          signature: body.signature ?? 'standard',
        }
        const done = await createEndpoint(deps, by, command(c, deps, merchantScope(by), body, wanted))
        marked(c, done)
        return reply(c, withSecret(done), 201)
      },
    )
    .openapi(
      route('get', '/', {
        id: 'listWebhookEndpoints',
        summary: 'List where events are sent',
        extension: true,
        keyed,
        query: pageQuery,
        answer: listSchema('WebhookEndpointList', endpoint),
        example: { answer: examplePage(example) },
      }),
      async (c) => {
        const slice = c.req.valid('query')
        const all = await listEndpoints(deps, c.get('merchant'))
        const items = all.slice(slice.offset, slice.offset + slice.limit)
        return replyPage(c, { items, total: all.length }, slice, showEndpoint)
      },
    )
    .openapi(
      route('get', '/{id}', {
        id: 'getWebhookEndpoint',
        summary: 'Read a webhook endpoint',
        extension: true,
        keyed,
        params: idPath,
        answer: endpoint,
        example: { answer: example },
      }),
      async (c) => {
        const found = await ownEndpoint(deps.store.db, c.get('merchant'), c.req.valid('param').id)
        return reply(c, showEndpoint(found), 200)
      },
    )
    .openapi(
      route('patch', '/{id}', {
        id: 'updateWebhookEndpoint',
        summary: 'Change a webhook endpoint, disable it, or enable it again',
        description:
          'What is left out stays. What still waits for one that is disabled is not sent; replay it afterwards.',
        extension: true,
        keyed,
        params: idPath,
        body: endpointChange,
        answer: endpoint,
        example: { body: { events: ['*'] }, answer: { ...example, events: ['*'] } },
      }),
      async (c) => {
        const change = c.req.valid('json')
        const wanted = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
        const after = await updateEndpoint(deps, c.get('merchant'), c.req.valid('param').id, wanted as EndpointChange)
        return reply(c, showEndpoint(after), 200)
      },
    )
    .openapi(
      route('delete', '/{id}', {
        id: 'deleteWebhookEndpoint',
        summary: 'Send nothing more to an address',
        extension: true,
        keyed,
        params: idPath,
        answer: deleted,
        example: { answer: { id: example.id, deleted: true } },
      }),
      async (c) => {
        const { id } = c.req.valid('param')
        await deleteEndpoint(deps, c.get('merchant'), id)
        return reply(c, { id, deleted: true as const }, 200)
      },
    )
    .openapi(
      route('post', '/{id}/rotate-secret', {
        id: 'rotateWebhookSecret',
        summary: 'Give a webhook endpoint a new secret',
        description: 'For a day what is sent carries two signatures: by the new secret, and by the one before.',
        extension: true,
        keyed,
        params: idPath,
        answer: endpointWithSecret,
        example: {
          answer: { ...example, secret: exampleSecret, former_secret_until: '2026-11-21T12:00:00.000Z' },
        },
      }),
      async (c) => {
        const by = c.get('merchant')
        const { id } = c.req.valid('param')
        const done = await rotateEndpoint(deps, by, command(c, deps, merchantScope(by), null, { id }))
        marked(c, done)
        return reply(c, withSecret(done), 200)
      },
    )
    .openapi(
      route('post', '/{id}/ping', {
        id: 'pingWebhookEndpoint',
        summary: 'Send a webhook endpoint an event that says nothing',
        description: 'A `webhook_endpoint.ping`, to this endpoint alone, whatever it listens to.',
        extension: true,
        keyed,
        params: idPath,
        answer: endpoint,
        example: { answer: example },
      }),
      async (c) => {
        const by = c.get('merchant')
        const { id } = c.req.valid('param')
        const done = marked(c, await pingEndpoint(deps, by, command(c, deps, merchantScope(by), null, { id })))
        return reply(c, showEndpoint(done), 200)
      },
    )
}

/** Events on their way to endpoints, and what each try came to. An extension as a whole. */
export function webhookDeliveries(deps: Deps) {
  const keyed = withKey(deps)
  return face()
    .openapi(
      route('get', '/', {
        id: 'listWebhookDeliveries',
        summary: 'List what was sent, or is on its way, the newest first',
        extension: true,
        keyed,
        query: limitQuery.extend({
          endpoint_id: cursor().optional(),
          event_id: cursor().optional(),
          status: z.enum(deliveryStatuses).optional(),
          before: cursor().optional(),
        }),
        answer: cursorList('WebhookDeliveryList', delivery),
        example: { answer: { items: [exampleDelivery], has_more: false, limit: 10 } },
      }),
      async (c) => {
        const { limit, endpoint_id, event_id, status, before } = c.req.valid('query')
        const filter = { endpointId: endpoint_id, eventId: event_id, status, before }
        const found = await listDeliveries(deps, c.get('merchant'), filter, limit + 1)
        return replyCursor(c, found, limit, showDelivery)
      },
    )
    .openapi(
      route('get', '/{id}', {
        id: 'getWebhookDelivery',
        summary: 'Read a delivery, with what each try came to',
        extension: true,
        keyed,
        params: idPath,
        answer: deliveryWithAttempts,
        example: {
          answer: {
            ...exampleDelivery,
            attempts: [{ at: exampleMoment, duration_ms: 41, http_status: 200, error: null, response: null }],
          },
        },
      }),
      async (c) => {
        const { delivery: found, attempts } = await findDelivery(deps, c.get('merchant'), c.req.valid('param').id)
        return reply(c, { ...showDelivery(found), attempts: attempts.map(showAttempt) }, 200)
      },
    )
    .openapi(
      route('post', '/{id}/replay', {
        id: 'replayWebhookDelivery',
        summary: 'Send a delivery once more, with the same id and bytes',
        extension: true,
        keyed,
        params: idPath,
        answer: delivery,
        example: { answer: { ...exampleDelivery, status: 'pending', next_attempt_at: exampleMoment } },
      }),
      async (c) => {
        const by = c.get('merchant')
        const { id } = c.req.valid('param')
        const sent = marked(c, await replay(deps, by, command(c, deps, merchantScope(by), null, { id })))
        return reply(c, showDelivery(sent), 200)
      },
    )
}
