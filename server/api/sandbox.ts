/** What steers a sandbox: switches, namespaces. An extension as a whole, for test keys. */
import { z } from '@hono/zod-openapi'
import { createDrill, findDrill, listDrills } from '../actions/drills.ts'
import { deleteNamespace, listNamespaces, resetSandbox } from '../actions/namespaces.ts'
import { createSwitch, deleteAllSwitches, deleteSwitch, listSwitches } from '../actions/switches.ts'
import {
  checkStatuses,
  drillChecks,
  drillStatuses,
  drillVerdicts,
  type DrillView,
  type NamespaceView,
  switchKinds,
  type SwitchTarget,
  type SwitchView,
} from '../contract/sandbox.ts'
import type { Deps } from '../deps.ts'
import { expected } from '../domain/drill.ts'
import { longestDelayMs, mostTimes } from '../domain/switch.ts'
import { command, marked, merchantScope } from '../wire/command.ts'
import { idText, once } from '../wire/fields.ts'
import { languageFor, reply } from '../wire/reply.ts'
import { showDrill, showSwitch } from '../wire/show-sandbox.ts'
import { withKey } from './auth.ts'
import { face, route } from './face.ts'
import { exampleMoment, exampleSession, idPath, moment } from './words.ts'

const target = () =>
  z.object({ key_id: idText.optional(), session_id: idText.optional(), endpoint_id: idText.optional() })

const switchFields = () => ({
  kind: z.enum(switchKinds),
  times: z.int().min(1).max(mostTimes).optional().openapi({ default: 1, description: 'How often it acts.' }),
  target: target().optional().openapi({
    description:
      'One of them: requests with this key or OAuth client, requests about this session (those of its buyer too), deliveries to this endpoint. Without it, all of the account or namespace.',
  }),
  delay_ms: z.int().min(1).max(longestDelayMs).nullish().openapi({
    description: 'How long `delay` and `webhook_delay` wait (3000), and `webhook_reorder` at most (10000).',
  }),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).nullish(),
  path: z.string().max(200).nullish().openapi({
    description: 'Each `*` stands for anything.',
    example: '/v1/payments/intent/*/confirm',
  }),
})

const newSwitch = once(() => z.object(switchFields()).openapi('NewSandboxSwitch'))

const sandboxSwitch = once(() =>
  z
    .object({
      id: z.string(),
      object: z.literal('sandbox_switch'),
      kind: z.enum(switchKinds),
      times: z.int(),
      left: z.int(),
      target: z.object({
        key_id: z.string().optional(),
        session_id: z.string().optional(),
        endpoint_id: z.string().optional(),
      }),
      delay_ms: z.int().nullable(),
      method: z.string().nullable(),
      path: z.string().nullable(),
      created_at: moment(),
    })
    .openapi('SandboxSwitch'),
)

const switchList = once(() => z.object({ items: z.array(sandboxSwitch()) }).openapi('SandboxSwitchList'))
const deletedSwitch = once(() => z.object({ id: z.string(), deleted: z.literal(true) }).openapi('DeletedSandboxSwitch'))
const deletedSwitches = once(() => z.object({ deleted: z.int() }).openapi('DeletedSandboxSwitches'))

const exampleSwitch: SwitchView = {
  id: 'sw_0VQmK2dE5jR8pL3wX7yBt2MqCvNs6HgFz9k',
  object: 'sandbox_switch',
  kind: 'dropped_reply',
  times: 1,
  left: 1,
  target: { session_id: exampleSession },
  delay_ms: null,
  method: null,
  path: '/v1/payments/intent/*/confirm',
  created_at: exampleMoment,
}

/** The target as it was sent, without what was not. */
const targetOf = (sent: z.output<ReturnType<typeof target>> | undefined): SwitchTarget =>
  Object.fromEntries(Object.entries(sent ?? {}).filter(([, id]) => id !== undefined))

/** What goes wrong on request. */
export function switches(deps: Deps) {
  const keyed = withKey(deps)
  return face()
    .openapi(
      route('post', '/', {
        id: 'createSandboxSwitch',
        summary: 'Let the next requests or deliveries go wrong',
        description:
          'A request or delivery meets one switch at most: the oldest that is for it. Requests of the console and those to `/v1/sandbox` meet none, live data never does.',
        extension: true,
        keyed,
        body: newSwitch,
        answer: sandboxSwitch,
        status: 201,
        example: {
          body: {
            kind: 'dropped_reply',
            target: { session_id: exampleSession },
            path: '/v1/payments/intent/*/confirm',
          },
          answer: exampleSwitch,
        },
      }),
      async (c) => {
        const body = c.req.valid('json')
        const by = c.get('merchant')
        const wanted = {
          kind: body.kind,
          times: body.times ?? 1,
          target: targetOf(body.target),
          delayMs: body.delay_ms ?? null,
          method: body.method ?? null,
          path: body.path ?? null,
        }
        const made = marked(c, await createSwitch(deps, by, command(c, deps, merchantScope(by), body, wanted)))
        return reply(c, showSwitch(made), 201)
      },
    )
    .openapi(
      route('get', '/', {
        id: 'listSandboxSwitches',
        summary: 'List switches, the newest first; those that have done their work have nothing left',
        extension: true,
        keyed,
        answer: switchList,
        example: { answer: { items: [exampleSwitch] } },
      }),
      async (c) => reply(c, { items: (await listSwitches(deps, c.get('merchant'))).map(showSwitch) }, 200),
    )
    .openapi(
      route('delete', '/', {
        id: 'deleteSandboxSwitches',
        summary: 'Take all switches away',
        extension: true,
        keyed,
        answer: deletedSwitches,
        example: { answer: { deleted: 1 } },
      }),
      async (c) => reply(c, { deleted: await deleteAllSwitches(deps, c.get('merchant')) }, 200),
    )
    .openapi(
      route('delete', '/{id}', {
        id: 'deleteSandboxSwitch',
        summary: 'Take a switch away',
        extension: true,
        keyed,
        params: idPath,
        answer: deletedSwitch,
        example: { answer: { id: exampleSwitch.id, deleted: true } },
      }),
      async (c) => {
        const { id } = c.req.valid('param')
        await deleteSwitch(deps, c.get('merchant'), id)
        return reply(c, { id, deleted: true as const }, 200)
      },
    )
}

const drill = once(() =>
  z
    .object({
      id: z.string(),
      object: z.literal('webhook_drill'),
      endpoint_id: z.string(),
      status: z.enum(drillStatuses),
      verdict: z.enum(drillVerdicts).nullable(),
      checks: z.array(
        z.object({
          name: z.enum(drillChecks),
          status: z.enum(checkStatuses),
          expected: z.string(),
          seen: z.string().nullable().openapi({ description: 'What came back; null while it is running.' }),
        }),
      ),
      created_at: moment(),
      finished_at: moment().nullable(),
    })
    .openapi('WebhookDrill'),
)
const newDrill = once(() => z.object({ endpoint_id: idText }).openapi('NewWebhookDrill'))
const drillList = once(() => z.object({ items: z.array(drill()) }).openapi('WebhookDrillList'))

const exampleDrill: DrillView = {
  id: 'drill_0VQmK2dE8tY2nV6cR4sZx1LpBqKj9GhDf3w',
  object: 'webhook_drill',
  endpoint_id: 'we_0VQmK2dE4dK8tY1wQ6zXb9VmRcNs7LhJp2f',
  status: 'running',
  verdict: null,
  checks: drillChecks.map((name) => ({ name, status: 'running', expected: expected[name].en, seen: null })),
  created_at: exampleMoment,
  finished_at: null,
}

/** Whether a webhook handler stands what a network does. */
export function drills(deps: Deps) {
  const keyed = withKey(deps)
  return face()
    .openapi(
      route('post', '/', {
        id: 'createWebhookDrill',
        summary: 'Put a webhook handler to the test',
        description:
          'Sends it signed events, `payment.succeeded` and `payment.pending`, of a payment that never was: `pay_drill_…`, of the session `cs_test_drill_…`. What it answers decides, and what it says in the header `Webhook-Outcome`: `handled`, `duplicate`, `outdated` or `ignored`. Without that header a check may be `not_shown`, which fails nothing.',
        extension: true,
        keyed,
        body: newDrill,
        answer: drill,
        status: 202,
        example: { body: { endpoint_id: exampleDrill.endpoint_id }, answer: exampleDrill },
      }),
      async (c) => {
        const body = c.req.valid('json')
        const by = c.get('merchant')
        const wanted = { endpointId: body.endpoint_id }
        const begun = marked(c, await createDrill(deps, by, command(c, deps, merchantScope(by), body, wanted)))
        return reply(c, showDrill(begun, languageFor(c)), 202)
      },
    )
    .openapi(
      route('get', '/', {
        id: 'listWebhookDrills',
        summary: 'List drills, the newest first',
        extension: true,
        keyed,
        answer: drillList,
        example: { answer: { items: [exampleDrill] } },
      }),
      async (c) => {
        const found = await listDrills(deps, c.get('merchant'))
        return reply(c, { items: found.map((one) => showDrill(one, languageFor(c))) }, 200)
      },
    )
    .openapi(
      route('get', '/{id}', {
        id: 'getWebhookDrill',
        summary: 'Read a drill, with its verdict once it is finished',
        extension: true,
        keyed,
        params: idPath,
        answer: drill,
        example: { answer: exampleDrill },
      }),
      async (c) => {
        const found = await findDrill(deps, c.get('merchant'), c.req.valid('param').id)
        return reply(c, showDrill(found, languageFor(c)), 200)
      },
    )
}

const namespace = () => z.object({ name: z.string(), object: z.literal('sandbox_namespace'), created_at: moment() })
const namespaceList = once(() => z.object({ items: z.array(namespace()) }).openapi('SandboxNamespaceList'))
const namePath = z.object({ name: z.string() })
const deletedNamespace = once(() =>
  z.object({ name: z.string(), deleted: z.literal(true) }).openapi('DeletedSandboxNamespace'),
)

const exampleNamespace: NamespaceView = {
  name: 'checkout-tests-1',
  object: 'sandbox_namespace',
  created_at: exampleMoment,
}

/** Parts of the test data that see nothing of each other. */
export function namespaces(deps: Deps) {
  const keyed = withKey(deps)
  return face()
    .openapi(
      route('get', '/', {
        id: 'listSandboxNamespaces',
        summary: 'List the namespaces of your test data',
        description:
          'A request with a test key and `X-Sandbox-Namespace` (1 to 64 of `A-Z a-z 0-9 . _ -`) sees and makes the data of that namespace alone, which begins with its first use. An account has at most 1,000.',
        extension: true,
        keyed,
        answer: namespaceList,
        example: { answer: { items: [exampleNamespace] } },
      }),
      async (c) => {
        const found = await listNamespaces(deps, c.get('merchant'))
        const items = found.map(({ name, createdAt }): NamespaceView => ({
          name,
          object: 'sandbox_namespace',
          created_at: createdAt,
        }))
        return reply(c, { items }, 200)
      },
    )
    .openapi(
      route('delete', '/{name}', {
        id: 'deleteSandboxNamespace',
        summary: 'Delete a namespace with all that is in it',
        extension: true,
        keyed,
        params: namePath,
        answer: deletedNamespace,
        example: { answer: { name: exampleNamespace.name, deleted: true } },
      }),
      async (c) => {
        const { name } = c.req.valid('param')
        await deleteNamespace(deps, c.get('merchant'), name)
        return reply(c, { name, deleted: true as const }, 200)
      },
    )
}

const resetView = once(() =>
  z
    .object({
      object: z.literal('sandbox_reset'),
      namespace: z.string().nullable().openapi({ description: 'Which part was emptied; null for the account itself.' }),
    })
    .openapi('SandboxReset'),
)

/** Test data, taken away and made. */
export function sandboxData(deps: Deps) {
  const keyed = withKey(deps)
  return face().openapi(
    route('post', '/reset', {
      id: 'resetSandbox',
      summary: 'Take all test data of the account away, or of the namespace that the request names',
      description:
        'Objects, events, webhook endpoints, idempotency keys, the test clock, switches. Secret keys and OAuth clients, the name, the pages and other namespaces stay.',
      extension: true,
      keyed,
      answer: resetView,
      example: { answer: { object: 'sandbox_reset', namespace: null } },
    }),
    async (c) => {
      const by = c.get('merchant')
      marked(c, await resetSandbox(deps, by, command(c, deps, merchantScope(by), null, null)))
      return reply(c, { object: 'sandbox_reset' as const, namespace: by.within?.name ?? null }, 200)
    },
  )
}
