/** The hosted page for the vendor's shop plugin, which asks for it with a token. Source: the legacy API's reference, point 6. */
import { Hono } from 'hono'
import { z } from 'zod'
import { createHostedPayment } from '../actions/payments.ts'
import type { Deps } from '../deps.ts'
import { command, marked, merchantScope } from '../wire/command.ts'
import { freeText, once } from '../wire/fields.ts'
import { type Env, languageFor, reply } from '../wire/reply.ts'
import { showHostedPayment } from '../wire/show-resources.ts'
import { amount, anyText, currency, optional, text } from './fields.ts'
import { readFields, serve } from './routes.ts'

/** Forms carry what is inside other things as JSON text. */
const unwrapped = (value: unknown): unknown => {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value === null ? undefined : value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** What is bought: its name, or an object that has one. */
const item = () =>
  z
    .union([
      freeText(200),
      z.looseObject({
        name: optional(anyText(200)),
        title: optional(anyText(200)),
        description: optional(anyText(200)),
        quantity: optional(anyText(20)),
      }),
    ])
    .transform((sold) => {
      if (typeof sold === 'string') return sold
      const name = sold.name || sold.title || sold.description || ''
      return sold.quantity === undefined || sold.quantity === '1' ? name : `${name} × ${sold.quantity}`
    })

const newCheckout = once(() =>
  z.object({
    amount: amount(),
    currency: currency(),
    return_url: text(2048),
    description: optional(anyText(500)),
    items: z.preprocess(unwrapped, z.array(item()).max(100).optional()),
    customer: z.preprocess(
      unwrapped,
      z
        .looseObject({
          first_name: optional(anyText(100)),
          last_name: optional(anyText(100)),
          email: z.preprocess((value) => value || undefined, z.email().max(320).optional()),
          phone: optional(anyText(50)),
        })
        .optional(),
    ),
  }),
)

export function checkout(deps: Deps): Hono<Env> {
  const app = new Hono<Env>()
  serve(app, '/', {
    POST: async (c) => {
      const by = c.get('merchant')
      const { fields, sent } = await readFields(c, newCheckout)
      const buyer = fields.customer
      const wanted = {
        amount: fields.amount,
        currency: fields.currency,
        returnUrl: fields.return_url,
        description: fields.description || null,
        items: (fields.items ?? []).filter((name) => name !== ''),
        expiresAt: undefined,
        customerId: null,
        buyer: buyer?.email
          ? {
              email: buyer.email,
              name: [buyer.first_name, buyer.last_name].filter(Boolean).join(' ') || null,
              phone: buyer.phone || null,
              description: null,
              currency: fields.currency,
            }
          : null,
      }
      const made = marked(c, await createHostedPayment(deps, by, command(c, deps, merchantScope(by), sent, wanted)))
      const page = `${deps.settings.publicUrl}/checkout/${made.session.id}`
      return reply(c, showHostedPayment(made.payment.id, page, languageFor(c)), 202)
    },
  })
  return app
}
