import { Hono } from 'hono'
import { z } from 'zod'
import { findDeveloper, updateDeveloper } from '../actions/developers.ts'
import type { Deps } from '../deps.ts'
import { once } from '../wire/fields.ts'
import { type Env, reply } from '../wire/reply.ts'
import { anyText, truth } from './fields.ts'
import { readFields, serve } from './routes.ts'
import { showDeveloper } from './show.ts'

const accountChange = once(() =>
  z.object({
    test: truth().optional(),
    page: anyText(2048).optional(),
    bank_name: anyText(200).optional(),
    bank_aba_route: anyText(100).optional(),
    bank_account_number: anyText(100).optional(),
    bank_account_type: anyText(100).optional(),
    bank_sinpe: anyText(100).optional(),
  }),
)

/** The account that asks, with where its money goes. */
export function accounts(deps: Deps): Hono<Env> {
  const app = new Hono<Env>()
  const update = async (c: Parameters<typeof readFields>[0]) => {
    const by = c.get('merchant')
    const { fields } = await readFields(c, accountChange)
    const change = {
      declaredTest: fields.test,
      page: fields.page,
      bankName: fields.bank_name,
      bankAbaRoute: fields.bank_aba_route,
      bankAccountNumber: fields.bank_account_number,
      bankAccountType: fields.bank_account_type,
      bankSinpe: fields.bank_sinpe,
    }
    return reply(c, showDeveloper(await updateDeveloper(deps, by, given(change)), by.live), 200)
  }
  serve(app, '/me', {
    GET: async (c) => {
      const by = c.get('merchant')
      return reply(c, showDeveloper(await findDeveloper(deps, by), by.live), 200)
    },
    PUT: update,
    PATCH: update,
  })
  return app
}

/** What was sent of a change; the rest stays as it is. */
export const given = <T extends object>(change: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as never
