/** The pages of `demo/frameworks` as they were built, with the payment side's address in them. */
import { readFile } from 'node:fs/promises'
import { Hono } from 'hono'

const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
}

/** Mounted at `/frameworks`. `built` is what `npm run frameworks` left. */
export function frameworkPages(built: URL, payments: string): Hono {
  const app = new Hono()
  app.get('/*', async (c) => {
    const path = c.req.path.replace(/^\/frameworks\/?/, '')
    if (!/^(?:[\w-]+\/)?(?:[\w-]+\.(?:js|css))?$/.test(path)) {
      return /^[\w-]+$/.test(path) ? c.redirect(`/frameworks/${path}/`, 301) : c.notFound()
    }
    const file = path.endsWith('/') || path === '' ? `${path}index.html` : path
    const body = await readFile(new URL(file, built)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
    if (!body) {
      return path === '' ? c.text('These pages are not built yet: run `npm run frameworks`\n', 404) : c.notFound()
    }
    const type = types[file.split('.').at(-1)!]!
    const isPage = file.endsWith('.html')
    // The names of scripts and sheets carry their hash, those of pages do not.
    const cache = isPage ? 'no-store' : 'public, max-age=31536000, immutable'
    const headers = { 'content-type': type, 'cache-control': cache }
    return c.body(isPage ? body.toString().replaceAll('{{payments}}', payments) : Uint8Array.from(body), 200, headers)
  })
  return app
}
