/** Schemas that several resources share, made where they are used: see `once` in `face.ts`. */
import { z } from '@hono/zod-openapi'
import { brands } from '../contract/card.ts'
import { largestAmount } from '../contract/money.ts'
import { freeText, idText, once } from '../wire/fields.ts'

/** Whole minor units, such as cents. */
export const minorUnits = () =>
  z
    .int()
    .min(1)
    .max(largestAmount)
    .openapi({ description: 'Whole minor units of the currency: 9999 is 99.99.', example: 9999 })

/** Major units; which decimals a currency has is the domain's to say. */
const amountText = () =>
  z.string().max(30).openapi({ example: '12500.00', description: 'Decimal string in major units.' })

/** Where the buyer lands; the domain reads it. */
export const returnUrl = () => z.string().openapi({ example: 'https://shop.example/orders/42' })

/** ISO 4217; which letters are a currency is the domain's to say. */
export const currency = () => z.string().max(10).openapi({ description: 'ISO 4217, in any case.', example: 'CRC' })

export const email = () => z.email().max(320).openapi({ example: 'ana@example.com' })

/** What is kept of a card. */
export const keptCard = () =>
  z.object({ brand: z.enum(brands), last4: z.string(), exp_month: z.int(), exp_year: z.int() }).nullable()

/** What making a session answers. */
export const createdSession = once(() =>
  z.object({ session_id: z.string(), checkout_url: z.string() }).openapi('CreatedSession'),
)

export const exampleSession = 'cs_test_0VQmK2dE4gN7bK1zS9xWq2RcVtYh6JmPd3f'

/** The `{id}` of a path. */
export const idPath = z.object({ id: idText })

/** Moments as they are answered. */
export const moment = () => z.string().openapi({ description: 'ISO 8601, UTC.' })

export const exampleMoment = '2026-11-20T12:00:00.000Z'

/** What is to be paid and where the buyer goes then: of a session, and of a payment on the hosted page. */
export const orderFields = () => ({
  amount: amountText(),
  currency: currency(),
  return_url: returnUrl(),
  description: freeText(500).nullish(),
  items: z.array(freeText(200)).max(100).optional(),
})

/** The same in the domain's words. */
export const readOrder = (body: z.output<z.ZodObject<ReturnType<typeof orderFields>>>) => ({
  amount: body.amount,
  currency: body.currency,
  returnUrl: body.return_url,
  description: body.description ?? null,
  items: body.items ?? [],
})
