/**
 * The examples of a document: its fenced blocks whose first line goes on with `run`, such as ```` ```js run ````, which no
 * reader sees. Those of one language are one program, block after block, so that what one block names the next may use.
 * A comment that begins with an arrow tells what a block prints: `// → succeeded`. An ellipsis stands for any letters.
 */
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'

export type Example = { language: string; code: string; line: number; runs: boolean }

/** Every fenced block of a Markdown text. */
export const readExamples = (markdown: string): Example[] =>
  [...markdown.matchAll(/^```(\w+)([^\n]*)\n(.*?)^```$/gms)].map((found) => ({
    language: found[1]!,
    code: found[3]!,
    line: markdown.slice(0, found.index).split('\n').length,
    runs: found[2]!.trim() === 'run',
  }))

/** What the arrows of a block promise, a line each. */
export const promisedBy = ({ code }: Example): string[] =>
  [...code.matchAll(/(?:#|\/\/) → (.*)$/gm)].map(([, line]) => line!)

/** The printed lines, those that keep their promise in its own words: equal to the promised ones when all do. */
export const inTheWordsOf = (promised: readonly string[], printed: readonly string[]): string[] =>
  printed.map((line, at) => {
    const pattern = promised[at]?.split('…').map((part) => RegExp.escape(part))
    return pattern && new RegExp(`^${pattern.join('.+')}$`).test(line) ? promised[at]! : line
  })

const between = '--- the next example ---'

type Program = {
  command: string
  /** The files of a program: one for each block where the language can take them one after the other. */
  files: (blocks: readonly string[]) => Record<string, string>
}

const programs: Record<string, Program> = {
  bash: {
    command: 'bash',
    files: (blocks) => ({
      ...Object.fromEntries(blocks.map((code, at) => [`${at}.sh`, code])),
      main: `set -euo pipefail\n${blocks.map((_, at) => `source ./${at}.sh\necho '${between}'\n`).join('')}`,
    }),
  },
  php: {
    command: 'php',
    files: (blocks) => ({
      ...Object.fromEntries(blocks.map((code, at) => [`${at}.php`, code])),
      main: [
        // A warning that a reader would get is a mistake of the example.
        '<?php set_error_handler(fn ($no, $what, $file, $line) => throw new ErrorException($what, 0, $no, $file, $line));',
        ...blocks.map((_, at) => `require '${at}.php'; echo "${between}\\n";`),
      ].join('\n'),
    }),
  },
  js: {
    command: 'node',
    // In one file: what a module names is its own.
    files: (blocks) => ({
      main: blocks.map((code) => `${code}\nconsole.log('${between}')\n`).join(''),
      'package.json': '{ "type": "module" }',
    }),
  },
}

/** Runs the blocks of one language in their order and gives what each has printed. They must not complain of anything. */
export async function runExamples(
  examples: readonly Example[],
  { env, standIns }: { env: Record<string, string>; standIns: readonly StandIn[] },
): Promise<{ example: Example; printed: string[] }[]> {
  const { command, files } = programs[examples[0]!.language]!
  const folder = mkdtempSync(join(tmpdir(), 'examples-'))
  try {
    for (const [name, content] of Object.entries(files(examples.map(({ code }) => code)))) {
      writeFileSync(join(folder, name), content)
    }
    putCommand(folder, 'node')
    for (const name of standIns) putCommand(folder, name, join(import.meta.dirname, `${name}.ts`))
    const child = spawn(command, ['./main'], {
      cwd: folder,
      env: { ...process.env, ...env, PATH: `${folder}${delimiter}${process.env['PATH']}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ended = new Promise<number | null>((done, fail) => void child.once('error', fail).once('close', done))
    const [printed, complaints, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
    const parts = printed.split(`${between}\n`)
    if (code !== 0 || complaints !== '') {
      const { line, code: failed } = examples[parts.length - 1] ?? examples.at(-1)!
      throw new Error(`The example of line ${line} ended with ${code}:\n${failed}\n${parts.at(-1)}${complaints}`)
    }
    return examples.map((example, at) => ({ example, printed: parts[at]!.split('\n').slice(0, -1) }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Commands of this folder that stand in for those of the machine. */
export type StandIn = 'curl' | 'jq' | 'php'

/** Makes a command that this very Node runs, found before those of the machine. */
function putCommand(folder: string, name: string, script?: string): void {
  const file = join(folder, name)
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' ${script ? `'${script}' ` : ''}"$@"\n`)
  chmodSync(file, 0o755)
}
