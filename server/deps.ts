/** What is passed in to everything that acts: nothing below takes the time, an id or a connection by itself. */
import type { Log } from './log.ts'
import type { NewId } from './ids.ts'
import type { Processor } from './processors/processor.ts'
import type { Secrets } from './secrets.ts'
import type { Settings } from './settings.ts'
import type { Directory } from './store/directory.ts'
import type { Store } from './store/schema.ts'

export type Deps = {
  store: Store
  now: () => Date
  newId: NewId
  accounts: Directory
  secrets: Secrets
  /** Whoever moves the money of test data: the sandbox. */
  processor: Processor
  /** Whoever moves real money; without one, live objects can be kept and nothing of theirs be charged. */
  liveProcessor: Processor | null
  settings: Pick<Settings, 'publicUrl'>
  log: Log
}
