/** A sandbox with nothing in it, in memory, whose clock stands where it is put. */
import { ensureSandbox } from '../actions/accounts.ts'
import { sweep, sweepChallenges, sweepRefunds } from '../actions/sweep.ts'
import { createApp } from '../app.ts'
import { openAssets } from '../assets.ts'
import type { Deps, Running } from '../deps.ts'
import { randomIds } from '../ids.ts'
import { openLimits } from '../limits.ts'
import { openLog } from '../log.ts'
import { sandboxProcessor } from '../processors/sandbox.ts'
import { secretsFrom } from '../secrets.ts'
import { openClocks } from '../store/clocks.ts'
import { openDirectory } from '../store/directory.ts'
import { openStore } from '../store/open.ts'
import { openSwitches } from '../store/switches.ts'

export type Fresh = {
  deps: Deps
  /** Its own secret key and OAuth credentials. */
  apiKey: string
  client: { id: string; secret: string }
  ask(path: string, init: RequestInit): Promise<Response>
  /** Puts the clock to a moment, and lets time do what is due by then. */
  goTo(moment: Date): Promise<void>
  close(): Promise<void>
}

const secrets = secretsFrom('for a sandbox that lives in memory only')

/** `publicUrl` is what stands in its links; `say` hears what its log would tell. */
export async function freshSandbox(given: { at: Date; publicUrl: string; say(line: string): void }): Promise<Fresh> {
  let at = given.at
  const real = () => at
  const log = openLog('error', { write: given.say }, real)
  const store = await openStore('sqlite::memory:', ({ message }) => given.say(message))
  const clocks = openClocks(store.db, real)
  const running: Running = { underWay: 0, stopping: false }
  const apiKey = 'sk_test_sandbox'
  const client = { id: 'sandbox', secret: 'sandbox-secret' }
  const unlimited = { key: Infinity, address: Infinity, session: Infinity }
  const deps: Deps = {
    store,
    now: clocks.now,
    clocks,
    switches: openSwitches(store.db, clocks.now),
    newId: randomIds(real),
    accounts: openDirectory(store.db, clocks.now, secrets, [apiKey]),
    secrets,
    processor: sandboxProcessor,
    liveProcessor: null,
    settings: { publicUrl: given.publicUrl },
    log,
    limits: openLimits(unlimited),
    trusts: undefined,
    metrics: undefined,
    recorder: undefined,
    running,
  }
  await ensureSandbox(deps, {
    sandboxKeys: [apiKey],
    sandboxClient: client,
    sandboxName: 'Sandbox',
    sandboxOrigins: [],
  })
  const app = createApp(deps, openAssets(new URL('../../dist/', import.meta.url)))
  return {
    deps,
    apiKey,
    client,
    ask: async (path, init) => app.request(new URL(path, given.publicUrl).href, init),
    async goTo(moment) {
      if (moment > at) at = moment
      await sweep(deps)
      await sweepChallenges(deps)
      await sweepRefunds(deps)
    },
    close: () => store.close(),
  }
}
