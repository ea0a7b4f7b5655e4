/** One PostgreSQL for all test files; each file makes databases of its own in it. */
import type { TestProject } from 'vitest/node'
import { makeMigrated } from './migrated-postgres.ts'
import { type PostgresConfig, startPostgres } from './postgres.ts'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres()
  await makeMigrated(server.config)
  project.provide('postgres', server.config)
  return server.stop
}

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: PostgresConfig
  }
}
