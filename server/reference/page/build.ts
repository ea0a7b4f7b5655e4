/**
 * How the reference's component gets into the build. Scalar's finished page is one script; the package that is named after
 * it brings 272 others to make it from, 287 MB. The same bytes travel inside its Fastify plugin, alone: they are taken from
 * there, by asking the plugin for the file that it would serve.
 */
import { readFile } from 'node:fs/promises'
import type { Plugin } from 'vite'

const carrier = '@scalar/fastify-api-reference'

/** Puts `scalar.js` and the notices of what is inside it beside the reference's own script. */
export function scalar(): Plugin {
  return {
    name: 'scalar',
    applyToEnvironment: ({ name }) => name === 'reference',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'scalar.js', source: await script() })
      this.emitFile({ type: 'asset', fileName: 'licenses.md', source: await notices() })
    },
  }
}

type Route = { url: string; handler(request: unknown, reply: { header(): { send(body: string): string } }): string }

async function script(): Promise<string> {
  const { default: plugin } = await import('@scalar/fastify-api-reference')
  const routes: Route[] = []
  const fastify = { route: (route: Route) => routes.push(route), initialConfig: {} }
  await new Promise<void>((done) => {
    // The one part of a Fastify server that the plugin needs.
    plugin(fastify as never, { routePrefix: '/', configuration: { url: '/openapi.json' } } as never, () => done())
  })
  const reply = { header: () => ({ send: (body: string) => body }) }
  const found = routes.find(({ url }) => url.endsWith('.js'))?.handler(null, reply)
  if (found === undefined)
    throw new Error(`${carrier} no longer serves a script: see how it does, or pin the version before`)
  return found
}

/** The list is made by hand, so it is held to the version it was made for. */
async function notices(): Promise<string> {
  const text = await readFile(new URL('licenses.md', import.meta.url), 'utf8')
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.resolve(carrier)), 'utf8')) as {
    version: string
  }
  if (!text.includes(`\`${carrier}\` ${version} `)) throw new Error(`licenses.md is not about ${carrier} ${version}`)
  return text
}
