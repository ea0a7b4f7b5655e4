import { z } from '@hono/zod-openapi'
import { createCustomer } from '../actions/customers.ts'
import { reads } from '../actions/read.ts'
import type { CustomerView } from '../contract/resources.ts'
import type { Deps } from '../deps.ts'
import { reply } from '../wire/reply.ts'
import { showCustomer } from '../wire/show-resources.ts'
import { command, marked, merchantScope } from '../wire/command.ts'
import { freeText, once } from '../wire/fields.ts'
import { withKey } from './auth.ts'
import { face, route } from './face.ts'
import { addReads } from './lists.ts'
import { email, exampleMoment, keptCard, moment } from './words.ts'

const newCustomer = once(() =>
  z
    .object({
      email: email(),
      name: freeText(200).nullish(),
      description: freeText(500).nullish(),
      phone: freeText(40).nullish(),
    })
    .openapi('NewCustomer'),
)

const customer = once(() =>
  z
    .object({
      id: z.string(),
      object: z.literal('customer'),
      email: z.string(),
      name: z.string().nullable(),
      phone: z.string().nullable(),
      description: z.string().nullable(),
      card: keptCard().openapi({ description: 'The card that the shop may charge again (extension).' }),
      test: z.boolean(),
      created_at: moment(),
    })
    .openapi('Customer'),
)

const example: CustomerView = {
  id: 'cus_0VQmK2dE8yZ4nB7wT1rXc5LpAfGh6SjUo9i',
  object: 'customer',
  email: 'customer@example.com',
  name: 'John Doe',
  phone: null,
  description: null,
  card: null,
  test: true,
  created_at: exampleMoment,
}

/** Customers of the current API. */
export function customers(deps: Deps) {
  const keyed = withKey(deps)
  const app = face()
  addReads(app, deps, {
    keyed,
    name: 'Customer',
    words: 'customer',
    schema: customer,
    example,
    reads: reads.customers,
    show: showCustomer,
  })
  return app.openapi(
    route('post', '/', {
      id: 'createCustomer',
      summary: 'Create a customer',
      keyed,
      body: newCustomer,
      answer: customer,
      example: { body: { email: 'customer@example.com', name: 'John Doe' }, answer: example },
    }),
    async (c) => {
      const body = c.req.valid('json')
      const by = c.get('merchant')
      const wanted = {
        email: body.email,
        name: body.name ?? null,
        description: body.description ?? null,
        phone: body.phone ?? null,
        currency: null,
      }
      const made = marked(c, await createCustomer(deps, by, command(c, deps, merchantScope(by), body, wanted)))
      return reply(c, showCustomer(made), 200)
    },
  )
}
