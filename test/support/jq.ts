/** `jq`, as far as the documents use it, for machines that have none: paths, `{a, b}`, and pipes of them. */
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'raw-output': { type: 'boolean', short: 'r' }, 'compact-output': { type: 'boolean', short: 'c' } },
})
const [filter, another] = positionals
if (filter === undefined || another !== undefined) throw new Error('jq [-r] [-c] FILTER')

const found = filter
  .split('|')
  .reduce((value, step) => apply(step.trim(), value), JSON.parse(await text(process.stdin)))
const indent = values['compact-output'] ? 0 : 2
process.stdout.write(
  `${values['raw-output'] && typeof found === 'string' ? found : JSON.stringify(found, undefined, indent)}\n`,
)

function apply(step: string, value: unknown): unknown {
  const names = /^\{([\w, ]+)\}$/.exec(step)?.[1]
  if (names !== undefined) {
    return Object.fromEntries(names.split(',').map((name) => [name.trim(), at(value, name.trim())]))
  }
  if (step === '.') return value
  if (!/^(\.\w+|\.?\[\d+\])+$/.test(step)) throw new Error(`jq: ${step} is not known`)
  return [...step.matchAll(/\w+/g)].reduce((inner: unknown, [name]) => at(inner, name), value)
}

/** What has no such field is an error, as it is in jq; a field that is not there is null. */
function at(value: unknown, name: string): unknown {
  if (value === null) return null
  if (typeof value !== 'object') throw new Error(`jq: ${JSON.stringify(value)} has no ${name}`)
  return (value as Record<string, unknown>)[name] ?? null
}
