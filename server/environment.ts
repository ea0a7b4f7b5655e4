/** The settings of a process of ours, from its environment and `.env`, or its end. */
import { openStore } from './store/open.ts'
import type { Store } from './store/schema.ts'
import { readSettings, SettingError, type Settings } from './settings.ts'

/** Takes what `.env` says into the environment, where that does not say it already. */
export function readEnvFile(): void {
  try {
    process.loadEnvFile?.('.env')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** Reads the settings; one that cannot be used ends the process with a line that names it. */
export function settingsOrExit(env: Readonly<Record<string, string | undefined>>): Settings {
  readEnvFile()
  try {
    return readSettings(env)
  } catch (error) {
    if (!(error instanceof SettingError)) throw error
    return exitWith(error.message)
  }
}

/** The clock that the settings ask for: the given one, or one that starts at another moment when this is called, and runs on. */
export function clockOf({ sandboxClock }: Pick<Settings, 'sandboxClock'>, now: () => Date): () => Date {
  if (!sandboxClock) return now
  const aheadMs = sandboxClock.getTime() - now().getTime()
  return () => new Date(now().getTime() + aheadMs)
}

/** Opens the database of the settings; one that cannot be used ends the process with a line that says which and why. */
export async function storeOrExit(address: string, report: (error: Error) => void): Promise<Store> {
  try {
    return await openStore(address, report)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    // Who opens a PostgreSQL with which password is nobody's to read in a terminal or a log.
    const where = address.replace(/\/\/[^/@]*@/, '//')
    const newer = /previously executed migration/.test(why) ? 'it was last used by a newer version of this server' : why
    return exitWith(`DATABASE_URL: ${where} cannot be used: ${newer}`)
  }
}

/** Ends the process with one line for a person. */
export function exitWith(line: string): never {
  process.stderr.write(`${line}\n`)
  process.exit(1)
}
