/** The examples of the document are what the server does: each is asked, and answered as it says. */
import { describe, expect, it } from 'vitest'
import { statusOf } from '../../../server/api/errors.ts'
import type { ErrorCode } from '../../../server/contract/errors.ts'
import { makeApp } from '../../support/make-app.ts'
import { operationsOf } from '../../support/operations.ts'
import { type Asked, rightRequests, send } from '../../support/right-requests.ts'
import { shopOf } from '../../support/shop.ts'
import { openTenants } from '../../support/tenants.ts'

const names = (await operationsOf(await makeApp())).map((one) => one.id)

/** Ids and secrets differ from run to run; their kind does not. */
const id = /\b(cs_test|pi|pay|cus|prod|plan|plink|sub|ref|in|evt|we|whd|sw|drill)_[0-9A-Za-z]+(_secret_[\w-]+)?/g
const anonymous = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll(/whsec_[\w+/=]+/g, 'whsec_')
      .replaceAll(/"acct_sandbox-\d+"/g, '"checkout-tests-1"')
      .replaceAll(id, (_, kind: string, secret?: string) => kind + (secret ? ' secret' : '')),
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
            field.endsWith('_id') || ['client_secret', 'target'].includes(field) ? right.body![field] : value,
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
  type Refusal = { code: number; error: { code: string; request_id: string } }
  const shownBy = async (app: Awaited<ReturnType<typeof makeApp>>) => {
    const { body } = await app.ask<{
      components: { responses: Record<string, { content: { 'application/json': { example: Refusal } } }> }
    }>('/openapi.json')
    return Object.entries(body.components.responses).map(
      ([name, { content }]) => [Number(name.slice('Problem'.length)), content['application/json'].example] as const,
    )
  }
  const session = '/v1/payments/session'
  const right = { amount: '12500.00', currency: 'CRC', return_url: 'https://shop.example/orders/42' }
  const { amount: _, ...noAmount } = right

  it.each<[status: number, path: string, asked: RequestInit, keyed?: false]>([
    [400, session, { method: 'POST', body: JSON.stringify(noAmount) }],
    [401, session, { method: 'POST', body: JSON.stringify(right) }, false],
    [403, session, { method: 'POST', body: JSON.stringify(right), headers: { Origin: 'https://shop.example' } }],
    [404, '/v1/payments/pay_unknown', {}],
    [413, session, { method: 'POST', body: JSON.stringify({ ...right, description: 'a'.repeat(70_000) }) }],
    [415, session, { method: 'POST', body: 'amount=12500.00', headers: { 'Content-Type': 'text/plain' } }],
    [422, session, { method: 'POST', body: JSON.stringify({ ...right, amount: '0' }) }],
  ])('%i is what it looks like', async (status, path, asked, keyed) => {
    const app = await makeApp()
    const shown = new Map(await shownBy(app)).get(status)!
    const answer = await app.app.request(path, {
      ...asked,
      headers: {
        'Content-Type': 'application/json',
        ...(keyed !== false && { 'X-Api-Key': await app.newKey() }),
        ...(asked.headers as Record<string, string>),
      },
    })
    expect(answer.status).toBe(status)
    const { error, ...refused } = (await answer.json()) as Refusal
    expect({ ...refused, error: { ...error, request_id: shown.error.request_id } }).toEqual(shown)
  })

  it('carries the status that its code has', async () => {
    const all = await shownBy(await makeApp())
    expect(all.length).toBeGreaterThan(10)
    expect(all.filter(([status, { code }]) => status !== code)).toEqual([])
    expect(all.filter(([status, { error }]) => statusOf[error.code as ErrorCode] !== status)).toEqual([])
  })
})
