import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { createCharge, type NewCharge } from '../actions/charges.ts'
import { findCharge, listCharges } from '../actions/payments.ts'
import { findCustomer, reads } from '../actions/read.ts'
import { refusedCard } from '../actions/cards.ts'
import type { Deps } from '../deps.ts'
import type { Payment } from '../domain/payment.ts'
import { Problem } from '../domain/problem.ts'
import { command, marked, merchantScope } from '../wire/command.ts'
import { once } from '../wire/fields.ts'
import { askerOf } from '../wire/limit.ts'
import { type Env, reply } from '../wire/reply.ts'
import { cardFields, readTypedCard, refuseLiveCards } from './customers.ts'
import { amount, anyText, currency, optional, said, text } from './fields.ts'
import { replyAll } from './lists.ts'
import { readFields, serve } from './routes.ts'
import { showLog, showNewCharge } from './show.ts'

const chargeFields = () => ({
  amount: amount(),
  description: text(500),
  entity_description: optional(anyText(200)),
})

const newCharge = once(() => z.object({ ...chargeFields(), customer_key: said(), currency: optional(currency()) }))

const newSimpleCharge = once(() => z.object({ ...chargeFields(), currency: currency(), ...cardFields() }))

/** Charges: payments that no checkout session asked for. Amounts are decimals in major units. */
export function charges(deps: Deps): Hono<Env> {
  const app = new Hono<Env>()
  const charge = async (
    c: Context<Env>,
    fields: z.output<z.ZodObject<ReturnType<typeof chargeFields>>> & { currency?: string | undefined },
    sent: Record<string, unknown>,
    from: NewCharge['from'],
  ) => {
    const by = c.get('merchant')
    const wanted = {
      amount: fields.amount,
      currency: fields.currency,
      description: fields.description,
      statementDescriptor: fields.entity_description ?? null,
      from,
      asker: askerOf(c, deps),
    }
    const done = marked(c, await createCharge(deps, by, command(c, deps, merchantScope(by), sent, wanted)))
    if (done.failure) throw refusedCard(done.failure)
    if (done.intent.status !== 'succeeded') throw unresolved(`/v1/charges/logs/${done.payment.id}/`)
    return reply(c, showNewCharge(done.payment), 201)
  }
  serve(app, '/create', {
    POST: async (c) => {
      const { fields, sent } = await readFields(c, newCharge)
      return charge(c, fields, sent, { customer: fields.customer_key })
    },
  })
  serve(app, '/simple/create', {
    POST: async (c) => {
      refuseLiveCards(c.get('merchant'))
      const { fields, sent } = await readFields(c, newSimpleCharge)
      return charge(c, fields, sent, { card: readTypedCard(fields) })
    },
  })

  const showLogs = async (payments: Payment[]) => {
    const known = await reads.customers.many(
      deps,
      payments.flatMap(({ customerId }) => customerId ?? []),
    )
    return payments.map((payment) => showLog(payment, known.get(payment.customerId ?? '')))
  }
  serve(app, '/logs', {
    GET: async (c) => {
      const by = c.get('merchant')
      const asked = c.req.query('customer')?.trim()
      const customer = asked ? await findCustomer(deps.store.db, by, asked, 'customer') : undefined
      return replyAll<Payment>(
        c,
        (after, most) => listCharges(deps, by, { after, most, customerId: customer?.id }),
        showLogs,
      )
    },
  })
  serve(app, '/logs/:id', {
    GET: async (c) => {
      const payment = await findCharge(deps, c.get('merchant'), c.req.param('id') ?? '')
      return reply(c, (await showLogs([payment]))[0], 200)
    },
  })
  return app
}

/** Nobody knows yet whether it was charged: to say yes would give goods away, and to say no would charge twice. */
export const unresolved = (path: string): Problem =>
  new Problem('charge_unresolved', {
    en: `The processor has not answered yet: do not charge again, but look at GET ${path} in a minute`,
    es: `El procesador aún no responde: no cobre de nuevo; consulte GET ${path} en un minuto`,
  })
