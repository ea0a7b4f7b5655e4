/** The settings of a process of ours, from its environment and `.env`, or its end. */
import { readSettings, SettingError, type Settings } from './settings.ts'

/** Reads the settings; one that cannot be used ends the process with a line that names it. */
export function settingsOrExit(env: Readonly<Record<string, string | undefined>>): Settings {
  try {
    process.loadEnvFile?.('.env')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  try {
    return readSettings(env)
  } catch (error) {
    if (!(error instanceof SettingError)) throw error
    return exitWith(error.message)
  }
}

/** Ends the process with one line for a person. */
export function exitWith(line: string): never {
  process.stderr.write(`${line}\n`)
  process.exit(1)
}
