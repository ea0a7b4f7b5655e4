/** One PostgreSQL for all test files; each file makes databases of its own in it. */
import type { TestProject } from 'vitest/node'
import { type PostgresConfig, startPostgres } from './postgres.ts'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres()
  project.provide('postgres', server.config)
  return server.stop
}

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: PostgresConfig
  }
}
