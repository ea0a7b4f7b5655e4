/** What is passed in to everything that acts: nothing below takes the time, an id or a connection by itself. */
import type { Owner } from './domain/account.ts'
import type { Trusts } from './domain/network.ts'
import type { Limits } from './limits.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { NewId } from './ids.ts'
import type { Recorder } from './recorder.ts'
import type { Processor } from './processors/processor.ts'
import type { Secrets } from './secrets.ts'
import type { Settings } from './settings.ts'
import type { Clocks } from './store/clocks.ts'
import type { Directory } from './store/directory.ts'
import type { Store } from './store/schema.ts'
import type { Switches } from './store/switches.ts'

export type Deps = {
  store: Store
  /** The moment for whose data it is: an account's test data may live on a clock of its own. Without anyone, the real one. */
  now: (of?: Owner) => Date
  /** The clocks of test data behind `now`. */
  clocks: Clocks
  /** What is to go wrong with test data, on request. */
  switches: Switches
  newId: NewId
  accounts: Directory
  secrets: Secrets
  /** Whoever moves the money of test data: the sandbox. */
  processor: Processor
  /** Whoever moves real money; without one, live objects can be kept and nothing of theirs be charged. */
  liveProcessor: Processor | null
  settings: Pick<Settings, 'publicUrl'>
  log: Log
  limits: Limits
  /** Which addresses are proxies that are believed; undefined when none is. */
  trusts: Trusts | undefined
  /** Undefined when nobody is to read them. */
  metrics: Metrics | undefined
  /** Undefined when requests are not written down. */
  recorder: Recorder | undefined
  running: Running
}

/** What the server is at: kept by it, and read when it is asked to stop. */
export type Running = { underWay: number; stopping: boolean }
