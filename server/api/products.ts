import { z } from '@hono/zod-openapi'
import { createProduct } from '../actions/catalog.ts'
import { reads } from '../actions/read.ts'
import type { ProductView } from '../contract/resources.ts'
import type { Deps } from '../deps.ts'
import { reply } from '../wire/reply.ts'
import { showProduct } from '../wire/show-resources.ts'
import { command, marked, merchantScope } from '../wire/command.ts'
import { freeText, once } from '../wire/fields.ts'
import { withKey } from './auth.ts'
import { face, route } from './face.ts'
import { addReads } from './lists.ts'
import { exampleMoment, moment } from './words.ts'

const newProduct = once(() =>
  z
    .object({
      name: freeText(200).min(1),
      description: freeText(500).nullish(),
      active: z.boolean().optional().openapi({ default: true }),
    })
    .openapi('NewProduct'),
)

const product = once(() =>
  z
    .object({
      id: z.string(),
      object: z.literal('product'),
      name: z.string(),
      description: z.string().nullable(),
      active: z.boolean(),
      test: z.boolean(),
      created_at: moment(),
    })
    .openapi('Product'),
)

const example: ProductView = {
  id: 'prod_0VQmK2dE3hK8sW1qN6vYb4RtJcFz9GmLx7e',
  object: 'product',
  name: 'Café de altura',
  description: '340 g, tueste medio',
  active: true,
  test: true,
  created_at: exampleMoment,
}

/** Products of the current API. */
export function products(deps: Deps) {
  const keyed = withKey(deps)
  const app = face()
  addReads(app, deps, {
    keyed,
    name: 'Product',
    words: 'product',
    schema: product,
    example,
    reads: reads.products,
    show: showProduct,
  })
  return app.openapi(
    route('post', '/', {
      id: 'createProduct',
      summary: 'Create a product',
      keyed,
      body: newProduct,
      answer: product,
      example: { body: { name: 'Café de altura', description: '340 g, tueste medio' }, answer: example },
    }),
    async (c) => {
      const body = c.req.valid('json')
      const by = c.get('merchant')
      const wanted = { name: body.name, description: body.description ?? null, active: body.active ?? true }
      const made = marked(c, await createProduct(deps, by, command(c, deps, merchantScope(by), body, wanted)))
      return reply(c, showProduct(made), 200)
    },
  )
}
