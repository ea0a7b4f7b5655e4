/** `npm run sandbox`: resets, seeds and disturbs the test data of a running server, by its API. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type DrillView, type NamespaceView, type SeedView, switchKinds, type SwitchView } from './contract/sandbox.ts'
import type { ErrorBody } from './contract/errors.ts'
import { exitWith, readEnvFile } from './environment.ts'

const help = `Test data of a running server: a fresh start, a shop out of a file, and what is to go wrong.

  npm run sandbox -- reset                          takes all test data away
  npm run sandbox -- seed FILE [--reset]            makes all that a file tells of, or nothing
  npm run sandbox -- switch KIND [--times 3] [--key-id ID | --session ID | --endpoint ID]
                            [--delay 2000] [--method POST] [--path '/v1/payments/intent/*/confirm']
  npm run sandbox -- switches                       shows what is on
  npm run sandbox -- clear                          takes all switches away
  npm run sandbox -- drill ENDPOINT                 puts a webhook handler to the test; fails when it does
  npm run sandbox -- namespaces                     shows the parts of the test data

KIND is one of ${switchKinds.slice(0, 5).join(', ')},
${switchKinds.slice(5).join(', ')}.
--namespace NAME is for that part of the test data alone. --url (http://localhost:4242, or PUBLIC_URL) says which server,
--key (sk_test_sandbox, or SANDBOX_API_KEY) whose data. --json prints for scripts.

  npm run sandbox -- seed demo/seeds/tostadora.json --reset
  npm run sandbox -- switch dropped_reply --path '/v1/payments/intent/*/confirm'
`

const options = {
  namespace: { type: 'string' },
  url: { type: 'string' },
  key: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  reset: { type: 'boolean', default: false },
  times: { type: 'string' },
  'key-id': { type: 'string' },
  session: { type: 'string' },
  endpoint: { type: 'string' },
  delay: { type: 'string' },
  method: { type: 'string' },
  path: { type: 'string' },
} as const
type Options = ReturnType<typeof read>['values']
type OptionName = keyof Options

/** What every command takes. */
const common: readonly OptionName[] = ['namespace', 'url', 'key', 'json', 'help']

type Api = <T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) => Promise<T>
/** `say` is for people who wait; what is given back is printed at the end. */
type Run = (given: { api: Api; word: string; options: Options; say: (line: string) => void }) => Promise<Printed>
type Printed = { text: string; data: unknown; failed?: boolean }

const commands: Partial<Record<string, { takes?: string; options?: readonly OptionName[]; run: Run }>> = {
  reset: {
    async run({ api }) {
      const data = await api<{ namespace: string | null }>('POST', '/v1/sandbox/reset')
      return { text: `All test data of ${partOf(data.namespace)} is gone.\n`, data }
    },
  },
  seed: {
    takes: 'FILE',
    options: ['reset'],
    async run({ api, word, options: { reset }, say }) {
      const file = readSeed(word)
      if (reset) {
        await api('POST', '/v1/sandbox/reset')
        say('What was there is gone.')
      }
      say(`Making what ${word} tells of …`)
      const data = await api<SeedView>('POST', '/v1/sandbox/seed', file)
      return { text: seedText(data), data }
    },
  },
  switch: {
    takes: 'KIND',
    options: ['times', 'key-id', 'session', 'endpoint', 'delay', 'method', 'path'],
    async run({ api, word, options: { times, delay, method, path, ...named } }) {
      const target = Object.fromEntries(
        (
          [
            ['key_id', named['key-id']],
            ['session_id', named.session],
            ['endpoint_id', named.endpoint],
          ] as const
        ).filter(([, id]) => id !== undefined),
      )
      const data = await api<SwitchView>('POST', '/v1/sandbox/switches', {
        kind: word,
        ...(times !== undefined && { times: wholeNumber('times', times) }),
        ...(delay !== undefined && { delay_ms: wholeNumber('delay', delay) }),
        ...(method !== undefined && { method: method.toUpperCase() }),
        ...(path !== undefined && { path }),
        target,
      })
      return { text: `On: ${switchText(data)}\n`, data }
    },
  },
  switches: {
    async run({ api }) {
      const data = await api<{ items: SwitchView[] }>('GET', '/v1/sandbox/switches')
      const lines = data.items.map((one) => `  ${switchText(one)}\n`).join('')
      return { text: lines || 'Nothing is to go wrong.\n', data }
    },
  },
  clear: {
    async run({ api }) {
      const data = await api<{ deleted: number }>('DELETE', '/v1/sandbox/switches')
      return { text: `${data.deleted === 1 ? '1 switch is' : `${data.deleted} switches are`} gone.\n`, data }
    },
  },
  drill: {
    takes: 'ENDPOINT',
    async run({ api, word, say }) {
      const begun = await api<DrillView>('POST', '/v1/sandbox/drills', { endpoint_id: word })
      let drill = begun
      const told = new Set<string>()
      for (;;) {
        for (const { name, status, seen } of drill.checks) {
          if (status === 'running' || told.has(name)) continue
          told.add(name)
          say(`  ${marks[status]} ${name.padEnd(18)} ${seen ?? ''}`)
        }
        if (drill.status === 'finished') break
        await sleep(200)
        drill = await api<DrillView>('GET', `/v1/sandbox/drills/${begun.id}`)
      }
      const wrong = drill.checks.filter(({ status }) => status === 'failed')
      const text =
        drill.verdict === 'passed'
          ? 'The handler passes.\n'
          : `The handler fails:\n${wrong.map(({ expected }) => `  ${expected}\n`).join('')}`
      return { text, data: drill, failed: drill.verdict !== 'passed' }
    },
  },
  namespaces: {
    async run({ api }) {
      const data = await api<{ items: NamespaceView[] }>('GET', '/v1/sandbox/namespaces')
      const lines = data.items.map(({ name, created_at }) => `  ${name}  since ${created_at}\n`).join('')
      return { text: lines || 'No namespaces: the first request with X-Sandbox-Namespace makes one.\n', data }
    },
  },
}

const marks = { passed: '✓', failed: '✗', not_shown: '–', running: '…' } as const

const partOf = (namespace: string | null): string => (namespace === null ? 'the account' : `namespace ${namespace}`)

function switchText({ id, kind, left, times, target, delay_ms, method, path }: SwitchView): string {
  const whose = Object.values(target)[0]
  const what = [method, path].filter((one) => one !== null).join(' ')
  return [
    `${kind}, ${left} of ${times} left`,
    delay_ms === null ? '' : `, ${delay_ms} ms`,
    what && `, ${what}`,
    whose === undefined ? '' : `, for ${whose}`,
    `  (${id})`,
  ].join('')
}

function seedText(data: SeedView): string {
  const { object: _, namespace, now, switches, webhook_endpoints: endpoints, ...lists } = data
  const named = Object.entries(lists).flatMap(([list, ids]) =>
    Object.entries(ids).map(([name, id]) => `  ${list.padEnd(18)} ${name.padEnd(18)} ${id}\n`),
  )
  const hooks = Object.entries(endpoints).map(
    ([name, { id, secret }]) => `  ${'webhook_endpoints'.padEnd(18)} ${name.padEnd(18)} ${id}  ${secret ?? ''}\n`,
  )
  const set = switches.map((id) => `  ${'switches'.padEnd(18)} ${''.padEnd(18)} ${id}\n`)
  return `${[...named, ...hooks, ...set].join('')}\nMade in ${partOf(namespace)}, whose clock shows ${now}.\n`
}

function readSeed(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return exitWith(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    return exitWith(`${path} is no JSON: ${(error as Error).message}`)
  }
}

function wholeNumber(name: string, text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : exitWith(`--${name} takes a whole number, not "${text}"`)
}

function read(args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true, tokens: true })
  } catch (error) {
    return exitWith(
      `${error instanceof Error ? error.message.split('. ')[0] : 'Not understood'}; npm run sandbox -- --help`,
    )
  }
}

/** Speaks to a server, and says in one line what is wrong. */
function apiAt(url: string, key: string, namespace: string | undefined): Api {
  const base = URL.parse(url)
  if (!base || !/^https?:$/.test(base.protocol))
    return exitWith(`--url must be an address such as http://localhost:4242, not "${url}"`)
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    let answer: Response
    try {
      answer = await fetch(new URL(path, base), {
        method,
        headers: {
          'X-Api-Key': key,
          ...(namespace !== undefined && { 'X-Sandbox-Namespace': namespace }),
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
    } catch {
      return exitWith(`Nobody answers at ${base.origin}: start the server with npm start, or name another with --url`)
    }
    const text = await answer.text()
    const json = parse(text)
    if (answer.ok && json !== undefined) return json as T
    const refused = json as Partial<ErrorBody> | undefined
    if (!refused?.content) return exitWith(`${base.origin} answered ${answer.status}, and not as a payment side does`)
    const more = (refused.errors ?? []).map(({ field, message }) => `\n  ${field} ${message}`).join('')
    return exitWith(`${answer.status}: ${refused.content}${more}`)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function main(env: NodeJS.ProcessEnv, args: string[]): Promise<void> {
  const lost = keptByNpm.find((name) => env[`npm_config_${name.replace('-', '_')}`] !== undefined)
  if (lost !== undefined) {
    const whole = ['npm run sandbox --', ...args, `--${lost} …`].join(' ')
    exitWith(`npm kept --${lost} for itself: write two dashes first, as in ${whole}`)
  }
  const { values, positionals, tokens } = read(args)
  const [name, word, ...more] = positionals
  if (name === undefined || name === 'help' || values.help) {
    process.stdout.write(help)
    return
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) exitWith(`There is no command "${name}"; npm run sandbox -- --help shows them all`)
  const { takes } = command
  if (takes !== undefined && word === undefined) exitWith(`${name} needs a ${takes}; npm run sandbox -- --help`)
  const surplus = takes === undefined ? word : more[0]
  if (surplus !== undefined) exitWith(`${name} does not know what to do with "${surplus}"; npm run sandbox -- --help`)
  const taken: readonly string[] = [...common, ...(command.options ?? [])]
  const foreign = tokens.find((token) => token.kind === 'option' && !taken.includes(token.name))
  if (foreign?.kind === 'option') exitWith(`${name} takes no --${foreign.name}; npm run sandbox -- --help`)

  const url = values.url ?? env['PUBLIC_URL'] ?? `http://localhost:${env['PORT'] ?? 4242}`
  const key = values.key ?? env['SANDBOX_API_KEY']?.split(',')[0] ?? 'sk_test_sandbox'
  if (!/^[\x21-\x7e]+$/.test(key)) exitWith('--key must be a secret key such as sk_test_sandbox')
  const say = (line: string) => void (values.json || process.stdout.write(`${line}\n`))
  const { text, data, failed } = await command.run({
    api: apiAt(url, key, values.namespace),
    word: word ?? '',
    options: values,
    say,
  })
  process.stdout.write(values.json ? `${JSON.stringify(data, null, 2)}\n` : text)
  if (failed) process.exitCode = 1
}

/** Without the two dashes, npm keeps options for itself, and what is left would be done without them. */
const keptByNpm: readonly OptionName[] = [
  'namespace',
  'url',
  'reset',
  'times',
  'key-id',
  'session',
  'endpoint',
  'delay',
  'method',
  'path',
]

readEnvFile()
await main(process.env, process.argv.slice(2))
