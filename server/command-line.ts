/** What the command line tools share: from words to a command, from its answer to the terminal, from a mistake to one line. */
import { parseArgs } from 'node:util'
import { ensureSandbox } from './actions/accounts.ts'
import { fitsServer, type KeyDeps } from './actions/keys.ts'
import { Problem } from './domain/problem.ts'
import { clockOf, exitWith, settingsOrExit, storeOrExit } from './environment.ts'
import { randomLetters } from './ids.ts'
import { secretsFrom } from './secrets.ts'
import type { Settings } from './settings.ts'
import { selectAccounts } from './store/accounts.ts'

/** Every option that a command of some tool takes. */
const options = {
  live: { type: 'boolean', default: false },
  account: { type: 'string' },
  name: { type: 'string' },
  origin: { type: 'string', multiple: true },
  keep: { type: 'string', default: '0' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Options = ReturnType<typeof read>['values']
/** What a command works with. */
export type Tool = { deps: KeyDeps; settings: Settings; options: Options }
export type Command = {
  /** What must stand after the command's name, if anything, as the help calls it. */
  takes?: string
  options: readonly (keyof Options)[]
  /** Gives what is printed: for people, and for scripts. */
  run(tool: Tool, word: string): Promise<{ text: string; data: unknown }>
}
/** One tool: `npm run <name>`, its help, and its commands by their names. */
export type CommandLine = { name: string; help: string; commands: Partial<Record<string, Command>> }

/** Runs the command that the words ask for; what is wrong with them, or with the settings, is one line and exit code 1. */
export async function runCommand(
  tool: CommandLine,
  given: { env: NodeJS.ProcessEnv; args: string[]; now: () => Date },
): Promise<void> {
  try {
    await run(tool, given)
  } catch (error) {
    if (error instanceof Problem) exitWith(error.message)
    const { message, code } = error as { message?: string; code?: string }
    exitWith(`The database cannot be used: ${message || code || 'unknown error'}`)
  }
}

async function run(
  { name: tool, help, commands }: CommandLine,
  { env, args, now }: { env: NodeJS.ProcessEnv; args: string[]; now: () => Date },
): Promise<void> {
  const lost = kept(env)
  if (lost)
    exitWith(
      `npm kept --${lost} for itself: write two dashes first, as in npm run ${tool} -- ${args.join(' ')} --${lost} …`,
    )
  const { values, positionals, tokens } = read(tool, args)
  const [name, word, ...more] = positionals
  if (name === undefined || name === 'help' || values.help) {
    process.stdout.write(help)
    return
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) exitWith(`There is no command "${name}"; npm run ${tool} -- --help shows them all`)
  const { takes } = command
  if (takes !== undefined && word === undefined)
    exitWith(`${name} needs to know which ${takes.toLowerCase()}; npm run ${tool} -- list shows them`)
  const surplus = takes === undefined ? word : more[0]
  if (surplus !== undefined) exitWith(`${name} does not know what to do with "${surplus}"; npm run ${tool} -- --help`)
  const taken: readonly string[] = [...command.options, 'json']
  const foreign = tokens.find((token) => token.kind === 'option' && !taken.includes(token.name))
  if (foreign?.kind === 'option') exitWith(`${name} takes no --${foreign.name}; npm run ${tool} -- --help`)

  const settings = settingsOrExit(env)
  if (settings.databaseUrl === 'sqlite::memory:')
    exitWith('DATABASE_URL is sqlite::memory:, which only the server itself can see')
  const store = await storeOrExit(settings.databaseUrl, () => undefined)
  try {
    const secrets = secretsFrom(settings.serverSecret)
    const deps = { store, now: clockOf(settings, now), secrets, draw: randomLetters }
    const { text, data } = await command.run({ deps, settings, options: values }, word ?? '')
    process.stdout.write(values.json ? `${JSON.stringify(data, null, 2)}\n` : text)
  } finally {
    await store.close()
  }
}

function read(tool: string, args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true, tokens: true })
  } catch (error) {
    return exitWith(
      `${error instanceof Error ? error.message.split('. ')[0] : 'Not understood'}; npm run ${tool} -- --help`,
    )
  }
}

/** Without the two dashes, npm keeps options for itself, and what is left would be done without them. */
function kept(env: NodeJS.ProcessEnv): string | undefined {
  return ['live', 'account', 'name', 'origin', 'keep'].find((name) => env[`npm_config_${name}`] !== undefined)
}

/** On an empty database, the server's first start would make the sandbox's account. */
export async function ensureAccounts({ deps, settings }: Tool): Promise<void> {
  if ((await selectAccounts(deps.store.db)).length === 0) await ensureSandbox(deps, settings)
}

/** Warns when what is made would be digested under another secret than the server's; `what` is `key` or `secret`. */
export async function warnUnlessFit({ deps, settings }: Tool, what: string): Promise<void> {
  if (await fitsServer(deps, settings)) return
  process.stderr.write(
    `Careful: a server with another SERVER_SECRET or SANDBOX_API_KEY has used this database. Under another SERVER_SECRET this ${what} will not work.\n`,
  )
}

export const modeOf = ({ live }: { live: boolean }): string => (live ? 'live' : 'test')
/** A moment as lists show it. */
export const minute = (at: string): string => at.slice(0, 16).replace('T', ' ')
export const count = (many: number, what: string): string => `${many} ${what}${many === 1 ? '' : 's'}`

/** The database without its password. */
export const database = ({ databaseUrl }: Settings): string => databaseUrl.replace(/(:\/\/[^/@]*?):[^@]*@/, '$1:…@')

export function table(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, n) => cell.padEnd(widths[n]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
