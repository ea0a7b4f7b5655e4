import { z } from '@hono/zod-openapi'
import { createLink, deactivateLink } from '../actions/links.ts'
import { reads } from '../actions/read.ts'
import type { LinkView } from '../contract/resources.ts'
import type { Deps } from '../deps.ts'
import type { Link } from '../domain/link.ts'
import { reply } from '../wire/reply.ts'
import { showLink } from '../wire/show-resources.ts'
import { command, marked, merchantScope } from '../wire/command.ts'
import { freeText, once } from '../wire/fields.ts'
import { withKey } from './auth.ts'
import { face, route } from './face.ts'
import { addReads } from './lists.ts'
import { currency, exampleMoment, idPath, minorUnits, moment } from './words.ts'

const newLink = once(() =>
  z
    .object({ amount: minorUnits(), currency: currency(), description: freeText(500).nullish() })
    .openapi('NewPaymentLink'),
)

const link = once(() =>
  z
    .object({
      id: z.string(),
      object: z.literal('payment_link'),
      url: z.string().openapi({ description: 'The page to share: each visit opens a checkout session of its own.' }),
      amount: z.int(),
      currency: z.string(),
      description: z.string().nullable(),
      active: z.boolean(),
      test: z.boolean(),
      created_at: moment(),
    })
    .openapi('PaymentLink'),
)

const example: LinkView = {
  id: 'plink_0VQmK2dE7cM4vX9zJ2kTg6DqBwNa1YhSe8u',
  object: 'payment_link',
  url: 'http://localhost:4242/link/plink_0VQmK2dE7cM4vX9zJ2kTg6DqBwNa1YhSe8u',
  amount: 1250000,
  currency: 'CRC',
  description: 'Taller de barismo',
  active: true,
  test: true,
  created_at: exampleMoment,
}

/** Payment links of the current API: amounts are whole minor units. */
export function links(deps: Deps) {
  const keyed = withKey(deps)
  const show = (one: Link) => showLink(one, deps.settings.publicUrl)
  const app = face()
  addReads(app, deps, {
    keyed,
    name: 'PaymentLink',
    words: 'payment link',
    schema: link,
    example,
    reads: reads.links,
    show,
  })
  return app
    .openapi(
      route('post', '/', {
        id: 'createPaymentLink',
        summary: 'Create a payment link to share',
        keyed,
        body: newLink,
        answer: link,
        example: { body: { amount: 1250000, currency: 'CRC', description: 'Taller de barismo' }, answer: example },
      }),
      async (c) => {
        const body = c.req.valid('json')
        const by = c.get('merchant')
        const wanted = { amount: body.amount, currency: body.currency, description: body.description ?? null }
        const made = marked(c, await createLink(deps, by, command(c, deps, merchantScope(by), body, wanted)))
        return reply(c, show(made), 200)
      },
    )
    .openapi(
      route('post', '/{id}/deactivate', {
        id: 'deactivatePaymentLink',
        summary: 'Close a payment link: nobody opens it any more, and what was opened can still be paid',
        extension: true,
        keyed,
        params: idPath,
        answer: link,
        example: { answer: { ...example, active: false } },
      }),
      async (c) => {
        const by = c.get('merchant')
        const { id } = c.req.valid('param')
        const closed = marked(c, await deactivateLink(deps, by, command(c, deps, merchantScope(by), null, { id })))
        return reply(c, show(closed), 200)
      },
    )
}
