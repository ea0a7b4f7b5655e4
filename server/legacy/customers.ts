import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { createCustomer, deleteCustomer, updateCustomer } from '../actions/customers.ts'
import { findCustomer, reads } from '../actions/read.ts'
import type { Deps } from '../deps.ts'
import type { Merchant } from '../domain/account.ts'
import type { Customer } from '../domain/customer.ts'
import { Problem, refuseFields } from '../domain/problem.ts'
import { command, marked, merchantScope } from '../wire/command.ts'
import { once } from '../wire/fields.ts'
import { type Env, reply } from '../wire/reply.ts'
import { given } from './accounts.ts'
import { cardNumberPart, currency, digits, email, optional, text, truth } from './fields.ts'
import { replyAll } from './lists.ts'
import { readFields, serve } from './routes.ts'
import { maskedCode, maskedNumber, showCustomer } from './show.ts'

export const cardFields = () => ({
  credit_card_number: digits(),
  credit_card_security_code_number: digits(),
  exp_month: cardNumberPart(),
  exp_year: cardNumberPart(),
})

/** The same in the domain's words. */
export const readTypedCard = (fields: z.output<z.ZodObject<ReturnType<typeof cardFields>>>) => ({
  number: fields.credit_card_number,
  expMonth: fields.exp_month,
  expYear: fields.exp_year,
  cvc: fields.credit_card_security_code_number,
  postalCode: undefined,
})

const newCustomer = once(() =>
  z.object({ name: text(200), email: email(), currency: currency(), ...cardFields(), test: optional(truth()) }),
)

const customerChange = once(() => newCustomer().partial())

/** Customers with a saved card. */
export function customers(deps: Deps): Hono<Env> {
  const app = new Hono<Env>()
  const list = (c: Context<Env>) =>
    replyAll<Customer>(
      c,
      (after, most) => reads.customers.after(deps, c.get('merchant'), after, most),
      (found) => found.map(showCustomer),
    )
  const create = async (c: Context<Env>) => {
    const by = c.get('merchant')
    refuseLiveCards(by)
    const { fields, sent } = await readFields(c, newCustomer)
    if (fields.test === by.live) refuseOtherMode(by)
    const wanted = {
      email: fields.email,
      name: fields.name,
      currency: fields.currency,
      description: null,
      phone: null,
      card: readTypedCard(fields),
    }
    const made = marked(c, await createCustomer(deps, by, command(c, deps, merchantScope(by), sent, wanted)))
    return reply(c, showCustomer(made), 201)
  }
  const find = (c: Context<Env>) => findCustomer(deps.store.db, c.get('merchant'), c.req.param('id') ?? '')
  const update = async (c: Context<Env>) => {
    const by = c.get('merchant')
    const before = await find(c)
    const { fields } = await readFields(c, customerChange)
    const { test, name, email, currency } = fields
    const card = given(readTypedCard(withoutMasks(fields, before)))
    if (card.number !== undefined || card.cvc !== undefined) refuseLiveCards(by)
    const change = given({ name, email, currency, declaredTest: test })
    return reply(c, showCustomer(await updateCustomer(deps, by, before, change, card)), 200)
  }
  for (const path of ['/customers', '/customer']) serve(app, path, { GET: list, POST: create })
  serve(app, '/customer/:id', {
    GET: async (c) => reply(c, showCustomer(await find(c)), 200),
    PUT: update,
    PATCH: update,
    DELETE: async (c) => {
      await deleteCustomer(deps, c.get('merchant'), c.req.param('id') ?? '')
      return new Response(null, { status: 204, headers: c.get('headers') })
    },
  })
  return app
}

type CardPart = z.output<ReturnType<typeof customerChange>>

/** A client that sends back what it has read sends the masks as well: they mean the card that is there. */
function withoutMasks(fields: CardPart, before: Customer) {
  const number = fields.credit_card_number
  const code = fields.credit_card_security_code_number
  return {
    ...fields,
    credit_card_number: before.card && number === maskedNumber(before.card) ? undefined : number,
    credit_card_security_code_number: code === maskedCode ? undefined : code,
  } as z.output<z.ZodObject<ReturnType<typeof cardFields>>>
}

/** Card numbers of real buyers never come to this server: semantics, "Card data and the iframe". */
export function refuseLiveCards(by: Merchant): void {
  if (!by.live) return
  throw new Problem('card_data_refused', {
    en: 'With live credentials no card number is accepted here: take the card with the <fourgeeks-checkout> widget, whose frame keeps it away from your server (docs/from-legacy.md)',
    es: 'Con credenciales reales aquí no se acepta ningún número de tarjeta: reciba la tarjeta con el widget <fourgeeks-checkout>, cuyo marco la mantiene fuera de su servidor (docs/from-legacy.md)',
  })
}

function refuseOtherMode(by: Merchant): never {
  const mode = by.live ? { en: 'live', es: 'reales', field: 'false' } : { en: 'test', es: 'de prueba', field: 'true' }
  return refuseFields([
    {
      field: 'test',
      say: {
        en: `must be ${mode.field} or left out: these are ${mode.en} credentials`,
        es: `debe ser ${mode.field} o no enviarse: estas credenciales son ${mode.es}`,
      },
    },
  ])
}
