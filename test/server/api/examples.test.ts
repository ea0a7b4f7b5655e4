/** The examples of the document are what the server does: each is asked, and answered as it says. */
import { describe, expect, it } from 'vitest'
import { makeApp } from '../../support/make-app.ts'
import { operationsOf } from '../../support/operations.ts'
import { type Asked, rightRequests, send } from '../../support/right-requests.ts'
import { shopOf } from '../../support/shop.ts'
import { openTenants } from '../../support/tenants.ts'

const names = (await operationsOf(await makeApp())).map((one) => one.id)

/** Ids and secrets differ from run to run; their kind does not. */
const id = /\b(cs_test|pi|pay|cus|prod|plan|plink|sub|ref)_[0-9A-Za-z]+(_secret_[\w-]+)?/g
const anonymous = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value).replaceAll(id, (_, kind: string, secret?: string) => kind + (secret ? ' secret' : '')),
  )

describe('the example of', () => {
  it.each(names)('%s', async (name) => {
    const app = await makeApp()
    await app.deps.store.db.updateTable('accounts').set({ name: 'Sandbox' }).execute()
    const { mine } = await openTenants(app)
    const operation = (await operationsOf(app)).find((one) => one.id === name)!
    const right = await rightRequests[name]!(shopOf(app, mine))
    const { body, answer: documented } = operation.example
    expect(body === undefined, 'a body is shown where one is sent').toBe(operation.body === undefined)
    // The document's own words, with the ids of what is really there.
    const asked: Asked = {
      ...right,
      ...(body && {
        body: Object.fromEntries(
          Object.entries(body).map(([field, value]) => [
            field,
            field.endsWith('_id') || field === 'client_secret' ? right.body![field] : value,
          ]),
        ),
      }),
    }
    const answer = await send<Record<string, unknown>>(app, operation, asked, { key: mine.key })
    expect(answer.status, answer.text).toBe(operation.success)
    expect(operation.faultOf(answer.status, answer.body)).toBeUndefined()
    expect(operation.faultOf(operation.success, documented), 'the documented example').toBeUndefined()
    expect(anonymous(answer.body)).toEqual(anonymous(documented))
  })
})

describe('the example of a refusal', () => {
  it('is what a refusal looks like', async () => {
    const app = await makeApp()
    const { body } = await app.ask<{ components: { responses: Record<string, { content: object }> } }>('/openapi.json')
    const refusals = Object.values(body.components.responses) as {
      content: { 'application/json': { example: { code: number; error: object } } }
    }[]
    const refused = await app.createSession({ amount: '0' })
    for (const { content } of refusals) {
      const { example } = content['application/json']
      expect({ ...example, error: { ...example.error, request_id: '' } }).toEqual({
        ...refused.body,
        error: { ...refused.body.error, request_id: '' },
      })
    }
  })
})
