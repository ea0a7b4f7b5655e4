import { type Handler, Hono, type MiddlewareHandler } from 'hono'
import { z } from 'zod'
import { findPayment } from '../actions/payments.ts'
import { reads } from '../actions/read.ts'
import { refundPayment } from '../actions/refunds.ts'
import { readAmount } from '../contract/money.ts'
import type { Deps } from '../deps.ts'
import { amountFault } from '../domain/currency.ts'
import { refuseFields } from '../domain/problem.ts'
import type { Refund } from '../domain/refund.ts'
import { command, marked, merchantScope } from '../wire/command.ts'
import { once } from '../wire/fields.ts'
import { type Env, reply } from '../wire/reply.ts'
import { amount, anyText, optional, said } from './fields.ts'
import { replyAll } from './lists.ts'
import { readFields, serve } from './routes.ts'
import { showRefund } from './show.ts'

const newRefund = once(() =>
  z.object({ charge_id: said(), amount: amount().optional(), reason: optional(anyText(200)) }),
)

/** Refunds of charges, with amounts in major units as charges have them. */
export function refunds(deps: Deps, ifOurs: (handler: MiddlewareHandler<Env>) => Handler<Env>): Hono<Env> {
  const app = new Hono<Env>()
  const serveOurs: typeof serve = (to, path, methods) => serve(to, path, methods, ifOurs)
  serveOurs(app, '/', {
    GET: (c) =>
      replyAll<Refund>(
        c,
        (after, most) => reads.refunds.after(deps, c.get('merchant'), after, most),
        (found) => found.map(showRefund),
      ),
    POST: async (c) => {
      const by = c.get('merchant')
      const { fields, sent } = await readFields(c, newRefund)
      const { id, currency } = await findPayment(deps, by, fields.charge_id, 'charge_id')
      const wanted = {
        paymentId: id,
        amount: fields.amount === undefined ? undefined : minorUnits(fields.amount, currency),
        reason: fields.reason || null,
      }
      const made = marked(c, await refundPayment(deps, by, command(c, deps, merchantScope(by), sent, wanted)))
      return reply(c, showRefund(made), 201)
    },
  })
  serveOurs(app, '/:id', {
    GET: async (c) =>
      reply(c, showRefund(await reads.refunds.find(deps, c.get('merchant'), c.req.param('id') ?? '')), 200),
  })
  return app
}

function minorUnits(text: string, currency: string): number {
  const minor = readAmount(text, currency)
  return typeof minor === 'number' ? minor : refuseFields([amountFault(minor, currency)])
}
