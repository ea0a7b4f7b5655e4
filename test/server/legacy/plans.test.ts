/** Names by which plans are asked for, on both databases: one of them cannot hold every character. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { databases } from '../../support/databases.ts'
import { makeApp, type TestApp } from '../../support/make-app.ts'

describe.each(databases)('a plan asked for by its name on %s', (on) => {
  let app: TestApp
  let headers: Record<string, string>
  beforeEach(async () => {
    app = await makeApp({ on })
    headers = { Authorization: `bearer ${await app.newToken()}` }
  })
  afterEach(() => app.deps.store.close())

  it.each(['nobody', '%00', 'a%00b', '%F0%9F%98%80', '%25', "'"])('%s is unknown', async (name) => {
    for (const method of ['GET', 'DELETE']) {
      const answer = await app.ask(`/v1/plans/mine/${name}/`, { method, headers })
      expect([method, answer.status]).toEqual([method, 404])
    }
  })
})
